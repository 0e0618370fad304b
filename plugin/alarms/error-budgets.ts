import type { Inventory, Pace } from 'lambda-lantern-local/template';
import { PACES, windowName } from 'lambda-lantern-local/template';
import type { ErrorBudget, StageSloSettings } from '../settings/settings.ts';
import { identityOf, namesOf, whyNotAtAll } from './alarm-names.ts';
import type {
  AlarmPlan,
  MetricMath,
  PlannedAlarm,
  PlannedComposite,
  PlannedObjective,
} from './alarm-plan.ts';
import { consoleLink } from './console-links.ts';
import type { Resources } from './resource-kinds.ts';
import { math } from './metrics.ts';
import type { Objective } from './objectives.ts';
import { objectivesOf } from './objectives.ts';
import { duration } from './wording.ts';

const MINUTE = 60;
const HOUR = 3600;

/**
 * Failures that a long window needs to say anything. Our judgement: a queue or Lambda tries one poisonous message again, by
 * common settings up to five times, and that is one cause.
 */
const MINIMUM_FAILURES = 6;

type BudgetKind = 'function' | 'api';
type Plan = Pick<AlarmPlan, 'alarms' | 'composites' | 'objectives' | 'skipped'>;

/**
 * The alarms of the error budgets: for each window one that tells nobody, and for each urgency a composite of them. A long
 * window alone rings on for hours, a short one alone at every hiccup, and one expression takes metrics of one period only.
 */
export function planErrorBudgets(
  inventory: Inventory,
  { functions = {}, resources = {} }: StageSloSettings,
): Plan {
  const parts = [
    ...inventory.functions.flatMap((fn) => planFor('function', fn, functions, inventory)),
    ...inventory.apis.flatMap((api) => planFor('api', api, resources, inventory)),
  ];
  return {
    alarms: parts.flatMap(({ alarms }) => alarms),
    composites: parts.flatMap(({ composites }) => composites),
    objectives: parts.flatMap(({ objectives }) => objectives),
    skipped: parts.flatMap(({ skipped }) => skipped),
  };
}

function planFor<Kind extends BudgetKind>(
  kind: Kind,
  resource: Resources[Kind],
  budgets: Readonly<Record<string, ErrorBudget>>,
  inventory: Inventory,
): readonly Plan[] {
  const budget = Object.hasOwn(budgets, resource.key) ? budgets[resource.key] : undefined;
  if (budget === undefined) return [];
  const identity = identityOf(kind, resource);
  const condition = resource.condition === undefined ? {} : { condition: resource.condition };
  const why = whyNotAtAll(resource);
  if (why !== undefined) {
    const skipped = [{ id: `${kind}.burn`, resource: identity, why }];
    return [{ alarms: [], composites: [], objectives: [], skipped }];
  }
  const objectives = objectivesOf(resource, budget, inventory);
  const link = consoleLink(kind, resource, inventory);
  const windows = PACES.flatMap((pace) =>
    objectives.flatMap((objective) => {
      const threshold = withoutNoise(pace.burn * allowanceOf(objective));
      // A pace beyond all requests can never be seen.
      if (threshold >= 100) return [];
      const ofWindow = (window: number, minimum: number): PlannedAlarm => ({
        id: `${objective.of.kind}.${objective.name}`,
        resource: objective.of,
        ...condition,
        ...namesOf(inventory, objective.of, objective.name, windowName(window, pace)),
        ...burnAlarm(pace.burn, objective, window, minimum),
        threshold,
        metric: badShare(objective, window, minimum),
        link,
      });
      const minimum = budget.minimum ?? MINIMUM_FAILURES;
      // On low traffic one failure is a high share of five minutes: that would page by chance, for others of the hour.
      const going = pace.urgency === 'page' ? Math.ceil(minimum / 2) : 1;
      const alarms = [ofWindow(pace.long, minimum), ofWindow(pace.short, going)];
      return [{ ...pace, alarms }];
    }),
  );
  const composites = (['page', 'ticket'] as const).map((urgency): PlannedComposite => {
    const read = windows.filter((pace) => pace.urgency === urgency);
    return {
      ...namesOf(inventory, identity, urgency === 'page' ? 'fastBurn' : 'slowBurn'),
      ...condition,
      rule: read
        .map(({ alarms }) => `(${alarms.map(({ name }) => `ALARM("${name}")`).join(' AND ')})`)
        .join(' OR '),
      children: read.flatMap(({ alarms }) => alarms.map(({ logicalId }) => logicalId)),
      description: describe(objectives, PACES, urgency),
      isRoot: false,
      resource: identity,
      tells: urgency,
    };
  });
  return [
    {
      alarms: windows.flatMap(({ alarms }) => alarms),
      composites,
      objectives: objectives.map((objective): PlannedObjective => ({
        ...namesOf(inventory, objective.of, objective.promise),
        resource: objective.of,
        ...condition,
        promise: objective.promise,
        goal: objective.goal,
        sentence: objective.sentence,
        metrics: Object.entries(objective.stats(MINUTE)).map(([id, stat]) => ({ id, stat })),
        total: objective.total,
        bad: objective.bad,
      })),
      skipped: [],
    },
  ];
}

/** Percent that may fail. */
function allowanceOf({ goal }: Pick<Objective, 'goal'>): number {
  return withoutNoise(100 - goal);
}

function burnAlarm(
  burn: number,
  objective: Objective,
  window: number,
  minimum: number,
): Pick<
  PlannedAlarm,
  | 'comparisonOperator'
  | 'unit'
  | 'evaluationPeriods'
  | 'datapointsToAlarm'
  | 'treatMissingData'
  | 'meaning'
  | 'cause'
  | 'reason'
  | 'missingReason'
  | 'severity'
  | 'overridden'
  | 'isPart'
> {
  const { goal, promise, counted } = objective;
  const pace = burn === 1 ? 'faster than it allows' : `at more than ${burn} times the pace that it allows`;
  return {
    comparisonOperator: 'GreaterThanThreshold',
    unit: '%',
    evaluationPeriods: 1,
    datapointsToAlarm: 1,
    treatMissingData: 'notBreaching',
    meaning: `In ${spoken(window)}, the error budget was spent ${pace}.`,
    cause: 'Tells nobody alone: a composite reads it, with the alarm of another window.',
    reason:
      `${burn} times the ${allowanceOf(objective)} % that ${promise === 'latency' ? 'a latency' : 'an availability'} of ${goal} % allows` +
      (minimum > 1 ? `, with ${minimum} ${counted} or more` : ''),
    missingReason: 'There is always data: FILL fills in where nothing came, and then nothing failed.',
    severity: 'warning',
    overridden: [],
    isPart: true,
  };
}

/** 100 - 99.9 is not quite 0.1 in binary, and the threshold is read by people. */
function withoutNoise(value: number): number {
  return Number(value.toPrecision(10));
}

/** `duration` has no singular of the hour. */
function spoken(seconds: number): string {
  return seconds === HOUR ? 'an hour' : duration(seconds);
}

/**
 * The share in a window of what broke the promise, in percent. Every operand is filled and the condition has an else: a period
 * without a value would otherwise be missing, and CloudWatch would judge by an older one. A part of a count is none: half of
 * one is what rounding may take away.
 */
function badShare({ stats, bad, total, label }: Objective, period: number, minimum: number): MetricMath {
  return math(
    `IF(${bad} >= ${minimum - 0.5}, 100 * ${bracketed(bad)} / ${bracketed(total)}, 0)`,
    stats(period),
    label,
  );
}

function bracketed(expression: string): string {
  return /^\w+(\(\w+, \d+\))?$/.test(expression) ? expression : `(${expression})`;
}

function describe(
  objectives: readonly Objective[],
  paces: readonly Pace[],
  urgency: 'page' | 'ticket',
): string {
  const rates = paces
    .filter((pace) => pace.urgency === urgency)
    .map(({ burn, long, short }) => {
      const pace = burn === 1 ? 'more than that pace' : `${burn} times that pace`;
      return `${pace} in ${spoken(long)} and in the last ${spoken(short)}`;
    });
  const [first = '', ...rest] = objectives.map(({ sentence }) => sentence);
  const promises = [first, ...rest.map((text) => `${text.charAt(0).toLowerCase()}${text.slice(1)}`)].join(
    '; ',
  );
  return (
    `${promises}; more than that leaves room for did not: over ${rates.join(', or ')}. ` +
    (urgency === 'page'
      ? 'A budget of 30 days is gone within five days, or sooner: look now, at the newest errors.'
      : 'A budget of 30 days is gone before they are over: look in working hours.')
  );
}
