import { Tracer as PowertoolsTracer } from '@aws-lambda-powertools/tracer';
import AWSXRay from 'aws-xray-sdk-core';
import type { Segment, Subsegment } from 'aws-xray-sdk-core';
import type { TextGuard } from '../../redaction/text-guard.ts';
import { formatTraceHeader, parseTraceHeader, TRACE_HEADER_NAME } from '../../propagation/trace-header.ts';
import { attempt } from '../guarded-span.ts';
import { currentOwnSpan } from '../trace-scope.ts';
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
import { keep } from './kept-subsegment.ts';
import type { Keeper } from './kept-subsegment.ts';
import { MAX_ANNOTATIONS, MAX_DOCUMENT_BYTES, MAX_TRACE_BYTES, MIN_DOCUMENT_BYTES } from './limits.ts';
import { close, closeEarly, open } from './open-subsegment.ts';
import { protectCall } from './protect-call.ts';
import { recordError, setFlags } from './record-error.ts';
import { followPlace } from './sdk-context.ts';
import type { Place } from './sdk-context.ts';

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
    attempt('tell the X-Ray SDK where the code stands', () => followPlace(currentPlace));
    return new XRayInvocation(open(root, parent, name), {
      ...this.#recorder,
      root,
      running: new Set(),
      sentBytes: 0,
      leftOut: 0,
      hasEnded: false,
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
  readonly root: Segment;
  /** What has begun below the handler and has not ended. */
  readonly running: Set<XRaySpan>;
  /** Bytes of the documents that have been sent. */
  sentBytes: number;
  /** Subsegments that the trace has no room for. */
  leftOut: number;
  hasEnded: boolean;
  readonly texts: TextGuard;
  readonly traceId: string;
  /** Fields of the incoming header that are not ours, sent along on every call. */
  readonly restOfHeader: ReadonlyArray<readonly [string, string]>;
  /** What annotates which subsegment: X-Ray indexes a limited number of them per trace. */
  readonly annotations: Set<string>;
  /** Id of the exception that describes an error: what rethrows it only refers to it. */
  readonly describedErrors: Map<unknown, string>;
}

/** Where the running code stands in an invocation that is recorded here. */
function currentPlace(): Place | undefined {
  const span = currentOwnSpan();
  return span instanceof XRaySpan || span instanceof LeftOutSpan ? span.place : undefined;
}

/** A subsegment. */
class XRaySpan implements Span, Keeper {
  readonly recording = true;
  protected readonly subsegment: Subsegment;
  protected readonly invocation: Invocation;
  #failed = false;

  constructor(subsegment: Subsegment, invocation: Invocation) {
    this.subsegment = subsegment;
    this.invocation = invocation;
    keep(subsegment, this);
  }

  /** For the SDK. */
  get place(): Place {
    return { key: this, entity: this.subsegment };
  }

  get headers(): Readonly<Record<string, string>> {
    const { traceId, restOfHeader } = this.invocation;
    const header = { root: traceId, parent: this.subsegment.id, sampled: true, rest: restOfHeader };
    return { [TRACE_HEADER_NAME]: formatTraceHeader(header) };
  }

  startSpan({ name, callee, links = [] }: SpanDescription): Span {
    const { root, running } = this.invocation;
    if (!hasRoom(this.invocation)) return new LeftOutSpan(this, this.invocation).startSpan();
    const subsegment = open(root, this.#innermost().id, name);
    if (callee !== undefined) subsegment.namespace = callee;
    for (const { traceHeader } of links) {
      const { root: traceId, parent } = parseTraceHeader(traceHeader);
      // X-Ray links the traces of a batch by itself; this says which record came from which.
      if (traceId !== undefined)
        subsegment.addMetadata('link', { trace_id: traceId, id: parent }, OWN_NAMESPACE);
    }
    const span = new XRaySpan(subsegment, this.invocation);
    running.add(span);
    return span;
  }

  /** What the SDK has begun below this one, around the running code; or else this one. */
  #innermost(): Subsegment {
    const inner = followPlace(currentPlace)?.find(this) as Subsegment | undefined;
    return inner?.segment === this.invocation.root && inner.in_progress === true ? inner : this.subsegment;
  }

  /** Takes in what the SDK begins below this one: it leaves as it ends, or with the invocation. */
  adopt(child: Subsegment): void {
    const { root, running, traceId } = this.invocation;
    Object.assign(child, { segment: root, parent: this.subsegment, trace_id: traceId });
    if (this.isOver) {
      // It is not sent, nor is what it begins, and no header goes out for it.
      Object.assign(child, { notTraced: true, noOp: true });
      return;
    }
    child.notTraced = this.subsegment.notTraced;
    const isLeftOut = !hasRoom(this.invocation);
    const span = new SdkSpan(child, this.invocation, isLeftOut);
    if (isLeftOut) this.invocation.leftOut += 1;
    else if (child.in_progress === true) running.add(span);
    else span.close();
  }

  get isOver(): boolean {
    return this.invocation.hasEnded;
  }

  /** The SDK's users get ours to see, and may think that they have to close it. It ends with what it stands for. */
  close(): void {}

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

  fail(error: unknown, remote = this.subsegment.namespace !== undefined): void {
    if (this.#failed) return;
    this.#failed = true;
    recordError(this.subsegment, error, this.invocation, remote);
  }

  end(): Promise<void> | undefined {
    this.invocation.running.delete(this);
    close(this.subsegment);
    this.send();
    return undefined;
  }

  /** Closes and sends what the end of the invocation overtakes; when it ends itself, it is sent again. */
  endEarly(): void {
    closeEarly(this.subsegment);
    this.send();
  }

  /** Sends the subsegment as it stands; nothing else depends on what it holds. */
  send(): void {
    this.invocation.sentBytes += this.invocation.sender.sendDocument(this.subsegment);
  }
}

/** The handler's document has the most to say, and its place is kept. */
function hasRoom({ running, sentBytes }: Invocation): boolean {
  return MAX_DOCUMENT_BYTES + sentBytes + (running.size + 1) * MIN_DOCUMENT_BYTES <= MAX_TRACE_BYTES;
}

/** A subsegment that the SDK has begun below one of ours. */
class SdkSpan extends XRaySpan {
  readonly #isLeftOut: boolean;
  #isClosed = false;

  constructor(subsegment: Subsegment, invocation: Invocation, isLeftOut: boolean) {
    super(subsegment, invocation);
    this.#isLeftOut = isLeftOut;
  }

  override close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    void attempt('end what the X-Ray SDK has begun', () => this.end());
  }

  override send(): void {
    // Whoever began it may have decided otherwise.
    if (this.subsegment.notTraced || this.#isLeftOut) return;
    const { http } = this.subsegment as CallData;
    if (http !== undefined) Object.assign(this.subsegment, protectCall({ http }, this.invocation.texts));
    super.send();
  }
}

/** Below a subsegment, in the place of those that the trace has no room for: it counts them. */
class LeftOutSpan implements Span {
  readonly recording = true;
  readonly #kept: XRaySpan;
  readonly #invocation: Invocation;

  constructor(kept: XRaySpan, invocation: Invocation) {
    this.#kept = kept;
    this.#invocation = invocation;
  }

  get place(): Place {
    return this.#kept.place;
  }

  get headers(): Readonly<Record<string, string>> {
    return this.#kept.headers;
  }

  startSpan(): Span {
    this.#invocation.leftOut += 1;
    return this;
  }

  metadataRoom(): number {
    return 0;
  }

  annotate(): void {}
  addMetadata(): void {}
  describe(): void {}
  fail(): void {}
  end(): undefined {}
}

/** The subsegment of the handler. */
class XRayInvocation extends XRaySpan implements InvocationTrace {
  override fail(error: unknown, remote?: boolean): void {
    if (!this.invocation.hasEnded) super.fail(error, remote);
  }

  setStatus(status: number): void {
    setFlags(this.subsegment, flagsOfStatus(status));
  }

  /** Documents in progress; the complete ones replace them. A durable execution may never send these. */
  checkpoint(): void {
    if (this.invocation.hasEnded) return;
    attempt('send the invocation so far', () => this.send());
    for (const span of this.invocation.running) attempt('send what has begun', () => span.send());
  }

  override end(): Promise<void> | undefined {
    if (!this.invocation.hasEnded) {
      this.invocation.hasEnded = true;
      const { running, leftOut, warnOnce } = this.invocation;
      if (leftOut > 0) {
        this.subsegment.addMetadata('subsegmentsLeftOut', leftOut, OWN_NAMESPACE);
        warnOnce(
          `An invocation has more subsegments than a trace of ${MAX_TRACE_BYTES / 1000} kB holds; ` +
            'metadata.lantern.subsegmentsLeftOut counts those that are left out',
        );
      }
      void attempt('close the invocation', () => super.end());
      for (const span of running) attempt('close what is still open', () => span.endEarly());
      running.clear();
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
    // Its own method asks us.
    annotated = {
      addAnnotation(...args) {
        AWSXRay.Subsegment.prototype.addAnnotation.apply(subsegment, args);
      },
    } as Pick<Subsegment, 'addAnnotation'> as Subsegment;
    provider.putAnnotation(key, value);
  };
}
