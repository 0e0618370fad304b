import type { AlarmPlan, PlannedAlarm, PlannedComposite } from '../alarm-plan.ts';
import type { Connections } from '../connections.ts';

/** The composites of one error budget. */
export interface Budget {
  readonly fast: PlannedComposite;
  readonly slow: PlannedComposite;
}

/** The error budgets of a service, by what they are of: none or one, in a list. */
export interface Budgets {
  /** The budget that a resource has itself. */
  readonly of: (kind: string, key: string) => readonly Budget[];
  /** Those in which the failures of a resource are counted: of what stands before it first, as its users feel that. */
  readonly over: (kind: string, key: string) => readonly Budget[];
}

/** Pure. @param composites of the error budgets */
export function budgetsIn(
  composites: AlarmPlan['composites'],
  { apisBefore, behindQueue }: Pick<Connections, 'apisBefore' | 'behindQueue'>,
): Budgets {
  const of: Budgets['of'] = (kind, key) => {
    const [fast, slow] = (['page', 'ticket'] as const).map((urgency) =>
      composites.find(
        ({ resource, tells }) => tells === urgency && resource?.kind === kind && resource.key === key,
      ),
    );
    return fast === undefined || slow === undefined ? [] : [{ fast, slow }];
  };
  const over: Budgets['over'] = (kind, key) =>
    kind === 'queue'
      ? behindQueue(key).flatMap((fn) => of('function', fn))
      : [...(kind === 'function' ? apisBefore(key).flatMap((api) => of('api', api)) : []), ...of(kind, key)];
  return { of, over };
}

/** What no error budget measures: that work is lost, that a stream is behind; and single failures on low traffic. */
const BESIDE_BUDGETS: readonly string[] = [
  'function.errors',
  'function.asyncDropped',
  'function.deadLetterErrors',
  'function.destinationFailures',
  'function.iteratorAge',
  'function.offsetLag',
  'function.eventsDropped',
  'function.eventsGivenUp',
  'function.recursion',
  'queue.deadLetters',
  'function.personalData',
];

/** Whether an error budget has the word for what an alarm watches, so that the alarm itself says nothing. Pure. */
export function isCounted(
  { id, resource: { kind, key } }: Pick<PlannedAlarm, 'id' | 'resource'>,
  budgets: Pick<Budgets, 'over'>,
): boolean {
  return !BESIDE_BUDGETS.includes(id) && budgets.over(kind, key).length > 0;
}
