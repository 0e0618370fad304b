import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  ListSubscriptionsCommand,
  PublishBatchCommand,
  PublishCommand,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  ReceiveMessageCommand,
  SQSClient,
  SendMessageBatchCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { afterEach, describe, expect, it } from 'vitest';
import { MessagingServer } from '../../../local/messaging/messaging-server.ts';
import { until } from '../../helpers/until.ts';
import {
  queue,
  queueArn,
  receive,
  redrive,
  region,
  startMessaging,
  subscription,
  topic,
  topicArn,
} from './messaging-fixture.ts';

const headerA = 'Root=1-67891233-abcdef012345678912345678;Parent=463ac35c9f6413ad;Sampled=1';
const headerB = 'Root=1-67891234-abcdef012345678912345678;Parent=563ac35c9f6413ad;Sampled=1';
const headerC =
  'Root=1-67891235-abcdef012345678912345678;Parent=663ac35c9f6413ad;Sampled=0;Lineage=a87bd80c:1|68fd508a:5';

const running: { stop(): Promise<void> }[] = [];
const clients: SQSClient[] = [];
const start: typeof startMessaging = async (options) => {
  const messaging = await startMessaging(options);
  running.push(messaging);
  return messaging;
};

afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await Promise.all(running.splice(0).map((server) => server.stop()));
});

describe('the resources of a messaging server', () => {
  it('have the names, attributes and filters of their definitions', async () => {
    const { sqs, sns, queueUrl } = await start({
      queues: [queue('orders', { VisibilityTimeout: '61', ...redrive('dead', 4) }), queue('dead')],
      topics: [topic('news')],
      subscriptions: [
        subscription('news', 'sqs', queueArn('orders'), { FilterPolicy: '{"kind":["order"]}' }),
      ],
    });

    const { Attributes } = await sqs().send(
      new GetQueueAttributesCommand({ QueueUrl: queueUrl('orders'), AttributeNames: ['All'] }),
    );
    expect(Attributes).toMatchObject({
      QueueArn: queueArn('orders'),
      VisibilityTimeout: '61',
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: queueArn('dead'), maxReceiveCount: 4 }),
    });

    const publish = (kind: string) =>
      sns().send(
        new PublishCommand({
          TopicArn: topicArn('news'),
          Message: kind,
          MessageAttributes: { kind: { DataType: 'String', StringValue: kind } },
        }),
      );
    await publish('other');
    await publish('order');
    const messages = await receive(sqs(), queueUrl('orders'));
    expect(messages.map(({ Body = '' }) => (JSON.parse(Body) as { Message: string }).Message)).toEqual([
      'order',
    ]);
  });

  it('give queues the text that is meant for them of a message with one for each protocol, and refuse one without', async () => {
    const { sqs, sns, queueUrl } = await start({
      queues: [queue('orders')],
      topics: [topic('news')],
      subscriptions: [subscription('news', 'sqs', queueArn('orders'), { RawMessageDelivery: 'true' })],
    });
    const publish = (Message: string) =>
      sns().send(new PublishCommand({ TopicArn: topicArn('news'), MessageStructure: 'json', Message }));
    await publish(JSON.stringify({ default: 'for all', email: 'for mailboxes' }));
    await publish(JSON.stringify({ default: 'for all', sqs: 'for queues' }));
    const bodies = [
      ...(await receive(sqs(), queueUrl('orders'))),
      ...(await receive(sqs(), queueUrl('orders'), 1)),
    ];
    expect(bodies.map(({ Body }) => Body).sort()).toEqual(['for all', 'for queues']);
    for (const wrong of ['no JSON', '{"email":"a"}', '{"default":7}'])
      await expect(publish(wrong)).rejects.toMatchObject({
        name: expect.stringMatching(/^InvalidParameter/) as string,
      });
  });

  it('are in one region, whatever the region of the client', async () => {
    const { url, queueUrl } = await start({ queues: [queue('orders')] });
    const elsewhere = new SQSClient({
      endpoint: url,
      region: 'us-west-2',
      credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
    });
    clients.push(elsewhere);

    const { QueueUrl } = await elsewhere.send(new GetQueueUrlCommand({ QueueName: 'orders' }));

    expect(QueueUrl).toBe(queueUrl('orders'));
  });

  it('are reached by queue URL when the endpoint comes from the environment only', async () => {
    const { url, queueUrl } = await start({ queues: [queue('orders')] });
    process.env.AWS_ENDPOINT_URL_SQS = url;
    const client = new SQSClient({ region, credentials: { accessKeyId: 'x', secretAccessKey: 'x' } });
    clients.push(client);
    try {
      const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName: 'orders' }));
      await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'hello' }));
      const messages = await receive(client, queueUrl('orders'));
      expect(messages.map(({ Body }) => Body)).toEqual(['hello']);
    } finally {
      delete process.env.AWS_ENDPOINT_URL_SQS;
    }
  });

  it('warn of what has no effect here', async () => {
    const { warnings } = await start({
      queues: [queue('orders', redrive('elsewhere', 3))],
      topics: [topic('news')],
      subscriptions: [
        subscription('news', 'email', 'somebody@example.com'),
        subscription('news', 'sqs', queueArn('unknown')),
      ],
    });

    expect(warnings).toHaveLength(3);
    expect(warnings.join('\n')).toMatch(/elsewhere[^]*email[^]*unknown/);
  });

  it('are refused in another account, another region, or with wrong attributes', async () => {
    await expect(startMessaging({ accountId: '123456789012' })).rejects.toThrow(/000000000000.*123456789012/);
    const foreign = { name: 'orders', arn: 'arn:aws:sqs:us-east-2:000000000000:orders', attributes: {} };
    await expect(startMessaging({ queues: [foreign] })).rejects.toThrow(/us-east-2.*eu-central-1/);
    const wrong = queue('orders', { VisibilityTimeout: 'long' });
    await expect(startMessaging({ queues: [wrong] })).rejects.toThrow(/CreateQueue.*VisibilityTimeout/);
  });

  it('need the port: when it is taken, the error says which and what for', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;

    const failure = await startMessaging({ port }).catch((error: unknown) => error);
    other.close();

    expect(failure).toMatchObject({ cause: { code: 'EADDRINUSE' } });
    expect(String(failure)).toMatch(new RegExp(`Port ${port} .*SNS and SQS.*another port`));
  });
});

describe('a trace header in a queue', () => {
  it('is that of the request', async () => {
    const { sqs, queueUrl } = await start({ queues: [queue('orders')] });

    await sqs(headerA).send(new SendMessageCommand({ QueueUrl: queueUrl('orders'), MessageBody: 'one' }));

    const [message] = await receive(sqs(), queueUrl('orders'));
    expect(message?.Attributes?.AWSTraceHeader).toBe(headerA);
  });

  it('is that of the system attribute, where there is one, whose checksum is returned', async () => {
    const { sqs, queueUrl } = await start({ queues: [queue('orders')] });

    const attributes = { AWSTraceHeader: { DataType: 'String', StringValue: headerB } };
    const sent = await sqs(headerA).send(
      new SendMessageCommand({
        QueueUrl: queueUrl('orders'),
        MessageBody: 'one',
        MessageSystemAttributes: attributes,
        MessageAttributes: attributes,
      }),
    );

    expect(sent.MD5OfMessageSystemAttributes).toBe(sent.MD5OfMessageAttributes);
    expect(sent.MD5OfMessageSystemAttributes).toMatch(/^[0-9a-f]{32}$/);
    const [message] = await receive(sqs(), queueUrl('orders'));
    expect(message?.Attributes?.AWSTraceHeader).toBe(headerB);
  });

  it('is of each entry in a batch, or of the request for those without', async () => {
    const { sqs, queueUrl } = await start({ queues: [queue('orders')] });
    const traced = (header: string) => ({ AWSTraceHeader: { DataType: 'String', StringValue: header } });

    const { Successful } = await sqs(headerA).send(
      new SendMessageBatchCommand({
        QueueUrl: queueUrl('orders'),
        Entries: [
          { Id: 'b', MessageBody: 'b', MessageSystemAttributes: traced(headerB) },
          { Id: 'c', MessageBody: 'c', MessageSystemAttributes: traced(headerC) },
          { Id: 'a', MessageBody: 'a' },
        ],
      }),
    );

    expect(Successful).toHaveLength(3);
    const messages = await receive(sqs(), queueUrl('orders'));
    const headers = messages.map(({ Body, Attributes }) => [Body, Attributes?.AWSTraceHeader]);
    expect(headers.sort()).toEqual([
      ['a', headerA],
      ['b', headerB],
      ['c', headerC],
    ]);
  });

  it('is there for a receiver that waits already', async () => {
    const { sqs, queueUrl } = await start({ queues: [queue('orders')] });
    const waiting = receive(sqs(), queueUrl('orders'));

    await sqs(headerA).send(new SendMessageCommand({ QueueUrl: queueUrl('orders'), MessageBody: 'one' }));

    const [message] = await waiting;
    expect(message?.Attributes?.AWSTraceHeader).toBe(headerA);
  });

  it('comes only when asked for, like every other attribute', async () => {
    const { sqs, queueUrl } = await start({ queues: [queue('orders', { VisibilityTimeout: '0' })] });
    const QueueUrl = queueUrl('orders');
    await sqs(headerA).send(
      new SendMessageCommand({
        QueueUrl,
        MessageBody: 'one',
        MessageAttributes: { kind: { DataType: 'String', StringValue: 'order' } },
      }),
    );
    const first = async (input: object) =>
      (await sqs().send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 10, ...input })))
        .Messages?.[0];

    const plain = await first({});
    const legacy = await first({ AttributeNames: ['AWSTraceHeader'] });
    const named = await first({ MessageSystemAttributeNames: ['AWSTraceHeader'] });
    const other = await first({
      MessageSystemAttributeNames: ['SentTimestamp'],
      MessageAttributeNames: ['kind'],
    });

    expect(plain).not.toHaveProperty('Attributes');
    expect(plain).not.toHaveProperty('MessageAttributes');
    expect(legacy?.Attributes).toEqual({ AWSTraceHeader: headerA });
    expect(named?.Attributes).toEqual({ AWSTraceHeader: headerA });
    expect(Object.keys(other?.Attributes ?? {})).toEqual(['SentTimestamp']);
    expect(other?.MessageAttributes?.kind?.StringValue).toBe('order');
  });

  it('moves to the dead-letter queue with its message', async () => {
    const { sqs, queueUrl } = await start({
      queues: [queue('orders', { VisibilityTimeout: '0', ...redrive('dead', 1) }), queue('dead')],
    });
    await sqs(headerA).send(new SendMessageCommand({ QueueUrl: queueUrl('orders'), MessageBody: 'one' }));

    const dead = await until(async () => {
      await receive(sqs(), queueUrl('orders'), 0);
      return (await receive(sqs(), queueUrl('dead'), 0))[0];
    }, 'a message in the dead-letter queue');

    expect(dead).toMatchObject({ Body: 'one', Attributes: { AWSTraceHeader: headerA } });
  });

  it('stays when a message is received again, and other messages can be deleted', async () => {
    const { sqs, queueUrl } = await start({ queues: [queue('orders', { VisibilityTimeout: '0' })] });
    const QueueUrl = queueUrl('orders');
    const Entries = ['one', 'two', 'three'].map((text) => ({ Id: text, MessageBody: text }));
    await sqs(headerA).send(new SendMessageBatchCommand({ QueueUrl, Entries }));
    const take = new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages: 10,
      WaitTimeSeconds: 10,
      VisibilityTimeout: 60,
    });
    await receive(sqs(), QueueUrl);

    const messages = (await sqs().send(take)).Messages ?? [];
    const handle = (body: string) => messages.find(({ Body }) => Body === body)?.ReceiptHandle;
    await sqs().send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: handle('one') }));
    await sqs().send(
      new DeleteMessageBatchCommand({ QueueUrl, Entries: [{ Id: 'x', ReceiptHandle: handle('two') }] }),
    );
    await sqs(headerB).send(new SendMessageCommand({ QueueUrl, MessageBody: 'four' }));

    const [left] = await receive(sqs(), QueueUrl);
    expect(left).toMatchObject({ Body: 'four', Attributes: { AWSTraceHeader: headerB } });
  });

  it('of a duplicate does not replace that of the original', async () => {
    const { sqs, queueUrl } = await start({ queues: [queue('orders.fifo', { FifoQueue: 'true' })] });
    const command = new SendMessageCommand({
      QueueUrl: queueUrl('orders.fifo'),
      MessageBody: 'one',
      MessageGroupId: 'g',
      MessageDeduplicationId: 'd',
    });

    await sqs(headerA).send(command);
    await sqs(headerB).send(command);

    const messages = await receive(sqs(), queueUrl('orders.fifo'));
    expect(messages.map(({ Attributes }) => Attributes?.AWSTraceHeader)).toEqual([headerA]);
  });
});

describe('a trace header published to a topic', () => {
  const startTopic = () =>
    start({
      queues: [queue('wrapped'), queue('raw')],
      topics: [topic('news')],
      subscriptions: [
        subscription('news', 'sqs', queueArn('wrapped')),
        subscription('news', 'sqs', queueArn('raw'), { RawMessageDelivery: 'true' }),
      ],
    });

  it('is in every queue, with and without the envelope', async () => {
    const { sqs, sns, queueUrl } = await startTopic();

    const { MessageId } = await sns(headerA).send(
      new PublishCommand({
        TopicArn: topicArn('news'),
        Message: '<a "message" & more>',
        MessageAttributes: { kind: { DataType: 'String', StringValue: 'order' } },
      }),
    );

    const [raw] = await receive(sqs(), queueUrl('raw'));
    expect(raw).toMatchObject({
      Body: '<a "message" & more>',
      Attributes: { AWSTraceHeader: headerA },
      MessageAttributes: { kind: { StringValue: 'order' } },
    });
    const [wrapped] = await receive(sqs(), queueUrl('wrapped'));
    expect(wrapped?.Attributes?.AWSTraceHeader).toBe(headerA);
    expect(JSON.parse(wrapped?.Body ?? '')).toMatchObject({ MessageId, Message: '<a "message" & more>' });
  });

  it('is there for receivers that wait already', async () => {
    const { sqs, sns, queueUrl } = await startTopic();
    const waiting = ['wrapped', 'raw'].map((name) => receive(sqs(), queueUrl(name)));

    await sns(headerA).send(new PublishCommand({ TopicArn: topicArn('news'), Message: 'one' }));

    const messages = (await Promise.all(waiting)).flat();
    expect(messages.map(({ Attributes }) => Attributes?.AWSTraceHeader)).toEqual([headerA, headerA]);
  });

  it('is of every entry in a batch', async () => {
    const { sqs, sns, queueUrl } = await startTopic();

    await sns(headerA).send(
      new PublishBatchCommand({
        TopicArn: topicArn('news'),
        PublishBatchRequestEntries: [
          { Id: 'one', Message: 'one' },
          { Id: 'two', Message: 'two' },
        ],
      }),
    );

    for (const name of ['wrapped', 'raw']) {
      const messages = await receive(sqs(), queueUrl(name));
      expect(messages.map(({ Attributes }) => Attributes?.AWSTraceHeader)).toEqual([headerA, headerA]);
    }
  });

  it('is not mixed up between publishers of the same text', async () => {
    const { sqs, sns, queueUrl } = await startTopic();
    const headers = [headerA, headerB, headerC];

    await Promise.all(
      headers.map((header) =>
        sns(header).send(new PublishCommand({ TopicArn: topicArn('news'), Message: 'same' })),
      ),
    );

    for (const name of ['wrapped', 'raw']) {
      const messages = await receive(sqs(), queueUrl(name));
      expect(messages.map(({ Attributes }) => Attributes?.AWSTraceHeader).sort()).toEqual(headers);
    }
  });

  it('reaches queues that subscribe later', async () => {
    const { sqs, sns, queueUrl } = await start({ topics: [topic('news')] });
    await sqs().send(new CreateQueueCommand({ QueueName: 'late' }));
    const late = { TopicArn: topicArn('news'), Protocol: 'sqs', Endpoint: queueArn('late') };
    await sns().send(new SubscribeCommand(late));

    await sns(headerA).send(new PublishCommand({ TopicArn: topicArn('news'), Message: 'one' }));

    const [message] = await receive(sqs(), queueUrl('late'));
    expect(message?.Attributes?.AWSTraceHeader).toBe(headerA);
  });
});

describe('a messaging server', () => {
  it('gives messages of a caller who has left to the next one', async () => {
    const { sqs, queueUrl } = await start({ queues: [queue('orders', { VisibilityTimeout: '600' })] });
    const QueueUrl = queueUrl('orders');
    const leaving = new AbortController();
    const left = sqs()
      .send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }), { abortSignal: leaving.signal })
      .catch((error: unknown) => error);
    // Its long poll is under way once a second one is answered.
    await receive(sqs(), QueueUrl, 1);
    leaving.abort();
    await left;

    await sqs().send(new SendMessageCommand({ QueueUrl, MessageBody: 'one' }));

    const messages = await receive(sqs(), QueueUrl);
    expect(messages.map(({ Body }) => Body)).toEqual(['one']);
  });

  it('refuses web pages, and whatever is neither SQS nor SNS', async () => {
    const { url } = await start();
    const publish = { method: 'POST', body: new URLSearchParams({ Action: 'ListTopics' }) };

    expect((await fetch(url, publish)).status).toBe(200);
    expect((await fetch(url, { ...publish, headers: { origin: 'https://example.com' } })).status).toBe(403);
    expect((await fetch(url, { method: 'PUT', body: 'x' })).status).toBe(404);
    expect((await fetch(`${url}/_fauxqs/queues`)).status).toBe(404);
    const large = { ...publish, body: new URLSearchParams({ Action: 'x'.repeat(9 * 1024 * 1024) }) };
    expect((await fetch(url, large)).status).toBe(413);
  });

  it('answers malformed requests and goes on', async () => {
    const { url, sqs } = await start({ queues: [queue('orders')] });
    const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'AmazonSQS.SendMessage' };

    const statuses = await Promise.all(
      ['{', 'null', '[]', '{"QueueUrl":1}', ''].map(
        async (body) => (await fetch(url, { method: 'POST', headers, body })).status,
      ),
    );

    expect(statuses.every((status) => status >= 400)).toBe(true);
    expect((await sqs().send(new ListQueuesCommand())).QueueUrls).toHaveLength(1);
  });

  it('ends long polls when it stops', async () => {
    const messaging = await startMessaging({ queues: [queue('orders')] });
    const waiting = receive(messaging.sqs(), messaging.queueUrl('orders'), 20).catch(() => 'ended');

    await messaging.stop();

    expect(['ended', []]).toContainEqual(await waiting);
    await expect(fetch(messaging.url)).rejects.toThrow();
  });

  it('can be stopped without having started', async () => {
    const options = { queues: [], topics: [], subscriptions: [], region, accountId: '000000000000', port: 0 };
    const server = new MessagingServer({
      ...options,
      invoke: () => Promise.reject(new Error()),
      onError: () => {},
    });

    await expect(server.stop()).resolves.toBeUndefined();
  });

  it('lists subscriptions as they were made', async () => {
    const { sns, sqs } = await start({
      topics: [topic('news')],
      queues: [queue('orders')],
      subscriptions: [
        subscription('news', 'sqs', queueArn('orders')),
        subscription('news', 'lambda', `arn:aws:lambda:${region}:000000000000:function:shop-mail`),
      ],
    });

    const { Subscriptions = [] } = await sns().send(new ListSubscriptionsCommand());
    const { QueueUrls = [] } = await sqs().send(new ListQueuesCommand());

    expect(Subscriptions.map(({ Protocol }) => Protocol).sort()).toEqual(['lambda', 'sqs']);
    expect(QueueUrls).toHaveLength(1);
  });
});
