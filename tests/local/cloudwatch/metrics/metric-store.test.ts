import { describe, expect, it } from 'vitest';
import { dimensionsOf, metricKey } from '../../../../local/cloudwatch/metrics/metric.ts';
import type { MetricId } from '../../../../local/cloudwatch/metrics/metric.ts';
import {
  MAX_METRICS,
  MetricStore,
  RETENTION_MINUTES,
} from '../../../../local/cloudwatch/metrics/metric-store.ts';
import { statisticOf } from '../../../../local/cloudwatch/metrics/statistic.ts';
import type { Statistic } from '../../../../local/cloudwatch/metrics/statistic.ts';

const MINUTE = 60_000;
const START = 1_800_000_000_000;
const duration: MetricId = {
  namespace: 'AWS/Lambda',
  name: 'Duration',
  dimensions: dimensionsOf({ FunctionName: 'shop' }),
};

function stat(name: string): Statistic {
  const found = statisticOf(name);
  if (found === undefined) throw new Error(name);
  return found;
}

/** A store whose time stands still. */
function storeAt(now: number, minuteMs = MINUTE) {
  return new MetricStore({ minuteMs }, () => now);
}

describe('the store of metrics', () => {
  it('gives one datapoint for each period that has data', () => {
    const store = storeAt(START + 10 * MINUTE);
    for (const [minute, value] of [
      [0, 10],
      [0.5, 30],
      [3, 50],
    ] as const) {
      store.record(duration, { at: START + minute * MINUTE, value });
    }
    const range = { from: START, to: START + 5 * MINUTE };
    expect(store.datapoints(duration, stat('Average'), 60, range)).toEqual([
      { at: START, value: 20, sampleCount: 2 },
      { at: START + 3 * MINUTE, value: 50, sampleCount: 1 },
    ]);
    expect(store.datapoints(duration, stat('Sum'), 300, range)).toEqual([
      { at: START, value: 90, sampleCount: 3 },
    ]);
  });

  it('slides periods to where they are asked for', () => {
    const store = storeAt(START + 10 * MINUTE);
    store.record(duration, { at: START + 4 * MINUTE, value: 1 });
    store.record(duration, { at: START + 5 * MINUTE, value: 2 });
    const from = (minute: number) =>
      store
        .datapoints(duration, stat('Sum'), 300, {
          from: START + minute * MINUTE,
          to: START + (minute + 5) * MINUTE,
        })
        .map(({ value }) => value);
    expect([from(-1), from(0), from(1), from(5), from(6)]).toEqual([[], [1], [3], [2], []]);
  });

  it('keeps ten seconds apart', () => {
    const store = storeAt(START + MINUTE);
    store.record(duration, { at: START, value: 1 });
    store.record(duration, { at: START + 9_999, value: 2 });
    store.record(duration, { at: START + 10_000, value: 3 });
    const points = store.datapoints(duration, stat('Maximum'), 10, { from: START, to: START + MINUTE });
    expect(points.map(({ at, value }) => [at - START, value])).toEqual([
      [0, 2],
      [10_000, 3],
    ]);
  });

  it.each([200, 333, 1000, 59_999])('loses nothing when a minute lasts %i ms', (minuteMs) => {
    const now = START + 200 * minuteMs;
    const store = storeAt(now, minuteMs);
    for (let index = 0; index < 600; index += 1)
      store.record(duration, { at: START + (index * minuteMs) / 7, value: 1 });
    const from = Math.floor(START / minuteMs) * minuteMs;
    const points = store.datapoints(duration, stat('Sum'), 60, { from, to: from + 100 * minuteMs });
    expect(points.reduce((sum, { value }) => sum + value, 0)).toBe(600);
    expect(Math.max(...points.map(({ value }) => value))).toBeLessThanOrEqual(8);
  });

  it('tells metrics apart by their dimensions, in whatever order these come', () => {
    const [a, b] = [
      { name: 'A', value: '1' },
      { name: 'B', value: '2' },
    ];
    const id = (...dimensions: (typeof a)[]): MetricId => ({ namespace: 'n', name: 'm', dimensions });
    expect(metricKey(id(a, b))).toBe(metricKey(id(b, a)));
    expect(metricKey(id(a))).not.toBe(metricKey(id(a, b)));
    const store = storeAt(START);
    store.record(id(a, b), { at: START, value: 1 }, 'Count');
    expect(store.find(id(b, a))?.unit).toBe('Count');
    expect(store.find(id(a))).toBeUndefined();
  });

  it('counts what comes too late or too early, and what is no number', () => {
    const store = storeAt(START);
    store.record(duration, { at: START - (RETENTION_MINUTES + 1) * MINUTE, value: 1, count: 2 });
    store.record(duration, { at: START + 121 * MINUTE, value: 1 });
    store.record(duration, { at: START, value: Number.NaN });
    expect(store.losses().untimelySamples).toBe(4);
    expect(store.list()).toEqual([]);
  });

  it('refuses metrics beyond its bound, and counts them', () => {
    const store = storeAt(START);
    for (let index = 0; index < MAX_METRICS + 3; index += 1) {
      store.record({ namespace: 'n', name: `m${index}`, dimensions: [] }, { at: START, value: 1 });
    }
    store.record({ namespace: 'n', name: 'm0', dimensions: [] }, { at: START, value: 1 });
    expect(store.list()).toHaveLength(MAX_METRICS);
    expect(store.losses().refusedSamples).toBe(3);
  });

  it('forgets what is older than a day of CloudWatch', () => {
    let now = START;
    const store = new MetricStore({ minuteMs: 1000 }, () => now);
    store.record(duration, { at: START, value: 1 });
    const read = () => store.datapoints(duration, stat('Sum'), 60, { from: START, to: START + 1000 }).length;
    store.expire();
    expect(read()).toBe(1);
    now = START + (RETENTION_MINUTES + 1) * 1000;
    store.expire();
    expect(read()).toBe(0);
  });
});
