import { Writable } from 'node:stream';
import type { StreamedResponse } from './runtime-client.ts';
import { InvalidStreamingOperation, serialiseError } from './runtime-errors.ts';

/** The stream that a streaming handler writes its response to. The response is opened by the first write. */
export class ResponseStream extends Writable {
  /** Resolves when all of it was taken; rejects when it could not be sent. */
  readonly sent: Promise<unknown>;
  /** Called with a writer before the first bytes: how the metadata of an HTTP response gets in front. */
  _onBeforeFirstWrite: ((write: (chunk: string | Uint8Array) => void) => void) | undefined;
  readonly #open: (contentType: string) => StreamedResponse;
  readonly #sent = Promise.withResolvers<unknown>();
  #contentType = 'application/octet-stream';
  #response: StreamedResponse | undefined;

  /** @param highWaterMark bytes; Node's default without it */
  constructor(open: (contentType: string) => StreamedResponse, highWaterMark?: number) {
    super({ decodeStrings: false, ...(highWaterMark !== undefined && { highWaterMark }) });
    this.#open = open;
    this.sent = this.#sent.promise;
    // Nobody waits for it when the handler itself fails.
    this.sent.catch(() => undefined);
    // A response that cannot be sent is told through `sent`; without a listener it would end the process.
    this.on('error', (error) => this.#sent.reject(error));
  }

  /** @throws InvalidStreamingOperation after the first write */
  setContentType(contentType: string): void {
    if (this.#response !== undefined)
      throw new InvalidStreamingOperation('Cannot set content-type, too late.');
    this.#contentType = contentType;
  }

  /** What is neither text nor bytes is written as JSON. */
  override write(chunk: unknown, ...others: never[]): boolean {
    const data = typeof chunk === 'string' || chunk instanceof Uint8Array ? chunk : JSON.stringify(chunk);
    return super.write(data, ...others);
  }

  override _write(
    chunk: string | Buffer,
    encoding: BufferEncoding,
    callback: (error?: Error | null) => void,
  ): void {
    const isFirst = this.#response === undefined;
    const { request } = this.#opened();
    if (isFirst) this._onBeforeFirstWrite?.((prelude) => request.write(prelude));
    if (chunk.length === 0) callback();
    else if (typeof chunk === 'string') request.write(chunk, encoding, callback);
    else request.write(chunk, callback);
  }

  override _final(callback: (error?: Error | null) => void): void {
    this.#opened().request.end(callback);
  }

  /** Ends the response with the function's error in the trailers. */
  async fail(error: unknown): Promise<void> {
    const { request, accepted } = this.#opened();
    if (request.writableEnded) return;
    const { errorType, json } = serialiseError(error);
    request.addTrailers({
      'Lambda-Runtime-Function-Error-Type': errorType,
      'Lambda-Runtime-Function-Error-Body': Buffer.from(json).toString('base64'),
    });
    request.end();
    await accepted;
  }

  #opened(): StreamedResponse {
    if (this.#response === undefined) {
      this.#response = this.#open(this.#contentType);
      this.#response.accepted.then(this.#sent.resolve, this.#sent.reject);
      this.#response.request.flushHeaders();
    }
    return this.#response;
  }
}

/** Lambda's helper for HTTP responses: status, headers and cookies go before the body, with eight NULs between. */
export const HttpResponseStream = {
  from(stream: ResponseStream, metadata: Readonly<Record<string, unknown>>): ResponseStream {
    stream.setContentType('application/vnd.awslambda.http-integration-response');
    stream._onBeforeFirstWrite = (write) => {
      write(JSON.stringify(metadata));
      write(new Uint8Array(8));
    };
    return stream;
  },
};
