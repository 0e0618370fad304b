import { spanQuery, type TimeSpan } from './time-span.ts';

/** What the address bar asks for. */
export type Route =
  | { readonly page: 'list' }
  | { readonly page: 'trace'; readonly traceId: string }
  | { readonly page: 'alarms' }
  | { readonly page: 'alarm'; readonly name: string }
  | { readonly page: 'metrics' }
  | { readonly page: 'unknown' };

/** The list of traces; `alarmName` is the alarm that led there, and to go back to. */
export function listPath(span?: TimeSpan, alarmName?: string): string {
  const query = spanQuery(span);
  if (alarmName === undefined) return `/traces${query}`;
  return `/traces${query}${query === '' ? '?' : '&'}alarm=${encodeURIComponent(alarmName)}`;
}

export function tracePath(traceId: string, span?: TimeSpan): string {
  return `/traces/${encodeURIComponent(traceId)}${spanQuery(span)}`;
}

export function alarmsPath(span?: TimeSpan): string {
  return `/alarms${spanQuery(span)}`;
}

export function alarmPath(name: string, span?: TimeSpan): string {
  return `/alarms/${encodeURIComponent(name)}${spanQuery(span)}`;
}

export function metricsPath(span?: TimeSpan): string {
  return `/metrics${spanQuery(span)}`;
}

export function parseRoute(pathname: string): Route {
  const [, page, encoded] = /^\/([a-z]*)(?:\/([^/]*))?\/?$/.exec(pathname) ?? [];
  const id = encoded === undefined || encoded === '' ? undefined : decode(encoded);
  if (encoded !== undefined && encoded !== '' && id === undefined) return { page: 'unknown' };
  switch (page) {
    case '':
      return id === undefined ? { page: 'list' } : { page: 'unknown' };
    case 'traces':
      return id === undefined ? { page: 'list' } : { page: 'trace', traceId: id };
    case 'alarms':
      return id === undefined ? { page: 'alarms' } : { page: 'alarm', name: id };
    case 'metrics':
      return id === undefined ? { page: 'metrics' } : { page: 'unknown' };
    default:
      return { page: 'unknown' };
  }
}

function decode(encoded: string): string | undefined {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return undefined;
  }
}
