import { INIT_TIMEOUT_MS } from 'lambda-lantern-local/template';
import type { ResourceKind, Resources } from '../resource-kinds.ts';

export type StatisticKind =
  'Sum' | 'Average' | 'Minimum' | 'Maximum' | 'SampleCount' | 'percentile' | 'percentileRank';

/** A metric as AWS documents it: what an alarm on it may rely on. */
export interface KnownMetric<Kind extends ResourceKind = ResourceKind> extends Facts<Kind> {
  readonly kind: Kind;
  /** What stands in the namespace; of metrics of our filters, what it begins with. */
  readonly namespace: string;
  readonly name: string;
  /** The sets of dimensions that have data: CloudWatch finds nothing for any other. */
  readonly dimensions: DimensionSets;
  /** The page of AWS. */
  readonly source: string;
}

interface Facts<Kind extends ResourceKind = ResourceKind> {
  readonly statistics: readonly StatisticKind[];
  readonly unit: 'Count' | 'Milliseconds' | 'Seconds' | 'Megabytes' | 'Bytes' | 'Percent' | 'None';
  /** The lowest value; `above 0` for a time that something always takes. */
  readonly min: 0 | 'above 0';
  /** The highest value on this resource, where there is one. */
  readonly max?: (resource: Resources[Kind]) => number | undefined;
  /** When CloudWatch has data: for requests that come, or only when the thing happens. */
  readonly emitted: 'while active' | 'when it happens';
  /** Whether each one is a loss, so that an alarm has to notice the first. */
  readonly eachCounts: boolean;
}

type DimensionSets = ReadonlyArray<readonly string[]>;

/** Counts are added up; their percentiles would be of ones and zeros. */
const COUNT: Facts = {
  statistics: ['Sum'],
  unit: 'Count',
  min: 0,
  emitted: 'while active',
  eachCounts: false,
};

/** What is lost each time, and is not sent unless it happens. */
const LOSS: Facts = { ...COUNT, emitted: 'when it happens', eachCounts: true };

/** What is not sent unless it happens, and is made good later. */
const DELAY: Facts = { ...COUNT, emitted: 'when it happens' };

/** Times of single requests: any statistic but their sum. */
const TIME: Facts = {
  statistics: ['Average', 'Minimum', 'Maximum', 'percentile', 'percentileRank', 'SampleCount'],
  unit: 'Milliseconds',
  min: 'above 0',
  emitted: 'while active',
  eachCounts: false,
};

/** A number that is looked at from time to time: its sum means nothing. */
const GAUGE: Facts = {
  statistics: ['Average', 'Minimum', 'Maximum'],
  unit: 'Count',
  min: 0,
  emitted: 'while active',
  eachCounts: false,
};

/** The metrics of a page of AWS that have the same dimensions, by name. */
function metricsOf<Kind extends ResourceKind>(
  kind: Kind,
  namespace: string,
  dimensions: DimensionSets,
  source: string,
  metrics: Readonly<Record<string, Facts<Kind>>>,
): ReadonlyArray<KnownMetric<Kind>> {
  return Object.entries(metrics).map(([name, facts]) => ({
    ...facts,
    kind,
    namespace,
    name,
    dimensions,
    source,
  }));
}

const LAMBDA_TYPES = 'AWS Lambda Developer Guide, "Types of metrics for Lambda functions"';
const LAMBDA_CONCURRENCY = 'AWS Lambda Developer Guide, "Monitoring concurrency"';
const LAMBDA_DURABLE = 'AWS Lambda Developer Guide, "Monitoring durable functions"';
const LAMBDA_MANAGED = 'AWS Lambda Developer Guide, "Monitoring Lambda Managed Instances"';
const LAMBDA_REPORT =
  'AWS Lambda Developer Guide, "Lambda Telemetry API Event schema reference", platform.report';

/** Lambda sends each for the function, for each alias and version, and for the whole account. */
const OF_FUNCTION: DimensionSets = [
  ['FunctionName'],
  ['FunctionName', 'Resource'],
  ['FunctionName', 'Resource', 'ExecutedVersion'],
];

const FUNCTION_METRICS: ReadonlyArray<KnownMetric<'function'>> = [
  ...metricsOf('function', 'AWS/Lambda', OF_FUNCTION, LAMBDA_TYPES, {
    Invocations: COUNT,
    Errors: COUNT,
    Throttles: COUNT,
    AsyncEventsDropped: LOSS,
    RecursiveInvocationsDropped: LOSS,
    DeadLetterErrors: LOSS,
    DestinationDeliveryFailures: LOSS,
    Duration: { ...TIME, max: ({ timeout }) => timeout * 1000 },
    AsyncEventAge: { ...TIME, max: ({ maximumEventAge }) => maximumEventAge * 1000 },
  }),
  ...metricsOf('function', 'AWS/Lambda', OF_FUNCTION, `${LAMBDA_TYPES}: Kinesis, DynamoDB and DocumentDB`, {
    IteratorAge: { ...TIME, min: 0 },
  }),
  ...metricsOf('function', 'AWS/Lambda', OF_FUNCTION, `${LAMBDA_TYPES}: Apache Kafka`, { OffsetLag: GAUGE }),
  ...metricsOf('function', 'AWS/Lambda', OF_FUNCTION, LAMBDA_CONCURRENCY, {
    ConcurrentExecutions: { ...GAUGE, max: ({ reservedConcurrency }) => reservedConcurrency },
  }),
  ...metricsOf('function', 'AWS/Lambda', OF_FUNCTION, LAMBDA_DURABLE, {
    DurableExecutionFailed: LOSS,
    DurableExecutionTimedOut: LOSS,
    DurableExecutionSucceeded: COUNT,
    DurableExecutionDuration: {
      ...TIME,
      max: ({ durable }) => (durable?.executionTimeout ?? Infinity) * 1000,
    },
    // Of one execution each, so that a sum would be of nothing.
    DurableExecutionOperations: { ...GAUGE, max: () => 3000 },
    DurableExecutionStorageWrittenBytes: { ...GAUGE, unit: 'Bytes', max: () => 104_857_600 },
  }),
  ...metricsOf(
    'function',
    'AWS/Lambda',
    [['EventSourceMappingUUID']],
    `${LAMBDA_TYPES}: Event source mapping metrics, of mappings whose MetricsConfig has EventCount`,
    {
      DroppedEventCount: { ...LOSS, emitted: 'while active' },
      OnFailureDestinationDeliveredEventCount: { ...LOSS, emitted: 'while active' },
      FailedInvokeEventCount: COUNT,
    },
  ),
  // Never of the whole function.
  ...metricsOf('function', 'AWS/Lambda', [['FunctionName', 'Resource']], LAMBDA_CONCURRENCY, {
    // A fraction, whatever its name and its graph say.
    ProvisionedConcurrencyUtilization: { ...GAUGE, unit: 'None', max: () => 1 },
    ProvisionedConcurrencySpilloverInvocations: COUNT,
  }),
  ...metricsOf('function', 'LambdaLantern/', [[]], LAMBDA_REPORT, {
    MaxMemoryUsed: { ...GAUGE, unit: 'Megabytes', max: ({ memorySize }) => memorySize },
    InitDuration: {
      ...TIME,
      emitted: 'when it happens',
      // Environments that are kept ready have longer.
      max: ({ provisioned }) => (provisioned.length > 0 ? undefined : INIT_TIMEOUT_MS),
    },
    Timeouts: LOSS,
  }),
  // The table of the guide names no dimensions. The API says that the name of the policy is one; metrics are seen with the operation
  // and the log group, both with that name and without it.
  ...metricsOf(
    'function',
    'AWS/Logs',
    [
      ['DataProtectionOperation', 'LogGroupName'],
      ['DataProtectionOperation', 'LogGroupName', 'PolicyName'],
    ],
    'Amazon CloudWatch Logs User Guide, "Monitoring with CloudWatch metrics"; API Reference, "PutDataProtectionPolicy"',
    { LogEventsWithFindings: LOSS },
  ),
];

/** A part of the whole, in percent. */
const UTILIZATION: Facts = { ...GAUGE, unit: 'Percent', max: () => 100 };

/** Of the environments of a function on managed instances, by its versions. */
const ENVIRONMENT_METRICS: ReadonlyArray<KnownMetric<'function'>> = metricsOf(
  'function',
  'AWS/Lambda',
  [['CapacityProviderName', 'FunctionName', 'Resource']],
  LAMBDA_MANAGED,
  {
    ExecutionEnvironmentConcurrency: { ...GAUGE, max: ({ managed }) => managed?.concurrencyOfEnvironment },
    ExecutionEnvironmentCPUUtilization: UTILIZATION,
    ExecutionEnvironmentMemoryUtilization: UTILIZATION,
  },
);

const CAPACITY_PROVIDER_METRICS = metricsOf(
  'capacityProvider',
  'AWS/Lambda',
  [['CapacityProviderName', 'InstanceType']],
  LAMBDA_MANAGED,
  { CPUUtilization: UTILIZATION, MemoryUtilization: UTILIZATION },
);

const ACCOUNT_METRICS: ReadonlyArray<KnownMetric<'account'>> = [
  ...metricsOf(
    'account',
    'AWS/Lambda',
    [[]],
    `${LAMBDA_CONCURRENCY}; Amazon CloudWatch User Guide, "Visualizing your service quotas and setting alarms"`,
    { ConcurrentExecutions: GAUGE },
  ),
  ...metricsOf('account', 'AWS/Lambda', [[]], `${LAMBDA_DURABLE}: of the account's quota`, {
    ApproximateRunningDurableExecutionsUtilization: { ...GAUGE, unit: 'Percent', max: () => 100 },
  }),
];

const SQS = 'Amazon SQS Developer Guide, "Available CloudWatch metrics for Amazon SQS"';

const QUEUE_METRICS: ReadonlyArray<KnownMetric<'queue'>> = [
  ...metricsOf('queue', 'AWS/SQS', [['QueueName']], SQS, {
    ApproximateAgeOfOldestMessage: {
      ...GAUGE,
      // It has a value per minute, so that counts and ranks are of minutes.
      statistics: [...GAUGE.statistics, 'percentileRank', 'SampleCount'],
      unit: 'Seconds',
      max: ({ retention }) => retention,
    },
  }),
  ...metricsOf(
    'queue',
    'AWS/SQS',
    [['QueueName']],
    `${SQS}: nothing is sent for a queue that was inactive for six hours`,
    { ApproximateNumberOfMessagesVisible: { ...GAUGE, eachCounts: true } },
  ),
];

const TOPIC_METRICS = metricsOf(
  'topic',
  'AWS/SNS',
  [['TopicName']],
  'Amazon SNS Developer Guide, "Monitoring Amazon SNS topics using CloudWatch"',
  {
    NumberOfNotificationsFailed: { ...LOSS, emitted: 'while active' },
    NumberOfNotificationsFailedToRedriveToDlq: LOSS,
  },
);

const DYNAMODB = 'Amazon DynamoDB Developer Guide, "DynamoDB metrics and dimensions"';

const TABLE_METRICS: ReadonlyArray<KnownMetric<'table'>> = [
  ...metricsOf(
    'table',
    'AWS/DynamoDB',
    [['TableName'], ['TableName', 'GlobalSecondaryIndexName']],
    DYNAMODB,
    { ReadThrottleEvents: DELAY, WriteThrottleEvents: DELAY },
  ),
  ...metricsOf(
    'table',
    'AWS/DynamoDB',
    [['TableName', 'Operation']],
    `${DYNAMODB}; AWS CDK refuses it without Operation`,
    { SystemErrors: DELAY },
  ),
];

/** HTTP APIs answer after 30 s at the latest; the limit of REST APIs can be raised. */
const HTTP_API_LIMIT_MS = 30_000;

// One sample per request, 0 or 1: the average of errors is their rate, and the number of samples that of requests.
const REQUESTS: Facts<'api'> = { ...COUNT, statistics: ['SampleCount', 'Sum'] };
const FAILED_REQUESTS: Facts<'api'> = { ...COUNT, statistics: ['Sum', 'Average'] };
const LATENCY: Facts<'api'> = {
  ...TIME,
  max: ({ kind }) => (kind === 'HTTP' ? HTTP_API_LIMIT_MS : undefined),
};

const API_METRICS = metricsOf(
  'api',
  'AWS/ApiGateway',
  // Which of both, the kind of the API decides: see check-metrics.ts.
  [
    ['ApiName', 'Stage'],
    ['ApiId', 'Stage'],
  ],
  'Amazon API Gateway Developer Guide, "metrics and dimensions": of REST, HTTP and WebSocket APIs',
  {
    Count: REQUESTS,
    '4XXError': FAILED_REQUESTS,
    '5XXError': FAILED_REQUESTS,
    '4xx': FAILED_REQUESTS,
    '5xx': FAILED_REQUESTS,
    MessageCount: REQUESTS,
    ClientError: FAILED_REQUESTS,
    ExecutionError: FAILED_REQUESTS,
    Latency: LATENCY,
    IntegrationLatency: LATENCY,
  },
);

const RULE_METRICS = metricsOf(
  'rule',
  'AWS/Events',
  [['RuleName'], ['EventBusName', 'RuleName']],
  'Amazon EventBridge User Guide, "Monitoring Amazon EventBridge": RuleName alone is the default bus',
  { FailedInvocations: LOSS, ThrottledRules: DELAY },
);

const SCHEDULE_METRICS = metricsOf(
  'schedule',
  'AWS/Scheduler',
  [['ScheduleGroup'], []],
  'EventBridge Scheduler User Guide, "Monitoring Amazon EventBridge Scheduler with Amazon CloudWatch"',
  { InvocationDroppedCount: LOSS, TargetErrorCount: DELAY },
);

const STATE_MACHINE_METRICS = metricsOf(
  'stateMachine',
  'AWS/States',
  [['StateMachineArn']],
  'AWS Step Functions Developer Guide, "Monitoring Step Functions metrics using CloudWatch"',
  {
    ExecutionsFailed: { ...LOSS, emitted: 'while active' },
    ExecutionsTimedOut: { ...LOSS, emitted: 'while active' },
    ExecutionThrottled: COUNT,
  },
);

/** Every metric that an alarm may be put on, with what its documentation says. An alarm on any other is refused. */
export const METRICS_TABLE: readonly KnownMetric[] = [
  ...FUNCTION_METRICS,
  ...ENVIRONMENT_METRICS,
  ...CAPACITY_PROVIDER_METRICS,
  ...ACCOUNT_METRICS,
  ...QUEUE_METRICS,
  ...TOPIC_METRICS,
  ...TABLE_METRICS,
  ...API_METRICS,
  ...RULE_METRICS,
  ...SCHEDULE_METRICS,
  ...STATE_MACHINE_METRICS,
] as readonly KnownMetric[];
