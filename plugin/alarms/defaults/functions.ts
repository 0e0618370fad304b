import type {
  EventSource,
  Expression,
  FunctionResource,
  ProvisionedConcurrency,
} from 'lambda-lantern-local/template';
import { getAttribute, INIT_TIMEOUT_MS, ref } from 'lambda-lantern-local/template';
import type { MetricMath, MetricStat } from '../alarm-plan.ts';
import type { Tuning, Unwatched, Watched } from '../default-alarm.ts';
import {
  defaultAlarms,
  fiveMinutes,
  minutes,
  ofLimit,
  ONE_IS_ENOUGH,
  SEVERAL_MINUTES,
} from '../default-alarm.ts';
import type { Dimensions } from '../metrics.ts';
import { lambda, matching, math, metric, outcomesOf } from '../metrics.ts';
import { reportMetric } from '../report-filters.ts';
import { duration, percent } from '../wording.ts';

/**
 * What alarms call is called seldom, so that `errors` says whatever goes wrong in it, `errorRate` where it is called often after all, and
 * `throttles` that it is not called: to come near to a limit is no news of what nobody waits for.
 */
function isCalledByAlarms(fn: FunctionResource): boolean {
  return fn.isCalledByAlarms === true;
}

/** How invocations end and how long they take: the metrics that Lambda sends for every function. */
const INVOCATION_ALARMS = defaultAlarms<'function'>([
  {
    name: 'duration',
    saidByOthers: isCalledByAlarms,
    tuning: { share: 0.8, statistic: 'p99', ...minutes(3, 5) },
    shareOf: 'its timeout',
    unit: 'ms',
    severity: 'symptom',
    meaning: 'The slowest invocations come close to the timeout; beyond it they are killed.',
    cause:
      'A slow dependency, more data than before, or too little memory, which means too little CPU. Look at a trace of ' +
      'the slowest invocation.',
    numbers:
      'Our judgement: at four fifths of its own timeout a function is about to lose invocations, and there is still time to ' +
      'look. Lambda, "Types of metrics": use percentiles for Duration. 3 of 5 minutes: one slow minute may be a cold dependency.',
    missing: 'No data means no invocations, and then none of them is slow.',
    watch: (fn, tuning) => {
      const { timeout, apiLimit = timeout } = fn;
      // Whom the API has answered already does not learn how long the function would have been allowed to take.
      const seconds = Math.min(timeout, apiLimit);
      const limit = seconds * 1000;
      const threshold = ofLimit(tuning, limit);
      const of = seconds < timeout ? `the ${seconds} s that its API waits` : `its timeout of ${timeout} s`;
      return {
        metric: lambda('Duration', fn, tuning),
        threshold,
        reason: `${percent(threshold / limit)} of ${of}`,
      };
    },
  },
  {
    name: 'errorRate',
    tuning: { threshold: 5, minimum: 20, statistic: 'Sum', ...minutes(2, 3) },
    unit: '%',
    severity: 'symptom',
    meaning:
      'A notable part of the invocations, or of the executions of a durable function, ends in an error.',
    cause: 'A deployment, or a failing dependency. Look at the errors in the log, newest first.',
    numbers:
      '5 % is what AWS recommends for 5xx answers of an API; the guard of 20 invocations is our judgement: below it, a single ' +
      'error would be more than 5 %.',
    missing: 'No data means no invocations, and then none of them failed.',
    watch: (fn, { minimum = 0, ...tuning }) => ({
      metric: rateOfErrors(fn, minimum, tuning),
      meaning: `A notable part of the ${outcomesOf(fn).what} ends in an error.`,
      reason: `of minutes with ${minimum} ${outcomesOf(fn).what} or more`,
    }),
  },
  {
    name: 'errors',
    tuning: { threshold: 0, minimum: 100, statistic: 'Sum', ...fiveMinutes(1, 1) },
    unit: 'errors',
    severity: 'symptom',
    meaning: 'An invocation, or an execution of a durable function, failed on low traffic.',
    cause:
      'Input that the function does not expect, or a dependency that failed. Look at the error in the log, newest first.',
    numbers:
      'Our judgement: on low traffic every error counts, as a rate would need days to say anything. 100 invocations in 5 ' +
      'minutes are the 20 a minute from which errorRate takes over.',
    missing: 'No data means no invocations, and then none of them failed.',
    watch: (fn, { minimum = 0, ...tuning }) => ({
      metric: errorsBelow(fn, minimum, tuning),
      meaning: `${fn.durable === undefined ? 'An invocation' : 'An execution'} failed on low traffic.`,
      reason: `every error counts while there are fewer than ${minimum} ${outcomesOf(fn).what} in ${duration(tuning.period)}`,
    }),
  },
  {
    name: 'throttles',
    tuning: { threshold: 0, statistic: 'Sum', ...minutes(2, 5) },
    unit: 'throttles',
    severity: 'symptom',
    meaning: 'Invocations are refused because there is no concurrency left for them.',
    cause:
      'The reserved concurrency of the function, or the quota of the account, is used up; or traffic grew faster than Lambda scales.',
    numbers:
      'AWS recommends an alarm on the sum per minute and leaves the threshold open. Ours is none: callers that wait get an ' +
      'error, queues and streams fall behind. 2 of 5 minutes: one burst is retried by everything but an API.',
    missing: 'No data means no invocations were asked for, and then none was refused.',
    watch: (fn, tuning) =>
      fn.reservedConcurrency === 0
        ? { skipped: 'its reserved concurrency is 0: it is switched off, and all it does is refuse' }
        : { metric: lambda('Throttles', fn, tuning), reason: 'every refused invocation counts' },
  },
  {
    name: 'traffic',
    on: false,
    tuning: {
      threshold: 1,
      statistic: 'Sum',
      period: 3600,
      evaluationPeriods: 1,
      datapointsToAlarm: 1,
      treatMissingData: 'breaching',
    },
    comparisonOperator: 'LessThanThreshold',
    unit: 'invocations',
    severity: 'symptom',
    meaning: 'The function is hardly called any more: something before it may be broken.',
    cause:
      'A route, a subscription or a schedule that is gone, a caller that fails, or a quiet hour. Look at what calls it.',
    numbers:
      'Our judgement, and only for steady traffic: "serverless alarms --learn" proposes a floor from what the function saw. Off ' +
      'unless asked for.',
    missing: 'Lambda sends nothing where nothing is called, which is what this alarm is about.',
    watch: (fn, tuning) => ({
      metric: lambda('Invocations', fn, tuning),
      reason: `fewer than ${tuning.threshold ?? 1} invocations in ${duration(tuning.period)}`,
    }),
  },
]);

/** Of a durable function, its executions: `Errors` counts every attempt that is made again, and `Invocations` every replay. */
function rateOfErrors(fn: FunctionResource, minimum: number, tuning: Tuning): MetricMath {
  const label = 'Error rate (%)';
  if (fn.durable === undefined) {
    const stats = { errors: lambda('Errors', fn, tuning), invocations: lambda('Invocations', fn, tuning) };
    return math(`IF(invocations >= ${minimum}, 100 * errors / invocations, 0)`, stats, label);
  }
  const { stats, failed, total } = outcomesOf(fn);
  return math(`IF(${total} >= ${minimum}, 100 * ${failed} / (${total}), 0)`, stats(tuning), label);
}

function errorsBelow(fn: FunctionResource, minimum: number, tuning: Tuning): MetricMath {
  const label = 'Errors on low traffic';
  if (fn.durable === undefined) {
    const stats = { errors: lambda('Errors', fn, tuning), invocations: lambda('Invocations', fn, tuning) };
    return math(`IF(invocations < ${minimum}, errors, 0)`, stats, label);
  }
  const { stats, failed, total } = outcomesOf(fn);
  return math(`IF(${total} < ${minimum}, ${failed}, 0)`, stats(tuning), label);
}

/** What one execution of a durable function may do and keep: Lambda, "Monitoring durable functions"; MB of a million bytes, the smaller reading. */
const EXECUTION_LIMITS = { operations: 3000, bytes: 100_000_000 } as const;

/** What becomes of the executions of durable functions, which invocations say nothing of. */
const DURABLE_ALARMS = defaultAlarms<'function'>([
  {
    name: 'executionTimeouts',
    where: ({ durable }) => durable !== undefined,
    tuning: ONE_IS_ENOUGH,
    unit: 'executions',
    severity: 'symptom',
    meaning:
      'An execution of a durable function took longer than it may, and was ended with its work half done.',
    cause:
      'A callback that never came, a wait that is longer than planned, or a step that is tried again and again. Look at the history ' +
      'of the execution.',
    numbers:
      'AWS recommends an alarm on DurableExecutionTimedOut ("Monitoring durable functions") and leaves the threshold open. Ours: what was ' +
      'ended left its work half done, so that one is enough.',
    missing: 'The metric exists only when an execution timed out.',
    watch: (fn, tuning) => ({
      metric: lambda('DurableExecutionTimedOut', fn, tuning),
      reason:
        fn.durable?.executionTimeout === undefined
          ? 'every execution that is ended at its timeout counts'
          : `every execution ended after ${duration(fn.durable.executionTimeout)} counts`,
    }),
  },
  {
    name: 'executionStorage',
    where: ({ durable }) => durable !== undefined,
    tuning: { share: 0.8, statistic: 'Maximum', ...fiveMinutes(1, 3) },
    shareOf: 'the 100 MB that one execution may keep',
    unit: 'bytes',
    severity: 'warning',
    meaning:
      'An execution of a durable function has written almost all of what it may keep; beyond it, it fails.',
    cause:
      'Results of steps that are large, or a loop of many steps. Keep data elsewhere, and only its key in the result of a step.',
    numbers:
      'AWS recommends an alarm on DurableExecutionStorageWrittenBytes as it nears the limit. 80 % is our judgement, as for running ' +
      'executions; the maximum, because the limit is of each execution.',
    missing: 'No data means that no execution wrote anything.',
    watch: (fn, tuning) => ({
      metric: lambda('DurableExecutionStorageWrittenBytes', fn, tuning),
      threshold: ofLimit(tuning, EXECUTION_LIMITS.bytes),
      reason: `${percent(ofLimit(tuning, EXECUTION_LIMITS.bytes) / EXECUTION_LIMITS.bytes)} of the 100 MB of an execution`,
    }),
  },
  {
    name: 'executionOperations',
    where: ({ durable }) => durable !== undefined,
    tuning: { share: 0.8, statistic: 'Maximum', ...fiveMinutes(1, 3) },
    shareOf: 'the 3,000 operations that one execution may perform',
    unit: 'operations',
    severity: 'warning',
    meaning:
      'An execution of a durable function has performed almost all of the operations that it may; beyond them, it fails.',
    cause:
      'A loop of many steps, waits or retries. Let one step do more, or begin a new execution for what is left.',
    numbers:
      '80 % of the maximum that AWS gives for DurableExecutionOperations is our judgement; the maximum, because the limit is of each execution.',
    missing: 'No data means that no execution performed anything.',
    watch: (fn, tuning) => ({
      metric: lambda('DurableExecutionOperations', fn, tuning),
      threshold: ofLimit(tuning, EXECUTION_LIMITS.operations),
      reason: `${percent(ofLimit(tuning, EXECUTION_LIMITS.operations) / EXECUTION_LIMITS.operations)} of the 3,000 operations of an execution`,
    }),
  },
]);

/**
 * What only the report of an invocation says, which Lambda writes into the log: metric filters make metrics of it, with no
 * code in the function. CloudWatch bills each as a custom metric for the hours in which it has data.
 */
const REPORT_ALARMS = defaultAlarms<'function'>([
  {
    name: 'memory',
    saidByOthers: isCalledByAlarms,
    tuning: { share: 0.9, statistic: 'Maximum', ...minutes(3, 5) },
    shareOf: 'its memory',
    unit: 'MB',
    severity: 'warning',
    meaning: 'The function needs almost all of its memory; with more it is killed.',
    cause:
      'A leak between invocations, larger input, or a limit that was always tight. Compare the maximum with the day before.',
    numbers:
      '90 % is what AWS recommends for memory_utilization of Lambda Insights; the maximum, because one invocation is enough to be killed.',
    missing: 'No report means no invocation, and then none needs memory.',
    // On managed instances many invocations share a process: environmentMemory watches it.
    where: ({ managed }) => managed === undefined,
    watch: (fn, tuning) =>
      fromReport(fn, 'MaxMemoryUsed', (report) => {
        const threshold = ofLimit(tuning, fn.memorySize);
        return {
          metric: report(tuning),
          threshold,
          reason: `${percent(threshold / fn.memorySize)} of its memory of ${fn.memorySize} MB`,
        };
      }),
  },
  {
    name: 'timeouts',
    saidByOthers: isCalledByAlarms,
    tuning: ONE_IS_ENOUGH,
    unit: 'timeouts',
    severity: 'symptom',
    meaning: 'Lambda killed an invocation at its timeout; other errors are not counted here.',
    cause:
      'A dependency that hangs, a timeout of a client that is longer than that of the function, or input that is too large.',
    numbers: 'Our judgement: an invocation that was killed left its work half done, so that one is enough.',
    missing: 'The metric exists only when an invocation timed out.',
    watch: (fn, tuning) =>
      fromReport(fn, 'Timeouts', (report) => ({
        metric: report(tuning),
        reason: `every invocation killed after ${fn.timeout} s counts`,
      })),
  },
  {
    name: 'initDuration',
    on: false,
    tuning: { share: 0.5, statistic: 'Maximum', ...fiveMinutes(2, 3) },
    shareOf: 'the 10 s of the init phase',
    unit: 'ms',
    severity: 'warning',
    meaning: 'Cold starts are slow; the first caller waits for them, and Duration does not show it.',
    cause:
      'A larger package, more work outside of the handler, or a call while loading. Look at what is imported.',
    numbers:
      'Our judgement: half of the 10 s that Lambda gives the init phase ("Lambda execution environment"). Off unless asked ' +
      'for, as it costs a custom metric per function.',
    missing: 'No report with an init means no cold start.',
    where: hasColdStarts,
    watch: (fn, tuning) =>
      fromReport(fn, 'InitDuration', (report) => {
        const threshold = ofLimit(tuning, INIT_TIMEOUT_MS);
        return {
          metric: report(tuning),
          threshold,
          reason: `${percent(threshold / INIT_TIMEOUT_MS)} of the ${INIT_TIMEOUT_MS / 1000} s that Lambda gives the init phase`,
        };
      }),
  },
  {
    name: 'coldStarts',
    on: false,
    tuning: { threshold: 10, minimum: 100, statistic: 'SampleCount', ...fiveMinutes(3, 3) },
    unit: '%',
    severity: 'warning',
    meaning: 'A notable part of the invocations waits for a cold start.',
    cause:
      'Traffic that comes in bursts, environments that crash (look at the errors), or frequent deployments.',
    numbers:
      'Our judgement: steady traffic sees far fewer than one cold start in ten; fewer than 100 invocations in 5 minutes say ' +
      'nothing. Off unless asked for, as it costs a custom metric per function.',
    missing: 'No report with an init means no cold start.',
    where: hasColdStarts,
    watch: (fn, { minimum = 0, ...tuning }) =>
      fromReport(fn, 'InitDuration', (report) => ({
        metric: math(
          `IF(invocations >= ${minimum}, 100 * inits / invocations, 0)`,
          {
            inits: report(tuning),
            invocations: lambda('Invocations', fn, { statistic: 'Sum', period: tuning.period }),
          },
          'Cold starts (%)',
        ),
        reason: `of the invocations of ${duration(tuning.period)} with ${minimum} or more`,
      })),
  },
]);

/** On managed instances an environment is there before its first invocation. */
function hasColdStarts({ managed }: FunctionResource): boolean {
  return managed === undefined;
}

type FromReport = Omit<Watched, 'threshold'> & Partial<Watched>;

function fromReport(
  fn: FunctionResource,
  name: Parameters<typeof reportMetric>[1],
  watch: (report: (tuning: Tuning) => MetricStat) => FromReport,
): FromReport | Unwatched {
  const report = reportMetric(fn, name);
  return 'skipped' in report ? report : { ...watch(report.stat), filters: [report.filter] };
}

/** How near a function is to the concurrency that it has. */
const CONCURRENCY_ALARMS = defaultAlarms<'function'>([
  {
    name: 'concurrency',
    tuning: { share: 0.9, statistic: 'Maximum', ...minutes(3, 5) },
    shareOf: 'its reserved concurrency',
    comparisonOperator: 'GreaterThanOrEqualToThreshold',
    unit: 'invocations',
    severity: 'warning',
    meaning:
      'The function uses almost all of the concurrency that is reserved for it; beyond it, it is throttled.',
    cause: 'More traffic, or invocations that take longer. Compare with Duration before reserving more.',
    numbers:
      '90 % is what AWS recommends of the quota; here it is of what is reserved. Lambda, "Monitoring concurrency": view it with Maximum.',
    missing: 'No data means that nothing runs.',
    watch: (fn, tuning) => {
      const { reservedConcurrency: reserved } = fn;
      // Without a reservation the account's quota is the limit: account.concurrency watches it once. At 0 nothing runs.
      if (reserved === undefined || reserved === 0) return [];
      const threshold = tuning.threshold ?? Math.max(1, Math.floor(ofLimit(tuning, reserved)));
      return {
        metric: lambda('ConcurrentExecutions', fn, tuning),
        threshold,
        reason: `${percent(threshold / reserved)} of its reserved concurrency of ${reserved}`,
      };
    },
  },
  {
    name: 'provisionedUtilization',
    tuning: { threshold: 0.9, statistic: 'Maximum', ...minutes(3, 5) },
    unit: 'of 1',
    severity: 'warning',
    meaning: 'Almost all environments that are kept ready are in use.',
    cause:
      'More traffic, or invocations that take longer. Raise the provisioned concurrency, or scale it by schedule.',
    numbers:
      'Our judgement. The metric is a fraction of 1; Lambda, "Monitoring concurrency": view it with Maximum.',
    missing: 'Lambda sends nothing while nothing runs.',
    watch: (fn, tuning) =>
      fn.provisioned.map((provisioned) => ({
        metric: provisionedMetric('ProvisionedConcurrencyUtilization', fn, provisioned, tuning),
        reason: `of the provisioned concurrency of ${provisioned.concurrency}`,
        part: qualifierOf(provisioned),
      })),
  },
  {
    name: 'provisionedSpillover',
    tuning: { threshold: 0, statistic: 'Sum', ...minutes(2, 5) },
    unit: 'invocations',
    severity: 'warning',
    meaning: 'Invocations found no environment that was kept ready, and started cold.',
    cause:
      'The provisioned concurrency is too low for the traffic, or the callers name a version without any.',
    numbers:
      'Our judgement: whoever pays for environments kept ready wants none to start cold. Lambda, "Monitoring concurrency": view it with Sum.',
    missing: 'Lambda sends nothing while nothing runs.',
    watch: (fn, tuning) =>
      fn.provisioned.map((provisioned) => ({
        metric: provisionedMetric('ProvisionedConcurrencySpilloverInvocations', fn, provisioned, tuning),
        reason: `every invocation counts beyond the provisioned concurrency of ${provisioned.concurrency}`,
        part: qualifierOf(provisioned),
      })),
  },
]);

/** How full the environments are in which a function on managed instances has many invocations at once. */
const ENVIRONMENT_ALARMS = defaultAlarms<'function'>([
  {
    name: 'environmentConcurrency',
    tuning: { share: 0.9, statistic: 'Maximum', ...fiveMinutes(2, 3) },
    shareOf: 'what one of its environments runs at once',
    comparisonOperator: 'GreaterThanOrEqualToThreshold',
    unit: 'invocations',
    severity: 'warning',
    meaning:
      'An environment of the function on managed instances has almost as many invocations at once as it may; beyond it, they are throttled.',
    cause:
      'Traffic that grew faster than environments start, or invocations that take longer. Raise PerExecutionEnvironmentMaxConcurrency where ' +
      'CPU and memory are left, or the number of environments.',
    numbers:
      'AWS recommends to track ExecutionEnvironmentConcurrency against its limit ("Best practices for Lambda Managed Instances"); 90 % as of ' +
      'reserved concurrency. The limit is that of the template, or 64 for each vCPU, which is what Lambda lets Node.js have.',
    missing: 'No data means that nothing runs.',
    watch: (fn, tuning) => {
      if (fn.managed === undefined) return [];
      const { concurrencyOfEnvironment: most } = fn.managed;
      if (most === undefined) {
        return {
          skipped:
            'how many invocations one of its environments runs at once only the deployment knows: set PerExecutionEnvironmentMaxConcurrency',
        };
      }
      const threshold = tuning.threshold ?? Math.max(1, Math.floor(ofLimit(tuning, most)));
      return {
        metric: matching('ExecutionEnvironmentConcurrency', environments(fn), tuning),
        threshold,
        reason: `${percent(threshold / most)} of the ${most} that an environment runs at once`,
      };
    },
  },
  {
    name: 'environmentCpu',
    where: ({ managed }) => managed !== undefined,
    tuning: { threshold: 90, statistic: 'Maximum', ...fiveMinutes(3, 3) },
    unit: '%',
    severity: 'warning',
    meaning:
      'The environments of the function on managed instances have almost no CPU left; its invocations slow each other down.',
    cause:
      'Work that needs more CPU than before, or too many invocations at once. Lower the concurrency, or give it more vCPUs.',
    numbers: 'As capacityProvider.cpu, of the function alone.',
    missing: 'No data means that nothing runs.',
    watch: (fn, tuning) => ({
      metric: matching('ExecutionEnvironmentCPUUtilization', environments(fn), tuning),
      reason: 'of the version that is highest, for a quarter of an hour',
    }),
  },
  {
    name: 'environmentMemory',
    where: ({ managed }) => managed !== undefined,
    tuning: { threshold: 90, statistic: 'Maximum', ...fiveMinutes(2, 3) },
    unit: '%',
    severity: 'warning',
    meaning:
      'The environments of the function on managed instances have almost no memory left; with more, all of their invocations are lost.',
    cause:
      'A leak between invocations, larger input, or too many invocations at once. Compare with the concurrency of its environments.',
    numbers: 'As memory: 90 %, and the maximum, because one environment that is killed is enough.',
    missing: 'No data means that nothing runs.',
    watch: (fn, tuning) => ({
      metric: matching('ExecutionEnvironmentMemoryUtilization', environments(fn), tuning),
      reason: 'of the version that is highest',
    }),
  },
]);

function environments({ name, managed }: FunctionResource): Dimensions {
  return { CapacityProviderName: managed?.capacityProvider ?? '', FunctionName: name };
}

/** Lambda sends these for an alias or a version only, never for the whole function. */
function provisionedMetric(
  name: string,
  fn: FunctionResource,
  { qualifier }: ProvisionedConcurrency,
  tuning: Tuning,
): MetricStat {
  const resource: Expression =
    typeof fn.name === 'string' && typeof qualifier === 'string'
      ? `${fn.name}:${qualifier}`
      : { 'Fn::Join': [':', [fn.name, qualifier]] };
  return metric('AWS/Lambda', name, { FunctionName: fn.name, Resource: resource }, tuning);
}

function qualifierOf({ logicalId, qualifier }: ProvisionedConcurrency): string {
  return typeof qualifier === 'string' ? qualifier : logicalId;
}

/** Work that waits for a function: asynchronous events, and records of streams. */
const WAITING_WORK_ALARMS = defaultAlarms<'function'>([
  {
    name: 'asyncAge',
    saidByOthers: isCalledByAlarms,
    where: ({ isAsync }) => isAsync,
    tuning: { share: 0.5, statistic: 'Maximum', ...minutes(3, 5) },
    shareOf: 'the age at which an event is dropped, and at most 10 minutes',
    unit: 'ms',
    severity: 'symptom',
    meaning: 'Events wait long for the function; too old, they are dropped.',
    cause: 'The function is throttled, or fails and is retried. Look at its throttles and errors.',
    numbers:
      'Our judgement: the lower of half its maximum age and ten minutes. Lambda retries after one and after two minutes ("How ' +
      'Lambda handles errors and retries with asynchronous invocation"), which stays far below.',
    missing: 'No data means no asynchronous events.',
    watch: (fn, tuning) => {
      const threshold = tuning.threshold ?? Math.min(ofLimit(tuning, fn.maximumEventAge * 1000), 600_000);
      return {
        metric: lambda('AsyncEventAge', fn, tuning),
        threshold,
        reason: `${duration(threshold / 1000)} of the ${duration(fn.maximumEventAge)} that Lambda keeps an event`,
      };
    },
  },
  {
    name: 'asyncDropped',
    where: ({ isAsync }) => isAsync,
    tuning: ONE_IS_ENOUGH,
    unit: 'events',
    severity: 'symptom',
    meaning: 'Lambda gave up on an event: the function did not handle it.',
    cause: 'Errors in every attempt, or throttling for too long. Look at the errors of the minutes before.',
    numbers:
      'Our judgement: a dropped event is lost work unless a destination or dead-letter queue has it. Lambda, "Types of metrics": Sum.',
    missing: 'No data means no asynchronous events.',
    watch: (fn, tuning) => ({
      metric: lambda('AsyncEventsDropped', fn, tuning),
      reason: 'every event that is given up counts',
    }),
  },
  {
    name: 'deadLetterErrors',
    where: ({ hasDeadLetterConfig }) => hasDeadLetterConfig,
    tuning: ONE_IS_ENOUGH,
    unit: 'errors',
    severity: 'symptom',
    meaning: 'An event that failed could not be put into the dead-letter queue, and is lost.',
    cause: 'Missing permission, a queue that is gone, or an event that is too large for it.',
    numbers:
      'Our judgement: what does not reach the dead-letter queue is lost for good. Lambda, "Types of metrics": Sum.',
    missing: 'The metric exists only when sending failed.',
    watch: (fn, tuning) => ({
      metric: lambda('DeadLetterErrors', fn, tuning),
      reason: 'every event that does not reach its dead-letter queue counts',
    }),
  },
  {
    name: 'destinationFailures',
    where: ({ hasDestination }) => hasDestination,
    tuning: ONE_IS_ENOUGH,
    unit: 'errors',
    severity: 'symptom',
    meaning: 'A result could not be sent to its destination, and is lost.',
    cause: 'Missing permission, a target that is gone, or a result that is too large for it.',
    numbers:
      'Our judgement: what does not reach its destination is lost for good. Lambda, "Types of metrics": Sum.',
    missing: 'The metric exists only when sending failed.',
    watch: (fn, tuning) => ({
      metric: lambda('DestinationDeliveryFailures', fn, tuning),
      reason: 'every result that does not reach its destination counts',
    }),
  },
  {
    name: 'iteratorAge',
    where: ({ streams }) => streams.some(({ kind }) => kind !== 'kafka'),
    tuning: { threshold: 300_000, statistic: 'Maximum', ...minutes(3, 5) },
    unit: 'ms',
    severity: 'symptom',
    meaning: 'The function is behind the stream; records that get too old are lost unread.',
    cause:
      'A batch that fails blocks its shard; or more records than it handles. Look at its errors, then at Duration.',
    numbers:
      'Our judgement: five minutes, beside the time that the batch may take to fill. A stream keeps records for 24 hours unless told otherwise.',
    missing: 'No data means no records.',
    watch: (fn, tuning) => {
      const streams = fn.streams.filter(({ kind }) => kind !== 'kafka');
      const window = Math.max(...streams.map(({ batchingWindow }) => batchingWindow));
      const { threshold: delay = 0 } = tuning;
      return {
        metric: lambda('IteratorAge', fn, tuning),
        threshold: delay + 1000 * window,
        reason: `${duration(delay / 1000)}${window > 0 ? ` beyond its batching window of ${window} s` : ''}`,
      };
    },
  },
  {
    name: 'offsetLag',
    where: ({ streams }) => streams.some(({ kind }) => kind === 'kafka'),
    tuning: { threshold: 10_000, statistic: 'Maximum', ...minutes(8, 10) },
    unit: 'records',
    severity: 'symptom',
    meaning: 'The function is behind the Kafka topic.',
    cause:
      'A batch that fails blocks its partition; or more records than it handles. Look at its errors, then at Duration.',
    numbers:
      'Our judgement, and a poor one: what is much depends on the topic. Set a threshold, or anomaly, for yours.',
    missing: 'No data means no records.',
    watch: (fn, tuning) => ({
      metric: lambda('OffsetLag', fn, tuning),
      reason: 'records that wait, for most of 10 minutes',
    }),
  },
]);

/** How many metrics `EventCount` makes, by the kind of source ("Event source mapping metrics" of Lambda's guide). */
const EVENT_COUNTS: Readonly<Record<EventSource['kind'], number>> = {
  queue: 5,
  kinesis: 6,
  dynamodb: 6,
  kafka: 7,
};

/** A count of what became of the events of each of a function's mappings that `counts` chooses. */
function eventsOf(
  fn: FunctionResource,
  metricName: string,
  tuning: Tuning,
  { of, reason }: { readonly of: (source: EventSource) => boolean; readonly reason: string },
) {
  return fn.eventSources.filter(of).map(({ kind, mapping, condition }) => ({
    metric: metric('AWS/Lambda', metricName, { EventSourceMappingUUID: getAttribute(mapping, 'Id') }, tuning),
    reason,
    part: mapping,
    eventSource: { logicalId: mapping, metrics: EVENT_COUNTS[kind] },
    ...(condition !== undefined && { condition }),
  }));
}

/** What becomes of events on their way from a queue or a stream: Lambda counts it where a mapping is told to (`MetricsConfig`). */
const EVENT_SOURCE_ALARMS = defaultAlarms<'function'>([
  {
    name: 'eventsDropped',
    tuning: ONE_IS_ENOUGH,
    unit: 'events',
    severity: 'symptom',
    meaning: 'Lambda gave up records of a stream or topic, and they are lost: no destination has them.',
    cause:
      'A batch that the function cannot handle, for all of its attempts; or a destination that refuses what is given up. Look at the errors ' +
      'of the function, then read the records again while the stream still has them.',
    numbers:
      'Our judgement: what is dropped is lost, so that one is enough. It is on mappings that give records up (MaximumRetryAttempts, ' +
      'MaximumRecordAgeInSeconds), and switches EventCount on for them, which is billed as custom metrics.',
    missing: 'No data means that nothing was polled, or nothing dropped.',
    watch: (fn, tuning) =>
      eventsOf(fn, 'DroppedEventCount', tuning, {
        of: ({ givesUp }) => givesUp,
        reason: 'every record that is given up and sent nowhere counts',
      }),
  },
  {
    name: 'eventsGivenUp',
    tuning: ONE_IS_ENOUGH,
    unit: 'events',
    severity: 'symptom',
    meaning:
      'Lambda gave up records of a stream or topic, and told the on-failure destination where they are.',
    cause:
      'A batch that the function cannot handle, for all of its attempts. Look at what the destination got: it says where the records are, and ' +
      'the stream has them until its retention is over.',
    numbers: 'Our judgement: what was given up nobody does unless someone looks, so that one is enough.',
    missing: 'No data means that nothing was polled, or nothing given up.',
    watch: (fn, tuning) =>
      eventsOf(fn, 'OnFailureDestinationDeliveredEventCount', tuning, {
        of: ({ hasDestination }) => hasDestination,
        reason: 'every record that goes to the on-failure destination counts',
      }),
  },
  {
    name: 'eventsFailed',
    on: false,
    tuning: SEVERAL_MINUTES,
    unit: 'events',
    severity: 'warning',
    meaning:
      'Events of a queue or a stream fail again and again; those that the function reports as failed are no errors of it.',
    cause:
      'Messages that the function hands back (batchItemFailures), or a function that cannot be invoked. Look at its log, newest first.',
    numbers:
      'Our judgement: a single failure is tried again; 3 of 15 minutes with any are more than that. Off unless asked for, as EventCount is ' +
      'billed as five to seven custom metrics for each mapping, and what fails for good is seen by other alarms.',
    missing: 'No data means that nothing was polled.',
    watch: (fn, tuning) =>
      eventsOf(fn, 'FailedInvokeEventCount', tuning, {
        of: () => true,
        reason: 'every event counts that its function did not take',
      }),
  },
  {
    name: 'recursion',
    where: ({ allowsLoops, isToldByTopicOrBucket = false, queues, eventSources }) =>
      !allowsLoops &&
      (isToldByTopicOrBucket || queues.length > 0 || eventSources.some(({ kind }) => kind === 'queue')),
    tuning: ONE_IS_ENOUGH,
    unit: 'invocations',
    severity: 'symptom',
    meaning:
      'The function is fed by what it sends itself, directly or by way of others; Lambda has stopped that, and the event is dropped.',
    cause:
      'A queue, topic or bucket that the function writes to and that invokes it, or two functions that answer each other. Break the loop; ' +
      'where it is meant, set RecursiveLoop to Allow.',
    numbers:
      'Our judgement: Lambda drops after about 16 rounds ("Use Lambda recursive loop detection to prevent infinite loops"), so that the first ' +
      'drop is a loop, and a loss.',
    missing: 'The metric exists only when an invocation was dropped.',
    watch: (fn, tuning) => ({
      metric: lambda('RecursiveInvocationsDropped', fn, tuning),
      reason: 'every invocation that is dropped as part of a loop counts',
    }),
  },
]);

/** What CloudWatch Logs finds in the log group, where it is told to look: `custom.lantern.dataProtection`. */
const LOG_ALARMS = defaultAlarms<'function'>([
  {
    name: 'personalData',
    where: ({ findingsPolicy }) => findingsPolicy !== undefined,
    tuning: ONE_IS_ENOUGH,
    unit: 'log events',
    severity: 'symptom',
    meaning: 'Personal data, or a secret, reached the log of the function.',
    cause:
      'A line that went past the logger, a key that redaction does not deny, or data written into a message. The findings say what ' +
      'kind it is and where it stands, never the value.',
    numbers:
      'Our judgement: what stands in a log has been copied, so that the first is one too many. There is such an alarm only with ' +
      'custom.lantern.dataProtection. CloudWatch Logs, "Monitoring with CloudWatch metrics": Sum.',
    missing: 'The metric exists only when something was found.',
    watch: ({ logGroup = '', findingsPolicy = '' }, tuning) => {
      const found = { DataProtectionOperation: 'Audit', LogGroupName: ref(logGroup) };
      return {
        // Whether the name of the policy is among the dimensions depends on where one looks; a wrong guess would be OK for ever.
        metric: math(
          'FILL(found, 0) + FILL(foundByPolicy, 0)',
          {
            found: metric('AWS/Logs', 'LogEventsWithFindings', found, tuning),
            foundByPolicy: metric(
              'AWS/Logs',
              'LogEventsWithFindings',
              { ...found, PolicyName: findingsPolicy },
              tuning,
            ),
          },
          'Log events with findings',
        ),
        reason: 'every log event with a finding counts',
      };
    },
  },
]);

export const FUNCTION_ALARMS = [
  ...INVOCATION_ALARMS,
  ...DURABLE_ALARMS,
  ...REPORT_ALARMS,
  ...CONCURRENCY_ALARMS,
  ...ENVIRONMENT_ALARMS,
  ...WAITING_WORK_ALARMS,
  ...EVENT_SOURCE_ALARMS,
  ...LOG_ALARMS,
];

export const ACCOUNT_ALARMS = defaultAlarms<'account'>([
  {
    name: 'concurrency',
    where: ({ functions }) => functions.length > 0,
    tuning: { threshold: 80, statistic: 'Maximum', ...minutes(5, 10) },
    unit: '%',
    severity: 'warning',
    meaning:
      'All functions of the account in this region together come near its quota of concurrency; beyond it, all are throttled.',
    cause:
      'One function that grew or hangs: sort the functions by ConcurrentExecutions. Reserve concurrency, or ask for a higher quota.',
    numbers:
      'AWS recommends 90 % of the quota in 10 of 10 minutes; ours is 80 % in 5 of 10, because a higher quota takes days to get. ' +
      'SERVICE_QUOTA follows the quota, a number in the template would not.',
    missing: 'No data means that nothing runs in this account and region.',
    watch: (_account, tuning) => ({
      metric: math(
        '100 * concurrency / SERVICE_QUOTA(concurrency)',
        { concurrency: metric('AWS/Lambda', 'ConcurrentExecutions', {}, tuning) },
        'Concurrency used (%)',
      ),
      reason: "of the account's quota of concurrent executions in this region",
    }),
  },
  {
    name: 'durableExecutions',
    where: ({ functions }) => functions.some(({ durable }) => durable !== undefined),
    tuning: { threshold: 80, statistic: 'Maximum', ...minutes(5, 10) },
    unit: '%',
    severity: 'warning',
    meaning:
      'All durable executions of the account in this region together come near the quota of running ones; beyond it, none can begin.',
    cause:
      'Executions that wait for what does not come, or more of them than before. Sort the functions by the executions that they started.',
    numbers:
      '80 % is what AWS recommends for ApproximateRunningDurableExecutionsUtilization ("Monitoring durable functions"); 5 of 10 minutes, ' +
      'because a higher quota takes days to get.',
    missing: 'No data means that no execution runs.',
    watch: (_account, tuning) => ({
      metric: metric('AWS/Lambda', 'ApproximateRunningDurableExecutionsUtilization', {}, tuning),
      reason: "of the account's quota of running durable executions in this region",
    }),
  },
]);
