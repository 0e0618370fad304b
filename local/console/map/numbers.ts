import type { Histogram, Outcome, Statistics } from '../../xray/graph/statistics.ts';

/** From what is fine to what is worst, which is the order around a ring. */
export const outcomes = ['ok', 'error', 'throttle', 'fault'] as const satisfies readonly Outcome[];

/** What is said of the requests of a node or an edge. Times in seconds. */
export interface Numbers {
  readonly total: number;
  readonly counts: Readonly<Record<Outcome, number>>;
  readonly average: number;
  /** Of response times; of a link, of the ages of its messages. Undefined where none were measured. */
  readonly p50?: number;
  readonly p95?: number;
  /** Of a range of time; undefined where the numbers are those of traces that were chosen by hand. */
  readonly perMinute?: number;
  readonly histogram: Histogram;
}

/** @param minutes that the requests are spread over. */
export function numbersOf(
  statistics: Statistics,
  histogram: Histogram,
  minutes: number | undefined,
): Numbers {
  const { OkCount, ErrorStatistics, FaultStatistics, TotalCount, TotalResponseTime } = statistics;
  const p50 = percentile(histogram, 0.5);
  const p95 = percentile(histogram, 0.95);
  return {
    total: TotalCount,
    counts: {
      ok: OkCount,
      error: ErrorStatistics.OtherCount,
      throttle: ErrorStatistics.ThrottleCount,
      fault: FaultStatistics.TotalCount,
    },
    average: TotalCount === 0 ? 0 : TotalResponseTime / TotalCount,
    ...(p50 !== undefined && { p50 }),
    ...(p95 !== undefined && { p95 }),
    ...(minutes !== undefined && { perMinute: TotalCount / minutes }),
    histogram,
  };
}

/** The smallest value that at least `share` of all are not above; undefined of nothing. */
export function percentile(histogram: Histogram, share: number): number | undefined {
  const total = histogram.reduce((sum, { Count }) => sum + Count, 0);
  let seen = 0;
  for (const { Value, Count } of histogram) {
    seen += Count;
    if (seen > 0 && seen >= share * total) return Value;
  }
  return undefined;
}

/** The worst that happened to any request, and how often, unless all went well. */
export function worstOf({
  counts,
}: Numbers): { readonly outcome: Outcome; readonly count: number } | undefined {
  const outcome = outcomes.findLast((each) => each !== 'ok' && counts[each] > 0);
  return outcome && { outcome, count: counts[outcome] };
}

/** `12.5 %`; never 0 for some, and never 100 for not quite all. */
export function shareText(count: number, total: number): string {
  if (total === 0) return '0 %';
  const percent = (count / total) * 100;
  if (count > 0 && percent < 0.1) return '< 0.1 %';
  if (count < total && percent > 99.9) return '> 99.9 %';
  return `${Number(percent.toFixed(percent < 10 || percent > 99 ? 1 : 0))} %`;
}

/** `3.2/min`, `14/s`. */
export function rateText(perMinute: number): string {
  const perSecond = perMinute / 60;
  if (perSecond >= 10) return `${short(perSecond)}/s`;
  if (perMinute > 0 && perMinute < 0.01) return '< 0.01/min';
  return `${short(perMinute)}/min`;
}

function short(value: number): string {
  return String(value >= 100 ? Math.round(value) : Number(value.toPrecision(2)));
}

/** A column of a histogram: response times from `least` to below `most`, in seconds. */
export interface HistogramBin {
  readonly least: number;
  readonly most: number;
  readonly count: number;
}

/** Widths that people read easily, in parts of a power of ten. */
const STEPS = [1, 2, 5, 10];

/** At most so many columns of one width, round at their edges, from the fastest to the slowest. */
export function binsOf(histogram: Histogram, most = 24): readonly HistogramBin[] {
  const fastest = histogram[0]?.Value;
  const slowest = histogram.at(-1)?.Value;
  if (fastest === undefined || slowest === undefined) return [];
  // Widths below a microsecond are below what is measured.
  const rough = Math.max((slowest - fastest) / (most - 1), 1e-6);
  const power = 10 ** Math.floor(Math.log10(rough));
  const width = power * (STEPS.find((step) => step * power >= rough * 0.999_999) ?? 10);
  const first = Math.floor(fastest / width + 1e-9);
  const last = Math.floor(slowest / width + 1e-9);
  const counts = Array.from({ length: last - first + 1 }, () => 0);
  for (const { Value, Count } of histogram) {
    const index = Math.floor(Value / width + 1e-9) - first;
    counts[index] = (counts[index] ?? 0) + Count;
  }
  return counts.map((count, index) => ({
    least: rounded((first + index) * width),
    most: rounded((first + index + 1) * width),
    count,
  }));
}

/** Without the digits that sums of binary fractions leave behind. */
function rounded(seconds: number): number {
  return Number(seconds.toFixed(9));
}
