import type { Segment } from '../../xray/document.ts';
import { CORRELATION_ID } from '../../xray/filter/facts.ts';
import type { Timeline, TimelineRow } from '../../xray/timeline.ts';
import type { EntityStatus, Trace, TracePage } from '../../xray/trace.ts';
import { worstStatus } from '../../xray/status.ts';
import type { Entry } from '../entry/entry.ts';
import { entryOf } from '../entry/entry.ts';
import { textOf } from '../format/value.ts';

/** What the head of the page says about its trace; times in epoch seconds, durations in seconds. */
export interface TraceFacts {
  readonly entry: Entry;
  readonly startTime: number;
  readonly duration: number;
  readonly status: EntityStatus;
  readonly inProgress: boolean;
  /** Names of the segments, each once, in order of appearance. */
  readonly services: readonly string[];
  readonly correlationId?: string;
}

export function factsOf({ trace, linked }: TracePage, timeline: Timeline): TraceFacts {
  const rows = timeline.rows.filter(({ traceId }) => traceId === trace.id);
  const correlationId = correlationIdOf([trace, ...linked], timeline.rows);
  const startTime = rows.reduce(
    (earliest, { start }) => Math.min(earliest, start),
    rows[0]?.start ?? timeline.start,
  );
  const endTime = rows.reduce((latest, { end }) => Math.max(latest, end ?? timeline.end), startTime);
  return {
    entry: entryOfTrace(trace, rows),
    startTime,
    duration: endTime - startTime,
    status: worstStatus(rows.map(({ status }) => status)),
    inProgress: rows.some(({ end }) => end === undefined),
    services: [...new Set(trace.segments.map(({ name }) => name))],
    ...(correlationId !== undefined && { correlationId }),
  };
}

/**
 * The row to look at first when something failed: the worst status, and there the deepest entity, because those
 * above it only pass on what it did. Undefined when nothing failed.
 */
export function firstFailure(rows: readonly TimelineRow[]): TimelineRow | undefined {
  const worst = worstStatus(rows.map(({ status }) => status));
  if (worst === 'ok' || worst === 'in_progress') return undefined;
  const failed = rows.filter(({ status }) => status === worst);
  const passedOn = ancestorsOf(failed, rows);
  return failed.find(({ key }) => !passedOn.has(key));
}

/** The rows where failures began, in order: those above them only pass on what happened below. */
export function failuresIn(rows: readonly TimelineRow[]): readonly TimelineRow[] {
  const failed = rows.filter(({ status }) => status !== 'ok' && status !== 'in_progress');
  const passedOn = ancestorsOf(failed, rows);
  return failed.filter(({ key }) => !passedOn.has(key));
}

/** Every row above one of `below`: a function may answer well, and still stand between a fault and where it began. */
function ancestorsOf(below: readonly TimelineRow[], rows: readonly TimelineRow[]): ReadonlySet<string> {
  const parents = new Map(rows.map(({ key, parentKey }) => [key, parentKey]));
  const ancestors = new Set<string>();
  for (const { parentKey } of below) {
    for (let key = parentKey; key !== undefined && !ancestors.has(key); key = parents.get(key))
      ancestors.add(key);
  }
  return ancestors;
}

function entryOfTrace(trace: Trace, rows: readonly TimelineRow[]): Entry {
  const root = rootOf(trace);
  const { request, response } = root?.http ?? {};
  return entryOf({
    name: root?.name ?? rows[0]?.name ?? trace.id,
    http: {
      ...(request?.method !== undefined && { method: request.method }),
      ...(request?.url !== undefined && { url: request.url }),
      ...(response?.status !== undefined && { status: response.status }),
    },
  });
}

function rootOf({ segments }: Trace): Segment | undefined {
  return segments.find(({ parent_id: parent }) => parent === undefined) ?? segments[0];
}

function correlationIdOf(traces: readonly Trace[], rows: readonly TimelineRow[]): string | undefined {
  for (const { id } of traces) {
    for (const { traceId, entity } of rows) {
      const annotated = traceId === id ? textOf(entity.annotations?.[CORRELATION_ID]) : undefined;
      if (annotated !== undefined) return annotated;
    }
  }
  return undefined;
}
