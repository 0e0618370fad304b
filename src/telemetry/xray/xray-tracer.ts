import { Tracer as PowertoolsTracer } from '@aws-lambda-powertools/tracer';
import AWSXRay from 'aws-xray-sdk-core';
import { formatTraceHeader, parseTraceHeader } from '../../propagation/trace-header.ts';
import { inertCall, inertInvocation } from '../inert-tracer.ts';
import type { EnteredTraceScope } from '../trace-scope.ts';
import { currentTraceScope, enterTraceScope, runInTraceScope } from '../trace-scope.ts';
import type { CallDescription, CallRecord, InvocationTrace, Tracer } from '../tracer.ts';
import { createWarnOnce } from '../warn-once.ts';
import { flagsOfStatus } from './failure.ts';
import type { InvocationRecording } from './invocation-recording.ts';
import { createInvocationRoot } from './invocation-root.ts';
import { close, closeOpenChildren, recordError, setFlags } from './open-subsegment.ts';

/**
 * The tracer that records for X-Ray. This file and its folder are all that knows of the X-Ray SDK and of Powertools'
 * Tracer; both are loaded with it.
 */
export function createXRayTracer(): Tracer {
  const warnOnce = createWarnOnce();
  const recorder = createRecorder(warnOnce);

  /** Keeps every failure of ours away from the handler. */
  const safely = <R>(what: string, fn: () => R): R | undefined => {
    try {
      return fn();
    } catch (error) {
      warnOnce(`Tracing failed to ${what}; the trace is incomplete, the response is not affected`, error);
      return undefined;
    }
  };

  const traceBelow = <R>(
    recording: InvocationRecording,
    call: Pick<CallDescription, 'name'> & Partial<CallDescription>,
    fn: (record: CallRecord) => R,
  ): R => {
    const subsegment = safely('open a subsegment', () => recording.current.addNewSubsegment(call.name));
    if (subsegment === undefined) return fn(inertCall);
    if (call.namespace !== undefined) subsegment.namespace = call.namespace;
    const record: CallRecord = {
      traceHeader: formatTraceHeader({
        root: recording.root.trace_id,
        parent: subsegment.id,
        sampled: true,
        rest: recording.restOfHeader,
      }),
      describe: (data) =>
        safely('describe a call', () => {
          const status = data.http?.response?.status;
          if (status !== undefined) setFlags(subsegment, flagsOfStatus(status));
          Object.assign(subsegment, data);
        }),
    };
    const scope = {
      recording: { ...recording, current: subsegment },
      incomingHeader: currentTraceScope()?.incomingHeader,
    };
    return settle(
      () => runInTraceScope(scope, () => fn(record)),
      (failure) =>
        safely('close a subsegment', () => {
          if (failure !== undefined) {
            recordError(subsegment, failure.error, recording.describedErrors, call.namespace !== undefined);
          }
          close(subsegment);
        }),
    );
  };

  return {
    enabled: true,
    startInvocation: (name, entered = enterTraceScope()) =>
      safely('begin the invocation', () => startInvocation(name, entered, safely)) ?? {
        ...inertInvocation,
        end: entered.leave,
      },
    trace: (name, fn) => {
      const recording = currentTraceScope()?.recording;
      return recording === undefined ? fn() : traceBelow(recording, { name }, fn);
    },
    traceCall: (call, fn) => {
      const recording = currentTraceScope()?.recording;
      return recording === undefined ? fn(inertCall) : traceBelow(recording, call, fn);
    },
    get recording() {
      return isRecording();
    },
    annotate: (key, value) => {
      if (isRecording()) safely('annotate', () => recorder.putAnnotation(key, value));
    },
    addMetadata: (namespace, key, value) => {
      if (isRecording()) safely('add metadata', () => recorder.putMetadata(key, value, namespace));
    },
  };
}

function isRecording(): boolean {
  return currentTraceScope()?.recording !== undefined;
}

/**
 * Powertools' recorder, made to write to the subsegment of the current scope. Its own lookup goes through one slot per
 * process, which parallel calls and overlapping invocations share.
 */
function createRecorder(warnOnce: (message: string) => void): PowertoolsTracer['provider'] {
  AWSXRay.setLogger({
    error: (message: string) => warnOnce(`X-Ray: ${message}`),
    warn: () => undefined,
    info: () => undefined,
    debug: () => undefined,
  });
  // Every closed subsegment leaves at once, in Lambda and in tests alike: what is kept back may be frozen with the
  // process.
  AWSXRay.setStreamingThreshold(0);
  const { provider } = new PowertoolsTracer({ captureHTTPsRequests: false });
  provider.getSegment = () => currentTraceScope()?.recording?.current;
  return provider;
}

function startInvocation(
  name: string,
  { scope, leave }: EnteredTraceScope,
  safely: <R>(what: string, fn: () => R) => R | undefined,
): InvocationTrace {
  const { root: traceId, parent, sampled, rest } = parseTraceHeader(scope.incomingHeader);
  if (traceId === undefined || parent === undefined || sampled !== true) {
    return { ...inertInvocation, end: leave };
  }
  const root = createInvocationRoot({ root: traceId, parent, rest });
  const handler = root.addNewSubsegment(name);
  const describedErrors = new Map<unknown, string>();
  scope.recording = { root, current: handler, restOfHeader: rest, describedErrors };
  let failed = false;
  let ended = false;
  return {
    fail: (error) => {
      if (failed) return;
      failed = true;
      safely('record an error', () => recordError(handler, error, describedErrors));
    },
    setStatus: (status) => safely('record the status', () => setFlags(handler, flagsOfStatus(status))),
    end: () => {
      if (ended) return;
      ended = true;
      leave();
      safely('close the invocation', () => {
        closeOpenChildren(handler);
        close(handler);
      });
    },
  };
}

/** Runs `fn`, sync or async, and tells when it has settled without changing what the caller gets. */
function settle<R>(fn: () => R, onSettled: (failure?: { readonly error: unknown }) => void): R {
  let result: R;
  try {
    result = fn();
  } catch (error) {
    onSettled({ error });
    throw error;
  }
  if (!isThenable(result)) {
    onSettled();
    return result;
  }
  return result.then(
    (value) => {
      onSettled();
      return value;
    },
    (error: unknown) => {
      onSettled({ error });
      throw error;
    },
  ) as R;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
