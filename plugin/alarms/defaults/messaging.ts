import { defaultAlarms, minutes, ofLimit, ONE_IS_ENOUGH } from '../default-alarm.ts';
import { metric } from '../metrics.ts';
import { duration, percent } from '../wording.ts';

/** How often a message is tried before it counts as late, where no dead-letter queue says so. */
const ATTEMPTS = 5;

/** Below this an age says little: the metric has a value per minute. Seconds. */
const LEAST_AGE_SECONDS = 120;

export const QUEUE_ALARMS = defaultAlarms<'queue'>([
  {
    name: 'age',
    // In a dead-letter queue messages are meant to wait: queue.deadLetters watches it.
    where: ({ deadLettersOf }) => deadLettersOf.length === 0,
    tuning: { share: 0.5, statistic: 'Maximum', ...minutes(3, 5) },
    shareOf: 'its retention; less where functions of the service read it',
    unit: 's',
    severity: 'symptom',
    meaning:
      'Messages wait longer than all their attempts take; older than the retention, they are deleted unread.',
    cause:
      'The consumer fails, is throttled, or is too slow for the traffic. Look at its errors and throttles.',
    numbers:
      'Our judgement: the time that all attempts at a message may take (maxReceiveCount, or 5, times the visibility timeout), ' +
      'at most half of the retention. AWS recommends this metric and leaves the threshold open.',
    missing: 'SQS sends nothing for a queue that was empty and untouched for six hours.',
    watch: (queue, { threshold: set, ...tuning }) => {
      const attempts = queue.maxReceiveCount ?? ATTEMPTS;
      const limit = Math.floor(ofLimit(tuning, queue.retention));
      const allAttempts = Math.max(LEAST_AGE_SECONDS, attempts * queue.visibilityTimeout);
      const consumed = queue.consumers.length > 0 && allAttempts < limit;
      const threshold = set ?? (consumed ? allAttempts : limit);
      return {
        metric: metric('AWS/SQS', 'ApproximateAgeOfOldestMessage', { QueueName: queue.name }, tuning),
        threshold,
        reason: consumed
          ? `${attempts} attempts of ${queue.visibilityTimeout} s, and at least ${duration(LEAST_AGE_SECONDS)}`
          : `${percent(threshold / queue.retention)} of its retention of ${duration(queue.retention)}`,
      };
    },
  },
  {
    name: 'deadLetters',
    where: ({ deadLettersOf }) => deadLettersOf.length > 0,
    tuning: { threshold: 0, statistic: 'Maximum', ...minutes(1, 1), treatMissingData: 'ignore' },
    unit: 'messages',
    severity: 'symptom',
    meaning: 'Work failed for good and waits in a dead-letter queue.',
    cause:
      'A message that its consumer cannot handle, or a dependency that was down for all attempts. Look at the messages, then redrive them.',
    numbers: 'Our judgement: a dead letter is work that nobody will do unless someone looks. One is enough.',
    missing:
      'SQS falls silent after six hours without activity, and a message may lie there still: the alarm stays as it was.',
    watch: (queue, tuning) => ({
      metric: metric('AWS/SQS', 'ApproximateNumberOfMessagesVisible', { QueueName: queue.name }, tuning),
      reason: 'every dead letter counts',
    }),
  },
]);

export const TOPIC_ALARMS = defaultAlarms<'topic'>([
  {
    name: 'failed',
    tuning: ONE_IS_ENOUGH,
    unit: 'notifications',
    severity: 'symptom',
    meaning: 'SNS gave up delivering a message to a subscriber.',
    cause: 'A subscriber that is gone or refuses, or a queue whose policy or key does not let SNS in.',
    numbers:
      'AWS recommends this metric with Sum and leaves the threshold open. Ours: SNS has retried already, so one is enough.',
    missing: 'No data means that nothing was published.',
    watch: (topic, tuning) => ({
      metric: metric('AWS/SNS', 'NumberOfNotificationsFailed', { TopicName: topic.name }, tuning),
      reason: 'every notification that fails for good counts',
    }),
  },
  {
    name: 'redriveFailed',
    where: ({ redrives }) => redrives,
    tuning: ONE_IS_ENOUGH,
    unit: 'notifications',
    severity: 'symptom',
    meaning: 'A message could neither be delivered nor be put into the dead-letter queue, and is lost.',
    cause: 'A dead-letter queue whose policy or key does not let SNS in.',
    numbers: 'Above 0 is what AWS recommends; one minute in place of five, because the message is lost.',
    missing: 'The metric exists only when it happened.',
    watch: (topic, tuning) => ({
      metric: metric(
        'AWS/SNS',
        'NumberOfNotificationsFailedToRedriveToDlq',
        { TopicName: topic.name },
        tuning,
      ),
      reason: 'every notification that does not reach its dead-letter queue counts',
    }),
  },
]);
