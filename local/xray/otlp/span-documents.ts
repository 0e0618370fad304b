import type { JsonObject } from '../../json.ts';
import { asRecord, parseObject, present } from '../../json.ts';
import type { Entity, Segment, SegmentDocument, Subsegment, TraceLink } from '../document.ts';
import { MAX_LINKS_PER_SEGMENT } from '../document-fields.ts';
import type { DocumentError } from '../parse-document.ts';
import { Refusal, refused } from '../parse-document.ts';
import type { AttributeValue } from './attributes.ts';
import { Attributes, attributeRecord } from './attributes.ts';
import { awsCallFields, awsPlaceFields, isAwsCall, originOf } from './aws-fields.ts';
import type { ExportTraceServiceRequest } from './definitions/opentelemetry/proto/collector/trace/v1/trace_service_pb.ts';
import type { Span } from './definitions/opentelemetry/proto/trace/v1/trace_pb.ts';
import { Span_SpanKind } from './definitions/opentelemetry/proto/trace/v1/trace_pb.ts';
import { failureFields, isFailure } from './failure-fields.ts';
import { httpFields } from './http-fields.ts';
import { derivedId, xrayEntityId, xrayTraceId } from './span-ids.ts';
import { segmentName, subsegmentName } from './span-name.ts';
import { sqlFields } from './sql-fields.ts';

/** Amazon CloudWatch user guide, "OpenTelemetry protocol endpoints": 200 KB for one span. Bytes of its documents. */
export const MAX_SPAN_BYTES = 200 * 1024;

/** Lists the attributes of a span that are to be searched for. */
const ANNOTATIONS = 'aws.xray.annotations';

/** `aws.xray.metadata.NAMESPACE` holds an object as JSON. */
const METADATA_PREFIX = 'aws.xray.metadata.';

/** What the CloudWatch agent and AWS's distributions index of every span, for Application Signals. */
const ALWAYS_ANNOTATED: readonly string[] = [
  'aws.local.service',
  'aws.local.operation',
  'aws.local.environment',
  'aws.remote.service',
  'aws.remote.operation',
  'aws.remote.environment',
  'aws.remote.resource.identifier',
  'aws.remote.resource.type',
];

/** What became of the spans of one request. */
export interface ConvertedSpans {
  readonly documents: readonly SegmentDocument[];
  /** One for each span that is none of them. */
  readonly errors: readonly DocumentError[];
}

/**
 * Makes of spans what X-Ray makes of them; docs/opentelemetry.md says what that is. Spans of servers and consumers, and
 * those without a parent, are segments, all others subsegments. Never throws.
 */
export function documentsOf({ resourceSpans }: ExportTraceServiceRequest): ConvertedSpans {
  const documents: SegmentDocument[] = [];
  const errors: DocumentError[] = [];
  for (const { resource, scopeSpans } of resourceSpans) {
    const place = new Attributes(resource?.attributes ?? []);
    for (const { spans } of scopeSpans) {
      for (const span of spans) {
        const converted = convert(span, place);
        if ('error' in converted) errors.push(converted.error);
        else documents.push(...converted.documents);
      }
    }
  }
  return { documents, errors };
}

/** What every document of a span is made of. */
interface ReadSpan {
  readonly span: Span;
  readonly id: string;
  readonly traceId: string;
  readonly parentId: string | undefined;
  readonly times: Pick<Entity, 'start_time' | 'end_time'>;
  readonly attributes: Attributes;
  readonly resource: Attributes;
}

type Converted = { readonly documents: SegmentDocument[] } | { readonly error: DocumentError };

function convert(span: Span, resource: Attributes): Converted {
  try {
    const read = readSpan(span, resource);
    const documents = isTwoDocuments(read)
      ? serviceAndCall(read)
      : [isSegment(read) ? segment(read) : call(read)];
    const bytes = documents.reduce((sum, document) => sum + Buffer.byteLength(JSON.stringify(document)), 0);
    if (bytes > MAX_SPAN_BYTES) {
      throw new Refusal(
        'DocumentTooLarge',
        `A span may have ${MAX_SPAN_BYTES} bytes as a document; ${read.id} has ${bytes}.`,
      );
    }
    return { documents };
  } catch (error) {
    return refused(error, xrayEntityId(span.spanId));
  }
}

function readSpan(span: Span, resource: Attributes): ReadSpan {
  const traceId = xrayTraceId(span.traceId);
  if (traceId === undefined) {
    throw new Refusal('InvalidTraceId', `A trace_id has 16 bytes, not all 0; got ${show(span.traceId)}.`);
  }
  const id = xrayEntityId(span.spanId);
  if (id === undefined) {
    throw new Refusal('InvalidId', `A span_id has 8 bytes, not all 0; got ${show(span.spanId)}.`);
  }
  const parentId = xrayEntityId(span.parentSpanId);
  if (parentId === undefined && span.parentSpanId.some((byte) => byte !== 0)) {
    throw new Refusal(
      'InvalidParentId',
      `The parent_span_id of ${id} has 8 bytes, or none; got ${show(span.parentSpanId)}.`,
    );
  }
  const attributes = new Attributes(span.attributes);
  return { span, id, traceId, parentId, times: readTimes(span, id), attributes, resource };
}

function show(bytes: Uint8Array): string {
  return bytes.length === 0
    ? 'none'
    : `${bytes.length}: ${Buffer.from(bytes.subarray(0, 20)).toString('hex')}`;
}

function readTimes({ startTimeUnixNano: start, endTimeUnixNano: end }: Span, id: string): ReadSpan['times'] {
  if (start === 0n) throw new Refusal('MissingStartTime', `${id} has no start_time_unix_nano.`);
  if (end === 0n) {
    throw new Refusal('MissingEndTime', `${id} has no end_time_unix_nano: a span is sent when it has ended.`);
  }
  if (end < start) {
    throw new Refusal('InvalidTime', `${id} ends before it starts: at ${end}, and starts at ${start}.`);
  }
  return { start_time: seconds(start), end_time: seconds(end) };
}

/** As near as a number comes: a quarter of a microsecond. */
function seconds(nanoseconds: bigint): number {
  return Number(`${nanoseconds / 1_000_000_000n}.${String(nanoseconds % 1_000_000_000n).padStart(9, '0')}`);
}

function isSegment({ span: { kind }, parentId, attributes }: ReadSpan): boolean {
  if (parentId === undefined || kind === Span_SpanKind.SERVER || isLocalRoot(attributes)) return true;
  // To fetch messages from a queue is a call like any other.
  return kind === Span_SpanKind.CONSUMER && !isAwsCall(attributes);
}

/** AWS's distributions mark the first span of a service. */
function isLocalRoot(attributes: Attributes): boolean {
  return attributes.get('aws.span.kind') === 'LOCAL_ROOT';
}

/** The first span of a service is itself the call of another: X-Ray needs the service and the call. */
function isTwoDocuments({ span: { kind }, attributes }: ReadSpan): boolean {
  return isLocalRoot(attributes) && (isOutgoing(kind) || kind === Span_SpanKind.CONSUMER);
}

function isOutgoing(kind: Span_SpanKind): boolean {
  return kind === Span_SpanKind.CLIENT || kind === Span_SpanKind.PRODUCER;
}

function segment(read: ReadSpan): Segment {
  const { span, attributes, resource } = read;
  const name = segmentName(span, attributes, resource);
  const entity = entityFields(read, name, {
    aws: { ...awsPlaceFields(resource), ...awsCallFields(attributes) },
    resourceAttributes: resource.left(),
  });
  return present<Segment>({
    ...entity.fields,
    ...serviceFields(read),
    parent_id: read.parentId,
    user: entity.user,
    links: linksOf(span),
  });
}

/** @param below the id of the segment that stands between it and its parent. */
function call(read: ReadSpan, below?: string): SegmentDocument {
  const { span, attributes, traceId } = read;
  const sql = sqlFields(attributes, span.name);
  const traced = attributes.flag('aws.xray.traced');
  const { fields, user } = entityFields(read, subsegmentName(span, attributes), {
    aws: awsCallFields(attributes),
    resourceAttributes: [],
  });
  const subsegment = present<Subsegment>({
    ...fields,
    // X-Ray knows users of segments only.
    metadata: user === undefined ? fields.metadata : withDefault(fields.metadata, 'enduser.id', user),
    namespace: namespaceOf(read, below !== undefined),
    traced,
    sql,
    // Those of a consumer are its service's.
    links: span.kind === Span_SpanKind.CONSUMER && below !== undefined ? undefined : linksOf(span),
  });
  return {
    ...subsegment,
    type: 'subsegment',
    trace_id: traceId,
    parent_id: below ?? read.parentId ?? '',
  };
}

function namespaceOf({ span: { kind }, attributes }: ReadSpan, isCall: boolean): string | undefined {
  if (isAwsCall(attributes) || attributes.get('aws.service') !== undefined) return 'aws';
  const isRemote =
    isCall ||
    isOutgoing(kind) ||
    (kind === Span_SpanKind.CONSUMER && attributes.get('aws.remote.service') !== undefined);
  return isRemote ? 'remote' : undefined;
}

function serviceAndCall(read: ReadSpan): SegmentDocument[] {
  const { span, id, times, attributes, resource } = read;
  const serviceId = derivedId(id, 'service');
  const made = call(read, serviceId);
  const resourceMetadata = metadataOf([], resource.left());
  const service = present<Segment>({
    ...pickFailure(made),
    id: serviceId,
    name: segmentName(span, attributes, resource),
    ...times,
    ...serviceFields(read),
    parent_id: read.parentId,
    aws: asRecord(awsPlaceFields(resource)),
    annotations: withoutRemote(made.annotations),
    metadata: resourceMetadata,
    links: span.kind === Span_SpanKind.CONSUMER ? linksOf(span) : undefined,
  });
  return [service, made];
}

function pickFailure({ error, fault, throttle, cause }: Entity): Partial<Entity> {
  return present<Partial<Entity>>({ error, fault, throttle, cause });
}

/** The annotations that tell of the call are not those of the service. */
function withoutRemote(annotations: Entity['annotations']): Entity['annotations'] {
  const own = Object.entries(annotations ?? {}).filter(([key]) => !key.startsWith('aws.remote.'));
  return own.length === 0 ? undefined : Object.fromEntries(own);
}

function serviceFields({
  attributes,
  resource,
  traceId,
}: ReadSpan): Pick<Segment, 'trace_id'> & Partial<Segment> {
  const version = resource.peek('service.version');
  const arn = [
    attributes.peek('aws.lambda.invoked_arn'),
    resource.peek('cloud.resource_id'),
    resource.peek('faas.id'),
  ].find((each) => each?.startsWith('arn:'));
  return present<Pick<Segment, 'trace_id'> & Partial<Segment>>({
    trace_id: traceId,
    origin: originOf(resource),
    resource_arn: arn,
    service: version === undefined ? undefined : { version },
  });
}

/** What a segment and a subsegment have in common. What it does not take of the attributes becomes metadata. */
function entityFields(
  { span, id, times, attributes, resource }: ReadSpan,
  name: string,
  { aws, resourceAttributes }: { aws: JsonObject; resourceAttributes: ReturnType<Attributes['left']> },
): { fields: Entity; user: string | undefined } {
  const http = httpFields(attributes, span.kind === Span_SpanKind.SERVER);
  const failure = failureFields(
    span,
    {
      id,
      httpStatus: http?.response?.status,
      language: resource.peek('telemetry.sdk.language'),
    },
    attributes,
  );
  const user = attributes.text('enduser.id', 'user.id');
  const annotations = annotationsOf(attributes, resourceAttributes);
  const metadata = metadataOf(
    [
      ...attributes.left().filter(([key]) => key !== ANNOTATIONS && !annotations.has(key)),
      ...leftOfSpan(span, name, attributes),
    ],
    resourceAttributes.filter(([key]) => !annotations.has(RESOURCE_PREFIX + key)),
  );
  const fields = present<Entity>({
    id,
    name,
    ...times,
    ...failure,
    http,
    aws: Object.keys(aws).length === 0 ? undefined : asRecord(aws),
    annotations: annotations.size === 0 ? undefined : Object.fromEntries(annotations.values()),
    metadata,
  });
  return { fields, user };
}

/** What a span says beside its attributes and has no place in a document. */
function leftOfSpan(span: Span, name: string, attributes: Attributes): Array<[string, AttributeValue]> {
  const events = span.events
    .filter((event) => !isFailure(event, attributes))
    .map((event) => ({
      name: event.name,
      time: seconds(event.timeUnixNano),
      ...(event.attributes.length > 0 && { attributes: attributeRecord(event.attributes) }),
    }));
  return [
    ...(span.name === name || span.name === '' ? [] : [['otel.span.name', span.name] as [string, string]]),
    ...(span.traceState === '' ? [] : [['w3c.tracestate', span.traceState] as [string, string]]),
    ...(events.length === 0 ? [] : [['otel.events', events] as [string, AttributeValue]]),
  ];
}

const RESOURCE_PREFIX = 'otel.resource.';

type Annotations = ReadonlyMap<string, readonly [key: string, value: string | number | boolean]>;

/** By the name of the attribute; of two whose keys become the same the first one stays. */
function annotationsOf(
  attributes: Attributes,
  resourceAttributes: ReturnType<Attributes['left']>,
): Annotations {
  const listed = attributes.texts(ANNOTATIONS) ?? [];
  const resource = new Map(resourceAttributes.map(([key, value]) => [RESOURCE_PREFIX + key, value]));
  const annotations = new Map<string, readonly [string, string | number | boolean]>();
  const keys = new Set<string>();
  for (const name of new Set([...listed, ...ALWAYS_ANNOTATED])) {
    const value = attributes.get(name) ?? resource.get(name);
    const key = name.replace(/[^A-Za-z0-9_.]/g, '_').slice(0, MAX_KEY_LENGTH);
    // As a plain key it would change the prototype of every later copy.
    if (
      typeof value === 'object' ||
      value === undefined ||
      key === '' ||
      key === '__proto__' ||
      keys.has(key)
    )
      continue;
    keys.add(key);
    annotations.set(name, [key, value]);
  }
  return annotations;
}

/** X-Ray's schema of documents, 1.0.0: the longest key of an annotation. */
const MAX_KEY_LENGTH = 500;

function metadataOf(
  attributes: ReadonlyArray<readonly [string, AttributeValue]>,
  resource: ReadonlyArray<readonly [string, AttributeValue]>,
): JsonObject | undefined {
  const namespaces = new Map<string, JsonObject>();
  const rest: Array<readonly [string, unknown]> = resource.map(([key, value]) => [
    RESOURCE_PREFIX + key,
    value,
  ]);
  for (const [key, value] of attributes) {
    const namespace = key.startsWith(METADATA_PREFIX) ? key.slice(METADATA_PREFIX.length) : '';
    const held = namespace !== '' && typeof value === 'string' ? parseObject(value) : undefined;
    if (held === undefined) rest.push([key, value]);
    else if (namespace.toLowerCase() === 'default') rest.push(...Object.entries(held));
    else namespaces.set(namespace, held);
  }
  if (rest.length > 0) namespaces.set('default', Object.fromEntries(rest));
  return namespaces.size === 0 ? undefined : asRecord(Object.fromEntries(namespaces));
}

function withDefault(metadata: Entity['metadata'], key: string, value: string): JsonObject {
  return { ...metadata, default: { ...(asRecord(metadata?.['default']) ?? {}), [key]: value } };
}

/** Links that lead to no trace say nothing. */
function linksOf({ links }: Span): readonly TraceLink[] | undefined {
  const found = links.flatMap((link) => {
    const traceId = xrayTraceId(link.traceId);
    if (traceId === undefined) return [];
    return present<TraceLink>({
      trace_id: traceId,
      id: xrayEntityId(link.spanId),
      attributes: link.attributes.length === 0 ? undefined : asRecord(attributeRecord(link.attributes)),
    });
  });
  return found.length === 0 ? undefined : found.slice(0, MAX_LINKS_PER_SEGMENT);
}
