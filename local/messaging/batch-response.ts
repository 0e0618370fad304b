import { isObject } from '../json.ts';

/** What a function's response says of its batch; `failed` holds message ids. */
export type BatchOutcome =
  | { readonly failed: ReadonlySet<string> }
  /** The response cannot be understood, so the whole batch failed. */
  | { readonly malformed: string };

/**
 * Reads the response of a function whose mapping has `ReportBatchItemFailures`, by the success and failure
 * conditions of "Handling errors for an SQS event source in Lambda".
 */
export function readBatchResponse(payload: string, messageIds: ReadonlySet<string>): BatchOutcome {
  const response = parse(payload);
  if (response === null) return { failed: new Set() };
  if (!isObject(response)) return { malformed: 'the response is not a JSON object' };
  const failures = response.batchItemFailures ?? [];
  if (!Array.isArray(failures)) return { malformed: 'batchItemFailures is not a list' };

  const failed = new Set<string>();
  for (const failure of failures) {
    const id: unknown = isObject(failure) ? failure.itemIdentifier : undefined;
    if (typeof id !== 'string' || id === '') return { malformed: 'an itemIdentifier is missing or empty' };
    if (!messageIds.has(id))
      return { malformed: 'an itemIdentifier is not the id of a message in the batch' };
    failed.add(id);
  }
  return { failed };
}

/** An empty payload is what a function without a result leaves. Undefined when it is not JSON. */
function parse(payload: string): unknown {
  if (payload.trim() === '') return null;
  try {
    return JSON.parse(payload);
  } catch {
    return undefined;
  }
}
