/** The statistics of "CloudWatch statistics definitions" (user guide), of those that alarms can watch. Pure. */
import type { SampleSet } from './sample-set.ts';

/** Gives the statistic of samples; there is at least one. */
export type Statistic = (samples: SampleSet) => number;

const simple: ReadonlyMap<string, Statistic> = new Map<string, Statistic>([
  ['Sum', ({ sum }) => sum],
  ['Average', ({ sum, count }) => sum / count],
  ['Minimum', ({ minimum }) => minimum],
  ['Maximum', ({ maximum }) => maximum],
  ['SampleCount', ({ count }) => count],
  ['IQM', (samples) => trimmed(samples, 25, 75).mean],
]);

/**
 * Undefined for a statistic that is not known here, such as a winsorized mean.
 *
 * @param name for example `Sum`, `p99`, `tm95`, `TM(2%:98%)`, `tc90`, `ts90`, `PR(:500)` or `TC(100:500)`
 * @returns what gives NaN where the samples have no such statistic: a mean of values none of which lies within its bounds.
 */
export function statisticOf(name: string): Statistic | undefined {
  const made = simple.get(name) ?? computed.get(name);
  if (made !== undefined) return made;
  const percent = percentileOf(name);
  const statistic =
    percent === undefined ? (boundedStatistic(name) ?? trimmedStatistic(name)) : percentile(percent);
  if (statistic !== undefined) computed.set(name, statistic);
  return statistic;
}

/** The same name gives the same function, so that what it gave can be kept by it. */
const computed = new Map<string, Statistic>();

/** 99.9 for `p99.9`; undefined for what is no percentile. */
export function percentileOf(name: string): number | undefined {
  const text = /^p(\d{1,2}(?:\.\d{1,10})?|100)$/.exec(name)?.[1];
  return text === undefined ? undefined : Number(text);
}

/** Bounds that are values of the metric, such as `PR(:500)`: the lower one is left out, the upper one is within. */
export function boundsOf(
  name: string,
): { readonly kind: 'PR' | 'TM' | 'TC' | 'TS'; readonly above: number; readonly upTo: number } | undefined {
  const [, kind, from = '', to = ''] =
    /^(PR|TM|TC|TS)\((-?\d+(?:\.\d+)?)?:(-?\d+(?:\.\d+)?)?\)$/.exec(name) ?? [];
  if (kind === undefined || (from === '' && to === '')) return undefined;
  const above = from === '' ? Number.NEGATIVE_INFINITY : Number(from);
  const upTo = to === '' ? Number.POSITIVE_INFINITY : Number(to);
  return above < upTo ? { kind: kind as 'PR' | 'TM' | 'TC' | 'TS', above, upTo } : undefined;
}

function boundedStatistic(name: string): Statistic | undefined {
  const bounds = boundsOf(name);
  if (bounds === undefined) return undefined;
  const { kind, above, upTo } = bounds;
  return ({ values }) => {
    let [total, count, sum] = [0, 0, 0];
    for (const [value, times] of values) {
      total += times;
      if (value <= above || value > upTo) continue;
      count += times;
      sum += value * times;
    }
    return { PR: (100 * count) / total, TC: count, TS: sum, TM: sum / count }[kind];
  };
}

function trimmedStatistic(name: string): Statistic | undefined {
  const short = /^(tm|tc|ts)(\d{1,2}(?:\.\d{1,10})?|100)$/.exec(name);
  const long = /^(TM|TC|TS)\((\d+(?:\.\d+)?)?%?:(?:(\d+(?:\.\d+)?)%)?\)$/.exec(name);
  const kind = (short?.[1] ?? long?.[1])?.toLowerCase();
  if (kind === undefined || (long !== null && !name.includes('%'))) return undefined;
  const [from, to] =
    short === null ? [Number(long?.[2] ?? 0), Number(long?.[3] ?? 100)] : [0, Number(short[2])];
  return (samples) => {
    const { mean, count } = trimmed(samples, from, to);
    if (kind === 'tm') return mean;
    return kind === 'tc' ? count : mean * count;
  };
}

function sorted({ values }: SampleSet): [value: number, count: number][] {
  return [...values].sort(([a], [b]) => a - b);
}

function size(values: readonly [number, number][]): number {
  return values.reduce((total, [, count]) => total + count, 0);
}

/**
 * Between the two samples next to the rank, in proportion. CloudWatch does not publish how it interpolates, and its own
 * percentiles are approximations.
 */
function percentile(percent: number): Statistic {
  return (samples) => {
    const values = sorted(samples);
    const rank = (percent / 100) * (size(values) - 1);
    const below = Math.floor(rank);
    const low = valueAt(values, below);
    return low + (rank - below) * (valueAt(values, Math.ceil(rank)) - low);
  };
}

/** @param index counted from 0 in the sorted samples */
function valueAt(values: readonly [number, number][], index: number): number {
  let passed = 0;
  for (const [value, count] of values) {
    passed += count;
    if (index < passed) return value;
  }
  return values.at(-1)?.[0] ?? 0;
}

/** The samples between two percentages of their number; one at a boundary counts in part, as CloudWatch's counts do. */
function trimmed(samples: SampleSet, from: number, to: number): { mean: number; count: number } {
  const values = sorted(samples);
  const total = size(values);
  const [first, last] = [(from / 100) * total, (to / 100) * total];
  let [sum, count, position] = [0, 0, 0];
  for (const [value, times] of values) {
    const inside = Math.max(0, Math.min(position + times, last) - Math.max(position, first));
    sum += value * inside;
    count += inside;
    position += times;
  }
  return { mean: count === 0 ? 0 : sum / count, count };
}
