import { MAX_RULE_ALARMS, MAX_RULE_LENGTH } from 'lambda-lantern-local/template';
import type { PlannedAlarm, PlannedComposite, SkippedAlarm } from '../alarm-plan.ts';
import { anyOf, withoutAnyOf } from '../composite.ts';

export type Named = Pick<PlannedAlarm, 'name' | 'logicalId' | 'condition'>;

/** What holds back an alarm. */
export interface Hold {
  /** While one of these is in ALARM, and for `extension` seconds after it; they may come up to `wait` seconds later. */
  readonly by: readonly Named[];
  /** While one of these is in ALARM, the alarm itself is not. */
  readonly unless: readonly Named[];
  /** Seconds. */
  readonly wait: number;
  readonly extension: number;
}

/** Makes alarms wait for what explains them. CloudWatch lets an alarm name one that holds it back: for several, there is a part. */
export class HeldBack {
  readonly #parts = new Map<string, PlannedComposite>();
  readonly #skipped: SkippedAlarm[] = [];

  /** The composites that are there to hold others back, as far as some were needed. */
  get parts(): readonly PlannedComposite[] {
    return [...this.#parts.values()];
  }

  /** What could not be held back, and why. */
  get skipped(): readonly SkippedAlarm[] {
    return this.#skipped;
  }

  /** The same alarm, held back. */
  hold(alarm: PlannedComposite, { by, unless, wait, extension }: Hold): PlannedComposite {
    const explaining = knownTo(alarm, by);
    const [only] = explaining;
    const suppressor = explaining.length > 1 ? this.#partFor(alarm, explaining) : only;
    const inRule = withoutAnyOf(alarm, knownTo(alarm, unless));
    const held = fitsRule(inRule) ? inRule : alarm;
    return suppressor === undefined
      ? held
      : { ...held, suppressor: { name: suppressor.name, logicalId: suppressor.logicalId, wait, extension } };
  }

  #partFor(alarm: PlannedComposite, explaining: readonly Named[]): Named | undefined {
    const part: PlannedComposite = {
      name: `${alarm.name}-explained`,
      logicalId: `${alarm.logicalId}Explained`,
      ...(alarm.condition !== undefined && { condition: alarm.condition }),
      rule: anyOf(explaining),
      children: explaining.map(({ logicalId }) => logicalId),
      description: `Tells nobody. While it is in ALARM, something else explains ${alarm.name}, which is held back.`,
      isRoot: false,
      isPart: true,
    };
    if (!fitsRule(part)) {
      const why = 'more may explain it than one rule can name, so that it is told beside its cause';
      if (alarm.resource !== undefined)
        this.#skipped.push({ id: `${alarm.resource.kind}.explained`, resource: alarm.resource, why });
      return undefined;
    }
    const known = this.#parts.get(part.rule);
    // The same explanations under another condition would be an alarm that may not exist.
    if (known !== undefined && known.condition === part.condition) return known;
    this.#parts.set(part.rule, part);
    return part;
  }
}

/** Whether CloudWatch takes the rule of a composite. */
export function fitsRule({ rule, children }: Pick<PlannedComposite, 'rule' | 'children'>): boolean {
  return rule.length <= MAX_RULE_LENGTH && children.length <= MAX_RULE_ALARMS;
}

/** Each once; of conditional alarms only those under the same condition, as a rule may not name one that does not exist. */
function knownTo(alarm: Named, others: readonly Named[]): readonly Named[] {
  const byId = new Map(others.map((one) => [one.logicalId, one]));
  return [...byId.values()].filter(
    ({ logicalId, condition }) =>
      logicalId !== alarm.logicalId && (condition === undefined || condition === alarm.condition),
  );
}
