import { incomingTraceHeader } from '../propagation/trace-header.ts';
import { currentTraceScope } from './trace-scope.ts';
import type { CallRecord, InvocationTrace, Tracer } from './tracer.ts';

const nothing = (): undefined => undefined;

/** The record of an invocation that is not recorded. */
export const inertInvocation: InvocationTrace = {
  recording: false,
  fail: nothing,
  setStatus: nothing,
  addMetadata: nothing,
  checkpoint: nothing,
  end: nothing,
};

/** The record of a call that is not recorded. */
export const inertCall: CallRecord = {
  // Not recording is no reason to break the trace of those who do: the header goes on as it came.
  get traceHeader() {
    return currentTraceScope()?.incomingHeader ?? incomingTraceHeader();
  },
  describe: nothing,
};

/** The tracer of a process that does not trace. It holds no state and loads nothing. */
export const inertTracer: Tracer = {
  enabled: false,
  startInvocation: () => inertInvocation,
  trace: (_name, fn) => fn(),
  traceCall: (_call, fn) => fn(inertCall),
  recording: false,
  annotate: nothing,
  addMetadata: nothing,
  metadataRoom: () => 0,
};
