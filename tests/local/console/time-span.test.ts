import { describe, expect, it } from 'vitest';
import { isOpen, parseSpan, rangeOf, spanQuery, spanText } from '../../../local/console/routing/time-span.ts';
import { fromLocalInput, toLocalInput } from '../../../local/console/range/local-input.ts';

describe('the time in the address', () => {
  it.each(['?last=15m', '?last=5m', '?last=1h', '?last=90s', '?last=2d', '?from=1000&to=61000', ''])(
    'of %j is read and written alike',
    (query) => {
      const span = parseSpan(query);
      expect(span).not.toBe('unreadable');
      expect(spanQuery(span === 'unreadable' ? undefined : span)).toBe(query);
    },
  );

  it.each([
    '?last=',
    '?last=0m',
    '?last=-5m',
    '?last=soon',
    '?last=5m&from=1&to=2',
    '?from=1',
    '?to=1',
    '?from=2&to=2',
    '?from=1&to=1e9',
    '?from=1&to=9999999999999999',
    '?from=<script>&to=2',
  ])('of %j is refused', (query) => {
    expect(parseSpan(query)).toBe('unreadable');
  });

  it('leaves other parameters alone', () => {
    expect(parseSpan('?alarm=x&from=1&to=2')).toEqual({ kind: 'between', from: 1, to: 2 });
    expect(parseSpan('?alarm=x')).toBeUndefined();
  });

  it('moves with the clock, or stands still', () => {
    expect(rangeOf({ kind: 'last', ms: 60_000 }, 100_000)).toEqual({ from: 40_000, to: 100_000 });
    expect(rangeOf({ kind: 'between', from: 1, to: 2 }, 100_000)).toEqual({ from: 1, to: 2 });
    expect(rangeOf(undefined, 100_000)).toBeUndefined();
  });

  it('is over once it has passed', () => {
    expect(isOpen({ kind: 'between', from: 1, to: 2 }, 3)).toBe(false);
    expect(isOpen({ kind: 'between', from: 1, to: 9 }, 3)).toBe(true);
    expect(isOpen({ kind: 'last', ms: 1000 }, 3)).toBe(true);
    expect(isOpen(undefined, 3)).toBe(true);
  });
});

describe('a time in words', () => {
  const noon = new Date(2026, 10, 24, 12, 0, 0).getTime();

  it('has no day when it is today', () => {
    const span = { kind: 'between', from: noon, to: noon + 60_000 } as const;
    expect(spanText(span, noon + 3_600_000)).toBe('12:00:00 – 12:01:00');
    expect(spanText({ kind: 'last', ms: 900_000 }, noon)).toBe('the last 15 min');
  });

  it('has the day where it is another one', () => {
    const day = 86_400_000;
    const minute = { kind: 'between', from: noon, to: noon + 60_000 } as const;
    expect(spanText(minute, noon + day)).toBe('2026-11-24 12:00:00 – 12:01:00');
    expect(spanText({ ...minute, to: noon + day }, noon)).toBe('2026-11-24 12:00:00 – 2026-11-25 12:00:00');
  });

  it('goes into a field and back, to the second', () => {
    expect(toLocalInput(noon + 345)).toBe('2026-11-24T12:00:00');
    expect(fromLocalInput(toLocalInput(noon + 345))).toBe(noon);
    expect(fromLocalInput('')).toBeNaN();
    expect(fromLocalInput('1')).toBeNaN();
  });
});
