import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { ListSubscriptionsCommand, SNSClient } from '@aws-sdk/client-sns';
import { describe, expect, it, onTestFinished } from 'vitest';
import { AwsEndpoints } from '../../../local/aws/aws-endpoints.ts';
import { prepareElsewhere } from '../../../local/aws/prepare-elsewhere.ts';
import { BucketServer } from '../../../local/buckets/bucket-server.ts';
import { TableServer } from '../../../local/tables/table-server.ts';
import type { ServiceDefinition } from '../../../local/template/service.ts';
import { startMessaging } from '../messaging/messaging-fixture.ts';
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
  ToWork: {
    Type: 'AWS::SNS::Subscription',
    Properties: { TopicArn: { Ref: 'Topic' }, Protocol: 'sqs', Endpoint: { 'Fn::GetAtt': ['Work', 'Arn'] } },
  },
  Uploads: {
    Type: 'AWS::S3::Bucket',
    Properties: { BucketName: 'uploads', NotificationConfiguration: { EventBridgeConfiguration: {} } },
  },
};

function service(): ServiceDefinition {
  return readTemplate({ Resources: RESOURCES }).service;
}

const client = { region: 'eu-west-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } };

describe('prepareElsewhere', () => {
  it('makes tables, queues, topics and buckets at the emulators that are chosen, also where they are already', async () => {
    const tables = new TableServer({ region: 'eu-west-1', tables: [], port: 0 });
    const messaging = await startMessaging();
    onTestFinished(() => messaging.stop());
    const sqs = messaging.url;
    const buckets = new BucketServer({
      buckets: [],
      region: 'eu-central-1',
      accountId: '000000000000',
      onEvent: () => undefined,
      port: 0,
    });
    const [{ url: dynamodb }, { url: s3 }] = [await tables.start(), await buckets.start()];
    onTestFinished(async () => {
      await tables.stop();
      await buckets.stop();
    });
    const endpoints = new AwsEndpoints({ settings: { dynamodb, sqs, sns: sqs, s3 } });
    const said = [`The bucket uploads is at ${s3}: what happens in it is told to nobody here.`];
    expect(await prepareElsewhere(endpoints, service())).toEqual(said);
    expect(await prepareElsewhere(endpoints, service())).toEqual(said);

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
    const { Subscriptions } = await new SNSClient({ ...client, endpoint: sqs }).send(
      new ListSubscriptionsCommand(),
    );
    expect(Subscriptions?.map(({ Endpoint }) => Endpoint)).toEqual([
      'arn:aws:sqs:eu-central-1:000000000000:work',
    ]);
    const { Buckets } = await new S3Client({ ...client, endpoint: s3 }).send(new ListBucketsCommand());
    expect(Buckets?.map(({ Name }) => Name)).toEqual(['uploads']);
  });

  it('makes nothing in AWS itself, and says what that means', async () => {
    const endpoints = new AwsEndpoints({ settings: { dynamodb: 'aws', sns: 'aws', s3: 'aws' } });
    expect(await prepareElsewhere(endpoints, service())).toEqual([
      expect.stringContaining('Tables are those of AWS itself'),
      expect.stringContaining('Topics are those of AWS itself'),
      expect.stringContaining('Buckets are those of AWS itself'),
      'The bucket uploads is at AWS itself: what happens in it is told to nobody here.',
    ]);
  });

  it('says which messages do not arrive when topics are where the queues are not', async () => {
    const messaging = await startMessaging();
    onTestFinished(() => messaging.stop());
    const sns = messaging.url;
    const endpoints = new AwsEndpoints({ settings: { sns } });
    expect(await prepareElsewhere(endpoints, service())).toEqual([
      `arn:aws:sns:eu-central-1:000000000000:told is at ${sns}: what is published to it does not reach arn:aws:sqs:eu-central-1:000000000000:work here.`,
    ]);
  });

  it.each(['dynamodb', 'sqs', 'sns', 's3'])('says which emulator does not answer for %s', async (name) => {
    const endpoints = new AwsEndpoints({ settings: { [name]: 'http://127.0.0.1:1' } });
    await expect(prepareElsewhere(endpoints, service())).rejects.toThrow(
      /cannot be made at http:\/\/127\.0\.0\.1:1/,
    );
  });
});
