import { Scope } from '../propagation/scope.ts';
import { incomingTraceHeader } from '../propagation/trace-header.ts';
import type { Capture } from './capture.ts';
import type { InvocationRecording } from './xray/invocation-recording.ts';

/** Where the running code stands in its trace. Each function, call and record runs in a scope of its own. */
export interface TraceScope {
  /** Absent while the invocation is not recorded: unsampled, or the recorder is still loading. */
  recording?: InvocationRecording;
  /** The header as the invocation received it, for calls of an invocation that is not recorded. */
  readonly incomingHeader: string | undefined;
}

const scopes = new Scope<TraceScope>();

/** The scope of the running code; undefined outside of an invocation. */
export function currentTraceScope(): TraceScope | undefined {
  return scopes.get();
}

/** How the pipeline of the running invocation captures; undefined when it does not, or nothing is recorded. */
export function pipelineCapture(): Capture | undefined {
  return currentTraceScope()?.recording?.capture;
}

/** Says how the pipeline captures, for everything that begins in this invocation from now on. */
export function setPipelineCapture(capture: Capture): void {
  const recording = currentTraceScope()?.recording;
  if (recording !== undefined) recording.capture = capture;
}

/** Runs `fn` in a scope of its own and returns what it returns. */
export function runInTraceScope<R>(scope: TraceScope, fn: () => R): R {
  return scopes.run(scope, fn);
}

/** The scope of an invocation, as a hook opens it. */
export interface EnteredTraceScope {
  readonly scope: TraceScope;
  /** Empties the scope; see {@link Scope.enter}. */
  readonly leave: () => void;
}

/** Opens the scope of an invocation. Must be called in the synchronous part of a hook. */
export function enterTraceScope(): EnteredTraceScope {
  const scope: TraceScope = { incomingHeader: incomingTraceHeader() };
  return { scope, leave: scopes.enter(scope) };
}
