import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gunzip, inflate } from 'node:zlib';
import { readBody } from '../../http/body.ts';
import { createGuardedServer, POLICIES } from '../../http/guard.ts';
import type { PortOptions } from '../../http/loopback.ts';
import { close, listen, LOOPBACK } from '../../http/loopback.ts';
import { RequestError } from '../../http/request-error.ts';
import { targetOf } from '../../http/target.ts';
import { messageOf } from '../../message-of.ts';
import type { DocumentReceiver } from '../received-documents.ts';
import { handIn, leave, reportInvalid } from '../received-documents.ts';
import type { Encoding } from './otlp-messages.ts';
import { readTraces, writeResponse, writeStatus } from './otlp-messages.ts';
import { documentsOf } from './span-documents.ts';

export interface OtlpServerOptions extends DocumentReceiver, Partial<PortOptions> {
  /** 0 takes any free one. @default 4318 */
  readonly port?: number;
}

/** The port that OpenTelemetry's exporters send to over HTTP unless they are told another. */
export const OTLP_PORT = 4318;

/** Named where its port is taken. */
export const OTLP_PURPOSE = 'OpenTelemetry (OTLP over HTTP)';

/** What a receiver of OpenTelemetry's collector takes too: 20 MiB, before and after it is decompressed. */
const MAX_BODY_BYTES = 20 * 1024 * 1024;

/** Signals other than traces. */
const NOT_KEPT: ReadonlyMap<string, string> = new Map([
  ['/v1/metrics', 'metrics'],
  ['/v1/logs', 'logs'],
  ['/v1development/profiles', 'profiles'],
]);

const ENCODINGS: ReadonlyMap<string, Encoding> = new Map<string, Encoding>([
  ['application/x-protobuf', 'protobuf'],
  ['application/protobuf', 'protobuf'],
  ['application/json', 'json'],
]);

type Decompress = (body: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

const DECOMPRESS: ReadonlyMap<string, Decompress> = new Map<string, Decompress>([
  ['identity', (body) => Promise.resolve(body)],
  ['gzip', promisify(gunzip)],
  ['deflate', promisify(inflate)],
]);

/**
 * Takes spans of OpenTelemetry over HTTP, in protobuf or JSON (OTLP/HTTP), and hands them in as X-Ray's documents. Metrics
 * and logs are answered and not kept. What is refused is answered with the reason, and reported.
 */
export class OtlpServer {
  readonly #options: OtlpServerOptions;
  #server: Server | undefined;

  constructor(options: OtlpServerOptions) {
    this.#options = options;
  }

  /**
   * Gives the URL that `OTEL_EXPORTER_OTLP_ENDPOINT` wants.
   *
   * @throws Error that names the port, when it is taken.
   */
  async start(): Promise<{ readonly url: string; readonly port: number }> {
    const { port: wanted = OTLP_PORT, howToChoosePort } = this.#options;
    this.#server = createGuardedServer({
      policy: POLICIES.otlp,
      handle: (request, response) => this.#answer(request, response),
      fail: (error, response, request) => this.#refuse(error, response, request),
    });
    const port = await listen(this.#server, OTLP_PURPOSE, { port: wanted, howToChoosePort });
    return { url: `http://${LOOPBACK}:${port}`, port };
  }

  /** Frees the port. Starting again is allowed. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server !== undefined) await close(server);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname: path } = targetOf(request);
    const notKept = NOT_KEPT.get(path);
    if (path !== '/v1/traces' && notKept === undefined) {
      const paths = ['/v1/traces', ...NOT_KEPT.keys()].join(', ');
      throw new OtlpError(404, `${path} is not served here; POST to ${paths} is.`);
    }
    allowPage(request, response);
    if (request.method === 'OPTIONS') {
      response.writeHead(204).end();
      return;
    }
    if (request.method !== 'POST') {
      response.setHeader('Allow', 'POST, OPTIONS');
      throw new OtlpError(405, `${path} takes POST; got ${request.method ?? 'nothing'}.`);
    }
    const encoding = encodingOf(request);
    if (encoding === undefined) {
      const got = request.headers['content-type'] ?? 'none';
      throw new OtlpError(415, `Content-Type is application/x-protobuf or application/json; got ${got}.`);
    }
    const body = await readDecompressed(request, response);
    const answer =
      notKept === undefined
        ? this.#takeTraces(body, encoding)
        : { refused: 0, message: leave(notKept, this.#options) };
    send(response, 200, writeResponse(answer, encoding), encoding);
  }

  #takeTraces(body: Buffer, encoding: Encoding): { refused: number; message: string } {
    const converted = documentsOf(decode(body, encoding));
    handIn(converted, encoding === 'json' ? beginning(body) : '', this.#options);
    const [first] = converted.errors;
    return {
      refused: converted.errors.length,
      message: first === undefined ? '' : `${first.code}: ${first.message}`,
    };
  }

  #refuse(error: unknown, response: ServerResponse, request: IncomingMessage): void {
    const status = statusOf(error);
    const message = messageOf(error);
    const encoding = encodingOf(request) ?? 'json';
    // What another site's page sends, or a browser asks, was never meant for here.
    const isLost = request.method === 'POST' && status !== 403 && status !== 404;
    if (isLost)
      reportInvalid(this.#options, { kind: KINDS[status] ?? 'Not kept', detail: message, text: '' });
    send(response, status, writeStatus({ code: RPC_CODES[status] ?? INTERNAL, message }, encoding), encoding);
  }
}

/** Why a request is refused, by its HTTP status. */
class OtlpError extends Error {
  override readonly name = 'OtlpError';
  readonly status: number;

  constructor(status: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}

function statusOf(error: unknown): number {
  return error instanceof OtlpError || error instanceof RequestError ? error.status : 500;
}

/** What a request that was refused is counted as. */
const KINDS: Readonly<Record<number, string>> = {
  400: 'ParseError',
  413: 'Request too large',
  415: 'Unknown encoding',
};

const INTERNAL = 13;

/** Of `google.rpc.Code`: invalid argument, permission denied, not found, unimplemented, resource exhausted. */
const RPC_CODES: Readonly<Record<number, number>> = { 400: 3, 403: 7, 404: 5, 405: 12, 413: 8, 415: 3 };

function encodingOf(request: IncomingMessage): Encoding | undefined {
  const [type = ''] = (request.headers['content-type'] ?? '').split(';');
  return ENCODINGS.get(type.trim().toLowerCase());
}

/** @throws OtlpError or RequestError */
async function readDecompressed(request: IncomingMessage, response: ServerResponse): Promise<Buffer> {
  const coding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  const decompress = DECOMPRESS.get(coding);
  if (decompress === undefined) {
    const known = [...DECOMPRESS.keys()].join(', ');
    response.setHeader('Accept-Encoding', known);
    request.resume();
    throw new OtlpError(415, `Content-Encoding is one of ${known}; got ${coding}.`);
  }
  const body = await readBody(request, MAX_BODY_BYTES);
  try {
    return await decompress(body, { maxOutputLength: MAX_BODY_BYTES });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      const message = `The request's body has more than ${MAX_BODY_BYTES} bytes when it is decompressed.`;
      throw new OtlpError(413, message, { cause });
    }
    throw new OtlpError(400, `The request's body is not ${coding}: ${(cause as Error).message}`, { cause });
  }
}

/** @throws OtlpError */
function decode(body: Buffer, encoding: Encoding): ReturnType<typeof readTraces> {
  try {
    return readTraces(body, encoding);
  } catch (cause) {
    const what = `The request's body is no ExportTraceServiceRequest as ${encoding}`;
    throw new OtlpError(400, `${what}: ${(cause as Error).message}`, { cause });
  }
}

/** Browsers ask before they send to another port; exporters in them may send their page's cookies along. */
function allowPage({ headers }: IncomingMessage, response: ServerResponse): void {
  response.setHeader('Vary', 'Origin');
  // Pages of elsewhere did not come this far.
  if (headers.origin === undefined) return;
  response.setHeader('Access-Control-Allow-Origin', headers.origin);
  response.setHeader('Access-Control-Allow-Credentials', 'true');
  response.setHeader('Access-Control-Allow-Methods', 'POST');
  const asked = headers['access-control-request-headers'];
  if (asked !== undefined) response.setHeader('Access-Control-Allow-Headers', asked);
  response.setHeader('Access-Control-Max-Age', '600');
}

function send(response: ServerResponse, status: number, body: Uint8Array, encoding: Encoding): void {
  const type = encoding === 'json' ? 'application/json' : 'application/x-protobuf';
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': body.length }).end(body);
}

/** Enough to recognize it by. */
function beginning(body: Buffer): string {
  return body.subarray(0, 1_000).toString();
}
