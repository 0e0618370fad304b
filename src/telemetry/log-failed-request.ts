import { logger } from './logger.ts';

/**
 * Logs the error that ended a request: the caller's mistakes (4xx) as information, everything else as an error with its
 * stack. Made for the `logger` option of Middy's `http-error-handler`.
 */
export function logFailedRequest(error: unknown): void {
  const status = (error as { statusCode?: unknown } | null | undefined)?.statusCode;
  if (typeof status === 'number' && status < 500) logger.info('request refused', { status });
  else logger.error('request failed', { error: error instanceof Error ? error : new Error(String(error)) });
}
