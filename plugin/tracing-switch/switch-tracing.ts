/** Does what `decide.ts` decides, in an order in which nothing is left on for ever when it ends half way. */
import { MAX_TAGS } from 'lambda-lantern-local/template';
import type { Decision, SwitchRequest } from './decide.ts';
import { decide } from './decide.ts';
import type { LambdaFunction, LambdaFunctions } from './lambda-functions.ts';
import { ConfigurationBusyError } from './lambda-functions.ts';
import { pause } from './patience.ts';
import type { TimeLimit } from './time-limit.ts';

export interface SwitchParts {
  readonly functions: Pick<LambdaFunctions, 'read' | 'tag' | 'untag' | 'configure'>;
  /** Absent where nothing can end tracing by itself; then no request may ask for an end. */
  readonly timeLimit?: Pick<TimeLimit, 'set'>;
  /** Epoch milliseconds, after which nothing is tried again. */
  readonly deadline: number;
}

/**
 * Turns the tracing of one function on or off, or leaves it, as the request and what is known of the function demand. Doing
 * it twice is doing it once, and several may do it at once: each goes on until it has read, after its last change, that
 * nothing is left to be done, so whoever changes something last has seen what all others wrote before.
 *
 * @returns the decision that turned it on or off, or else the first.
 * @throws OutOfTimeError when AWS did not let it finish before the deadline; the same request finishes it later.
 */
export async function switchTracing(
  functionName: string,
  request: SwitchRequest,
  parts: SwitchParts,
): Promise<Decision> {
  let result: Decision | undefined;
  for (let refusals = 0; ;) {
    const current = await parts.functions.read(functionName);
    const decision = decide(current, request, Date.now());
    try {
      const isChanged = await carryOut(current, decision, parts);
      if (result === undefined || decision.outcome !== 'unchanged') result = decision;
      if (!isChanged) return result;
    } catch (error) {
      if (!(error instanceof ConfigurationBusyError)) throw error;
      await pause(parts.deadline, refusals, error);
      refusals += 1;
    }
  }
}

/**
 * First what is to be remembered, then the schedule that turns tracing off, then the configuration, then what is to be
 * forgotten. Whatever fails between two of them, the next message about the function or the schedule sets right.
 *
 * @returns whether anything had to be changed.
 */
async function carryOut(current: LambdaFunction, decision: Decision, parts: SwitchParts): Promise<boolean> {
  const { functions, timeLimit } = parts;
  const { configuration, tags, removedTags, until } = decision;
  const { arn, name } = current;
  // A full list of tags takes none before others are gone.
  const isFull = Object.keys({ ...current.tags, ...tags }).length > MAX_TAGS;
  if (isFull) await functions.untag(arn, removedTags);
  await functions.tag(arn, tags);
  const isLimited = until !== undefined && (await timeLimit?.set(name, until)) === true;
  if (configuration !== undefined) {
    if (current.updating) throw new ConfigurationBusyError(`An update of ${name} is in progress`);
    await functions.configure(current, configuration);
  }
  if (!isFull) await functions.untag(arn, removedTags);
  return Object.keys(tags).length > 0 || removedTags.length > 0 || isLimited || configuration !== undefined;
}
