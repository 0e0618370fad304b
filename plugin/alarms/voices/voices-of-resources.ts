import type { Inventory } from 'lambda-lantern-local/template';
import { identityOf, namesOf } from '../alarm-names.ts';
import type { PlannedAlarm, PlannedComposite } from '../alarm-plan.ts';
import { anyOf } from '../composite.ts';
import type { Connections } from '../connections.ts';
import type { Budgets } from './budgets.ts';
import { isCounted } from './budgets.ts';

/** What no failure explains, so that no voice speaks for it, and nothing holds it back. */
const UNEXPLAINED = 'function.personalData';

/** The alarms that somebody is to hear of, by which way. */
export interface Speaking {
  /** Those that tell by themselves. */
  readonly directly: readonly PlannedAlarm[];
  /** Those that one composite for each function, API or queue speaks for. */
  readonly byVoice: readonly PlannedAlarm[];
  /** The voice of a resource: none or one, in a list. */
  readonly voiceOf: (kind: string, key: string) => readonly PlannedComposite[];
}

/**
 * Who is told of an alarm directly, and who only through a composite. A warning tells nobody, nor does a symptom that an error budget
 * counts. The symptoms of a function, an API, or a queue that functions read have one voice. Pure.
 */
export function speakingOf(
  inventory: Inventory,
  alarms: readonly PlannedAlarm[],
  budgets: Budgets,
  { behindQueue }: Pick<Connections, 'behindQueue'>,
): Speaking {
  const speaking = alarms.filter((alarm) => alarm.severity === 'symptom' && !isCounted(alarm, budgets));
  const { functions, apis, queues } = inventory;
  const resources = [
    ...functions.map((fn) => ({ ...identityOf('function', fn), condition: fn.condition })),
    ...apis.map((api) => ({ ...identityOf('api', api), condition: api.condition })),
    ...queues
      .filter(({ key }) => behindQueue(key).length > 0)
      .map((queue) => ({ ...identityOf('queue', queue), condition: queue.condition })),
  ];
  const voices = resources.flatMap(({ condition, ...resource }): readonly PlannedComposite[] => {
    const symptoms = speaking.filter(
      ({ id, resource: { kind, key } }) =>
        id !== UNEXPLAINED && kind === resource.kind && key === resource.key,
    );
    if (symptoms.length === 0) return [];
    const voice: PlannedComposite = {
      ...namesOf(inventory, resource, 'unhealthy'),
      ...(condition !== undefined && { condition }),
      resource,
      rule: anyOf(symptoms),
      children: symptoms.map(({ logicalId }) => logicalId),
      description: describe(resource, symptoms),
      isRoot: false,
      tells: budgets.over(resource.kind, resource.key).length > 0 ? 'ticket' : 'each',
    };
    return [voice];
  });
  const spokenFor = new Set(voices.flatMap(({ children }) => children));
  const byResource = new Map(
    voices.map((voice) => [`${voice.resource?.kind ?? ''} ${voice.resource?.key ?? ''}`, [voice]]),
  );
  return {
    directly: speaking.filter(({ logicalId }) => !spokenFor.has(logicalId)),
    byVoice: speaking.filter(({ logicalId }) => spokenFor.has(logicalId)),
    voiceOf: (kind, key) => byResource.get(`${kind} ${key}`) ?? [],
  };
}

const KINDS: Readonly<Record<string, string>> = { function: 'function', api: 'API', queue: 'queue' };

function describe({ kind, key }: PlannedAlarm['resource'], symptoms: readonly PlannedAlarm[]): string {
  const names = symptoms.map(({ id }) => id.slice(id.indexOf('.') + 1));
  return (
    `The ${KINDS[kind] ?? kind} ${key} is unhealthy: at least one of its symptoms is in ALARM (${[...new Set(names)].join(', ')}). ` +
    'The description of each says what it means, its likely cause and where to look.'
  );
}
