import { setTimeout as sleep } from 'node:timers/promises';

/**
 * How long a test waits at most for what will happen: no healthy run needs it, not even where all cores are busy. Less
 * than the time of a whole test in `vitest.config.ts`, so that a test fails with the words of what it waited for.
 */
export const PATIENCE_MS = 30_000;

/** For `vi.waitFor`, whose own patience is a second. */
export const PATIENT = { timeout: PATIENCE_MS, interval: 20 };

/**
 * Looks again until there is something; fails when it waited in vain, and says for what.
 *
 * @param patience milliseconds
 */
export async function until<Value>(
  look: () => Value | Promise<Value>,
  what: string,
  patience = PATIENCE_MS,
): Promise<Exclude<Value, undefined | null | false>> {
  // Not Date.now(), which some tests set.
  const deadline = performance.now() + patience;
  for (;;) {
    const value = await look();
    if (value !== undefined && value !== null && value !== false) {
      return value as Exclude<Value, undefined | null | false>;
    }
    if (performance.now() > deadline) throw new Error(`Waited in vain for ${what}`);
    await sleep(10);
  }
}
