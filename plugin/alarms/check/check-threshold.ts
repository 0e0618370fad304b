import type { Inventory } from '../../../local/template/index.ts';
import type { AlarmSpec } from '../alarm-spec.ts';
import type { Resources } from '../definition.ts';
import type { KnownMetric } from './known-metric.ts';
import { knownMetric, statsOf } from './check-metrics.ts';
import type { Range } from './threshold-range.ts';
import { crosses, reach } from './threshold-range.ts';

/** That an alarm can ring, and does not ring all the time. */
export function thresholdProblems(alarm: AlarmSpec, inventory: Inventory): readonly string[] {
  const { comparisonOperator, threshold, thresholdMetricId, unit, overridden } = alarm;
  if (thresholdMetricId !== undefined) return [];
  if (overridden.includes('anomaly')) {
    return ['an anomaly band needs a single metric, and this alarm is metric math'];
  }
  if (threshold === undefined || !Number.isFinite(threshold)) return ['it has no threshold'];
  const compared = { comparisonOperator, threshold };
  const range = rangeOf(alarm, inventory);
  const values = inWords(range, unit);
  switch (reach(range, compared)) {
    case 'never':
      return [
        `it can never ring: the value is ${values}, and that is never ${operatorInWords(comparisonOperator)} ${threshold}`,
      ];
    case 'always':
      return [
        `it rings all the time: the value is ${values}, and that is always ${operatorInWords(comparisonOperator)} ${threshold}`,
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
        `a single one of ${alarm.metric.metricName} would not ring: 1 is not ${operatorInWords(comparisonOperator)} ${threshold}`,
      ]
    : [];
}

/** Of a single metric as it is documented; of metric math that gives a percentage, 0 to 100. */
function rangeOf(alarm: AlarmSpec, inventory: Inventory): Range {
  if (alarm.metric.kind === 'math' && alarm.unit === '%') return { least: 0, above: false, most: 100 };
  const known = statsOf(alarm)
    .map((stat) => ({ stat, metric: knownMetric(alarm.resource.kind, stat) }))
    // Of metric math, what guards is left out: a latency is not bounded by the number of requests.
    .filter(({ metric }) => UNITS[alarm.unit] === undefined || metric?.unit === UNITS[alarm.unit]);
  const resource = resourceOf(alarm, inventory);
  const tops = known.map(({ stat, metric }) => {
    // A rate of ones and zeros; a sum has no top.
    if (stat.statistic === 'Average' && metric?.statistics.includes('Sum') === true) return 1;
    return (resource === undefined ? undefined : metric?.most?.(resource)) ?? Infinity;
  });
  // Metric math of ours gives 0 where a guard does not hold.
  const above = alarm.metric.kind === 'stat' && known.every(({ metric }) => metric?.least === 'above 0');
  return { least: 0, above, most: tops.length === 0 ? Infinity : Math.max(...tops) };
}

const UNITS: Readonly<Record<string, KnownMetric['unit']>> = {
  ms: 'Milliseconds',
  s: 'Seconds',
  MB: 'Megabytes',
};

function inWords({ least, above, most }: Range, unit: string): string {
  const from = `${above ? 'above ' : ''}${least}`;
  return most === Infinity ? `${from} ${unit}${above ? '' : ' or more'}` : `from ${from} to ${most} ${unit}`;
}

function resourceOf({ resource }: AlarmSpec, inventory: Inventory): Resources[keyof Resources] | undefined {
  const lists: { readonly [Kind in keyof Resources]: ReadonlyArray<Resources[Kind]> } = {
    function: inventory.functions,
    queue: inventory.queues,
    topic: inventory.topics,
    table: inventory.tables,
    api: inventory.apis,
    rule: inventory.rules,
    schedule: inventory.schedules,
    stateMachine: inventory.stateMachines,
    account: [inventory],
  };
  const list: ReadonlyArray<Resources[keyof Resources]> = lists[resource.kind];
  return list.find((item) => !('key' in item) || item.key === resource.key);
}

const operatorInWords = (operator: AlarmSpec['comparisonOperator']): string =>
  ({
    GreaterThanThreshold: 'greater than',
    GreaterThanOrEqualToThreshold: 'greater than or equal to',
    LessThanThreshold: 'less than',
    LessThanOrEqualToThreshold: 'less than or equal to',
    GreaterThanUpperThreshold: 'above the band of',
    LessThanLowerThreshold: 'below the band of',
    LessThanLowerOrGreaterThanUpperThreshold: 'outside of the band of',
  })[operator];
