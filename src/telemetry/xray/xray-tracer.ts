import { Tracer as PowertoolsTracer } from '@aws-lambda-powertools/tracer';
import AWSXRay from 'aws-xray-sdk-core';
import type { Subsegment } from 'aws-xray-sdk-core';
import type { TextGuard } from '../../redaction/text-guard.ts';
import { formatTraceHeader, parseTraceHeader, TRACE_HEADER_NAME } from '../../propagation/trace-header.ts';
import { attempt } from '../guarded-span.ts';
import { createWarnOnce } from '../process-logger.ts';
import type { WarnOnce } from '../process-logger.ts';
import type {
  AnnotationValue,
  CallData,
  InvocationDescription,
  InvocationTrace,
  Span,
  SpanDescription,
  Tracer,
} from '../tracer.ts';
import { checkAnnotation, protectAnnotation } from './annotation-rules.ts';
import type { CheckedAnnotation } from './annotation-rules.ts';
import { DocumentSender } from './document-sender.ts';
import type { ExceptionDetail } from './exceptions.ts';
import { flagsOfStatus } from './failure.ts';
import { OWN_NAMESPACE, roomLeft } from './fit-document.ts';
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
  readonly #recorder: Recorder;

  constructor({ exceptionDetail }: XRayTracerOptions) {
    const warnOnce = createWarnOnce();
    this.#recorder = {
      warnOnce,
      sender: new DocumentSender((error) =>
        warnOnce('A trace document could not be sent to the X-Ray daemon', error),
      ),
      detail: exceptionDetail ?? defaultExceptionDetail(),
      annotate: createAnnotator((message) => warnOnce(`X-Ray: ${message}`)),
    };
  }

  startInvocation({ name, incomingHeader, texts }: InvocationDescription): InvocationTrace | undefined {
    const { root: traceId, parent, sampled, rest } = parseTraceHeader(incomingHeader);
    if (traceId === undefined || parent === undefined || sampled !== true) return undefined;
    const root = createInvocationRoot({ root: traceId, parent, rest });
    return new XRayInvocation(open(root, name, this.#recorder.sender), {
      ...this.#recorder,
      texts,
      traceId,
      restOfHeader: rest,
      annotations: new Set(),
      describedErrors: new Map(),
    });
  }
}

/** What all invocations share. */
interface Recorder {
  readonly warnOnce: WarnOnce;
  readonly sender: DocumentSender;
  readonly detail: ExceptionDetail;
  readonly annotate: (subsegment: Subsegment, key: string, value: AnnotationValue) => void;
}

/** What all spans of one invocation share. */
interface Invocation extends Recorder {
  readonly texts: TextGuard;
  readonly traceId: string;
  /** Fields of the incoming header that are not ours, sent along on every call. */
  readonly restOfHeader: ReadonlyArray<readonly [string, string]>;
  /** What annotates which subsegment: X-Ray indexes a limited number of them per trace. */
  readonly annotations: Set<string>;
  /** Id of the exception that describes an error: what rethrows it only refers to it. */
  readonly describedErrors: Map<unknown, string>;
}

/** A subsegment. */
class XRaySpan implements Span {
  readonly recording = true;
  protected readonly subsegment: Subsegment;
  protected readonly invocation: Invocation;
  #failed = false;

  constructor(subsegment: Subsegment, invocation: Invocation) {
    this.subsegment = subsegment;
    this.invocation = invocation;
  }

  get headers(): Readonly<Record<string, string>> {
    const { traceId, restOfHeader } = this.invocation;
    const header = { root: traceId, parent: this.subsegment.id, sampled: true, rest: restOfHeader };
    return { [TRACE_HEADER_NAME]: formatTraceHeader(header) };
  }

  startSpan({ name, callee, links = [] }: SpanDescription): Span {
    const subsegment = open(this.subsegment, name, this.invocation.sender);
    if (callee !== undefined) subsegment.namespace = callee;
    for (const { traceHeader } of links) {
      const { root, parent } = parseTraceHeader(traceHeader);
      // X-Ray links the traces of a batch by itself; this says which record came from which.
      if (root !== undefined) subsegment.addMetadata('link', { trace_id: root, id: parent }, OWN_NAMESPACE);
    }
    return new XRaySpan(subsegment, this.invocation);
  }

  run(fn: () => void): void {
    fn();
  }

  annotate(key: string, value: unknown): void {
    const { annotations, annotate, texts, warnOnce } = this.invocation;
    const checked = this.#checked(key, value);
    if ('refused' in checked) {
      warnOnce(`The annotation ${JSON.stringify(texts.text(key))} is left out: ${checked.refused}`);
      return;
    }
    annotations.add(`${this.subsegment.id} ${checked.key}`);
    const { key: name, value: shown, masked } = protectAnnotation(checked, texts);
    if (masked) {
      warnOnce(`The value of the annotation ${JSON.stringify(name)} is personal or secret; it is masked`);
    }
    annotate(this.subsegment, name, shown);
  }

  #checked(key: string, value: unknown): CheckedAnnotation {
    const { annotations, texts } = this.invocation;
    const checked = checkAnnotation(key, value);
    if ('refused' in checked) return checked;
    if (texts.text(key) !== key) {
      return { refused: 'its key is personal or secret, which belongs into no key' };
    }
    return annotations.has(`${this.subsegment.id} ${checked.key}`) || annotations.size < MAX_ANNOTATIONS
      ? checked
      : { refused: `a trace may have ${MAX_ANNOTATIONS} annotations at most` };
  }

  addMetadata(namespace: string, key: string, value: unknown): void {
    this.subsegment.addMetadata(key, value, namespace);
  }

  metadataRoom(): number {
    return roomLeft(this.subsegment);
  }

  describe(data: CallData): void {
    const status = data.http?.response?.status;
    if (status !== undefined) setFlags(this.subsegment, flagsOfStatus(status));
    Object.assign(this.subsegment, protectCall(data, this.invocation.texts));
  }

  fail(error: unknown): void {
    if (this.#failed) return;
    this.#failed = true;
    recordError(this.subsegment, error, this.invocation, this.subsegment.namespace !== undefined);
  }

  end(): Promise<void> | undefined {
    close(this.subsegment);
    return undefined;
  }
}

/** The subsegment of the handler. */
class XRayInvocation extends XRaySpan implements InvocationTrace {
  #ended = false;

  override fail(error: unknown): void {
    if (!this.#ended) super.fail(error);
  }

  setStatus(status: number): void {
    setFlags(this.subsegment, flagsOfStatus(status));
  }

  /** Documents in progress; the complete ones replace them. A durable execution may never send these. */
  checkpoint(): void {
    if (!this.#ended) sendInProgress(this.subsegment, this.invocation.sender);
  }

  override end(): Promise<void> | undefined {
    if (!this.#ended) {
      this.#ended = true;
      attempt('close what is still open', () => closeOpenChildren(this.subsegment));
      attempt('close the invocation', () => close(this.subsegment));
    }
    return this.invocation.sender.drained();
  }
}

function defaultExceptionDetail(): ExceptionDetail {
  return process.env.POWERTOOLS_TRACER_CAPTURE_ERROR?.trim().toLowerCase() === 'false' ? 'location' : 'full';
}

/**
 * Annotates by Powertools' recorder, made to write to the subsegment that it is told. Its own lookup goes through one slot
 * per process, which parallel calls and overlapping invocations share.
 */
function createAnnotator(onError: (message: string) => void): Recorder['annotate'] {
  AWSXRay.setLogger({ error: onError, warn: () => undefined, info: () => undefined, debug: () => undefined });
  // Every closed subsegment leaves at once, in Lambda and in tests alike: what is kept back may be frozen with the
  // process.
  AWSXRay.setStreamingThreshold(0);
  const { provider } = new PowertoolsTracer({ captureHTTPsRequests: false });
  let annotated: Subsegment | undefined;
  provider.getSegment = () => annotated;
  return (subsegment, key, value) => {
    annotated = subsegment;
    provider.putAnnotation(key, value);
  };
}
