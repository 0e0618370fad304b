import { isAsyncFunction } from 'node:util/types';
import { Scope } from '../propagation/scope.ts';
import type { Aside, OpenedScope } from '../propagation/scope.ts';
import { incomingTraceHeader, TRACE_HEADER_NAME } from '../propagation/trace-header.ts';
import type { Captures } from './captures.ts';
import type { GuardedSpan } from './guarded-span.ts';
import type { CallData, Span, SpanDescription } from './tracer.ts';
import { whenSettled } from './when-settled.ts';
import type { Outcome } from './when-settled.ts';

/** Where the running code stands in its trace. Each function, call and record runs in a scope of its own. */
export interface TraceScope {
  /** The header as the invocation received it, for calls of an invocation that is not recorded. */
  readonly incomingHeader: string | undefined;
  /** What the recorder gave for where the code stands; absent where it records nothing. No call of it throws. */
  readonly span?: GuardedSpan;
  /** How values and texts of this invocation are shown; there with the span of the handler. */
  readonly captures?: Captures;
  /** Of the request that the invocation answers; there with the span of the handler. */
  readonly routing?: Routing;
}

/** What a router within the handler has told of a request. */
export interface Routing {
  /** The route that was taken: `/orders/:id`. */
  route?: string;
}

const scopes = new Scope<TraceScope>();

/** The span of the running code; undefined where nothing is recorded. */
export function currentSpan(): GuardedSpan | undefined {
  const span = scopes.get()?.span;
  return span?.recording === true ? span : undefined;
}

/** The recorder's own span of the running code; undefined where there is none, or its invocation is over. */
export function currentOwnSpan(): Span | undefined {
  return scopes.get()?.span?.own;
}

/** How the running invocation shows values and texts; undefined where nothing is recorded. */
export function currentCaptures(): Captures | undefined {
  return currentSpan() && scopes.get()?.captures;
}

/** Tells which route the request of the running invocation has taken. */
export function tellRoute(route: string): void {
  const routing = currentSpan() && scopes.get()?.routing;
  if (routing !== undefined) routing.route = route;
}

/** The scope of an invocation that has begun. */
export interface InvocationScope {
  readonly opened: OpenedScope<TraceScope>;
  /** The headers that carry on the trace of the pipeline around this one; undefined where there is no other. */
  readonly outer: Readonly<Record<string, string>> | undefined;
}

/**
 * Opens the scope of an invocation. Must be called in the synchronous part of a hook; what stands there may follow later.
 * See {@link Scope.enter}.
 *
 * @param invocation Lambda's context.
 */
export function enterTraceScope(invocation: unknown): InvocationScope {
  const around = scopes.around(invocation);
  return { outer: around && passedOn(around), opened: scopes.enter(invocation) };
}

/** Work below a span of its own. */
export class Step {
  readonly span: GuardedSpan;
  readonly #scope: TraceScope;

  constructor(span: GuardedSpan, scope: TraceScope) {
    this.span = span;
    this.#scope = { ...scope, span };
  }

  /** How the invocation shows values. */
  get captures(): Captures | undefined {
    return this.#scope.captures;
  }

  /** What follows runs below the span, until {@link Step.leave} is given what this returns, in the same turn. */
  enter(): Aside<TraceScope> {
    return scopes.swap(this.#scope);
  }

  leave(before: Aside<TraceScope>): void {
    scopes.restore(before);
  }

  /** Runs `fn` by the recorder, where that wants it; only after {@link Step.enter}. */
  run<R>(fn: () => R): R {
    let outcome: (() => R) | undefined;
    this.span.run(() => {
      try {
        const result = fn();
        outcome = () => result;
      } catch (error) {
        outcome = () => {
          throw error;
        };
      }
    });
    return (outcome as unknown as () => R)();
  }

  end(outcome: Outcome): void {
    if ('error' in outcome) this.span.fail(outcome.error);
    void this.span.end();
  }
}

/** Begins work below where the code stands, or below where it stood; undefined where nothing is recorded. */
export function beginStep(description: SpanDescription, from?: TraceScope): Step | undefined {
  const current = scopes.get();
  const scope = current?.span?.recording === true ? current : from;
  const span = scope?.span?.startSpan(description);
  return span && new Step(span, scope as TraceScope);
}

/** Where the code stands, for {@link beginStep} later; undefined where nothing is recorded. */
export function currentPlace(): TraceScope | undefined {
  return currentSpan() && scopes.get();
}

/** Runs `fn` where nothing is recorded. */
export function unrecorded<R>(fn: () => R): R {
  return scopes.run({ incomingHeader: undefined }, fn);
}

/**
 * Runs `fn` below a new span, which ends when `fn` has settled, and fails with what it throws. Where nothing is recorded
 * `fn` just runs.
 *
 * @returns what `fn` returns; what it throws is thrown on.
 */
export function inSpan<R>(description: SpanDescription, fn: (span: GuardedSpan | undefined) => R): R {
  const step = beginStep(description);
  if (step === undefined) return fn(undefined);
  const before = step.enter();
  try {
    const result = step.span.runs ? step.run(() => fn(step.span)) : fn(step.span);
    return whenSettled(result, isAsyncFunction(fn), (outcome) => step.end(outcome));
  } catch (error) {
    step.end({ error });
    throw error;
  } finally {
    step.leave(before);
  }
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
function passedOn(scope = scopes.get()): Readonly<Record<string, string>> {
  if (scope?.span !== undefined) return scope.span.headers;
  const header = scope?.incomingHeader ?? incomingTraceHeader();
  return header === undefined ? {} : { [TRACE_HEADER_NAME]: header };
}
