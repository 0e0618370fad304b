import {
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { PublishBatchCommand, PublishCommand } from '@aws-sdk/client-sns';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  queue,
  receive,
  recorder,
  startMessaging,
  subscription,
  succeeded,
  topic,
  topicArn,
} from './messaging-fixture.ts';

describe('what messages do', () => {
  it('is told, by queue and by topic', async () => {
    const told: string[] = [];
    const messaging = await startMessaging({
      queues: [queue('jobs')],
      topics: [topic('news')],
      subscriptions: [
        subscription('news', 'lambda', 'arn:aws:lambda:eu-central-1:000000000000:function:reader'),
      ],
      invoke: recorder(() => succeeded()).invoke,
      onMessages: (queueName, traffic, count) => told.push(`${queueName} ${traffic} ${count}`),
      onPublished: (topicName, count) => told.push(`${topicName} published ${count}`),
    });
    onTestFinished(() => messaging.stop());
    const [sqs, sns, QueueUrl] = [messaging.sqs(), messaging.sns(), messaging.queueUrl('jobs')];
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'a' }));
    const Entries = ['1', '2'].map((Id) => ({ Id, MessageBody: Id }));
    await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
    const received = await receive(sqs, QueueUrl);
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: received[0]?.ReceiptHandle }));
    const rest = received.slice(1).map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
    await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries: rest }));
    const TopicArn = topicArn('news');
    await sns.send(new PublishCommand({ TopicArn, Message: 'x' }));
    const batch = ['1', '2', '3'].map((Id) => ({ Id, Message: Id }));
    await sns.send(new PublishBatchCommand({ TopicArn, PublishBatchRequestEntries: batch }));

    expect(told).toEqual([
      'jobs NumberOfMessagesSent 1',
      'jobs NumberOfMessagesSent 2',
      'jobs NumberOfMessagesReceived 3',
      'jobs NumberOfMessagesDeleted 1',
      'jobs NumberOfMessagesDeleted 2',
      'news published 1',
      'news published 3',
    ]);
  });

  it('is not told when SQS or SNS refuses', async () => {
    const told: string[] = [];
    const messaging = await startMessaging({
      queues: [queue('jobs')],
      onMessages: (queueName) => told.push(queueName),
      onPublished: (topicName) => told.push(topicName),
    });
    onTestFinished(() => messaging.stop());
    const QueueUrl = messaging.queueUrl('nobody');
    await expect(
      messaging.sqs().send(new SendMessageCommand({ QueueUrl, MessageBody: 'a' })),
    ).rejects.toThrow();
    await expect(
      messaging.sns().send(new PublishCommand({ TopicArn: topicArn('nobody'), Message: 'a' })),
    ).rejects.toThrow();
    expect(told).toEqual([]);
  });
});

describe('the depth of a queue', () => {
  it('tells messages that wait, are in flight and are delayed apart, and the oldest', async () => {
    const messaging = await startMessaging({ queues: [queue('jobs'), queue('empty')] });
    onTestFinished(() => messaging.stop());
    const { server } = messaging;
    const [sqs, QueueUrl] = [messaging.sqs(), messaging.queueUrl('jobs')];
    const before = Date.now();
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'in flight' }));
    await receive(sqs, QueueUrl);
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'waits' }));
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'later', DelaySeconds: 60 }));

    const { oldestSentAt = 0, ...depth } = await server.depthOf('jobs');
    expect(depth).toEqual({ visible: 1, notVisible: 1, delayed: 1 });
    expect(oldestSentAt).toBeGreaterThanOrEqual(before);
    expect(oldestSentAt).toBeLessThanOrEqual(Date.now());
    expect(await server.depthOf('empty')).toEqual({ visible: 0, notVisible: 0, delayed: 0 });
    expect(await server.depthOf('nobody')).toEqual({ visible: 0, notVisible: 0, delayed: 0 });
  });
});
