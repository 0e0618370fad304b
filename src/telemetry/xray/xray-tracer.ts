import type { Subsegment as SdkSubsegment } from 'aws-xray-sdk-core';
import type { TextGuard } from '../../redaction/text-guard.ts';
import { DatagramSender } from '../../daemon/datagram-sender.ts';
import {
  formatTraceHeader,
  maySample,
  parseTraceHeader,
  TRACE_HEADER_NAME,
} from '../../propagation/trace-header.ts';
import { Annotations } from '../annotation-rules.ts';
import type { ExceptionDetail } from '../describe-exception.ts';
import { defaultExceptionDetail } from '../describe-exception.ts';
import { flagsOfStatus } from '../failure.ts';
import { attempt } from '../guarded-span.ts';
import { protectCall } from '../protect-call.ts';
import { OWN_NAMESPACE } from '../own-names.ts';
import { currentOwnSpan } from '../trace-scope.ts';
import { createWarnOnce } from '../process-logger.ts';
import type { WarnOnce } from '../process-logger.ts';
import type {
  CallData,
  InvocationDescription,
  InvocationTrace,
  Span,
  SpanDescription,
  Tracer,
} from '../tracer.ts';
import { fitDocument, roomLeft } from './fit-document.ts';
import { MAX_DOCUMENT_BYTES, MAX_TRACE_BYTES, MIN_DOCUMENT_BYTES } from './limits.ts';
import { NewIds } from './new-ids.ts';
import { Outbox } from './outbox.ts';
import type { Written } from './outbox.ts';
import { recordError } from './record-error.ts';
import type * as SdkBridge from './sdk/bridge.ts';
import { currentNamespace } from './sdk/current-namespace.ts';
import type { Keeper } from './sdk/kept-subsegment.ts';
import { addMetadata, close, closeEarly, open } from './subsegment.ts';
import type { Subsegment } from './subsegment.ts';

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
 * The tracer that records for X-Ray. It writes the documents itself; the X-Ray SDK is loaded only where the service uses it, or
 * Powertools' Tracer, so that what they record lands in the same trace (`sdk/`). This file and its folder are all that
 * knows of it.
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
      sender: new DatagramSender((error) =>
        warnOnce('A trace document could not be sent to the X-Ray daemon', error),
      ),
      detail: exceptionDetail ?? defaultExceptionDetail(),
    };
  }

  mayRecord(incomingHeader: string | undefined): boolean {
    return maySample(incomingHeader);
  }

  /** The SDK follows us in each invocation that begins when it is in the process. */
  prepare(): Promise<void> | undefined {
    return currentNamespace() === undefined || bridge !== undefined ? undefined : loadBridge();
  }

  startInvocation({ name, incomingHeader, texts }: InvocationDescription): InvocationTrace | undefined {
    const { root: traceId, parent: parentId, sampled, rest } = parseTraceHeader(incomingHeader);
    if (traceId === undefined || parentId === undefined || sampled !== true) return undefined;
    if (bridge !== undefined) {
      const { follow } = bridge;
      attempt('tell the X-Ray SDK where the code stands', () => follow(currentStanding));
    }
    const ids = new NewIds(parentId);
    return new XRayInvocation(open(ids.next(), name), parentId, {
      ...this.#recorder,
      ids,
      outbox: new Outbox(this.#recorder.sender, traceId),
      parentId,
      running: new Set(),
      sentBytes: 0,
      leftOut: 0,
      hasEnded: false,
      isClosed: false,
      texts,
      traceId,
      restOfHeader: rest,
      annotations: new Annotations(texts, this.#recorder.warnOnce),
      describedErrors: new Map(),
    });
  }
}

/** What connects with the X-Ray SDK; undefined as long as nothing else has loaded the SDK. */
let bridge: typeof SdkBridge | undefined;
let loading: Promise<void> | undefined;

function loadBridge(): Promise<void> {
  return (loading ??= import('./sdk/bridge.ts').then((loaded) => {
    bridge = loaded;
  }));
}

/** What all invocations share. */
interface Recorder {
  readonly warnOnce: WarnOnce;
  readonly sender: DatagramSender;
  readonly detail: ExceptionDetail;
}

/** What all spans of one invocation share. */
interface Invocation extends Recorder {
  readonly ids: NewIds;
  readonly outbox: Outbox;
  /** Id of the segment that the Lambda service itself sends. */
  readonly parentId: string;
  /** What has begun below the handler and has not ended. */
  readonly running: Set<XRaySpan>;
  /** Bytes of the documents that have been written. */
  sentBytes: number;
  /** Subsegments that the trace has no room for. */
  leftOut: number;
  hasEnded: boolean;
  /** Whether all of it has been sent. */
  isClosed: boolean;
  readonly texts: TextGuard;
  readonly traceId: string;
  /** Fields of the incoming header that are not ours, sent along on every call. */
  readonly restOfHeader: ReadonlyArray<readonly [string, string]>;
  readonly annotations: Annotations;
  /** Id of the exception that describes an error: what rethrows it only refers to it. */
  readonly describedErrors: Map<unknown, string>;
}

/** Where the running code stands in an invocation that is recorded here. */
function currentStanding(): SdkBridge.Standing | undefined {
  const span = currentOwnSpan();
  return span instanceof XRaySpan || span instanceof LeftOutSpan ? span.standing : undefined;
}

/** A subsegment. */
class XRaySpan implements Span, Keeper {
  readonly recording = true;
  protected readonly subsegment: Subsegment;
  protected readonly invocation: Invocation;
  readonly #parentId: string;
  #failed = false;
  /** Whether X-Ray has a document of it that is not complete. */
  #isKnown = false;

  constructor(subsegment: Subsegment, parentId: string, invocation: Invocation) {
    this.subsegment = subsegment;
    this.#parentId = parentId;
    this.invocation = invocation;
  }

  /** For the SDK. */
  get standing(): SdkBridge.Standing {
    return { keeper: this, subsegment: this.subsegment, invocation: this.invocation };
  }

  get headers(): Readonly<Record<string, string>> {
    const { traceId, restOfHeader } = this.invocation;
    const header = { root: traceId, parent: this.subsegment.id, sampled: true, rest: restOfHeader };
    return { [TRACE_HEADER_NAME]: formatTraceHeader(header) };
  }

  startSpan({ name, callee, links = [] }: SpanDescription): Span {
    const { running, ids } = this.invocation;
    if (!hasRoom(this.invocation)) return new LeftOutSpan(this, this.invocation).startSpan();
    const parentId = (bridge?.innermost(this.standing, currentStanding) ?? this.subsegment).id;
    const subsegment = open(ids.next(), name);
    if (callee !== undefined) subsegment.namespace = callee;
    for (const { traceHeader } of links) {
      const { root: linkedTrace, parent } = parseTraceHeader(traceHeader);
      // X-Ray links the traces of a batch by itself; this says which record came from which.
      if (linkedTrace !== undefined)
        addMetadata(subsegment, OWN_NAMESPACE, 'link', { trace_id: linkedTrace, id: parent });
    }
    const span = new XRaySpan(subsegment, parentId, this.invocation);
    running.add(span);
    return span;
  }

  /** Takes in what the SDK begins below this one: it leaves as it ends, or with the invocation. */
  adopt(child: SdkSubsegment): void {
    bridge?.adopt(child, this.standing);
    if (this.isOver) return;
    const isLeftOut = !hasRoom(this.invocation);
    const span = new SdkSpan(child as unknown as Subsegment, this.subsegment.id, this.invocation, isLeftOut);
    bridge?.keep(child, span);
    if (isLeftOut) this.invocation.leftOut += 1;
    else if (child.in_progress === true) this.invocation.running.add(span);
    else span.close();
  }

  get isOver(): boolean {
    return this.invocation.hasEnded;
  }

  /** The SDK's users get ours to see, and may think that they have to close it. It ends with what it stands for. */
  close(): void {}

  annotate(key: string, value: unknown): void {
    const kept = this.invocation.annotations.admit(this.subsegment.id, key, value);
    if (kept !== undefined) (this.subsegment.annotations ??= {})[kept.key] = kept.value;
  }

  addMetadata(namespace: string, key: string, value: unknown): void {
    addMetadata(this.subsegment, namespace, key, value);
  }

  metadataRoom(): number {
    return roomLeft(this.subsegment);
  }

  describe(data: CallData): void {
    const status = data.http?.response?.status;
    if (status !== undefined) Object.assign(this.subsegment, flagsOfStatus(status));
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

  /** Writes the subsegment as it stands; nothing else depends on what it holds. */
  send(): void {
    const { outbox, isClosed } = this.invocation;
    const isComplete = this.subsegment.in_progress !== true;
    const written: Written = {
      id: this.subsegment.id,
      parentId: this.#parentId,
      json: fitDocument(this.subsegment),
      alone: this.#isKnown,
    };
    // When the invocation has ended nothing comes after it that could take it along.
    this.invocation.sentBytes += isComplete && !isClosed ? outbox.put(written) : outbox.sendNow(written);
    this.#isKnown ||= !isComplete;
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

  constructor(subsegment: Subsegment, parentId: string, invocation: Invocation, isLeftOut: boolean) {
    super(subsegment, parentId, invocation);
    this.#isLeftOut = isLeftOut;
  }

  override close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    void attempt('end what the X-Ray SDK has begun', () => this.end());
  }

  override send(): void {
    // Whoever began it may have decided otherwise.
    if ((this.subsegment as { notTraced?: boolean }).notTraced === true || this.#isLeftOut) return;
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

  get standing(): SdkBridge.Standing {
    return this.#kept.standing;
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
    Object.assign(this.subsegment, flagsOfStatus(status));
  }

  /** Documents in progress; the complete ones replace them. A durable execution may never send these. */
  checkpoint(): void {
    if (this.invocation.hasEnded) return;
    this.invocation.outbox.flush();
    attempt('send the invocation so far', () => this.send());
    for (const span of this.invocation.running) attempt('send what has begun', () => span.send());
  }

  override end(): Promise<void> | undefined {
    if (!this.invocation.hasEnded) {
      this.invocation.hasEnded = true;
      const { running, leftOut, warnOnce } = this.invocation;
      if (leftOut > 0) {
        addMetadata(this.subsegment, OWN_NAMESPACE, 'subsegmentsLeftOut', leftOut);
        warnOnce(
          `An invocation has more subsegments than a trace of ${MAX_TRACE_BYTES / 1000} kB holds; ` +
            'metadata.lantern.subsegmentsLeftOut counts those that are left out',
        );
      }
      // What has begun last is below what began before it.
      for (const span of [...running].reverse()) attempt('close what is still open', () => span.endEarly());
      running.clear();
      void attempt('close the invocation', () => super.end());
      this.invocation.outbox.flush();
      this.invocation.isClosed = true;
    }
    return this.invocation.sender.drained();
  }
}
