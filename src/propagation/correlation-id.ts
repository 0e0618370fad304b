import { randomUUID } from 'node:crypto';

/** The HTTP header, message attribute and payload field that carries the id, unless told otherwise. Lower case: HTTP/2 and v2 events are. */
export const CORRELATION_ID_KEY = 'x-correlation-id';

/** The members of W3C baggage that carry the id where nothing else does, the first one first. */
export const BAGGAGE_CORRELATION_KEYS: readonly string[] = [CORRELATION_ID_KEY, 'correlation-id'];

/** Longest id taken over from outside: a UUID has 36 characters, a trace id 35, a ULID 26. Longer ones are noise. */
export const MAX_CORRELATION_ID_LENGTH = 128;

/** No blanks, quotes, brackets or control characters: safe in a header, a log line, and an X-Ray annotation. */
const VALID_CORRELATION_ID = /^[A-Za-z0-9._:/+=@-]+$/;

/** Whether an id from outside may be used as it is. Ids arrive from anyone, so this is a trust boundary. */
export function isCorrelationId(value: unknown): value is string {
  return (
    typeof value === 'string' && value.length <= MAX_CORRELATION_ID_LENGTH && VALID_CORRELATION_ID.test(value)
  );
}

/**
 * A new id: the request id of the invocation where there is one, so that logs need no second key; else a UUID. A durable execution
 * has the same id in all of its invocations, however often it is replayed: the last part of its ARN.
 */
export function newCorrelationId(context?: unknown): string {
  return givenIds(context).find(isCorrelationId) ?? randomUUID();
}

interface ContextWithIds {
  readonly awsRequestId?: unknown;
  /** Of a durable execution. */
  readonly executionContext?: { readonly durableExecutionArn?: unknown };
}

function givenIds(context: unknown): readonly unknown[] {
  try {
    const { awsRequestId, executionContext } = (context ?? {}) as ContextWithIds;
    const arn = executionContext?.durableExecutionArn;
    return [typeof arn === 'string' ? arn.slice(arn.lastIndexOf('/') + 1) : undefined, awsRequestId];
  } catch {
    // A getter or a proxy that throws: not a context of Lambda's making.
    return [];
  }
}
