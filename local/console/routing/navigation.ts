import { useEffect, useMemo, useState } from 'preact/hooks';
import type { ListSearch } from './list-search.ts';
import { parseListSearch } from './list-search.ts';
import type { Parameters, Route } from './route.ts';
import { hrefOf, parseRoute, queryOf } from './route.ts';
import type { TimeSpan } from './time-span.ts';
import { parseSpan } from './time-span.ts';

/** What the address bar says. */
export interface Address {
  readonly route: Route;
  /** Undefined: all there is. */
  readonly span: TimeSpan | undefined;
  /** The address names a time, and nobody can tell which. */
  readonly unreadableSpan: boolean;
  /** The alarm that led here. */
  readonly alarmName: string | undefined;
  /** What the list of traces shows, here or where the reader came from. */
  readonly search: ListSearch;
  /** What else the query says. */
  readonly parameters: URLSearchParams;
}

/** Goes to another page of Lantern without loading it anew; the state tells that page that it was followed to. */
export function navigate(path: string): void {
  go(path);
  scrollTo(0, 0);
}

/** Shows another time on the same page; Back comes back to the one before. */
export function showSpan(span: TimeSpan | undefined): void {
  // An alarm led to a time of its own.
  const left = ['last', 'from', 'to', 'alarm'];
  const others = [...new URLSearchParams(location.search)].filter(([name]) => !left.includes(name));
  go(location.pathname + queryOf(span, others) + location.hash);
}

/** Asks the page for something else, undefined for nothing, without a step for Back: what is typed changes with each letter. */
export function showParameters(changes: Parameters): void {
  const parameters = new Map(new URLSearchParams(location.search));
  for (const [name, value = ''] of Object.entries(changes)) parameters.set(name, value);
  const query = queryOf(undefined, [...parameters]);
  history.replaceState(history.state, '', location.pathname + query + location.hash);
  dispatchEvent(new PopStateEvent('popstate'));
}

/** Shows other traces in the list, or in another order, of the same time; Back comes back to those before. */
export function showTraces(changes: Partial<ListSearch>): void {
  const search = { ...parseListSearch(location.search), ...changes };
  const span = parseSpan(location.search);
  const alarmName = new URLSearchParams(location.search).get('alarm') ?? undefined;
  go(hrefOf({ page: 'list' }, span === 'unreadable' ? undefined : span, alarmName, search));
}

/** The address, also after Back and Forward. */
export function useAddress(): Address {
  const [{ pathname, search }, setLocation] = useState(currentLocation);
  useEffect(() => {
    const follow = () => setLocation(currentLocation());
    addEventListener('popstate', follow);
    return () => removeEventListener('popstate', follow);
  }, []);
  return useMemo(() => {
    const span = parseSpan(search);
    const parameters = new URLSearchParams(search);
    return {
      route: parseRoute(pathname),
      span: span === 'unreadable' ? undefined : span,
      unreadableSpan: span === 'unreadable',
      alarmName: parameters.get('alarm') ?? undefined,
      search: parseListSearch(search),
      parameters,
    };
  }, [pathname, search]);
}

function go(path: string): void {
  history.pushState('followed', '', path);
  dispatchEvent(new PopStateEvent('popstate'));
}

function currentLocation(): { readonly pathname: string; readonly search: string } {
  return { pathname: location.pathname, search: location.search };
}
