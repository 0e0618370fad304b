import type { Resources } from '../default-alarm.ts';
import type { KnownMetric } from './known-metric.ts';
import { ACCOUNT_METRICS, FUNCTION_METRICS } from './lambda-metrics.ts';
import { COUNT, GAUGE, LOSS, TIME } from './known-metric.ts';

const SQS = 'Amazon SQS Developer Guide, "Available CloudWatch metrics for Amazon SQS"';
const SNS = 'Amazon SNS Developer Guide, "Monitoring Amazon SNS topics using CloudWatch"';

const messagingMetrics: ReadonlyArray<KnownMetric<'queue'> | KnownMetric<'topic'>> = [
  {
    ...GAUGE,
    kind: 'queue',
    namespace: 'AWS/SQS',
    name: 'ApproximateAgeOfOldestMessage',
    dimensions: [['QueueName']],
    unit: 'Seconds',
    most: ({ retention }) => retention,
    source: SQS,
  },
  {
    ...GAUGE,
    kind: 'queue',
    namespace: 'AWS/SQS',
    name: 'ApproximateNumberOfMessagesVisible',
    dimensions: [['QueueName']],
    eachCounts: true,
    source: `${SQS}: nothing is sent for a queue that was inactive for six hours`,
  },
  {
    ...LOSS,
    kind: 'topic',
    namespace: 'AWS/SNS',
    name: 'NumberOfNotificationsFailed',
    dimensions: [['TopicName']],
    emitted: 'while active',
    source: SNS,
  },
  {
    ...LOSS,
    kind: 'topic',
    namespace: 'AWS/SNS',
    name: 'NumberOfNotificationsFailedToRedriveToDlq',
    dimensions: [['TopicName']],
    source: SNS,
  },
];

const DYNAMODB = 'Amazon DynamoDB Developer Guide, "DynamoDB metrics and dimensions"';

const tableMetrics: ReadonlyArray<KnownMetric<'table'>> = [
  ...(['ReadThrottleEvents', 'WriteThrottleEvents'] as const).map((name) => ({
    ...COUNT,
    kind: 'table' as const,
    namespace: 'AWS/DynamoDB',
    name,
    dimensions: [['TableName'], ['TableName', 'GlobalSecondaryIndexName']],
    emitted: 'when it happens' as const,
    source: DYNAMODB,
  })),
  {
    ...COUNT,
    kind: 'table',
    namespace: 'AWS/DynamoDB',
    name: 'SystemErrors',
    dimensions: [['TableName', 'Operation']],
    emitted: 'when it happens',
    source: `${DYNAMODB}; AWS CDK refuses it without Operation`,
  },
];

const API_GATEWAY = 'Amazon API Gateway Developer Guide, "metrics and dimensions"';

/** HTTP APIs answer after 30 s at the latest; the limit of REST APIs can be raised. */
const HTTP_API_LIMIT_MS = 30_000;

const apiMetrics: ReadonlyArray<KnownMetric<'api'>> = (
  [
    ['Count', 'count'],
    ['4XXError', 'errors'],
    ['5XXError', 'errors'],
    ['4xx', 'errors'],
    ['5xx', 'errors'],
    ['MessageCount', 'count'],
    ['ClientError', 'errors'],
    ['ExecutionError', 'errors'],
    ['Latency', 'time'],
    ['IntegrationLatency', 'time'],
  ] as const
).map(([name, what]) => ({
  ...(what === 'time' ? TIME : COUNT),
  // One sample per request, 0 or 1: the average of errors is their rate, and the number of samples that of requests.
  ...(what === 'errors' && { statistics: ['Sum', 'Average'] as const }),
  ...(what === 'count' && { statistics: ['SampleCount', 'Sum'] as const }),
  ...(what === 'time' && {
    most: ({ kind }: Resources['api']) => (kind === 'HTTP' ? HTTP_API_LIMIT_MS : undefined),
  }),
  kind: 'api' as const,
  namespace: 'AWS/ApiGateway',
  name,
  // Which of both, the kind of the API decides: see dimension-values.ts.
  dimensions: [
    ['ApiName', 'Stage'],
    ['ApiId', 'Stage'],
  ],
  source: `${API_GATEWAY}: of REST, HTTP and WebSocket APIs`,
}));

const EVENTBRIDGE = 'Amazon EventBridge User Guide, "Monitoring Amazon EventBridge"';
const STEP_FUNCTIONS =
  'AWS Step Functions Developer Guide, "Monitoring Step Functions metrics using CloudWatch"';

const eventMetrics: ReadonlyArray<
  KnownMetric<'rule'> | KnownMetric<'schedule'> | KnownMetric<'stateMachine'>
> = [
  ...(
    [
      ['FailedInvocations', LOSS],
      ['ThrottledRules', { ...LOSS, eachCounts: false }],
    ] as const
  ).map(([name, common]) => ({
    ...common,
    kind: 'rule' as const,
    namespace: 'AWS/Events',
    name,
    dimensions: [['RuleName'], ['EventBusName', 'RuleName']],
    source: `${EVENTBRIDGE}: RuleName alone is the default bus`,
  })),
  ...(
    [
      ['InvocationDroppedCount', LOSS],
      ['TargetErrorCount', { ...LOSS, eachCounts: false }],
    ] as const
  ).map(([name, common]) => ({
    ...common,
    kind: 'schedule' as const,
    namespace: 'AWS/Scheduler',
    name,
    dimensions: [['ScheduleGroup'], []],
    source:
      'EventBridge Scheduler User Guide, "Monitoring Amazon EventBridge Scheduler with Amazon CloudWatch"',
  })),
  ...(
    [
      ['ExecutionsFailed', { ...LOSS, emitted: 'while active' as const }],
      ['ExecutionsTimedOut', { ...LOSS, emitted: 'while active' as const }],
      ['ExecutionThrottled', COUNT],
    ] as const
  ).map(([name, common]) => ({
    ...common,
    kind: 'stateMachine' as const,
    namespace: 'AWS/States',
    name,
    dimensions: [['StateMachineArn']],
    source: STEP_FUNCTIONS,
  })),
];

/** Every metric that an alarm may be put on, with what its documentation says. An alarm on any other is refused. */
export const METRICS_TABLE: readonly KnownMetric[] = [
  ...FUNCTION_METRICS,
  ...messagingMetrics,
  ...tableMetrics,
  ...apiMetrics,
  ...eventMetrics,
  ...ACCOUNT_METRICS,
] as readonly KnownMetric[];
