import { describe, expect, it } from 'vitest';
import { checkAlarms } from '../../../plugin/alarms/check/check-alarms.ts';
import { countEvents } from '../../../plugin/alarms/count-events.ts';
import { planAlarms } from '../../../plugin/alarms/plan-alarms.ts';
import type { AlarmSettings } from '../../../plugin/settings/settings.ts';
import { functionResources, inventoryOf } from '../../helpers/inventory.ts';

const KINESIS = 'arn:aws:kinesis:eu-west-1:123456789012:stream/clicks';
const DYNAMODB = 'arn:aws:dynamodb:eu-west-1:123456789012:table/t/stream/2026';
const MSK = 'arn:aws:kafka:eu-west-1:123456789012:cluster/c/1-1';
const SQS = 'arn:aws:sqs:eu-west-1:123456789012:work';
const ON_FAILURE = { OnFailure: { Destination: 'arn:aws:sns:eu-west-1:123456789012:given-up' } };

function service(properties: object, others: object = {}, mapping: object = {}) {
  return {
    ...functionResources('Pay', 'pay'),
    FromSource: {
      Type: 'AWS::Lambda::EventSourceMapping',
      ...mapping,
      Properties: { FunctionName: { 'Fn::GetAtt': ['PayLambdaFunction', 'Arn'] }, ...properties },
    },
    ...others,
  };
}

function planned(resources: Readonly<Record<string, unknown>>, settings?: AlarmSettings) {
  const inventory = inventoryOf(resources);
  const plan = planAlarms(inventory, settings);
  expect(checkAlarms(plan, inventory)).toEqual([]);
  return {
    plan,
    inventory,
    counted: plan.alarms
      .filter(({ id }) => id.startsWith('function.events'))
      .map(({ id, metric }) => [id.slice('function.'.length), metric.kind === 'stat' && metric.metricName]),
  };
}

const FAILED: AlarmSettings = { defaults: { function: { eventsFailed: true } } };
const DROPPED = ['eventsDropped', 'DroppedEventCount'];
const GIVEN_UP = ['eventsGivenUp', 'OnFailureDestinationDeliveredEventCount'];
const HANDED_BACK = ['eventsFailed', 'FailedInvokeEventCount'];

describe('events of a mapping', () => {
  it.each([
    ['a stream that keeps its records', { EventSourceArn: KINESIS }, []],
    ['a stream without a limit of attempts', { EventSourceArn: KINESIS, MaximumRetryAttempts: -1 }, []],
    ['a stream with one', { EventSourceArn: KINESIS, MaximumRetryAttempts: 0 }, [DROPPED]],
    [
      'a table whose records get too old',
      { EventSourceArn: DYNAMODB, MaximumRecordAgeInSeconds: '60' },
      [DROPPED],
    ],
    [
      'a topic of Kafka with a destination',
      { EventSourceArn: MSK, MaximumRetryAttempts: { Ref: 'Attempts' }, DestinationConfig: ON_FAILURE },
      [DROPPED, GIVEN_UP],
    ],
    ['a queue', { EventSourceArn: SQS, MaximumRetryAttempts: 3, DestinationConfig: ON_FAILURE }, []],
  ])('are watched where they can be lost: %s', (_what, properties, expected) => {
    expect(planned(service(properties)).counted).toEqual(expected);
  });

  it.each([
    [SQS, 5],
    [KINESIS, 6],
    [DYNAMODB, 6],
    [MSK, 7],
  ])('are watched where they fail, on request, and counted then: %s', (EventSourceArn, metrics) => {
    const { plan, counted } = planned(service({ EventSourceArn }), FAILED);
    expect(counted).toEqual([HANDED_BACK]);
    expect(plan.eventSources).toEqual([{ logicalId: 'FromSource', metrics }]);
  });

  it.each([
    ['arn:aws:rds:eu-west-1:123456789012:cluster:docs'],
    ['arn:aws:mq:eu-west-1:123456789012:broker:b:b-1'],
  ])('are counted by nobody: %s', (EventSourceArn) => {
    expect(planned(service({ EventSourceArn, MaximumRetryAttempts: 1 }), FAILED).counted).toEqual([]);
  });

  it('have the dimension that only the deployment knows, and the condition of their mapping', () => {
    const resources = service(
      { EventSourceArn: KINESIS, MaximumRetryAttempts: 1 },
      {},
      { Condition: 'IsProduction' },
    );
    expect(planned(resources).plan.alarms.find(({ id }) => id === 'function.eventsDropped')).toMatchObject({
      name: 'shop-dev-pay-eventsDropped-FromSource',
      condition: 'IsProduction',
      metric: {
        dimensions: [{ name: 'EventSourceMappingUUID', value: { 'Fn::GetAtt': ['FromSource', 'Id'] } }],
      },
    });
  });

  it('are no alarm where nothing counts them', () => {
    const { plan, inventory } = planned(service({ EventSourceArn: KINESIS, MaximumRetryAttempts: 1 }));
    expect(checkAlarms({ ...plan, eventSources: [] }, inventory)).toEqual([
      'shop-dev-pay-eventsDropped-FromSource: AWS/Lambda DroppedEventCount is not counted: no EventCount is switched on for ' +
        '{"Fn::GetAtt":["FromSource","Id"]}',
    ]);
  });

  it('that are given up are one message with the queue that they go to', () => {
    const { plan } = planned(
      service(
        {
          EventSourceArn: DYNAMODB,
          DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': ['GivenUp', 'Arn'] } } },
        },
        { GivenUp: { Type: 'AWS::SQS::Queue', Properties: {} } },
      ),
    );
    const [queue, fn] = ['GivenUp', 'pay'].map((key) =>
      plan.composites.find(({ name }) => name === `shop-dev-${key}-unhealthy`),
    );
    expect(queue?.suppressor?.name).toBe(fn?.name);
    expect(fn?.rule).toContain('eventsGivenUp-FromSource');
  });
});

describe('countEvents', () => {
  it.each([
    [undefined, { Metrics: ['EventCount'] }],
    [{ Metrics: ['KafkaMetrics'] }, { Metrics: ['KafkaMetrics', 'EventCount'] }],
    [{ Metrics: ['EventCount', 'ErrorCount'] }, { Metrics: ['EventCount', 'ErrorCount'] }],
    [{ Metrics: { Ref: 'Which' } }, { Metrics: { Ref: 'Which' } }],
  ])('has Lambda count them beside what it sends: %j -> %j', (MetricsConfig, expected) => {
    const mapping = (config?: object) => ({
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: { BatchSize: 1, ...(config !== undefined && { MetricsConfig: config }) },
    });
    const template = { Resources: { A: mapping(MetricsConfig), B: mapping() } };
    countEvents(template, [{ logicalId: 'A', metrics: 5 }]);
    expect(template.Resources).toEqual({ A: mapping(expected), B: mapping() });
  });
});

describe('a function that may be fed by what it sends itself', () => {
  const queue = { EventSourceArn: SQS };
  const invokedBy = (principal: string) => ({
    Invoke: {
      Type: 'AWS::Lambda::Permission',
      Properties: { FunctionName: { Ref: 'PayLambdaFunction' }, Principal: principal },
    },
  });

  it.each([
    ['from a queue', service(queue), true],
    ['from a topic', service({ EventSourceArn: KINESIS }, invokedBy('sns.amazonaws.com')), true],
    ['from a bucket', service({ EventSourceArn: KINESIS }, invokedBy('s3.amazonaws.com')), true],
    ['from a rule', service({ EventSourceArn: KINESIS }, invokedBy('events.amazonaws.com')), false],
    ['from a stream', service({ EventSourceArn: KINESIS }), false],
    ['by callers that wait', functionResources('Pay', 'pay'), false],
    [
      'from a queue, on purpose',
      { ...service(queue), ...functionResources('Pay', 'pay', { RecursiveLoop: 'Allow' }) },
      false,
    ],
  ])('has an alarm on loops: %s', (_what, resources, expected) => {
    const found = planned(resources).plan.alarms.filter(({ id }) => id === 'function.recursion');
    expect(found.map(({ threshold, severity }) => [threshold, severity])).toEqual(
      expected ? [[0, 'symptom']] : [],
    );
  });
});
