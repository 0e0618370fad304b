import { CreateStreamCommand, KinesisClient } from '@aws-sdk/client-kinesis';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AwsEndpoints } from '../../local/aws/aws-endpoints.ts';
import { portsFrom } from '../../local/command-options.ts';
import { startStack } from '../../local/start-stack.ts';
import type { Stack } from '../../local/start-stack.ts';
import { Terminal } from '../../local/terminal.ts';
import { freePorts } from '../helpers/local-stack.ts';
import { until } from '../helpers/until.ts';
import { arnOf, lambdaFunction, readResources } from '../local/template/read-template.ts';
import type { Moto } from './moto.ts';
import { startMoto } from './moto.ts';

const functionsDirectory = fileURLToPath(new URL('../fixtures/lambda-functions', import.meta.url));
const REGION = 'eu-central-1';

function fed(name: string, handler: string, variables: object = {}): object {
  return lambdaFunction({
    FunctionName: name,
    Handler: `elsewhere.${handler}`,
    Timeout: 30,
    Environment: { Variables: variables },
  });
}

function mapping(functionId: string, EventSourceArn: object, more: object = {}): object {
  const properties = { FunctionName: arnOf(functionId), EventSourceArn, ...more };
  return { Type: 'AWS::Lambda::EventSourceMapping', Properties: properties };
}

const resources = {
  Write: fed('write', 'write', {
    TABLE: { Ref: 'Table' },
    QUEUE_URL: { Ref: 'Queue' },
    TOPIC: { Ref: 'Topic' },
    BUCKET: { Ref: 'Uploads' },
    STREAM: 'clicks',
  }),
  OnStream: fed('on-stream', 'onStream'),
  OnQueue: fed('on-queue', 'onQueue'),
  Table: {
    Type: 'AWS::DynamoDB::Table',
    Properties: {
      TableName: 'rows',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
    },
  },
  Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'work' } },
  Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'told' } },
  TopicToQueue: {
    Type: 'AWS::SNS::Subscription',
    Properties: {
      TopicArn: { Ref: 'Topic' },
      Protocol: 'sqs',
      Endpoint: arnOf('Queue'),
      RawMessageDelivery: true,
    },
  },
  TopicToFunction: {
    Type: 'AWS::SNS::Subscription',
    Properties: { TopicArn: { Ref: 'Topic' }, Protocol: 'lambda', Endpoint: arnOf('OnQueue') },
  },
  Uploads: {
    Type: 'AWS::S3::Bucket',
    Properties: {
      BucketName: 'uploads-elsewhere',
      NotificationConfiguration: {
        LambdaConfigurations: [{ Event: 's3:ObjectCreated:*', Function: arnOf('OnQueue') }],
      },
    },
  },
  FromStream: mapping(
    'OnStream',
    { 'Fn::GetAtt': ['Table', 'StreamArn'] },
    { StartingPosition: 'TRIM_HORIZON' },
  ),
  FromQueue: mapping('OnQueue', arnOf('Queue')),
};

const lines: string[] = [];
let moto: Moto;
let stack: Stack;
let lambda: LambdaClient;

beforeAll(async () => {
  moto = await startMoto(REGION, '000000000000');
  const kinesis = new KinesisClient({ ...moto.client, requestHandler: new NodeHttpHandler() });
  await kinesis.send(new CreateStreamCommand({ StreamName: 'clicks', ShardCount: 1 }));
  kinesis.destroy();
  const first = await freePorts(20);
  const ports = { ...portsFrom({ port: String(first) }), daemon: first + 10, otlp: first + 11 };
  const settings = Object.fromEntries(
    ['dynamodb', 'sqs', 'sns', 's3', 'kinesis'].map((service) => [service, moto.url]),
  );
  const { service } = readResources(resources, {
    codeDirectoryOf: () => functionsDirectory,
    queueUrlOf: (name) => `${moto.url}/000000000000/${name}`,
  });
  stack = await startStack({
    service,
    ports,
    minuteMs: 1000,
    tryThis: [],
    endpoints: new AwsEndpoints({ settings }),
    terminal: new Terminal({ write: (line) => lines.push(line), functionKeys: [] }),
  });
  lambda = new LambdaClient({ ...moto.client, endpoint: `http://127.0.0.1:${ports.lambda}` });
});

afterAll(async () => {
  lambda.destroy();
  await stack.stop();
  await moto.stop();
});

/** What functions have logged of the events that they got. */
function logged(what: string): string[] {
  return lines.filter((line) => line.includes(`{"what":"${what}"`));
}

describe('another engine in the place of those that are here', () => {
  it('is written to by functions, and feeds them from its queues and streams', async () => {
    const { Payload, FunctionError } = await lambda.send(
      new InvokeCommand({ FunctionName: 'write', Payload: JSON.stringify({ id: 'a-1' }) }),
    );
    const answer = JSON.parse(Buffer.from(Payload ?? []).toString()) as object;
    expect([FunctionError, answer]).toEqual([
      undefined,
      { object: 'a-1', SequenceNumber: expect.stringMatching(/^\d+$/) as string },
    ]);
    await until(() => logged('stream').some((line) => line.includes('"a-1"')), 'the stream of the table');
    expect(logged('stream').join()).toContain(
      '"eventSourceARN":"arn:aws:dynamodb:eu-central-1:000000000000:table/rows/stream/',
    );
    await until(() => logged('queue').some((line) => line.includes('sent a-1')), 'the queue');
    await until(() => logged('queue').some((line) => line.includes('published a-1')), 'the topic');
  });

  it('has what the template has', async () => {
    const s3 = new S3Client(moto.client);
    const { Buckets } = await s3.send(new ListBucketsCommand());
    s3.destroy();
    expect(Buckets?.map(({ Name }) => Name)).toEqual(['uploads-elsewhere']);
  });

  it('is named at start, with what does not reach functions from there', () => {
    const text = lines.join('\n');
    for (const service of ['dynamodb', 'sqs', 'sns', 's3', 'kinesis'])
      expect(text).toMatch(new RegExp(`Elsewhere +${service} at ${moto.url}`));
    expect(text).toContain(
      `The bucket uploads-elsewhere is at ${moto.url}: what happens in it is told to nobody here`,
    );
    expect(text).toContain(`:told is at ${moto.url}: what is published to it does not reach arn:aws:lambda:`);
  });
});
