import type { QueueResource, TopicResource } from 'lambda-lantern-local/template';
import type { PlannedAlarm } from '../../alarms/alarm-plan.ts';
import type { Section } from '../body.ts';
import { COLOR, linesOf } from '../lines.ts';
import { limit } from '../panels.ts';
import { section } from './section.ts';

export function queueSection(queue: QueueResource, region: string, alarms: readonly PlannedAlarm[]): Section {
  const { key, name, retention, deadLettersOf, consumers } = queue;
  const line = linesOf('AWS/SQS', { QueueName: name });
  const role =
    deadLettersOf.length > 0
      ? `dead letters of ${deadLettersOf.join(', ')}`
      : `read by ${consumers.length > 0 ? consumers.join(', ') : 'nobody in this service'}`;
  return section({
    kind: 'queue',
    resource: queue,
    region,
    title: `Queue ${key}`,
    about: `${role}; messages are kept for ${retention} s`,
    charts: [
      {
        title: `${key}: age of the oldest message`,
        lines: [line('ApproximateAgeOfOldestMessage', 'Maximum', { label: 'oldest', color: COLOR.slow })],
        limits: [limit(retention, 'retention: older messages are lost')],
        leftLabel: 's',
      },
      {
        title: `${key}: messages in the queue`,
        lines: [
          line('ApproximateNumberOfMessagesVisible', 'Maximum', {
            label: 'waiting',
            color: COLOR.traffic,
          }),
          line('ApproximateNumberOfMessagesNotVisible', 'Maximum', {
            label: 'being worked on',
            color: COLOR.typical,
          }),
        ],
        leftLabel: 'messages',
      },
      {
        title: `${key}: in and out`,
        lines: [
          line('NumberOfMessagesSent', 'Sum', { label: 'sent', color: COLOR.traffic }),
          line('NumberOfMessagesReceived', 'Sum', { label: 'received', color: COLOR.slow }),
          line('NumberOfMessagesDeleted', 'Sum', { label: 'done', color: COLOR.typical }),
        ],
        leftLabel: 'per {period}',
      },
    ],
    alarms,
  });
}

export function topicSection(topic: TopicResource, region: string, alarms: readonly PlannedAlarm[]): Section {
  const { key, name, redrives } = topic;
  const line = linesOf('AWS/SNS', { TopicName: name });
  return section({
    kind: 'topic',
    resource: topic,
    region,
    title: `Topic ${key}`,
    charts: [
      {
        title: `${key}: published and delivered`,
        lines: [
          line('NumberOfMessagesPublished', 'Sum', { label: 'published', color: COLOR.traffic }),
          line('NumberOfNotificationsDelivered', 'Sum', { label: 'delivered', color: COLOR.typical }),
        ],
        leftLabel: 'per {period}',
      },
      {
        title: `${key}: not delivered`,
        lines: [
          line('NumberOfNotificationsFailed', 'Sum', { label: 'failed', color: COLOR.failure }),
          ...(redrives
            ? [
                line('NumberOfNotificationsRedrivenToDlq', 'Sum', {
                  label: 'sent to a dead-letter queue',
                  color: COLOR.warning,
                }),
                line('NumberOfNotificationsFailedToRedriveToDlq', 'Sum', {
                  label: 'lost on the way to a dead-letter queue',
                  color: COLOR.slow,
                }),
              ]
            : []),
        ],
        leftLabel: 'per {period}',
      },
    ],
    alarms,
  });
}
