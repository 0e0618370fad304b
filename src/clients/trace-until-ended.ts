import { AsyncLocalStorage } from 'node:async_hooks';
import { inCallSpan } from '../telemetry/trace-scope.ts';
import type { CallRecord } from '../telemetry/trace-scope.ts';
import type { SpanDescription } from '../telemetry/tracer.ts';

/** A call that has begun: what its caller gets at once, and when it is over. */
export interface BegunCall<Result> {
  readonly result: Result;
  /** Rejects with what failed. Absent where nobody records the call. */
  readonly ended?: Promise<unknown> | undefined;
}

/** Runs a function where the caller of the call stands: its callbacks must not hang below the record of the call. */
export type AsCaller = <R>(fn: () => R) => R;

/** Records a call that hands something out at once and ends later. What `begin` throws is thrown on. */
export function traceUntilEnded<Result>(
  description: SpanDescription,
  begin: (record: CallRecord, asCaller: AsCaller) => BegunCall<Result>,
): Result {
  const asCaller = AsyncLocalStorage.snapshot();
  const results: Result[] = [];
  inCallSpan(description, (record): Promise<unknown> => {
    const { result, ended = Promise.resolve() } = begin(record, asCaller);
    results.push(result);
    return ended;
  })
    // The caller hears of the failure from what it got; here it was for the record.
    .catch(() => undefined);
  return results[0] as Result;
}
