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

/** What a page is asked for besides a time, by name; undefined and empty texts ask for nothing. */
export type Parameters = Readonly<Record<string, string | undefined>>;

/** The address of a page that takes parameters of its own, such as the map and the logs. */
export function hrefWith(route: PageRoute, span: TimeSpan | undefined, parameters: Parameters): string {
  return pathOf(route) + queryOf(span, Object.entries(parameters));
}

/** A query with its question mark; empty where nothing is asked for. */
export function queryOf(
  span: TimeSpan | undefined,
  parameters: ReadonlyArray<readonly [name: string, value: string | undefined]>,
): string {
  const texts = parameters.flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [`${name}=${encodeURIComponent(value)}`],
  );
  const all = [...(span === undefined ? [] : [spanQuery(span).slice(1)]), ...texts];
  return all.length === 0 ? '' : `?${all.join('&')}`;
}

/** The address of the list of those traces that a filter expression matches. */
export function hrefOfTraces(filter: string, span?: TimeSpan): string {
  return hrefOf({ page: 'list' }, span, undefined, { filter, sort: 'start' });
}

export function parseRoute(pathname: string): Route {
  return routeAt(pathname) ?? { page: 'unknown' };
}
