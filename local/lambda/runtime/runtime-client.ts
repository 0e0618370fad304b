import type { ClientRequest, IncomingMessage } from 'node:http';
import { Agent, request as httpRequest } from 'node:http';
import { serialiseError } from './runtime-errors.ts';

/** One event, as the Runtime API gives it. */
export interface DeliveredEvent {
  readonly requestId: string;
  /** JSON. */
  readonly payload: string;
  /** Epoch milliseconds. */
  readonly deadline: number;
  readonly functionArn: string;
  readonly traceHeader?: string;
  /** JSON. */
  readonly clientContext?: string;
  /** JSON. */
  readonly identity?: string;
  readonly tenantId?: string;
}

/** A response that is sent while it is written. */
export interface StreamedResponse {
  readonly request: ClientRequest;
  /** Resolves when the Runtime API has taken all of it. */
  readonly accepted: Promise<unknown>;
}

/** Taken before the function's code can patch `http`, so that no tracer records what the runtime itself sends. */
const send = httpRequest;

/** The runtime's side of the Runtime API, version 2018-06-01. */
export class RuntimeClient {
  readonly #address: string;
  readonly #agent = new Agent({ keepAlive: true });

  /** @param address `host:port` */
  constructor(address: string) {
    this.#address = address;
  }

  async next(): Promise<DeliveredEvent> {
    const request = this.#open('GET', 'invocation/next');
    request.end();
    const { headers, body } = await answerTo(request);
    const header = (name: string): string => {
      const value = headers[name];
      return typeof value === 'string' ? value : '';
    };
    const traceHeader = header('lambda-runtime-trace-id');
    const clientContext = header('lambda-runtime-client-context');
    const identity = header('lambda-runtime-cognito-identity');
    const tenantId = header('lambda-runtime-aws-tenant-id');
    return {
      requestId: header('lambda-runtime-aws-request-id'),
      payload: body,
      deadline: Number(header('lambda-runtime-deadline-ms')),
      functionArn: header('lambda-runtime-invoked-function-arn'),
      ...(traceHeader !== '' && { traceHeader }),
      // Headers are bytes: the JSON is UTF-8 in them.
      ...(clientContext !== '' && { clientContext: Buffer.from(clientContext, 'latin1').toString() }),
      ...(identity !== '' && { identity: Buffer.from(identity, 'latin1').toString() }),
      ...(tenantId !== '' && { tenantId }),
    };
  }

  /** @param body JSON */
  async postResponse(requestId: string, body: string): Promise<void> {
    await this.#post(`invocation/${requestId}/response`, body);
  }

  /** Opens a response that is still being written; errors of the function travel in its trailers. */
  streamResponse(requestId: string): (contentType: string) => StreamedResponse {
    return (contentType) => {
      const request = this.#open('POST', `invocation/${requestId}/response`, {
        'Content-Type': contentType,
        'Lambda-Runtime-Function-Response-Mode': 'streaming',
        'Transfer-Encoding': 'chunked',
        Trailer: 'Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body',
      });
      return { request, accepted: answerTo(request) };
    };
  }

  async postError(requestId: string, error: unknown): Promise<void> {
    await this.#postError(`invocation/${requestId}/error`, error);
  }

  async postInitError(error: unknown): Promise<void> {
    await this.#postError('init/error', error);
  }

  async #postError(path: string, error: unknown): Promise<void> {
    const { errorType, json } = serialiseError(error);
    await this.#post(path, json, { 'Lambda-Runtime-Function-Error-Type': errorType });
  }

  async #post(path: string, body: string, headers: Record<string, string> = {}): Promise<void> {
    const bytes = Buffer.from(body);
    const request = this.#open('POST', path, {
      ...headers,
      'Content-Type': 'application/json',
      'Content-Length': String(bytes.length),
    });
    request.end(bytes);
    await answerTo(request);
  }

  #open(method: string, path: string, headers: Record<string, string> = {}): ClientRequest {
    const url = `http://${this.#address}/2018-06-01/runtime/${path}`;
    return send(url, { method, headers, agent: this.#agent });
  }
}

async function answerTo(
  request: ClientRequest,
): Promise<{ headers: IncomingMessage['headers']; body: string }> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request.once('response', resolve);
    request.once('error', reject);
  });
  const chunks: Buffer[] = [];
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
  return { headers: response.headers, body: Buffer.concat(chunks).toString() };
}
