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
 * Undefined for a statistic that is not known here: winsorized means, percentile ranks, and trimming by absolute values.
 *
 * @param name for example `Sum`, `p99`, `tm95`, `TM(2%:98%)`, `tc90` or `ts90`
 */
export function statisticOf(name: string): Statistic | undefined {
  const made = simple.get(name) ?? computed.get(name);
  if (made !== undefined) return made;
  const percent = percentileOf(name);
  const statistic = percent === undefined ? trimmedStatistic(name) : percentile(percent);
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
