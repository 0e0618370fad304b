import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PublishBatchCommand, PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import {
  ReceiveMessageCommand,
  SQSClient,
  SendMessageBatchCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { MessagingServer } from '../../../local/messaging/messaging-server.ts';
import { TableServer } from '../../../local/tables/table-server.ts';
import type { DocumentReceiver } from '../../helpers/document-receiver.ts';
import { sampledTrace } from '../../helpers/lambda.ts';
import { receiveFrom, RECORDERS } from '../../helpers/recorders.ts';
import { only } from '../../helpers/xray.ts';
import { loadClients } from './pipeline.ts';

const accountId = '000000000000';
const region = 'eu-west-1';
const queueArn = `arn:aws:sqs:${region}:${accountId}:orders`;
const topicArn = `arn:aws:sns:${region}:${accountId}:placed`;

let messaging: MessagingServer;
let tables: TableServer;
let daemon: DocumentReceiver;
let queueUrl: string;
let sqs: SQSClient;
let sns: SNSClient;
let dynamodb: DynamoDBDocumentClient;
let invoke: (fn: () => unknown) => Promise<unknown>;

describe.each(RECORDERS)('with the recorder %s', (recorder) => {
  beforeAll(async () => {
    daemon = await receiveFrom(recorder);
    messaging = new MessagingServer({
      queues: [{ name: 'orders', arn: queueArn, attributes: {} }],
      topics: [{ name: 'placed', arn: topicArn, attributes: {} }],
      subscriptions: [{ topicArn, protocol: 'sqs', endpoint: queueArn, attributes: {} }],
      region,
      accountId,
      port: 0,
      invoke: () => Promise.reject(new Error('no function is subscribed')),
      onError: () => undefined,
    });
    tables = new TableServer({
      region,
      port: 0,
      tables: [
        {
          name: 'orders',
          arn: `arn:aws:dynamodb:${region}:${accountId}:table/orders`,
          properties: {
            BillingMode: 'PAY_PER_REQUEST',
            AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
            KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
          },
        },
      ],
    });
    const endpoint = (await messaging.start()).url;
    const tableEndpoint = (await tables.start()).url;
    queueUrl = `${endpoint}/${accountId}/orders`;
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const { observeClient, invoke: invokeWith } = await loadClients(recorder);
    sqs = observeClient(new SQSClient({ endpoint, region, credentials }));
    sns = observeClient(new SNSClient({ endpoint, region, credentials }));
    dynamodb = DynamoDBDocumentClient.from(
      observeClient(new DynamoDBClient({ endpoint: tableEndpoint, region, credentials, maxAttempts: 1 })),
    );
    invoke = invokeWith;
  });
  afterEach(() => {
    daemon.clear();
    delete process.env._X_AMZN_TRACE_ID;
  });
  afterAll(async () => {
    sqs.destroy();
    sns.destroy();
    dynamodb.destroy();
    await Promise.all([messaging.stop(), tables.stop(), daemon.stop()]);
  });

  async function receive(count: number) {
    const messages = [];
    while (messages.length < count) {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: queueUrl,
          MaxNumberOfMessages: 10,
          WaitTimeSeconds: 5,
          MessageAttributeNames: ['All'],
          MessageSystemAttributeNames: ['AWSTraceHeader'],
        }),
      );
      messages.push(...Messages);
    }
    return messages;
  }

  describe('observeClient', () => {
    it('carries correlation id and trace header on messages to SQS', async () => {
      const { header, traceId } = sampledTrace();
      process.env._X_AMZN_TRACE_ID = header;
      const single = Object.freeze({ QueueUrl: queueUrl, MessageBody: 'one' });
      const batch = Object.freeze({
        QueueUrl: queueUrl,
        Entries: [
          Object.freeze({ Id: '1', MessageBody: 'two' }),
          Object.freeze({ Id: '2', MessageBody: 'three' }),
        ],
      });

      await invoke(async () => {
        await sqs.send(new SendMessageCommand(single));
        await sqs.send(new SendMessageBatchCommand(batch));
      });

      const messages = await receive(3);
      expect(messages.map(({ Body }) => Body).sort()).toEqual(['one', 'three', 'two']);
      for (const { MessageAttributes, Attributes } of messages) {
        expect(MessageAttributes).toEqual({
          'x-correlation-id': expect.objectContaining({ StringValue: 'order-1' }) as object,
        });
        expect(Attributes?.AWSTraceHeader).toContain(`Root=${traceId};`);
        expect(Attributes?.AWSTraceHeader).toContain('Lineage=1:abcdef01:0');
      }
    });

    it('carries both on messages that SNS delivers to SQS, and describes the call', async () => {
      const { header } = sampledTrace();
      process.env._X_AMZN_TRACE_ID = header;

      await invoke(async () => {
        await sns.send(new PublishCommand({ TopicArn: topicArn, Message: 'one' }));
        await sns.send(
          new PublishBatchCommand({
            TopicArn: topicArn,
            PublishBatchRequestEntries: [{ Id: '1', Message: 'two' }],
          }),
        );
      });

      const documents = await daemon.until((all) => all.length === 3);
      const calls = documents.filter(({ name }) => name === 'SNS');
      expect(calls.map(({ aws }) => aws?.operation)).toEqual(['Publish', 'PublishBatch']);
      expect(calls[0]).toMatchObject({
        namespace: 'aws',
        aws: { region, topic_arn: topicArn, retries: 0, request_id: expect.any(String) as string },
        http: { response: { status: 200 } },
      });
      for (const { Body, Attributes } of await receive(2)) {
        expect(JSON.parse(Body ?? '')).toMatchObject({
          MessageAttributes: { 'x-correlation-id': { Type: 'String', Value: 'order-1' } },
        });
        expect(calls.some(({ id }) => Attributes?.AWSTraceHeader?.includes(`Parent=${id}`))).toBe(true);
      }
    });

    it('sends a message without its id when it has no room for one more attribute', async () => {
      const attribute = { DataType: 'String', StringValue: 'x' };
      const MessageAttributes = Object.fromEntries(
        Array.from({ length: 10 }, (_, index) => [`a${index}`, attribute]),
      );

      await invoke(() =>
        sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: 'full', MessageAttributes })),
      );

      const [message] = await receive(1);
      expect(Object.keys(message?.MessageAttributes ?? {})).toHaveLength(10);
      expect(message?.MessageAttributes).not.toHaveProperty('x-correlation-id');
    });

    it('records calls of the document client with their table, in parallel and failed ones too', async () => {
      process.env._X_AMZN_TRACE_ID = sampledTrace().header;
      const put = new PutCommand({
        TableName: 'orders',
        Item: { id: 'o-1' },
        ConditionExpression: 'attribute_not_exists(id)',
      });

      await invoke(async () => {
        await dynamodb.send(put);
        await Promise.allSettled([
          dynamodb.send(put),
          dynamodb.send(new GetCommand({ TableName: 'orders', Key: { id: 'o-1' } })),
        ]);
      });

      const documents = await daemon.until((all) => all.length === 4);
      const calls = documents.filter(({ name }) => name === 'DynamoDB');
      const handler = only(documents, '## handler');
      expect(new Set(calls.map((call) => (call as { parent_id: string }).parent_id))).toEqual(
        new Set([handler.id]),
      );
      expect(calls.every(({ aws }) => aws?.table_name === 'orders')).toBe(true);
      const refused = calls.find(({ http }) => http?.response?.status === 400);
      expect(refused).toMatchObject({
        error: true,
        aws: { operation: 'PutItem' },
        cause: { exceptions: [{ type: 'ConditionalCheckFailedException', remote: true }] },
      });
      expect(refused?.fault).toBeUndefined();
      expect(handler.fault).toBeUndefined();
    });
  });
});
