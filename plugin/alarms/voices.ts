import type { Inventory } from 'lambda-lantern-local/template';
import { DESCRIPTION_PARTS, MAX_RULE_ALARMS, MAX_RULE_LENGTH } from 'lambda-lantern-local/template';
import { identityOf, namesOf } from './alarm-names.ts';
import type { AlarmPlan, PlannedAlarm, PlannedComposite, SkippedAlarm } from './alarm-plan.ts';
import { anyOf, atLeastTwoOf, withoutAnyOf } from './composite.ts';
import { connectionsOf } from './connections.ts';

/**
 * Seconds for which an alarm waits to be explained. CloudWatch evaluates each alarm once a minute, at a second of its own, so that
 * what goes off in the same minute is seen; and an alarm that is over with its next evaluation is told all the same.
 */
const SAME_MINUTE = 50;

/** A budget needs some failures before it has the word; what waits for it stays in ALARM for five minutes at least. Seconds. */
const UNTIL_BUDGETS_SPEAK = 180;

/** A symptom ends minutes after its cause, as its alarms look at the last five. Seconds. */
const AFTER_ITS_CAUSE = 600;

/** The share of a day may lie at its threshold for a while: what is over sooner was not worth a ticket. Seconds. */
const SLOW_WAIT = 300;

/** What a fast burn has told, the slow one need not tell while its short window still has those failures in it. Seconds. */
const SLOW_EXTENSION = 6 * 3600;

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

/** What no failure explains, so that it is never held back. */
const UNEXPLAINED = 'function.personalData';

type Named = Pick<PlannedAlarm, 'name' | 'logicalId' | 'condition'>;

/** The composites of one error budget. */
interface Budget {
  readonly fast: PlannedComposite;
  readonly slow: PlannedComposite;
}

type Spoken = Pick<AlarmPlan, 'alarms' | 'composites' | 'skipped'>;

/**
 * One cause, one message: which of the alarms that a failure sets off tell somebody. A warning never does. The symptoms of a
 * function, an API or a queue have one voice, a composite, which is held back while something explains it: what the resource
 * waits for, or an error budget in which its failures are counted. Pure.
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
  const { apisBefore, behindApi, behindQueue, calledBy } = connectionsOf(inventory);
  const budgetOf = (kind: string, key: string): readonly Budget[] => {
    const of = (urgency: string) =>
      budgets.composites.find(
        ({ resource, tells }) => tells === urgency && resource?.kind === kind && resource.key === key,
      );
    const [fast, slow] = [of('page'), of('ticket')];
    return fast === undefined || slow === undefined ? [] : [{ fast, slow }];
  };
  /** Those in which the failures of a resource are counted: of what stands before it first, as its users feel that. */
  const budgetsOver = (kind: string, key: string): readonly Budget[] =>
    kind === 'queue'
      ? behindQueue(key).flatMap((fn) => budgetOf('function', fn))
      : [
          ...(kind === 'function' ? apisBefore(key).flatMap((api) => budgetOf('api', api)) : []),
          ...budgetOf(kind, key),
        ];

  const speaking = alarms.filter(
    ({ id, severity, resource: { kind, key } }) =>
      severity === 'symptom' && (BESIDE_BUDGETS.includes(id) || budgetsOver(kind, key).length === 0),
  );
  const failing = speaking.filter(({ id }) => id !== UNEXPLAINED);
  const voices = new Map<string, PlannedComposite>();
  const voiceOf = (kind: string, key: string): readonly PlannedComposite[] => {
    const voice = voices.get(`${kind} ${key}`);
    return voice === undefined ? [] : [voice];
  };
  const resources = [
    ...inventory.functions.map((fn) => ({ ...identityOf('function', fn), condition: fn.condition })),
    ...inventory.apis.map((api) => ({ ...identityOf('api', api), condition: api.condition })),
    ...inventory.queues.map((queue) => ({ ...identityOf('queue', queue), condition: queue.condition })),
  ];
  for (const { condition, ...resource } of resources) {
    const { kind, key } = resource;
    const symptoms = failing.filter(({ resource: of }) => of.kind === kind && of.key === key);
    if (symptoms.length === 0 || (kind === 'queue' && behindQueue(key).length === 0)) continue;
    voices.set(`${kind} ${key}`, {
      ...namesOf(inventory, resource, 'unhealthy'),
      ...(condition !== undefined && { condition }),
      resource,
      rule: anyOf(symptoms),
      children: symptoms.map(({ logicalId }) => logicalId),
      description: describe(resource, symptoms),
      isRoot: false,
      tells: budgetsOver(kind, key).length > 0 ? 'ticket' : 'each',
    });
  }

  const explanations = new Explanations();
  const independent = inventory.functions.filter(
    ({ key, condition }) => condition === undefined && calledBy(key).length === 0 && key !== messenger,
  );
  const several = [
    severalUnhealthy(
      inventory,
      independent
        .filter(({ key }) => budgetsOver('function', key).length === 0)
        .map(({ key }) => failing.filter(({ resource: of }) => of.kind === 'function' && of.key === key))
        .filter((symptoms) => symptoms.length > 0),
    ),
    severalBurns(
      inventory,
      independent
        .filter(({ key }) => budgetsOver('function', key).length === 1)
        .flatMap(({ key }) => budgetOf('function', key))
        .map(({ fast }) => budgets.alarms.filter(({ logicalId }) => fast.children.includes(logicalId))),
    ),
  ].filter((one) => one !== undefined);
  /** A group is of the alarms of its members: one that waits for it may not be named in it. */
  const groupsOf = ({ children }: PlannedComposite): readonly Named[] =>
    several.filter((group) => group.children.some((child) => children.includes(child)));

  /** An API may not notice what fails behind it, where that is a small part of what it answers. */
  const voicesCalledBy = (key: string): readonly Named[] =>
    calledBy(key).flatMap(([kind, other]) => [
      ...voiceOf(kind, other),
      ...(kind === 'api' ? behindApi(other).flatMap((fn) => voiceOf('function', fn)) : []),
    ]);

  const ofFunctions = inventory.functions.flatMap(({ key }) => {
    const [voice] = voiceOf('function', key);
    const [own] = budgetOf('function', key);
    const called = calledBy(key);
    const before = [
      ...apisBefore(key).flatMap((api) => budgetOf('api', api)),
      ...called.flatMap(([kind, other]) => budgetOf(kind, other)),
    ];
    const [first, ...others] = [...before, ...(own === undefined ? [] : [own])];
    return [
      ...(voice === undefined
        ? []
        : [
            explanations.hold(voice, {
              by: [...(first === undefined ? [] : [first.fast]), ...groupsOf(voice), ...voicesCalledBy(key)],
              unless: [first, ...others].flatMap((budget) =>
                budget === undefined ? [] : budget === first ? [budget.slow] : [budget.fast, budget.slow],
              ),
              wait: voice.tells === 'ticket' ? UNTIL_BUDGETS_SPEAK : SAME_MINUTE,
              extension: AFTER_ITS_CAUSE,
            }),
          ]),
      ...(own === undefined ? [] : explanations.holdBudget(own, before, groupsOf(own.fast))),
    ];
  });
  const ofApis = inventory.apis.flatMap(({ key }) => {
    const [own] = budgetOf('api', key);
    const behind = behindApi(key);
    return [
      ...voiceOf('api', key).map((voice) =>
        explanations.hold(voice, {
          by: behind.flatMap((fn) => [
            ...budgetOf('function', fn).map(({ fast }) => fast),
            ...voiceOf('function', fn),
          ]),
          unless: behind.flatMap((fn) => budgetOf('function', fn).map(({ slow }) => slow)),
          wait: SAME_MINUTE,
          extension: AFTER_ITS_CAUSE,
        }),
      ),
      ...(own === undefined ? [] : explanations.holdBudget(own, [], [])),
    ];
  });
  const ofQueues = inventory.queues.flatMap(({ key }) =>
    voiceOf('queue', key).map((voice) =>
      explanations.hold(voice, {
        // Messages stay when what held them up is gone, and are told then. No slow burn holds that back for hours. A function may
        // hand back what it cannot handle without an error of its own, so that what it calls counts as well.
        by: behindQueue(key).flatMap((fn) => [
          ...budgetOf('function', fn).map(({ fast }) => fast),
          ...voiceOf('function', fn),
          ...calledBy(fn).flatMap(([kind, other]) => budgetOf(kind, other).map(({ fast }) => fast)),
          ...voicesCalledBy(fn),
        ]),
        unless: [],
        wait: SAME_MINUTE,
        extension: AFTER_ITS_CAUSE,
      }),
    ),
  );
  const spokenFor = new Set([...voices.values()].flatMap(({ children }) => children));
  const alone = new Set(speaking.filter(({ logicalId }) => !spokenFor.has(logicalId)));
  return {
    alarms: alarms.map((alarm) => (alone.has(alarm) ? { ...alarm, tells: 'each' } : alarm)),
    composites: [...several, ...explanations.parts, ...ofFunctions, ...ofApis, ...ofQueues],
    skipped: explanations.skipped,
  };
}

/** What holds back an alarm. */
interface Hold {
  /** While one of these is in ALARM, and for `extension` seconds after it; they may come up to `wait` seconds later. */
  readonly by: readonly Named[];
  /** While one of these is in ALARM, the alarm itself is not. */
  readonly unless: readonly Named[];
  /** Seconds. */
  readonly wait: number;
  readonly extension: number;
}

/** Makes alarms wait for what explains them. CloudWatch lets an alarm name one that holds it back: for several, there is a part. */
class Explanations {
  readonly #parts = new Map<string, PlannedComposite>();
  readonly #skipped: SkippedAlarm[] = [];

  get parts(): readonly PlannedComposite[] {
    return [...this.#parts.values()];
  }

  get skipped(): readonly SkippedAlarm[] {
    return this.#skipped;
  }

  hold(alarm: PlannedComposite, { by, unless, wait, extension }: Hold): PlannedComposite {
    const explaining = knownTo(alarm, by);
    const [only] = explaining;
    const suppressor = explaining.length > 1 ? this.#partFor(alarm, explaining) : only;
    const inRule = withoutAnyOf(alarm, knownTo(alarm, unless));
    const held = fits(inRule) ? inRule : alarm;
    return suppressor === undefined
      ? held
      : { ...held, suppressor: { name: suppressor.name, logicalId: suppressor.logicalId, wait, extension } };
  }

  /** The budget before it speaks first; a slow burn is not told after its fast one. */
  holdBudget(own: Budget, before: readonly Budget[], groups: readonly Named[]): readonly PlannedComposite[] {
    return [
      this.hold(own.fast, {
        by: [...before.map(({ fast }) => fast), ...groups],
        unless: [],
        wait: SAME_MINUTE,
        extension: AFTER_ITS_CAUSE,
      }),
      this.hold(own.slow, {
        by: [own.fast],
        unless: before.flatMap(({ fast, slow }) => [fast, slow]),
        wait: SLOW_WAIT,
        extension: SLOW_EXTENSION,
      }),
    ];
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
    if (!fits(part)) {
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

function fits({ rule, children }: PlannedComposite): boolean {
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

const COMMON =
  `${DESCRIPTION_PARTS.cause}what they have in common, such as a deployment, a table, or what they call. The alarms of its rule that ` +
  'are in ALARM say which they are.';

/** Where one rule cannot name all symptoms of all functions: by these, a function is seen to fail. */
const FAILURES: readonly string[] = ['function.errors', 'function.errorRate'];

/** Functions that fail at once have a cause in common, which none of them is: one alarm speaks for all. */
function severalUnhealthy(
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
  return symptoms.length < 2 ? undefined : [of(symptoms), of(failures)].find(fits);
}

const HOUR = 3600;
const FIVE_MINUTES = 300;

/** The same of error budgets that are spent at the fastest pace. */
function severalBurns(
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
  return fits(composite) ? composite : undefined;
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

const KINDS: Readonly<Record<string, string>> = { function: 'function', api: 'API', queue: 'queue' };

function describe({ kind, key }: PlannedAlarm['resource'], symptoms: readonly PlannedAlarm[]): string {
  const names = symptoms.map(({ id }) => id.slice(id.indexOf('.') + 1));
  return (
    `The ${KINDS[kind] ?? kind} ${key} is unhealthy: at least one of its symptoms is in ALARM (${[...new Set(names)].join(', ')}). ` +
    'The description of each says what it means, its likely cause and where to look.'
  );
}
