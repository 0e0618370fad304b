import type { Entity } from '../document.ts';
import { failuresOf, isInProgress } from '../status.ts';

/** How one request ended. Of what went wrong with it, the worst counts, so that each is counted once. */
export type Outcome = 'ok' | 'error' | 'throttle' | 'fault';

const OUTCOMES: readonly Outcome[] = ['ok', 'error', 'throttle', 'fault'];

/** One request, at a service or on an edge. Times in epoch seconds. */
export interface Observation {
  readonly start: number;
  /** Undefined while it is in progress: nothing is counted of it then. */
  readonly end?: number;
  readonly outcome: Outcome;
}

/** As the API has them: `EdgeStatistics` and `ServiceStatistics` are the same. */
export interface Statistics {
  readonly OkCount: number;
  readonly ErrorStatistics: {
    readonly ThrottleCount: number;
    readonly OtherCount: number;
    readonly TotalCount: number;
  };
  readonly FaultStatistics: { readonly OtherCount: number; readonly TotalCount: number };
  readonly TotalCount: number;
  /** Seconds. */
  readonly TotalResponseTime: number;
}

export type Histogram = ReadonlyArray<{ readonly Value: number; readonly Count: number }>;

export function observe(entity: Entity): Observation {
  const { start_time: start, end_time: end } = entity;
  const { error, throttle, fault } = failuresOf(entity);
  const outcome = fault ? 'fault' : throttle ? 'throttle' : error ? 'error' : 'ok';
  return { start, outcome, ...(!isInProgress(entity) && end !== undefined && { end: Math.max(start, end) }) };
}

/** Counts requests. In which order they come makes no difference to the last digit. */
export class Counter {
  readonly #counts: Record<Outcome, number> = { ok: 0, error: 0, throttle: 0, fault: 0 };
  readonly #responseTimes = new Spread();
  /** Whole microseconds: sums of fractions depend on their order. */
  #microseconds = 0;

  add({ start, end, outcome }: Observation): void {
    if (end === undefined) return;
    this.#counts[outcome] += 1;
    this.#responseTimes.add(end - start);
    this.#microseconds += Math.round((end - start) * 1e6);
  }

  /** What another one has counted. */
  merge(other: Counter): void {
    for (const outcome of OUTCOMES) this.#counts[outcome] += other.#counts[outcome];
    this.#responseTimes.merge(other.#responseTimes);
    this.#microseconds += other.#microseconds;
  }

  get statistics(): Statistics {
    const { ok, error, throttle, fault } = this.#counts;
    return {
      OkCount: ok,
      ErrorStatistics: { ThrottleCount: throttle, OtherCount: error, TotalCount: error + throttle },
      FaultStatistics: { OtherCount: fault, TotalCount: fault },
      TotalCount: ok + error + throttle + fault,
      TotalResponseTime: this.#microseconds / 1e6,
    };
  }

  get responseTimes(): Histogram {
    return this.#responseTimes.histogram;
  }
}

/** How often which length of time was seen, to three digits: few thousand values, however many requests. */
export class Spread {
  readonly #counts = new Map<number, number>();

  add(seconds: number): void {
    const value = Number(seconds.toPrecision(seconds < 1 ? 3 : 4));
    this.#counts.set(value, (this.#counts.get(value) ?? 0) + 1);
  }

  merge(other: Spread): void {
    for (const [value, count] of other.#counts) {
      this.#counts.set(value, (this.#counts.get(value) ?? 0) + count);
    }
  }

  get histogram(): Histogram {
    return [...this.#counts]
      .sort(([one], [other]) => one - other)
      .map(([Value, Count]) => ({ Value, Count }));
  }
}
