import type { DefaultAlarm } from '../default-alarm.ts';
import { metric, duration, percent } from '../metrics.ts';
import { ONE_IS_ENOUGH } from './tunings.ts';

/** How often a message is tried before it counts as late, where no dead-letter queue says so. */
const ATTEMPTS = 5;

/** Below this an age says little: the metric has a value per minute. Seconds. */
const LEAST_AGE_SECONDS = 120;

export const QUEUE_ALARMS: ReadonlyArray<DefaultAlarm<'queue'>> = [
  {
    name: 'age',
    on: true,
    tuning: {
      share: 0.5,
      statistic: 'Maximum',
      period: 60,
      evaluationPeriods: 5,
      datapointsToAlarm: 3,
      treatMissingData: 'notBreaching',
    },
    shareOf: 'its retention; less where functions of the service read it',
    comparisonOperator: 'GreaterThanThreshold',
    unit: 's',
    severity: 'symptom',
    numbers:
      'Our judgement: the time that all attempts at a message may take (maxReceiveCount, or 5, times the visibility timeout), ' +
      'at most half of the retention. AWS recommends this metric and leaves the threshold open.',
    missing: 'SQS sends nothing for a queue that was empty and untouched for six hours.',
    meaning:
      'Messages wait longer than all their attempts take; older than the retention, they are deleted unread.',
    cause:
      'The consumer fails, is throttled, or is too slow for the traffic. Look at its errors and throttles.',
    plan: (queue, tuning) => {
      // In a dead-letter queue messages are meant to wait: queue.deadLetters watches it.
      if (queue.deadLettersOf.length > 0) return [];
      const attempts = queue.maxReceiveCount ?? ATTEMPTS;
      const limit = Math.floor((tuning.share ?? 0) * queue.retention);
      const allAttempts = Math.max(LEAST_AGE_SECONDS, attempts * queue.visibilityTimeout);
      const consumed = queue.consumers.length > 0 && allAttempts < limit;
      const threshold = tuning.threshold ?? (consumed ? allAttempts : limit);
      return [
        {
          metric: metric('AWS/SQS', 'ApproximateAgeOfOldestMessage', { QueueName: queue.name }, tuning),
          threshold,
          reason: consumed
            ? `${attempts} attempts of ${queue.visibilityTimeout} s, and at least ${duration(LEAST_AGE_SECONDS)}`
            : `${percent(threshold / queue.retention)} of its retention of ${duration(queue.retention)}`,
        },
      ];
    },
  },
  {
    name: 'deadLetters',
    on: true,
    tuning: {
      threshold: 0,
      statistic: 'Maximum',
      period: 60,
      evaluationPeriods: 1,
      datapointsToAlarm: 1,
      treatMissingData: 'ignore',
    },
    comparisonOperator: 'GreaterThanThreshold',
    unit: 'messages',
    severity: 'symptom',
    numbers: 'Our judgement: a dead letter is work that nobody will do unless someone looks. One is enough.',
    missing:
      'SQS falls silent after six hours without activity, and a message may lie there still: the alarm stays as it was.',
    meaning: 'Work failed for good and waits in a dead-letter queue.',
    cause:
      'A message that its consumer cannot handle, or a dependency that was down for all attempts. Look at the messages, then redrive them.',
    plan: (queue, tuning) =>
      queue.deadLettersOf.length === 0
        ? []
        : [
            {
              metric: metric(
                'AWS/SQS',
                'ApproximateNumberOfMessagesVisible',
                { QueueName: queue.name },
                tuning,
              ),
              threshold: tuning.threshold ?? 0,
              reason: 'every dead letter counts',
            },
          ],
  },
];

export const TOPIC_ALARMS: ReadonlyArray<DefaultAlarm<'topic'>> = [
  {
    name: 'failed',
    on: true,
    tuning: ONE_IS_ENOUGH,
    comparisonOperator: 'GreaterThanThreshold',
    unit: 'notifications',
    severity: 'symptom',
    numbers:
      'AWS recommends this metric with Sum and leaves the threshold open. Ours: SNS has retried already, so one is enough.',
    missing: 'No data means that nothing was published.',
    meaning: 'SNS gave up delivering a message to a subscriber.',
    cause: 'A subscriber that is gone or refuses, or a queue whose policy or key does not let SNS in.',
    plan: (topic, tuning) => [
      {
        metric: metric('AWS/SNS', 'NumberOfNotificationsFailed', { TopicName: topic.name }, tuning),
        threshold: tuning.threshold ?? 0,
        reason: 'every notification that fails for good counts',
      },
    ],
  },
  {
    name: 'redriveFailed',
    on: true,
    tuning: ONE_IS_ENOUGH,
    comparisonOperator: 'GreaterThanThreshold',
    unit: 'notifications',
    severity: 'symptom',
    numbers: 'Above 0 is what AWS recommends; one minute in place of five, because the message is lost.',
    missing: 'The metric exists only when it happened.',
    meaning: 'A message could neither be delivered nor be put into the dead-letter queue, and is lost.',
    cause: 'A dead-letter queue whose policy or key does not let SNS in.',
    plan: (topic, tuning) =>
      topic.redrives
        ? [
            {
              metric: metric(
                'AWS/SNS',
                'NumberOfNotificationsFailedToRedriveToDlq',
                { TopicName: topic.name },
                tuning,
              ),
              threshold: tuning.threshold ?? 0,
              reason: 'every notification that does not reach its dead-letter queue counts',
            },
          ]
        : [],
  },
];
