import {
  GetSubscriptionAttributesCommand,
  PublishBatchCommand,
  PublishCommand,
  SetSubscriptionAttributesCommand,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import { DeleteMessageCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { MessagingServerOptions } from '../../../local/messaging/messaging-server.ts';
import {
  queue,
  queueArn,
  receive,
  startMessaging,
  subscription,
  topic,
  topicArn,
} from './messaging-fixture.ts';

const TopicArn = topicArn('news');

async function start(
  attributes: Record<string, string> = {},
  options: Partial<MessagingServerOptions> = {},
  endpoint = queueArn('inbox'),
) {
  const messaging = await startMessaging({
    queues: [queue('inbox'), queue('lost')],
    topics: [topic('news')],
    subscriptions: [subscription('news', 'sqs', endpoint, attributes)],
    ...options,
  });
  onTestFinished(() => messaging.stop());
  const [sns, sqs] = [messaging.sns(), messaging.sqs()];
  const bodies = async (name: string, seconds = 1): Promise<string[]> =>
    (await receive(sqs, messaging.queueUrl(name), seconds)).map(({ Body = '' }) => Body);
  return { ...messaging, sns, sqs, bodies };
}

const fruits = {
  fruits: { DataType: 'String.Array', StringValue: '["pear", "plum"]' },
  weight: { DataType: 'Number', StringValue: '7' },
  photo: { DataType: 'Binary', BinaryValue: Buffer.from('png') },
};

describe('a topic that delivers to a queue', () => {
  it('decides by lists of texts, and hands the attributes on with raw delivery', async () => {
    const { sns, sqs, queueUrl } = await start({
      FilterPolicy: '{"fruits":["plum"]}',
      RawMessageDelivery: 'true',
    });
    await sns.send(new PublishCommand({ TopicArn, Message: 'refused' }));
    await sns.send(new PublishCommand({ TopicArn, Message: 'taken', MessageAttributes: fruits }));

    const received = await receive(sqs, queueUrl('inbox'));
    expect(received.map(({ Body }) => Body)).toEqual(['taken']);
    const { fruits: list, weight, photo } = received[0]?.MessageAttributes ?? {};
    expect(list).toMatchObject(fruits.fruits);
    expect(weight).toMatchObject(fruits.weight);
    expect(Buffer.from(photo?.BinaryValue ?? []).toString()).toBe('png');
  });

  it('puts the message into an envelope with its attributes otherwise', async () => {
    const { sns, bodies } = await start();
    const { MessageId } = await sns.send(
      new PublishCommand({ TopicArn, Message: 'hello', Subject: 'Hi & bye', MessageAttributes: fruits }),
    );
    const [body = '{}'] = await bodies('inbox');
    expect(JSON.parse(body)).toMatchObject({
      Type: 'Notification',
      MessageId,
      TopicArn,
      Subject: 'Hi & bye',
      Message: 'hello',
      MessageAttributes: {
        fruits: { Type: 'String.Array', Value: '["pear", "plum"]' },
        weight: { Type: 'Number', Value: '7' },
        photo: { Type: 'Binary', Value: Buffer.from('png').toString('base64') },
      },
    });
  });

  it('decides of each message of a batch apart, by their bodies too', async () => {
    const { sns, bodies } = await start({
      FilterPolicy: '{"order":{"total":[{"numeric":[">=",10]}]}}',
      FilterPolicyScope: 'MessageBody',
      RawMessageDelivery: 'true',
    });
    const messages = [9, 10, 11].map((total) => JSON.stringify({ order: { total } }));
    const answer = await sns.send(
      new PublishBatchCommand({
        TopicArn,
        PublishBatchRequestEntries: messages.map((Message, index) => ({ Id: `m${index}`, Message })),
      }),
    );
    expect(answer.Successful?.map(({ Id }) => Id)).toEqual(['m0', 'm1', 'm2']);
    expect((await bodies('inbox')).sort()).toEqual(messages.slice(1).sort());
  });

  it('gives a queue the text of its protocol', async () => {
    const { sns, bodies } = await start({ RawMessageDelivery: 'true' });
    const publish = (Message: string) =>
      sns.send(new PublishCommand({ TopicArn, Message, MessageStructure: 'json' }));
    await publish(JSON.stringify({ default: 'to all', sqs: 'to queues' }));
    expect(await bodies('inbox')).toEqual(['to queues']);
    await expect(publish('{"sqs":"alone"}')).rejects.toThrow(/text "default"/);
  });

  it('keeps order and groups of a FIFO topic, and delivers what is published twice once', async () => {
    const name = 'steps.fifo';
    const messaging = await startMessaging({
      queues: [queue(name, { FifoQueue: 'true' })],
      topics: [topic(name, { FifoTopic: 'true', ContentBasedDeduplication: 'true' })],
      subscriptions: [subscription(name, 'sqs', queueArn(name), { RawMessageDelivery: 'true' })],
    });
    onTestFinished(() => messaging.stop());
    for (const Message of ['one', 'two', 'two', 'three']) {
      await messaging
        .sns()
        .send(new PublishCommand({ TopicArn: topicArn(name), Message, MessageGroupId: 'g' }));
    }
    const [sqs, QueueUrl] = [messaging.sqs(), messaging.queueUrl(name)];
    const received: (string | undefined)[][] = [];
    for (let count = 0; count < 4; count += 1) {
      for (const { Body, Attributes, ReceiptHandle } of await receive(sqs, QueueUrl, 0)) {
        received.push([Attributes?.MessageGroupId, Body]);
        await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      }
    }
    expect(received).toEqual([
      ['g', 'one'],
      ['g', 'two'],
      ['g', 'three'],
    ]);
  });

  it('gives what the queue does not take to the dead-letter queue of the subscription', async () => {
    const redrive = { RedrivePolicy: JSON.stringify({ deadLetterTargetArn: queueArn('lost') }) };
    const { sns, bodies, errors } = await start(
      { ...redrive, RawMessageDelivery: 'true' },
      {},
      queueArn('nowhere'),
    );
    await sns.send(new PublishCommand({ TopicArn, Message: 'hello' }));
    expect(await bodies('lost')).toEqual(['hello']);
    expect(errors).toEqual([]);
  });

  it('says that a message is lost where nothing takes it, and delivers to the others', async () => {
    const { sns, bodies, errors } = await start({}, {}, queueArn('nowhere'));
    const Endpoint = queueArn('inbox');
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint }));
    await sns.send(new PublishCommand({ TopicArn, Message: 'hello' }));
    expect(await bodies('inbox')).toHaveLength(1);
    expect(errors).toEqual([`A message of ${TopicArn} is given up: ${queueArn('nowhere')} did not take it`]);
  });
});

describe('the filter policy of a subscription', () => {
  it('is what its client has given, and counts from the next message on', async () => {
    const { sns, bodies } = await start({}, { subscriptions: [] });
    const FilterPolicy = '{"kind":["a & b"]}';
    const subscribe = (Attributes: Record<string, string>) =>
      sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: queueArn('inbox'), Attributes }));
    const { SubscriptionArn } = await subscribe({ FilterPolicy, RawMessageDelivery: 'true' });
    const attributes = async () =>
      (await sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn }))).Attributes;
    const set = (AttributeName: string, AttributeValue: string) =>
      sns.send(new SetSubscriptionAttributesCommand({ SubscriptionArn, AttributeName, AttributeValue }));
    const publish = (Message: string) => sns.send(new PublishCommand({ TopicArn, Message }));

    expect(await attributes()).toMatchObject({ FilterPolicy, RawMessageDelivery: 'true' });
    await publish('{"n":1}');
    await set('FilterPolicy', '{"n":[2]}');
    await set('FilterPolicyScope', 'MessageBody');
    await publish('{"n":1}');
    await publish('{"n":2}');
    expect(await bodies('inbox')).toEqual(['{"n":2}']);
    expect(await attributes()).toMatchObject({ FilterPolicy: '{"n":[2]}', FilterPolicyScope: 'MessageBody' });

    await expect(set('FilterPolicy', '{"n":2}')).rejects.toThrow(/n: expected a list of values/);
    await expect(subscribe({ FilterPolicy: '{"n":[3]}', RawMessageDelivery: 'true' })).rejects.toThrow(
      /already exists with different attributes/,
    );
    await set('FilterPolicy', '{}');
    await publish('{"n":3}');
    expect(await bodies('inbox')).toEqual(['{"n":3}']);
  });

  it('is named at start where SNS would refuse it, and the rest runs', async () => {
    const policies = ['{"kind":"a"}', '{"kind":["a"]}'];
    const { warnings, sns, bodies } = await start(
      {},
      {
        subscriptions: policies.map((FilterPolicy, index) =>
          subscription('news', 'sqs', queueArn(index === 0 ? 'lost' : 'inbox'), { FilterPolicy }),
        ),
      },
    );
    expect(warnings).toEqual([
      expect.stringMatching(/news delivers nothing to .*lost, as SNS would refuse .* kind: expected a list/),
    ]);
    const MessageAttributes = { kind: { DataType: 'String', StringValue: 'a' } };
    await sns.send(new PublishCommand({ TopicArn, Message: 'hello', MessageAttributes }));
    expect(await bodies('inbox')).toHaveLength(1);
  });
});
