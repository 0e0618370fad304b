import type { FunctionResource } from '../../../local/template/index.ts';
import type { AlarmDefinition, Unwatched, Watched } from '../definition.ts';
import { INIT_LIMIT_MS } from '../limits.ts';
import { lambda, math, duration, percent, sumOver } from '../metrics.ts';
import { reportMetric } from '../report-filters.ts';

/**
 * What only the report of an invocation says, which Lambda writes into the log: metric filters make metrics of it, with no
 * code in the function. CloudWatch bills each as a custom metric for the hours in which it has data.
 */
export const FUNCTION_REPORT_ALARMS: ReadonlyArray<AlarmDefinition<'function'>> = [
  {
    name: 'memory',
    on: true,
    tuning: {
      share: 0.9,
      statistic: 'Maximum',
      period: 60,
      evaluationPeriods: 5,
      datapointsToAlarm: 3,
      treatMissingData: 'notBreaching',
    },
    shareOf: 'its memory',
    comparisonOperator: 'GreaterThanThreshold',
    unit: 'MB',
    severity: 'warning',
    numbers:
      '90 % is what AWS recommends for memory_utilization of Lambda Insights; the maximum, because one invocation is enough to be killed.',
    missing: 'No report means no invocation, and then none needs memory.',
    meaning: 'The function needs almost all of its memory; with more it is killed.',
    cause:
      'A leak between invocations, larger input, or a limit that was always tight. Compare the maximum with the day before.',
    plan: (fn, { share = 0, threshold = share * fn.memorySize, ...tuning }) =>
      fromReport(fn, 'MaxMemoryUsed', (report) => ({
        metric: report(tuning),
        threshold,
        reason: `${percent(threshold / fn.memorySize)} of its memory of ${fn.memorySize} MB`,
      })),
  },
  {
    name: 'timeouts',
    on: true,
    tuning: {
      threshold: 0,
      statistic: 'Sum',
      period: 60,
      evaluationPeriods: 1,
      datapointsToAlarm: 1,
      treatMissingData: 'notBreaching',
    },
    comparisonOperator: 'GreaterThanThreshold',
    unit: 'timeouts',
    severity: 'symptom',
    numbers: 'Our judgement: an invocation that was killed left its work half done, so that one is enough.',
    missing: 'The metric exists only when an invocation timed out.',
    meaning: 'Lambda killed an invocation at its timeout; other errors are not counted here.',
    cause:
      'A dependency that hangs, a timeout of a client that is longer than that of the function, or input that is too large.',
    plan: (fn, { threshold = 0, ...tuning }) =>
      fromReport(fn, 'Timeouts', (report) => ({
        metric: report(tuning),
        threshold,
        reason: `every invocation killed after ${fn.timeout} s counts`,
      })),
  },
  {
    name: 'initDuration',
    on: false,
    tuning: {
      share: 0.5,
      statistic: 'Maximum',
      period: 300,
      evaluationPeriods: 3,
      datapointsToAlarm: 2,
      treatMissingData: 'notBreaching',
    },
    shareOf: 'the 10 s of the init phase',
    comparisonOperator: 'GreaterThanThreshold',
    unit: 'ms',
    severity: 'warning',
    numbers:
      'Our judgement: half of the 10 s that Lambda gives the init phase ("Lambda execution environment"). Off unless asked ' +
      'for, as it costs a custom metric per function.',
    missing: 'No report with an init means no cold start.',
    meaning: 'Cold starts are slow; the first caller waits for them, and Duration does not show it.',
    cause:
      'A larger package, more work outside of the handler, or a call while loading. Look at what is imported.',
    plan: (fn, { share = 0, threshold = share * INIT_LIMIT_MS, ...tuning }) =>
      fromReport(fn, 'InitDuration', (report) => ({
        metric: report(tuning),
        threshold,
        reason: `${percent(threshold / INIT_LIMIT_MS)} of the ${INIT_LIMIT_MS / 1000} s that Lambda gives the init phase`,
      })),
  },
  {
    name: 'coldStarts',
    on: false,
    tuning: {
      threshold: 10,
      minimum: 100,
      statistic: 'SampleCount',
      period: 300,
      evaluationPeriods: 3,
      datapointsToAlarm: 3,
      treatMissingData: 'notBreaching',
    },
    comparisonOperator: 'GreaterThanThreshold',
    unit: '%',
    severity: 'warning',
    numbers:
      'Our judgement: steady traffic sees far fewer than one cold start in ten; fewer than 100 invocations in 5 minutes say ' +
      'nothing. Off unless asked for, as it costs a custom metric per function.',
    missing: 'No report with an init means no cold start.',
    meaning: 'A notable part of the invocations waits for a cold start.',
    cause:
      'Traffic that comes in bursts, environments that crash (look at the errors), or frequent deployments.',
    plan: (fn, { threshold = 0, minimum = 0, ...tuning }) =>
      fromReport(fn, 'InitDuration', (report) => ({
        metric: math(
          `IF(invocations >= ${minimum}, 100 * inits / invocations, 0)`,
          { inits: report(tuning), invocations: lambda('Invocations', fn, sumOver(tuning.period)) },
          'Cold starts (%)',
        ),
        threshold,
        reason: `of the invocations of ${duration(tuning.period)} with ${minimum} or more`,
      })),
  },
];

function fromReport(
  fn: FunctionResource,
  name: Parameters<typeof reportMetric>[1],
  watch: (report: Extract<ReturnType<typeof reportMetric>, { stat: unknown }>['stat']) => Watched,
): readonly (Watched | Unwatched)[] {
  const report = reportMetric(fn, name);
  return 'skipped' in report ? [report] : [{ ...watch(report.stat), filters: [report.filter] }];
}
