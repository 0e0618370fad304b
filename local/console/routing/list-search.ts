import type { SortOrder } from '../../console-contract.ts';
import { SORT_ORDERS } from '../../console-contract.ts';

/** Which traces the list shows, and in which order, beside their time. */
export interface ListSearch {
  /** A filter expression, as it was written; empty for every trace. */
  readonly filter: string;
  readonly sort: SortOrder;
}

/** What the query of an address asks for: `?filter=fault&sort=duration`. An order that is none is the usual one. */
export function parseListSearch(search: string): ListSearch {
  const parameters = new URLSearchParams(search);
  const asked = parameters.get('sort');
  return {
    filter: parameters.get('filter')?.trim() ?? '',
    sort: SORT_ORDERS.find((order) => order === asked) ?? 'start',
  };
}

/** The parameters that `parseListSearch` reads, each as `name=value`; none for every trace in the usual order. */
export function listSearchParameters({ filter, sort }: ListSearch): readonly string[] {
  return [
    ...(filter === '' ? [] : [`filter=${encodeURIComponent(filter)}`]),
    ...(sort === 'start' ? [] : [`sort=${sort}`]),
  ];
}
