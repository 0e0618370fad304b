import type { Inventory } from 'lambda-lantern-local/template';
import { MAX_RULE_ALARMS, MAX_RULE_LENGTH } from 'lambda-lantern-local/template';
import type { PlannedAlarm, PlannedComposite } from './alarm-plan.ts';

/**
 * One alarm that says that the service is unhealthy: in ALARM as soon as one of the symptoms is. Warnings do not count. Where
 * one rule would hold too much, the symptoms are shared out among branches, which the root reads.
 */
export function planComposites(
  { service, stage }: Pick<Inventory, 'service' | 'stage'>,
  alarms: ReadonlyArray<Pick<PlannedAlarm, 'name' | 'logicalId' | 'severity' | 'condition'>>,
): readonly PlannedComposite[] {
  // A rule may not name an alarm that does not exist, and whether a conditional one does, only the deployment knows.
  const symptoms = alarms.filter(
    ({ severity, condition }) => severity === 'symptom' && condition === undefined,
  );
  if (symptoms.length === 0) return [];
  const root = { name: `${service}-${stage}-unhealthy`, logicalId: 'LanternServiceUnhealthy' };
  const branches = chunks(symptoms).map((children, index, { length }) =>
    length === 1
      ? composite(root, children, describeRoot(service, stage), true)
      : composite(
          { name: `${root.name}-${index + 1}`, logicalId: `${root.logicalId}${index + 1}` },
          children,
          `A part of the alarms of ${service} in the stage ${stage}: ${root.name} reads it.`,
          false,
        ),
  );
  return branches.length === 1
    ? branches
    : [...branches, composite(root, branches, describeRoot(service, stage), true)];
}

function describeRoot(service: string, stage: string): string {
  return (
    `The service ${service} in the stage ${stage} is unhealthy: at least one of its alarms that its users feel, or that loses ` +
    'work, is in ALARM. Look at the alarms in its rule.'
  );
}

type Named = Pick<PlannedAlarm, 'name' | 'logicalId'>;

const OR = ' OR ';
function term({ name }: Named): string {
  return `ALARM("${name}")`;
}

/** The rule that one of some alarms is in ALARM. */
export function anyOf(alarms: ReadonlyArray<Pick<Named, 'name'>>): string {
  return alarms.map(({ name }) => `ALARM("${name}")`).join(OR);
}

/**
 * The rule that of two different groups of alarms one each is in ALARM. Any two groups differ in a bit of their places in the list:
 * so there is a bit for which one with it and one without it are. That takes a logarithm of terms for each, where all pairs
 * would take as many as there are groups.
 */
export function atLeastTwoOf(groups: ReadonlyArray<ReadonlyArray<Pick<Named, 'name'>>>): string {
  const bits = Math.ceil(Math.log2(Math.max(groups.length, 2)));
  return Array.from({ length: bits }, (_, bit) => {
    const [without, having] = [0, 1].map((value) =>
      anyOf(groups.filter((_group, place) => ((place >> bit) & 1) === value).flat()),
    );
    return `((${without}) AND (${having}))`;
  }).join(OR);
}

/** The same alarm, but not while one of the others is in ALARM. */
export function withoutAnyOf(alarm: PlannedComposite, others: readonly Named[]): PlannedComposite {
  return others.length === 0
    ? alarm
    : {
        ...alarm,
        rule: `(${alarm.rule}) AND NOT (${anyOf(others)})`,
        children: [...alarm.children, ...others.map(({ logicalId }) => logicalId)],
      };
}

function composite(
  { name, logicalId }: Named,
  children: readonly Named[],
  description: string,
  isRoot: boolean,
): PlannedComposite {
  return {
    name,
    logicalId,
    rule: children.map(term).join(OR),
    children: children.map((child) => child.logicalId),
    description,
    isRoot,
    ...(isRoot && { tells: 'service' as const }),
  };
}

/** A rule of 100 children has 199 elements, far below the 500 that one may have. */
function chunks(alarms: readonly Named[]): ReadonlyArray<readonly Named[]> {
  const found: Named[][] = [[]];
  let length = 0;
  for (const alarm of alarms) {
    const added = term(alarm).length + OR.length;
    const current = found.at(-1) ?? [];
    if (current.length > 0 && (current.length === MAX_RULE_ALARMS || length + added > MAX_RULE_LENGTH)) {
      found.push([alarm]);
      length = added;
    } else {
      current.push(alarm);
      length += added;
    }
  }
  return found;
}
