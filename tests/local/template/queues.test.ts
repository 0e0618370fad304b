import { describe, expect, it } from 'vitest';
import { arn, readResources } from './read-template.ts';

function queue(properties: object = {}) {
  return {
    Type: 'AWS::SQS::Queue',
    Properties: { QueueName: 'orders', ...properties },
  };
}

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
