// Not the globals: tests put others in their place, whose time stands still.
import { clearTimeout, setTimeout } from 'node:timers';

/** The part of Lambda's context that tells the time left. */
interface TimedContext {
  getRemainingTimeInMillis?: () => number;
}

/**
 * Calls `onNear` when an invocation has `reserve` milliseconds left; never when the context does not tell the time. Whatever
 * the context and `onNear` do, nothing is thrown.
 *
 * @returns a function that stops watching.
 */
export function watchTimeout(
  context: unknown,
  reserve: number,
  onNear: (remaining: number) => void,
): () => void {
  const left = remainingOf(context);
  if (left === undefined) return () => undefined;
  const timer = setTimeout(
    () => {
      try {
        onNear(remainingOf(context) ?? reserve);
      } catch {
        // Nobody stands above a timer: what is thrown here would end the process.
      }
    },
    Math.max(0, left - reserve),
  );
  // Waiting for the timeout must not keep a process alive whose work is done.
  timer.unref();
  return () => clearTimeout(timer);
}

/** Milliseconds left; undefined when the context does not tell. */
function remainingOf(context: unknown): number | undefined {
  try {
    // In Middy's durable mode Lambda's context is a property of the durable one.
    const { lambdaContext } = (context ?? {}) as { lambdaContext?: TimedContext };
    const timed = [context as TimedContext | undefined, lambdaContext].find(
      (each) => typeof each?.getRemainingTimeInMillis === 'function',
    );
    const remaining = timed?.getRemainingTimeInMillis?.();
    return Number.isFinite(remaining) ? remaining : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Settles with `promise`, or after `milliseconds`. Never rejects: it is for what an answer waits for that is not part of it.
 *
 * @param onLate told when the time was over first.
 */
export function atMost(
  promise: PromiseLike<unknown>,
  milliseconds: number,
  onLate: () => void,
): Promise<void> {
  return new Promise((resolve) => {
    // This one does keep the process alive: an answer waits for it.
    const timer = setTimeout(() => {
      onLate();
      resolve();
    }, milliseconds);
    const settle = (): void => {
      clearTimeout(timer);
      resolve();
    };
    promise.then(settle, settle);
  });
}
