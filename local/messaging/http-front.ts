import { randomUUID } from 'node:crypto';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { BackendResponse } from './fauxqs-backend.ts';
import type { SnsFront } from './sns-front.ts';
import type { SqsFront } from './sqs-front.ts';

/** 1 MiB of messages in a request ("Amazon SQS quotas"), and what JSON or form encoding may make of it. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;

/** A page of some web site must not reach us under a name that its owner made point here. */
const LOOPBACK_HOST = /^(127\.0\.0\.1|\[::1\]|([\w-]+\.)*localhost)(:\d+)?$/i;

/** One HTTP server for both services, told apart by their protocols: SQS speaks JSON, SNS the query protocol. */
export function createMessagingHttpServer(sqs: SqsFront, sns: SnsFront): Server {
  return createServer((request, response) => {
    answer(request, response, sqs, sns)
      .catch((error: unknown) => plain(500, error instanceof Error ? error.message : String(error)))
      .then(({ statusCode, headers, body }) => {
        response.writeHead(statusCode, { ...headers, 'x-amzn-requestid': randomUUID() }).end(body);
      })
      .catch(() => response.destroy());
  });
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  sqs: SqsFront,
  sns: SnsFront,
): Promise<BackendResponse> {
  const host = request.headers.host ?? '';
  if (!LOOPBACK_HOST.test(host) || request.headers.origin !== undefined) {
    return plain(403, 'Only programs on this machine may call this endpoint, by a loopback name.');
  }
  const target = request.headers['x-amz-target'];
  const isSns = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
  if (request.method !== 'POST' || (typeof target !== 'string' && !isSns)) {
    return plain(404, 'SQS (JSON protocol) and SNS (query protocol) are answered here, nothing else.');
  }

  const traceHeader = request.headers['x-amzn-trace-id'];
  const header = typeof traceHeader === 'string' && traceHeader !== '' ? traceHeader : undefined;
  const body = await bodyOf(request);
  if (body === undefined) return plain(413, `A request may have ${MAX_BODY_BYTES} bytes at most.`);
  if (typeof target !== 'string') return sns.handle({ body, traceHeader: header });

  const gone = new AbortController();
  response.once('close', () => gone.abort());
  return sqs.handle({ target, body, traceHeader: header, origin: `http://${host}`, signal: gone.signal });
}

/** Undefined when it is too long. */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  return size <= MAX_BODY_BYTES ? Buffer.concat(chunks).toString() : undefined;
}

function plain(statusCode: number, message: string): BackendResponse {
  return { statusCode, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: message };
}
