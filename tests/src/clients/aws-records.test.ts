import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  DescribeTableCommand,
  DynamoDBClient,
  paginateScan,
  TransactWriteItemsCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { FirehoseClient, PutRecordCommand } from '@aws-sdk/client-firehose';
import { KinesisClient, PutRecordCommand as PutKinesisRecordCommand } from '@aws-sdk/client-kinesis';
import { InvokeCommand, InvokeWithResponseStreamCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { CreateScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { PublishCommand, SNS, SNSClient } from '@aws-sdk/client-sns';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { SegmentDocument, Subsegment } from '../../../local/xray/document.ts';
import type { AwsEndpoint } from '../../helpers/aws-endpoint.ts';
import { startAwsEndpoint } from '../../helpers/aws-endpoint.ts';
import type { DocumentReceiver } from '../../helpers/document-receiver.ts';
import { sampledTrace } from '../../helpers/lambda.ts';
import { receiveFrom, RECORDERS } from '../../helpers/recorders.ts';
import type { Clients } from './pipeline.ts';
import { loadClients } from './pipeline.ts';

const region = 'eu-west-1';
const account = '000000000000';
function arn(service: string, resource: string) {
  return `arn:aws:${service}:${region}:${account}:${resource}`;
}

const item = { id: { S: 'o-1' } };

let aws: AwsEndpoint;
let daemon: DocumentReceiver;
let traced: Clients;
let config: {
  endpoint: string;
  region: string;
  maxAttempts: number;
  credentials: { accessKeyId: string; secretAccessKey: string };
};

describe.each(RECORDERS)('with the recorder %s', (recorder) => {
  beforeAll(async () => {
    aws = await startAwsEndpoint();
    daemon = await receiveFrom(recorder);
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    config = { endpoint: aws.url, region, credentials, maxAttempts: 1 };
    traced = await loadClients(recorder);
  });
  afterEach(() => {
    aws.clear();
    daemon.clear();
    delete process.env._X_AMZN_TRACE_ID;
    delete process.env.AWS_LAMBDA_FUNCTION_NAME;
  });
  afterAll(() => Promise.all([aws.stop(), daemon.stop()]));

  /** Runs calls in a sampled invocation, and returns their records in the order they ended in. */
  async function recordsOf(count: number, call: () => unknown): Promise<Subsegment[]> {
    const { header, traceId } = sampledTrace();
    process.env._X_AMZN_TRACE_ID = header;
    await traced.invoke(call);
    const own = (all: readonly SegmentDocument[]) => all.filter(({ trace_id }) => trace_id === traceId);
    const documents = own(await daemon.until((all) => own(all).length >= count + 1));
    return documents.filter(({ name }) => name !== '## handler') as Subsegment[];
  }

  /** Whatever the call ends in. */
  function settled(promise: Promise<unknown>): Promise<unknown> {
    return promise.catch(() => undefined);
  }

  describe('the record of a call to AWS', () => {
    it('has the name of the service and names the resource, never the data', async () => {
      const { observeClient } = traced;
      const dynamodb = observeClient(new DynamoDBClient(config));
      const sqs = observeClient(new SQSClient({ ...config, md5: false }));
      const sns = observeClient(new SNSClient(config));
      const lambda = observeClient(new LambdaClient(config));
      const events = observeClient(new EventBridgeClient(config));
      const sfn = observeClient(new SFNClient(config));
      const kinesis = observeClient(new KinesisClient({ ...config, endpoint: aws.http2Url }));
      const firehose = observeClient(new FirehoseClient(config));
      const scheduler = observeClient(new SchedulerClient(config));
      const QueueUrl = `${aws.url}/${account}/orders`;
      const stateMachineArn = arn('states', 'stateMachine:orders');
      const Data = Buffer.from('secret');
      const entry = { Source: 'shop', DetailType: 'placed', Detail: '{"name":"secret"}' };

      const records = await recordsOf(12, async () => {
        await dynamodb.send(
          new BatchGetItemCommand({ RequestItems: { orders: { Keys: [item] }, stock: { Keys: [item] } } }),
        );
        await dynamodb.send(
          new BatchWriteItemCommand({ RequestItems: { orders: [{ PutRequest: { Item: item } }] } }),
        );
        await dynamodb.send(
          new TransactWriteItemsCommand({
            TransactItems: [
              { Put: { TableName: 'orders', Item: item } },
              { Delete: { TableName: 'stock', Key: item } },
              { Put: { TableName: 'orders', Item: item } },
            ],
          }),
        );
        await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'secret' }));
        await settled(sns.send(new PublishCommand({ PhoneNumber: '+15550100', Message: 'secret' })));
        await lambda.send(new InvokeCommand({ FunctionName: 'fulfil', Payload: '"secret"' }));
        await events.send(new PutEventsCommand({ Entries: [{ ...entry, EventBusName: 'shop' }] }));
        await events.send(
          new PutEventsCommand({
            Entries: [
              { ...entry, EventBusName: 'a' },
              { ...entry, EventBusName: 'b' },
            ],
          }),
        );
        await sfn.send(new StartExecutionCommand({ stateMachineArn, input: '"secret"' }));
        await kinesis.send(
          new PutKinesisRecordCommand({ StreamName: 'orders', PartitionKey: 'secret', Data }),
        );
        await firehose.send(new PutRecordCommand({ DeliveryStreamName: 'archive', Record: { Data } }));
        await scheduler.send(
          new CreateScheduleCommand({
            Name: 'nightly',
            GroupName: 'jobs',
            ScheduleExpression: 'rate(1 day)',
            FlexibleTimeWindow: { Mode: 'OFF' },
            Target: { Arn: arn('lambda', 'function:x'), RoleArn: 'arn:aws:iam::000000000000:role/secret' },
          }),
        );
        kinesis.destroy();
      });

      const seen = records.map(({ name, namespace, aws: described = {} }) => {
        const { operation, region: where, request_id, retries, ...resource } = described;
        expect([namespace, where, retries]).toEqual(['aws', region, 0]);
        expect(request_id).toMatch(/^request-/);
        return [`${name} ${String(operation)}`, resource];
      });
      expect(Object.fromEntries(seen.slice(0, 7) as Array<[string, object]>)).toEqual({
        'DynamoDB BatchGetItem': { table_names: ['orders', 'stock'] },
        // OpenTelemetry has a list for one table, too.
        'DynamoDB BatchWriteItem':
          recorder === 'xray' ? { table_names: ['orders'] } : { table_name: 'orders' },
        'DynamoDB TransactWriteItems': { table_names: ['orders', 'stock'] },
        'SQS SendMessage': { queue_url: QueueUrl },
        'SNS Publish': {},
        'Lambda Invoke': { function_name: 'fulfil' },
        'EventBridge PutEvents': { event_bus_name: 'shop' },
      });
      expect(Object.fromEntries(seen.slice(7) as Array<[string, object]>)).toEqual({
        'EventBridge PutEvents': { event_bus_names: ['a', 'b'] },
        'SFN StartExecution': { state_machine_arn: stateMachineArn },
        'Kinesis PutRecord': { stream_name: 'orders' },
        'Firehose PutRecord': { delivery_stream_name: 'archive' },
        'Scheduler CreateSchedule': { schedule_name: 'nightly', schedule_group_name: 'jobs' },
      });
      const told = records.filter(({ name }) => name !== 'SNS').map((record) => JSON.stringify(record.aws));
      expect(told.join()).not.toMatch(/secret|o-1/);
      expect(JSON.stringify(records.find(({ name }) => name === 'SNS')?.aws)).not.toContain('5550100');
    });

    it('counts retries, and keeps the status of the last answer', async () => {
      const sqs = traced.observeClient(new SQSClient({ ...config, maxAttempts: 3, md5: false }));
      aws.answerWith({ status: 503 }, { status: 503 }, { status: 200, headers: { 'content-length': '2' } });
      const records = await recordsOf(3, () =>
        sqs.send(new SendMessageCommand({ QueueUrl: `${aws.url}/0/orders`, MessageBody: 'x' })),
      );
      // The attempts after the first end before the call.
      expect(records).toHaveLength(3);
      expect(records.at(-1)).toMatchObject({
        aws: { retries: 2 },
        http: { response: { status: 200, content_length: 2 } },
      });
    });

    it('tells whose failure it was', async () => {
      const dynamodb = traced.observeClient(new DynamoDBClient(config));
      aws.answerWith(
        { status: 400, body: '{"__type":"ThrottlingException"}' },
        { status: 400, body: '{"__type":"ValidationException"}' },
        { status: 500, body: '{}' },
      );
      const records = await recordsOf(3, async () => {
        const send = () => settled(dynamodb.send(new DescribeTableCommand({ TableName: 'orders' })));
        for (let call = 0; call < 3; call += 1) await send();
      });
      expect(records.map(({ throttle, error, fault }) => [throttle, error, fault])).toEqual([
        // OpenTelemetry has the status alone, and DynamoDB throttles with 400.
        [recorder === 'xray' ? true : undefined, true, undefined],
        [undefined, true, undefined],
        [undefined, undefined, true],
      ]);
    });

    it('is one for each call, and each client keeps working, when a client is observed twice', async () => {
      const { observeClient } = traced;
      const sns = observeClient(observeClient(new SNS(config)), { payload: false });
      aws.answerWith({ status: 200, headers: { 'content-type': 'text/xml' }, body: '<R/>' });
      const [record, ...others] = await recordsOf(1, () =>
        sns.publish({ TopicArn: arn('sns', 'placed'), Message: 'x' }),
      );
      expect(record?.name).toBe('SNS');
      expect(others).toEqual([]);
      expect(
        new URLSearchParams(aws.last().body.toString()).getAll('MessageAttributes.entry.1.Name'),
      ).toEqual(['x-correlation-id']);
    });

    it('is one for each call of a document client, observed itself, or made from an observed client', async () => {
      const { observeClient } = traced;
      const inner = observeClient(new DynamoDBClient(config));
      const documents = [
        observeClient(DynamoDBDocumentClient.from(inner)),
        observeClient(DynamoDBDocumentClient.from(new DynamoDBClient(config))),
      ];
      for (const client of documents) {
        const records = await recordsOf(1, () =>
          client.send(new GetCommand({ TableName: 'orders', Key: { id: 'o-1' } })),
        );
        expect(records.map(({ name, aws: described }) => [name, described?.table_name])).toEqual([
          ['DynamoDB', 'orders'],
        ]);
        daemon.clear();
      }
    });

    it('is one for each page of a paginator, and for each try of a waiter', async () => {
      const dynamodb = traced.observeClient(new DynamoDBClient(config));
      aws.answerWith({ status: 200, body: '{"Items":[],"LastEvaluatedKey":{"id":{"S":"a"}}}' });
      const pages = await recordsOf(2, async () => {
        let count = 0;
        for await (const page of paginateScan({ client: dynamodb }, { TableName: 'orders' }))
          count += page.Items?.length ?? 1;
        return count;
      });
      expect(pages.map(({ aws: described }) => described?.operation)).toEqual(['Scan', 'Scan']);
      daemon.clear();
      aws.answerWith(
        { status: 200, body: '{"Table":{"TableStatus":"CREATING"}}' },
        { status: 200, body: '{"Table":{"TableStatus":"ACTIVE"}}' },
      );
      const tries = await recordsOf(2, () =>
        waitUntilTableExists(
          { client: dynamodb, minDelay: 1, maxDelay: 1, maxWaitTime: 10 },
          { TableName: 'orders' },
        ),
      );
      expect(tries.map(({ aws: described }) => described?.operation)).toEqual([
        'DescribeTable',
        'DescribeTable',
      ]);
    });

    it('ends when the caller aborts the call, or it times out, and the caller gets that error', async () => {
      const sqs = traced.observeClient(
        new SQSClient({ ...config, requestHandler: { requestTimeout: 200, throwOnRequestTimeout: true } }),
      );
      const send = (options?: object) =>
        sqs.send(new SendMessageCommand({ QueueUrl: `${aws.url}/0/orders`, MessageBody: 'x' }), options);
      aws.answerWith('hang', 'hang');
      const records = await recordsOf(2, async () => {
        const controller = new AbortController();
        const call = send({ abortSignal: controller.signal });
        await expect.poll(() => aws.requests.length).toBe(1);
        controller.abort();
        await expect(call).rejects.toMatchObject({ name: 'AbortError' });
        await expect(send()).rejects.toMatchObject({ name: 'TimeoutError' });
      });
      expect(records.map(({ cause }) => typeof cause === 'object' && cause.exceptions?.[0]?.type)).toEqual([
        'AbortError',
        'TimeoutError',
      ]);
    });

    it('ends when the headers of a streamed answer are there, and leaves the stream to the caller', async () => {
      const lambda = traced.observeClient(new LambdaClient(config));
      aws.answerWith({
        status: 200,
        headers: { 'content-type': 'application/vnd.amazon.eventstream' },
        body: ' ',
      });
      const [record] = await recordsOf(1, async () => {
        const { EventStream } = await lambda.send(
          new InvokeWithResponseStreamCommand({ FunctionName: 'fulfil' }),
        );
        expect(EventStream?.[Symbol.asyncIterator]).toBeTypeOf('function');
      });
      expect(record).toMatchObject({
        aws: { operation: 'InvokeWithResponseStream' },
        http: { response: { status: 200 } },
      });
    });

    it('is not made for a presigned URL: nobody is called', async () => {
      const dynamodb = traced.observeClient(new DynamoDBClient(config));
      const command = new DescribeTableCommand({ TableName: 'orders' });
      process.env._X_AMZN_TRACE_ID = sampledTrace().header;
      const presigned = await traced.invoke(async () => {
        // What getSignedUrl of @aws-sdk/s3-request-presigner does.
        const stack = dynamodb.middlewareStack.clone();
        stack.addRelativeTo(
          () => () => Promise.resolve({ response: {}, output: { $metadata: {}, presigned: 'url' } } as never),
          {
            name: 'presignInterceptMiddleware',
            relation: 'before',
            toMiddleware: 'awsAuthMiddleware',
          },
        );
        const handler = command.resolveMiddleware(stack, dynamodb.config, {});
        return (await handler({ input: command.input })).output;
      });
      expect(presigned).toMatchObject({ presigned: 'url' });
      await daemon.until((all) => all.length === 1);
      expect((await daemon.settled()).map(({ name }) => name)).toEqual(['## handler']);
      expect(aws.requests).toEqual([]);
    });
  });

  describe('the trace header of a call to AWS', () => {
    const queue = () => ({ QueueUrl: `${aws.url}/0/orders`, MessageBody: 'x' });

    it('continues the trace below the call, with the fields it does not know', async () => {
      const sqs = traced.observeClient(new SQSClient({ ...config, md5: false }));
      const [record] = await recordsOf(1, () => sqs.send(new SendMessageCommand(queue())));
      const incoming = process.env._X_AMZN_TRACE_ID ?? '';
      expect(aws.last().headers['x-amzn-trace-id']).toBe(
        incoming.replace(/Parent=[^;]+/, `Parent=${record?.id ?? ''}`),
      );
    });

    it('is the one that a middleware of the caller set', async () => {
      const client = new SQSClient({ ...config, md5: false });
      const sqs = traced.observeClient(client);
      client.middlewareStack.add(
        (next) => (args) => {
          Object.assign((args.request as { headers: object }).headers, { 'x-amzn-trace-id': 'Root=mine' });
          return next(args);
        },
        { step: 'build', priority: 'low' },
      );
      client.middlewareStack.add(
        (next) => (args) => {
          Object.assign((args.request as { headers: object }).headers, { 'x-amzn-trace-id': 'Root=mine' });
          return next(args);
        },
        { step: 'build' },
      );
      await recordsOf(1, () => sqs.send(new SendMessageCommand(queue())));
      expect(aws.last().headers['x-amzn-trace-id']).toBe('Root=mine');
    });

    it.each([
      ['unsampled', recorder],
      ['off', 'none'],
    ] as const)('goes on as it came while tracing is %s', async (_state, loaded) => {
      const { observeClient, invoke } = await loadClients(loaded);
      process.env.AWS_LAMBDA_FUNCTION_NAME = 'fulfil';
      const header = sampledTrace().header.replace('Sampled=1', `Sampled=${loaded === 'none' ? 1 : 0}`);
      process.env._X_AMZN_TRACE_ID = header;
      const sqs = observeClient(new SQSClient({ ...config, md5: false }));
      await invoke(() => sqs.send(new SendMessageCommand(queue())));
      expect(aws.last().headers['x-amzn-trace-id']).toBe(header);
      expect(await daemon.settled()).toEqual([]);
    });
  });
});
