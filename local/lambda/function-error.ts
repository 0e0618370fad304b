import { constants } from 'node:os';

/** Lambda's error object: what a failed invocation returns as its payload. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  /** The stack as lines; only for what the function threw. */
  readonly trace?: readonly string[];
}

/** How a process ended. */
export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** @param timeout seconds */
export function timeoutError(requestId: string, timeout: number): FunctionError {
  return {
    errorType: 'Sandbox.Timedout',
    errorMessage: `RequestId: ${requestId} Error: Task timed out after ${timeout.toFixed(2)} seconds`,
  };
}

/** @param limit milliseconds */
export function initTimeoutError(requestId: string, limit: number): FunctionError {
  return {
    errorType: 'Sandbox.Timedout',
    errorMessage: `RequestId: ${requestId} Error: Init phase timed out after ${(limit / 1000).toFixed(2)} seconds`,
  };
}

export function exitError(requestId: string, exit: ProcessExit): FunctionError {
  return {
    errorType: 'Runtime.ExitError',
    errorMessage: `RequestId: ${requestId} Error: ${describeExit(exit)}`,
  };
}

/** @param size bytes */
export function responseTooLargeError(size: number, limit: number): FunctionError {
  return {
    errorType: 'Function.ResponseSizeTooLarge',
    errorMessage: `Response payload size (${size} bytes) exceeded maximum allowed payload size (${limit} bytes).`,
  };
}

/** Reads an error object as a runtime sent it; anything else that came becomes the message. */
export function parseFunctionError(json: string): FunctionError {
  const value = parseJson(json);
  if (typeof value !== 'object' || value === null) return { errorType: 'Unknown', errorMessage: json };
  const { errorType, errorMessage, trace } = value as Record<string, unknown>;
  return {
    errorType: typeof errorType === 'string' ? errorType : 'Unknown',
    errorMessage: typeof errorMessage === 'string' ? errorMessage : '',
    ...(Array.isArray(trace) && { trace: trace.filter((line) => typeof line === 'string') }),
  };
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function describeExit({ code, signal }: ProcessExit): string {
  if (signal !== null)
    return `Runtime exited with error: signal: ${signalWords[signal] ?? signalNumber(signal)}`;
  return code === 0
    ? 'Runtime exited without providing a reason'
    : `Runtime exited with error: exit status ${code ?? 'unknown'}`;
}

/** The service names signals in words. */
const signalWords: Partial<Record<NodeJS.Signals, string>> = {
  SIGABRT: 'aborted',
  SIGBUS: 'bus error',
  SIGFPE: 'floating point exception',
  SIGHUP: 'hangup',
  SIGILL: 'illegal instruction',
  SIGINT: 'interrupt',
  SIGKILL: 'killed',
  SIGPIPE: 'broken pipe',
  SIGQUIT: 'quit',
  SIGSEGV: 'segmentation fault',
  SIGTERM: 'terminated',
  SIGTRAP: 'trace/breakpoint trap',
};

function signalNumber(signal: NodeJS.Signals): string {
  return `signal ${constants.signals[signal]}`;
}
