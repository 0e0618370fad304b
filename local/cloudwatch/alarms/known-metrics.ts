/** Which metrics of AWS there are locally, and with which dimensions. Others of AWS are never measured here. */
import type { MetricStatDefinition } from '../../template/service.ts';

interface Family {
  readonly metrics: readonly string[];
  /** Names of dimensions, as they come together; an empty list where the metric has none. */
  readonly dimensions: ReadonlyArray<readonly string[]>;
}

const API_DIMENSIONS = [['ApiName'], ['ApiName', 'Stage'], ['ApiId'], ['ApiId', 'Stage']];

const FAMILIES: ReadonlyMap<string, readonly Family[]> = new Map([
  [
    'AWS/Lambda',
    [
      {
        metrics: [
          'Invocations',
          'Errors',
          'Throttles',
          'Duration',
          'ConcurrentExecutions',
          'AsyncEventsReceived',
          'AsyncEventAge',
          'AsyncEventsDropped',
          'DestinationDeliveryFailures',
          'DeadLetterErrors',
          'IteratorAge',
          'RecursiveInvocationsDropped',
        ],
        dimensions: [[], ['FunctionName']],
      },
      {
        metrics: ['UrlRequestCount', 'Url4xxCount', 'Url5xxCount', 'UrlRequestLatency'],
        dimensions: [['FunctionName']],
      },
      { metrics: ['UnreservedConcurrentExecutions', 'ClaimedAccountConcurrency'], dimensions: [[]] },
      {
        metrics: [
          'PolledEventCount',
          'FilteredOutEventCount',
          'InvokedEventCount',
          'FailedInvokeEventCount',
          'DroppedEventCount',
          'OnFailureDestinationDeliveredEventCount',
          'DeletedEventCount',
        ],
        dimensions: [['EventSourceMappingUUID']],
      },
    ],
  ],
  [
    'AWS/SQS',
    [
      {
        metrics: [
          'ApproximateAgeOfOldestMessage',
          'ApproximateNumberOfMessagesVisible',
          'ApproximateNumberOfMessagesNotVisible',
          'ApproximateNumberOfMessagesDelayed',
          'NumberOfMessagesSent',
          'NumberOfMessagesReceived',
          'NumberOfMessagesDeleted',
        ],
        dimensions: [['QueueName']],
      },
    ],
  ],
  ['AWS/SNS', [{ metrics: ['NumberOfMessagesPublished'], dimensions: [['TopicName']] }]],
  [
    'AWS/Events',
    [
      {
        metrics: [
          'MatchedEvents',
          'TriggeredRules',
          'InvocationAttempts',
          'Invocations',
          'FailedInvocations',
          'ThrottledRules',
          'InvocationsSentToDlq',
          'InvocationsFailedToBeSentToDlq',
        ],
        dimensions: [['RuleName'], ['EventBusName', 'RuleName']],
      },
    ],
  ],
  [
    'AWS/Scheduler',
    [
      {
        metrics: [
          'InvocationAttemptCount',
          'TargetErrorCount',
          'InvocationDroppedCount',
          'InvocationsSentToDeadLetterCount',
          'InvocationsFailedToBeSentToDeadLetterCount',
        ],
        dimensions: [['ScheduleGroup']],
      },
    ],
  ],
  [
    'AWS/ApiGateway',
    [
      {
        metrics: ['Count', '4XXError', '5XXError', '4xx', '5xx', 'Latency', 'IntegrationLatency'],
        dimensions: API_DIMENSIONS,
      },
    ],
  ],
]);

/** Why a metric can have no data here; undefined where it can. */
export function whyUnknown({ namespace, metricName, dimensions }: MetricStatDefinition): string | undefined {
  if (!namespace.startsWith('AWS/')) return undefined;
  const families = (FAMILIES.get(namespace) ?? []).filter(({ metrics }) => metrics.includes(metricName));
  if (families.length === 0) return `${namespace} ${metricName} is not measured locally`;
  const names = dimensions.map(({ name }) => name).sort();
  const known = families
    .flatMap((family) => family.dimensions)
    .some(
      (set) => set.length === names.length && [...set].sort().every((name, index) => name === names[index]),
    );
  if (known) return undefined;
  return `${namespace} ${metricName} has no dimensions ${names.join(', ') || '(none)'} locally`;
}
