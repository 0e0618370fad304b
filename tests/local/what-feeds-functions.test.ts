import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { PutObjectCommand, PutObjectTaggingCommand, S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ScheduleListing } from '../../local/console-contract.ts';
import { portsFrom } from '../../local/command-options.ts';
import { startStack } from '../../local/start-stack.ts';
import type { Stack } from '../../local/start-stack.ts';
import { Terminal } from '../../local/terminal.ts';
import { freePorts } from '../helpers/local-stack.ts';
import { until } from '../helpers/until.ts';
import { lambdaLantern } from './commands/lantern-to-ask.ts';
import { receive } from './messaging/messaging-fixture.ts';
import { arnOf, lambdaFunction, readResources } from './template/read-template.ts';

const functionsDirectory = fileURLToPath(new URL('../fixtures/lambda-functions', import.meta.url));

function fed(name: string, handler: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return lambdaFunction({
    FunctionName: name,
    Handler: `fed.${handler}`,
    TracingConfig: { Mode: 'Active' },
    ...more,
  });
}

function alarm(
  AlarmName: string,
  Namespace: string,
  MetricName: string,
  dimensions: Record<string, string>,
): object {
  return {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      AlarmName,
      Namespace,
      MetricName,
      Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 0,
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'notBreaching',
    },
  };
}

const template = {
  Rule: fed('on-rule', 'onRule'),
  Schedule: fed('on-schedule', 'onSchedule'),
  Stream: fed('on-stream', 'onStream'),
  End: fed('on-end', 'onEnd'),
  Invoke: {
    Type: 'AWS::Lambda::EventInvokeConfig',
    Properties: {
      FunctionName: { Ref: 'Rule' },
      Qualifier: '$LATEST',
      MaximumRetryAttempts: 0,
      DestinationConfig: {
        OnSuccess: { Destination: arnOf('End') },
        OnFailure: { Destination: 'arn:aws:sqs:eu-central-1:000000000000:not-there' },
      },
    },
  },
  OnOrder: {
    Type: 'AWS::Events::Rule',
    Properties: {
      Name: 'on-order',
      EventBusName: { Ref: 'Bus' },
      EventPattern: { source: ['shop'], detail: { orderId: [{ exists: true }] } },
      Targets: [
        { Id: '1', Arn: arnOf('Rule') },
        { Id: '2', Arn: { 'Fn::GetAtt': ['Queue', 'Arn'] }, InputPath: '$.detail.orderId' },
      ],
    },
  },
  Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'orders' } },
  Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'orders' } },
  Dead: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'dead' } },
  Once: {
    Type: 'AWS::Scheduler::Schedule',
    Properties: {
      Name: 'once',
      ScheduleExpression: 'at(2026-01-01T00:00:00)',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: {
        Arn: arnOf('Schedule'),
        RoleArn: 'arn:aws:iam::000000000000:role/r',
        Input: '{"job":"clean"}',
      },
    },
  },
  Table: {
    Type: 'AWS::DynamoDB::Table',
    Properties: {
      TableName: 'shop',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
    },
  },
  Mapping: {
    Type: 'AWS::Lambda::EventSourceMapping',
    Properties: {
      FunctionName: arnOf('Stream'),
      EventSourceArn: { 'Fn::GetAtt': ['Table', 'StreamArn'] },
      StartingPosition: 'TRIM_HORIZON',
      MaximumRetryAttempts: 0,
      DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': ['Dead', 'Arn'] } } },
    },
  },
  Upload: fed('on-upload', 'onUpload'),
  UploadInvoke: {
    Type: 'AWS::Lambda::EventInvokeConfig',
    Properties: {
      FunctionName: { Ref: 'Upload' },
      Qualifier: '$LATEST',
      MaximumRetryAttempts: 0,
      DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': ['DeadUploads', 'Arn'] } } },
    },
  },
  DeadUploads: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'dead-uploads' } },
  Removed: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'removed' } },
  Tagged: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'tagged' } },
  TaggedToQueue: {
    Type: 'AWS::SNS::Subscription',
    Properties: {
      TopicArn: { Ref: 'Tagged' },
      Protocol: 'sqs',
      Endpoint: { 'Fn::GetAtt': ['Removed', 'Arn'] },
    },
  },
  Uploads: {
    Type: 'AWS::S3::Bucket',
    Properties: {
      BucketName: 'uploads',
      NotificationConfiguration: {
        LambdaConfigurations: [
          {
            Event: 's3:ObjectCreated:*',
            Function: arnOf('Upload'),
            Filter: { S3Key: { Rules: [{ Name: 'prefix', Value: 'in/' }] } },
          },
        ],
        QueueConfigurations: [{ Event: 's3:ObjectRemoved:*', Queue: { 'Fn::GetAtt': ['Removed', 'Arn'] } }],
        TopicConfigurations: [{ Event: 's3:ObjectTagging:Put', Topic: { Ref: 'Tagged' } }],
        EventBridgeConfiguration: { EventBridgeEnabled: true },
      },
    },
  },
  OnObject: {
    Type: 'AWS::Events::Rule',
    Properties: {
      Name: 'on-object',
      EventPattern: { source: ['aws.s3'], detail: { object: { key: [{ prefix: 'bus/' }] } } },
      Targets: [{ Id: '1', Arn: arnOf('Upload') }],
    },
  },
  Url: { Type: 'AWS::Lambda::Url', Properties: { TargetFunctionArn: { Ref: 'End' }, AuthType: 'NONE' } },
  Undelivered: alarm('undelivered', 'AWS/Lambda', 'DestinationDeliveryFailures', { FunctionName: 'on-rule' }),
  Triggered: alarm('triggered', 'AWS/Events', 'TriggeredRules', {
    EventBusName: 'orders',
    RuleName: 'on-order',
  }),
  Attempted: alarm('attempted', 'AWS/Scheduler', 'InvocationAttemptCount', { ScheduleGroup: 'default' }),
  UploadsFail: alarm('uploads-fail', 'AWS/Lambda', 'Errors', { FunctionName: 'on-upload' }),
  UploadsCome: alarm('uploads-come', 'AWS/Lambda', 'AsyncEventsReceived', { FunctionName: 'on-upload' }),
  Requested: alarm('requested', 'AWS/Lambda', 'UrlRequestCount', { FunctionName: 'on-end' }),
};

const lines: string[] = [];
const clients: { destroy(): void }[] = [];
let stack: Stack;
let ports: ReturnType<typeof portsFrom>;

beforeAll(async () => {
  const first = await freePorts(20);
  ports = { ...portsFrom({ port: String(first) }), daemon: first + 10, otlp: first + 11 };
  const { service } = readResources(template, {
    codeDirectoryOf: () => functionsDirectory,
    queueUrlOf: (name) => `http://127.0.0.1:${ports.messaging}/000000000000/${name}`,
  });
  stack = await startStack({
    service,
    ports,
    minuteMs: 1000,
    tryThis: [],
    terminal: new Terminal({ write: (line) => lines.push(line), functionKeys: [] }),
  });
});

afterAll(async () => {
  for (const client of clients) client.destroy();
  await stack.stop();
});

function clientOptions(port: number) {
  const credentials = { accessKeyId: 'x', secretAccessKey: 'x' };
  return { endpoint: `http://127.0.0.1:${port}`, region: 'eu-central-1', credentials, maxAttempts: 1 };
}

function use<Client extends { destroy(): void }>(client: Client): Client {
  clients.push(client);
  return client;
}

interface Fed {
  readonly what: string;
  readonly event: Record<string, unknown>;
  readonly trace: string;
  readonly requestId: string;
}

/** What functions have logged of the events that they got. */
function logged(what: string): Fed[] {
  return lines
    .flatMap((line) => /\{"what":.*$/.exec(line)?.[0] ?? [])
    .map((json) => JSON.parse(json) as Fed)
    .filter((entry) => entry.what === what);
}

function putEvents(detail: object, traceHeader?: string) {
  const client = use(new EventBridgeClient(clientOptions(ports.events)));
  const Entries = [
    {
      EventBusName: 'orders',
      Source: 'shop',
      DetailType: 'Order',
      Detail: JSON.stringify(detail),
      ...(traceHeader !== undefined && { TraceHeader: traceHeader }),
    },
  ];
  return client.send(new PutEventsCommand({ Entries }));
}

/** An alarm fires some time, however many minutes pass meanwhile. */
async function hasFired(alarmName: string): Promise<void> {
  await until(
    () => lines.some((line) => line.includes(`${alarmName}: `) && line.includes('-> ALARM')),
    alarmName,
  );
}

describe('what feeds functions', () => {
  it('stands in the first lines', () => {
    const banner = lines.join('\n');
    expect(banner).toMatch(/EventBridge +http:\/\/localhost:\d+$/m);
    expect(banner).toMatch(/events of orders +on-order$/m);
    expect(banner).toMatch(/at\(2026-01-01T00:00:00\) +once$/m);
    expect(banner).toMatch(/Function URL +http:\/\/localhost:\d+ +on-end$/m);
  });

  it('takes an event of a bus to a function in its trace, to a queue, and on to a destination', async () => {
    const root = '1-67891233-abcdef012345678912345678';
    await putEvents(
      { orderId: 'o-1', 'x-correlation-id': 'c-1' },
      `Root=${root};Parent=1234567890abcdef;Sampled=1`,
    );
    const [byRule] = await until(() => logged('rule').length === 1 && logged('rule'), 'the rule');
    expect(byRule?.event).toMatchObject({ source: 'shop', detail: { orderId: 'o-1' } });
    expect(byRule?.trace).toContain(root);
    const [end] = await until(
      () => logged('destination').length === 1 && logged('destination'),
      'the destination',
    );
    expect(end?.event).toMatchObject({
      requestContext: { condition: 'Success', requestId: byRule?.requestId },
      responsePayload: { orderId: 'o-1' },
    });
    expect(end?.trace).toContain(root);
    const sqs = use(new SQSClient(clientOptions(ports.messaging)));
    const [message] = await receive(sqs, `http://127.0.0.1:${ports.messaging}/000000000000/orders`);
    expect([message?.Body, message?.Attributes?.AWSTraceHeader]).toEqual([
      '"o-1"',
      expect.stringContaining(root),
    ]);

    const text = await until(async () => {
      const response = await fetch(`http://127.0.0.1:${ports.console}/api/traces/${root}`);
      const found = response.ok ? await response.text() : '';
      return found.includes('on-rule') && found.includes('on-end') ? found : undefined;
    }, 'the trace of both functions');
    expect(text).toContain('AWS::Lambda::Function');
    await hasFired('triggered');
  });

  it('runs a schedule, again when it is asked to', async () => {
    const [first] = await until(() => logged('schedule').length > 0 && logged('schedule'), 'the schedule');
    expect(first?.event).toEqual({ job: 'clean' });
    await hasFired('attempted');
    const schedules = `http://127.0.0.1:${ports.console}/api/schedules`;
    const id = 'schedule/default/once';
    const entry = {
      id,
      expression: 'at(2026-01-01T00:00:00)',
      enabled: true,
      targets: ['on-schedule'],
      last: expect.any(Number) as unknown,
    };
    const ran = ((await (await fetch(schedules)).json()) as ScheduleListing).schedules;
    expect(ran).toEqual([entry]);
    const run = (body: object) =>
      fetch(schedules, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    expect(await (await run({ id })).json()).toEqual(entry);
    await until(() => logged('schedule').length === 2, 'the run by hand');
    const [again] = ((await (await fetch(schedules)).json()) as ScheduleListing).schedules;
    expect(again?.last).toBeGreaterThan(ran[0]?.last ?? Number.POSITIVE_INFINITY);

    const port = ['--port', String(ports.console)];
    const listed = await lambdaLantern(['schedules', ...port]);
    expect(listed).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(
        /^schedule\/default\/once  at\(2026-01-01T00:00:00\)  next never  last 20/,
      ) as unknown,
    });
    expect((await lambdaLantern(['schedules', ...port, '--run', id])).stdout).toContain(id);
    await until(() => logged('schedule').length === 3, 'the run by the command');
    const unknown = await lambdaLantern(['schedules', ...port, '--run', 'schedule/default/gone']);
    expect(unknown).toMatchObject({
      code: 1,
      output: expect.stringContaining(`There is: ${id}.`) as unknown,
    });
    const refused = await run({ id: 'schedule/default/gone' });
    expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining(id)]);
  });

  it('feeds a function from the stream of a table, in a trace of its own, and tells of what it gives up', async () => {
    const documents = DynamoDBDocumentClient.from(use(new DynamoDBClient(clientOptions(ports.tables))));
    await documents.send(new PutCommand({ TableName: 'shop', Item: { pk: 'a' } }));
    const [batch] = await until(() => logged('stream').length > 0 && logged('stream'), 'the stream');
    expect(batch?.event).toMatchObject({
      Records: [{ eventName: 'INSERT', dynamodb: { Keys: { pk: { S: 'a' } } } }],
    });
    expect(batch?.trace).toMatch(/^Root=1-/);
    await documents.send(new PutCommand({ TableName: 'shop', Item: { pk: 'b', poison: true } }));
    const sqs = use(new SQSClient(clientOptions(ports.messaging)));
    const [dead] = await receive(sqs, `http://127.0.0.1:${ports.messaging}/000000000000/dead`, 20);
    expect(JSON.parse(dead?.Body ?? '')).toMatchObject({
      requestContext: { condition: 'RetryAttemptsExhausted', approximateInvokeCount: 1 },
      DDBStreamBatchInfo: { batchSize: 1 },
    });
    await documents.send(new PutCommand({ TableName: 'shop', Item: { pk: 'c' } }));
    await until(() => JSON.stringify(logged('stream').at(-1)?.event).includes('"c"'), 'what comes after it');
  });

  it('tells functions, queues, topics and rules of what happens in a bucket, in its trace', async () => {
    const s3 = use(new S3Client(clientOptions(ports.buckets)));
    const sqs = use(new SQSClient(clientOptions(ports.messaging)));
    const root = '1-67891233-abcdef012345678912345679';
    const address = `http://127.0.0.1:${ports.buckets}/uploads`;
    const traced = { 'x-amzn-trace-id': `Root=${root};Parent=1234567890abcdef;Sampled=1` };
    await fetch(`${address}/in/a%20b.csv`, { method: 'PUT', body: 'a,b', headers: traced });
    const [upload] = await until(() => logged('upload').length === 1 && logged('upload'), 'the upload');
    expect(upload?.event).toMatchObject({
      Records: [
        {
          eventSource: 'aws:s3',
          eventName: 'ObjectCreated:Put',
          s3: { bucket: { name: 'uploads' }, object: { key: 'in/a+b.csv', size: 3 } },
        },
      ],
    });
    expect(upload?.trace).toContain(root);
    await hasFired('uploads-come');

    const Bucket = 'uploads';
    await s3.send(new PutObjectCommand({ Bucket, Key: 'bus/x', Body: 'x' }));
    await until(() => logged('upload').length === 2, 'the rule');
    expect(logged('upload').at(-1)?.event).toMatchObject({
      'detail-type': 'Object Created',
      detail: { bucket: { name: 'uploads' }, object: { key: 'bus/x', size: 1 } },
    });
    const url = `http://127.0.0.1:${ports.messaging}/000000000000/removed`;
    await fetch(`${address}/bus/x`, { method: 'DELETE', headers: traced });
    const [removed] = await receive(sqs, url);
    expect(removed?.Attributes?.AWSTraceHeader).toContain(root);
    expect(JSON.parse(removed?.Body ?? '')).toMatchObject({
      Records: [{ eventName: 'ObjectRemoved:Delete' }],
    });
    const Tagging = { TagSet: [{ Key: 'a', Value: 'b' }] };
    await s3.send(new PutObjectTaggingCommand({ Bucket, Key: 'in/a b.csv', Tagging }));
    const [tagged] = await receive(sqs, url);
    const envelope = JSON.parse(tagged?.Body ?? '') as Record<string, string>;
    expect(envelope.Subject).toBe('Amazon S3 Notification');
    expect(envelope.Message).toContain('ObjectTagging:Put');

    await s3.send(new PutObjectCommand({ Bucket, Key: 'in/x.poison', Body: 'x' }));
    const [dead] = await receive(sqs, url.replace('removed', 'dead-uploads'), 20);
    expect(JSON.parse(dead?.Body ?? '')).toMatchObject({
      requestContext: { condition: 'RetriesExhausted' },
      requestPayload: { Records: [{ s3: { object: { key: 'in/x.poison' } } }] },
    });
    await hasFired('uploads-fail');
  });

  it('counts what a destination does not take, and says it', async () => {
    await putEvents({ orderId: 'o-2', fail: true });
    await hasFired('undelivered');
    expect(lines.join('\n')).toContain('not-there did not take the record of an event of on-rule');
  });

  it('answers at the URL of a function', async () => {
    const before = logged('destination').length;
    const response = await fetch(`http://127.0.0.1:${ports.api(0)}/hello`);
    expect(response.status).toBe(200);
    await until(() => logged('destination').length === before + 1, 'the function');
    expect(logged('destination').at(-1)?.event).toMatchObject({ version: '2.0', rawPath: '/hello' });
    await hasFired('requested');
  });
});
