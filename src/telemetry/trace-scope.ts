import { Scope } from '../propagation/scope.ts';
import { incomingTraceHeader, TRACE_HEADER_NAME } from '../propagation/trace-header.ts';
import type { Captures } from './captures.ts';
import type { GuardedSpan } from './guarded-span.ts';
import type { CallData, SpanDescription } from './tracer.ts';
import { whenSettled } from './when-settled.ts';

/** Where the running code stands in its trace. Each function, call and record runs in a scope of its own. */
export interface TraceScope {
  /** The header as the invocation received it, for calls of an invocation that is not recorded. */
  readonly incomingHeader: string | undefined;
  /** What the recorder gave for where the code stands; absent where it records nothing. No call of it throws. */
  readonly span?: GuardedSpan;
  /** How values and texts of this invocation are shown; there with the span of the handler. */
  readonly captures?: Captures;
}

const scopes = new Scope<TraceScope>();

/** The span of the running code; undefined where nothing is recorded. */
export function currentSpan(): GuardedSpan | undefined {
  const span = scopes.get()?.span;
  return span?.recording === true ? span : undefined;
}

/** How the running invocation shows values and texts; undefined where nothing is recorded. */
export function currentCaptures(): Captures | undefined {
  return currentSpan() && scopes.get()?.captures;
}

/**
 * Opens the scope of an invocation. Must be called in the synchronous part of a hook; what stands there may follow later.
 *
 * @returns sets the scope, and empties it; see {@link Scope.enter}.
 */
export function enterTraceScope(): (scope?: TraceScope) => void {
  return scopes.enter();
}

/**
 * Runs `fn` below a new span, which ends when `fn` has settled, and fails with what it throws. Where nothing is recorded
 * `fn` just runs.
 *
 * @returns what `fn` returns; what it throws is thrown on.
 */
export function inSpan<R>(description: SpanDescription, fn: (span: GuardedSpan | undefined) => R): R {
  const span = currentSpan()?.startSpan(description);
  if (span === undefined) return fn(undefined);
  const scope = scopes.get() as TraceScope;
  return whenSettled(
    () => {
      let outcome: (() => R) | undefined;
      const run = (): void => {
        try {
          const result = fn(span);
          outcome = () => result;
        } catch (error) {
          outcome = () => {
            throw error;
          };
        }
      };
      scopes.run({ ...scope, span }, () => span.run(run));
      return (outcome as unknown as () => R)();
    },
    (failure) => {
      if (failure !== undefined) span.fail(failure.error);
      void span.end();
    },
  );
}

/** What a call that leaves the process learns from its record, and tells it. */
export interface CallRecord {
  /** Whether anything is recorded: false means that nothing needs to be computed for it. */
  readonly recording: boolean;
  /** The headers that carry the trace on, for the call to send along unless its caller set them. */
  readonly headers: Readonly<Record<string, string>>;
  describe(data: CallData): void;
}

/** {@link inSpan} for a call that leaves the process. */
export function inCallSpan<R>(description: SpanDescription, fn: (record: CallRecord) => R): R {
  return inSpan(description, (span) =>
    fn(span ?? { recording: false, describe: () => undefined, headers: passedOn() }),
  );
}

/** Not recording is no reason to break the trace of those who do: the header goes on as it came. */
function passedOn(): Readonly<Record<string, string>> {
  const scope = scopes.get();
  if (scope?.span !== undefined) return scope.span.headers;
  const header = scope?.incomingHeader ?? incomingTraceHeader();
  return header === undefined ? {} : { [TRACE_HEADER_NAME]: header };
}
