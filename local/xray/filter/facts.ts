/** What filter expressions ask of a trace, read from its segments. */
import { asText } from '../../json.ts';
import type { Entity, Segment } from '../document.ts';
import { entitiesOf } from '../entities.ts';
import type { ServiceSegment } from '../graph/calls.ts';
import { callsOf } from '../graph/calls.ts';
import type { RootCauses } from '../graph/root-causes.ts';
import { rootCauses } from '../graph/root-causes.ts';
import type { ServiceId } from '../graph/service-pattern.ts';
import type { Failures } from '../status.ts';
import { failuresOf } from '../status.ts';
import { rootSegment } from '../summary.ts';
import type { Trace, TraceSummary } from '../trace.ts';
import type { FilterExpression, FilterValue } from './expression.ts';

/** A trace, with what is known of it besides. */
export interface FilterSubject {
  readonly trace: Trace;
  readonly summary: TraceSummary;
  /** The filter expression of a group, by its name or its ARN. Undefined when there is no such group. */
  readonly groups?: (nameOrArn: string) => FilterExpression | undefined;
  /** The account of services whose segments name none. */
  readonly accountId?: string;
}

/** The name of the annotation that `correlationid` asks for: the middlewares write it. */
export const CORRELATION_ID = 'CorrelationId';

/** All that a condition of `requirementsOf` can ask for. A store keeps it in indexes, once for each trace. */
export interface TraceFacts {
  /** Of the root segment; `ok` when it is none of the others. */
  readonly ok: boolean;
  readonly error: boolean;
  readonly throttle: boolean;
  readonly fault: boolean;
  readonly partial: boolean;
  /** Some service is known from its callers alone. */
  readonly inferred: boolean;
  readonly coldstart: boolean;
  /** Seconds. Undefined while the root is missing or in progress. */
  readonly responsetime?: number;
  /** Seconds. */
  readonly duration: number;
  /** Of the root segment. */
  readonly 'http.status'?: number;
  readonly 'http.url'?: string;
  readonly 'http.method'?: string;
  readonly 'http.useragent'?: string;
  readonly 'http.clientip'?: string;
  /** The following of any segment, each value once. */
  readonly user: readonly string[];
  readonly correlationid: readonly string[];
  readonly availabilityzone: readonly string[];
  readonly 'instance.id': readonly string[];
  readonly 'resource.arn': readonly string[];
  readonly requestid: readonly string[];
  /** Of any segment or subsegment, each key with each value once. */
  readonly annotations: ReadonlyArray<{ readonly key: string; readonly value: FilterValue }>;
  /** Every node of the service graph that the trace passes, but for clients. */
  readonly services: readonly ServiceFacts[];
  readonly causes: RootCauses;
}

/** A node of the service graph, once for each name that it is called by besides; the flags say that one of its segments at least was so. */
export interface ServiceFacts extends ServiceId, Failures {
  /** The name, and what `service("…")` finds it by besides. */
  readonly names: readonly string[];
  readonly ok: boolean;
  readonly inferred: boolean;
  readonly root: boolean;
}

export function factsOf(subject: FilterSubject): TraceFacts {
  const { trace, summary } = subject;
  const root = rootOf(trace);
  const failures = root === undefined ? undefined : failuresOf(root);
  const { status, url, method, user_agent: userAgent, client_ip: clientIp } = httpOf(root);
  const services = servicesOf(subject);
  return {
    ok: failures !== undefined && isOk(failures),
    error: failures?.error ?? false,
    throttle: failures?.throttle ?? false,
    fault: failures?.fault ?? false,
    partial: summary.isPartial,
    inferred: services.some(({ inferred }) => inferred),
    coldstart: summary.coldStart,
    ...(summary.responseTime !== undefined && { responsetime: summary.responseTime }),
    duration: summary.duration,
    ...(status !== undefined && { 'http.status': status }),
    ...(url !== undefined && { 'http.url': url }),
    ...(method !== undefined && { 'http.method': method }),
    ...(userAgent !== undefined && { 'http.useragent': userAgent }),
    ...(clientIp !== undefined && { 'http.clientip': clientIp }),
    user: textsOf('user', trace.segments),
    availabilityzone: textsOf('availabilityzone', trace.segments),
    'instance.id': textsOf('instance.id', trace.segments),
    'resource.arn': textsOf('resource.arn', trace.segments),
    requestid: textsOf('requestid', trace.segments),
    correlationid: correlationIdsOf(entitiesOf(trace)),
    annotations: annotationsOf(entitiesOf(trace)),
    services,
    causes: rootCauses(trace),
  };
}

/** The segment that the trace begins with. */
export function rootOf(trace: Trace): Segment | undefined {
  return rootSegment(trace.segments, new Set(Array.from(entitiesOf(trace), ({ id }) => id)));
}

export function isOk({ error, throttle, fault }: Failures): boolean {
  return !error && !throttle && !fault;
}

/** The request and the response, side by side. */
export function httpOf(entity: Pick<Entity, 'http'> | undefined): {
  readonly status?: number;
  readonly url?: string;
  readonly method?: string;
  readonly user_agent?: string;
  readonly client_ip?: string;
} {
  const { request, response } = entity?.http ?? {};
  return { ...request, ...(response?.status !== undefined && { status: response.status }) };
}

const TEXTS = {
  user: ({ user }: Segment) => user,
  availabilityzone: ({ aws }: Segment) => memberOf(aws, 'availability_zone'),
  'instance.id': ({ aws }: Segment) => memberOf(aws, 'instance_id'),
  'resource.arn': ({ resource_arn: arn }: Segment) => arn,
  /** What Lambda and API Gateway call a request. */
  requestid: ({ aws }: Segment) => asText(aws?.['request_id']),
} as const;

export type SegmentText = keyof typeof TEXTS;

export function isSegmentText(keyword: string): keyword is SegmentText {
  return Object.hasOwn(TEXTS, keyword);
}

/** Each value once. */
export function textsOf(keyword: SegmentText, segments: Iterable<Segment>): readonly string[] {
  return [...new Set(Array.from(segments, TEXTS[keyword]).filter((text) => text !== undefined))];
}

export function annotationsOf(entities: Iterable<Entity>): TraceFacts['annotations'] {
  const found = new Map<string, Map<FilterValue, { readonly key: string; readonly value: FilterValue }>>();
  for (const { annotations } of entities) {
    for (const [key, value] of Object.entries(annotations ?? {})) {
      const values = found.get(key) ?? new Map<FilterValue, { key: string; value: FilterValue }>();
      values.set(value, { key, value });
      found.set(key, values);
    }
  }
  return [...found.values()].flatMap((values) => [...values.values()]);
}

export function valuesOfAnnotation(entities: Iterable<Entity>, key: string): readonly FilterValue[] {
  const values: FilterValue[] = [];
  for (const { annotations } of entities) {
    const value = annotations !== undefined && Object.hasOwn(annotations, key) ? annotations[key] : undefined;
    if (value !== undefined) values.push(value);
  }
  return values;
}

export function correlationIdsOf(entities: Iterable<Entity>): readonly string[] {
  const texts = valuesOfAnnotation(entities, CORRELATION_ID).filter((value) => typeof value === 'string');
  return [...new Set(texts)];
}

/** The service with the account that it has when its segment names none. */
export function identityOf({ service }: ServiceSegment, accountId: string | undefined): ServiceId {
  return service.accountId !== undefined || accountId === undefined ? service : { ...service, accountId };
}

function servicesOf({ trace, accountId }: FilterSubject): readonly ServiceFacts[] {
  const services = new Map<string, ServiceFacts>();
  for (const each of callsOf(trace).services) {
    const { name, ...identity } = identityOf(each, accountId);
    const failures = failuresOf(each.segment);
    // A table that is called by two names is found by each of them for the calls that used it.
    const key = JSON.stringify([name, identity.type, identity.accountId, each.aliases]);
    const known = services.get(key);
    services.set(key, {
      name,
      ...identity,
      names: [...new Set([name, ...each.aliases])],
      ok: isOk(failures) || known?.ok === true,
      error: failures.error || known?.error === true,
      throttle: failures.throttle || known?.throttle === true,
      fault: failures.fault || known?.fault === true,
      inferred: each.inferred || known?.inferred === true,
      root: each.root || known?.root === true,
    });
  }
  return [...services.values()];
}

/** Of an EC2 instance, or of whatever else the sender says. */
function memberOf(aws: Entity['aws'], member: string): string | undefined {
  const { ec2 } = aws ?? {};
  const value =
    typeof ec2 === 'object' && ec2 !== null ? (ec2 as Readonly<Record<string, unknown>>)[member] : undefined;
  return asText(value);
}
