import { parseBaggage } from './baggage.ts';
import type { Carried } from './carried.ts';
import { orElse } from './carried.ts';
import type { CorrelationContext } from './correlation.ts';
import { BAGGAGE_CORRELATION_KEYS, isCorrelationId, newCorrelationId } from './correlation-id.ts';
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

/**
 * Reads the correlation of any Lambda event. Never throws: what it does not know gets a new id.
 *
 * A batch of one record has the id of that record. A batch of several has an id of its own, because it stands for
 * several units of work.
 *
 * @param context Lambda's context: its client context is read, and its `awsRequestId` becomes the id where nothing
 * carries one.
 */
export function extractCorrelation(event: unknown, context?: unknown): ExtractedCorrelation {
  try {
    const source = eventSources.find((candidate) => candidate.matches(event, context));
    if (source !== undefined) return extractFrom(source, event, context);
  } catch {
    // A getter or a proxy that throws: not an event of Lambda's making.
  }
  return validated({}, 'unknown', context);
}

/** Reads the correlation of one record of any batch source, or of any JSON object. Never throws. */
export function extractRecordCorrelation(record: unknown): RecordCorrelation {
  try {
    const source = eventSources.find((candidate) => candidate.batch?.owns(record));
    if (source?.batch !== undefined) return validated(source.batch.read(record), source.name);
    if (directInvoke.matches(record)) return validated(directInvoke.read(record), directInvoke.name);
  } catch {
    // As above.
  }
  return validated({}, 'unknown');
}

/** What {@link extractCorrelation} found, or found for one record, as the context of a scope. */
export function toCorrelationContext(extracted: RecordCorrelation): CorrelationContext {
  const { correlationId, source, traceHeader, traceparent, tracestate, baggage } = extracted;
  const incoming: IncomingTrace = {
    ...(traceHeader !== undefined && { traceHeader }),
    ...(traceparent !== undefined && { traceparent }),
    ...(tracestate !== undefined && { tracestate }),
    ...(baggage !== undefined && { baggage }),
  };
  return { correlationId, source, ...(Object.keys(incoming).length > 0 && { incoming }) };
}

/** What a pipeline needs to know of its event. */
export interface IdentifiedEvent {
  readonly context: CorrelationContext;
  readonly replaced: boolean;
  /** Where the answer repeats the id; undefined when nobody reads headers of it. */
  readonly headersField: 'headers' | 'multiValueHeaders' | undefined;
}

/** {@link extractCorrelation} for a pipeline. Never throws. */
export function identifyEvent(event: unknown, lambdaContext: unknown): IdentifiedEvent {
  const extracted = extractCorrelation(event, lambdaContext);
  return {
    context: toCorrelationContext(extracted),
    replaced: extracted.replaced,
    headersField: answersHttp(extracted.source) ? headersFieldFor(event) : undefined,
  };
}

/** An ALB whose target group is set to multi-value headers sends only those, and reads only those. */
function headersFieldFor(event: unknown): 'headers' | 'multiValueHeaders' {
  const { headers, multiValueHeaders } = (event ?? {}) as { headers?: unknown; multiValueHeaders?: unknown };
  return Boolean(multiValueHeaders) && !headers ? 'multiValueHeaders' : 'headers';
}

/**
 * An event of a known kind may still have been sent by a direct invocation (a function that forwards events, a test):
 * what that carries counts where the event itself carries nothing.
 */
function extractFrom(source: EventSource, event: unknown, context: unknown): ExtractedCorrelation {
  const { batch, name } = source;
  const direct = directInvoke.read(event, context);
  if (batch === undefined) return validated(orElse(source.read(event, context), direct), name, context);
  const records = batch.records(event).map((record) => batch.read(record));
  const [only] = records;
  if (records.length === 1 && only !== undefined) {
    const unit = validated(orElse(only, direct), name, context);
    return { ...unit, records: [unit] };
  }
  return {
    ...validated(orElse(source.read(event, context), direct), name, context),
    records: records.map((carried) => validated(carried, name)),
  };
}

/** Validates what was carried, and gives a new id where there is none. */
function validated(carried: Carried, source: string, context?: unknown): RecordCorrelation {
  const trace = incomingTrace(carried);
  const correlationId = carried.correlationId ?? idInBaggage(trace.baggage);
  if (isCorrelationId(correlationId)) return { correlationId, source, replaced: false, ...trace };
  const replaced = correlationId !== undefined;
  return { correlationId: newCorrelationId(context), source, replaced, ...trace };
}

/** Where the id is looked for last. */
function idInBaggage(baggage: string | undefined): string | undefined {
  if (baggage === undefined) return undefined;
  const members = parseBaggage(baggage);
  for (const key of BAGGAGE_CORRELATION_KEYS) {
    const found = members.find((one) => one.key.toLowerCase() === key);
    if (found !== undefined) return found.value;
  }
  return undefined;
}
