import type { Inventory } from 'lambda-lantern-local/template';
import { DESCRIPTION_PARTS } from 'lambda-lantern-local/template';
import type { PlannedAlarm, PlannedComposite } from '../alarm-plan.ts';
import { atLeastTwoOf } from '../composite.ts';
import type { Connections } from '../connections.ts';
import { fitsRule } from './hold-back.ts';

const COMMON =
  `${DESCRIPTION_PARTS.cause}What they have in common, such as a deployment, a table, or what they call. The alarms of its rule that ` +
  'are in ALARM say which they are.';

/**
 * The keys of the functions whose failures at once have a cause in common, which none of them is: those that call no other, and that are
 * there in every deployment.
 *
 * @param messenger the key of the function that composes messages: what it may not tell, no other alarm may explain
 */
export function independentFunctions(
  { functions }: Pick<Inventory, 'functions'>,
  { calledBy }: Pick<Connections, 'calledBy'>,
  messenger?: string,
): readonly string[] {
  return functions
    .filter(
      ({ key, condition }) => condition === undefined && calledBy(key).length === 0 && key !== messenger,
    )
    .map(({ key }) => key);
}

/** Where one rule cannot name all symptoms of all functions: by these, a function is seen to fail. */
const FAILURES: readonly string[] = ['function.errors', 'function.errorRate'];

/** One alarm speaks for functions that fail at once; undefined where none can, or no two may. @param symptoms of each function */
export function severalUnhealthy(
  service: Pick<Inventory, 'service' | 'stage'>,
  symptoms: ReadonlyArray<readonly PlannedAlarm[]>,
): PlannedComposite | undefined {
  const of = (groups: ReadonlyArray<readonly PlannedAlarm[]>): PlannedComposite =>
    several(service, 'Unhealthy', groups, {
      rule: atLeastTwoOf(groups),
      tells: 'each',
      description: `Several functions of ${service.service} in the stage ${service.stage} fail at once.\n${COMMON}`,
    });
  const failures = symptoms.map((all) => all.filter(({ id }) => FAILURES.includes(id)));
  return symptoms.length < 2 ? undefined : [of(symptoms), of(failures)].find(fitsRule);
}

const HOUR = 3600;
const FIVE_MINUTES = 300;

/** The same of error budgets that are spent at the fastest pace. @param windows of the fast burn of each function */
export function severalBurns(
  service: Pick<Inventory, 'service' | 'stage'>,
  windows: ReadonlyArray<readonly PlannedAlarm[]>,
): PlannedComposite | undefined {
  const [long, short] = [HOUR, FIVE_MINUTES].map((period) =>
    windows
      .map((alarms) => alarms.filter(({ metric }) => metric.period === period))
      .filter(({ length }) => length > 0),
  );
  if (long === undefined || short === undefined || long.length < 2) return undefined;
  const composite = several(service, 'Burns', [...long, ...short], {
    rule: `(${atLeastTwoOf(long)}) AND (${atLeastTwoOf(short)})`,
    tells: 'page',
    description: `Several functions of ${service.service} in the stage ${service.stage} spend their error budgets fast: look now.\n${COMMON}`,
  });
  return fitsRule(composite) ? composite : undefined;
}

function several(
  { service, stage }: Pick<Inventory, 'service' | 'stage'>,
  what: string,
  groups: ReadonlyArray<readonly PlannedAlarm[]>,
  more: Pick<PlannedComposite, 'rule' | 'tells' | 'description'>,
): PlannedComposite {
  return {
    name: `${service}-${stage}-several${what}`,
    logicalId: `LanternSeveral${what}`,
    children: groups.flat().map(({ logicalId }) => logicalId),
    isRoot: false,
    ...more,
  };
}
