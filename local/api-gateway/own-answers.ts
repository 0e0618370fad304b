/** What the template makes of the answers that an API gives by itself: gateway responses of REST, CORS of HTTP APIs. */
import type { CorsDefinition, GatewayResponseDefinition } from '../template/service.ts';
import type { GatewayRequest, Header } from './request.ts';
import { headerValue } from './request.ts';
import type { RequestValues } from './request-values.ts';
import { contextValue, valueOf } from './request-values.ts';
import type { GatewayResponse } from './response.ts';

/** An answer as the gateway responses of a REST API have it; what a function answered stays as it is. */
export function withGatewayResponse(
  response: GatewayResponse,
  definitions: Readonly<Record<string, GatewayResponseDefinition>>,
  values: RequestValues,
): GatewayResponse {
  const { responseType, ...unchanged } = response;
  if (responseType === undefined) return response;
  const general = response.status < 500 ? 'DEFAULT_4XX' : 'DEFAULT_5XX';
  const definition = definitions[responseType] ?? definitions[general];
  if (definition === undefined) return unchanged;
  const set = Object.entries(definition.headers).flatMap(([name, expression]): Header[] => {
    const value = valueOf(expression, values);
    return value === undefined ? [] : [[name, value]];
  });
  const written = Object.entries(definition.templates)[0];
  const error = errorContext(response, responseType);
  return {
    ...unchanged,
    status: definition.status ?? response.status,
    headers: [
      ...response.headers.filter(
        ([name]) =>
          !set.some(([other]) => other.toLowerCase() === name.toLowerCase()) &&
          !(written !== undefined && name.toLowerCase() === 'content-type'),
      ),
      ...(written === undefined || headerValue(set, 'content-type') !== undefined
        ? []
        : [['Content-Type', written[0]] as const]),
      ...set,
    ],
    ...(written !== undefined && {
      body: Buffer.from(substituted(written[1], { ...values.context, error })),
    }),
  };
}

/** `$context.error`. */
function errorContext(response: GatewayResponse, responseType: string) {
  const { message, Message } = JSON.parse(response.body.toString()) as Record<string, unknown>;
  const text = message ?? Message ?? null;
  return {
    message: typeof text === 'string' ? text : 'null',
    messageString: JSON.stringify(text),
    responseType,
    validationErrorString: response.reason ?? '',
  };
}

/** These templates know variables, and nothing else of Velocity. A variable without a value is empty. */
function substituted(template: string, context: object): string {
  return template.replaceAll(
    /\$(?:\{context\.([\w.-]+)\}|context\.([\w-]+(?:\.[\w-]+)*))/g,
    (_variable, braced: string | undefined, bare: string | undefined) =>
      contextValue(context, braced ?? bare ?? '') ?? '',
  );
}

/** Whether a browser asks what it may do. */
export function isPreflight({ method, headers }: GatewayRequest): boolean {
  return (
    method === 'OPTIONS' &&
    headerValue(headers, 'origin') !== undefined &&
    headerValue(headers, 'access-control-request-method') !== undefined
  );
}

/** An HTTP API's answer to a preflight request: without the headers that allow something where it allows nothing. */
export function preflightAnswer({ headers }: GatewayRequest, cors: CorsDefinition): GatewayResponse {
  const origin = headerValue(headers, 'origin');
  const allowed = originHeaders(origin, cors);
  const rest: readonly Header[] =
    allowed.length === 0
      ? []
      : [
          ...list('Access-Control-Allow-Methods', cors.allowMethods),
          ...list('Access-Control-Allow-Headers', cors.allowHeaders),
          ...(cors.maxAge === undefined ? [] : [['Access-Control-Max-Age', String(cors.maxAge)] as const]),
        ];
  return {
    status: 204,
    headers: [...allowed, ...rest],
    body: Buffer.alloc(0),
    ...(allowed.length === 0 && { reason: `CORS of the API does not allow the origin ${origin ?? ''}` }),
  };
}

/** Any answer of an HTTP API with CORS: the headers that a function sets for CORS itself do not count. */
export function withCors(
  response: GatewayResponse,
  { headers }: GatewayRequest,
  cors: CorsDefinition,
): GatewayResponse {
  const allowed = originHeaders(headerValue(headers, 'origin'), cors);
  const exposed = allowed.length === 0 ? [] : list('Access-Control-Expose-Headers', cors.exposeHeaders);
  return {
    ...response,
    headers: [
      ...response.headers.filter(([name]) => !name.toLowerCase().startsWith('access-control-')),
      ...allowed,
      ...exposed,
    ],
  };
}

function originHeaders(origin: string | undefined, cors: CorsDefinition): Header[] {
  const allowed = origin === undefined ? undefined : allowedOrigin(origin, cors.allowOrigins);
  if (allowed === undefined) return [];
  return [
    ['Access-Control-Allow-Origin', allowed],
    ...(cors.allowCredentials ? [['Access-Control-Allow-Credentials', 'true'] as const] : []),
  ];
}

/** `*` is answered as it is; `https://*` stands for all origins of that scheme. */
function allowedOrigin(origin: string, allowOrigins: readonly string[]): string | undefined {
  if (allowOrigins.includes('*')) return '*';
  const lower = origin.toLowerCase();
  return allowOrigins.some((each) => {
    const candidate = each.toLowerCase();
    return candidate.endsWith('://*') ? lower.startsWith(candidate.slice(0, -1)) : candidate === lower;
  })
    ? origin
    : undefined;
}

function list(name: string, values: readonly string[]): Header[] {
  return values.length === 0 ? [] : [[name, values.join(',')]];
}
