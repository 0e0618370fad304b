import { isDeepStrictEqual } from 'node:util';
import type { Expression, Inventory } from 'lambda-lantern-local/template';
import { boundsOf, getAttribute, logicalIdIn, percentileOf, ref } from 'lambda-lantern-local/template';
import type { AlarmPlan, PlannedAlarm, MetricStat } from '../alarm-plan.ts';
import type { ResourceKind } from '../resource-kinds.ts';
import { INSIGHTS_FUNCTIONS } from '../metrics.ts';
import type { KnownMetric, StatisticKind } from './metrics-table.ts';
import { METRICS_TABLE } from './metrics-table.ts';

/** The metrics that an alarm is made of. */
export function statsOf({ metric }: Pick<PlannedAlarm, 'metric'>): readonly MetricStat[] {
  return metric.kind === 'stat'
    ? [metric]
    : metric.metrics.flatMap((part) => ('stat' in part ? [part.stat] : []));
}

/** What the table knows of a metric on a resource of this kind. */
export function knownMetric(
  kind: ResourceKind,
  { namespace, metricName }: MetricStat,
): KnownMetric | undefined {
  return METRICS_TABLE.find(
    (known) => known.kind === kind && known.name === metricName && isNamespace(namespace, known.namespace),
  );
}

/** The namespace of a filter goes on with the name of its function. */
function isNamespace(namespace: Expression, known: string): boolean {
  if (!known.endsWith('/')) return namespace === known;
  const first = typeof namespace === 'string' ? namespace : JSON.stringify(namespace);
  return first.includes(known.slice(0, -1));
}

/** That each metric of an alarm exists, with these dimensions and values, and that its statistic means something. */
export function metricProblems(
  alarm: PlannedAlarm,
  plan: AlarmPlan,
  inventory: Inventory,
): readonly string[] {
  const values = dimensionValues(alarm.resource, inventory);
  return statsOf(alarm).flatMap((stat) => {
    const known = knownMetric(alarm.resource.kind, stat);
    const what = `${describe(stat.namespace)} ${stat.metricName}`;
    if (known === undefined) return [`there is no metric ${what} of a ${alarm.resource.kind}`];
    return [
      ...dimensionProblems(stat, known, what, values, alarm),
      ...statisticProblems(stat, known, what),
      ...filterProblems(stat, known, what, plan),
      ...eventSourceProblems(stat, what, plan),
    ];
  });
}

function dimensionProblems(
  { dimensions, matching }: MetricStat,
  known: KnownMetric,
  what: string,
  values: Readonly<Record<string, readonly Expression[]>>,
  { resource }: PlannedAlarm,
): readonly string[] {
  const names = dimensions.map(({ name }) => name);
  const sets = known.dimensions.map((set) => set.join(', ') || 'none');
  const given = names.join(', ') || 'none';
  const hasData = known.dimensions.some((set) =>
    matching === true
      ? names.length > 0 && names.every((name) => set.includes(name))
      : isDeepStrictEqual(new Set(set), new Set(names)),
  );
  if (!hasData) {
    return [
      `${what} has no data with the dimensions ${given}, only with: ${sets.join('; ')} (${known.source})`,
    ];
  }
  const missing = neededDimensions(resource.kind, values).filter((name) => !names.includes(name));
  return [
    ...missing.map(
      (name) => `${what} without the dimension ${name} is of something else than ${resource.key}`,
    ),
    ...dimensions
      .filter(({ name, value }) => !(values[name] ?? []).some((one) => isDeepStrictEqual(one, value)))
      .map(
        ({ name, value }) =>
          `${what} has no data where ${name} is ${describe(value)}; for ${resource.key} it is ` +
          ((values[name] ?? []).map(describe).join(' or ') || 'never set'),
      ),
  ];
}

function statisticProblems(
  { statistic, matching }: MetricStat,
  known: KnownMetric,
  what: string,
): readonly string[] {
  const kind = statisticKind(statistic);
  if (matching === true && !Object.hasOwn(INSIGHTS_FUNCTIONS, statistic)) {
    return [
      `${what} is asked for by a query of Metrics Insights, which has no ${statistic}, only: ${Object.keys(INSIGHTS_FUNCTIONS).join(', ')}`,
    ];
  }
  return known.statistics.includes(kind as StatisticKind)
    ? []
    : [
        `${statistic} of ${what} means nothing; sensible are: ${known.statistics.join(', ')} (${known.source})`,
      ];
}

function statisticKind(statistic: string): string {
  if (percentileOf(statistic) !== undefined) return 'percentile';
  return boundsOf(statistic)?.kind === 'PR' ? 'percentileRank' : statistic;
}

/** A metric of a filter exists only if the filter does. */
function filterProblems(
  stat: MetricStat,
  known: KnownMetric,
  what: string,
  { filters }: AlarmPlan,
): readonly string[] {
  if (!known.namespace.endsWith('/')) return [];
  return filters.some(
    ({ metricName, namespace }) =>
      metricName === stat.metricName && isDeepStrictEqual(namespace, stat.namespace),
  )
    ? []
    : [`no metric filter makes ${what}`];
}

/** Lambda counts the events of a mapping only where it is told to. */
function eventSourceProblems(
  { dimensions }: MetricStat,
  what: string,
  { eventSources }: AlarmPlan,
): readonly string[] {
  return dimensions
    .filter(({ name }) => name === EVENT_SOURCE)
    .filter(({ value }) => !eventSources.some(({ logicalId }) => logicalId === logicalIdIn(value)))
    .map(({ value }) => `${what} is not counted: no EventCount is switched on for ${describe(value)}`);
}

const EVENT_SOURCE = 'EventSourceMappingUUID';

function describe(value: Expression): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/**
 * The values that a dimension can have on the resource of an alarm, by dimension; a dimension that is not here has no data
 * for it. Written down a second time, apart from the defaults, so that a slip in one of them is found.
 */
function dimensionValues(
  { kind, key }: PlannedAlarm['resource'],
  inventory: Inventory,
): Readonly<Record<string, readonly Expression[]>> {
  const find = <Resource extends { readonly key: string }>(list: readonly Resource[]): Resource | undefined =>
    list.find((resource) => resource.key === key);
  switch (kind) {
    case 'function': {
      const fn = find(inventory.functions);
      if (fn === undefined) return {};
      return {
        FunctionName: [fn.name],
        ...named('CapacityProviderName', fn.managed?.capacityProvider),
        Resource: fn.provisioned.map(({ qualifier }) =>
          typeof fn.name === 'string' && typeof qualifier === 'string'
            ? `${fn.name}:${qualifier}`
            : { 'Fn::Join': [':', [fn.name, qualifier]] },
        ),
        [EVENT_SOURCE]: fn.eventSources.map(({ mapping }) => getAttribute(mapping, 'Id')),
        ...named('PolicyName', fn.findingsPolicy),
        ...(fn.findingsPolicy !== undefined &&
          fn.logGroup !== undefined && {
            DataProtectionOperation: ['Audit'],
            LogGroupName: [ref(fn.logGroup)],
          }),
      };
    }
    case 'capacityProvider':
      return named('CapacityProviderName', find(inventory.capacityProviders)?.name);
    case 'queue':
      return named('QueueName', find(inventory.queues)?.name);
    case 'topic':
      return named('TopicName', find(inventory.topics)?.name);
    case 'table': {
      const table = find(inventory.tables);
      return {
        ...named('TableName', table?.name),
        GlobalSecondaryIndexName: table?.indexes ?? [],
        Operation: table?.operations ?? [],
      };
    }
    case 'api': {
      const api = find(inventory.apis);
      if (api === undefined) return {};
      return { ...named(api.kind === 'REST' ? 'ApiName' : 'ApiId', api.name), Stage: [api.stage] };
    }
    case 'rule': {
      const rule = find(inventory.rules);
      return { ...named('RuleName', rule?.name), ...named('EventBusName', rule?.eventBusName) };
    }
    case 'schedule':
      return named('ScheduleGroup', find(inventory.schedules)?.group);
    case 'stateMachine':
      return named('StateMachineArn', find(inventory.stateMachines)?.name);
    case 'account':
      return {};
  }
}

/** What has to stand beside others: without them, the metric is of something else. */
function neededDimensions(kind: ResourceKind, values: Readonly<Record<string, unknown>>): readonly string[] {
  return kind === 'rule' && 'EventBusName' in values ? ['EventBusName'] : [];
}

function named(name: string, value: Expression | undefined): Readonly<Record<string, readonly Expression[]>> {
  return value === undefined ? {} : { [name]: [value] };
}
