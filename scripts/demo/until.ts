import { setTimeout as sleep } from 'node:timers/promises';

export interface UntilOptions {
  /** What is waited for, for people. */
  readonly what: string;
  readonly deadlineMs: number;
  readonly signal?: AbortSignal;
  /** What to say about the moment when time is over. */
  readonly state?: () => string;
}

const EVERY_MS = 200;

/**
 * Asks until there is an answer.
 *
 * @throws Error that names what was waited for, when the time is over; the reason of `signal`, when it was aborted.
 */
export async function until<Answer>(
  ask: () => Promise<Answer | undefined>,
  { what, deadlineMs, signal, state = () => '' }: UntilOptions,
): Promise<Answer> {
  const end = performance.now() + deadlineMs;
  for (;;) {
    signal?.throwIfAborted();
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > end) {
      throw new Error(`Waited ${deadlineMs / 1000} s in vain until ${what}.${state()}`);
    }
    await sleep(EVERY_MS, undefined, signal === undefined ? {} : { signal });
  }
}
