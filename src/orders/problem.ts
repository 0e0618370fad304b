import { STATUS_CODES } from 'node:http';
import { logger } from 'lambda-lantern';

/** What a problem says beyond its status. */
export interface ProblemDetails {
  readonly detail?: string;
  readonly errors?: ReadonlyArray<{ readonly field: string; readonly message: string }>;
}

/**
 * A request that cannot be fulfilled, answered as problem details (RFC 9457). Middy's `http-error-handler` turns
 * `statusCode`, `message` and `headers` into the response.
 */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly statusCode: number;
  readonly headers = { 'Content-Type': 'application/problem+json' };
  readonly expose = true;

  constructor(statusCode: number, details: ProblemDetails = {}, options?: ErrorOptions) {
    super(
      JSON.stringify({ title: STATUS_CODES[statusCode] ?? 'Error', status: statusCode, ...details }),
      options,
    );
    this.statusCode = statusCode;
  }
}

/** The body of an answer to what nobody foresaw: it says nothing about the cause. */
export const UNEXPECTED_PROBLEM = JSON.stringify({ title: STATUS_CODES[500], status: 500 });

/**
 * An `onError` hook that gives errors of other middlewares, such as a body that is not JSON, the form of a problem. Use it
 * after `http-error-handler`, which then answers with it.
 */
export function toProblem(request: { error: unknown }): void {
  const { error } = request;
  if (error instanceof Problem || !(error instanceof Error) || !('statusCode' in error)) return;
  if (typeof error.statusCode !== 'number' || error.statusCode >= 500) return;
  request.error = new Problem(error.statusCode, { detail: error.message }, { cause: error });
}

/**
 * Logs the error that ended a request: the caller's mistakes (4xx) as information, everything else as an error with its
 * stack. Made for the `logger` option of Middy's `http-error-handler`.
 */
export function logFailedRequest(error: unknown): void {
  const status = (error as { statusCode?: unknown } | null | undefined)?.statusCode;
  if (typeof status === 'number' && status < 500) logger.info('request refused', { status });
  else logger.error('request failed', { error: error instanceof Error ? error : new Error(String(error)) });
}
