import { parseBaggage } from './baggage.ts';
import type { Carried } from './carried.ts';
import { orElse } from './carried.ts';
import type { CorrelationContext } from './correlation.ts';
import {
  BAGGAGE_CORRELATION_KEYS,
  CORRELATION_ID_KEY,
  isCorrelationId,
  newCorrelationId,
} from './correlation-id.ts';
import type { EventSource } from './event-source.ts';
import { answersHttp, eventSources } from './event-sources.ts';
import type { IncomingTrace } from './incoming-trace.ts';
import { incomingTrace } from './incoming-trace.ts';
import { directInvoke } from './sources/direct-invoke.ts';

/** What {@link extractCorrelation} finds. The trace context is that of the one message the event consists of. */
export interface ExtractedCorrelation extends IncomingTrace {
  /** Always there: a new id when the event carried none, or none that may be used. */
  readonly correlationId: string;
  /** The kind of event: `api-gateway-rest`, `sqs`, and so on; `unknown` for what is none of them. */
  readonly source: string;
  /** Whether the event carried an id that was refused for its form. The id itself is not repeated. */
  readonly replaced: boolean;
  /** Batch sources only: one entry per record, in order. */
  readonly records?: readonly RecordCorrelation[];
}

export type RecordCorrelation = Omit<ExtractedCorrelation, 'records'>;

/** Where an id may be found besides. */
export interface ExtractionOptions {
  /**
   * The name under which the id is carried: by headers, message attributes and members. It counts whatever its case.
   *
   * @default 'x-correlation-id'
   */
  readonly header?: string;
  /**
   * Whether the id that API Gateway (or a function URL) has given the request is taken where the event carries none.
   *
   * @default false
   */
  readonly requestId?: boolean;
}

/**
 * Reads the correlation of any Lambda event. Never throws: what it does not know gets a new id.
 *
 * A batch of one record has the id of that record. A batch of several has an id of its own, because it stands for
 * several units of work.
 *
 * @param context Lambda's context: its client context is read, and its `awsRequestId` becomes the id where nothing
 * carries one.
 */
export function extractCorrelation(
  event: unknown,
  context?: unknown,
  options: ExtractionOptions = {},
): ExtractedCorrelation {
  const key = keyOf(options.header);
  try {
    const source = eventSources.find((candidate) => candidate.matches(event, key, context));
    if (source !== undefined) return extractFrom(source, event, key, context, options.requestId === true);
  } catch {
    // A getter or a proxy that throws: not an event of Lambda's making.
  }
  return validated({}, 'unknown', key, newIdBy(context));
}

/**
 * Reads the correlation of one record of any batch source, or of any JSON object. Never throws.
 *
 * @param header see {@link ExtractionOptions}.
 */
export function extractRecordCorrelation(record: unknown, header?: string): RecordCorrelation {
  const key = keyOf(header);
  try {
    const source = eventSources.find((candidate) => candidate.batch?.owns(record));
    if (source?.batch !== undefined) return validated(source.batch.read(record, key), source.name, key);
    if (directInvoke.matches(record, key)) {
      return validated(directInvoke.read(record, key), directInvoke.name, key);
    }
  } catch {
    // As above.
  }
  return validated({}, 'unknown', key);
}

function keyOf(header: string = CORRELATION_ID_KEY): string {
  return header.toLowerCase();
}

/** What {@link extractCorrelation} found, or found for one record, as the context of a scope. */
export function toCorrelationContext(extracted: RecordCorrelation, header?: string): CorrelationContext {
  const { correlationId, source, traceHeader, traceparent, tracestate, baggage } = extracted;
  const incoming: IncomingTrace = {
    ...(traceHeader !== undefined && { traceHeader }),
    ...(traceparent !== undefined && { traceparent }),
    ...(tracestate !== undefined && { tracestate }),
    ...(baggage !== undefined && { baggage }),
  };
  return {
    correlationId,
    source,
    ...(Object.keys(incoming).length > 0 && { incoming }),
    ...(header !== undefined && { header }),
  };
}

/** What a pipeline needs to know of its event. */
export interface IdentifiedEvent {
  readonly context: CorrelationContext;
  readonly replaced: boolean;
  /** Where the answer repeats the id; undefined when nobody reads headers of it. */
  readonly headersField: HeadersField | undefined;
}

/** Where an answer has its headers: in which field, and of CloudFront in which form. */
export type HeadersField = 'headers' | 'multiValueHeaders' | 'cloudfront';

/** {@link extractCorrelation} for a pipeline. Never throws. */
export function identifyEvent(
  event: unknown,
  lambdaContext: unknown,
  options: ExtractionOptions = {},
): IdentifiedEvent {
  const extracted = extractCorrelation(event, lambdaContext, options);
  const answers = answersHttp(extracted.source);
  return {
    context: toCorrelationContext(extracted, options.header),
    replaced: extracted.replaced,
    headersField: answers === 'headers' ? headersFieldFor(event) : answers,
  };
}

/** An ALB whose target group is set to multi-value headers sends only those, and reads only those. */
function headersFieldFor(event: unknown): HeadersField {
  const { headers, multiValueHeaders } = (event ?? {}) as { headers?: unknown; multiValueHeaders?: unknown };
  return Boolean(multiValueHeaders) && !headers ? 'multiValueHeaders' : 'headers';
}

/**
 * An event of a known kind may still have been sent by a direct invocation (a function that forwards events, a test):
 * what that carries counts where the event itself carries nothing.
 */
function extractFrom(
  source: EventSource,
  event: unknown,
  key: string,
  context: unknown,
  takesRequestId: boolean,
): ExtractedCorrelation {
  const { batch, name } = source;
  const direct = directInvoke.read(event, key, context);
  const newId = newIdBy(context, takesRequestId ? source.requestId?.(event) : undefined);
  if (batch === undefined)
    return validated(orElse(source.read(event, key, context), direct), name, key, newId);
  const records = batch
    .records(event)
    .map((record) => ({ kind: batch.kindOf?.(record) ?? name, carried: batch.read(record, key) }));
  const [only] = records;
  if (records.length === 1 && only !== undefined) {
    const unit = validated(orElse(only.carried, direct), only.kind, key, newId);
    return { ...unit, source: name, records: [unit] };
  }
  return {
    ...validated(orElse(source.read(event, key, context), direct), name, key, newId),
    records: records.map(({ kind, carried }) => validated(carried, kind, key)),
  };
}

/** What makes an id where none came: that of API Gateway where it is asked for, else Lambda's, else a new one. */
function newIdBy(context: unknown, requestId?: unknown): () => string {
  return () => (isCorrelationId(requestId) ? requestId : newCorrelationId(context));
}

/** Validates what was carried, and gives a new id where there is none. */
function validated(
  carried: Carried,
  source: string,
  key: string,
  newId: () => string = newCorrelationId,
): RecordCorrelation {
  const trace = incomingTrace(carried);
  const correlationId = carried.correlationId ?? idInBaggage(trace.baggage, key);
  if (isCorrelationId(correlationId)) return { correlationId, source, replaced: false, ...trace };
  const replaced = correlationId !== undefined;
  return { correlationId: newId(), source, replaced, ...trace };
}

/** Where the id is looked for last. */
function idInBaggage(baggage: string | undefined, ownKey: string): string | undefined {
  if (baggage === undefined) return undefined;
  const members = parseBaggage(baggage);
  for (const key of [ownKey, ...BAGGAGE_CORRELATION_KEYS]) {
    const found = members.find((one) => one.key.toLowerCase() === key);
    if (found !== undefined) return found.value;
  }
  return undefined;
}
