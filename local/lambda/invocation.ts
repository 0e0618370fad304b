import type { FunctionNotRun } from '../template/service.ts';

/** One call of a function, as API Gateway, a queue's poller or the Lambda API asks for it. */
export interface InvokeRequest {
  /** The deployed name. */
  readonly functionName: string;
  /** JSON, at most 6 MB. */
  readonly payload: string;
  /** Lambda's retries keep the id of the first try; a new one is made without it. */
  readonly requestId?: string;
  /** `X-Amzn-Trace-Id` as the caller sent it; a new trace is begun without it. */
  readonly traceHeader?: string;
  /** Trace headers of the messages in a batch: the new trace links to them, as Lambda does for SQS. */
  readonly linkedTraceHeaders?: readonly string[];
  /** Base64 JSON, as `X-Amz-Client-Context` carries it. */
  readonly clientContext?: string;
  /** The caller's identity of Amazon Cognito, as JSON: the `identity` of the context. */
  readonly identity?: string;
  /** Whom a function that isolates its tenants is called for. */
  readonly tenantId?: string;
  /** Gets the response as it comes, of a function that streams. It stands in the response as well. */
  readonly onStream?: ResponseStreamSink;
}

/** Takes a streamed response. */
export interface ResponseStreamSink {
  /** Called once, before everything else. */
  begin(contentType: string): void;
  write(chunk: Uint8Array): void;
}

/** What came of it. A function that fails is an answer, not an exception. */
export interface InvokeResponse {
  readonly requestId: string;
  /** The function's result, or Lambda's error object (`errorType`, `errorMessage`, `trace`), as JSON. */
  readonly payload: string;
  /** Set when the function failed: `Unhandled` for what it threw, a timeout, or a crash. */
  readonly functionError?: 'Unhandled' | 'Handled';
  /** Why it failed, where Lantern must tell a timeout from a throw (API Gateway answers both 502 and 504). */
  readonly failure?: 'error' | 'timeout' | 'crash' | 'init-error';
  readonly traceId: string;
  /** The end of what this invocation logged, platform lines included, at most 4 KB. */
  readonly logTail?: string;
}

/**
 * Runs functions.
 *
 * @throws UnknownFunctionError when no function has that name.
 * @throws ThrottledError when as many invocations of the function run or wait as its concurrency lets.
 * @throws InvalidRequestError when the payload, the client context or the identity is not JSON, the tenant's id is none,
 * or one is named, or missing, against what the function is configured for.
 * @throws RequestTooLargeError when the payload exceeds 6 MB.
 */
export type Invoke = (request: InvokeRequest) => Promise<InvokeResponse>;

/** What becomes of an event that a function gets asynchronously. */
export interface AsyncEvent {
  readonly functionName: string;
  /**
   * `tried` each time the function is invoked with it; `dropped` when it is given up; an error when its destination or its
   * dead-letter queue did not take what they should get.
   */
  readonly kind: 'received' | 'tried' | 'dropped' | 'destination-error' | 'dead-letter-error';
  /** Milliseconds since the event was accepted. */
  readonly age: number;
}

export type AsyncEventSink = (event: AsyncEvent) => void;

export class UnknownFunctionError extends Error {
  override readonly name = 'UnknownFunctionError';
}

/** @throws UnknownFunctionError that says why, when the function is one that is not run here. */
export function refuseNotRun(name: string, functionsNotRun: readonly FunctionNotRun[] = []): void {
  const found = functionsNotRun.find((fn) => fn.name === name);
  if (found !== undefined)
    throw new UnknownFunctionError(`The function ${name} is not run locally: ${found.reason}.`);
}

export class ThrottledError extends Error {
  override readonly name = 'ThrottledError';
}

/** The function is fed by what it has sent itself, and has been for too long. */
export class RecursiveInvocationError extends Error {
  override readonly name = 'RecursiveInvocationError';
}

export class InvalidRequestError extends Error {
  override readonly name = 'InvalidRequestError';
}

export class RequestTooLargeError extends Error {
  override readonly name = 'RequestTooLargeError';
}

/** One log event: a line that a function or the Lambda service wrote. */
export interface LogEvent {
  readonly functionName: string;
  readonly functionKey: string;
  readonly logGroup: string;
  readonly logStream: string;
  /** Undefined before the first invocation, or when it cannot be told. */
  readonly requestId?: string;
  /** Epoch milliseconds. */
  readonly timestamp: number;
  /** `platform` for START, END and REPORT lines. */
  readonly source: 'stdout' | 'stderr' | 'platform';
  /** Without the line break at its end; a console call and a REPORT may have others inside, as in CloudWatch. */
  readonly message: string;
}

export type LogSink = (event: LogEvent) => void;

/** What the REPORT line says; durations in milliseconds, memory in MB. */
export interface InvocationReport {
  readonly functionName: string;
  readonly functionKey: string;
  readonly requestId: string;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly duration: number;
  readonly billedDuration: number;
  readonly memorySize: number;
  readonly maxMemoryUsed: number;
  /** Only on the first invocation of an environment. */
  readonly initDuration?: number;
  readonly traceId: string;
  readonly sampled: boolean;
  readonly status: 'success' | 'error' | 'timeout' | 'crash' | 'init-error';
}

export type ReportSink = (report: InvocationReport) => void;
