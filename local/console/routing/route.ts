import type { PageRoute } from '../../console-contract.ts';
import { pathOf, routeAt } from '../../console-contract.ts';
import type { ListSearch } from './list-search.ts';
import { listSearchParameters } from './list-search.ts';
import type { TimeSpan } from './time-span.ts';
import { spanQuery } from './time-span.ts';

/** What the address bar asks for. */
export type Route = PageRoute | { readonly page: 'unknown' };

/**
 * The address of a page that shows a time; `alarmName` is the alarm that led there, and to go back to; `search` is what the
 * list of traces shows, and of a trace what the list showed that led there.
 */
export function hrefOf(route: PageRoute, span?: TimeSpan, alarmName?: string, search?: ListSearch): string {
  const parameters = [
    ...(span === undefined ? [] : [spanQuery(span).slice(1)]),
    ...(alarmName === undefined ? [] : [`alarm=${encodeURIComponent(alarmName)}`]),
    ...(search === undefined ? [] : listSearchParameters(search)),
  ];
  return pathOf(route) + (parameters.length === 0 ? '' : `?${parameters.join('&')}`);
}

/** The address of the list of those traces that a filter expression matches. */
export function hrefOfTraces(filter: string, span?: TimeSpan): string {
  return hrefOf({ page: 'list' }, span, undefined, { filter, sort: 'start' });
}

export function parseRoute(pathname: string): Route {
  return routeAt(pathname) ?? { page: 'unknown' };
}
