import { fromJson, toBinary } from '@bufbuild/protobuf';
import type { JsonValue } from '@bufbuild/protobuf';
import { ExportTraceServiceRequestSchema } from '../../../../local/xray/otlp/definitions/opentelemetry/proto/collector/trace/v1/trace_service_pb.ts';
import { readTraces } from '../../../../local/xray/otlp/otlp-messages.ts';
import type { ConvertedSpans } from '../../../../local/xray/otlp/span-documents.ts';
import { documentsOf } from '../../../../local/xray/otlp/span-documents.ts';
import type { Segment, Subsegment } from '../../../../local/xray/document.ts';

export const W3C_TRACE_ID = '5f84c7a14e1f2d3c4b5a69788796a5b4';
export const SPAN_ID = '53995c3f42cd8ad8';
export const PARENT_ID = 'a1b2c3d4e5f60718';

/** A span as OTLP's JSON has it, with attributes as plain values. */
export interface PlainSpan {
  readonly traceId?: string;
  readonly spanId?: string;
  readonly parentSpanId?: string;
  readonly name?: string;
  readonly kind?: 'INTERNAL' | 'SERVER' | 'CLIENT' | 'PRODUCER' | 'CONSUMER' | 'UNSPECIFIED';
  readonly start?: bigint;
  readonly end?: bigint;
  readonly status?: { readonly code: 'OK' | 'ERROR' | 'UNSET'; readonly message?: string };
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly events?: ReadonlyArray<{ name: string; attributes?: Readonly<Record<string, unknown>> }>;
  readonly links?: ReadonlyArray<{
    traceId: string;
    spanId?: string;
    attributes?: Readonly<Record<string, unknown>>;
  }>;
  readonly traceState?: string;
}

const START = 1_700_000_000_123_456_789n;

/** A request as JSON, all its spans from one resource. */
export function requestOf(
  spans: readonly PlainSpan[],
  resource: Readonly<Record<string, unknown>> = {},
): JsonValue {
  return {
    resourceSpans: [
      {
        resource: { attributes: keyValues(resource) },
        scopeSpans: [{ scope: { name: 'test' }, spans: spans.map(spanJson) }],
      },
    ],
  };
}

function spanJson({
  traceId = W3C_TRACE_ID,
  spanId = SPAN_ID,
  parentSpanId = '',
  name = 'work',
  kind = 'INTERNAL',
  start = START,
  end = START + 1_500_000_000n,
  status,
  attributes = {},
  events = [],
  links = [],
  traceState = '',
}: PlainSpan): JsonValue {
  return {
    traceId,
    spanId,
    parentSpanId,
    name,
    kind: `SPAN_KIND_${kind}`,
    startTimeUnixNano: String(start),
    endTimeUnixNano: String(end),
    attributes: keyValues(attributes),
    ...(status !== undefined && {
      status: { code: `STATUS_CODE_${status.code}`, message: status.message ?? '' },
    }),
    events: events.map((event) => ({
      timeUnixNano: String(start + 1_000_000n),
      name: event.name,
      attributes: keyValues(event.attributes ?? {}),
    })),
    links: links.map((link) => ({
      traceId: link.traceId,
      spanId: link.spanId ?? '',
      attributes: keyValues(link.attributes ?? {}),
    })),
    traceState,
  };
}

function keyValues(values: Readonly<Record<string, unknown>>): JsonValue {
  return Object.entries(values).map(([key, value]) => ({ key, value: anyValue(value) }));
}

function anyValue(value: unknown): JsonValue {
  if (value instanceof Uint8Array) return { bytesValue: Buffer.from(value).toString('base64') };
  switch (typeof value) {
    case 'string':
      return { stringValue: value };
    case 'boolean':
      return { boolValue: value };
    case 'bigint':
      return { intValue: String(value) };
    case 'number':
      if (Number.isSafeInteger(value)) return { intValue: String(value) };
      return { doubleValue: Number.isFinite(value) ? value : String(value) };
    default:
      if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValue) } };
      return value === null ? {} : { kvlistValue: { values: keyValues(value as Record<string, unknown>) } };
  }
}

export function asJsonBody(request: JsonValue): Buffer {
  return Buffer.from(JSON.stringify(request));
}

/** The same request as protobuf. */
export function asProtobufBody(request: JsonValue): Buffer {
  const base64 = JSON.parse(JSON.stringify(request), (key, value: unknown) =>
    typeof value === 'string' && /^(?:trace|span|parentSpan)Id$/.test(key)
      ? Buffer.from(value, 'hex').toString('base64')
      : value,
  ) as JsonValue;
  return Buffer.from(
    toBinary(ExportTraceServiceRequestSchema, fromJson(ExportTraceServiceRequestSchema, base64)),
  );
}

export function converted(
  spans: readonly PlainSpan[],
  resource?: Readonly<Record<string, unknown>>,
): ConvertedSpans {
  return documentsOf(readTraces(asJsonBody(requestOf(spans, resource)), 'json'));
}

/** The one document of a span. */
export function documentOf(
  span: PlainSpan,
  resource?: Readonly<Record<string, unknown>>,
): Segment & Omit<Subsegment, 'type'> & { type?: string } {
  const { documents, errors } = converted([span], resource);
  const [document] = documents;
  if (document === undefined || documents.length !== 1) {
    throw new Error(`Expected one document, got ${JSON.stringify({ documents, errors })}`);
  }
  return document as Segment & Omit<Subsegment, 'type'> & { type?: string };
}

/** A span that calls something, below another. */
export function clientSpan(attributes: Readonly<Record<string, unknown>>, name = 'call'): PlainSpan {
  return { kind: 'CLIENT', parentSpanId: PARENT_ID, name, attributes };
}
