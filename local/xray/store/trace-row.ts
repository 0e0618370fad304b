import { entitiesOf } from '../entities.ts';
import type { EntityStatus, Trace, TraceSummary } from '../trace.ts';

/** What a trace is found by, and what is read of it in lists: made once, when it has been quiet for a moment. */
export interface TraceRow {
  /** The time in its id, in epoch seconds like all that follow. */
  readonly created: number;
  readonly start: number;
  readonly end: number;
  /** Of its segments, those that have ended. */
  readonly firstEnd: number;
  readonly lastEnd: number;
  /** Seconds. */
  readonly duration: number;
  readonly responseTime: number | null;
  /** The worst status, as a number that grows with it. */
  readonly severity: number;
  readonly partial: boolean;
  readonly coldStart: boolean;
  readonly terms: readonly Term[];
  /** JSON of what the list shows. */
  readonly summary: string;
}

/** A value that a trace has, for example that of an annotation. */
export interface Term {
  readonly field: string;
  /** The annotation's key, and empty for what has none. */
  readonly name: string;
  readonly value: string | number;
}

/** From what is fine to what hurts most. */
export const SEVERITIES: readonly EntityStatus[] = ['ok', 'in_progress', 'error', 'throttle', 'fault'];

/** What is written of a trace. `summary` is the trace's, whatever it says of links: they are kept apart. */
export function rowOf(trace: Trace, summary: TraceSummary): TraceRow {
  const end = summary.startTime + summary.duration;
  const ends = trace.segments.flatMap(({ end_time }) => end_time ?? []);
  return {
    created: Number.parseInt(trace.id.slice(2, 10), 16),
    start: summary.startTime,
    end,
    firstEnd: ends.length === 0 ? end : ends.reduce((least, each) => Math.min(least, each)),
    lastEnd: ends.length === 0 ? end : ends.reduce((most, each) => Math.max(most, each)),
    duration: summary.duration,
    responseTime: summary.responseTime ?? null,
    severity: SEVERITIES.indexOf(summary.status),
    partial: summary.isPartial,
    coldStart: summary.coldStart,
    terms: termsOf(trace),
    summary: JSON.stringify(summary),
  };
}

function termsOf(trace: Trace): Term[] {
  const terms = new Map<string, Term>();
  const add = (field: string, name: string, value: string | number): void => {
    terms.set(JSON.stringify([field, name, value]), { field, name, value });
  };
  for (const { annotations } of entitiesOf(trace)) {
    for (const [key, value] of Object.entries(annotations ?? {})) {
      if (typeof value === 'boolean') add('annotation.boolean', key, Number(value));
      else add('annotation', key, value);
    }
  }
  for (const { name, user } of trace.segments) {
    add('service', '', name);
    if (user !== undefined) add('user', '', user);
  }
  return [...terms.values()];
}
