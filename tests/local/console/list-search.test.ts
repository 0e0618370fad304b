import { describe, expect, it } from 'vitest';
import { SORT_ORDERS } from '../../../local/console-contract.ts';
import { parseListSearch } from '../../../local/console/routing/list-search.ts';
import { hrefOf, hrefOfTraces } from '../../../local/console/routing/route.ts';
import { parseSpan } from '../../../local/console/routing/time-span.ts';

describe('the search in the address', () => {
  it.each([
    'fault',
    'service("a & b") { http.url CONTAINS "?x=1#y" }',
    'annotation["ключ"] = "100 % +"',
    'rootcause.json = #[{"Services":[]}]',
  ])('is read as it was written: %s', (filter) => {
    const last = { kind: 'last', ms: 60_000 } as const;
    for (const sort of SORT_ORDERS) {
      const { search } = new URL(
        hrefOf({ page: 'list' }, last, 'an alarm & more', { filter, sort }),
        'http://localhost',
      );
      expect(parseListSearch(search)).toEqual({ filter, sort });
      expect(parseSpan(search)).toEqual(last);
      expect(new URLSearchParams(search).get('alarm')).toBe('an alarm & more');
    }
    expect(parseListSearch(new URL(hrefOfTraces(filter), 'http://localhost').search).filter).toBe(filter);
  });

  it.each(['', '?filter=', '?filter=%20%20', '?sort=loudness', '?sort=-asc', '?last=5m'])(
    'is of all traces, the newest first, where it says nothing else: %j',
    (search) => {
      expect(parseListSearch(search)).toEqual({ filter: '', sort: 'start' });
    },
  );

  it('is left out of the address where it says nothing', () => {
    expect(hrefOf({ page: 'list' }, undefined, undefined, { filter: '', sort: 'start' })).toBe('/traces');
  });
});
