import { describe, expect, it } from 'vitest';
import { findRows, nextKey } from '../../../local/console/timeline/find-rows.ts';
import { failuresIn } from '../../../local/console/trace/trace-facts.ts';
import { buildTimeline } from '../../../local/xray/timeline.ts';
import { hostilePage } from '../../fixtures/console/odd-traces.ts';
import { orderPage } from '../../fixtures/console/orders.ts';

const START = 1_790_000_000;
const { trace, linked } = orderPage(START);
const { rows } = buildTimeline([trace, ...linked], START + 2);
function nameOf(key: string): string | undefined {
  return rows.find((row) => row.key === key)?.name;
}
function found(query: string) {
  return findRows(rows, query).map(nameOf);
}

describe('the search in a trace', () => {
  it('finds what a row says: its name, its call, its request, its annotations and its error', () => {
    expect(found('priceorder')).toEqual(['priceOrder']);
    expect(found('PutItem')).toEqual(['DynamoDB']);
    expect(found('curl/8')).toEqual(['local-shop/local']);
    expect(found('order-7f3c')).toContain('## create-order');
    expect(found('put orders')).toEqual(['DynamoDB']);
  });

  it('finds nothing for nothing, and for what is not there', () => {
    for (const query of ['', '   ', 'no such words']) expect(findRows(rows, query)).toEqual([]);
  });

  it('takes whatever a sender wrote', () => {
    const hostile = buildTimeline([hostilePage(START).trace], START + 2);
    expect(findRows(hostile.rows, 'a')).toEqual(expect.any(Array));
  });
});

describe('the step from one to the next', () => {
  const keys = rows.filter((_, index) => [2, 5, 9].includes(index)).map(({ key }) => key);
  const [first, second, last] = keys;

  it('goes on from where the reader is, and round at the ends', () => {
    expect(nextKey(keys, rows, undefined, 'next')).toBe(first);
    expect(nextKey(keys, rows, first, 'next')).toBe(second);
    expect(nextKey(keys, rows, rows[6]?.key, 'next')).toBe(last);
    expect(nextKey(keys, rows, last, 'next')).toBe(first);
    expect(nextKey(keys, rows, first, 'previous')).toBe(last);
    expect(nextKey(keys, rows, rows[6]?.key, 'previous')).toBe(second);
  });

  it('leads nowhere where there is none', () => {
    expect(nextKey([], rows, first, 'next')).toBeUndefined();
  });
});

describe('the failures of a trace', () => {
  it('are where they began, not what stands above', () => {
    const failures = failuresIn(rows);
    expect(failures.length).toBeGreaterThan(0);
    for (const { key } of failures) {
      const below = rows.filter(({ parentKey }) => parentKey === key);
      expect(below.some(({ status }) => status === 'fault')).toBe(false);
    }
  });
});
