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
    if (configuration !== undefined) {
      await parts.functions.configure(current, configuration);
      await expectKept(current, decision, parts);
    }
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
 * the other's entry. So this looks before it writes, and whoever wrote first looks whether its entry was kept.
 */
async function note(current: LambdaFunction, decision: Decision, parts: SwitchParts): Promise<void> {
  const { functions } = parts;
  const isRemembered = decision.tags[TAG.alarms] !== undefined;
  // What turned tracing off must not be decided anew: it would find tracing off that another alarm keeps on.
  if (isRemembered && decision.outcome !== 'off') {
    const now = (await functions.tags(current.arn))[TAG.alarms];
    if (now !== current.tags[TAG.alarms]) throw overtaken();
  }
  await functions.tag(current.arn, decision);
  await expectKept(current, decision, parts);
}

async function expectKept(
  { arn }: LambdaFunction,
  decision: Decision,
  { functions }: SwitchParts,
): Promise<void> {
  const written = decision.tags[TAG.alarms];
  if (written === undefined) return;
  const [newest] = parseLedger(written);
  const kept = parseLedger((await functions.tags(arn))[TAG.alarms] ?? '');
  if (newest !== undefined && !kept.has(newest[0])) throw overtaken();
}

function overtaken(): ConfigurationBusyError {
  return new ConfigurationBusyError('Another message about this function was handled at the same time');
}
