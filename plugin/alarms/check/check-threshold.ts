import type { Inventory } from 'lambda-lantern-local/template';
import { boundsOf, comparisonWords, isBreaching, isStaticComparison } from 'lambda-lantern-local/template';
import type { PlannedAlarm } from '../alarm-plan.ts';
import type { ResourceKind, Resources } from '../resource-kinds.ts';
import { resourcesByKind } from '../resource-kinds.ts';
import { knownMetric, statsOf } from './check-metrics.ts';
import type { KnownMetric } from './metrics-table.ts';

/** That an alarm can ring, and does not ring all the time. */
export function thresholdProblems(alarm: PlannedAlarm, inventory: Inventory): readonly string[] {
  const { comparisonOperator, threshold, thresholdMetricId, unit, overridden } = alarm;
  if (thresholdMetricId !== undefined) return [];
  if (overridden.includes('anomaly')) {
    const what = alarm.metric.kind === 'math' ? 'metric math' : 'a query over several';
    return [`an anomaly band needs a single metric, and this alarm is ${what}`];
  }
  if (threshold === undefined || !Number.isFinite(threshold)) return ['it has no threshold'];
  const compared = { comparisonOperator, threshold };
  const unreachable = boundProblems(alarm, inventory);
  if (unreachable.length > 0) return unreachable;
  const range = rangeOf(alarm, inventory);
  const values = inWords(range, unit);
  switch (reach(range, compared)) {
    case 'never':
      return [
        `it can never ring: the value is ${values}, and that is never ${comparisonWords(comparisonOperator)} ${threshold}`,
      ];
    case 'always':
      return [
        `it rings all the time: the value is ${values}, and that is always ${comparisonWords(comparisonOperator)} ${threshold}`,
      ];
    case 'sometimes':
  }
  const missesTheFirst =
    alarm.metric.kind === 'stat' &&
    knownMetric(alarm.resource.kind, alarm.metric)?.eachCounts === true &&
    !overridden.includes('threshold') &&
    !crosses(1, compared);
  return missesTheFirst
    ? [
        `a single one of ${alarm.metric.metricName} would not ring: 1 is not ${comparisonWords(comparisonOperator)} ${threshold}`,
      ]
    : [];
}

/** That values can lie beyond the bound by which they are counted. */
function boundProblems(alarm: PlannedAlarm, inventory: Inventory): readonly string[] {
  const resource = resourceOf(alarm, inventory);
  return statsOf(alarm).flatMap((stat) => {
    const { upTo = 0 } = boundsOf(stat.statistic) ?? {};
    const known = knownMetric(alarm.resource.kind, stat);
    const max = resource === undefined ? undefined : known?.max?.(resource);
    return max !== undefined && upTo >= max
      ? [
          `it can never ring: ${stat.metricName} of ${alarm.resource.key} is never above ${max} ${unitOf(known)}, and only what is ` +
            `above ${upTo} ${unitOf(known)} counts`,
        ]
      : [];
  });
}

function unitOf(known: KnownMetric | undefined): string {
  return Object.keys(UNITS).find((unit) => UNITS[unit] === known?.unit) ?? '';
}

/** Of a single metric as it is documented; of metric math that gives a percentage, 0 to 100. */
function rangeOf(alarm: PlannedAlarm, inventory: Inventory): Range {
  if (alarm.metric.kind === 'math' && alarm.unit === '%') return { min: 0, exclusive: false, max: 100 };
  const known = statsOf(alarm)
    .map((stat) => ({ stat, metric: knownMetric(alarm.resource.kind, stat) }))
    // Of metric math, what guards is left out: a latency is not bounded by the number of requests.
    .filter(({ metric }) => UNITS[alarm.unit] === undefined || metric?.unit === UNITS[alarm.unit]);
  const resource = resourceOf(alarm, inventory);
  const tops = known.map(({ stat, metric }) => {
    // A rate of ones and zeros; a sum has no top.
    if (stat.statistic === 'Average' && metric?.statistics.includes('Sum') === true) return 1;
    return (resource === undefined ? undefined : metric?.max?.(resource)) ?? Infinity;
  });
  // Metric math of ours gives 0 where a guard does not hold.
  const exclusive = alarm.metric.kind === 'stat' && known.every(({ metric }) => metric?.min === 'above 0');
  return { min: 0, exclusive, max: tops.length === 0 ? Infinity : Math.max(...tops) };
}

const UNITS: Readonly<Record<string, KnownMetric['unit']>> = {
  ms: 'Milliseconds',
  s: 'Seconds',
  MB: 'Megabytes',
  bytes: 'Bytes',
  '%': 'Percent',
};

function inWords({ min, exclusive, max }: Range, unit: string): string {
  const from = `${exclusive ? 'above ' : ''}${min}`;
  return max === Infinity
    ? `${from} ${unit}${exclusive ? '' : ' or more'}`
    : `from ${from} to ${max} ${unit}`;
}

function resourceOf({ resource }: PlannedAlarm, inventory: Inventory): Resources[ResourceKind] | undefined {
  const list: ReadonlyArray<Resources[ResourceKind]> = resourcesByKind(inventory)[resource.kind];
  return list.find((item) => !('key' in item) || item.key === resource.key);
}

/** The values that something can have; `exclusive` leaves the lowest one out. */
interface Range {
  readonly min: number;
  readonly exclusive: boolean;
  readonly max: number;
}

type Compared = Pick<PlannedAlarm, 'comparisonOperator'> & { readonly threshold: number };

/** A band is crossed some time: its model follows the metric. */
function crosses(value: number, { comparisonOperator, threshold }: Compared): boolean {
  return !isStaticComparison(comparisonOperator) || isBreaching(value, comparisonOperator, threshold);
}

/** Whether any value of the range is an alarm; whether every one is. */
function reach({ min, exclusive, max }: Range, compared: Compared): 'never' | 'always' | 'sometimes' {
  // Just above the lowest value, where that itself cannot be.
  const low = exclusive ? min + Number.EPSILON : min;
  const ends = [crosses(low, compared), crosses(max, compared)];
  if (ends.every((crossed) => crossed)) return 'always';
  return ends.some((crossed) => crossed) ? 'sometimes' : 'never';
}
