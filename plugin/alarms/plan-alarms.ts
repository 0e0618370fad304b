import type { Inventory, ScheduleResource } from '../../local/template/index.ts';
import type { AlarmSettings, StageAlarmSettings } from '../settings/alarm-settings.ts';
import type { ResolvedAlarm } from '../settings/resolve-settings.ts';
import { resolveAlarm, settingsForStage } from '../settings/resolve-settings.ts';
import type { AlarmPlan, AlarmSpec, MetricFilterSpec, SkippedAlarm } from './alarm-spec.ts';
import { anomalyBand } from './anomaly-band.ts';
import { planComposites } from './composite.ts';
import { consoleLink } from './console-links.ts';
import { DEFAULTS } from './defaults.ts';
import type { AlarmDefinition, Resources, Watched } from './definition.ts';
import { isPercentile } from './statistics.ts';

/**
 * Plans every alarm of a service from its inventory, the defaults, and `custom.lantern.alarms`. Pure: what is given is not
 * changed, and nothing is checked here: see `checkSettings` and `checkAlarms`.
 */
export function planAlarms(inventory: Inventory, settings?: AlarmSettings): AlarmPlan {
  const forStage = settingsForStage(settings, inventory.stage);
  if (forStage === false) return { alarms: [], filters: [], composites: [], skipped: [] };
  const planned = resourcesByKind(inventory).flatMap(([kind, resources]) =>
    resources.flatMap((resource) => planResource(kind, resource, inventory, forStage)),
  );
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
  readonly alarm?: AlarmSpec;
  readonly filters?: readonly MetricFilterSpec[];
  readonly skipped?: SkippedAlarm;
}

type ResourcesOfKind = {
  readonly [Kind in keyof Resources]: readonly [Kind, ReadonlyArray<Resources[Kind]>];
}[keyof Resources];

const resourcesByKind = (inventory: Inventory): readonly ResourcesOfKind[] => [
  ['function', inventory.functions],
  ['api', inventory.apis],
  ['queue', inventory.queues],
  ['topic', inventory.topics],
  ['table', inventory.tables],
  ['rule', inventory.rules],
  ['schedule', oneOfEachGroup(inventory.schedules)],
  ['stateMachine', inventory.stateMachines],
  ['account', [inventory]],
];

function oneOfEachGroup(schedules: readonly ScheduleResource[]): readonly ScheduleResource[] {
  const groups = new Map(
    schedules.toReversed().map((schedule) => [JSON.stringify(schedule.group), schedule]),
  );
  return schedules.filter((schedule) => groups.get(JSON.stringify(schedule.group)) === schedule);
}

function planResource<Kind extends keyof Resources>(
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
  const definitions: ReadonlyArray<AlarmDefinition<Kind>> = DEFAULTS[kind];
  return definitions.flatMap((definition) => {
    const resolved = resolveAlarm(settings, kind, identity.key, definition);
    if (resolved === 'off') return [];
    const id = `${kind}.${definition.name}`;
    return definition.plan(resource, resolved.tuning).map((found): Planned => {
      if ('skipped' in found) return { skipped: { id, resource: identity, why: found.skipped } };
      const { filters = [], part } = found;
      const alarm: AlarmSpec = {
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
function whyNotAtAll(resource: Resources[keyof Resources]): string | undefined {
  return 'runsAtEdge' in resource && resource.runsAtEdge
    ? "CloudFront runs it, and its metrics are in the region of each request: no region's alarm would see all of them"
    : undefined;
}

function identityOf<Kind extends keyof Resources>(
  kind: Kind,
  resource: Resources[Kind],
): AlarmSpec['resource'] {
  return 'logicalId' in resource
    ? { kind, logicalId: resource.logicalId, key: resource.key }
    : { kind, logicalId: 'Account', key: 'account' };
}

function namesOf(
  { service, stage }: Inventory,
  { kind, logicalId, key }: AlarmSpec['resource'],
  alarm: string,
  part?: string,
): Pick<AlarmSpec, 'name' | 'logicalId'> {
  // An API has one logical id and a key per stage; a function's key may hold what a logical id may not.
  const resource = kind === 'function' ? logicalId : key;
  const ids = [resource, alarm, part ?? ''].map((name) => capitalised(alphanumeric(name)));
  return {
    name: [service, stage, key, alarm, ...(part === undefined ? [] : [part])].join('-'),
    logicalId: `LanternAlarm${ids.join('')}`,
  };
}

/** A logical id is alphanumeric; the Serverless Framework spells the others out in this way. */
const alphanumeric = (name: string): string =>
  name.replaceAll('-', 'Dash').replaceAll('_', 'Underscore').replaceAll('.', 'Dot').replace(/\W/g, '');

const capitalised = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

function comparison(
  { comparisonOperator }: Pick<AlarmDefinition, 'comparisonOperator'>,
  { metric, threshold }: Watched,
  { tuning }: ResolvedAlarm,
): Pick<
  AlarmSpec,
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
      isPercentile(metric.statistic) && { evaluateLowSampleCountPercentile: 'evaluate' as const }),
  };
}

function describe(
  definition: Omit<AlarmDefinition, 'plan'>,
  { reason }: Watched,
  { tuning, overridden }: ResolvedAlarm,
): Pick<AlarmSpec, 'unit' | 'meaning' | 'cause' | 'reason' | 'missingReason' | 'severity' | 'overridden'> {
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
