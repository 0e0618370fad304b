import type { Inventory } from 'lambda-lantern-local/template';
import type { AlarmPlan, PlannedAlarm } from './alarm-plan.ts';
import { connectionsOf } from './connections.ts';
import { budgetsIn } from './voices/budgets.ts';
import {
  budgetsBefore,
  explainsApi,
  explainsBudget,
  explainsFunction,
  explainsQueue,
} from './voices/explanations.ts';
import { HeldBack } from './voices/hold-back.ts';
import { independentFunctions, severalBurns, severalUnhealthy } from './voices/several-at-once.ts';
import { speakingOf } from './voices/voices-of-resources.ts';

type Spoken = Pick<AlarmPlan, 'alarms' | 'composites' | 'skipped'>;

/**
 * One cause, one message: which of the alarms that a failure sets off tell somebody. A warning never does. The symptoms of a
 * function, an API or a queue have one voice, a composite, which is held back while something explains it: what the resource
 * waits for, or an error budget in which its failures are counted. Pure. Each rule has a file in `voices/`.
 *
 * @param budgets the alarms of the error budgets
 * @param messenger the key of the function that composes messages: what it may not tell, no other alarm may explain
 */
export function giveVoices(
  inventory: Inventory,
  alarms: readonly PlannedAlarm[],
  budgets: Pick<AlarmPlan, 'alarms' | 'composites'>,
  messenger?: string,
): Spoken {
  const connections = connectionsOf(inventory);
  const known = budgetsIn(budgets.composites, connections);
  const { directly, byVoice, voiceOf } = speakingOf(inventory, alarms, known, connections);

  const independent = independentFunctions(inventory, connections, messenger);
  const counted = (key: string) => known.over('function', key);
  const groups = [
    severalUnhealthy(
      inventory,
      independent
        .filter((key) => counted(key).length === 0)
        .map((key) => byVoice.filter(({ resource }) => resource.kind === 'function' && resource.key === key))
        .filter((symptoms) => symptoms.length > 0),
    ),
    // A budget that another one speaks before burns with that, and not by itself.
    severalBurns(
      inventory,
      independent
        .filter((key) => counted(key).length === 1)
        .flatMap((key) => known.of('function', key))
        .map(({ fast }) => budgets.alarms.filter(({ logicalId }) => fast.children.includes(logicalId))),
    ),
  ].filter((group) => group !== undefined);

  const explaining = { connections, budgets: known, voiceOf, groups };
  const held = new HeldBack();
  const heldBudget = (kind: string, key: string, before: ReturnType<typeof budgetsBefore>) =>
    known.of(kind, key).flatMap((own) => {
      const { fast, slow } = explainsBudget(own, before, groups);
      return [held.hold(own.fast, fast), held.hold(own.slow, slow)];
    });
  const ofFunctions = inventory.functions.flatMap(({ key }) => [
    ...voiceOf('function', key).map((voice) => held.hold(voice, explainsFunction(key, voice, explaining))),
    ...heldBudget('function', key, budgetsBefore(key, explaining)),
  ]);
  const ofApis = inventory.apis.flatMap(({ key }) => [
    ...voiceOf('api', key).map((voice) => held.hold(voice, explainsApi(key, explaining))),
    ...heldBudget('api', key, []),
  ]);
  const ofQueues = inventory.queues.flatMap(({ key }) =>
    voiceOf('queue', key).map((voice) => held.hold(voice, explainsQueue(key, explaining))),
  );

  const alone = new Set(directly);
  return {
    alarms: alarms.map((alarm) => (alone.has(alarm) ? { ...alarm, tells: 'each' } : alarm)),
    composites: [...groups, ...held.parts, ...ofFunctions, ...ofApis, ...ofQueues],
    skipped: held.skipped,
  };
}
