/** What a number of observations looks like. Pure. */
import type { Observations } from './metric-reader.ts';

export interface Distribution {
  /** Periods with data. */
  readonly count: number;
  readonly minimum: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly maximum: number;
  readonly bars: readonly Bar[];
}

export interface Bar {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

const BARS = 8;

/** Undefined where there is no observation. */
export function distributionOf(observations: Observations): Distribution | undefined {
  const sorted = observations.filter((value) => value !== null).sort((a, b) => a - b);
  const [minimum, maximum] = [sorted[0], sorted.at(-1)];
  if (minimum === undefined || maximum === undefined) return undefined;
  const width = (maximum - minimum) / BARS;
  const counts = Array.from({ length: width === 0 ? 1 : BARS }, () => 0);
  for (const value of sorted) {
    const bar = width === 0 ? 0 : Math.min(BARS - 1, Math.floor((value - minimum) / width));
    counts[bar] = (counts[bar] ?? 0) + 1;
  }
  return {
    count: sorted.length,
    minimum,
    p50: quantile(sorted, 0.5),
    p95: quantile(sorted, 0.95),
    p99: quantile(sorted, 0.99),
    maximum,
    bars: counts.map((count, index) => ({
      from: minimum + index * width,
      to: index === counts.length - 1 ? maximum : minimum + (index + 1) * width,
      count,
    })),
  };
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}

/** The next number with two digits that count: 1234 becomes 1300, or 1200 where it is rounded down. */
export function round(value: number, direction: 'up' | 'down'): number {
  if (value === 0 || !Number.isFinite(value)) return value;
  const exponent = Math.floor(Math.log10(Math.abs(value))) - 1;
  // Division by a whole power of ten is exact where multiplication with a part of one is not.
  const [steps, back] =
    exponent < 0
      ? [value * 10 ** -exponent, (whole: number) => whole / 10 ** -exponent]
      : [value / 10 ** exponent, (whole: number) => whole * 10 ** exponent];
  const close = Math.round(steps);
  const isWhole = Math.abs(steps - close) < 1e-9;
  return back(isWhole ? close : direction === 'up' ? Math.ceil(steps) : Math.floor(steps));
}

const DAY_HOURS = 24;

/**
 * How much of the differences between hours the time of day explains, 0 to 1. Undefined for less than a week: a few days
 * alike may be chance.
 *
 * @param hourly one value an hour
 */
export function shareOfDayTime(hourly: Observations): number | undefined {
  if (hourly.length < 7 * DAY_HOURS) return undefined;
  const values = hourly.map((value) => value ?? 0);
  const mean = average(values);
  const total = average(values.map((value) => (value - mean) ** 2));
  if (total === 0) return 0;
  const hours = Array.from({ length: DAY_HOURS }, (_, hour) =>
    average(values.filter((_value, index) => index % DAY_HOURS === hour)),
  );
  return average(hours.map((each) => (each - mean) ** 2)) / total;
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
