import type { Entity, Segment, Subsegment } from '../document.ts';
import { byStart, entitiesFrom, entitiesOf } from '../entities.ts';
import { isInProgress } from '../status.ts';
import type { Trace } from '../trace.ts';
import { resourceOf } from './resource.ts';
import type { ServiceId } from './service-pattern.ts';

/** A segment that nobody sent: a call tells of the service that it went to, and that service does not report. */
export type InferredSegment = Segment & { readonly inferred: true };

/** One segment as work of a node of the service graph. */
export interface ServiceSegment {
  readonly service: ServiceId;
  /** What it is called besides: a table that is called by the name of its service. */
  readonly aliases: readonly string[];
  readonly segment: Segment | InferredSegment;
  readonly inferred: boolean;
  /** Nobody called it, as far as the trace knows. */
  readonly root: boolean;
}

export interface Call {
  /** Undefined for the client of a root, for messages, and where the caller's own segment has not arrived. */
  readonly from: ServiceSegment | undefined;
  readonly to: ServiceSegment;
  /** The caller's view. Undefined where a segment hangs below another one directly, and for the client of a root. */
  readonly by: Subsegment | undefined;
  readonly byClient: boolean;
}

export interface TraceCalls {
  readonly services: readonly ServiceSegment[];
  readonly calls: readonly Call[];
}

interface Place {
  readonly entity: Entity;
  readonly owner: ServiceSegment | undefined;
  readonly isCall: boolean;
}

/**
 * Who called whom in a trace, by X-Ray's rules: a segment was called by the entity that is its parent; a call without
 * such a segment went to a service that is inferred, unless it says that its segment is still to come (`traced`).
 */
export function callsOf(trace: TraceOfCalls): TraceCalls {
  const calls = known.get(trace) ?? readCalls(trace);
  known.set(trace, calls);
  return calls;
}

/** The type of the nodes that call roots. */
export const CLIENT = 'client';

/** Whoever called a root: it has the name of what it called. */
export function clientOf({ service }: ServiceSegment): ServiceId {
  return { name: service.name, type: CLIENT };
}

/** Nobody waits for what a message begins, and who sent it is told by a link: such a root has no client. */
function isOfMessages({ links = [] }: Segment): boolean {
  return links.length > 0;
}

/** A trace does not change, and facts, graph and root causes of one are asked for one after the other. */
const known = new WeakMap<TraceOfCalls, TraceCalls>();

type TraceOfCalls = Pick<Trace, 'id' | 'segments' | 'orphans'>;

function readCalls(trace: TraceOfCalls): TraceCalls {
  const ids = new Set(Array.from(entitiesOf(trace), ({ id }) => id));
  const called = new Set(trace.segments.flatMap(({ parent_id }) => parent_id ?? []));
  const services: ServiceSegment[] = trace.segments.map((segment) => ({
    service: serviceOf(segment),
    aliases: [],
    segment,
    inferred: false,
    root: segment.parent_id === undefined || !ids.has(segment.parent_id),
  }));
  const places = new Map<string, Place>();
  for (const owner of services) addPlaces(places, owner.segment, owner);
  for (const orphan of trace.orphans) addPlaces(places, orphan, undefined);

  const calls = services.map((to): Call => {
    const parent = to.root ? undefined : places.get(to.segment.parent_id ?? '');
    const by = parent?.isCall === true ? (parent.entity as Subsegment) : undefined;
    return { from: parent?.owner, to, by, byClient: to.root && !isOfMessages(to.segment) };
  });
  for (const { entity, owner, isCall } of places.values()) {
    if (!isCall || called.has(entity.id)) continue;
    const to = infer(entity, trace.id, ids);
    if (to === undefined) continue;
    services.push(to);
    calls.push({ from: owner, to, by: entity, byClient: false });
  }
  return { services, calls };
}

/**
 * The segments that X-Ray adds to a trace for services that do not report: BatchGetTraces answers with them. Oldest
 * first; their ids are the same whenever they are made.
 */
export function inferSegments(trace: TraceOfCalls): readonly InferredSegment[] {
  return callsOf(trace)
    .services.flatMap(({ segment, inferred }) => (inferred ? [segment as InferredSegment] : []))
    .sort(byStart);
}

function addPlaces(places: Map<string, Place>, top: Entity, owner: ServiceSegment | undefined): void {
  for (const entity of entitiesFrom([top])) {
    const isCall = entity !== owner?.segment && resourceOf(entity) !== undefined;
    places.set(entity.id, { entity, owner, isCall });
  }
}

function serviceOf({ name, origin, aws }: Segment): ServiceId {
  return { name, ...(origin !== undefined && { type: origin }), ...accountOf(aws) };
}

function accountOf(aws: Entity['aws']): { readonly accountId?: string } {
  const accountId = aws?.['account_id'];
  return typeof accountId === 'string' && accountId !== '' ? { accountId } : {};
}

function infer(call: Subsegment, traceId: string, ids: ReadonlySet<string>): ServiceSegment | undefined {
  const isToCome = call.traced ?? call.http?.request?.traced;
  const resource = isToCome === true ? undefined : resourceOf(call);
  if (resource === undefined) return undefined;
  const { id, name, start_time, end_time, error, throttle, fault, http, aws } = call;
  const segment: InferredSegment = {
    id: inferredId(id, ids),
    name,
    trace_id: traceId,
    parent_id: id,
    inferred: true,
    start_time,
    ...(isInProgress(call) ? { in_progress: true } : end_time !== undefined && { end_time }),
    ...(resource.type !== 'remote' && { origin: resource.type }),
    ...(error !== undefined && { error }),
    ...(throttle !== undefined && { throttle }),
    ...(fault !== undefined && { fault }),
    ...(http !== undefined && { http }),
    ...(aws !== undefined && { aws }),
  };
  return {
    service: { ...resource, ...accountOf(aws) },
    aliases: [name],
    segment,
    inferred: true,
    root: false,
  };
}

/** 16 digits that follow from the id of the call alone, and are no id that is taken. */
function inferredId(callId: string, ids: ReadonlySet<string>): string {
  let id = callId;
  do id = hash(id, 0x811c9dc5) + hash(id, 0x01234567);
  while (ids.has(id));
  return id;
}

/** FNV-1a, with a beginning of one's own. */
function hash(text: string, seed: number): string {
  let value = seed;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  return (value >>> 0).toString(16).padStart(8, '0');
}
