import { INIT_LIMIT_MS } from '../report-filters.ts';
import type { KnownMetric } from './known-metric.ts';
import { COUNT, GAUGE, LOSS, TIME, milliseconds } from './known-metric.ts';

const LAMBDA_TYPES = 'AWS Lambda Developer Guide, "Types of metrics for Lambda functions"';
const LAMBDA_CONCURRENCY = 'AWS Lambda Developer Guide, "Monitoring concurrency"';
const LAMBDA_REPORT =
  'AWS Lambda Developer Guide, "Lambda Telemetry API Event schema reference", platform.report';

/** Lambda sends each for the function, for each alias and version, and for the whole account. */
const OF_FUNCTION = [
  ['FunctionName'],
  ['FunctionName', 'Resource'],
  ['FunctionName', 'Resource', 'ExecutedVersion'],
];

export const FUNCTION_METRICS: ReadonlyArray<KnownMetric<'function'>> = [
  ...(['Invocations', 'Errors', 'Throttles'] as const).map((name) => ({
    ...COUNT,
    kind: 'function' as const,
    namespace: 'AWS/Lambda',
    name,
    dimensions: OF_FUNCTION,
    source: LAMBDA_TYPES,
  })),
  ...(['AsyncEventsDropped', 'DeadLetterErrors', 'DestinationDeliveryFailures'] as const).map((name) => ({
    ...LOSS,
    kind: 'function' as const,
    namespace: 'AWS/Lambda',
    name,
    dimensions: OF_FUNCTION,
    source: LAMBDA_TYPES,
  })),
  {
    ...TIME,
    kind: 'function',
    namespace: 'AWS/Lambda',
    name: 'Duration',
    dimensions: OF_FUNCTION,
    most: milliseconds,
    source: LAMBDA_TYPES,
  },
  {
    ...GAUGE,
    kind: 'function',
    namespace: 'AWS/Lambda',
    name: 'ConcurrentExecutions',
    dimensions: OF_FUNCTION,
    most: ({ reservedConcurrency }) => reservedConcurrency,
    source: LAMBDA_CONCURRENCY,
  },
  {
    ...GAUGE,
    kind: 'function',
    namespace: 'AWS/Lambda',
    name: 'ProvisionedConcurrencyUtilization',
    // Never of the whole function; and a fraction, whatever its name and its graph say.
    dimensions: [['FunctionName', 'Resource']],
    unit: 'None',
    most: () => 1,
    source: LAMBDA_CONCURRENCY,
  },
  {
    ...COUNT,
    kind: 'function',
    namespace: 'AWS/Lambda',
    name: 'ProvisionedConcurrencySpilloverInvocations',
    dimensions: [['FunctionName', 'Resource']],
    source: LAMBDA_CONCURRENCY,
  },
  {
    ...TIME,
    kind: 'function',
    namespace: 'AWS/Lambda',
    name: 'AsyncEventAge',
    dimensions: OF_FUNCTION,
    most: ({ maximumEventAge }) => maximumEventAge * 1000,
    source: LAMBDA_TYPES,
  },
  {
    ...TIME,
    kind: 'function',
    namespace: 'AWS/Lambda',
    name: 'IteratorAge',
    dimensions: OF_FUNCTION,
    least: 0,
    source: `${LAMBDA_TYPES}: Kinesis, DynamoDB and DocumentDB`,
  },
  {
    ...GAUGE,
    kind: 'function',
    namespace: 'AWS/Lambda',
    name: 'OffsetLag',
    dimensions: OF_FUNCTION,
    source: `${LAMBDA_TYPES}: Apache Kafka`,
  },
  {
    ...GAUGE,
    kind: 'function',
    namespace: 'LambdaLantern/',
    name: 'MaxMemoryUsed',
    dimensions: [[]],
    unit: 'Megabytes',
    most: ({ memorySize }) => memorySize,
    source: LAMBDA_REPORT,
  },
  {
    ...TIME,
    kind: 'function',
    namespace: 'LambdaLantern/',
    name: 'InitDuration',
    dimensions: [[]],
    emitted: 'when it happens',
    // Environments that are kept ready have longer.
    most: ({ provisioned }) => (provisioned.length > 0 ? undefined : INIT_LIMIT_MS),
    source: LAMBDA_REPORT,
  },
  {
    ...LOSS,
    kind: 'function',
    namespace: 'LambdaLantern/',
    name: 'Timeouts',
    dimensions: [[]],
    source: LAMBDA_REPORT,
  },
];

export const ACCOUNT_METRICS: ReadonlyArray<KnownMetric<'account'>> = [
  {
    ...GAUGE,
    kind: 'account',
    namespace: 'AWS/Lambda',
    name: 'ConcurrentExecutions',
    dimensions: [[]],
    source: `${LAMBDA_CONCURRENCY}; Amazon CloudWatch User Guide, "Visualizing your service quotas and setting alarms"`,
  },
];
