/** How long, and how, the switch tries again what AWS refuses for the moment. */
import { setTimeout as sleep } from 'node:timers/promises';
import { BACKOFF_MS } from './limits.ts';

/** AWS did not let the switch finish in time; whoever called it is to try again. */
class OutOfTimeError extends Error {
  override readonly name = 'OutOfTimeError';
}

/** Errors that say "not now", by their names in the APIs of Lambda and of EventBridge Scheduler. */
const NOT_NOW = new Set([
  'TooManyRequestsException',
  'ThrottlingException',
  'ServiceException',
  'InternalServerException',
  // Of a call that was cut off at the deadline, and of a connection that was.
  'AbortError',
  'TimeoutError',
]);

/** A connection that is refused is not among them: there is nobody, and waiting brings nobody. */
const NOT_CONNECTED = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT']);

/**
 * Calls AWS until it answers with more than "not now", waiting longer each time, and a random part of that, so that those
 * who were throttled together do not come back together.
 *
 * @param deadline epoch milliseconds
 * @throws OutOfTimeError when the next try would be too late, with the last refusal as its cause.
 */
export async function patiently<T>(
  deadline: number,
  call: (options: { readonly abortSignal: AbortSignal }) => Promise<T>,
): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await call({ abortSignal: AbortSignal.timeout(Math.max(1, deadline - Date.now())) });
    } catch (error) {
      if (!isNotNow(error)) throw error;
      await pause(deadline, tries, error);
    }
  }
}

/** Waits before the next try. @throws OutOfTimeError when it would be too late. */
export async function pause(deadline: number, tries: number, cause: unknown): Promise<void> {
  const most = Math.min(BACKOFF_MS.longest, BACKOFF_MS.first * 2 ** tries);
  const wait = most / 2 + (Math.random() * most) / 2;
  if (Date.now() + wait >= deadline) {
    const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    throw new OutOfTimeError(
      `No time is left to try again (${tries + 1} tries). The last refusal was ${reason}`,
      {
        cause,
      },
    );
  }
  await sleep(wait);
}

function isNotNow(error: unknown): boolean {
  const { name, code, $retryable, $metadata } = error as {
    readonly name?: string;
    /** Of a connection that failed. */
    readonly code?: string;
    /** Set by the SDK for errors that the API's model calls transient. */
    readonly $retryable?: object;
    readonly $metadata?: { readonly httpStatusCode?: number };
  };
  return (
    NOT_NOW.has(name ?? '') ||
    NOT_CONNECTED.has(code ?? '') ||
    $retryable !== undefined ||
    ($metadata?.httpStatusCode ?? 0) >= 500
  );
}
