import type { Inventory } from '../../local/template/index.ts';
import type { Panel } from './body.ts';
import type { MetricLine } from './lines.ts';
import { linesOf } from './lines.ts';
import { chart } from './panels.ts';
import { ruleDimensions, scheduleGroups } from './sections/event-sections.ts';

/** Where work waits, where it was given up, and what failed outside of functions and APIs. */
export function failureCharts(inventory: Inventory): readonly Panel[] {
  const { queues } = inventory;
  const visible = (dead: boolean, metricName: string): readonly MetricLine[] =>
    queues
      .filter(({ deadLettersOf }) => deadLettersOf.length > 0 === dead)
      .map(({ key, name }) =>
        linesOf('AWS/SQS', [{ name: 'QueueName', value: name }])(metricName, 'Maximum', { label: key }),
      );
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
      linesOf('AWS/SNS', [{ name: 'TopicName', value: name }])('NumberOfNotificationsFailed', 'Sum', {
        label: `${key}: notifications`,
      }),
    ),
    ...rules.map((rule) =>
      linesOf('AWS/Events', ruleDimensions(rule))('FailedInvocations', 'Sum', {
        label: `${rule.key}: events`,
      }),
    ),
    ...scheduleGroups(schedules).map(([{ group }]) =>
      linesOf('AWS/Scheduler', [{ name: 'ScheduleGroup', value: group }])('TargetErrorCount', 'Sum', {
        label: 'schedules',
      }),
    ),
  ];
}

function failedElsewhere({ tables, stateMachines }: Inventory): readonly MetricLine[] {
  return [
    ...tables.flatMap(({ key, name }) => {
      const line = linesOf('AWS/DynamoDB', [{ name: 'TableName', value: name }]);
      return [
        line('ReadThrottleEvents', 'Sum', { label: `${key}: reads throttled` }),
        line('WriteThrottleEvents', 'Sum', { label: `${key}: writes throttled` }),
      ];
    }),
    ...stateMachines.flatMap(({ key, name }) => {
      const line = linesOf('AWS/States', [{ name: 'StateMachineArn', value: name }]);
      return [
        line('ExecutionsFailed', 'Sum', { label: `${key}: failed` }),
        line('ExecutionsTimedOut', 'Sum', { label: `${key}: timed out` }),
      ];
    }),
  ];
}
