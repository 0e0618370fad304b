import type { DefaultAlarm } from '../default-alarm.ts';
import { lambda, math, duration, percent } from '../metrics.ts';

/** How invocations end and how long they take: the metrics that Lambda sends for every function. */
export const FUNCTION_INVOCATION_ALARMS: ReadonlyArray<DefaultAlarm<'function'>> = [
  {
    name: 'duration',
    on: true,
    tuning: {
      share: 0.8,
      statistic: 'p99',
      period: 60,
      evaluationPeriods: 5,
      datapointsToAlarm: 3,
      treatMissingData: 'notBreaching',
    },
    shareOf: 'its timeout',
    comparisonOperator: 'GreaterThanThreshold',
    unit: 'ms',
    severity: 'symptom',
    numbers:
      'Our judgement: at four fifths of its own timeout a function is about to lose invocations, and there is still time to ' +
      'look. Lambda, "Types of metrics": use percentiles for Duration. 3 of 5 minutes: one slow minute may be a cold dependency.',
    missing: 'No data means no invocations, and then none of them is slow.',
    meaning: 'The slowest invocations come close to the timeout; beyond it they are killed.',
    cause:
      'A slow dependency, more data than before, or too little memory, which means too little CPU. Look at a trace of ' +
      'the slowest invocation.',
    plan: (fn, tuning) => {
      const limit = fn.timeout * 1000;
      const { share = 0, threshold = share * limit } = tuning;
      return [
        {
          metric: lambda('Duration', fn, tuning),
          threshold,
          reason: `${percent(threshold / limit)} of its timeout of ${fn.timeout} s`,
        },
      ];
    },
  },
  {
    name: 'errorRate',
    on: true,
    tuning: {
      threshold: 5,
      minimum: 20,
      statistic: 'Sum',
      period: 60,
      evaluationPeriods: 3,
      datapointsToAlarm: 2,
      treatMissingData: 'notBreaching',
    },
    comparisonOperator: 'GreaterThanThreshold',
    unit: '%',
    severity: 'symptom',
    numbers:
      '5 % is what AWS recommends for 5xx answers of an API; the guard of 20 invocations is our judgement: below it, a single ' +
      'error would be more than 5 %.',
    missing: 'No data means no invocations, and then none of them failed.',
    meaning: 'A notable part of the invocations ends in an error.',
    cause: 'A deployment, or a failing dependency. Look at the errors in the log, newest first.',
    plan: (fn, tuning) => [
      {
        metric: math(
          `IF(invocations >= ${tuning.minimum ?? 0}, 100 * errors / invocations, 0)`,
          { errors: lambda('Errors', fn, tuning), invocations: lambda('Invocations', fn, tuning) },
          'Error rate (%)',
        ),
        threshold: tuning.threshold ?? 0,
        reason: `of minutes with ${tuning.minimum ?? 0} invocations or more`,
      },
    ],
  },
  {
    name: 'errors',
    on: true,
    tuning: {
      threshold: 0,
      minimum: 100,
      statistic: 'Sum',
      period: 300,
      evaluationPeriods: 1,
      datapointsToAlarm: 1,
      treatMissingData: 'notBreaching',
    },
    comparisonOperator: 'GreaterThanThreshold',
    unit: 'errors',
    severity: 'symptom',
    numbers:
      'Our judgement: on low traffic every error counts, as a rate would need days to say anything. 100 invocations in 5 ' +
      'minutes are the 20 a minute from which errorRate takes over.',
    missing: 'No data means no invocations, and then none of them failed.',
    meaning: 'An invocation failed on low traffic.',
    cause:
      'Input that the function does not expect, or a dependency that failed. Look at the error in the log, newest first.',
    plan: (fn, tuning) => [
      {
        metric: math(
          `IF(invocations < ${tuning.minimum ?? 0}, errors, 0)`,
          { errors: lambda('Errors', fn, tuning), invocations: lambda('Invocations', fn, tuning) },
          'Errors on low traffic',
        ),
        threshold: tuning.threshold ?? 0,
        reason: `every error counts while there are fewer than ${tuning.minimum ?? 0} invocations in ${duration(tuning.period)}`,
      },
    ],
  },
  {
    name: 'throttles',
    on: true,
    tuning: {
      threshold: 0,
      statistic: 'Sum',
      period: 60,
      evaluationPeriods: 5,
      datapointsToAlarm: 2,
      treatMissingData: 'notBreaching',
    },
    comparisonOperator: 'GreaterThanThreshold',
    unit: 'throttles',
    severity: 'symptom',
    numbers:
      'AWS recommends an alarm on the sum per minute and leaves the threshold open. Ours is none: callers that wait get an ' +
      'error, queues and streams fall behind. 2 of 5 minutes: one burst is retried by everything but an API.',
    missing: 'No data means no invocations were asked for, and then none was refused.',
    meaning: 'Invocations are refused because there is no concurrency left for them.',
    cause:
      'The reserved concurrency of the function, or the quota of the account, is used up; or traffic grew faster than Lambda scales.',
    plan: (fn, tuning) =>
      fn.reservedConcurrency === 0
        ? [{ skipped: 'its reserved concurrency is 0: it is switched off, and all it does is refuse' }]
        : [
            {
              metric: lambda('Throttles', fn, tuning),
              threshold: tuning.threshold ?? 0,
              reason: 'every refused invocation counts',
            },
          ],
  },
];
