/** What the address bar asks for. */
export type Route =
  | { readonly page: 'list' }
  | { readonly page: 'trace'; readonly traceId: string }
  | { readonly page: 'unknown' };

export const listPath = '/';

export function tracePath(traceId: string): string {
  return `/traces/${encodeURIComponent(traceId)}`;
}

export function parseRoute(pathname: string): Route {
  if (pathname === listPath || pathname === '/traces' || pathname === '/traces/') return { page: 'list' };
  const encoded = /^\/traces\/([^/]+)\/?$/.exec(pathname)?.[1];
  const traceId = encoded === undefined ? undefined : decode(encoded);
  return traceId === undefined ? { page: 'unknown' } : { page: 'trace', traceId };
}

function decode(encoded: string): string | undefined {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return undefined;
  }
}
