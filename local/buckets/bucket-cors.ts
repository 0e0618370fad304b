/** How pages of other origins may use a bucket: its CORS rules, as the template has them. */
import type { IncomingMessage } from 'node:http';
import type { BucketCorsRule } from '../template/service.ts';

export function isPreflight({ method, headers }: IncomingMessage): boolean {
  return method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;
}

/** The first rule that is for the origin, the method and, before a request, its headers. */
export function ruleFor(
  rules: readonly BucketCorsRule[],
  request: IncomingMessage,
): BucketCorsRule | undefined {
  const { origin } = request.headers;
  if (origin === undefined) return undefined;
  const method = isPreflight(request) ? request.headers['access-control-request-method'] : request.method;
  const asked = (isPreflight(request) ? (request.headers['access-control-request-headers'] ?? '') : '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '');
  return rules.find(
    ({ allowedOrigins, allowedMethods, allowedHeaders }) =>
      allowedOrigins.some((pattern) => fits(pattern, origin)) &&
      allowedMethods.includes(String(method)) &&
      asked.every((name) => allowedHeaders.some((pattern) => fits(pattern.toLowerCase(), name))),
  );
}

/** One asterisk stands for anything. */
function fits(pattern: string, text: string): boolean {
  const [start = '', end] = pattern.split('*');
  if (end === undefined) return pattern === text;
  return text.length >= start.length + end.length && text.startsWith(start) && text.endsWith(end);
}

export function corsHeaders(rule: BucketCorsRule, request: IncomingMessage): [name: string, value: string][] {
  const { allowedOrigins, allowedMethods, exposedHeaders, maxAge } = rule;
  const { origin = '' } = request.headers;
  const any = allowedOrigins.includes('*');
  const asked = request.headers['access-control-request-headers'];
  return [
    ['access-control-allow-origin', any ? '*' : origin],
    ['access-control-allow-methods', allowedMethods.join(', ')],
    ['vary', 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method'],
    ...(any ? [] : [['access-control-allow-credentials', 'true'] as [string, string]]),
    ...(exposedHeaders.length > 0
      ? [['access-control-expose-headers', exposedHeaders.join(', ')] as [string, string]]
      : []),
    ...(isPreflight(request) && asked !== undefined
      ? [['access-control-allow-headers', asked.toLowerCase()] as [string, string]]
      : []),
    ...(isPreflight(request) && maxAge !== undefined
      ? [['access-control-max-age', String(maxAge)] as [string, string]]
      : []),
  ];
}
