import type { Inventory } from 'lambda-lantern-local/template';
import { API_METRICS, apiDimensions, ruleDimensions } from '../alarms/metrics.ts';
import { scheduleGroups } from '../alarms/resource-kinds.ts';
import type { Panel } from './body.ts';
import type { Line, MetricLine } from './lines.ts';
import { COLOR, linesOf } from './lines.ts';
import { chart } from './panels.ts';

/** Three charts in a row. */
const WIDE = { width: 8, height: 6 } as const;

/** Traffic, errors and latency, of the APIs and of the functions; a row of its own for each where they exist. */
export function trafficCharts(inventory: Inventory): readonly Panel[] {
  return [...apiCharts(inventory), ...functionCharts(inventory)];
}

function apiCharts({ apis }: Inventory): readonly Panel[] {
  if (apis.length === 0) return [];
  const all = apis.map((api) => ({
    line: linesOf('AWS/ApiGateway', apiDimensions(api)),
    names: API_METRICS[api.kind],
    key: api.key,
  }));
  return [
    chart({
      title: 'APIs: requests',
      lines: all.map(({ line, names, key }) => line(names.requests, 'Sum', { label: key })),
      leftLabel: 'per {period}',
      size: WIDE,
    }),
    chart({
      title: 'APIs: error rate',
      lines: all.flatMap(({ line, names, key }, index): Line[] => [
        line(names.serverErrors, 'Average', { id: `server${index}`, visible: false }),
        line(names.clientErrors, 'Average', { id: `client${index}`, visible: false }),
        { expression: `100 * server${index}`, label: `${key} 5xx`, color: COLOR.failure },
        { expression: `100 * client${index}`, label: `${key} 4xx`, color: COLOR.warning },
      ]),
      leftLabel: '% of requests',
      size: WIDE,
    }),
    chart({
      title: 'APIs: latency',
      lines: all.flatMap(({ line, names, key }) => [
        line(names.latency, 'p50', { label: `${key} p50` }),
        line(names.latency, 'p99', { label: `${key} p99` }),
      ]),
      leftLabel: 'ms',
      size: WIDE,
    }),
  ];
}

function functionCharts({ functions }: Inventory): readonly Panel[] {
  if (functions.length === 0) return [];
  const each = (metricName: string, statistic: string): readonly MetricLine[] =>
    functions.map(({ key, name }) =>
      linesOf('AWS/Lambda', { FunctionName: name })(metricName, statistic, { label: key }),
    );
  // Of a durable function, `Errors` and `Invocations` count replays and retries.
  const ofWork = (invoked: string, executed: string, name: string): readonly MetricLine[] =>
    functions.map(({ key, name: value, durable }, index) =>
      linesOf('AWS/Lambda', { FunctionName: value })(durable === undefined ? invoked : executed, 'Sum', {
        label: durable === undefined ? key : `${key} (executions)`,
        id: `${name}${index}`,
      }),
    );
  const hidden = (line: MetricLine): MetricLine => ({ ...line, visible: false });
  const sum = (name: string): string => `SUM([${functions.map((_, index) => `${name}${index}`).join(',')}])`;
  return [
    chart({
      title: 'Functions: invocations',
      lines: each('Invocations', 'Sum'),
      stacked: true,
      leftLabel: 'per {period}',
      size: WIDE,
    }),
    chart({
      title: 'Functions: errors, and the error rate of all',
      lines: [
        ...ofWork('Errors', 'DurableExecutionFailed', 'errors'),
        ...ofWork('Invocations', 'DurableExecutionStarted', 'invocations').map(hidden),
        {
          expression: `100 * ${sum('errors')} / ${sum('invocations')}`,
          label: 'error rate of all',
          color: COLOR.failure,
          yAxis: 'right',
        },
      ],
      leftLabel: 'errors per {period}',
      rightLabel: '% of invocations',
      size: WIDE,
    }),
    chart({ title: 'Functions: duration p99', lines: each('Duration', 'p99'), leftLabel: 'ms', size: WIDE }),
    chart({ title: 'Functions: duration p50', lines: each('Duration', 'p50'), leftLabel: 'ms', size: WIDE }),
    chart({
      title: 'Functions: throttles',
      lines: each('Throttles', 'Sum'),
      leftLabel: 'per {period}',
      size: WIDE,
    }),
    chart({
      title: 'Functions: concurrency',
      lines: [
        ...each('ConcurrentExecutions', 'Maximum'),
        linesOf('AWS/Lambda', {})('ConcurrentExecutions', 'Maximum', {
          label: 'the whole account in this region',
          color: COLOR.limit,
          yAxis: 'right',
        }),
      ],
      leftLabel: 'at once',
      rightLabel: 'account, at once',
      size: WIDE,
    }),
  ];
}

/** Where work waits, where it was given up, and what failed outside of functions and APIs. */
export function failureCharts(inventory: Inventory): readonly Panel[] {
  const { queues } = inventory;
  const visible = (dead: boolean, metricName: string): readonly MetricLine[] =>
    queues
      .filter(({ deadLettersOf }) => deadLettersOf.length > 0 === dead)
      .map(({ key, name }) => linesOf('AWS/SQS', { QueueName: name })(metricName, 'Maximum', { label: key }));
  const charts = [
    {
      title: 'Queues: age of the oldest message',
      lines: visible(false, 'ApproximateAgeOfOldestMessage'),
      leftLabel: 's',
    },
    {
      title: 'Dead letters waiting',
      lines: visible(true, 'ApproximateNumberOfMessagesVisible'),
      leftLabel: 'messages',
    },
    {
      title: 'Not delivered',
      lines: notDelivered(inventory),
      leftLabel: 'per {period}',
    },
    {
      title: 'Tables throttled, executions failed',
      lines: failedElsewhere(inventory),
      leftLabel: 'per {period}',
    },
  ];
  return charts.filter(({ lines }) => lines.length > 0).map(chart);
}

function notDelivered({ topics, rules, schedules }: Inventory): readonly MetricLine[] {
  return [
    ...topics.map(({ key, name }) =>
      linesOf('AWS/SNS', { TopicName: name })('NumberOfNotificationsFailed', 'Sum', {
        label: `${key}: notifications`,
      }),
    ),
    ...rules.map((rule) =>
      linesOf('AWS/Events', ruleDimensions(rule))('FailedInvocations', 'Sum', {
        label: `${rule.key}: events`,
      }),
    ),
    ...scheduleGroups(schedules).map(([{ group }]) =>
      linesOf('AWS/Scheduler', { ScheduleGroup: group })('TargetErrorCount', 'Sum', {
        label: 'schedules',
      }),
    ),
  ];
}

function failedElsewhere({ tables, stateMachines }: Inventory): readonly MetricLine[] {
  return [
    ...tables.flatMap(({ key, name }) => {
      const line = linesOf('AWS/DynamoDB', { TableName: name });
      return [
        line('ReadThrottleEvents', 'Sum', { label: `${key}: reads throttled` }),
        line('WriteThrottleEvents', 'Sum', { label: `${key}: writes throttled` }),
      ];
    }),
    ...stateMachines.flatMap(({ key, name }) => {
      const line = linesOf('AWS/States', { StateMachineArn: name });
      return [
        line('ExecutionsFailed', 'Sum', { label: `${key}: failed` }),
        line('ExecutionsTimedOut', 'Sum', { label: `${key}: timed out` }),
      ];
    }),
  ];
}
