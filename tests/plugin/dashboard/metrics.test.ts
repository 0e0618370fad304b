import { describe, expect, it } from 'vitest';
import { METRICS_TABLE } from '../../../plugin/alarms/check/metrics-table.ts';
import { dashboardResources, planDashboards } from '../../../plugin/dashboard/plan-dashboards.ts';
import type { ShownMetric } from './dashboard-checks.ts';
import { checkDashboard } from './dashboard-checks.ts';
import { everything, FULL_FUNCTION, functionNamed, NO_ALARMS, memoryFilterOf } from './inventories.ts';
import { resolveBody } from './resolve-body.ts';

const api = [
  ['ApiName', 'Stage'],
  ['ApiId', 'Stage'],
];
const rule = [['RuleName'], ['EventBusName', 'RuleName']];
const table = [['TableName'], ['GlobalSecondaryIndexName', 'TableName']];

/** What the dashboards show beside what alarms may watch, with the sets of dimensions that AWS documents for it. */
const SHOWN_ONLY: Readonly<Record<string, Readonly<Record<string, ReadonlyArray<readonly string[]>>>>> = {
  // AWS Lambda Developer Guide, "Types of metrics for Lambda functions"
  'AWS/Lambda': {
    ...Object.fromEntries(
      ['PolledEventCount', 'FilteredOutEventCount', 'DeletedEventCount'].map((name) => [
        name,
        [['EventSourceMappingUUID']],
      ]),
    ),
    ...Object.fromEntries(
      [
        'AsyncEventsReceived',
        'DurableExecutionStarted',
        'DurableExecutionStopped',
        // "Monitoring Lambda Managed Instances"
        'ConcurrencyThrottles',
        'CPUThrottles',
        'MemoryThrottles',
        'DiskThrottles',
      ].map((name) => [name, [['FunctionName']]]),
    ),
  },
  // Amazon SQS Developer Guide, "Available CloudWatch metrics for Amazon SQS"
  'AWS/SQS': Object.fromEntries(
    [
      'ApproximateNumberOfMessagesNotVisible',
      'NumberOfMessagesSent',
      'NumberOfMessagesReceived',
      'NumberOfMessagesDeleted',
    ].map((name) => [name, [['QueueName']]]),
  ),
  // Amazon SNS Developer Guide, "Monitoring Amazon SNS topics using CloudWatch"
  'AWS/SNS': Object.fromEntries(
    ['NumberOfMessagesPublished', 'NumberOfNotificationsDelivered', 'NumberOfNotificationsRedrivenToDlq'].map(
      (name) => [name, [['TopicName']]],
    ),
  ),
  // Amazon DynamoDB Developer Guide, "DynamoDB metrics and dimensions"
  'AWS/DynamoDB': {
    ConsumedReadCapacityUnits: table,
    ConsumedWriteCapacityUnits: table,
    SuccessfulRequestLatency: [['Operation', 'TableName']],
  },
  // Amazon API Gateway Developer Guide, "metrics and dimensions" of REST, HTTP and WebSocket APIs
  'AWS/ApiGateway': { Count: api, IntegrationLatency: api, MessageCount: api },
  // Amazon EventBridge User Guide, "Monitoring Amazon EventBridge"
  'AWS/Events': { TriggeredRules: rule, Invocations: rule },
  // Amazon EventBridge Scheduler User Guide, "Monitoring EventBridge Scheduler with Amazon CloudWatch"
  'AWS/Scheduler': Object.fromEntries(
    ['InvocationAttemptCount', 'InvocationThrottleCount', 'TargetErrorThrottledCount'].map((name) => [
      name,
      [['ScheduleGroup']],
    ]),
  ),
  // AWS Step Functions Developer Guide, "Monitoring Step Functions metrics using Amazon CloudWatch"
  'AWS/States': Object.fromEntries(
    ['ExecutionsStarted', 'ExecutionsSucceeded', 'ExecutionsAborted', 'ExecutionTime'].map((name) => [
      name,
      [['StateMachineArn']],
    ]),
  ),
  // AWS X-Ray Developer Guide, "View group metrics in Amazon CloudWatch"
  'AWS/X-Ray': { ApproximateTraceCount: [['GroupName']] },
};

/** The sets of dimensions that have data; none for a metric that nobody knows. */
function documentedDimensions({ namespace, metricName }: ShownMetric): readonly string[] {
  const known = METRICS_TABLE.filter(
    (metric) =>
      metric.name === metricName &&
      (metric.namespace.endsWith('/')
        ? namespace.startsWith(metric.namespace)
        : namespace === metric.namespace),
  ).flatMap(({ dimensions }) => dimensions);
  return [...known, ...(SHOWN_ONLY[namespace]?.[metricName] ?? [])].map((names) => [...names].sort().join());
}

describe('every metric on the dashboards', () => {
  const pay = functionNamed('pay', FULL_FUNCTION);
  const flow = functionNamed('flow', {
    durable: { executionTimeout: 3600 },
    managed: { capacityProvider: { Ref: 'Machines' }, concurrencyOfEnvironment: 64 },
    eventSources: (['queue', 'dynamodb'] as const).map((kind) => ({
      kind,
      mapping: kind === 'queue' ? 'FromQueue' : 'FromStream',
      reportsFailures: false,
      givesUp: true,
      hasDestination: true,
    })),
  });
  const plan = {
    ...NO_ALARMS,
    filters: [memoryFilterOf(pay)],
    eventSources: ['FromQueue', 'FromStream'].map((logicalId) => ({ logicalId, metrics: 5 })),
  };
  const dashboards = planDashboards(everything([pay, flow]), plan, { service: true, resources: true });
  const metrics = Object.values(dashboardResources(dashboards)).flatMap(
    ({ Properties }) => checkDashboard(resolveBody(Properties.DashboardBody)).metrics,
  );

  it('exists with just these dimensions, or it would be an empty chart', () => {
    const wrong = metrics.filter(
      (metric) => !documentedDimensions(metric).includes(Object.keys(metric.dimensions).sort().join()),
    );

    expect(wrong).toEqual([]);
    expect(metrics.length).toBeGreaterThan(100);
  });

  it('is looked at with a statistic that means something', () => {
    const wrong = metrics.filter(({ namespace, metricName, style }) => {
      const known = METRICS_TABLE.find(
        (metric) => metric.namespace === namespace && metric.name === metricName,
      );
      const kind = /^p\d/.test(String(style.stat)) ? 'percentile' : style.stat;
      return known !== undefined && !known.statistics.some((statistic) => statistic === kind);
    });

    expect(wrong).toEqual([]);
  });
});
