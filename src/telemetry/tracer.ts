import type { EnteredTraceScope } from './trace-scope.ts';

/**
 * Everything the rest of the code knows about tracing. Two forms stand behind it: an inert one, and one that records
 * for X-Ray. No method throws; what fails inside is logged once.
 */
export interface Tracer {
  /** Whether this process records traces at all. A single invocation may still be unsampled. */
  readonly enabled: boolean;

  /**
   * Begins the record of the running invocation: its own root, and the handler's subsegment below it. Must be called in
   * the synchronous part of a hook, because it opens the scope that the handler runs in.
   *
   * @param name of the handler's subsegment, by convention `## ` and the handler string.
   * @param scope a scope that was opened before; one is opened without it.
   */
  startInvocation(name: string, scope?: EnteredTraceScope): InvocationTrace;

  /** Runs `fn` below a new subsegment of the current one, and closes that when `fn` has settled. */
  trace<R>(name: string, fn: () => R): R;

  /** Like {@link Tracer.trace}, for a call that leaves the process. */
  traceCall<R>(call: CallDescription, fn: (record: CallRecord) => R): R;

  /** Whether the running code is recorded: false means that nothing needs to be computed for its trace. */
  readonly recording: boolean;

  /** Adds an indexed key to the current subsegment: traces can be searched by it. */
  annotate(key: string, value: AnnotationValue): void;

  /** Adds data to the current subsegment that is shown but not searched. Must be plain JSON. */
  addMetadata(namespace: string, key: string, value: unknown): void;

  /**
   * Bytes of JSON that metadata of the current subsegment may still take: what is left of its document, less what the
   * end of the invocation needs. 0 where nothing is recorded.
   */
  metadataRoom(): number;
}

/** X-Ray indexes these three types. */
export type AnnotationValue = string | number | boolean;

/** The record of one invocation. */
export interface InvocationTrace {
  /** Settles when recording can begin; the hook that started the invocation waits for it. Absent when it has begun. */
  readonly ready?: Promise<void>;
  /** Whether this invocation is recorded: false means that nothing needs to be computed for it. */
  readonly recording: boolean;
  /** Marks the invocation as failed by `error`. The first call counts. */
  fail(error: unknown): void;
  /** Marks the answer's HTTP status: 4xx as error, 429 as throttle, 5xx as fault. */
  setStatus(status: number): void;
  /** Adds data to the handler's subsegment, from wherever the caller runs. Must be plain JSON. */
  addMetadata(namespace: string, key: string, value: unknown): void;
  /** Sends what is known so far, as in progress: evidence in case the process is killed. */
  checkpoint(): void;
  /**
   * Closes and sends everything. The first call counts.
   *
   * @returns settles when everything has left the process; undefined when there is nothing to wait for.
   */
  end(): Promise<void> | undefined;
}

export interface CallDescription {
  /** The AWS service (`DynamoDB`) or the host that is called. */
  readonly name: string;
  readonly namespace: 'aws' | 'remote';
}

/** What the caller learns about its call, and tells about it. */
export interface CallRecord {
  /** `X-Amzn-Trace-Id` to send along; undefined when there is none to continue. */
  readonly traceHeader: string | undefined;
  describe(data: CallData): void;
}

export interface CallData {
  readonly http?: {
    readonly request?: { readonly method: string; readonly url: string };
    readonly response?: { readonly status: number; readonly content_length?: number };
  };
  readonly aws?: Readonly<Record<string, unknown>>;
  /** Whether the callee is expected to send a segment of its own. */
  readonly traced?: boolean;
}
