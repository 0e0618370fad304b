import { isObject } from '../json.ts';
import type { ProxyEventInput } from './proxy-event.ts';
import { domainOf, forwardedHeaders, lastValues, mediaType, orNull, requestTime } from './proxy-event.ts';
import type { Header } from './request.ts';
import { decodePath, shownPath } from './paths.ts';
import { groupValues, headerValue, queryParameters } from './request.ts';
import { DEFAULT_ROUTE } from './routing.ts';

/** What an HTTP API hands to a function: the proxy event, version 2.0. Fields without a value are absent. */
export function httpEvent(input: ProxyEventInput) {
  const { api, request, match } = input;
  const cookies = cookiesOf(request.headers);
  const query = joinValues(queryParameters(request.rawQueryString));
  return {
    version: '2.0',
    routeKey: routeKey(input),
    rawPath: shownPath(api, request.rawPath),
    rawQueryString: request.rawQueryString,
    ...(cookies.length > 0 && { cookies }),
    headers: headersOf(input),
    ...(Object.keys(query).length > 0 && { queryStringParameters: query }),
    requestContext: requestContext(input),
    ...(Object.keys(match.pathParameters).length > 0 && { pathParameters: match.pathParameters }),
    ...encodeBody(input.body, headerValue(request.headers, 'content-type')),
  };
}

/**
 * What an HTTP API hands to a function that asks for format 1.0: the fields of a REST API's event, with the names of headers in lower
 * case, path and parameters decoded, and the body encoded as in format 2.0.
 */
export function httpEventFormat1(input: ProxyEventInput) {
  const { accountId, api, request, match } = input;
  const path = shownPath(api, request.rawPath);
  const headers = groupValues(lowerCaseHeaders(input));
  const query = groupValues(queryParameters(request.rawQueryString));
  const { authorizer, identity } = callerFormat1(input);
  return {
    version: '1.0',
    resource: match.route.path,
    path,
    httpMethod: request.method,
    headers: lastValues(headers),
    multiValueHeaders: Object.fromEntries(headers),
    queryStringParameters: orNull(lastValues(query)),
    multiValueQueryStringParameters: orNull(Object.fromEntries(query)),
    requestContext: {
      accountId,
      apiId: api.id,
      ...(authorizer !== undefined && { authorizer }),
      ...domainOf(request),
      extendedRequestId: request.extendedRequestId,
      httpMethod: request.method,
      identity,
      path,
      protocol: request.protocol,
      requestId: request.extendedRequestId,
      requestTime: requestTime(request.receivedAt),
      requestTimeEpoch: request.receivedAt,
      resourceId: routeKey(input),
      resourcePath: match.route.path,
      stage: api.stage,
    },
    pathParameters: orNull(match.pathParameters),
    stageVariables: null,
    body: null,
    ...encodeBody(input.body, headerValue(request.headers, 'content-type')),
  };
}

/** Format 1.0 has who calls by IAM in `identity`, and of others the claims or the context without their kind. */
function callerFormat1({ request, caller }: ProxyEventInput) {
  const { jwt, lambda, iam } = caller?.authorizer ?? {};
  const authorizer = asObject(jwt ?? lambda);
  const {
    accessKey = null,
    accountId = null,
    userArn = null,
    callerId = null,
    userId = null,
  } = asObject(iam);
  return {
    authorizer: jwt === undefined && lambda === undefined ? undefined : authorizer,
    identity: {
      accessKey,
      accountId,
      caller: callerId,
      cognitoAmr: null,
      cognitoAuthenticationProvider: null,
      cognitoAuthenticationType: null,
      cognitoIdentityId: null,
      cognitoIdentityPoolId: null,
      principalOrgId: null,
      sourceIp: request.sourceIp,
      user: userId,
      userAgent: headerValue(request.headers, 'user-agent') ?? '',
      userArn,
    },
  };
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return isObject(value) ? value : {};
}

function requestContext(input: ProxyEventInput) {
  const { accountId, api, request, caller } = input;
  const { functionUrl } = api;
  return {
    // Nobody's, where the URL of a function asks nobody who calls.
    accountId: functionUrl !== undefined && caller?.authorizer === undefined ? 'anonymous' : accountId,
    apiId: api.id,
    ...(caller?.authorizer !== undefined && { authorizer: caller.authorizer }),
    // Functions, and what extracts correlation ids, know the URL of a function by its name in AWS.
    ...(functionUrl === undefined
      ? domainOf(request)
      : { domainName: functionUrl.host, domainPrefix: api.id }),
    http: {
      method: request.method,
      // Of the URL of a function it is decoded as well, unlike rawPath.
      path: functionUrl === undefined ? shownPath(api, request.rawPath) : decodePath(request.rawPath),
      protocol: request.protocol,
      sourceIp: request.sourceIp,
      userAgent: headerValue(request.headers, 'user-agent') ?? '',
    },
    requestId: functionUrl === undefined ? request.extendedRequestId : request.requestId,
    routeKey: routeKey(input),
    stage: api.stage,
    time: requestTime(request.receivedAt),
    timeEpoch: request.receivedAt,
  };
}

/** `GET /orders/{id}`, or `$default`. */
export function routeKey({ match: { route } }: Pick<ProxyEventInput, 'match'>): string {
  return route.path === DEFAULT_ROUTE ? DEFAULT_ROUTE : `${route.method} ${route.path}`;
}

function headersOf(input: ProxyEventInput): Record<string, string> {
  // Cookies have a field of their own, beside which only the URL of a function keeps them.
  const keepsCookies = input.api.functionUrl !== undefined;
  return joinValues(lowerCaseHeaders(input).filter(([name]) => name !== 'cookie' || keepsCookies));
}

/** The length is set anew: a chunked body came without one. */
function lowerCaseHeaders(input: ProxyEventInput): Header[] {
  const headers = forwardedHeaders(input)
    .map(([name, value]): Header => [name.toLowerCase(), value])
    .filter(([name]) => name !== 'content-length');
  return [...headers, ['content-length', String(input.body.length)]];
}

function cookiesOf(headers: readonly Header[]): string[] {
  return headers
    .filter(([name]) => name.toLowerCase() === 'cookie')
    .flatMap(([, value]) => value.split(';'))
    .map((cookie) => cookie.trim())
    .filter((cookie) => cookie !== '');
}

function joinValues(entries: readonly (readonly [string, string])[]): Record<string, string> {
  return Object.fromEntries([...groupValues(entries)].map(([name, values]) => [name, values.join(',')]));
}

const TEXT_TYPES = new Set(['application/json', 'application/javascript', 'application/xml']);

/** Everything else is sent as base64, as forms and bodies without a type are. */
function isText(type: string): boolean {
  return type.startsWith('text/') || TEXT_TYPES.has(type) || /\+(json|xml)$/.test(type);
}

function encodeBody(body: Buffer, contentType: string | undefined) {
  if (body.length === 0) return { isBase64Encoded: false };
  const text = isText(mediaType(contentType));
  return { body: body.toString(text ? 'utf8' : 'base64'), isBase64Encoded: !text };
}
