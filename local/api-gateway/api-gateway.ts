import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { BodyTooLargeError, readBody } from '../http/body.ts';
import { createGuardedServer, POLICIES } from '../http/guard.ts';
import type { PortOptions } from '../http/loopback.ts';
import { close, listen, LOOPBACK } from '../http/loopback.ts';
import { RequestError } from '../http/request-error.ts';
import type { Invoke } from '../lambda/invocation.ts';
import type { ApiDefinition } from '../template/service.ts';
import type { SegmentSink } from '../xray/document.ts';
import { httpEvent } from './http-event.ts';
import type { IntegrationResult } from './integration.ts';
import { integrate } from './integration.ts';
import { HTTP_INTEGRATION_TIMEOUT, MAX_REQUEST_BODY, REST_INTEGRATION_TIMEOUT } from './limits.ts';
import type { GatewayRequest, Header } from './request.ts';
import { headerValue, toGatewayRequest } from './request.ts';
import type { GatewayResponse } from './response.ts';
import { gatewayError } from './response.ts';
import { restEvent } from './rest-event.ts';
import type { RouteMatch, Router } from './routing.ts';
import { createRouter } from './routing.ts';
import type { LambdaCall, RequestTrace } from './segment.ts';
import { buildSegment, traceRequest } from './segment.ts';

export interface ApiGatewayOptions extends PortOptions {
  readonly api: ApiDefinition;
  readonly invoke: Invoke;
  /** Gets the gateway's own segments: of a REST API with tracing, none otherwise. */
  readonly onSegment: SegmentSink;
  readonly region: string;
  readonly accountId: string;
  /** Gets one entry for each request, when it is over. */
  readonly onRequest?: (entry: AccessLogEntry) => void;
  /**
   * Milliseconds to wait for the function.
   *
   * @default 29,000 for a REST API, 30,000 for an HTTP API
   */
  readonly integrationTimeout?: number;
}

/** One line of the access log. It holds nothing of the query string, the headers and the bodies. */
export interface AccessLogEntry {
  readonly requestId: string;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  /** Milliseconds. */
  readonly duration: number;
  readonly method: string;
  /** As sent, without the query string. */
  readonly path: string;
  /** The path of the route; undefined when none took the request. */
  readonly resourcePath?: string;
  readonly functionName?: string;
  readonly lambdaRequestId?: string;
  /** Undefined when the client left before the request was complete. */
  readonly status?: number;
  /** Why the gateway answered in the function's place, or what may surprise. */
  readonly reason?: string;
  readonly traceId?: string;
}

/** Serves one API on one port of this machine: HTTP in, proxy events out, the function's answer back. */
export class ApiGateway {
  readonly #options: ApiGatewayOptions;
  readonly #route: Router;
  readonly #timeout: number;
  readonly #requests = new Set<Promise<void>>();
  #running: { readonly server: Server; readonly stopped: AbortController } | undefined;

  constructor(options: ApiGatewayOptions) {
    const rest = options.api.kind === 'REST';
    this.#options = options;
    this.#route = createRouter(options.api);
    this.#timeout =
      options.integrationTimeout ?? (rest ? REST_INTEGRATION_TIMEOUT : HTTP_INTEGRATION_TIMEOUT);
  }

  /** @throws Error when the port is taken, or the gateway is running already. */
  async start(): Promise<{ url: string; port: number }> {
    const { api } = this.#options;
    if (this.#running !== undefined) throw new Error(`API "${api.name}" is being served already`);
    const stopped = new AbortController();
    const server = createGuardedServer({
      policy: POLICIES.serviceApi,
      handle: (incoming, outgoing) => {
        const request = this.#serve(incoming, outgoing, stopped.signal).finally(() =>
          this.#requests.delete(request),
        );
        this.#requests.add(request);
        return request;
      },
      fail: (error, outgoing) => send(outgoing, gatewayError(api.kind, 'invoke-failed', String(error)), []),
    });
    this.#running = { server, stopped };
    try {
      const actualPort = await listen(server, `the API "${api.name}"`, this.#options);
      return { url: `http://${LOOPBACK}:${actualPort}`, port: actualPort };
    } catch (error) {
      this.#running = undefined;
      throw error;
    }
  }

  /** Closes the port and every connection; requests that still wait for their function are given up. */
  async stop(): Promise<void> {
    if (this.#running === undefined) return;
    const { server, stopped } = this.#running;
    this.#running = undefined;
    stopped.abort();
    await Promise.allSettled([close(server), ...this.#requests]);
  }

  async #serve(incoming: IncomingMessage, outgoing: ServerResponse, stopped: AbortSignal): Promise<void> {
    const request = toGatewayRequest(incoming);
    const match = this.#route(request.method, request.rawPath);
    if (match === undefined) {
      const reason = `no route of "${this.#options.api.name}" takes ${request.method} ${request.rawPath}`;
      const response = gatewayError(this.#options.api.kind, 'unknown-route', reason);
      send(outgoing, response, this.#ownHeaders(request));
      this.#log(request, { status: response.status, reason });
      return;
    }
    const { functionName, path } = match.route;
    const trace = traceRequest(this.#options.api, headerValue(request.headers, 'x-amzn-trace-id'));
    const entry = { resourcePath: path, functionName, traceId: trace.traceId };
    const body = await readBody(incoming, MAX_REQUEST_BODY).catch((error: unknown) => {
      if (error instanceof RequestError) return error;
      throw error;
    });
    if (body instanceof RequestError && !(body instanceof BodyTooLargeError)) {
      this.#log(request, { ...entry, reason: 'the client left before its request was complete' });
      return;
    }
    const { response, lambdaRequestId } =
      body instanceof BodyTooLargeError
        ? this.#refuseBody(request, trace)
        : await this.#callFunction({ request, match, trace, body, stopped });
    send(outgoing, response, this.#ownHeaders(request, trace));
    this.#log(request, {
      ...entry,
      status: response.status,
      ...(lambdaRequestId !== undefined && { lambdaRequestId }),
      ...(response.reason !== undefined && { reason: response.reason }),
    });
  }

  async #callFunction(work: FunctionWork): Promise<IntegrationResult> {
    const { api, accountId, invoke } = this.#options;
    const { request, match, trace, body } = work;
    const { functionName } = match.route;
    const eventInput = { api, accountId, match, request, body, traceHeader: trace.header };
    const event = api.kind === 'REST' ? restEvent(eventInput) : httpEvent(eventInput);
    const started = { functionName, startedAt: Date.now() };
    this.#record(request, trace, started);
    const result = await integrate(
      { functionName, payload: JSON.stringify(event), traceHeader: trace.header },
      {
        api,
        invoke,
        timeout: this.#timeout,
        accept: headerValue(request.headers, 'accept'),
        signal: work.stopped,
      },
    );
    this.#record(request, trace, { ...started, endedAt: Date.now(), ...result.call }, result.response);
    return result;
  }

  #refuseBody(
    request: GatewayRequest,
    trace: RequestTrace,
  ): Pick<IntegrationResult, 'response' | 'lambdaRequestId'> {
    const reason = `the body is larger than ${MAX_REQUEST_BODY} bytes`;
    const response = gatewayError(this.#options.api.kind, 'too-large', reason);
    this.#record(request, trace, undefined, response);
    return { response };
  }

  #record(request: GatewayRequest, trace: RequestTrace, call?: LambdaCall, response?: GatewayResponse): void {
    if (trace.segment === undefined) return;
    const { api, region, accountId, onSegment } = this.#options;
    onSegment(
      buildSegment({
        ids: trace.segment,
        api,
        region,
        accountId,
        request,
        ...(call !== undefined && { call }),
        ...(response !== undefined && {
          end: { at: Date.now(), status: response.status, contentLength: response.body.length },
        }),
      }),
    );
  }

  #ownHeaders(request: GatewayRequest, trace?: RequestTrace): Header[] {
    if (this.#options.api.kind === 'HTTP') return [['Apigw-Requestid', request.extendedRequestId]];
    return [
      ['x-amzn-RequestId', request.requestId],
      ['x-amz-apigw-id', request.extendedRequestId],
      ...(trace === undefined ? [] : [['X-Amzn-Trace-Id', trace.header] as const]),
    ];
  }

  #log(
    request: GatewayRequest,
    outcome: Omit<AccessLogEntry, 'requestId' | 'startedAt' | 'duration' | 'method' | 'path'>,
  ): void {
    const { kind } = this.#options.api;
    this.#options.onRequest?.({
      requestId: kind === 'REST' ? request.requestId : request.extendedRequestId,
      startedAt: request.receivedAt,
      duration: Date.now() - request.receivedAt,
      method: request.method,
      path: request.rawPath,
      ...outcome,
    });
  }
}

interface FunctionWork {
  readonly request: GatewayRequest;
  readonly match: RouteMatch;
  readonly trace: RequestTrace;
  readonly body: Buffer;
  readonly stopped: AbortSignal;
}

/** A client that has left is no error: writing to a closed response does nothing. */
function send(
  outgoing: ServerResponse,
  { status, headers, body }: GatewayResponse,
  own: readonly Header[],
): void {
  const bodiless = status === 204 || status === 304;
  const length: readonly Header[] = bodiless ? [] : [['Content-Length', String(body.length)]];
  outgoing.writeHead(status, [...headers, ...own, ...length].flat());
  outgoing.end(body);
}
