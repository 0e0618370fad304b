import type { Expression, FunctionResource, ProvisionedConcurrency } from '../../../local/template/index.ts';
import type { MetricStat } from '../alarm-spec.ts';
import type { AlarmDefinition, Tuning } from '../definition.ts';
import { lambda, math, metric, percent } from '../metrics.ts';

/** How near a function is to the concurrency that it, or the account, has. */
export const FUNCTION_CONCURRENCY_ALARMS: ReadonlyArray<AlarmDefinition<'function'>> = [
  {
    name: 'concurrency',
    on: true,
    tuning: {
      share: 0.9,
      statistic: 'Maximum',
      period: 60,
      evaluationPeriods: 5,
      datapointsToAlarm: 3,
      treatMissingData: 'notBreaching',
    },
    shareOf: 'its reserved concurrency',
    comparisonOperator: 'GreaterThanOrEqualToThreshold',
    unit: 'invocations',
    severity: 'warning',
    numbers:
      '90 % is what AWS recommends of the quota; here it is of what is reserved. Lambda, "Monitoring concurrency": view it with Maximum.',
    missing: 'No data means that nothing runs.',
    meaning:
      'The function uses almost all of the concurrency that is reserved for it; beyond it, it is throttled.',
    cause: 'More traffic, or invocations that take longer. Compare with Duration before reserving more.',
    plan: (fn, tuning) => {
      const { reservedConcurrency: reserved } = fn;
      // Without a reservation the account's quota is the limit: account.concurrency watches it once. At 0 nothing runs.
      if (reserved === undefined || reserved === 0) return [];
      const { share = 0, threshold = Math.max(1, Math.floor(share * reserved)) } = tuning;
      return [
        {
          metric: lambda('ConcurrentExecutions', fn, tuning),
          threshold,
          reason: `${percent(threshold / reserved)} of its reserved concurrency of ${reserved}`,
        },
      ];
    },
  },
  {
    name: 'provisionedUtilization',
    on: true,
    tuning: {
      threshold: 0.9,
      statistic: 'Maximum',
      period: 60,
      evaluationPeriods: 5,
      datapointsToAlarm: 3,
      treatMissingData: 'notBreaching',
    },
    comparisonOperator: 'GreaterThanThreshold',
    unit: 'of 1',
    severity: 'warning',
    numbers:
      'Our judgement. The metric is a fraction of 1; Lambda, "Monitoring concurrency": view it with Maximum.',
    missing: 'Lambda sends nothing while nothing runs.',
    meaning: 'Almost all environments that are kept ready are in use.',
    cause:
      'More traffic, or invocations that take longer. Raise the provisioned concurrency, or scale it by schedule.',
    plan: (fn, tuning) =>
      fn.provisioned.map((provisioned) => ({
        metric: provisionedMetric('ProvisionedConcurrencyUtilization', fn, provisioned, tuning),
        threshold: tuning.threshold ?? 0,
        reason: `of the provisioned concurrency of ${provisioned.concurrency}`,
        ...partOf(provisioned),
      })),
  },
  {
    name: 'provisionedSpillover',
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
    unit: 'invocations',
    severity: 'warning',
    numbers:
      'Our judgement: whoever pays for environments kept ready wants none to start cold. Lambda, "Monitoring concurrency": view it with Sum.',
    missing: 'Lambda sends nothing while nothing runs.',
    meaning: 'Invocations found no environment that was kept ready, and started cold.',
    cause:
      'The provisioned concurrency is too low for the traffic, or the callers name a version without any.',
    plan: (fn, tuning) =>
      fn.provisioned.map((provisioned) => ({
        metric: provisionedMetric('ProvisionedConcurrencySpilloverInvocations', fn, provisioned, tuning),
        threshold: tuning.threshold ?? 0,
        reason: `every invocation counts beyond the provisioned concurrency of ${provisioned.concurrency}`,
        ...partOf(provisioned),
      })),
  },
];

export const ACCOUNT_ALARMS: ReadonlyArray<AlarmDefinition<'account'>> = [
  {
    name: 'concurrency',
    on: true,
    tuning: {
      threshold: 80,
      statistic: 'Maximum',
      period: 60,
      evaluationPeriods: 10,
      datapointsToAlarm: 5,
      treatMissingData: 'notBreaching',
    },
    comparisonOperator: 'GreaterThanThreshold',
    unit: '%',
    severity: 'warning',
    numbers:
      'AWS recommends 90 % of the quota in 10 of 10 minutes; ours is 80 % in 5 of 10, because a higher quota takes days to get. ' +
      'SERVICE_QUOTA follows the quota, a number in the template would not.',
    missing: 'No data means that nothing runs in this account and region.',
    meaning:
      'All functions of the account in this region together come near its quota of concurrency; beyond it, all are throttled.',
    cause:
      'One function that grew or hangs: sort the functions by ConcurrentExecutions. Reserve concurrency, or ask for a higher quota.',
    plan: ({ functions }, tuning) =>
      functions.length === 0
        ? []
        : [
            {
              metric: math(
                '100 * concurrency / SERVICE_QUOTA(concurrency)',
                { concurrency: metric('AWS/Lambda', 'ConcurrentExecutions', {}, tuning) },
                'Concurrency used (%)',
              ),
              threshold: tuning.threshold ?? 0,
              reason: "of the account's quota of concurrent executions in this region",
            },
          ],
  },
];

/** Lambda sends these for an alias or a version only, never for the whole function. */
const provisionedMetric = (
  name: string,
  fn: FunctionResource,
  { qualifier }: ProvisionedConcurrency,
  tuning: Tuning,
): MetricStat =>
  metric('AWS/Lambda', name, { FunctionName: fn.name, Resource: qualified(fn.name, qualifier) }, tuning);

const qualified = (name: Expression, qualifier: Expression): Expression =>
  typeof name === 'string' && typeof qualifier === 'string'
    ? `${name}:${qualifier}`
    : { 'Fn::Join': [':', [name, qualifier]] };

const partOf = ({ logicalId, qualifier }: ProvisionedConcurrency): { readonly part: string } => ({
  part: typeof qualifier === 'string' ? qualifier : logicalId,
});
