import { createWarnOnce } from './process-logger.ts';
import type {
  AnnotationValue,
  CallData,
  InvocationDescription,
  InvocationTrace,
  Span,
  SpanDescription,
  Tracer,
} from './tracer.ts';
import { isThenable } from './when-settled.ts';

/** Whether a tracer may record an invocation that has this header; true where it does not say. */
export function mayRecord(tracer: Tracer, incomingHeader: string | undefined): boolean {
  if (tracer.mayRecord === undefined) return true;
  return attempt('tell whether it may record', () => tracer.mayRecord?.(incomingHeader)) !== false;
}

/** Begins the record of an invocation; whatever the tracer does, nothing that comes of it throws. */
export function startGuarded(tracer: Tracer, invocation: InvocationDescription): GuardedTrace | undefined {
  const trace = attempt('begin the invocation', () => tracer.startInvocation(invocation));
  return trace && new GuardedTrace(trace);
}

/**
 * A span of a recorder, which may be anybody's: nothing that it throws gets through, and a span that it cannot start is
 * missing. What has ended hears nothing more, and when the invocation is over nothing begins in it.
 */
export class GuardedSpan<Guarded extends Span = Span> {
  protected readonly span: Guarded;
  readonly #invocation: { isOver: boolean };
  #hasEnded = false;

  constructor(span: Guarded, invocation: { isOver: boolean }) {
    this.span = span;
    this.#invocation = invocation;
  }

  /** What the recorder gave; undefined when the invocation is over. */
  get own(): Span | undefined {
    return this.#invocation.isOver ? undefined : this.span;
  }

  get recording(): boolean {
    return attempt('tell whether it records', () => this.span.recording) === true;
  }

  /** None when the invocation is over: what runs on belongs to no trace. */
  get headers(): Readonly<Record<string, string>> {
    if (this.#invocation.isOver) return {};
    return attempt('carry the trace on', () => ({ ...this.span.headers })) ?? {};
  }

  startSpan(description: SpanDescription): GuardedSpan | undefined {
    if (this.#invocation.isOver) return undefined;
    const span = attempt('begin a span', () => this.span.startSpan(description));
    return span && new GuardedSpan(span, this.#invocation);
  }

  /** Whether the recorder wants to call what runs below this span. */
  get runs(): boolean {
    return attempt('tell whether it runs functions', () => this.span.run !== undefined) === true;
  }

  run(fn: () => void): void {
    let hasRun = false;
    const once = (): void => {
      if (hasRun) return;
      hasRun = true;
      fn();
    };
    attempt('run a function', () => this.span.run?.(once));
    once();
  }

  annotate(key: string, value: AnnotationValue): void {
    this.tell('annotate', () => this.span.annotate(key, value));
  }

  addMetadata(namespace: string, key: string, value: unknown): void {
    this.tell('add metadata', () => this.span.addMetadata(namespace, key, value));
  }

  metadataRoom(): number {
    return attempt('measure what is left', () => this.span.metadataRoom()) ?? 0;
  }

  describe(data: CallData): void {
    this.tell('describe a call', () => this.span.describe(data));
  }

  fail(error: unknown): void {
    this.tell('record an error', () => this.span.fail(error));
  }

  end(): Promise<void> | undefined {
    if (this.#hasEnded) return undefined;
    this.#hasEnded = true;
    return attempt('end a span', () => this.span.end());
  }

  protected tell(what: string, fn: () => void): void {
    if (!this.#hasEnded) attempt(what, fn);
  }
}

/** {@link GuardedSpan} of the handler. */
export class GuardedTrace extends GuardedSpan<InvocationTrace> {
  readonly #own: { isOver: boolean };

  constructor(trace: InvocationTrace) {
    const invocation = { isOver: false };
    super(trace, invocation);
    this.#own = invocation;
  }

  setStatus(status: number): void {
    this.tell('record the status', () => this.span.setStatus(status));
  }

  checkpoint(reason: 'timeout' | 'suspension'): void {
    this.tell('send what is known so far', () => this.span.checkpoint(reason));
  }

  override end(): Promise<void> | undefined {
    this.#own.isOver = true;
    return super.end();
  }
}

const warnOnce = createWarnOnce();

/**
 * Keeps a failure of ours, or of a recorder, away from the handler.
 *
 * @returns undefined where `fn` threw. A promise does not reject, also one that nobody expected.
 */
export function attempt<R>(what: string, fn: () => R): R | undefined {
  try {
    const result = fn();
    return isThenable(result) ? (result.then(undefined, (error: unknown) => warn(what, error)) as R) : result;
  } catch (error) {
    warn(what, error);
    return undefined;
  }
}

function warn(what: string, error: unknown): undefined {
  // One defect shows in many places; its message tells it from others.
  let key = 'what cannot be told';
  try {
    key = error instanceof Error ? error.message : String(error);
  } catch {
    // It throws when it is asked: anything can be thrown.
  }
  warnOnce(`Tracing failed to ${what}; the trace is incomplete, the response is not affected`, error, key);
}
