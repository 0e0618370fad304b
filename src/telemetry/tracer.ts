import type { IncomingTrace } from '../propagation/incoming-trace.ts';
import type { TextGuard } from '../redaction/text-guard.ts';

/*
 * The seam for recorders. A recorder is a `Tracer`; everything else in the package speaks to the one that the running
 * invocation was started with (`tracing({ tracer })`, or the one of the process), through the spans that it gives out.
 *
 * Every call of a recorder is guarded: what it throws, and what it rejects with, is caught, said once per process through
 * the shared logger at `warn`, and changes nothing for the handler. A call that threw counts as one that did nothing; a
 * span that could not be started is missing, and what would have been below it hangs one level higher.
 */

/** What records invocations. One serves any number of pipelines, and of invocations that overlap. */
export interface Tracer {
  /**
   * Milliseconds that an answer waits at most for what {@link InvocationTrace.end} gives, where `tracing({ flushTimeout })` says
   * nothing.
   *
   * @default 50
   */
  readonly flushTimeout?: number;
  /**
   * Whether an invocation with this `X-Amzn-Trace-Id` may be recorded. Where it may not, nothing is made for it and nothing more is
   * asked: the trace header that came in is passed on as it came.
   *
   * @default what {@link Tracer.startInvocation} says
   */
  mayRecord?(incomingHeader: string | undefined): boolean;
  /**
   * Loads what recording needs and is not there yet; the invocation waits for it. Asked before each invocation begins that may
   * be recorded.
   *
   * @returns undefined where nothing is missing.
   */
  prepare?(): Promise<void> | undefined;
  /**
   * Begins the record of an invocation. `tracing()` calls it once per invocation in its `before` hook, or in `onError`
   * where a middleware before it threw. In the first invocation of a process that is after an `await`.
   *
   * @returns undefined where this invocation is not recorded, as when it was not sampled: nothing more is asked then, and
   * the trace header that came in is passed on as it came.
   */
  startInvocation(invocation: InvocationDescription): InvocationTrace | undefined;
}

/** What is known about an invocation when its record begins. */
export interface InvocationDescription {
  /** Name of the handler's span, by convention `## ` and Lambda's handler string. */
  readonly name: string;
  /** `server` where the caller waits for the answer, `consumer` where the event is a message or a batch of them. */
  readonly kind: 'server' | 'consumer';
  /** `X-Amzn-Trace-Id` as Lambda handed it over; it says whether the invocation is sampled. */
  readonly incomingHeader: string | undefined;
  /** The trace context that the event itself carries, each field checked; set below `correlationId()`. */
  readonly incoming: IncomingTrace | undefined;
  readonly attributes: InvocationAttributes;
  /**
   * Masks what is somebody's. Every text passes it that is recorded and comes from the service: messages and stacks of
   * errors, values of annotations (`named`), paths of URLs (`path`). It follows the policy of the pipeline
   * (`responseCapture()`), also where that is set later: ask it when the text is recorded. Metadata is safe already.
   */
  readonly texts: TextGuard;
}

/** What Lambda says about the function and its invocation. What a test or another runtime leaves out is absent. */
export interface InvocationAttributes {
  readonly functionName?: string;
  readonly functionVersion?: string;
  /** The ARN that was invoked, with its alias or version. */
  readonly functionArn?: string;
  /** MB. */
  readonly memoryLimit?: number;
  readonly requestId?: string;
  /** Whether this is the first invocation of the process, and somebody waited for its initialisation (`on-demand`). */
  readonly coldStart: boolean;
  /** `POWERTOOLS_SERVICE_NAME`, or else the function's name. */
  readonly service?: string;
  /** The kind of event: `api-gateway-rest`, `sqs`, and so on; set below `correlationId()`. */
  readonly eventSource?: string;
}

/**
 * What a span stands for, in OpenTelemetry's words: `server` and `consumer` take work from outside, `client` and
 * `producer` hand it out, and `internal` does neither. A `producer` does not wait until its message is handled.
 */
export type SpanKind = 'server' | 'consumer' | 'client' | 'producer' | 'internal';

/** What is known about a span when it begins. */
export interface SpanDescription {
  /** The name of a `traced()` function, the AWS service (`DynamoDB`), the host that is called, or `record`. */
  readonly name: string;
  readonly kind: SpanKind;
  /** Who is called: a service of AWS by its SDK, or anybody else over HTTP. Absent where nobody is. */
  readonly callee?: 'aws' | 'remote';
  /** The traces that this work came from and is not a part of: `withRecord()` gives that of its record. */
  readonly links?: readonly IncomingTrace[];
}

/** X-Ray indexes these three types. */
export type AnnotationValue = string | number | boolean;

/** Work that has begun. */
export interface Span {
  /**
   * Whether anything is recorded. Where it is false nothing is computed for it (no captures, no descriptions of calls),
   * and no span is started below it; only {@link Span.headers} is asked.
   */
  readonly recording: boolean;
  /**
   * The headers that carry the trace on from here: `X-Amzn-Trace-Id`, `traceparent`, `tracestate`, `baggage`. Asked only for
   * calls that leave the process. A header that the caller of the call set itself is kept.
   */
  readonly headers: Readonly<Record<string, string>>;
  /** Begins work below this span; it may still run when this one ends. Not called when the invocation has ended. */
  startSpan(description: SpanDescription): Span;
  /**
   * Runs `fn` at once, and exactly once, where this span is the current one for instrumentation of others that the
   * recorder knows. Absent from a recorder without such a notion: then a traced function has one frame of ours above it
   * on the stack. Never asked of the handler's span: the handler runs after the hook that starts it.
   */
  run?(fn: () => void): void;
  /**
   * Adds an indexed key: traces can be searched by it. Whatever `annotate()` was given arrives here. The rules are the
   * recorder's (which keys, how long, how many): it puts right what loses nothing, leaves out what breaks them, and says
   * so once.
   */
  annotate(key: string, value: AnnotationValue): void;
  /** Adds data that is shown but not searched, in a namespace of its owner. It is plain JSON, and safe to show. */
  addMetadata(namespace: string, key: string, value: unknown): void;
  /** Bytes of JSON that metadata may still take here; captures are made to fit. What the end needs is not in it. */
  metadataRoom(): number;
  /**
   * Adds what is known about the call that the span stands for; called before the answer, and again with it. Of the
   * handler's span it is the HTTP request that the invocation answers, told as it ends, or as its timeout is near.
   */
  describe(data: CallData): void;
  /** Marks the span as failed by `error`, which can be anything that can be thrown. The first call counts. */
  fail(error: unknown): void;
  /**
   * Ends the span, once; for inner functions as they settle, for calls when the answer has been read.
   *
   * @returns undefined, but for the span of the handler; see {@link InvocationTrace.end}.
   */
  end(): Promise<void> | undefined;
}

/** The handler's span, and with it the record of the invocation. */
export interface InvocationTrace extends Span {
  /** Tells the HTTP status of the answer. */
  setStatus(status: number): void;
  /**
   * The process may end without another word. `timeout`: `timeoutReserve` milliseconds before Lambda's timeout (500 by
   * default), once. `suspension`: at the start of an invocation of a durable execution, which ends silently where it
   * waits. What is known must leave now, with everything that is still open.
   *
   * A recorder whose receiver takes unfinished documents (X-Ray) sends them as in progress, and complete ones replace
   * them later. Another one ends what is open at a `timeout` with a failed status and a mark that says so, and ignores
   * what is said about it afterwards; at a `suspension` it sends only what has ended.
   */
  checkpoint(reason: 'timeout' | 'suspension'): void;
  /**
   * Ends the invocation once: after the last hook, or when a streamed body has ended. What is still open below ends with
   * it, marked as unfinished.
   *
   * @returns settles when everything has left the process, which the answer waits for, because Lambda freezes the process
   * with it; undefined when there is nothing to wait for. It must settle in good time.
   */
  end(): Promise<void> | undefined;
}

/** What a call was about. The members of `aws` have the names that X-Ray gives them. */
export interface CallData {
  readonly http?: {
    /** The URL has no query string, no user and no password, and may be a path alone; its path still passes `texts.path`. */
    readonly request?: { readonly method: string; readonly url: string };
    readonly response?: { readonly status: number; readonly content_length?: number };
  };
  /** `operation`, `region`, `request_id`, `retries`, and the resource: `table_name`, `queue_url`, and so on. */
  readonly aws?: Readonly<Record<string, unknown>>;
  /** Whether the callee is expected to record its side. */
  readonly traced?: boolean;
}
