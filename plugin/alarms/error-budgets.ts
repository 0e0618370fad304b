import type { ApiResource, FunctionResource, Inventory } from 'lambda-lantern-local/template';
import type { ErrorBudget, StageSloSettings } from '../settings/settings.ts';
import { identityOf, namesOf, whyNotAtAll } from './alarm-names.ts';
import type { AlarmPlan, MetricMath, PlannedAlarm, PlannedComposite } from './alarm-plan.ts';
import { consoleLink } from './console-links.ts';
import type { Resources } from './resource-kinds.ts';
import { API_METRICS, apiDimensions, lambda, math, metric } from './metrics.ts';
import { duration } from './wording.ts';

/** A pace at which the budget is spent, and the windows in which it has to be seen. */
interface Pace {
  /** How many times faster than the budget allows. */
  readonly burn: number;
  /** Says that it matters: seconds. */
  readonly long: number;
  /** Says that it goes on, so that the alarm ends soon after its cause: seconds. */
  readonly short: number;
  readonly urgency: NonNullable<PlannedComposite['urgency']>;
}

const MINUTE = 60;
const HOUR = 3600;

/**
 * Google, "The Site Reliability Workbook", chapter "Alerting on SLOs": of the budget of 30 days, 2 % in an hour, 5 % in six
 * hours, 10 % in a day. The workbook's slowest looks at three days; a period of CloudWatch is at most one.
 */
export const PACES: readonly Pace[] = [
  { burn: 14.4, long: HOUR, short: 5 * MINUTE, urgency: 'page' },
  { burn: 6, long: 6 * HOUR, short: 30 * MINUTE, urgency: 'page' },
  { burn: 3, long: 24 * HOUR, short: 2 * HOUR, urgency: 'ticket' },
];

/**
 * Failures that a long window needs to say anything. Our judgement: a queue or Lambda tries one poisonous message again, by
 * common settings up to five times, and that is one cause.
 */
const MINIMUM_FAILURES = 6;

type BudgetKind = 'function' | 'api';

/**
 * The alarms of the error budgets: for each window one that tells nobody, and for each urgency a composite of them. A long
 * window alone rings on for hours, a short one alone at every hiccup, and one expression takes metrics of one period only.
 */
export function planErrorBudgets(
  inventory: Inventory,
  { functions = {}, resources = {} }: StageSloSettings,
): Pick<AlarmPlan, 'alarms' | 'composites' | 'skipped'> {
  const parts = [
    ...inventory.functions.flatMap((fn) => planFor('function', fn, functions, inventory)),
    ...inventory.apis.flatMap((api) => planFor('api', api, resources, inventory)),
  ];
  return {
    alarms: parts.flatMap(({ alarms }) => alarms),
    composites: parts.flatMap(({ composites }) => composites),
    skipped: parts.flatMap(({ skipped }) => skipped),
  };
}

function planFor<Kind extends BudgetKind>(
  kind: Kind,
  resource: Resources[Kind],
  budgets: Readonly<Record<string, ErrorBudget>>,
  inventory: Inventory,
): ReadonlyArray<Pick<AlarmPlan, 'alarms' | 'composites' | 'skipped'>> {
  const budget = Object.hasOwn(budgets, resource.key) ? budgets[resource.key] : undefined;
  if (budget === undefined) return [];
  const identity = identityOf(kind, resource);
  const why = whyNotAtAll(resource);
  if (why !== undefined) {
    return [{ alarms: [], composites: [], skipped: [{ id: `${kind}.burn`, resource: identity, why }] }];
  }
  const shared = {
    id: `${kind}.burn`,
    resource: identity,
    ...(resource.condition !== undefined && { condition: resource.condition }),
    link: consoleLink(kind, resource, inventory),
  };
  const windows = PACES.map((pace) => {
    const ofWindow = (window: number, minimum: number): PlannedAlarm => ({
      ...shared,
      ...namesOf(inventory, identity, 'burn', shortly(window)),
      ...burnAlarm(pace.burn, budget, window, minimum),
      metric: failureRate(resource, window, minimum),
    });
    return {
      ...pace,
      alarms: [ofWindow(pace.long, budget.minimum ?? MINIMUM_FAILURES), ofWindow(pace.short, 1)],
    };
  });
  const composites = (['page', 'ticket'] as const).map((urgency): PlannedComposite => {
    const read = windows.filter((pace) => pace.urgency === urgency);
    return {
      ...namesOf(inventory, identity, urgency === 'page' ? 'fastBurn' : 'slowBurn'),
      ...(resource.condition !== undefined && { condition: resource.condition }),
      rule: read
        .map(({ alarms }) => `(${alarms.map(({ name }) => `ALARM("${name}")`).join(' AND ')})`)
        .join(' OR '),
      children: read.flatMap(({ alarms }) => alarms.map(({ logicalId }) => logicalId)),
      description: describe(identity, budget, read, urgency),
      isRoot: false,
      urgency,
    };
  });
  return [{ alarms: windows.flatMap(({ alarms }) => alarms), composites, skipped: [] }];
}

/** `5m`, `24h`. */
function shortly(seconds: number): string {
  return seconds < HOUR ? `${seconds / MINUTE}m` : `${seconds / HOUR}h`;
}

function burnAlarm(
  burn: number,
  { availability }: ErrorBudget,
  window: number,
  minimum: number,
): Omit<PlannedAlarm, 'id' | 'resource' | 'link' | 'name' | 'logicalId' | 'metric'> {
  const allowed = withoutNoise(100 - availability);
  return {
    comparisonOperator: 'GreaterThanThreshold',
    threshold: withoutNoise(burn * allowed),
    unit: '%',
    evaluationPeriods: 1,
    datapointsToAlarm: 1,
    treatMissingData: 'notBreaching',
    meaning: `In ${spoken(window)}, the error budget was spent at more than ${burn} times the pace that it allows.`,
    cause: 'Tells nobody alone: a composite reads it, with the alarm of another window.',
    reason:
      `${burn} times the ${allowed} % that an availability of ${availability} % allows` +
      (minimum > 1 ? `, with ${minimum} failures or more` : ''),
    missingReason: 'There is always data: FILL puts 0 where nothing came, and then nothing failed.',
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
 * The share of what failed in a window, in percent. Every operand is filled and the condition has an else: a period without a
 * value would otherwise be missing, and CloudWatch would judge by an older one.
 */
function failureRate(resource: FunctionResource | ApiResource, period: number, minimum: number): MetricMath {
  return math(
    `IF(FILL(failed, 0) >= ${minimum}, 100 * FILL(failed, 0) / FILL(requests, 1), 0)`,
    'kind' in resource
      ? {
          failed: apiMetric(resource, 'serverErrors', 'Sum', period),
          requests: apiMetric(resource, 'requests', 'SampleCount', period),
        }
      : {
          failed: lambda('Errors', resource, { statistic: 'Sum', period }),
          requests: lambda('Invocations', resource, { statistic: 'Sum', period }),
        },
    'Failures (%)',
  );
}

function apiMetric(
  api: ApiResource,
  of: 'serverErrors' | 'requests',
  statistic: string,
  period: number,
): ReturnType<typeof metric> {
  return metric('AWS/ApiGateway', API_METRICS[api.kind][of], apiDimensions(api), { statistic, period });
}

function describe(
  { kind, key }: PlannedAlarm['resource'],
  { availability }: ErrorBudget,
  paces: readonly Pace[],
  urgency: Pace['urgency'],
): string {
  const what = kind === 'api' ? `requests to the API ${key}` : `invocations of ${key}`;
  const rates = paces.map(
    ({ burn, long, short }) => `${burn} times that pace in ${spoken(long)} and in the last ${spoken(short)}`,
  );
  return (
    `Of the ${what}, ${availability} % are to succeed; more failed than that leaves room for: over ${rates.join(', or ')}. ` +
    (urgency === 'page'
      ? 'A budget of 30 days is gone within five days, or sooner: look now, at the newest errors.'
      : 'A budget of 30 days is gone within ten days: look in working hours.')
  );
}
