import { describe, expect, it } from 'vitest';
import { arn, lambdaFunction, readResources } from './read-template.ts';

const queue = { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'orders' } };
function topic(properties: object = {}) {
  return {
    Type: 'AWS::SNS::Topic',
    Properties: { TopicName: 'news', ...properties },
  };
}

function subscription(properties: object) {
  return {
    Type: 'AWS::SNS::Subscription',
    Properties: { TopicArn: { Ref: 'News' }, ...properties },
  };
}

const toQueue = { Protocol: 'sqs', Endpoint: { 'Fn::GetAtt': 'Orders.Arn' } };

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
      Orders: queue,
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
      Orders: queue,
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
