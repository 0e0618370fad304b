import { request as httpRequest } from 'node:http';
import type { IncomingMessage, RequestOptions } from 'node:http';
import { connect } from 'node:net';
import { onTestFinished } from 'vitest';
import { ApiGateway } from '../../../local/api-gateway/api-gateway.ts';
import type { AccessLogEntry } from '../../../local/api-gateway/api-gateway.ts';
import type { Invoke, InvokeRequest, InvokeResponse } from '../../../local/lambda/invocation.ts';
import type { ApiDefinition } from '../../../local/template/service.ts';
import type { SegmentDocument } from '../../../local/xray/document.ts';
import { until } from '../../helpers/until.ts';

/** Routes as `GET /orders`, all of them to the function `echo` unless a second part names another. */
export function api(
  kind: 'REST' | 'HTTP',
  routes: readonly string[],
  more: Partial<ApiDefinition> = {},
): ApiDefinition {
  return {
    id: 'abc123',
    name: 'local-shop',
    kind,
    stage: kind === 'REST' ? 'local' : '$default',
    tracing: false,
    binaryMediaTypes: [],
    routes: routes.map((route) => {
      const [method = '', path = '', functionName = 'echo'] = route.split(' ');
      return { method, path, functionName };
    }),
    ...more,
  };
}

/** What Lambda answers when a function returns this value. */
export function returned(value: unknown): InvokeResponse {
  return {
    requestId: 'lambda-1',
    payload: JSON.stringify(value),
    traceId: '1-00000000-000000000000000000000000',
  };
}

export function ok(): Promise<InvokeResponse> {
  return Promise.resolve(returned({ statusCode: 200, body: 'ok' }));
}

export interface Served {
  readonly url: string;
  readonly port: number;
  readonly gateway: ApiGateway;
  readonly invocations: InvokeRequest[];
  readonly segments: SegmentDocument[];
  readonly log: AccessLogEntry[];
  /** The event of the latest invocation. */
  event(): Record<string, unknown>;
  /** The newest entry of the access log, once there are so many. */
  logged(count?: number): Promise<AccessLogEntry>;
}

/** A gateway on a free port, stopped when the test is over. */
export async function serve(
  definition: ApiDefinition,
  lambda: Invoke = ok,
  more: { readonly integrationTimeout?: number; readonly lowerCaseHeaders?: boolean } = {},
): Promise<Served> {
  const invocations: InvokeRequest[] = [];
  const segments: SegmentDocument[] = [];
  const log: AccessLogEntry[] = [];
  const gateway = new ApiGateway({
    api: definition,
    invoke: (request) => {
      invocations.push(request);
      return lambda(request);
    },
    onSegment: (document) => segments.push(document),
    onRequest: (entry) => log.push(entry),
    region: 'eu-central-1',
    accountId: '000000000000',
    port: 0,
    ...more,
  });
  const { url, port } = await gateway.start();
  onTestFinished(() => gateway.stop());
  return {
    url,
    port,
    gateway,
    invocations,
    segments,
    log,
    event: () => JSON.parse(invocations.at(-1)?.payload ?? 'null') as Record<string, unknown>,
    logged: async (count = 1) => {
      await until(() => log.length >= count, 'the log lines');
      return log[count - 1] as AccessLogEntry;
    },
  };
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
}

/** A request with nothing added or tidied up, unlike fetch. */
export function send(url: string, options: RequestOptions = {}, body?: string | Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { port } = new URL(url);
    const path = options.path ?? url.replace(/^http:\/\/[^/]*/, '');
    const outgoing = httpRequest({ host: '127.0.0.1', port, agent: false, ...options, path }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () =>
        resolve({
          status: incoming.statusCode ?? 0,
          headers: incoming.headers,
          rawHeaders: incoming.rawHeaders,
          body: Buffer.concat(chunks),
        }),
      );
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** Bytes on a raw connection, and all that comes back until the other side closes it. */
export function sendRaw(port: number, text: string | Buffer): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => (answer += chunk));
    socket.on('error', () => resolve(answer));
    socket.on('close', () => resolve(answer));
  });
}
