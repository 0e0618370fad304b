import type { MetricClock } from './clock.ts';
import { periodMs, MIN_PERIOD } from './clock.ts';
import type { MetricId } from './metric.ts';
import { metricKey } from './metric.ts';
import type { SampleSet } from './sample-set.ts';
import { addSample, emptySampleSet, MAX_DISTINCT_VALUES, mergeSampleSets } from './sample-set.ts';
import type { Statistic } from './statistic.ts';

/** Different metrics that are kept. */
export const MAX_METRICS = 2000;

/** Minutes of CloudWatch that data is kept: a day, as an alarm with periods below an hour looks back at most. */
export const RETENTION_MINUTES = 24 * 60;

/** Buckets of ten seconds with data that are kept of all metrics together; each is a few hundred bytes to some kilobytes. */
const MAX_BUCKETS = 200_000;

export interface Sample {
  /** Epoch milliseconds, real ones. */
  readonly at: number;
  readonly value: number;
  /** How often the value was measured. @default 1 */
  readonly count?: number;
}

export interface Datapoint {
  /** Begin of its period, epoch milliseconds. */
  readonly at: number;
  readonly value: number;
  readonly sampleCount: number;
}

export interface StoredMetric {
  readonly id: MetricId;
  readonly unit?: string;
}

export interface MetricLosses {
  /** Samples of metrics that came when {@link MAX_METRICS} were known. */
  readonly refusedSamples: number;
  /** Samples that are older than what is kept, or lie in the future. */
  readonly untimelySamples: number;
  /** Samples that percentiles do not know of; sums and counts do. */
  readonly unrankedSamples: number;
  /** Buckets of ten seconds that made room for newer ones before their time. */
  readonly droppedBuckets: number;
}

/** By the number of the bucket, counted from the epoch. */
export type Buckets = ReadonlyMap<number, SampleSet>;

interface Series extends StoredMetric {
  readonly buckets: Map<number, SampleSet>;
}

/** CloudWatch takes data that is two hours ahead at most ("Publishing custom metrics"); in minutes of CloudWatch. */
const MAX_AHEAD_MINUTES = 120;

export interface StoreBounds {
  /** @default {@link MAX_METRICS} */
  readonly metrics?: number;
  /** @default {@link MAX_BUCKETS} */
  readonly buckets?: number;
  /** Different values of a bucket. @default {@link MAX_DISTINCT_VALUES} */
  readonly distinctValues?: number;
}

/** The metrics of one service, in memory, bounded. */
export class MetricStore {
  readonly #clock: MetricClock;
  readonly #now: () => number;
  readonly #bounds: Required<StoreBounds>;
  readonly #series = new Map<string, Series>();
  readonly #losses = { refusedSamples: 0, untimelySamples: 0, unrankedSamples: 0, droppedBuckets: 0 };
  #buckets = 0;

  /** @param now epoch milliseconds; decides what is too old */
  constructor(clock: MetricClock, now: () => number = () => Date.now(), bounds: StoreBounds = {}) {
    this.#clock = clock;
    this.#now = now;
    this.#bounds = {
      metrics: bounds.metrics ?? MAX_METRICS,
      buckets: bounds.buckets ?? MAX_BUCKETS,
      distinctValues: bounds.distinctValues ?? MAX_DISTINCT_VALUES,
    };
  }

  record(id: MetricId, { at, value, count = 1 }: Sample, unit?: string): void {
    if (!this.#isTimely(at) || !Number.isFinite(value)) {
      this.#losses.untimelySamples += count;
      return;
    }
    const series = this.#seriesFor(id, unit);
    if (series === undefined) {
      this.#losses.refusedSamples += count;
      return;
    }
    const bucket = Math.floor(at / this.#bucketMs);
    let samples = series.buckets.get(bucket);
    if (samples === undefined) {
      samples = emptySampleSet();
      series.buckets.set(bucket, samples);
      this.#buckets += 1;
      if (this.#buckets > this.#bounds.buckets) this.#makeRoom();
    }
    this.#losses.unrankedSamples += addSample(samples, value, count, this.#bounds.distinctValues);
  }

  /**
   * One datapoint for each period that has data.
   *
   * @param period seconds, a multiple of 10
   * @param range begins of periods, epoch milliseconds; `from` is where the first period begins
   */
  datapoints(
    id: MetricId,
    statistic: Statistic,
    period: number,
    range: { readonly from: number; readonly to: number },
  ): Datapoint[] {
    const { buckets } = this.#series.get(metricKey(id)) ?? {};
    if (buckets === undefined) return [];
    // Whole numbers: on a fast clock, a bucket lasts no whole number of milliseconds.
    const perPeriod = period / MIN_PERIOD;
    const [first, end] = [range.from, range.to].map((at) => Math.round(at / this.#bucketMs)) as [
      number,
      number,
    ];
    const datapoints: Datapoint[] = [];
    for (let begin = first; begin < end; begin += perPeriod) {
      const samples = mergeSampleSets(this.samplesBetween(buckets, begin, begin + perPeriod));
      if (samples.count === 0) continue;
      const value = statistic(samples);
      if (Number.isNaN(value)) continue;
      datapoints.push({ at: begin * this.#bucketMs, value, sampleCount: samples.count });
    }
    return datapoints;
  }

  /** What the buckets hold with a number from `begin` on and below `end`, in any division. */
  protected samplesBetween(buckets: Buckets, begin: number, end: number): readonly SampleSet[] {
    return bucketsOf(buckets, begin, end);
  }

  /** Undefined when nothing was ever recorded for it. */
  find(id: MetricId): StoredMetric | undefined {
    return this.#series.get(metricKey(id));
  }

  list(): StoredMetric[] {
    return [...this.#series.values()];
  }

  /** @param since epoch milliseconds */
  hasDataSince(id: MetricId, since: number): boolean {
    const oldest = Math.floor(since / this.#bucketMs);
    const { buckets } = this.#series.get(metricKey(id)) ?? {};
    return buckets !== undefined && [...buckets.keys()].some((bucket) => bucket >= oldest);
  }

  losses(): MetricLosses {
    return { ...this.#losses };
  }

  /** Lets go of what is older than {@link RETENTION_MINUTES}. */
  expire(): void {
    const oldest = this.#now() - RETENTION_MINUTES * this.#clock.minuteMs;
    this.#deleteBefore(Math.floor(oldest / this.#bucketMs));
  }

  get #bucketMs(): number {
    return periodMs(MIN_PERIOD, this.#clock);
  }

  #isTimely(at: number): boolean {
    const age = this.#now() - at;
    return (
      age <= RETENTION_MINUTES * this.#clock.minuteMs && age >= -MAX_AHEAD_MINUTES * this.#clock.minuteMs
    );
  }

  #seriesFor(id: MetricId, unit: string | undefined): Series | undefined {
    const key = metricKey(id);
    const known = this.#series.get(key);
    if (known !== undefined || this.#series.size >= this.#bounds.metrics) return known;
    const series: Series = { id, buckets: new Map(), ...(unit !== undefined && { unit }) };
    this.#series.set(key, series);
    return series;
  }

  /** Drops the oldest tenth, so that it need not be done for each new bucket. */
  #makeRoom(): void {
    const all = [...this.#series.values()].flatMap(({ buckets }) => [...buckets.keys()]);
    const kept = all.sort((a, b) => a - b)[Math.floor(all.length / 10)] ?? 0;
    this.#losses.droppedBuckets += this.#deleteBefore(kept);
  }

  #deleteBefore(oldest: number): number {
    const before = this.#buckets;
    for (const { buckets } of this.#series.values()) {
      for (const bucket of buckets.keys()) {
        if (bucket < oldest && buckets.delete(bucket)) this.#buckets -= 1;
      }
    }
    return before - this.#buckets;
  }
}

/** Those with a number from `begin` on and below `end`. A period of a day has more places than most metrics have buckets. */
function bucketsOf(buckets: Buckets, begin: number, end: number): readonly SampleSet[] {
  const found: SampleSet[] = [];
  if (buckets.size < end - begin) {
    for (const [bucket, samples] of buckets) if (bucket >= begin && bucket < end) found.push(samples);
    return found;
  }
  for (let bucket = begin; bucket < end; bucket += 1) {
    const samples = buckets.get(bucket);
    if (samples !== undefined) found.push(samples);
  }
  return found;
}
