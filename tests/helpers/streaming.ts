import { Writable } from 'node:stream';
import type { MiddyfiedHandler } from '@middy/core';

type StreamingHandler = (event: unknown, stream: Writable, context: unknown) => Promise<unknown>;

/** The client's end of a streamed response. */
export interface StreamingClient {
  /** Makes a streaming handler callable like any other. */
  wrap(handler: MiddyfiedHandler): MiddyfiedHandler;
  /** What has arrived. */
  body(): string;
}

/** Installs `awslambda`, the global that Lambda's runtime offers to streaming handlers; the stream is a real one. */
export function installStreaming(): StreamingClient {
  const chunks: Buffer[] = [];
  const runtime = globalThis as unknown as { awslambda?: Record<string, unknown> };
  runtime.awslambda = {
    ...runtime.awslambda,
    streamifyResponse: (handler: StreamingHandler) => handler,
    HttpResponseStream: { from: (stream: Writable) => stream },
  };
  return {
    wrap: (handler) =>
      ((event: unknown, context: unknown) =>
        (handler as unknown as StreamingHandler)(
          event,
          new Writable({
            write(chunk: Buffer, _encoding, done) {
              chunks.push(chunk);
              done();
            },
          }),
          context,
        )) as unknown as MiddyfiedHandler,
    body: () => Buffer.concat(chunks).toString(),
  };
}
