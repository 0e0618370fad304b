import { entitiesFrom } from './entities.ts';
import { isInProgress } from './status.ts';
import type { Trace } from './trace.ts';

/** What bars of one kind have in common: the segment they belong to, their name, and their origin or namespace. */
export interface HistoryName {
  readonly service: string;
  readonly name: string;
  readonly type: string;
}

/** How long the others of a name took. */
export interface NameHistory extends HistoryName {
  /** How many they are; those of the trace that was asked about are not counted. */
  readonly count: number;
  /** Seconds: the shortest, what 1 % did not exceed, and so on to the longest; 101 in all. */
  readonly quantiles: readonly number[];
}

/** How the durations of a trace compare with those before and after it. */
export interface TraceHistory {
  readonly names: readonly NameHistory[];
  /** How many traces were looked at, the newest. */
  readonly traces: number;
}

/** Where a duration stands among others of its name. */
export interface Standing {
  readonly count: number;
  /** Seconds. */
  readonly p50: number;
  readonly p95: number;
  /** The share of the others that took less time, from 0 to 1. */
  readonly slowerThan: number;
}

/** Fewer others say nothing of where a duration stands. */
export const FEWEST_OTHERS = 5;

/** What is kept of one trace: so many names, and durations of each; a trace with more repeats itself. */
const MAX_NAMES = 200;
const MAX_DURATIONS = 50;

/** Durations by name, as they are kept of a trace; the keys are those of `historyKey`. */
export type DurationsByName = Readonly<Record<string, readonly number[]>>;

/** Two names are the same when their keys are. */
export function historyKey({ service, name, type }: HistoryName): string {
  return JSON.stringify([service, name, type]);
}

/** How long everything in a trace took that has ended and whose segment is known. */
export function durationsByName({ segments }: Pick<Trace, 'segments'>): DurationsByName {
  const found = new Map<string, number[]>();
  for (const segment of segments) {
    for (const entity of entitiesFrom([segment])) {
      const { name, start_time: start, end_time: end } = entity;
      if (isInProgress(entity) || end === undefined) continue;
      const type = entity === segment ? segment.origin : 'namespace' in entity ? entity.namespace : undefined;
      const key = historyKey({ service: segment.name, name, type: typeof type === 'string' ? type : '' });
      const durations = found.get(key) ?? [];
      if (found.size >= MAX_NAMES && !found.has(key)) continue;
      found.set(key, durations);
      // Microseconds: a document's times have no more digits that mean something.
      if (durations.length < MAX_DURATIONS) durations.push(Math.round(Math.max(0, end - start) * 1e6) / 1e6);
    }
  }
  return Object.fromEntries(found);
}

/** Puts together what other traces have of the names of one. */
export function historyOf(own: DurationsByName, others: Iterable<DurationsByName>): TraceHistory {
  const found = new Map<string, number[]>(Object.keys(own).map((key) => [key, []]));
  let traces = 0;
  for (const other of others) {
    traces += 1;
    for (const [key, durations] of Object.entries(other)) found.get(key)?.push(...durations);
  }
  const names = Array.from(found, ([key, durations]): NameHistory => {
    const [service, name, type] = JSON.parse(key) as [string, string, string];
    return { service, name, type, count: durations.length, quantiles: quantilesOf(durations) };
  });
  return { names: names.filter(({ count }) => count > 0), traces };
}

/** Where a duration stands; undefined where there are too few others. */
export function standingOf(seconds: number, { count, quantiles }: NameHistory): Standing | undefined {
  const [p50, p95] = [quantiles[50], quantiles[95]];
  if (count < FEWEST_OTHERS || p50 === undefined || p95 === undefined) return undefined;
  const below = quantiles.filter((quantile) => quantile < seconds).length;
  return { count, p50, p95, slowerThan: Math.min(1, below / 100) };
}

function quantilesOf(durations: readonly number[]): number[] {
  const sorted = durations.toSorted((one, other) => one - other);
  return Array.from({ length: 101 }, (_, percent) => {
    const place = Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1);
    return sorted[place] ?? 0;
  });
}
