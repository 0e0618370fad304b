import { groupValues, headerValue, queryParameters } from './request.ts';
import type { GatewayRequest } from './request.ts';

/** What an expression may speak of. */
export interface RequestValues {
  readonly request: GatewayRequest;
  readonly pathParameters: Readonly<Record<string, string>>;
  /** `requestContext` of the event. */
  readonly context: object;
}

const PARAMETER =
  /^(?:method\.)?request\.(header|multivalueheader|querystring|multivaluequerystring|path)\.(.+)$/;

/**
 * What an expression of the template stands for: `'text'`, `method.request.header.Origin`, `$request.querystring.token`,
 * `context.requestId`. Undefined where the request has nothing of the kind; stage variables do not exist here.
 */
export function valueOf(expression: string, values: RequestValues): string | undefined {
  const literal = /^'(.*)'$/s.exec(expression);
  if (literal?.[1] !== undefined) return literal[1];
  const source = expression.replace(/^\$/, '');
  const [, place, name] = PARAMETER.exec(source) ?? [];
  if (place !== undefined && name !== undefined) return parameterOf(place, name, values);
  return source.startsWith('context.')
    ? contextValue(values.context, source.slice('context.'.length))
    : undefined;
}

function parameterOf(
  place: string,
  name: string,
  { request, pathParameters }: RequestValues,
): string | undefined {
  if (place === 'path') return Object.hasOwn(pathParameters, name) ? pathParameters[name] : undefined;
  if (place.endsWith('header')) return headerValue(request.headers, name.toLowerCase());
  return groupValues(queryParameters(request.rawQueryString)).get(name)?.at(-1);
}

/** A text, a number or a boolean in a context, by the names on the way there. */
export function contextValue(context: object, path: string): string | undefined {
  let value: unknown = context;
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
}
