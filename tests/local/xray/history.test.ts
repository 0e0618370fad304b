import { describe, expect, it } from 'vitest';
import { assembleTrace } from '../../../local/xray/assemble.ts';
import { durationsByName, historyKey, historyOf, standingOf } from '../../../local/xray/history.ts';
import { TraceStore } from '../../../local/xray/trace-store.ts';
import { fc } from '../../helpers/fast-check.ts';
import { begun, embedded, segment, traceId } from './fixtures.ts';

const query = { service: 'shop', name: 'query', type: 'remote' };

/** A trace of the shop whose query took so many seconds. */
function shopTrace(number: number, seconds: number) {
  return segment(1, {
    name: 'shop',
    trace_id: traceId(number),
    subsegments: [
      embedded(2, { name: 'query', namespace: 'remote', start_time: 1000, end_time: 1000 + seconds }),
    ],
  });
}

describe('the durations of a trace', () => {
  it('are those of everything that has ended, by service, name and type', () => {
    const trace = assembleTrace(traceId(1), [
      shopTrace(1, 0.25),
      begun(segment(3, { name: 'slow', trace_id: traceId(1) })),
    ]);
    expect(durationsByName(trace)).toEqual({
      [historyKey({ service: 'shop', name: 'shop', type: '' })]: [1],
      [historyKey(query)]: [0.25],
    });
  });

  it('are bounded, however often a trace repeats itself', () => {
    const many = Array.from({ length: 4000 }, (_, index) =>
      embedded(index + 2, { name: `step ${index % 700}` }),
    );
    const durations = durationsByName({ segments: [segment(1, { subsegments: many })] });
    expect(Object.keys(durations).length).toBeLessThanOrEqual(200);
    const same = Array.from({ length: 4000 }, (_, index) => embedded(index + 2, { name: 'step' }));
    const [, ofSame = []] =
      Object.entries(durationsByName({ segments: [segment(1, { subsegments: same })] })).find(([key]) =>
        key.includes('"step"'),
      ) ?? [];
    expect(ofSame.length).toBeLessThanOrEqual(50);
  });
});

describe('where a duration stands', () => {
  const among = (durations: readonly number[], seconds: number) => {
    const key = historyKey(query);
    const [name] = historyOf(
      { [key]: [seconds] },
      durations.map((each) => ({ [key]: [each] })),
    ).names;
    return name && standingOf(seconds, name);
  };

  it('is told by the half, the twentieth, and how many took less', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => (index + 1) / 100);
    expect(among(hundred, 0.975)).toMatchObject({ count: 100, p50: 0.5, p95: 0.95 });
    expect(among(hundred, 0.975)?.slowerThan).toBeCloseTo(0.97, 1);
    expect(among(hundred, 5)?.slowerThan).toBe(1);
    expect(among(hundred, 0.001)?.slowerThan).toBe(0);
  });

  it('is not told among too few', () => {
    expect(among([0.1, 0.2, 0.3, 0.4], 1)).toBeUndefined();
    expect(among([], 1)).toBeUndefined();
  });

  it('is right to two hundredths for any durations', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 5, maxLength: 300 }),
        fc.integer({ min: -1, max: 51 }),
        (durations, seconds) => {
          const less = durations.filter((each) => each < seconds).length / durations.length;
          expect(Math.abs((among(durations, seconds)?.slowerThan ?? NaN) - less)).toBeLessThanOrEqual(0.02);
        },
      ),
    );
  });
});

describe('the history that a store tells', () => {
  it('is that of the other traces of its services, and goes with them', () => {
    const store = new TraceStore();
    for (let number = 1; number <= 20; number += 1) store.put(shopTrace(number, number / 10));
    store.put(segment(9, { name: 'other', trace_id: traceId(99) }));
    const { names = [], traces } = store.history(traceId(3)) ?? {};
    expect(traces).toBe(19);
    const found = names.find((each) => historyKey(each) === historyKey(query));
    expect(found).toMatchObject({ count: 19 });
    expect(found?.quantiles[100]).toBe(2);
    expect(store.history(traceId(1234))).toBeUndefined();
    store.clear();
    store.put(shopTrace(3, 0.1));
    expect(store.history(traceId(3))).toEqual({ names: [], traces: 0 });
    store.close();
  });

  it('counts a trace once, also when more of it arrives later', () => {
    const store = new TraceStore();
    store.put(shopTrace(1, 0.1));
    store.put(begun(shopTrace(2, 0.2)));
    expect(store.history(traceId(1))?.names).toHaveLength(1);
    store.put(shopTrace(2, 0.3));
    expect(store.history(traceId(1))?.names.map(({ count }) => count)).toEqual([1, 1]);
    store.close();
  });
});
