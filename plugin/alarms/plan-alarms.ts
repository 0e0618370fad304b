import type { Inventory } from 'lambda-lantern-local/template';
import { percentileOf } from 'lambda-lantern-local/template';
import type { ResolvedAlarm } from '../settings/resolve-settings.ts';
import { resolveAlarm, settingsForStage } from '../settings/resolve-settings.ts';
import type { AlarmSettings, StageAlarmSettings } from '../settings/settings.ts';
import type { AlarmPlan, PlannedAlarm, MetricStat, PlannedFilter, SkippedAlarm } from './alarm-plan.ts';
import { planComposites } from './composite.ts';
import { consoleLink } from './console-links.ts';
import type { DefaultAlarm, Watched } from './default-alarm.ts';
import { DEFAULTS } from './defaults.ts';
import type { ResourceKind, Resources } from './resource-kinds.ts';
import { resourcesByKind, scheduleGroups } from './resource-kinds.ts';

/**
 * Plans every alarm of a service from its inventory, the defaults, and `custom.lantern.alarms`. Pure: what is given is not
 * changed, and nothing is checked here: see `checkSettings` and `checkAlarms`.
 */
export function planAlarms(inventory: Inventory, settings?: AlarmSettings): AlarmPlan {
  const forStage = settingsForStage(settings, inventory.stage);
  if (forStage === false) return { alarms: [], filters: [], composites: [], skipped: [] };
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
  return {
    alarms,
    filters: [...filters.values()],
    composites: forStage.composite === false ? [] : planComposites(inventory, alarms),
    skipped: planned.flatMap(({ skipped }) => skipped ?? []),
  };
}

interface Planned {
  readonly alarm?: PlannedAlarm;
  readonly filters?: readonly PlannedFilter[];
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
  const condition = 'logicalId' in resource ? resource.condition : undefined;
  const link = consoleLink(kind, resource, inventory);
  const definitions: ReadonlyArray<DefaultAlarm<Kind>> = DEFAULTS[kind];
  return definitions.flatMap((definition) => {
    const resolved = resolveAlarm(settings, kind, identity.key, definition);
    if (resolved === 'off') return [];
    const id = `${kind}.${definition.name}`;
    return definition.plan(resource, resolved.tuning).map((found): Planned => {
      if ('skipped' in found) return { skipped: { id, resource: identity, why: found.skipped } };
      const { filters = [], part } = found;
      const alarm: PlannedAlarm = {
        id,
        ...namesOf(inventory, identity, definition.name, part),
        resource: identity,
        ...(condition !== undefined && { condition }),
        ...comparison(definition, found, resolved),
        ...describe(definition, found, resolved),
        link,
      };
      return { alarm, filters };
    });
  });
}

/** Why no alarm at all would work on a resource. */
function whyNotAtAll(resource: Resources[ResourceKind]): string | undefined {
  return 'runsAtEdge' in resource && resource.runsAtEdge
    ? "CloudFront runs it, and its metrics are in the region of each request: no region's alarm would see all of them"
    : undefined;
}

function identityOf<Kind extends ResourceKind>(
  kind: Kind,
  resource: Resources[Kind],
): PlannedAlarm['resource'] {
  return 'logicalId' in resource
    ? { kind, logicalId: resource.logicalId, key: resource.key }
    : { kind, logicalId: 'Account', key: 'account' };
}

function namesOf(
  { service, stage }: Inventory,
  { kind, logicalId, key }: PlannedAlarm['resource'],
  alarm: string,
  part?: string,
): Pick<PlannedAlarm, 'name' | 'logicalId'> {
  // An API has one logical id and a key per stage; a function's key may hold what a logical id may not.
  const resource = kind === 'function' ? logicalId : key;
  const ids = [resource, alarm, part ?? ''].map((name) => capitalised(alphanumeric(name)));
  return {
    name: [service, stage, key, alarm, ...(part === undefined ? [] : [part])].join('-'),
    logicalId: `LanternAlarm${ids.join('')}`,
  };
}

/** A logical id is alphanumeric; the Serverless Framework spells the others out in this way. */
function alphanumeric(name: string): string {
  return name.replaceAll('-', 'Dash').replaceAll('_', 'Underscore').replaceAll('.', 'Dot').replace(/\W/g, '');
}

function capitalised(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
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
    ...(anomaly !== undefined && metric.kind === 'stat'
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
  definition: Omit<DefaultAlarm, 'plan'>,
  { reason }: Watched,
  { tuning, overridden }: ResolvedAlarm,
): Pick<PlannedAlarm, 'unit' | 'meaning' | 'cause' | 'reason' | 'missingReason' | 'severity' | 'overridden'> {
  const { unit, meaning, cause, severity, missing } = definition;
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
