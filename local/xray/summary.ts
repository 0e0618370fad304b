import type { Entity, Segment } from './document.ts';
import { byStart, entitiesFrom, entitiesOf, subsegmentsOf } from './entities.ts';
import { entityStatus, isInProgress, worstStatus } from './status.ts';
import type { Trace, TraceSummary } from './trace.ts';

/** The names that Lambda gives, or gave, to the subsegment of a function's initialization. */
const INITIALIZATION_NAMES = new Set(['Init', 'Initialization']);

/**
 * One row of the list of traces.
 *
 * @param trace with at least one entity, as every stored trace has.
 * @param linkedTraceIds traces that it links to or is linked from; the trace itself knows only the former.
 */
export function summarizeTrace(trace: Trace, linkedTraceIds: readonly string[]): TraceSummary {
  const entities = [...entitiesOf(trace)].sort(byStart);
  const ids = new Set(entities.map(({ id }) => id));
  const root = rootSegment(trace.segments, ids);
  const startTime = entities[0]?.start_time ?? 0;
  const responseTime =
    root?.end_time === undefined ? undefined : Math.max(0, root.end_time - root.start_time);
  const http = root && summarizeHttp(root);
  return {
    id: trace.id,
    revision: trace.revision,
    name: root?.name ?? entities[0]?.name ?? '',
    startTime,
    duration: lastMoment(entities, startTime) - startTime,
    ...(responseTime !== undefined && { responseTime }),
    ...(http !== undefined && { http }),
    status: worstStatus(entities.map(entityStatus)),
    isPartial: isPartial(trace, ids),
    coldStart: trace.segments.some(initialized) || entities.some(annotatedAsColdStart),
    services: [...new Set(trace.segments.map(({ name }) => name))],
    entityCount: entities.length,
    linkedTraceIds,
  };
}

/** The segment without a parent, or the oldest whose parent is not here: its caller may never report. */
export function rootSegment(segments: readonly Segment[], ids: ReadonlySet<string>): Segment | undefined {
  return (
    segments.find(({ parent_id }) => parent_id === undefined) ??
    segments.find((segment) => isCutOff(segment, ids))
  );
}

function isCutOff({ parent_id }: { readonly parent_id?: string }, ids: ReadonlySet<string>): boolean {
  return parent_id !== undefined && !ids.has(parent_id);
}

function isPartial(trace: Trace, ids: ReadonlySet<string>): boolean {
  return (
    [...trace.segments, ...trace.orphans].some((entity) => isCutOff(entity, ids)) ||
    trace.segments.some(isInProgress)
  );
}

function lastMoment(entities: readonly Entity[], startTime: number): number {
  return entities.reduce(
    (latest, entity) => Math.max(latest, entity.start_time, entity.end_time ?? entity.start_time),
    startTime,
  );
}

function summarizeHttp({ http }: Segment): TraceSummary['http'] {
  const { method, url } = http?.request ?? {};
  const status = http?.response?.status;
  if (method === undefined && url === undefined && status === undefined) return undefined;
  return {
    ...(method !== undefined && { method }),
    ...(url !== undefined && { url }),
    ...(status !== undefined && { status }),
  };
}

/** Whether a function was started for this segment: `Init` tells, or Powertools' annotation below it. */
export function startedCold(segment: Segment): boolean {
  return initialized(segment) || [...entitiesFrom([segment])].some(annotatedAsColdStart);
}

function initialized(segment: Segment): boolean {
  return (
    segment.origin === 'AWS::Lambda::Function' &&
    subsegmentsOf(segment).some(({ name }) => INITIALIZATION_NAMES.has(name))
  );
}

/** Powertools' Tracer writes this annotation on the subsegment of the handler. */
function annotatedAsColdStart({ annotations }: Entity): boolean {
  return annotations?.['ColdStart'] === true;
}
