import { describe, expect, it } from 'vitest';
import { lambdaFunction, readResources } from './read-template.ts';

const arn = (service: string, rest: string) => `arn:aws:${service}:eu-central-1:000000000000:${rest}`;
const queue = (properties: object = {}) => ({
  Type: 'AWS::SQS::Queue',
  Properties: { QueueName: 'orders', ...properties },
});
const topic = (properties: object = {}) => ({
  Type: 'AWS::SNS::Topic',
  Properties: { TopicName: 'news', ...properties },
});
const subscription = (properties: object) => ({
  Type: 'AWS::SNS::Subscription',
  Properties: { TopicArn: { Ref: 'News' }, ...properties },
});
const toQueue = { Protocol: 'sqs', Endpoint: { 'Fn::GetAtt': 'Orders.Arn' } };

describe('a queue', () => {
  it('has its attributes as CreateQueue takes them', () => {
    const { service } = readResources({
      Orders: queue({
        VisibilityTimeout: 60,
        DelaySeconds: '5',
        SqsManagedSseEnabled: true,
        RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['Dead', 'Arn'] }, maxReceiveCount: 3 },
        Tags: [{ Key: 'team', Value: 'blue' }],
      }),
      Dead: queue({ QueueName: 'dead', RedriveAllowPolicy: '{"redrivePermission":"allowAll"}' }),
    });
    expect(service.queues).toEqual([
      {
        name: 'orders',
        arn: arn('sqs', 'orders'),
        attributes: {
          VisibilityTimeout: '60',
          DelaySeconds: '5',
          SqsManagedSseEnabled: 'true',
          RedrivePolicy: `{"deadLetterTargetArn":"${arn('sqs', 'dead')}","maxReceiveCount":3}`,
        },
      },
      {
        name: 'dead',
        arn: arn('sqs', 'dead'),
        attributes: { RedriveAllowPolicy: '{"redrivePermission":"allowAll"}' },
      },
    ]);
  });

  it('says that it is FIFO only when it is', () => {
    const { service } = readResources({
      Fifo: queue({ QueueName: 'a.fifo', FifoQueue: 'true', ContentBasedDeduplication: true }),
      Standard: queue({ QueueName: 'b', FifoQueue: false }),
    });
    expect(service.queues.map(({ attributes }) => attributes)).toEqual([
      { FifoQueue: 'true', ContentBasedDeduplication: 'true' },
      {},
    ]);
    expect(() => readResources({ Orders: queue({ FifoQueue: 'yes' }) })).toThrow(
      'Resources.Orders.Properties.FifoQueue: expected true or false, got "yes"',
    );
  });
});

describe('a topic', () => {
  it('has its attributes as CreateTopic takes them', () => {
    const { service } = readResources({
      News: topic({ TopicName: 'news.fifo', FifoTopic: true, DisplayName: 'News', TracingConfig: 'Active' }),
    });
    expect(service.topics).toEqual([
      {
        name: 'news.fifo',
        arn: arn('sns', 'news.fifo'),
        attributes: { FifoTopic: 'true', DisplayName: 'News', TracingConfig: 'Active' },
      },
    ]);
  });
});

describe('a subscription', () => {
  it('is read inside a topic and on its own, with attributes as Subscribe takes them', () => {
    const { service, warnings } = readResources({
      Orders: queue(),
      News: topic({ Subscription: [{ Protocol: 'email', Endpoint: 'shop@example.com' }] }),
      ToOrders: subscription({ ...toQueue, RawMessageDelivery: true, FilterPolicy: { kind: ['placed'] } }),
    });
    expect(service.subscriptions).toEqual([
      { topicArn: arn('sns', 'news'), protocol: 'email', endpoint: 'shop@example.com', attributes: {} },
      {
        topicArn: arn('sns', 'news'),
        protocol: 'sqs',
        endpoint: arn('sqs', 'orders'),
        attributes: { RawMessageDelivery: 'true', FilterPolicy: '{"kind":["placed"]}' },
      },
    ]);
    expect(warnings).toEqual([]);
  });

  it('of a function names the function itself, not a version or alias', () => {
    const { service } = readResources({
      Work: lambdaFunction(),
      Live: {
        Type: 'AWS::Lambda::Alias',
        Properties: { FunctionName: { Ref: 'Work' }, Name: 'live', FunctionVersion: '1' },
      },
      News: topic(),
      ToWork: subscription({ Protocol: 'lambda', Endpoint: { Ref: 'Live' } }),
    });
    expect(service.subscriptions.map(({ endpoint }) => endpoint)).toEqual([arn('lambda', 'function:work')]);
  });

  it('is left out with a warning when it leads out of the template', () => {
    const at = (logicalId: string) =>
      `Resources.${logicalId}.Properties: the subscription is left out, as the template has no`;
    const { service, warnings } = readResources({
      Orders: queue(),
      News: topic(),
      FromAfar: subscription({ ...toQueue, TopicArn: 'arn:of:a:topic' }),
      ToAfar: subscription({ Protocol: 'sqs', Endpoint: 'arn:of:a:queue' }),
      ToNobody: subscription({ Protocol: 'lambda', Endpoint: arn('lambda', 'function:nobody') }),
    });
    expect(service.subscriptions).toEqual([]);
    expect(warnings).toEqual([
      `${at('FromAfar')} topic arn:of:a:topic`,
      `${at('ToAfar')} queue arn:of:a:queue`,
      `${at('ToNobody')} function ${arn('lambda', 'function:nobody')} that runs here`,
    ]);
  });

  it('is refused when the list in its topic holds something else', () => {
    expect(() => readResources({ News: topic({ Subscription: ['orders'] }) })).toThrow(
      'Resources.News.Properties.Subscription: expected a list of objects, got ["orders"]',
    );
  });
});

describe('an event source mapping', () => {
  const mapping = (properties: object = {}) => ({
    Type: 'AWS::Lambda::EventSourceMapping',
    Properties: {
      EventSourceArn: { 'Fn::GetAtt': ['Orders', 'Arn'] },
      FunctionName: { 'Fn::GetAtt': ['Work', 'Arn'] },
      ...properties,
    },
  });
  const read = (properties: object = {}, others: Record<string, unknown> = {}) =>
    readResources({ Orders: queue(), Work: lambdaFunction(), Mapping: mapping(properties), ...others });

  it('has Lambda’s defaults', () => {
    const { service, warnings } = read();
    expect(service.eventSourceMappings).toEqual([
      {
        uuid: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/) as string,
        queueArn: arn('sqs', 'orders'),
        functionName: 'work',
        enabled: true,
        batchSize: 10,
        maximumBatchingWindow: 0,
        reportBatchItemFailures: false,
      },
    ]);
    expect(warnings).toEqual([]);
    expect(read().service.eventSourceMappings[0]?.uuid).toBe(service.eventSourceMappings[0]?.uuid);
  });

  it('has what the template sets', () => {
    const { service } = read({
      Enabled: false,
      BatchSize: '5',
      MaximumBatchingWindowInSeconds: 2,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 4 },
    });
    expect(service.eventSourceMappings[0]).toMatchObject({
      enabled: false,
      batchSize: 5,
      maximumBatchingWindow: 2,
      reportBatchItemFailures: true,
      maximumConcurrency: 4,
    });
  });

  it.each([
    ['its name', 'work'],
    ['its name and an alias', 'work:live'],
    ['its partial ARN', '000000000000:function:work'],
    ['the ARN of a version', `${arn('lambda', 'function:work')}:1`],
  ])('finds the function by %s', (_what, functionName) => {
    expect(read({ FunctionName: functionName }).service.eventSourceMappings[0]?.functionName).toBe('work');
  });

  it('warns about filters, which are not applied', () => {
    expect(read({ FilterCriteria: { Filters: [{ Pattern: '{}' }] } }).warnings).toEqual([
      'work receives every message of orders: filters are not applied locally',
    ]);
  });

  it('is left out with a warning for other sources, and for functions that do not run here', () => {
    const stream = read({ EventSourceArn: 'arn:of:a:stream' });
    expect(stream.service.eventSourceMappings).toEqual([]);
    expect(stream.warnings).toEqual([
      'work receives nothing from arn:of:a:stream: only queues of the template are polled locally',
    ]);
    const python = read({}, { Work: lambdaFunction({ Runtime: 'python3.13' }) });
    expect(python.service.eventSourceMappings).toEqual([]);
    expect(python.warnings).toContain('The queue orders is not polled for work, which is not run locally');
  });
});
