import type * as Api from '@opentelemetry/api';
import { formatBaggage, parseBaggage } from '../../propagation/baggage.ts';
import type { IncomingTrace } from '../../propagation/incoming-trace.ts';
import { formatTraceHeader, parseTraceHeader, TRACE_HEADER_NAME } from '../../propagation/trace-header.ts';
import type { TraceHeader } from '../../propagation/trace-header.ts';
import { formatTraceparent, parseTraceparent, traceHeaderOf, traceparentOf } from '../../propagation/w3c.ts';
import type { Traceparent } from '../../propagation/w3c.ts';
import type { TextGuard } from '../../redaction/text-guard.ts';
import { Annotations } from '../annotation-rules.ts';
import type { DescribedException, ExceptionDetail } from '../describe-exception.ts';
import { defaultExceptionDetail, describeException } from '../describe-exception.ts';
import { flagsOfError } from '../failure.ts';
import { attempt } from '../guarded-span.ts';
import { OWN_NAMESPACE, UNFINISHED } from '../own-names.ts';
import { createWarnOnce } from '../process-logger.ts';
import type { WarnOnce } from '../process-logger.ts';
import type {
  AnnotationValue,
  CallData,
  InvocationDescription,
  InvocationTrace,
  Span,
  SpanDescription,
  SpanKind,
  Tracer,
} from '../tracer.ts';
import { describeCall, invocationAttributes, recordAttributes, wellFormed } from './attributes.ts';
import { followScope, standsInScope, versionWithProvider } from './follow-scope.ts';
import type { Standing } from './follow-scope.ts';
import { SpanMetadata } from './span-metadata.ts';

/** Options of `createOpenTelemetryTracer()`. */
export interface OpenTelemetryTracerOptions {
  /**
   * Who makes the spans, and sends them.
   *
   * @default the one that is registered with `@opentelemetry/api` when an invocation begins
   */
  readonly tracerProvider?: Api.TracerProvider;
  /**
   * How much of an error is recorded: `full` its message and stack, `location` its type and where it was thrown.
   *
   * @default `location` where `POWERTOOLS_TRACER_CAPTURE_ERROR` is `false`, else `full`
   */
  readonly exceptionDetail?: ExceptionDetail;
  /**
   * Whose child the handler's span is where no span is active. `lambda`: what Lambda says (`_X_AMZN_TRACE_ID`), or the
   * `traceparent` of a request where Lambda's trace is not sampled. `event`: only that `traceparent`; Lambda's header goes on
   * to be sent along, but decides nothing. Where X-Ray is not active for a function, Lambda says that its trace is not sampled,
   * and most samplers follow: choose `event` there, or a sampler of your own.
   *
   * @default lambda
   */
  readonly parent?: 'lambda' | 'event';
  /**
   * Milliseconds that the answer waits at most until the spans have left; `tracing({ flushTimeout })` goes before it.
   *
   * @default 500
   */
  readonly flushTimeout?: number;
}

const INSTRUMENTATION_NAME = 'lambda-lantern';
const DEFAULT_FLUSH_TIMEOUT = 500;

/** The part of a provider that its interface leaves out, and every SDK has. */
type FlushedProvider = Api.TracerProvider & {
  forceFlush?: () => Promise<void>;
  /** Of `lambda-lantern/opentelemetry/xray-udp` alone: ends what anybody has begun in a trace. */
  endOpenSpans?: (traceId: string, reason: string) => void;
};
/** What is registered: it knows a provider as soon as there is one. */
interface Proxy {
  getDelegate?: () => Api.TracerProvider;
  getDelegateTracer?: (name: string) => Api.Tracer | undefined;
}

/** Spans that stand for something of ours, also those that others have made. */
const ownSpans = new WeakSet<Api.Span>();

/** The tracer that records by OpenTelemetry. It is given the API, which is an optional peer of the package. */
export class OpenTelemetryTracer implements Tracer {
  readonly flushTimeout: number;
  readonly #api: typeof Api;
  readonly #options: OpenTelemetryTracerOptions;
  readonly #warnOnce = createWarnOnce();
  readonly #detail: ExceptionDetail;

  constructor(api: typeof Api, options: OpenTelemetryTracerOptions) {
    this.#api = api;
    this.#options = options;
    this.#detail = options.exceptionDetail ?? defaultExceptionDetail();
    this.flushTimeout = options.flushTimeout ?? DEFAULT_FLUSH_TIMEOUT;
  }

  startInvocation(description: InvocationDescription): InvocationTrace | undefined {
    const provider = this.#provider();
    if (provider === undefined) {
      const version = versionWithProvider();
      this.#warnOnce(
        version === undefined
          ? 'OpenTelemetry has no tracer provider, so nothing is recorded. Register one before the first invocation, with ' +
              "your SDK's register() or trace.setGlobalTracerProvider(), or give it to createOpenTelemetryTracer()"
          : `OpenTelemetry's tracer provider was registered with @opentelemetry/api ${version}, and the copy of this function is ` +
              `newer and does not see it, so nothing is recorded. Use the same: npm install @opentelemetry/api@${version}`,
      );
      return undefined;
    }
    attempt('tell OpenTelemetry where the code stands', followScope);
    const api = this.#api;
    const { name, kind, incomingHeader, incoming, attributes, texts } = description;
    const lambda = parseTraceHeader(incomingHeader);
    const around = this.#around(attributes.requestId);
    const parent = around.span === undefined ? this.#remoteParent(lambda, description) : undefined;
    const base = this.#withBaggage(around.context, incoming?.baggage);
    const described = invocationAttributes(attributes, kind);
    const tracer = provider.getTracer(INSTRUMENTATION_NAME);
    const links = kind === 'consumer' && incoming !== undefined ? linksTo(api, [incoming]) : [];
    const span = around.isHandler
      ? around.span.setAttributes(described)
      : tracer.startSpan(
          name.toWellFormed(),
          { kind: kindOf(api, kind), attributes: described, links },
          parent === undefined ? base : api.trace.setSpanContext(base, parent),
        );
    return new OpenTelemetryInvocation(span, kind, undefined, {
      api,
      tracer,
      texts,
      around: around.span,
      baggage: api.propagation.getBaggage(base),
      restOfHeader: lambda.rest,
      passedParent: parent?.spanId ?? around.span?.spanContext().spanId,
      eventSource: attributes.eventSource,
      detail: this.#detail,
      warnOnce: this.#warnOnce,
      annotations: new Annotations(texts, this.#warnOnce),
      describedErrors: new WeakSet(),
      running: new Set(),
      flush: () => flush(provider),
      endOpenSpans: (traceId) => provider.endOpenSpans?.(traceId, 'the timeout of the invocation is near'),
    });
  }

  /** Undefined where none is registered. */
  #provider(): FlushedProvider | undefined {
    const provider: FlushedProvider & Proxy =
      this.#options.tracerProvider ?? this.#api.trace.getTracerProvider();
    if (provider.getDelegateTracer === undefined || provider.getDelegate === undefined) return provider;
    return provider.getDelegateTracer(INSTRUMENTATION_NAME) === undefined
      ? undefined
      : provider.getDelegate();
  }

  /**
   * What others have made active: the handler's span, where an instrumentation begins one for each invocation, or something
   * above it. One that stands for another invocation has been left behind.
   */
  #around(
    requestId: string | undefined,
  ): { context: Api.Context } & (
    { isHandler: true; span: Api.Span } | { isHandler: false; span?: Api.Span }
  ) {
    const { context, trace, isSpanContextValid, ROOT_CONTEXT, SpanKind } = this.#api;
    const active = context.active();
    const span = trace.getSpan(active);
    if (span === undefined || ownSpans.has(span) || !isSpanContextValid(span.spanContext())) {
      return { context: trace.deleteSpan(active), isHandler: false };
    }
    // What the SDKs' spans tell, beyond the interface.
    const { kind, attributes = {} } = span as { kind?: Api.SpanKind; attributes?: Api.Attributes };
    const told =
      attributes['faas.invocation.id'] ?? attributes['faas.invocation_id'] ?? attributes['faas.execution'];
    if (told !== undefined && requestId !== undefined && told !== requestId) {
      return { context: ROOT_CONTEXT, isHandler: false };
    }
    const isHandler =
      span.isRecording() &&
      (told !== undefined || kind === undefined || kind === SpanKind.SERVER || kind === SpanKind.CONSUMER);
    return { context: active, span, isHandler };
  }

  #remoteParent(lambda: TraceHeader, { kind, incoming }: InvocationDescription): Api.SpanContext | undefined {
    const ofLambda = traceparentOf(lambda);
    // A batch of messages has many senders; those are links.
    const ofEvent = kind === 'server' ? parseTraceparent(incoming?.traceparent) : undefined;
    const followsEvent = this.#options.parent === 'event' || ofLambda?.sampled !== true;
    if (ofEvent !== undefined && followsEvent) return spanContextOf(this.#api, ofEvent, incoming?.tracestate);
    return this.#options.parent === 'event' || ofLambda === undefined
      ? undefined
      : spanContextOf(this.#api, ofLambda);
  }

  #withBaggage(context: Api.Context, header: string | undefined): Api.Context {
    const { propagation, baggageEntryMetadataFromString } = this.#api;
    const members = parseBaggage(header);
    if (members.length === 0 || propagation.getBaggage(context) !== undefined) return context;
    const entries = members.map(({ key, value, properties }) => [
      key,
      { value, metadata: baggageEntryMetadataFromString(properties.join(';')) },
    ]);
    return propagation.setBaggage(
      context,
      propagation.createBaggage(Object.fromEntries(entries) as Record<string, Api.BaggageEntry>),
    );
  }
}

/** What all spans of one invocation share. */
interface Invocation {
  readonly api: typeof Api;
  readonly tracer: Api.Tracer;
  readonly texts: TextGuard;
  /** What was active when it began. */
  readonly around: Api.Span | undefined;
  readonly baggage: Api.Baggage | undefined;
  /** Fields of Lambda's header that are not ours, sent along on every call. */
  readonly restOfHeader: TraceHeader['rest'];
  /** The span that calls hang below where ours are not recorded. */
  readonly passedParent: string | undefined;
  readonly eventSource: string | undefined;
  readonly detail: ExceptionDetail;
  readonly warnOnce: WarnOnce;
  readonly annotations: Annotations;
  /** Errors whose stack and causes are told already, by the innermost span that they went through. */
  readonly describedErrors: WeakSet<object>;
  /** What has begun below the handler and has not ended. */
  readonly running: Set<OpenTelemetrySpan>;
  readonly flush: () => Promise<void> | undefined;
  /** Ends what others have begun in the trace, where the provider can. */
  readonly endOpenSpans: (traceId: string) => void;
}

/** Keys of a span's annotations; X-Ray indexes what stands under them. */
const ANNOTATIONS = 'aws.xray.annotations';

class OpenTelemetrySpan implements Span, Standing {
  readonly recording: boolean;
  protected readonly span: Api.Span;
  protected readonly invocation: Invocation;
  readonly #kind: SpanKind;
  readonly #service: string | undefined;
  readonly #metadata = new SpanMetadata();
  readonly #annotated = new Set<string>();
  #hasFailed = false;
  #hasEnded = false;

  constructor(span: Api.Span, kind: SpanKind, service: string | undefined, invocation: Invocation) {
    this.span = span;
    this.invocation = invocation;
    this.recording = span.isRecording();
    this.#kind = kind;
    this.#service = service;
    ownSpans.add(span);
    standsInScope(this);
  }

  contextOver(active: Api.Context): Api.Context {
    const { api, around } = this.invocation;
    const there = api.trace.getSpan(active);
    // Somebody has begun a span of his own around the running code.
    const isForeign = there !== undefined && there !== around && !ownSpans.has(there);
    return isForeign ? active : this.#contextWithin(active);
  }

  /** Where this span is the active one. */
  #contextWithin(active: Api.Context): Api.Context {
    const { api, baggage } = this.invocation;
    if (api.trace.getSpan(active) === this.span) return active;
    const context = api.trace.setSpan(active, this.span);
    return baggage === undefined || api.propagation.getBaggage(context) !== undefined
      ? context
      : api.propagation.setBaggage(context, baggage);
  }

  get headers(): Readonly<Record<string, string>> {
    const { api, restOfHeader, passedParent } = this.invocation;
    const { traceId, spanId, traceFlags, traceState } = this.span.spanContext();
    const traceparent: Traceparent = {
      traceId,
      parentId: this.recording ? spanId : (passedParent ?? spanId),
      sampled: (traceFlags & api.TraceFlags.SAMPLED) !== 0,
    };
    const tracestate = traceState?.serialize() ?? '';
    const baggage = baggageOf(api.propagation.getBaggage(this.contextOver(api.context.active())));
    return {
      [TRACE_HEADER_NAME]: formatTraceHeader({ ...traceHeaderOf(traceparent), rest: restOfHeader }),
      traceparent: formatTraceparent(traceparent),
      ...(tracestate !== '' && { tracestate }),
      ...(baggage !== '' && { baggage }),
    };
  }

  startSpan({ name, kind, callee, links = [] }: SpanDescription): Span {
    const { api, tracer, running, eventSource } = this.invocation;
    const span = tracer.startSpan(
      name.toWellFormed(),
      {
        kind: kindOf(api, kind),
        links: linksTo(api, links),
        ...(kind === 'consumer' && { attributes: recordAttributes(eventSource) }),
      },
      this.contextOver(api.context.active()),
    );
    const child = new OpenTelemetrySpan(span, kind, callee === 'aws' ? name : undefined, this.invocation);
    running.add(child);
    return child;
  }

  run(fn: () => void): void {
    const { context } = this.invocation.api;
    context.with(this.#contextWithin(context.active()), fn);
  }

  annotate(key: string, value: AnnotationValue): void {
    const kept = this.invocation.annotations.admit(this.span.spanContext().spanId, key, value);
    if (kept === undefined || this.#hasEnded) return;
    this.#annotated.add(kept.key);
    // Told as it grows: a process that ends is not asked again.
    this.span.setAttributes(wellFormed({ [kept.key]: kept.value, [ANNOTATIONS]: [...this.#annotated] }));
  }

  addMetadata(namespace: string, key: string, value: unknown): void {
    if (this.#metadata.add(namespace, key, value)) return;
    this.invocation.warnOnce(
      'The metadata of a span is too long; metadata.lantern.cut says that some is missing',
    );
    this.#metadata.add(OWN_NAMESPACE, 'cut', ['metadata']);
  }

  metadataRoom(): number {
    return this.#metadata.room;
  }

  describe(data: CallData): void {
    if (this.#hasEnded) return;
    const { texts } = this.invocation;
    const { name, attributes } = describeCall(data, { kind: this.#kind, service: this.#service, texts });
    this.span.setAttributes(wellFormed(attributes));
    if (name !== undefined) this.span.updateName(name);
    const status = data.http?.response?.status;
    if (status !== undefined) this.setStatus(status);
  }

  /** A client's mistake is no failure of the server that says so, but one of the call. */
  setStatus(status: number): void {
    if (this.#hasEnded) return;
    this.span.setAttribute('http.response.status_code', status);
    if (status < (this.#isAsked ? 500 : 400)) return;
    this.markFailed(String(status));
  }

  get #isAsked(): boolean {
    return this.#kind === 'server' || this.#kind === 'consumer';
  }

  fail(error: unknown): void {
    if (this.#hasFailed || this.#hasEnded) return;
    this.#hasFailed = true;
    const { detail, texts, describedErrors } = this.invocation;
    const described = describeException(error, { detail, texts });
    const [first] = described;
    if (first === undefined) return;
    const isKnown = typeof error === 'object' && error !== null && describedErrors.has(error);
    if (typeof error === 'object' && error !== null) describedErrors.add(error);
    this.span.addEvent(
      'exception',
      wellFormed({
        'exception.type': first.type,
        ...(first.message !== undefined && { 'exception.message': first.message }),
        ...(!isKnown && { 'exception.stacktrace': printed(described) }),
      }),
    );
    this.failWith(error, first);
  }

  /** @param described what may be shown of the error. */
  protected failWith(_error: unknown, described: DescribedException): void {
    this.markFailed(described.type, described.message);
  }

  protected markFailed(type: string, message?: string): void {
    this.span.setAttribute('error.type', type.toWellFormed());
    this.span.setStatus({
      code: this.invocation.api.SpanStatusCode.ERROR,
      ...(message !== undefined && { message: message.toWellFormed() }),
    });
  }

  end(): Promise<void> | undefined {
    if (this.#hasEnded) return undefined;
    this.#hasEnded = true;
    this.invocation.running.delete(this);
    this.span.setAttributes(wellFormed(this.#metadata.attributes()));
    this.finish();
    return undefined;
  }

  protected finish(): void {
    this.span.end();
  }

  /** Ends what the end of the invocation overtakes; nothing can be said of it afterwards. */
  endEarly(): void {
    if (this.#hasEnded) return;
    this.span.setAttribute(UNFINISHED, 'ended together with the invocation');
    this.#metadata.add(OWN_NAMESPACE, 'unfinished', 'closed together with the invocation');
    void this.end();
  }

  /** Ends what Lambda will not let end. */
  endAtTimeout(): void {
    if (this.#hasEnded) return;
    this.span.setAttribute(UNFINISHED, 'the timeout of the invocation was near');
    this.#metadata.add(OWN_NAMESPACE, 'unfinished', 'the timeout of the invocation was near');
    if (!this.#hasFailed) this.markFailed('timeout', 'The timeout of the invocation was near');
    void this.end();
  }
}

/** The span of the handler. */
class OpenTelemetryInvocation extends OpenTelemetrySpan implements InvocationTrace {
  #isOver = false;
  #status: number | undefined;
  /** A client's mistake, as long as no answer tells what became of it. */
  #mistake: DescribedException | undefined;

  override setStatus(status: number): void {
    this.#status = status;
    super.setStatus(status);
  }

  override annotate(key: string, value: AnnotationValue): void {
    super.annotate(key, value);
    // The conventions have a name of their own for what every trace of a request is annotated with.
    if (key === 'HttpRoute') this.span.setAttribute('http.route', value);
  }

  protected override failWith(error: unknown, described: DescribedException): void {
    if (flagsOfError(error).fault === true) super.failWith(error, described);
    else this.#mistake = described;
  }

  checkpoint(reason: 'timeout' | 'suspension'): void {
    if (this.#isOver) return;
    if (reason === 'timeout') {
      this.#endRunning((span) => span.endAtTimeout());
      attempt('end the invocation', () => this.endAtTimeout());
      attempt('end what others have begun', () =>
        this.invocation.endOpenSpans(this.span.spanContext().traceId),
      );
    }
    void attempt('send what is known so far', this.invocation.flush);
  }

  override end(): Promise<void> | undefined {
    if (this.#isOver) return undefined;
    this.#isOver = true;
    this.#endRunning((span) => span.endEarly());
    if (this.#mistake !== undefined && this.#status === undefined) {
      this.markFailed(this.#mistake.type, this.#mistake.message);
    }
    void attempt('end the invocation', () => super.end());
    return this.recording ? this.invocation.flush() : undefined;
  }

  /** One whose maker is another is that one's to end, but where he will not come to it. */
  protected override finish(): void {
    if (this.span !== this.invocation.around || !this.#isOver) super.finish();
  }

  /** What began last ends first: no span is longer than the one it stands below. */
  #endRunning(end: (span: OpenTelemetrySpan) => void): void {
    for (const span of [...this.invocation.running].reverse())
      attempt('end what is still open', () => end(span));
    this.invocation.running.clear();
  }
}

function flush(provider: FlushedProvider): Promise<void> | undefined {
  return provider.forceFlush?.().catch((error: unknown) => {
    // The SDKs reject with a list of what their processors say.
    const [cause] = Array.isArray(error) ? (error as unknown[]) : [error];
    throw new Error('The spans could not be exported', { cause });
  });
}

function kindOf({ SpanKind }: typeof Api, kind: SpanKind): Api.SpanKind {
  return SpanKind[kind.toUpperCase() as Uppercase<SpanKind>];
}

function spanContextOf(
  { TraceFlags, createTraceState }: typeof Api,
  { traceId, parentId, sampled }: Traceparent,
  tracestate?: string,
): Api.SpanContext {
  return {
    traceId,
    spanId: parentId,
    traceFlags: sampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
    isRemote: true,
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- within version 1 the API alone has no other
    ...(tracestate !== undefined && { traceState: createTraceState(tracestate) }),
  };
}

/** Links to the traces that work came from; what names no span is none. */
function linksTo(api: typeof Api, traces: readonly IncomingTrace[]): Api.Link[] {
  return traces.flatMap(({ traceHeader, traceparent, tracestate }) => {
    const origin = parseTraceparent(traceparent) ?? traceparentOf(parseTraceHeader(traceHeader));
    return origin === undefined ? [] : [{ context: spanContextOf(api, origin, tracestate) }];
  });
}

function baggageOf(baggage: Api.Baggage | undefined): string {
  if (baggage === undefined) return '';
  return formatBaggage(
    baggage.getAllEntries().map(([key, { value, metadata }]) => ({
      key,
      value,
      properties: (metadata?.toString() ?? '').split(';').filter((property) => property !== ''),
    })),
  );
}

/** Characters of a printed stack: enough for the frames of an error and of those behind it. */
const MAX_STACK_LENGTH = 16_384;

/** As V8 prints a stack, with what is behind it below. */
function printed(described: readonly DescribedException[]): string {
  const parts = described.map(({ type, message, stack }) => {
    const frames = stack.map(({ path, line, label }) => `\n    at ${label} (${path}:${line})`);
    return `${type}${message === undefined || message === '' ? '' : `: ${message}`}${frames.join('')}`;
  });
  return parts.join('\nCaused by: ').slice(0, MAX_STACK_LENGTH);
}
