import { periodMs, SHORTEST_PERIOD, type MetricClock } from './clock.ts';
import { metricKey, type MetricId } from './metric.ts';
import { addSample, emptySampleSet, mergeSampleSets, type SampleSet } from './sample-set.ts';
import type { Statistic } from './statistic.ts';

/** Different metrics that are kept. */
export const MAX_METRICS = 2000;

/** Minutes of CloudWatch that data is kept: a day, as an alarm with periods below an hour looks back at most. */
export const RETENTION_MINUTES = 24 * 60;

/** Ten-second stretches with data that are kept of all metrics together; each is a few hundred bytes to some kilobytes. */
export const MAX_STRETCHES = 200_000;

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
  /** Stretches of ten seconds that made room for newer ones before their time. */
  readonly droppedStretches: number;
}

interface Series extends StoredMetric {
  /** By the number of the stretch, counted from the epoch. */
  readonly stretches: Map<number, SampleSet>;
}

/** CloudWatch takes data that is two hours ahead at most ("Publishing custom metrics"); in minutes of CloudWatch. */
const MAX_AHEAD_MINUTES = 120;

/** The metrics of one service, in memory, bounded. */
export class MetricStore {
  readonly #clock: MetricClock;
  readonly #now: () => number;
  readonly #series = new Map<string, Series>();
  readonly #losses = { refusedSamples: 0, untimelySamples: 0, unrankedSamples: 0, droppedStretches: 0 };
  #stretches = 0;

  /** @param now epoch milliseconds; decides what is too old */
  constructor(clock: MetricClock, now: () => number = Date.now) {
    this.#clock = clock;
    this.#now = now;
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
    const stretch = Math.floor(at / this.#stretchMs);
    let samples = series.stretches.get(stretch);
    if (samples === undefined) {
      samples = emptySampleSet();
      series.stretches.set(stretch, samples);
      this.#stretches += 1;
      if (this.#stretches > MAX_STRETCHES) this.#makeRoom();
    }
    this.#losses.unrankedSamples += addSample(samples, value, count);
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
    const { stretches } = this.#series.get(metricKey(id)) ?? {};
    if (stretches === undefined) return [];
    // Whole numbers: on a fast clock, a stretch lasts no whole number of milliseconds.
    const perPeriod = period / SHORTEST_PERIOD;
    const [first, end] = [range.from, range.to].map((at) => Math.round(at / this.#stretchMs)) as [
      number,
      number,
    ];
    const datapoints: Datapoint[] = [];
    for (let begin = first; begin < end; begin += perPeriod) {
      const sets = Array.from({ length: perPeriod }, (_, index) => stretches.get(begin + index));
      const samples = mergeSampleSets(sets.filter((set) => set !== undefined));
      if (samples.count === 0) continue;
      datapoints.push({ at: begin * this.#stretchMs, value: statistic(samples), sampleCount: samples.count });
    }
    return datapoints;
  }

  /** Undefined when nothing was ever recorded for it. */
  find(id: MetricId): StoredMetric | undefined {
    return this.#series.get(metricKey(id));
  }

  list(): StoredMetric[] {
    return [...this.#series.values()];
  }

  losses(): MetricLosses {
    return { ...this.#losses };
  }

  /** Lets go of what is older than {@link RETENTION_MINUTES}. */
  expire(): void {
    const oldest = this.#now() - RETENTION_MINUTES * this.#clock.minuteMs;
    this.#deleteBefore(Math.floor(oldest / this.#stretchMs));
  }

  get #stretchMs(): number {
    return periodMs(SHORTEST_PERIOD, this.#clock);
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
    if (known !== undefined || this.#series.size >= MAX_METRICS) return known;
    const series: Series = { id, stretches: new Map(), ...(unit !== undefined && { unit }) };
    this.#series.set(key, series);
    return series;
  }

  /** Drops the oldest tenth, so that it need not be done for each new stretch. */
  #makeRoom(): void {
    const all = [...this.#series.values()].flatMap(({ stretches }) => [...stretches.keys()]);
    const kept = all.sort((a, b) => a - b)[Math.floor(all.length / 10)] ?? 0;
    this.#losses.droppedStretches += this.#deleteBefore(kept);
  }

  #deleteBefore(oldest: number): number {
    const before = this.#stretches;
    for (const { stretches } of this.#series.values()) {
      for (const stretch of stretches.keys()) {
        if (stretch < oldest && stretches.delete(stretch)) this.#stretches -= 1;
      }
    }
    return before - this.#stretches;
  }
}
