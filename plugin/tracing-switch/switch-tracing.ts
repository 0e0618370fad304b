/** Does what `decide.ts` decides, in an order in which nothing is left on for ever when it ends half way. */
import { parseLedger } from './alarm-ledger.ts';
import type { Decision, SwitchRequest } from './decide.ts';
import { decide } from './decide.ts';
import type { LambdaFunction, LambdaFunctions } from './lambda-functions.ts';
import { ConfigurationBusyError } from './lambda-functions.ts';
import { TAG } from './names.ts';
import { pause } from './patience.ts';
import type { TimeLimit } from './time-limit.ts';

export interface SwitchParts {
  readonly functions: LambdaFunctions;
  /** Absent where nothing can end tracing by itself; then no request may ask for an end. */
  readonly timeLimit?: TimeLimit;
  /** Epoch milliseconds, after which nothing is tried again. */
  readonly deadline: number;
}

/**
 * Turns the tracing of one function on or off, or leaves it, as the request and the function's state demand. Doing it twice
 * is doing it once.
 *
 * @throws OutOfTimeError when AWS did not let it finish before the deadline; the same request finishes it later.
 */
export async function switchTracing(
  functionName: string,
  request: SwitchRequest,
  parts: SwitchParts,
): Promise<Decision> {
  for (let tries = 0; ; tries += 1) {
    const current = await parts.functions.read(functionName);
    const decision = decide(current, request, Date.now());
    try {
      await carryOut(current, decision, parts);
      return decision;
    } catch (error) {
      if (!(error instanceof ConfigurationBusyError)) throw error;
      await pause(parts.deadline, tries, error);
    }
  }
}

/**
 * On: first the schedule that turns it off, then the tags that say what was before, then the configuration. Off: the other
 * way round. Whatever fails between two of them, the same message or the schedule sets right.
 */
async function carryOut(current: LambdaFunction, decision: Decision, parts: SwitchParts): Promise<void> {
  const { configuration, until } = decision;
  if (configuration !== undefined && current.updating)
    throw new ConfigurationBusyError(`An update of ${current.name} is in progress`);
  if (decision.outcome === 'on' || typeof until === 'number') {
    await limitTime(current, until, parts);
    await note(current, decision, parts);
    if (configuration !== undefined) await parts.functions.configure(current, configuration);
  } else {
    if (configuration !== undefined) await parts.functions.configure(current, configuration);
    await limitTime(current, until, parts);
    await note(current, decision, parts);
  }
}

async function limitTime(
  { name }: LambdaFunction,
  until: Decision['until'],
  { timeLimit }: SwitchParts,
): Promise<void> {
  if (until === null) await timeLimit?.clear(name);
  else if (until !== undefined) await timeLimit?.set(name, until);
}

/**
 * Writes tags. Lambda has no "only if unchanged" for them: when two alarms of a function go off at once, one may overwrite
 * the other's entry, which is noticed here by who wrote first.
 */
async function note({ arn }: LambdaFunction, decision: Decision, { functions }: SwitchParts): Promise<void> {
  await functions.tag(arn, decision);
  const written = decision.tags[TAG.alarms];
  if (written === undefined) return;
  const [newest] = parseLedger(written);
  const kept = parseLedger((await functions.tags(arn))[TAG.alarms] ?? '');
  if (newest !== undefined && !kept.has(newest[0]))
    throw new ConfigurationBusyError('Another message about this function was handled at the same time');
}
