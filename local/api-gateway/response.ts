import { validateHeaderName, validateHeaderValue } from 'node:http';
import type { ApiDefinition } from '../template/service.ts';
import type { Header } from './request.ts';

/** An answer to the client, without the ids that the gateway adds to every one. */
export interface GatewayResponse {
  readonly status: number;
  readonly headers: readonly Header[];
  readonly body: Buffer;
  /** For the developer: why the gateway answered in the function's place, or what may surprise. */
  readonly reason?: string;
  /** What REST APIs call this answer of their own, for what the template makes of it. */
  readonly responseType?: string;
}

/** What an API answers by itself. */
export type GatewayError =
  | 'unknown-route'
  | 'too-large'
  | 'too-large-for-lambda'
  | 'bad-response'
  | 'timeout'
  | 'throttled'
  | 'invoke-failed'
  | 'unauthorized'
  | 'token-expired'
  | 'denied'
  | 'denied-explicitly'
  | 'unsigned'
  | 'authorizer-failed'
  | 'authorizer-answer';

/** What only a REST API checks. */
export type RestOnlyError = 'invalid-api-key' | 'bad-parameters' | 'bad-body';

interface ErrorAnswer {
  readonly status: number;
  /** As the real gateway writes it, spaces included. */
  readonly body: string;
}

interface RestErrorAnswer extends ErrorAnswer {
  /** `x-amzn-errortype`, which only REST APIs send. */
  readonly type: string;
  /** Source: "Gateway response types for API Gateway". Where none is told, it is the default of all 4XX or 5XX. */
  readonly responseType?: string;
}

const REST_ERRORS: Readonly<Record<GatewayError | RestOnlyError, RestErrorAnswer>> = {
  'unknown-route': {
    status: 403,
    body: '{"message":"Missing Authentication Token"}',
    type: 'MissingAuthenticationTokenException',
    responseType: 'MISSING_AUTHENTICATION_TOKEN',
  },
  unsigned: {
    status: 403,
    body: '{"message":"Missing Authentication Token"}',
    type: 'MissingAuthenticationTokenException',
    responseType: 'MISSING_AUTHENTICATION_TOKEN',
  },
  unauthorized: {
    status: 401,
    body: '{"message":"Unauthorized"}',
    type: 'UnauthorizedException',
    responseType: 'UNAUTHORIZED',
  },
  'token-expired': {
    status: 401,
    body: '{"message":"The incoming token has expired"}',
    type: 'UnauthorizedException',
    responseType: 'EXPIRED_TOKEN',
  },
  denied: {
    status: 403,
    body: '{"Message":"User is not authorized to access this resource"}',
    type: 'AccessDeniedException',
    responseType: 'ACCESS_DENIED',
  },
  'denied-explicitly': {
    status: 403,
    body: '{"Message":"User is not authorized to access this resource with an explicit deny"}',
    type: 'AccessDeniedException',
    responseType: 'ACCESS_DENIED',
  },
  'authorizer-failed': {
    status: 500,
    body: '{"message":null}',
    type: 'AuthorizerFailureException',
    responseType: 'AUTHORIZER_FAILURE',
  },
  'authorizer-answer': {
    status: 500,
    body: '{"message":null}',
    type: 'AuthorizerConfigurationException',
    responseType: 'AUTHORIZER_CONFIGURATION_ERROR',
  },
  'invalid-api-key': {
    status: 403,
    body: '{"message":"Forbidden"}',
    type: 'ForbiddenException',
    responseType: 'INVALID_API_KEY',
  },
  'bad-parameters': {
    status: 400,
    body: '{"message": "Missing required request parameters"}',
    type: 'BadRequestException',
    responseType: 'BAD_REQUEST_PARAMETERS',
  },
  'bad-body': {
    status: 400,
    body: '{"message": "Invalid request body"}',
    type: 'BadRequestException',
    responseType: 'BAD_REQUEST_BODY',
  },
  'too-large': {
    status: 413,
    body: '{"message":"Request Entity Too Large"}',
    type: 'RequestEntityTooLargeException',
    responseType: 'REQUEST_TOO_LARGE',
  },
  'too-large-for-lambda': {
    status: 413,
    body: '{"message": "Request Too Long"}',
    type: 'BadRequestException',
  },
  'bad-response': {
    status: 502,
    body: '{"message": "Internal server error"}',
    type: 'InternalServerErrorException',
  },
  timeout: {
    status: 504,
    body: '{"message": "Endpoint request timed out"}',
    type: 'InternalServerErrorException',
    responseType: 'INTEGRATION_TIMEOUT',
  },
  // When the Lambda API rejects a call, its own status, throttling's 429 too, does not reach the client:
  // "Handling Lambda errors with an API Gateway API" in Lambda's guide.
  throttled: {
    status: 500,
    body: '{"message": "Internal server error"}',
    type: 'InternalServerErrorException',
  },
  'invoke-failed': {
    status: 500,
    body: '{"message": "Internal server error"}',
    type: 'InternalServerErrorException',
  },
};

const HTTP_ERRORS: Readonly<Record<GatewayError, ErrorAnswer>> = {
  'unknown-route': { status: 404, body: '{"message":"Not Found"}' },
  'too-large': { status: 413, body: '{"message":"Request Entity Too Large"}' },
  'too-large-for-lambda': { status: 413, body: '{"message":"Request Entity Too Large"}' },
  'bad-response': { status: 500, body: '{"message":"Internal Server Error"}' },
  timeout: { status: 503, body: '{"message":"Service Unavailable"}' },
  throttled: { status: 503, body: '{"message":"Service Unavailable"}' },
  'invoke-failed': { status: 500, body: '{"message":"Internal Server Error"}' },
  unauthorized: { status: 401, body: '{"message":"Unauthorized"}' },
  'token-expired': { status: 401, body: '{"message":"Unauthorized"}' },
  denied: { status: 403, body: '{"message":"Forbidden"}' },
  'denied-explicitly': { status: 403, body: '{"message":"Forbidden"}' },
  unsigned: { status: 403, body: '{"message":"Forbidden"}' },
  'authorizer-failed': { status: 500, body: '{"message":"Internal Server Error"}' },
  'authorizer-answer': { status: 500, body: '{"message":"Internal Server Error"}' },
};

/** What the URL of a function answers by itself; everything else is as of an HTTP API. */
const URL_ERRORS: Readonly<Partial<Record<GatewayError, ErrorAnswer>>> = {
  'bad-response': { status: 502, body: 'Internal Server Error' },
  'invoke-failed': { status: 502, body: 'Internal Server Error' },
  throttled: {
    status: 429,
    body: '{"Reason":"ConcurrentInvocationLimitExceeded","Type":"User","message":"Rate Exceeded."}',
  },
  'too-large': {
    status: 413,
    body: '{"Message":"Request must be smaller than 6291456 bytes for the InvokeFunction operation"}',
  },
  'too-large-for-lambda': {
    status: 413,
    body: '{"Message":"Request must be smaller than 6291456 bytes for the InvokeFunction operation"}',
  },
  unsigned: { status: 403, body: '{"Message":"Forbidden"}' },
};

export function gatewayError(
  { kind, functionUrl }: Pick<ApiDefinition, 'kind' | 'functionUrl'>,
  error: GatewayError,
  reason: string,
): GatewayResponse {
  if (kind === 'REST') return restError(error, reason);
  const ofUrl = functionUrl === undefined ? undefined : URL_ERRORS[error];
  return errorResponse(ofUrl ?? HTTP_ERRORS[error], reason);
}

/** @param message what the client reads, where it is not the same every time. */
export function restError(
  error: GatewayError | RestOnlyError,
  reason: string,
  message?: string,
): GatewayResponse {
  const answer = REST_ERRORS[error];
  const body = message === undefined ? answer.body : `{"message": ${JSON.stringify(message)}}`;
  const { type, responseType = answer.status < 500 ? 'DEFAULT_4XX' : 'DEFAULT_5XX' } = answer;
  const response = errorResponse({ ...answer, body }, reason);
  return { ...response, headers: [...response.headers, ['x-amzn-errortype', type]], responseType };
}

function errorResponse({ status, body }: ErrorAnswer, reason: string): GatewayResponse {
  return { status, headers: [['Content-Type', 'application/json']], body: Buffer.from(body), reason };
}

/** A function's result that is no HTTP response; the message is for the developer. */
export class MalformedResponseError extends Error {
  override readonly name = 'MalformedResponseError';
}

/** @throws MalformedResponseError unless the value is a whole number, or its digits, from 200 to 599. */
export function readStatusCode(value: unknown): number {
  const status = typeof value === 'string' && /^\d{3}$/.test(value) ? Number(value) : value;
  if (typeof status === 'number' && Number.isInteger(status) && status >= 200 && status <= 599) return status;
  throw new MalformedResponseError(`statusCode must be an integer from 200 to 599, got ${describe(value)}`);
}

/** @throws MalformedResponseError unless the value is an object of texts, numbers and booleans. */
export function readHeaders(value: unknown, field: string): Header[] {
  return Object.entries(readObject(value, field)).map(([name, content]) => readHeader(name, content, field));
}

/**
 * `headers` and `multiValueHeaders` of format 1.0: both count, and a pair that stands in both is sent once.
 *
 * @throws MalformedResponseError when one of them has another form.
 */
export function readAllHeaders(result: Readonly<Record<string, unknown>>): Header[] {
  const single = readHeaders(result['headers'], 'headers');
  const multiple = readMultiValueHeaders(result['multiValueHeaders']);
  const onlySingle = single.filter(
    ([name, value]) =>
      !multiple.some(([other, item]) => other.toLowerCase() === name.toLowerCase() && item === value),
  );
  return [...multiple, ...onlySingle];
}

function readMultiValueHeaders(value: unknown): Header[] {
  const field = 'multiValueHeaders';
  return Object.entries(readObject(value, field)).flatMap(([name, values]) => {
    if (!Array.isArray(values)) {
      throw new MalformedResponseError(`${field}["${name}"] must be an array, got ${describe(values)}`);
    }
    return values.map((item: unknown) => readHeader(name, item, field));
  });
}

/** @throws MalformedResponseError when HTTP cannot carry the header. */
export function readHeader(name: string, value: unknown, field: string): Header {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
    throw new MalformedResponseError(`${field}["${name}"] must be a string, got ${describe(value)}`);
  }
  try {
    validateHeaderName(name);
    validateHeaderValue(name, String(value));
  } catch (cause) {
    throw new MalformedResponseError(`${field}["${name}"] has characters that HTTP does not allow`, {
      cause,
    });
  }
  return [name, String(value)];
}

/** The object, an empty one for null and undefined. @throws MalformedResponseError for anything else. */
export function readObject(value: unknown, field: string): Record<string, unknown> {
  if (value === undefined || value === null) return {};
  if (typeof value === 'object' && !Array.isArray(value)) return { ...value };
  throw new MalformedResponseError(`${field} must be an object, got ${describe(value)}`);
}

/** @throws MalformedResponseError unless the value is a string, null or undefined. */
export function readBodyText(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  throw new MalformedResponseError(`body must be a string, got ${describe(value)}`);
}

/** @throws MalformedResponseError unless the value is a boolean, null or undefined. */
export function readIsBase64Encoded(value: unknown): boolean {
  if (value === undefined || value === null) return false;
  if (typeof value === 'boolean') return value;
  throw new MalformedResponseError(`isBase64Encoded must be a boolean, got ${describe(value)}`);
}

/** The kind of a value, never its content: what a function returns may be personal. */
export function describe(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value === 'number' ? `number ${value}` : typeof value;
}
