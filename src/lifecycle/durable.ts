/*
 * Middy's durable mode hands over the context of the durable execution, which holds Lambda's. An execution runs its handler from
 * the start in every invocation, and skips what it has done already: that is a replay.
 */

export function isDurable(context: unknown): boolean {
  return typeof context === 'object' && context !== null && 'lambdaContext' in context;
}

/** Whether the handler runs again over what an earlier invocation of the same execution has done, and has said already. */
export function isReplay(context: unknown): boolean {
  if (!isDurable(context)) return false;
  const { durableExecutionMode: mode } = context as { durableExecutionMode?: unknown };
  return typeof mode === 'string' && mode.startsWith('Replay');
}
