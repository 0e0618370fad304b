import type { PlannedComposite } from '../alarm-plan.ts';
import type { Connections } from '../connections.ts';
import type { Budget, Budgets } from './budgets.ts';
import type { Hold, Named } from './hold-back.ts';
import type { Speaking } from './voices-of-resources.ts';

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

/** Whose failure is felt where, and who speaks of it. */
export interface Explaining {
  readonly connections: Connections;
  readonly budgets: Budgets;
  readonly voiceOf: Speaking['voiceOf'];
  /** The alarms that speak for several functions at once. */
  readonly groups: readonly PlannedComposite[];
}

/**
 * What explains the voice of a function: the budget in which its failures are counted, or that of what it calls; that several fail at once;
 * and what it calls.
 */
export function explainsFunction(key: string, voice: PlannedComposite, known: Explaining): Hold {
  const { budgets, groups } = known;
  const [first, ...others] = [...budgetsBefore(key, known), ...budgets.of('function', key)];
  return {
    by: [
      ...(first === undefined ? [] : [first.fast]),
      ...groupsOf(voice, groups),
      ...voicesCalledBy(key, known),
    ],
    unless: [
      ...(first === undefined ? [] : [first.slow]),
      ...others.flatMap(({ fast, slow }) => [fast, slow]),
    ],
    wait: voice.tells === 'ticket' ? UNTIL_BUDGETS_SPEAK : SAME_MINUTE,
    extension: AFTER_ITS_CAUSE,
  };
}

/** What explains the voice of an API: the functions behind it, each by its budget and by its voice. */
export function explainsApi(
  key: string,
  { connections: { behindApi }, budgets, voiceOf }: Omit<Explaining, 'groups'>,
): Hold {
  const ofFunctions = behindApi(key).flatMap((fn) => budgets.of('function', fn));
  return {
    by: behindApi(key).flatMap((fn) => [
      ...budgets.of('function', fn).map(({ fast }) => fast),
      ...voiceOf('function', fn),
    ]),
    unless: ofFunctions.map(({ slow }) => slow),
    wait: SAME_MINUTE,
    extension: AFTER_ITS_CAUSE,
  };
}

/**
 * What explains the voice of a queue: the functions that read it, and what those call, as a function may hand back what it cannot handle
 * without an error of its own. Messages stay when what held them up is gone, and are told then: no slow burn holds that back for hours.
 */
export function explainsQueue(key: string, known: Omit<Explaining, 'groups'>): Hold {
  const { connections, budgets, voiceOf } = known;
  return {
    by: connections
      .behindQueue(key)
      .flatMap((fn) => [
        ...budgets.of('function', fn).map(({ fast }) => fast),
        ...voiceOf('function', fn),
        ...connections
          .calledBy(fn)
          .flatMap(([kind, other]) => budgets.of(kind, other).map(({ fast }) => fast)),
        ...voicesCalledBy(fn, known),
      ]),
    unless: [],
    wait: SAME_MINUTE,
    extension: AFTER_ITS_CAUSE,
  };
}

/**
 * What explains an error budget: those of what stands before it or behind it, which speak first, and that several burn at once. A slow burn
 * is not told after its fast one.
 *
 * @param before the budgets that speak first
 */
export function explainsBudget(
  own: Budget,
  before: readonly Budget[],
  groups: Explaining['groups'],
): { readonly fast: Hold; readonly slow: Hold } {
  return {
    fast: {
      by: [...before.map(({ fast }) => fast), ...groupsOf(own.fast, groups)],
      unless: [],
      wait: SAME_MINUTE,
      extension: AFTER_ITS_CAUSE,
    },
    slow: {
      by: [own.fast],
      unless: before.flatMap(({ fast, slow }) => [fast, slow]),
      wait: SLOW_WAIT,
      extension: SLOW_EXTENSION,
    },
  };
}

/** The budgets that speak before that of a function: of the APIs before it, whose users feel it, and of what it calls. */
export function budgetsBefore(
  key: string,
  { connections: { apisBefore, calledBy }, budgets }: Pick<Explaining, 'connections' | 'budgets'>,
): readonly Budget[] {
  return [
    ...apisBefore(key).flatMap((api) => budgets.of('api', api)),
    ...calledBy(key).flatMap(([kind, other]) => budgets.of(kind, other)),
  ];
}

/** A group is of the alarms of its members: one that waits for it may not be named in it. */
function groupsOf(
  { children }: PlannedComposite,
  groups: readonly PlannedComposite[],
): readonly PlannedComposite[] {
  return groups.filter((group) => group.children.some((child) => children.includes(child)));
}

/** An API may not notice what fails behind it, where that is a small part of what it answers. */
function voicesCalledBy(
  key: string,
  {
    connections: { behindApi, calledBy },
    voiceOf,
  }: { readonly connections: Connections; readonly voiceOf: Explaining['voiceOf'] },
): readonly Named[] {
  return calledBy(key).flatMap(([kind, other]) => [
    ...voiceOf(kind, other),
    ...(kind === 'api' ? behindApi(other).flatMap((fn) => voiceOf('function', fn)) : []),
  ]);
}
