import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { BodyTooLargeError, readBody } from '../http/body.ts';
import { createGuardedServer, POLICIES } from '../http/guard.ts';
import type { PortOptions } from '../http/loopback.ts';
import { close, listen, LOOPBACK } from '../http/loopback.ts';
import { RequestError } from '../http/request-error.ts';
import type { Invoke } from '../lambda/invocation.ts';
import type {
  ApiDefinition,
  MethodDefinition,
  MockDefinition,
  RouteDefinition,
} from '../template/service.ts';
import type { SegmentSink } from '../xray/document.ts';
import { AdmissionControl } from './admission.ts';
import { httpEvent, httpEventFormat1, routeKey } from './http-event.ts';
import type { IntegrationResult } from './integration.ts';
import { integrate } from './integration.ts';
import {
  FUNCTION_URL_TIMEOUT,
  HTTP_INTEGRATION_TIMEOUT,
  MAX_REQUEST_BODY,
  MAX_REQUEST_HEAD,
  REST_INTEGRATION_TIMEOUT,
} from './limits.ts';
import { mockResponse } from './mock-integration.ts';
import { isPreflight, preflightAnswer, withCors, withGatewayResponse } from './own-answers.ts';
import type { Caller, ProxyEventInput } from './proxy-event.ts';
import type { GatewayRequest, Header } from './request.ts';
import { headerValue, headSize, toGatewayRequest } from './request.ts';
import type { RequestValues } from './request-values.ts';
import type { GatewayResponse } from './response.ts';
import { gatewayError } from './response.ts';
import { restContext, restEvent } from './rest-event.ts';
import type { RouteMatch, Router } from './routing.ts';
import { createRouter } from './routing.ts';
import type { LambdaCall, RequestTrace } from './segment.ts';
import { authorizerHeader, buildSegment, traceRequest } from './segment.ts';
import { StreamedAnswer } from './streamed-answer.ts';

export interface ApiGatewayOptions extends PortOptions {
  readonly api: ApiDefinition;
  readonly invoke: Invoke;
  /**
   * Calls the functions of authorizers.
   *
   * @default `invoke`
   */
  readonly invokeAuthorizer?: Invoke;
  /** Gets the gateway's own segments: of a REST API with tracing, none otherwise. */
  readonly onSegment: SegmentSink;
  readonly region: string;
  readonly accountId: string;
  /**
   * Whether functions get the names of the client's headers in lower case, as browsers send them over HTTP/2. What the gateway adds
   * stays as it is.
   *
   * @default false
   */
  readonly lowerCaseHeaders?: boolean;
  /** Gets one entry for each request, when it is over. */
  readonly onRequest?: (entry: AccessLogEntry) => void;
  /**
   * Milliseconds to wait for the function.
   *
   * @default 29,000 for a REST API, 30,000 for an HTTP API, longer than any function runs for the URL of one
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
  readonly #route: Router<RouteDefinition | MockDefinition>;
  readonly #admission: AdmissionControl;
  readonly #timeout: number;
  readonly #requests = new Set<Promise<void>>();
  #running: { readonly server: Server; readonly stopped: AbortController } | undefined;

  constructor(options: ApiGatewayOptions) {
    const { api, invoke, invokeAuthorizer = invoke } = options;
    this.#options = options;
    this.#route = createRouter<RouteDefinition | MockDefinition>({
      kind: api.kind,
      routes: [...api.routes, ...(api.mocks ?? [])],
    });
    this.#admission = new AdmissionControl({ ...options, invoke: invokeAuthorizer });
    this.#timeout = options.integrationTimeout ?? timeoutOf(api);
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
      fail: (error, outgoing) => send(outgoing, gatewayError(api, 'invoke-failed', String(error))),
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
    const request = toGatewayRequest(incoming, this.#options.lowerCaseHeaders);
    const { api } = this.#options;
    const match = this.#route(request.method, request.rawPath);
    const preflight = api.cors !== undefined && isPreflight(request);
    // A route that guards OPTIONS, too, guards the preflight with it.
    if (preflight && match?.route.authorizer === undefined) {
      this.#answer(outgoing, request, preflightAnswer(request, api.cors), {});
      return;
    }
    if (match === undefined) {
      const reason = `no route of "${api.name}" takes ${request.method} ${request.rawPath}`;
      this.#answer(outgoing, request, gatewayError(api, 'unknown-route', reason), {});
      return;
    }
    const { route } = match;
    const trace = traceRequest(api, headerValue(request.headers, 'x-amzn-trace-id'));
    const said = {
      resourcePath: route.path,
      traceId: trace.traceId,
      ...('functionName' in route && { functionName: route.functionName }),
    };
    const entry = { ...said, match, trace };
    const body = await readBody(incoming, MAX_REQUEST_BODY).catch((error: unknown) => {
      if (error instanceof RequestError) return error;
      throw error;
    });
    if (body instanceof RequestError && !(body instanceof BodyTooLargeError)) {
      this.#log(request, { ...said, reason: 'the client left before its request was complete' });
      return;
    }
    if (body instanceof BodyTooLargeError) {
      const reason = `the body is larger than ${MAX_REQUEST_BODY} bytes`;
      const response = this.#own(gatewayError(api, 'too-large', reason), request, match);
      this.#record(request, trace, undefined, response);
      this.#answer(outgoing, request, response, entry);
      return;
    }
    const admitted = await this.#admission.admit({
      request,
      match,
      body,
      stopped,
      values: this.#values(request, match),
      traceHeader: authorizerHeader(trace),
    });
    if ('refusal' in admitted) {
      const response = this.#own(admitted.refusal, request, match);
      this.#record(request, trace, undefined, response);
      this.#answer(outgoing, request, response, entry);
      return;
    }
    const { caller } = admitted;
    const notes = [...admitted.notes, ...headNotes(request, api)];
    if (preflight) {
      this.#answer(outgoing, request, preflightAnswer(request, api.cors), { ...entry, notes });
      return;
    }
    if (!('functionName' in route)) {
      const response = mockResponse(route, body, this.#values(request, match, caller));
      this.#record(request, trace, undefined, response);
      this.#answer(outgoing, request, response, { ...entry, notes });
      return;
    }
    const stream =
      api.functionUrl?.streaming === true
        ? new StreamedAnswer(
            outgoing,
            (response) => this.#complete(response, request, { match, trace }).headers,
          )
        : undefined;
    const work = { request, match: { ...match, route }, trace, body, stopped, caller };
    const { response, lambdaRequestId } = await this.#callFunction(work, stream);
    if (stream?.status !== undefined) {
      if (response.reason === undefined) stream.end();
      else stream.breakOff();
      const reasons = [
        ...(response.reason === undefined ? [] : [`broken off: ${response.reason}`]),
        ...notes,
      ];
      this.#log(request, {
        ...said,
        status: stream.status,
        ...(lambdaRequestId !== undefined && { lambdaRequestId }),
        ...(reasons.length > 0 && { reason: reasons.join('; ') }),
      });
      return;
    }
    this.#answer(outgoing, request, response, {
      ...entry,
      notes,
      ...(lambdaRequestId !== undefined && { lambdaRequestId }),
    });
  }

  /** @param stream gets the response as it comes; what is returned is then what to say if nothing has come */
  async #callFunction(work: FunctionWork, stream?: StreamedAnswer): Promise<IntegrationResult> {
    const { api, accountId, invoke } = this.#options;
    const { request, match, trace, body, caller } = work;
    const { functionName } = match.route;
    const eventInput = { api, accountId, match, request, body, caller, traceHeader: trace.header };
    const event = eventFor(match.route, eventInput);
    const started = { functionName, startedAt: request.now() };
    this.#record(request, trace, started);
    const result = await integrate(
      {
        functionName,
        payload: JSON.stringify(event),
        traceHeader: trace.header,
        // The URL of a function has no ids of its own.
        ...(api.functionUrl !== undefined && { requestId: request.requestId }),
        ...(stream !== undefined && { onStream: stream }),
      },
      {
        api,
        route: match.route,
        invoke,
        timeout: this.#timeout,
        accept: headerValue(request.headers, 'accept'),
        signal: work.stopped,
        ...(stream !== undefined && { stream }),
      },
    );
    const response = this.#own(result.response, request, match);
    this.#record(request, trace, { ...started, endedAt: request.now(), ...result.call }, response);
    return { ...result, response };
  }

  /** An answer as the client gets it: with what the template makes of those that the API gives by itself. */
  #own(
    response: GatewayResponse,
    request: GatewayRequest,
    match?: RouteMatch<MethodDefinition>,
  ): GatewayResponse {
    const { gatewayResponses } = this.#options.api;
    if (gatewayResponses === undefined) return response;
    return withGatewayResponse(response, gatewayResponses, this.#values(request, match));
  }

  /** What expressions of the template may speak of. */
  #values(request: GatewayRequest, match?: RouteMatch<MethodDefinition>, caller?: Caller): RequestValues {
    const { api, accountId } = this.#options;
    const found = match ?? { route: { method: request.method, path: '' }, pathParameters: {} };
    const context = restContext({ api, accountId, request, match: found, ...(caller && { caller }) });
    // $context of an HTTP API knows much the same names.
    const ofHttp = { routeKey: routeKey({ match: found }), requestId: request.extendedRequestId };
    return {
      request,
      pathParameters: found.pathParameters,
      context: api.kind === 'REST' ? context : { ...context, ...ofHttp },
    };
  }

  #answer(
    outgoing: ServerResponse,
    request: GatewayRequest,
    answer: GatewayResponse,
    { match, trace, notes = [], ...outcome }: AnswerNotes,
  ): void {
    const response = this.#complete(answer, request, { match, trace });
    send(outgoing, response);
    const reasons = [...(response.reason === undefined ? [] : [response.reason]), ...notes];
    this.#log(request, {
      ...outcome,
      status: response.status,
      ...(reasons.length > 0 && { reason: reasons.join('; ') }),
    });
  }

  /** An answer with everything that the gateway adds to one. */
  #complete(
    answer: GatewayResponse,
    request: GatewayRequest,
    { match, trace }: Pick<AnswerNotes, 'match' | 'trace'>,
  ): GatewayResponse {
    const { cors } = this.#options.api;
    const owned = this.#own(answer, request, match);
    const response = cors === undefined || isPreflight(request) ? owned : withCors(owned, request, cors);
    return { ...response, headers: [...response.headers, ...this.#ownHeaders(request, trace)] };
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
          end: { at: request.now(), status: response.status, contentLength: response.body.length },
        }),
      }),
    );
  }

  #ownHeaders(request: GatewayRequest, trace?: RequestTrace): Header[] {
    const { kind, functionUrl } = this.#options.api;
    if (kind === 'HTTP' && functionUrl === undefined) return [['Apigw-Requestid', request.extendedRequestId]];
    return [
      ['x-amzn-RequestId', request.requestId],
      ...(functionUrl === undefined ? [['x-amz-apigw-id', request.extendedRequestId] as const] : []),
      ...(trace === undefined ? [] : [['X-Amzn-Trace-Id', trace.header] as const]),
    ];
  }

  #log(
    request: GatewayRequest,
    outcome: Omit<AccessLogEntry, 'requestId' | 'startedAt' | 'duration' | 'method' | 'path'>,
  ): void {
    const { kind, functionUrl } = this.#options.api;
    this.#options.onRequest?.({
      requestId: kind === 'REST' || functionUrl !== undefined ? request.requestId : request.extendedRequestId,
      startedAt: request.receivedAt,
      duration: request.now() - request.receivedAt,
      method: request.method,
      path: request.rawPath,
      ...outcome,
    });
  }
}

/** Not refused here, where a browser sends the cookies of every other service on localhost, too. */
function headNotes(request: GatewayRequest, { functionUrl }: ApiDefinition): string[] {
  const size = headSize(request);
  if (functionUrl !== undefined || size <= MAX_REQUEST_HEAD) return [];
  return [
    `its line and the values of its headers have ${size} bytes, and AWS refuses more than ${MAX_REQUEST_HEAD}`,
  ];
}

function eventFor({ payload }: RouteDefinition, input: ProxyEventInput): object {
  if (input.api.kind === 'REST') return restEvent(input);
  return payload === '1.0' ? httpEventFormat1(input) : httpEvent(input);
}

function timeoutOf({ kind, functionUrl }: ApiDefinition): number {
  if (functionUrl !== undefined) return FUNCTION_URL_TIMEOUT;
  return kind === 'REST' ? REST_INTEGRATION_TIMEOUT : HTTP_INTEGRATION_TIMEOUT;
}

interface AnswerNotes extends Pick<
  AccessLogEntry,
  'resourcePath' | 'functionName' | 'traceId' | 'lambdaRequestId'
> {
  readonly match?: RouteMatch<MethodDefinition> | undefined;
  readonly trace?: RequestTrace | undefined;
  /** What was not checked as AWS would. */
  readonly notes?: readonly string[];
}

interface FunctionWork {
  readonly request: GatewayRequest;
  readonly match: RouteMatch<RouteDefinition>;
  readonly caller: Caller;
  readonly trace: RequestTrace;
  readonly body: Buffer;
  readonly stopped: AbortSignal;
}

/** A client that has left is no error: writing to a closed response does nothing. */
function send(outgoing: ServerResponse, { status, headers, body }: GatewayResponse): void {
  const bodiless = status === 204 || status === 304;
  const length: readonly Header[] = bodiless ? [] : [['Content-Length', String(body.length)]];
  outgoing.writeHead(status, [...headers, ...length].flat());
  outgoing.end(body);
}
