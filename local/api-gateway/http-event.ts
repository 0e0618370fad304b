import type { ProxyEventInput } from './proxy-event.ts';
import { forwardedHeaders, domainOf, mediaType, requestTime } from './proxy-event.ts';
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
  const headers = forwardedHeaders(input)
    .map(([name, value]): Header => [name.toLowerCase(), value])
    // Cookies have a field of their own, beside which only the URL of a function keeps them; and the length is set
    // anew: a chunked body came without one.
    .filter(
      ([name]) => name !== 'content-length' && (name !== 'cookie' || input.api.functionUrl !== undefined),
    );
  return joinValues([...headers, ['content-length', String(input.body.length)]]);
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
