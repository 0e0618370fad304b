import type { Inventory, OtherResource } from 'lambda-lantern-local/template';
import { percentileOf } from 'lambda-lantern-local/template';
import type { ResolvedAlarm } from '../settings/resolve-settings.ts';
import { resolveAlarm, settingsForStage, sloForStage } from '../settings/resolve-settings.ts';
import { parseWindow } from '../settings/vocabulary.ts';
import type { AlarmSettings, SloSettings, StageAlarmSettings } from '../settings/settings.ts';
import { identityOf, namesOf, whyNotAtAll } from './alarm-names.ts';
import type {
  AlarmPlan,
  CountedEventSource,
  PlannedAlarm,
  MetricStat,
  PlannedFilter,
  SkippedAlarm,
} from './alarm-plan.ts';
import { planComposites } from './composite.ts';
import { consoleLink } from './console-links.ts';
import type { DefaultAlarm, Watched } from './default-alarm.ts';
import { DEFAULTS } from './defaults.ts';
import { planErrorBudgets } from './error-budgets.ts';
import { planLogAlarms } from './log-alarms.ts';
import type { ResourceKind, Resources } from './resource-kinds.ts';
import { withNextSteps, withOwners, withStepsOfAlarm } from './next-steps.ts';
import { giveVoices } from './voices.ts';
import { resourcesByKind, scheduleGroups } from './resource-kinds.ts';

/**
 * Plans every alarm of a service from its inventory, the defaults, `custom.lantern.alarms` and `custom.lantern.slo`. Pure: what
 * is given is not changed, and nothing is checked here: see `checkSettings` and `checkAlarms`.
 */
export function planAlarms(inventory: Inventory, settings?: AlarmSettings, slo?: SloSettings): AlarmPlan {
  const forStage = settingsForStage(settings, inventory.stage);
  if (forStage === false) return NOTHING;
  const oneOfEachGroup = scheduleGroups(inventory.schedules).map(([first]) => first);
  const byKind = { ...resourcesByKind(inventory), schedule: oneOfEachGroup };
  const planned = (Object.keys(byKind) as ResourceKind[]).flatMap((kind) => {
    const resources: ReadonlyArray<Resources[ResourceKind]> = byKind[kind];
    return resources.flatMap((resource) => planResource(kind, resource, inventory, forStage));
  });
  const alarms = planned.flatMap(({ alarm }) => alarm ?? []);
  const filters = new Map(
    planned.flatMap(({ filters = [] }) => filters.map((filter) => [filter.logicalId, filter])),
  );
  const eventSources = new Map(
    planned.flatMap(({ eventSource }) =>
      eventSource === undefined ? [] : [[eventSource.logicalId, eventSource]],
    ),
  );
  const budgets = planErrorBudgets(inventory, sloForStage(slo, inventory.stage));
  // Where only the alarm of the service tells somebody, no other alarm needs a voice.
  const isRootAlone = forStage.actions?.from === 'composite';
  const ofService = forStage.composite === false ? [] : planComposites(inventory, alarms);
  const spoken = giveVoices(
    inventory,
    isRootAlone ? [] : alarms,
    budgets,
    forStage.actions?.message?.function,
  );
  const voices = {
    root: ofService.find(({ isRoot }) => isRoot),
    isRootAlone,
    hasErrorBudgets: budgets.objectives.length > 0,
  };
  const errorLines = planLogAlarms(inventory, forStage.logs, voices, parseWindow(forStage.warmUp));
  return {
    alarms: [...(isRootAlone ? alarms : spoken.alarms), ...budgets.alarms].map((alarm) =>
      withStepsOfAlarm(alarm, inventory),
    ),
    logAlarms: errorLines.logAlarms.map((alarm) => ({
      ...alarm,
      description: withOwners(alarm.description, inventory),
    })),
    filters: [...filters.values()],
    eventSources: [...eventSources.values()],
    composites: [
      ...ofService,
      ...[...errorLines.composites, ...spoken.composites].map((composite) =>
        withNextSteps(composite, inventory),
      ),
    ],
    objectives: budgets.objectives,
    skipped: [
      ...planned.flatMap(({ skipped }) => skipped ?? []),
      ...budgets.skipped,
      ...spoken.skipped,
      ...errorLines.skipped,
      ...inventory.others.map(skippedOther),
    ],
  };
}

const NOTHING: AlarmPlan = {
  alarms: [],
  logAlarms: [],
  filters: [],
  eventSources: [],
  composites: [],
  objectives: [],
  skipped: [],
};

function skippedOther({ logicalId, what, namespace }: OtherResource): SkippedAlarm {
  const article = /^[aeiou]/i.test(what) ? 'an' : 'a';
  const why = `no alarm is made for ${article} ${what}: put your own on its metrics, in the namespace ${namespace}`;
  return { id: 'other', resource: { kind: 'other', logicalId, key: logicalId }, why };
}

interface Planned {
  readonly alarm?: PlannedAlarm;
  readonly filters?: readonly PlannedFilter[];
  readonly eventSource?: CountedEventSource;
  readonly skipped?: SkippedAlarm;
}

function planResource<Kind extends ResourceKind>(
  kind: Kind,
  resource: Resources[Kind],
  inventory: Inventory,
  settings: StageAlarmSettings,
): readonly Planned[] {
  const identity = identityOf(kind, resource);
  const whyNot = whyNotAtAll(resource);
  if (whyNot !== undefined) return [{ skipped: { id: kind, resource: identity, why: whyNot } }];
  const ownCondition = 'logicalId' in resource ? resource.condition : undefined;
  const link = consoleLink(kind, resource, inventory);
  const warmUp = parseWindow(settings.warmUp);
  const definitions: ReadonlyArray<DefaultAlarm<Kind>> = DEFAULTS[kind];
  return definitions.flatMap((definition) => {
    const on = definition.on && definition.saidByOthers?.(resource) !== true;
    const resolved = resolveAlarm(settings, kind, identity.key, { ...definition, on });
    if (resolved === 'off') return [];
    const id = `${kind}.${definition.name}`;
    return definition.plan(resource, resolved.tuning).map((found): Planned => {
      if ('skipped' in found) return { skipped: { id, resource: identity, why: found.skipped } };
      const { filters = [], part, eventSource, condition = ownCondition } = found;
      const alarm: PlannedAlarm = {
        id,
        ...namesOf(inventory, identity, definition.name, part),
        resource: identity,
        ...(condition !== undefined && { condition }),
        ...comparison(definition, found, resolved),
        ...describe(definition, found, resolved),
        link,
        ...(warmUp !== undefined && { warmUp }),
      };
      return { alarm, filters, ...(eventSource !== undefined && { eventSource }) };
    });
  });
}

function comparison(
  { comparisonOperator }: Pick<DefaultAlarm, 'comparisonOperator'>,
  { metric, threshold }: Watched,
  { tuning }: ResolvedAlarm,
): Pick<
  PlannedAlarm,
  | 'metric'
  | 'comparisonOperator'
  | 'threshold'
  | 'thresholdMetricId'
  | 'evaluationPeriods'
  | 'datapointsToAlarm'
  | 'treatMissingData'
  | 'evaluateLowSampleCountPercentile'
> {
  const { anomaly, evaluationPeriods, datapointsToAlarm, treatMissingData } = tuning;
  return {
    ...(anomaly !== undefined && metric.kind === 'stat' && metric.matching !== true
      ? anomalyBand(metric, anomaly)
      : { metric, comparisonOperator, threshold }),
    evaluationPeriods,
    datapointsToAlarm,
    treatMissingData,
    // With few samples a high percentile is their maximum. To ignore those would freeze the alarm on low traffic.
    ...(metric.kind === 'stat' &&
      percentileOf(metric.statistic) !== undefined && {
        evaluateLowSampleCountPercentile: 'evaluate' as const,
      }),
  };
}

/**
 * Compares a metric with what CloudWatch expects of it, from up to two weeks of its past, in place of a threshold.
 *
 * @param width of the band, in standard deviations.
 */
export function anomalyBand(
  stat: MetricStat,
  width: number,
): Pick<PlannedAlarm, 'metric' | 'comparisonOperator' | 'thresholdMetricId'> {
  return {
    metric: {
      kind: 'math',
      metrics: [
        { id: 'value', stat },
        { id: 'band', expression: `ANOMALY_DETECTION_BAND(value, ${width})`, label: 'Expected' },
      ],
      returns: 'value',
      period: stat.period,
    },
    comparisonOperator: 'GreaterThanUpperThreshold',
    thresholdMetricId: 'band',
  };
}

function describe(
  definition: Omit<DefaultAlarm, 'plan' | 'saidByOthers'>,
  found: Watched,
  { tuning, overridden }: ResolvedAlarm,
): Pick<PlannedAlarm, 'unit' | 'meaning' | 'cause' | 'reason' | 'missingReason' | 'severity' | 'overridden'> {
  const { unit, cause, severity, missing } = definition;
  const { reason, meaning = definition.meaning } = found;
  const isSet = overridden.some((name) => name === 'threshold' || name === 'share' || name === 'minimum');
  return {
    unit,
    meaning,
    cause,
    severity,
    overridden,
    reason:
      tuning.anomaly === undefined
        ? `${reason}${isSet ? ' (set in serverless.yml)' : ''}`
        : `above a band of ${tuning.anomaly} standard deviations around what CloudWatch expects`,
    missingReason: overridden.includes('treatMissingData') ? 'Set in serverless.yml.' : missing,
  };
}
