/** The HTTP request that an event stands for, as it may be recorded once its path has been masked. */
export interface HttpRequest {
  readonly method: string;
  /** Without its query string. */
  readonly path: string;
  /** Scheme and host, where the event tells them: `https://api.example.com`. */
  readonly origin: string;
}

type Fields = Readonly<Record<string, unknown>>;

/** "RFC 9110", section 9: a method is a token. The longest in use has 17 letters. */
const METHOD = /^[!#$%&'*+.^`|~\w-]{1,32}$/;
const HOST = /^[a-z0-9.-]{1,253}(:\d{1,5})?$/i;

/**
 * Reads an event of API Gateway (REST, HTTP, either format), a function URL, a load balancer or VPC Lattice.
 *
 * @returns undefined for any other event. Never throws.
 */
export function httpRequestOf(event: unknown): HttpRequest | undefined {
  try {
    const { httpMethod, method, path, rawPath, raw_path: latticePath, requestContext } = fieldsOf(event);
    const { http, domainName } = fieldsOf(requestContext);
    const { method: contextMethod, path: contextPath } = fieldsOf(http);
    const isLattice = requestContext !== undefined || latticePath !== undefined;
    const verb = httpMethod ?? contextMethod ?? (isLattice ? method : undefined);
    const target = path ?? rawPath ?? contextPath ?? latticePath;
    if (typeof verb !== 'string' || !METHOD.test(verb)) return undefined;
    if (typeof target !== 'string' || !target.startsWith('/')) return undefined;
    const host = domainName ?? headerOf(event, 'host');
    const scheme = headerOf(event, 'x-forwarded-proto') === 'http' ? 'http' : 'https';
    return {
      method: verb.toUpperCase(),
      path: target.replace(/[?#].*$/s, ''),
      origin: typeof host === 'string' && HOST.test(host) ? `${scheme}://${host}` : '',
    };
  } catch {
    // A getter or a proxy that throws: not an event of Lambda's making.
    return undefined;
  }
}

/**
 * The route that a request has taken: the API's own (`resource` of a REST API, the route key of an HTTP API), or that of Middy's
 * `http-router`, which leaves the parameters of its path with the event.
 *
 * @returns undefined where there is none, as for what an HTTP API or a function URL calls `$default`. Never throws.
 */
export function routeOf(event: unknown, path: string): string | undefined {
  try {
    const { resource, routeKey, pathParameters } = fieldsOf(event);
    const [ofApi] = [resource, typeof routeKey === 'string' ? withoutMethod(routeKey) : undefined].filter(
      (each): each is string => typeof each === 'string' && each.startsWith('/'),
    );
    const others = Object.entries(fieldsOf(pathParameters)).filter(
      ([name]) => !(ofApi ?? '').includes(`{${name}}`) && !(ofApi ?? '').includes(`{${name}+}`),
    );
    return (others.length > 0 ? templateOf(path, others) : undefined) ?? ofApi;
  } catch {
    // As above.
    return undefined;
  }
}

/** The path of a route, of `GET /orders/{id}` as of `/orders/{id}`. */
export function withoutMethod(route: string): string {
  return route.replace(/^\S+ /, '');
}

/** The path with the names of parameters in the place of their values; undefined where one is not in it. */
function templateOf(path: string, parameters: ReadonlyArray<readonly [string, unknown]>): string | undefined {
  const segments = path.replace(/(?<=.)\/$/, '').split('/');
  // In the order of the route, from its end: where two have the same value, and where a name is that of a value too.
  for (const [name, value] of parameters.toReversed()) {
    const text = String(value);
    const at = segments.lastIndexOf(text);
    if (at > 0) segments[at] = `{${name}}`;
    else if (name === 'proxy' && `/${segments.join('/')}`.endsWith(`/${text}`)) {
      segments.splice(segments.length - text.split('/').length, Infinity, '{proxy+}');
    } else return undefined;
  }
  return segments.join('/');
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

function headerOf(event: unknown, name: string): unknown {
  const { headers, multiValueHeaders } = fieldsOf(event);
  for (const [key, value] of Object.entries({ ...fieldsOf(multiValueHeaders), ...fieldsOf(headers) })) {
    if (key.toLowerCase() === name) return Array.isArray(value) ? (value as unknown[])[0] : value;
  }
  return undefined;
}
