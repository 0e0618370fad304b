import { Tracer as PowertoolsTracer } from '@aws-lambda-powertools/tracer';
import AWSXRay from 'aws-xray-sdk-core';
import type { TextGuard } from '../../redaction/text-guard.ts';
import { createTextGuard } from '../../redaction/text-guard.ts';
import { formatTraceHeader, parseTraceHeader } from '../../propagation/trace-header.ts';
import { inertCall, inertInvocation } from '../inert-tracer.ts';
import { settle } from '../settle.ts';
import type { EnteredTraceScope } from '../trace-scope.ts';
import { currentTraceScope, enterTraceScope, pipelineCapture, runInTraceScope } from '../trace-scope.ts';
import type { CallDescription, CallRecord, InvocationTrace, Tracer } from '../tracer.ts';
import type { WarnOnce } from '../warn-once.ts';
import { createWarnOnce } from '../warn-once.ts';
import { checkAnnotation, protectAnnotation } from './annotation-rules.ts';
import { DocumentSender } from './document-sender.ts';
import type { ExceptionDetail } from './exceptions.ts';
import { flagsOfStatus } from './failure.ts';
import { roomLeft } from './fit-document.ts';
import type { InvocationRecording } from './invocation-recording.ts';
import { createInvocationRoot } from './invocation-root.ts';
import { MAX_ANNOTATIONS } from './limits.ts';
import { close, closeOpenChildren, open, sendInProgress } from './open-subsegment.ts';
import { protectCall } from './protect-call.ts';
import { recordError, setFlags } from './record-error.ts';

/** Options of {@link createXRayTracer}. */
export interface XRayTracerOptions {
  /**
   * How much of an error is recorded.
   *
   * @default `location` where `POWERTOOLS_TRACER_CAPTURE_ERROR` is `false`, else `full`
   */
  readonly exceptionDetail?: ExceptionDetail;
}

/**
 * The tracer that records for X-Ray. This file and its folder are all that knows of the X-Ray SDK and of Powertools'
 * Tracer; both are loaded with it.
 */
export function createXRayTracer(options: XRayTracerOptions = {}): Tracer {
  return new XRayTracer(options);
}

class XRayTracer implements Tracer {
  readonly enabled = true;
  readonly #warnOnce: WarnOnce;
  readonly #sender: DocumentSender;
  readonly #recorder: PowertoolsTracer['provider'];
  readonly #detail: ExceptionDetail;
  readonly #defaultTexts: TextGuard = createTextGuard();

  constructor({ exceptionDetail }: XRayTracerOptions) {
    this.#warnOnce = createWarnOnce();
    this.#detail = exceptionDetail ?? defaultExceptionDetail();
    this.#sender = new DocumentSender((error) =>
      this.#warnOnce('A trace document could not be sent to the X-Ray daemon', error),
    );
    this.#recorder = createRecorder((message) => this.#warnOnce(`X-Ray: ${message}`));
  }

  get recording(): boolean {
    return currentTraceScope()?.recording !== undefined;
  }

  startInvocation(name: string, entered: EnteredTraceScope = enterTraceScope()): InvocationTrace {
    return (
      this.#safely('begin the invocation', () => this.#startInvocation(name, entered)) ?? {
        ...inertInvocation,
        end: () => {
          entered.leave();
          return undefined;
        },
      }
    );
  }

  trace<R>(name: string, fn: () => R): R {
    const recording = currentTraceScope()?.recording;
    return recording === undefined ? fn() : this.#traceBelow(recording, { name }, fn);
  }

  traceCall<R>(call: CallDescription, fn: (record: CallRecord) => R): R {
    const recording = currentTraceScope()?.recording;
    return recording === undefined ? fn(inertCall) : this.#traceBelow(recording, call, fn);
  }

  annotate(key: string, value: unknown): void {
    const recording = currentTraceScope()?.recording;
    if (recording === undefined) return;
    this.#safely('annotate', () => {
      const checked = checkAnnotation(key, value);
      if ('refused' in checked) {
        this.#refuseAnnotation(key, checked.refused);
        return;
      }
      if (this.#texts.text(key) !== key) {
        this.#refuseAnnotation(
          this.#texts.text(key),
          'its key is personal or secret, which belongs into no key',
        );
        return;
      }
      const { annotations, current } = recording;
      const place = `${current.id} ${checked.key}`;
      if (!annotations.has(place) && annotations.size >= MAX_ANNOTATIONS) {
        this.#refuseAnnotation(key, `a trace may have ${MAX_ANNOTATIONS} annotations at most`);
        return;
      }
      annotations.add(place);
      const { key: name, value: shown, masked } = protectAnnotation(checked, this.#texts);
      if (masked) {
        this.#warnOnce(
          `The value of the annotation ${JSON.stringify(name)} is personal or secret; it is masked`,
        );
      }
      this.#recorder.putAnnotation(name, shown);
    });
  }

  addMetadata(namespace: string, key: string, value: unknown): void {
    if (this.recording) this.#safely('add metadata', () => this.#recorder.putMetadata(key, value, namespace));
  }

  metadataRoom(): number {
    const current = currentTraceScope()?.recording?.current;
    return current === undefined ? 0 : (this.#safely('measure a document', () => roomLeft(current)) ?? 0);
  }

  /** What every text passes that is recorded: by the policy of the pipeline where it has one. */
  get #texts(): TextGuard {
    return pipelineCapture()?.texts ?? this.#defaultTexts;
  }

  #startInvocation(name: string, { scope, leave }: EnteredTraceScope): InvocationTrace {
    const { root: traceId, parent, sampled, rest } = parseTraceHeader(scope.incomingHeader);
    if (traceId === undefined || parent === undefined || sampled !== true) {
      return {
        ...inertInvocation,
        end: () => {
          leave();
          return undefined;
        },
      };
    }
    const root = createInvocationRoot({ root: traceId, parent, rest });
    const handler = open(root, name, this.#sender);
    const describedErrors = new Map<unknown, string>();
    scope.recording = { root, current: handler, restOfHeader: rest, annotations: new Set(), describedErrors };
    let failed = false;
    let ended = false;
    return {
      recording: true,
      fail: (error) => {
        if (failed || ended) return;
        failed = true;
        this.#safely('record an error', () =>
          recordError(handler, error, {
            describedErrors,
            detail: this.#detail,
            texts: scope.recording?.capture?.texts ?? this.#defaultTexts,
          }),
        );
      },
      setStatus: (status) =>
        this.#safely('record the status', () => setFlags(handler, flagsOfStatus(status))),
      addMetadata: (namespace, key, value) =>
        this.#safely('add metadata', () => handler.addMetadata(key, value, namespace)),
      checkpoint: () => {
        if (!ended) this.#safely('send what is known so far', () => sendInProgress(handler, this.#sender));
      },
      end: () => {
        leave();
        if (!ended) {
          ended = true;
          this.#safely('close what is still open', () => closeOpenChildren(handler));
          this.#safely('close the invocation', () => close(handler));
        }
        return this.#sender.drained();
      },
    };
  }

  #traceBelow<R>(
    recording: InvocationRecording,
    call: Pick<CallDescription, 'name'> & Partial<CallDescription>,
    fn: (record: CallRecord) => R,
  ): R {
    const subsegment = this.#safely('open a subsegment', () =>
      open(recording.current, call.name, this.#sender),
    );
    if (subsegment === undefined) return fn(inertCall);
    if (call.namespace !== undefined) subsegment.namespace = call.namespace;
    const record: CallRecord = {
      // Written only for calls that ask for it: inner functions send nothing.
      get traceHeader() {
        return formatTraceHeader({
          root: recording.root.trace_id,
          parent: subsegment.id,
          sampled: true,
          rest: recording.restOfHeader,
        });
      },
      describe: (data) =>
        this.#safely('describe a call', () => {
          const status = data.http?.response?.status;
          if (status !== undefined) setFlags(subsegment, flagsOfStatus(status));
          Object.assign(subsegment, protectCall(data, this.#texts));
        }),
    };
    const scope = {
      recording: { ...recording, current: subsegment },
      incomingHeader: currentTraceScope()?.incomingHeader,
    };
    return settle(
      () => runInTraceScope(scope, () => fn(record)),
      (failure) => {
        if (failure !== undefined) {
          const { describedErrors } = recording;
          this.#safely('record an error', () =>
            recordError(
              subsegment,
              failure.error,
              {
                describedErrors,
                detail: this.#detail,
                texts: recording.capture?.texts ?? this.#defaultTexts,
              },
              call.namespace !== undefined,
            ),
          );
        }
        this.#safely('close a subsegment', () => close(subsegment));
      },
    );
  }

  #refuseAnnotation(key: string, rule: string): void {
    this.#warnOnce(`The annotation ${JSON.stringify(key)} is left out: ${rule}`);
  }

  /** Keeps every failure of ours away from the handler. */
  #safely<R>(what: string, fn: () => R): R | undefined {
    try {
      return fn();
    } catch (error) {
      // One defect shows in many places; its message tells it from others.
      const key = error instanceof Error ? error.message : String(error);
      this.#warnOnce(
        `Tracing failed to ${what}; the trace is incomplete, the response is not affected`,
        error,
        key,
      );
      return undefined;
    }
  }
}

function defaultExceptionDetail(): ExceptionDetail {
  return process.env.POWERTOOLS_TRACER_CAPTURE_ERROR?.trim().toLowerCase() === 'false' ? 'location' : 'full';
}

/**
 * Powertools' recorder, made to write to the subsegment of the current scope. Its own lookup goes through one slot per
 * process, which parallel calls and overlapping invocations share.
 */
function createRecorder(onError: (message: string) => void): PowertoolsTracer['provider'] {
  AWSXRay.setLogger({ error: onError, warn: () => undefined, info: () => undefined, debug: () => undefined });
  // Every closed subsegment leaves at once, in Lambda and in tests alike: what is kept back may be frozen with the
  // process.
  AWSXRay.setStreamingThreshold(0);
  const { provider } = new PowertoolsTracer({ captureHTTPsRequests: false });
  provider.getSegment = () => currentTraceScope()?.recording?.current;
  return provider;
}
