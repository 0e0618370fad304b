import { isDeepStrictEqual } from 'node:util';
import type { Expression, Inventory } from '../../../local/template/index.ts';
import type { AlarmPlan, AlarmSpec, MetricStat } from '../alarm-spec.ts';
import { isPercentile } from '../statistics.ts';
import { dimensionValues, neededDimensions } from './dimension-values.ts';
import type { KnownMetric, StatisticKind } from './known-metric.ts';
import { METRICS_TABLE } from './metrics-table.ts';

/** The metrics that an alarm is made of. */
export const statsOf = ({ metric }: Pick<AlarmSpec, 'metric'>): readonly MetricStat[] =>
  metric.kind === 'stat' ? [metric] : metric.metrics.flatMap((part) => ('stat' in part ? [part.stat] : []));

/** What the table knows of a metric on a resource of this kind. */
export const knownMetric = (
  kind: AlarmSpec['resource']['kind'],
  { namespace, metricName }: MetricStat,
): KnownMetric | undefined =>
  METRICS_TABLE.find(
    (known) => known.kind === kind && known.name === metricName && isNamespace(namespace, known.namespace),
  );

/** The namespace of a filter goes on with the name of its function. */
function isNamespace(namespace: Expression, known: string): boolean {
  if (!known.endsWith('/')) return namespace === known;
  const first = typeof namespace === 'string' ? namespace : JSON.stringify(namespace);
  return first.includes(known.slice(0, -1));
}

/** That each metric of an alarm exists, with these dimensions and values, and that its statistic means something. */
export function metricProblems(alarm: AlarmSpec, plan: AlarmPlan, inventory: Inventory): readonly string[] {
  const values = dimensionValues(alarm.resource, inventory);
  return statsOf(alarm).flatMap((stat) => {
    const known = knownMetric(alarm.resource.kind, stat);
    const what = `${describe(stat.namespace)} ${stat.metricName}`;
    if (known === undefined) return [`there is no metric ${what} of a ${alarm.resource.kind}`];
    return [
      ...dimensionProblems(stat, known, what, values, alarm),
      ...statisticProblems(stat, known, what),
      ...filterProblems(stat, known, what, plan),
    ];
  });
}

function dimensionProblems(
  { dimensions }: MetricStat,
  known: KnownMetric,
  what: string,
  values: Readonly<Record<string, readonly Expression[]>>,
  { resource }: AlarmSpec,
): readonly string[] {
  const names = dimensions.map(({ name }) => name);
  const sets = known.dimensions.map((set) => set.join(', ') || 'none');
  const given = names.join(', ') || 'none';
  if (!known.dimensions.some((set) => isDeepStrictEqual(new Set(set), new Set(names)))) {
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

function statisticProblems({ statistic }: MetricStat, known: KnownMetric, what: string): readonly string[] {
  const kind = isPercentile(statistic) ? 'percentile' : statistic;
  return known.statistics.includes(kind as StatisticKind)
    ? []
    : [
        `${statistic} of ${what} means nothing; sensible are: ${known.statistics.join(', ')} (${known.source})`,
      ];
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

const describe = (value: Expression): string => (typeof value === 'string' ? value : JSON.stringify(value));
