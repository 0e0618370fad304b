import type { PageRoute } from '../../console-contract.ts';
import { pathOf, routeAt } from '../../console-contract.ts';
import type { TimeSpan } from './time-span.ts';
import { spanQuery } from './time-span.ts';

/** What the address bar asks for. */
export type Route = PageRoute | { readonly page: 'unknown' };

/** The address of a page that shows a time; `alarmName` is the alarm that led there, and to go back to. */
export function hrefOf(route: PageRoute, span?: TimeSpan, alarmName?: string): string {
  const query = spanQuery(span);
  const alarm = alarmName === undefined ? '' : `alarm=${encodeURIComponent(alarmName)}`;
  return pathOf(route) + query + (alarm === '' ? '' : `${query === '' ? '?' : '&'}${alarm}`);
}

export function parseRoute(pathname: string): Route {
  return routeAt(pathname) ?? { page: 'unknown' };
}
