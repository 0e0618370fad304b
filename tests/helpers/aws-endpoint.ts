import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import type { Http2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';

/** A request as an AWS SDK client sent it. */
export interface WireRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

export interface WireAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A stand-in for any AWS service: keeps what it receives, and answers with an empty success. */
export interface AwsEndpoint {
  readonly url: string;
  /** The same over HTTP/2, which the Kinesis client speaks. */
  readonly http2Url: string;
  readonly requests: readonly WireRequest[];
  /** The last request; fails when there is none. */
  last(): WireRequest;
  /** Answers the next requests with these, in order; `hang` never answers. */
  answerWith(...answers: ReadonlyArray<WireAnswer | 'hang'>): void;
  clear(): void;
  stop(): Promise<void>;
}

export async function startAwsEndpoint(): Promise<AwsEndpoint> {
  let requests: WireRequest[] = [];
  let answers: Array<WireAnswer | 'hang'> = [];
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      requests.push({ method, path: url, headers, body: Buffer.concat(chunks) });
      const answer = answers.shift() ?? { status: headers['x-amz-invocation-type'] === 'Event' ? 202 : 200 };
      if (answer === 'hang') return;
      response.writeHead(answer.status, {
        'content-type': headers['content-type'] ?? 'application/json',
        'x-amzn-requestid': `request-${requests.length}`,
        ...answer.headers,
      });
      response.end(answer.body ?? '{}');
    });
  };
  const server = createServer(listener);
  const http2Server = createHttp2Server(listener as unknown as Parameters<typeof createHttp2Server>[1]);
  const sessions = new Set<Http2Session>();
  http2Server.on('session', (session) => {
    sessions.add(session);
    session.on('close', () => sessions.delete(session));
  });
  const urls: string[] = [];
  for (const each of [server, http2Server]) {
    each.listen(0, '127.0.0.1');
    await once(each, 'listening');
    urls.push(`http://127.0.0.1:${(each.address() as AddressInfo).port}`);
  }
  return {
    url: urls[0] ?? '',
    http2Url: urls[1] ?? '',
    get requests() {
      return requests;
    },
    last() {
      const request = requests.at(-1);
      if (request === undefined) throw new Error('No request has arrived');
      return request;
    },
    answerWith(...next) {
      answers = [...next];
    },
    clear() {
      requests = [];
      answers = [];
    },
    async stop() {
      for (const session of sessions) session.destroy();
      server.closeAllConnections();
      await Promise.all([server, http2Server].map((each) => new Promise((resolve) => each.close(resolve))));
    },
  };
}
