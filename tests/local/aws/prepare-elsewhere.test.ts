import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { AwsEndpoints } from '../../../local/aws/aws-endpoints.ts';
import { prepareElsewhere } from '../../../local/aws/prepare-elsewhere.ts';
import { MessagingServer } from '../../../local/messaging/messaging-server.ts';
import { TableServer } from '../../../local/tables/table-server.ts';
import type { ServiceDefinition } from '../../../local/template/service.ts';
import { readTemplate } from '../template/read-template.ts';

const RESOURCES = {
  Orders: {
    Type: 'AWS::DynamoDB::Table',
    Properties: {
      TableName: 'orders',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    },
  },
  Work: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'work', VisibilityTimeout: 77 } },
  Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'told' } },
};

function service(): ServiceDefinition {
  return readTemplate({ Resources: RESOURCES }).service;
}

const client = { region: 'eu-west-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } };

describe('prepareElsewhere', () => {
  it('makes tables and queues at the emulators that are chosen, also where they are already', async () => {
    const tables = new TableServer({ region: 'eu-west-1', tables: [], port: 0 });
    const messaging = new MessagingServer({
      queues: [],
      topics: [],
      subscriptions: [],
      region: 'eu-west-1',
      accountId: '000000000000',
      port: 0,
      invoke: () => Promise.reject(new Error('no function is called')),
      onError: () => undefined,
    });
    const [{ url: dynamodb }, { url: sqs }] = [await tables.start(), await messaging.start()];
    onTestFinished(async () => {
      await tables.stop();
      await messaging.stop();
    });
    const endpoints = new AwsEndpoints({ settings: { dynamodb, sqs } });
    expect(await prepareElsewhere(endpoints, service())).toEqual([]);
    expect(await prepareElsewhere(endpoints, service())).toEqual([]);

    const { TableNames: names } = await new DynamoDBClient({ ...client, endpoint: dynamodb }).send(
      new ListTablesCommand(),
    );
    expect(names).toEqual(['orders']);
    const { Attributes: attributes } = await new SQSClient({ ...client, endpoint: sqs }).send(
      new GetQueueAttributesCommand({
        QueueUrl: `${sqs}/000000000000/work`,
        AttributeNames: ['VisibilityTimeout'],
      }),
    );
    expect(attributes).toEqual({ VisibilityTimeout: '77' });
  });

  it('makes nothing in AWS itself, and says what that means', async () => {
    const endpoints = new AwsEndpoints({ settings: { dynamodb: 'aws', sns: 'aws' } });
    expect(await prepareElsewhere(endpoints, service())).toEqual([
      expect.stringContaining('Tables are those of AWS itself'),
      expect.stringContaining('Topics are elsewhere'),
    ]);
  });

  it.each(['dynamodb', 'sqs'])('says which emulator does not answer for %s', async (name) => {
    const endpoints = new AwsEndpoints({ settings: { [name]: 'http://127.0.0.1:1' } });
    await expect(prepareElsewhere(endpoints, service())).rejects.toThrow(
      /cannot be made at http:\/\/127\.0\.0\.1:1/,
    );
  });
});
