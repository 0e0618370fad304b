import { entitiesFrom } from '../entities.ts';
import type { CauseElement, CausePart } from '../filter/cause-elements.ts';
import { CAUSE_KINDS, CAUSE_PARTS, causesOf, elementsOf } from '../filter/cause-elements.ts';
import type { FilterValue } from '../filter/expression.ts';
import type { ServiceFacts, TraceFacts } from '../filter/facts.ts';
import { factsOf, rootOf } from '../filter/facts.ts';
import type { ServiceSegment } from '../graph/calls.ts';
import { callsOf } from '../graph/calls.ts';
import type { CauseKind, RootCauses } from '../graph/root-causes.ts';
import { graphOf } from '../graph/trace-graph.ts';
import { durationsByName } from '../history.ts';
import { present } from '../../json.ts';
import { failuresOf, WORST_FIRST } from '../status.ts';
import type { EntityStatus, Trace, TraceSummary } from '../trace.ts';

/** What a trace is found by, and what is read of it in lists: made once, when it has been quiet for a moment. */
export interface TraceRow {
  readonly columns: Readonly<Record<ColumnName, number | null>>;
  readonly terms: readonly Term[];
  /** Of the segments, those that have ended; each once. */
  readonly ends: readonly number[];
  /** JSON of what the page's list shows, of what `GetTraceSummaries` answers, and of the trace's own graph. */
  readonly summary: string;
  readonly details: string;
  readonly graph: string;
  /** JSON of how long what it consists of took, by name. */
  readonly durations: string;
}

/** Columns of numbers; what is true or false is 1 or 0. Times in epoch seconds, durations in seconds. */
export const COLUMNS = [
  /** The time in the trace's id, or when it began if there is none in it. */
  'created',
  'start',
  'finish',
  /** Of the ends of its segments; null where none has ended. */
  'first_end',
  'last_end',
  'duration',
  'responsetime',
  'status',
  /** The worst status, as a number that grows with it. */
  'severity',
  'partial',
  'inferred',
  'coldstart',
  'ok',
  'error',
  'throttle',
  'fault',
] as const;

export type ColumnName = (typeof COLUMNS)[number];

/** A value that a trace has, for example that of an annotation. */
export interface Term {
  readonly field: TermField;
  /** The annotation's key, and empty for what has none. */
  readonly name: string;
  readonly value: string | number;
}

/** Facts that are texts, or of which a trace may have several. */
export const TEXT_FACTS = [
  'http.url',
  'http.method',
  'http.useragent',
  'http.clientip',
  'user',
  'correlationid',
  'availabilityzone',
  'instance.id',
  'resource.arn',
  'requestid',
] as const satisfies readonly (keyof TraceFacts)[];

/**
 * Booleans of annotations stand apart: SQLite would take them for the numbers 1 and 0. The value of a service, and of an element of a
 * root cause, is JSON.
 */
export type TermField =
  (typeof TEXT_FACTS)[number] | 'annotation' | 'annotation.boolean' | 'service' | CauseField;

type CauseField = `${typeof CAUSE_PREFIX}${CauseKind}.${CausePart}`;

/** In front of the fields of root causes, which are found by and not offered to whoever writes a filter. */
export const CAUSE_PREFIX = 'rootcause.';

export function causeField(kind: CauseKind, part: CausePart): CauseField {
  return `${CAUSE_PREFIX}${kind}.${part}`;
}

/** From what is fine to what hurts most: the place of a status is what is written of it. */
export const SEVERITIES: readonly EntityStatus[] = WORST_FIRST.toReversed();

/** What is written of a trace. `summary` is the trace's, whatever it says of links: they are kept apart. */
export function rowOf(trace: Trace, summary: TraceSummary): TraceRow {
  const facts = factsOf({ trace, summary });
  const ends = [...new Set(trace.segments.flatMap(({ end_time }) => end_time ?? []))];
  return {
    columns: {
      created: createdAt(trace.id, summary.startTime),
      start: summary.startTime,
      finish: summary.startTime + summary.duration,
      first_end: ends.length === 0 ? null : ends.reduce((least, each) => Math.min(least, each)),
      last_end: ends.length === 0 ? null : ends.reduce((most, each) => Math.max(most, each)),
      duration: facts.duration,
      responsetime: facts.responsetime ?? null,
      status: facts['http.status'] ?? null,
      severity: SEVERITIES.indexOf(summary.status),
      partial: Number(facts.partial),
      inferred: Number(facts.inferred),
      coldstart: Number(facts.coldstart),
      ok: Number(facts.ok),
      error: Number(facts.error),
      throttle: Number(facts.throttle),
      fault: Number(facts.fault),
    },
    terms: termsOf(facts),
    ends,
    summary: JSON.stringify(summary),
    details: JSON.stringify(detailsOf(trace, summary, facts)),
    graph: JSON.stringify(graphOf(trace)),
    durations: JSON.stringify(durationsByName(trace)),
  };
}

/** X-Ray keeps traces for so long, and refuses ids with an older time: AWS General Reference, "X-Ray endpoints and quotas". */
const RETENTION_SECONDS = 30 * 24 * 60 * 60;

/** How far clocks may be apart, as the exporter of OpenTelemetry's collector has it. */
const CLOCK_SKEW_SECONDS = 5 * 60;

/** Ids of OpenTelemetry are random, and begin with no time: such a trace was made when it began. */
function createdAt(traceId: string, start: number): number {
  const time = Number.parseInt(traceId.slice(2, 10), 16);
  return time >= start - RETENTION_SECONDS && time <= start + CLOCK_SKEW_SECONDS ? time : start;
}

function termsOf(facts: TraceFacts): Term[] {
  return [
    ...TEXT_FACTS.flatMap((field) =>
      [facts[field] ?? []].flat().map((value): Term => ({ field, name: '', value })),
    ),
    ...facts.annotations.map(({ key, value }) => annotationTerm(key, value)),
    ...facts.services.map((service): Term => ({
      field: 'service',
      name: service.name,
      value: JSON.stringify(service),
    })),
    ...causeTerms(facts.causes),
  ];
}

/** Each once: what fails in a loop fails alike. */
function causeTerms(causes: RootCauses): Term[] {
  return CAUSE_KINDS.flatMap((kind) =>
    CAUSE_PARTS.flatMap((part) => {
      const values = causesOf(causes, kind).flatMap((cause) =>
        elementsOf(cause, part).map((element) => JSON.stringify(element)),
      );
      return Array.from(new Set(values), (value): Term => ({
        field: causeField(kind, part),
        name: '',
        value,
      }));
    }),
  );
}

export function annotationTerm(key: string, value: FilterValue): Term {
  return typeof value === 'boolean'
    ? { field: 'annotation.boolean', name: key, value: Number(value) }
    : { field: 'annotation', name: key, value };
}

export function readServiceTerm(value: string): ServiceFacts {
  return JSON.parse(value) as ServiceFacts;
}

export function readCauseTerm(value: string): CauseElement {
  return JSON.parse(value) as CauseElement;
}

/** A trace as `GetTraceSummaries` writes it (X-Ray's API Reference, `TraceSummary`), but for its revision. */
function detailsOf(trace: Trace, summary: TraceSummary, facts: TraceFacts): object {
  const { services } = callsOf(trace);
  const root = rootOf(trace);
  const entry = services.find(({ segment }) => segment === root) ?? services.find((service) => service.root);
  return present({
    Id: trace.id,
    StartTime: summary.startTime,
    Duration: summary.duration,
    ResponseTime: summary.responseTime,
    HasFault: facts.fault,
    HasError: facts.error,
    HasThrottle: services.some(({ segment }) => failuresOf(segment).throttle),
    IsPartial: summary.isPartial,
    Http: present({
      HttpURL: facts['http.url'],
      HttpStatus: facts['http.status'],
      HttpMethod: facts['http.method'],
      UserAgent: facts['http.useragent'],
      ClientIp: facts['http.clientip'],
    }),
    Annotations: annotationsOf(services, trace),
    Users: usersOf(services),
    ServiceIds: distinct(services.map(serviceId)),
    ResourceARNs: facts['resource.arn'].map((ARN) => ({ ARN })),
    InstanceIds: facts['instance.id'].map((Id) => ({ Id })),
    AvailabilityZones: facts.availabilityzone.map((Name) => ({ Name })),
    EntryPoint: entry && serviceId(entry),
    ...facts.causes,
  });
}

function serviceId({ service, aliases }: ServiceSegment): object {
  const { name, type, accountId } = service;
  return present({ Name: name, Names: distinct([name, ...aliases]), AccountId: accountId, Type: type });
}

/** By key, each value with the services that wrote it. The keys are as their senders chose them. */
function annotationsOf(services: readonly ServiceSegment[], trace: Trace): object {
  const found = new Map<string, Map<FilterValue, object[]>>();
  const add = (key: string, value: FilterValue, by: object | undefined): void => {
    const values = found.get(key) ?? new Map<FilterValue, object[]>();
    found.set(key, values);
    const writers = values.get(value) ?? [];
    values.set(value, by === undefined ? writers : distinct([...writers, by]));
  };
  for (const service of services) {
    if (service.inferred) continue;
    const by = serviceId(service);
    for (const { annotations } of entitiesFrom([service.segment])) {
      for (const [key, value] of Object.entries(annotations ?? {})) add(key, value, by);
    }
  }
  for (const { annotations } of entitiesFrom(trace.orphans)) {
    for (const [key, value] of Object.entries(annotations ?? {})) add(key, value, undefined);
  }
  return Object.fromEntries(
    Array.from(found, ([key, values]) => [
      key,
      Array.from(values, ([value, ServiceIds]) => ({ AnnotationValue: annotationValue(value), ServiceIds })),
    ]),
  );
}

function annotationValue(value: FilterValue): object {
  if (typeof value === 'number') return { NumberValue: value };
  return typeof value === 'boolean' ? { BooleanValue: value } : { StringValue: value };
}

function usersOf(services: readonly ServiceSegment[]): object[] {
  const users = Map.groupBy(
    services.filter(({ segment }) => segment.user !== undefined),
    ({ segment }) => segment.user,
  );
  return Array.from(users, ([UserName, by]) => ({ UserName, ServiceIds: distinct(by.map(serviceId)) }));
}

/** Each once, by what it is as JSON. */
function distinct<T>(values: readonly T[]): T[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}
