import { isCorrelationId, newCorrelationId } from './correlation-id.ts';
import type { Carried, EventSource } from './event-source.ts';
import { apiGatewayHttp, apiGatewayRest } from './sources/http.ts';
import { readSqsRecord, sqs } from './sources/sqs.ts';

/** What {@link extractCorrelation} finds. */
export interface ExtractedCorrelation {
  /** Always there: a new id when the event carried none, or none that may be used. */
  readonly correlationId: string;
  /** The kind of event: `api-gateway-rest`, `sqs`, and so on; `unknown` for what is none of them. */
  readonly source: string;
  /** Whether the event carried an id that was refused for its form. The id itself is not repeated. */
  readonly replaced: boolean;
  /** `X-Amzn-Trace-Id` of the one message the event consists of, where the source carries it in the event. */
  readonly traceHeader?: string;
  /** Batch sources only: one entry per record, in order. */
  readonly records?: readonly RecordCorrelation[];
}

export type RecordCorrelation = Omit<ExtractedCorrelation, 'records'>;

/** Tried in this order. An event matches one kind only; the order matters for speed, not for the result. */
const sources: readonly EventSource[] = [apiGatewayRest, apiGatewayHttp, sqs];

/**
 * Reads the correlation of any Lambda event. Never throws: what it does not know gets a new id.
 *
 * @param context Lambda's context; its `awsRequestId` becomes the id where the event carries none.
 */
export function extractCorrelation(event: unknown, context?: unknown): ExtractedCorrelation {
  try {
    if (typeof event === 'object' && event !== null) {
      const source = sources.find((candidate) => candidate.matches(event));
      if (source !== undefined) {
        const records = source.records?.(event).map((carried) => settle(carried, source.name));
        return {
          ...settle(source.read(event), source.name, context),
          ...(records !== undefined && { records }),
        };
      }
    }
  } catch {
    // A getter or a proxy that throws: not an event of Lambda's making.
  }
  return settle({}, 'unknown', context);
}

/** Reads the correlation of one record of a batch. Never throws. */
export function extractRecordCorrelation(record: unknown): RecordCorrelation {
  try {
    return settle(readSqsRecord(record), sqs.name);
  } catch {
    return settle({}, 'unknown');
  }
}

function settle(carried: Carried, source: string, context?: unknown): RecordCorrelation {
  const { correlationId, traceHeader } = carried;
  const traced = traceHeader !== undefined && { traceHeader };
  if (isCorrelationId(correlationId)) return { correlationId, source, replaced: false, ...traced };
  const replaced = correlationId !== undefined && correlationId !== null;
  return { correlationId: newCorrelationId(context), source, replaced, ...traced };
}
