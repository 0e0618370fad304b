import { setTimeout as delay } from 'node:timers/promises';
import type { Invoke, InvokeRequest, InvokeResponse } from '../lambda/invocation.ts';
import { RequestTooLargeError, ThrottledError, UnknownFunctionError } from '../lambda/invocation.ts';
import { messageOf } from '../message-of.ts';
import type { ApiDefinition, RouteDefinition } from '../template/service.ts';
import { httpResponse, httpResponseFormat1 } from './http-response.ts';
import type { GatewayError, GatewayResponse } from './response.ts';
import { gatewayError, MalformedResponseError } from './response.ts';
import { restResponse } from './rest-response.ts';
import type { StreamedAnswer } from './streamed-answer.ts';

export interface IntegrationOptions {
  readonly api: ApiDefinition;
  readonly route: Pick<RouteDefinition, 'payload'>;
  readonly invoke: Invoke;
  /** Milliseconds. */
  readonly timeout: number;
  /** The client's `Accept`. */
  readonly accept: string | undefined;
  /** Ends the waiting when the gateway stops. */
  readonly signal: AbortSignal;
  /** What has taken the answer as it came: of the URL of a function that streams. */
  readonly stream?: StreamedAnswer;
}

export interface IntegrationResult {
  readonly response: GatewayResponse;
  /** Lambda's id of the invocation, when there was an answer. */
  readonly lambdaRequestId?: string;
  /** The call of the function as its subsegment tells it: undefined status when no answer came. */
  readonly call: { readonly status?: number; readonly contentLength?: number; readonly failed?: boolean };
}

/** Calls the function and makes of its answer, or of its silence, an answer to the client. Never rejects. */
export async function integrate(
  request: InvokeRequest,
  options: IntegrationOptions,
): Promise<IntegrationResult> {
  const { api, invoke, timeout } = options;
  try {
    const answer = await within(timeout, options.signal, invoke(request));
    if (answer === 'timeout') {
      const reason = `the function did not answer within ${timeout} ms; it may still be running`;
      return { response: gatewayError(api, 'timeout', reason), call: { failed: true } };
    }
    return { ...interpret(answer, options), lambdaRequestId: answer.requestId };
  } catch (error) {
    if (options.signal.aborted) {
      const reason = 'the gateway was stopped before the function answered';
      return { response: gatewayError(api, 'timeout', reason), call: { failed: true } };
    }
    const refusal = refusalOf(error);
    const reason = messageOf(error);
    return { response: gatewayError(api, refusal.answer, reason), call: { status: refusal.status } };
  }
}

/** The status of the Lambda API for a call that it refuses, and what the client is told. */
function refusalOf(error: unknown): { readonly status: number; readonly answer: GatewayError } {
  if (error instanceof ThrottledError) return { status: 429, answer: 'throttled' };
  if (error instanceof RequestTooLargeError) return { status: 413, answer: 'too-large-for-lambda' };
  return { status: error instanceof UnknownFunctionError ? 404 : 500, answer: 'invoke-failed' };
}

function interpret(answer: InvokeResponse, options: IntegrationOptions): IntegrationResult {
  const { api, stream } = options;
  const contentLength = Buffer.byteLength(answer.payload);
  if (answer.functionError !== undefined) {
    return {
      response: gatewayError(api, 'bad-response', describeFailure(answer)),
      // Lambda answers 200 when the function fails, and says so in a header.
      call: { status: 200, contentLength, failed: true },
    };
  }
  if (stream !== undefined)
    return { response: streamedResponse(answer, stream, api), call: { contentLength } };
  try {
    const response = responseIn(answer.payload, options);
    return { response, call: { status: response.status, contentLength } };
  } catch (error) {
    if (!(error instanceof MalformedResponseError) && !(error instanceof SyntaxError)) throw error;
    const reason = error instanceof SyntaxError ? 'the result is not JSON' : error.message;
    return {
      response: gatewayError(api, 'bad-response', `malformed response: ${reason}`),
      call: { status: 200, contentLength },
    };
  }
}

function responseIn(payload: string, { api, route, accept }: IntegrationOptions): GatewayResponse {
  if (api.kind === 'REST') return restResponse(payload, { binaryMediaTypes: api.binaryMediaTypes, accept });
  return route.payload === '1.0' ? httpResponseFormat1(payload) : httpResponse(payload);
}

/** What is left to say of a response that streams: of a function that does not, the URL sends the result as it is. */
function streamedResponse(
  { payload }: InvokeResponse,
  stream: StreamedAnswer,
  api: ApiDefinition,
): GatewayResponse {
  if (stream.malformed !== undefined)
    return gatewayError(api, 'bad-response', `malformed response: ${stream.malformed}`);
  const headers = [['Content-Type', 'application/octet-stream']] as const;
  if (stream.begun) return { status: 200, headers, body: Buffer.alloc(0) };
  const reason = 'the function does not stream: its result is sent as it is, and not read as a response';
  return { status: 200, headers, body: Buffer.from(payload), reason };
}

/** Names the type of the error only: its message is the function's, and may be personal. */
function describeFailure({ failure, payload }: InvokeResponse): string {
  const kinds = { 'init-error': 'failed to start', crash: 'crashed', error: 'failed', timeout: 'timed out' };
  const type = /"errorType"\s*:\s*"([\w.:-]{1,100})"/.exec(payload)?.[1];
  return `the function ${kinds[failure ?? 'error']}${type === undefined ? '' : ` (${type})`}; see its log`;
}

async function within<Value>(
  milliseconds: number,
  signal: AbortSignal,
  work: Promise<Value>,
): Promise<Value | 'timeout'> {
  const finished = new AbortController();
  const timer = delay(milliseconds, 'timeout' as const, {
    signal: AbortSignal.any([finished.signal, signal]),
  });
  try {
    return await Promise.race([work, timer]);
  } finally {
    finished.abort();
  }
}
