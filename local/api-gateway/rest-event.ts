import type { ProxyEventInput } from './proxy-event.ts';
import { domainOf, forwardedHeaders, lastValues, mediaType, orNull, requestTime } from './proxy-event.ts';
import type { GatewayRequest, Header } from './request.ts';
import { shownPath } from './paths.ts';
import { groupValues, headerValue, restQueryParameters } from './request.ts';

/** What a REST API hands to a function: the proxy event, version 1.0. */
export function restEvent(input: ProxyEventInput) {
  const { api, match, request } = input;
  const headers = groupHeaders(forwardedHeaders(input));
  const query = groupValues(restQueryParameters(request.rawQueryString));
  return {
    resource: match.route.path,
    // A REST API leaves the path and its parameters encoded, and decodes the query string.
    path: shownPath(api, request.rawPath),
    httpMethod: request.method,
    headers: lastValues(headers),
    multiValueHeaders: Object.fromEntries(headers),
    queryStringParameters: orNull(lastValues(query)),
    multiValueQueryStringParameters: orNull(Object.fromEntries(query)),
    pathParameters: orNull(match.pathParameters),
    stageVariables: null,
    requestContext: restContext(input),
    ...encodeBody(
      input.body,
      isBinaryMedia(api.binaryMediaTypes, headerValue(request.headers, 'content-type')),
    ),
  };
}

/** Whether an API takes a media type for binary: by its name, its family (`image/*`), or because it takes all. */
export function isBinaryMedia(binaryMediaTypes: readonly string[], value: string | undefined): boolean {
  const type = mediaType(value);
  const family = `${type.replace(/\/.*$/s, '')}/*`;
  return binaryMediaTypes.some((candidate) => ['*/*', type, family].includes(mediaType(candidate)));
}

/** `requestContext` of an event; mapping templates call it `$context`. */
export function restContext({
  accountId,
  api,
  match,
  request,
  caller,
}: Pick<ProxyEventInput, 'accountId' | 'api' | 'match' | 'request' | 'caller'>) {
  return {
    resourceId: resourceId(match.route.path),
    resourcePath: match.route.path,
    httpMethod: request.method,
    extendedRequestId: request.extendedRequestId,
    requestTime: requestTime(request.receivedAt),
    path: request.rawPath,
    accountId,
    protocol: request.protocol,
    stage: api.stage,
    ...domainOf(request),
    requestTimeEpoch: request.receivedAt,
    requestId: request.requestId,
    identity: { ...identity(request), ...caller?.identity },
    deploymentId: resourceId(`${api.id} ${api.stage}`),
    apiId: api.id,
    ...(caller?.authorizer !== undefined && { authorizer: caller.authorizer }),
  };
}

function identity(request: GatewayRequest) {
  return {
    cognitoIdentityPoolId: null,
    accountId: null,
    cognitoIdentityId: null,
    caller: null,
    sourceIp: request.sourceIp,
    principalOrgId: null,
    accessKey: null,
    cognitoAuthenticationType: null,
    cognitoAuthenticationProvider: null,
    userArn: null,
    userAgent: headerValue(request.headers, 'user-agent') ?? null,
    user: null,
  };
}

/** Six characters that stay the same for the same resource or deployment, as the deployed id does. */
function resourceId(resource: string): string {
  let hash = 0;
  for (const character of resource) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 36 ** 6;
  return hash.toString(36).padStart(6, '0');
}

/** Names that the gateway writes itself, whatever the client wrote. */
const GATEWAY_SPELLING: ReadonlyMap<string, string> = new Map([
  ['host', 'Host'],
  ['user-agent', 'User-Agent'],
]);

/** Values of a header sent under several spellings belong together, under the first one. */
function groupHeaders(headers: readonly Header[]): Map<string, string[]> {
  const spelling = new Map<string, string>();
  const grouped = headers
    // API Gateway keeps the length to itself: the function gets the body whole.
    .filter(([name]) => name.toLowerCase() !== 'content-length')
    .map(([name, value]): Header => {
      const lower = name.toLowerCase();
      const first = GATEWAY_SPELLING.get(lower) ?? spelling.get(lower) ?? name;
      spelling.set(lower, first);
      return [first, value];
    });
  return groupValues(grouped);
}

function encodeBody(body: Buffer, binary: boolean) {
  if (body.length === 0) return { body: null, isBase64Encoded: false };
  return { body: body.toString(binary ? 'base64' : 'utf8'), isBase64Encoded: binary };
}
