import type { DefaultAlarm } from '../default-alarm.ts';
import { duration, lambda } from '../metrics.ts';
import { ONE_IS_ENOUGH } from './tunings.ts';

/** Work that waits for a function: asynchronous events, and records of streams. */
export const FUNCTION_ASYNC_ALARMS: ReadonlyArray<DefaultAlarm<'function'>> = [
  {
    name: 'asyncAge',
    on: true,
    tuning: {
      share: 0.5,
      statistic: 'Maximum',
      period: 60,
      evaluationPeriods: 5,
      datapointsToAlarm: 3,
      treatMissingData: 'notBreaching',
    },
    shareOf: 'the age at which an event is dropped, and at most 10 minutes',
    comparisonOperator: 'GreaterThanThreshold',
    unit: 'ms',
    severity: 'symptom',
    numbers:
      'Our judgement: the lower of half its maximum age and ten minutes. Lambda retries after one and after two minutes ("How ' +
      'Lambda handles errors and retries with asynchronous invocation"), which stays far below.',
    missing: 'No data means no asynchronous events.',
    meaning: 'Events wait long for the function; too old, they are dropped.',
    cause: 'The function is throttled, or fails and is retried. Look at its throttles and errors.',
    plan: (fn, tuning) => {
      if (!fn.isAsync) return [];
      const limit = fn.maximumEventAge * 1000;
      const { share = 0, threshold = Math.min(share * limit, 600_000) } = tuning;
      return [
        {
          metric: lambda('AsyncEventAge', fn, tuning),
          threshold,
          reason: `${duration(threshold / 1000)} of the ${duration(fn.maximumEventAge)} that Lambda keeps an event`,
        },
      ];
    },
  },
  {
    name: 'asyncDropped',
    on: true,
    tuning: ONE_IS_ENOUGH,
    comparisonOperator: 'GreaterThanThreshold',
    unit: 'events',
    severity: 'symptom',
    numbers:
      'Our judgement: a dropped event is lost work unless a destination or dead-letter queue has it. Lambda, "Types of metrics": Sum.',
    missing: 'No data means no asynchronous events.',
    meaning: 'Lambda gave up on an event: the function did not handle it.',
    cause: 'Errors in every attempt, or throttling for too long. Look at the errors of the minutes before.',
    plan: (fn, tuning) =>
      fn.isAsync
        ? [
            {
              metric: lambda('AsyncEventsDropped', fn, tuning),
              threshold: tuning.threshold ?? 0,
              reason: 'every event that is given up counts',
            },
          ]
        : [],
  },
  {
    name: 'deadLetterErrors',
    on: true,
    tuning: ONE_IS_ENOUGH,
    comparisonOperator: 'GreaterThanThreshold',
    unit: 'errors',
    severity: 'symptom',
    numbers:
      'Our judgement: what does not reach the dead-letter queue is lost for good. Lambda, "Types of metrics": Sum.',
    missing: 'The metric exists only when sending failed.',
    meaning: 'An event that failed could not be put into the dead-letter queue, and is lost.',
    cause: 'Missing permission, a queue that is gone, or an event that is too large for it.',
    plan: (fn, tuning) =>
      fn.hasDeadLetterConfig
        ? [
            {
              metric: lambda('DeadLetterErrors', fn, tuning),
              threshold: tuning.threshold ?? 0,
              reason: 'every event that does not reach its dead-letter queue counts',
            },
          ]
        : [],
  },
  {
    name: 'destinationFailures',
    on: true,
    tuning: ONE_IS_ENOUGH,
    comparisonOperator: 'GreaterThanThreshold',
    unit: 'errors',
    severity: 'symptom',
    numbers:
      'Our judgement: what does not reach its destination is lost for good. Lambda, "Types of metrics": Sum.',
    missing: 'The metric exists only when sending failed.',
    meaning: 'A result could not be sent to its destination, and is lost.',
    cause: 'Missing permission, a target that is gone, or a result that is too large for it.',
    plan: (fn, tuning) =>
      fn.hasDestination
        ? [
            {
              metric: lambda('DestinationDeliveryFailures', fn, tuning),
              threshold: tuning.threshold ?? 0,
              reason: 'every result that does not reach its destination counts',
            },
          ]
        : [],
  },
  {
    name: 'iteratorAge',
    on: true,
    tuning: {
      threshold: 300_000,
      statistic: 'Maximum',
      period: 60,
      evaluationPeriods: 5,
      datapointsToAlarm: 3,
      treatMissingData: 'notBreaching',
    },
    comparisonOperator: 'GreaterThanThreshold',
    unit: 'ms',
    severity: 'symptom',
    numbers:
      'Our judgement: five minutes, beside the time that the batch may take to fill. A stream keeps records for 24 hours unless told otherwise.',
    missing: 'No data means no records.',
    meaning: 'The function is behind the stream; records that get too old are lost unread.',
    cause:
      'A batch that fails blocks its shard; or more records than it handles. Look at its errors, then at Duration.',
    plan: (fn, tuning) => {
      const streams = fn.streams.filter(({ kind }) => kind !== 'kafka');
      if (streams.length === 0) return [];
      const window = Math.max(...streams.map(({ batchingWindow }) => batchingWindow));
      const { threshold: delay = 0 } = tuning;
      return [
        {
          metric: lambda('IteratorAge', fn, tuning),
          threshold: delay + 1000 * window,
          reason: `${duration(delay / 1000)}${window > 0 ? ` beyond its batching window of ${window} s` : ''}`,
        },
      ];
    },
  },
  {
    name: 'offsetLag',
    on: true,
    tuning: {
      threshold: 10_000,
      statistic: 'Maximum',
      period: 60,
      evaluationPeriods: 10,
      datapointsToAlarm: 8,
      treatMissingData: 'notBreaching',
    },
    comparisonOperator: 'GreaterThanThreshold',
    unit: 'records',
    severity: 'symptom',
    numbers:
      'Our judgement, and a poor one: what is much depends on the topic. Set a threshold, or anomaly, for yours.',
    missing: 'No data means no records.',
    meaning: 'The function is behind the Kafka topic.',
    cause:
      'A batch that fails blocks its partition; or more records than it handles. Look at its errors, then at Duration.',
    plan: (fn, tuning) =>
      fn.streams.some(({ kind }) => kind === 'kafka')
        ? [
            {
              metric: lambda('OffsetLag', fn, tuning),
              threshold: tuning.threshold ?? 0,
              reason: 'records that wait, for most of 10 minutes',
            },
          ]
        : [],
  },
];
