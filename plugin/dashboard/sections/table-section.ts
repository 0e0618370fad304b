import type { AlarmSpec, Dimension } from '../../alarms/alarm-spec.ts';
import type { TableResource } from '../../../local/template/index.ts';
import type { Section } from '../lay-out.ts';
import { COLOR, linesOf } from '../lines.ts';
import { sectionHeading } from './section-heading.ts';
import type { WatchedChart } from './watched-charts.ts';
import { watchedCharts } from './watched-charts.ts';

export function tableSection(table: TableResource, region: string, alarms: readonly AlarmSpec[]): Section {
  const { key, name, indexes, billing } = table;
  const own: Dimension = { name: 'TableName', value: name };
  const charts = [
    ...capacityCharts(key, [own]),
    ...indexes.flatMap((index) =>
      capacityCharts(`${key}/${index}`, [own, { name: 'GlobalSecondaryIndexName', value: index }]),
    ),
    operationsChart(table, own),
  ];
  return {
    panels: [
      sectionHeading({
        kind: 'table',
        resource: table,
        region,
        title: `Table ${key}`,
        about: billing === 'PROVISIONED' ? 'provisioned capacity' : 'on demand',
      }),
      ...watchedCharts(charts, alarms),
    ],
  };
}

/** A table or one of its indexes: what is consumed, and what is refused. */
const capacityCharts = (name: string, dimensions: readonly Dimension[]): readonly WatchedChart[] => {
  const line = linesOf('AWS/DynamoDB', dimensions);
  return [
    {
      title: `${name}: consumed capacity`,
      lines: [
        line('ConsumedReadCapacityUnits', 'Sum', { label: 'read', color: COLOR.traffic }),
        line('ConsumedWriteCapacityUnits', 'Sum', { label: 'written', color: COLOR.slow }),
      ],
      leftLabel: 'units per {period}',
    },
    {
      title: `${name}: throttled`,
      lines: [
        line('ReadThrottleEvents', 'Sum', { label: 'reads', color: COLOR.warning }),
        line('WriteThrottleEvents', 'Sum', { label: 'writes', color: COLOR.failure }),
      ],
      leftLabel: 'per {period}',
    },
  ];
};

/** DynamoDB measures each operation on its own. */
const operationsChart = ({ key, operations }: TableResource, table: Dimension): WatchedChart => ({
  title: `${key}: latency p99`,
  lines: operations.map((operation) =>
    linesOf('AWS/DynamoDB', [table, { name: 'Operation', value: operation }])(
      'SuccessfulRequestLatency',
      'p99',
      { label: operation },
    ),
  ),
  leftLabel: 'ms',
});
