import type { PageRoute } from '../../console-contract.ts';
import { pathOf, routeAt } from '../../console-contract.ts';
import type { TimeSpan } from './time-span.ts';
import { spanQuery } from './time-span.ts';

/** What the address bar asks for. */
export type Route = PageRoute | { readonly page: 'unknown' };

/** What else stands in the query of an address, by name; undefined and empty texts are left out. */
export type Parameters = Readonly<Record<string, string | undefined>>;

/** The address of a page that shows a time: `filter` chooses what it shows of it, `alarm` is the alarm that led there. */
export function hrefOf(route: PageRoute, span?: TimeSpan, parameters: Parameters = {}): string {
  const query = spanQuery(span);
  const others = Object.entries(parameters).flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [`${name}=${encodeURIComponent(value)}`],
  );
  const all = [...(query === '' ? [] : [query.slice(1)]), ...others].join('&');
  return pathOf(route) + (all === '' ? '' : `?${all}`);
}

export function parseRoute(pathname: string): Route {
  return routeAt(pathname) ?? { page: 'unknown' };
}
