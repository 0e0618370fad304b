import type { TableResource } from 'lambda-lantern-local/template';
import type { PlannedAlarm } from '../../alarms/alarm-plan.ts';
import type { Dimensions } from '../../alarms/metrics.ts';
import type { Section } from '../body.ts';
import { COLOR, linesOf } from '../lines.ts';
import type { ResourceChart } from './section.ts';
import { section } from './section.ts';

export function tableSection(table: TableResource, region: string, alarms: readonly PlannedAlarm[]): Section {
  const { key, name, indexes, billing } = table;
  const own: Dimensions = { TableName: name };
  const charts = [
    ...capacityCharts(key, own),
    ...indexes.flatMap((index) =>
      capacityCharts(`${key}/${index}`, { ...own, GlobalSecondaryIndexName: index }),
    ),
    operationsChart(table, own),
  ];
  return section({
    kind: 'table',
    resource: table,
    region,
    title: `Table ${key}`,
    about: billing === 'PROVISIONED' ? 'provisioned capacity' : 'on demand',
    charts,
    alarms,
  });
}

/** A table or one of its indexes: what is consumed, and what is refused. */
function capacityCharts(name: string, dimensions: Dimensions): readonly ResourceChart[] {
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
}

/** DynamoDB measures each operation on its own. */
function operationsChart({ key, operations }: TableResource, table: Dimensions): ResourceChart {
  return {
    title: `${key}: latency p99`,
    lines: operations.map((operation) =>
      linesOf('AWS/DynamoDB', { ...table, Operation: operation })('SuccessfulRequestLatency', 'p99', {
        label: operation,
      }),
    ),
    leftLabel: 'ms',
  };
}
