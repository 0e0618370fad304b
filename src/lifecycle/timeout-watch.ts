/** The part of Lambda's context that tells the time left. */
interface TimedContext {
  getRemainingTimeInMillis?: () => number;
}

/**
 * Calls `onNear` when an invocation has `reserve` milliseconds left; never when the context does not tell the time.
 *
 * @returns a function that stops watching.
 */
export function watchTimeout(
  context: unknown,
  reserve: number,
  onNear: (remaining: number) => void,
): () => void {
  // In Middy's durable mode Lambda's context is a property of the durable one.
  const { getRemainingTimeInMillis: own, lambdaContext } = (context ?? {}) as TimedContext & {
    lambdaContext?: TimedContext;
  };
  const remaining = own ?? lambdaContext?.getRemainingTimeInMillis;
  if (typeof remaining !== 'function') return () => undefined;
  const timer = setTimeout(() => onNear(remaining()), Math.max(0, remaining() - reserve));
  // Waiting for the timeout must not keep a process alive whose work is done.
  timer.unref();
  return () => clearTimeout(timer);
}
