import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { FirehoseClient, PutRecordBatchCommand, PutRecordCommand } from '@aws-sdk/client-firehose';
import {
  KinesisClient,
  PutRecordCommand as PutKinesisRecordCommand,
  PutRecordsCommand,
} from '@aws-sdk/client-kinesis';
import {
  InvokeAsyncCommand,
  InvokeCommand,
  InvokeWithResponseStreamCommand,
  LambdaClient,
} from '@aws-sdk/client-lambda';
import {
  CreateScheduleCommand,
  FlexibleTimeWindowMode,
  SchedulerClient,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler';
import { SFNClient, StartExecutionCommand, StartSyncExecutionCommand } from '@aws-sdk/client-sfn';
import { PublishBatchCommand, PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import {
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MessagingServer } from '../../../local/messaging/messaging-server.ts';
import type { QueueMessage } from '../../../local/messaging/queue-client.ts';
import { sqsEvent, sqsRecord } from '../../../local/messaging/sqs-event.ts';
import { injections } from '../../../src/clients/injections.ts';
import { extractCorrelation } from '../../../src/propagation/extract-correlation.ts';
import type { AwsEndpoint, WireRequest } from '../../helpers/aws-endpoint.ts';
import { startAwsEndpoint } from '../../helpers/aws-endpoint.ts';
import type { Delivery } from '../../helpers/deliver.ts';
import {
  deliverDeliveryStream,
  deliverExecution,
  deliverInvoke,
  deliverPutEvents,
  deliverPutRecords,
  deliverSchedule,
} from '../../helpers/deliver.ts';
import { lambdaContext, sampledTrace } from '../../helpers/lambda.ts';
import { fc, runs } from '../../helpers/fast-check.ts';
import type { DocumentReceiver } from '../../helpers/document-receiver.ts';
import { receiveFrom, RECORDERS } from '../../helpers/recorders.ts';
import type { Clients } from './pipeline.ts';
import { documentsOfCalls, loadClients } from './pipeline.ts';

const region = 'eu-west-1';
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
const accountId = '000000000000';
const queueArn = `arn:aws:sqs:${region}:${accountId}:orders`;
const topicArn = `arn:aws:sns:${region}:${accountId}:placed`;
const functionArn = `arn:aws:lambda:${region}:${accountId}:function:fulfil`;
const RUNS = runs(12);

/** Every character an id may have, in every length. */
const ids = fc.stringMatching(/^[A-Za-z0-9._:/+=@-]{1,128}$/);
/** Payloads of callers: JSON objects that hold anything but our key. */
const payloads = fc
  .dictionary(fc.string(), fc.jsonValue())
  .filter((payload) => Object.keys(payload).every((key) => key.toLowerCase() !== 'x-correlation-id'))
  .map((payload) => JSON.stringify(payload));

let aws: AwsEndpoint;
let daemon: DocumentReceiver | undefined;
let lantern: Clients;
let clients: {
  eventBridge: EventBridgeClient;
  lambda: LambdaClient;
  sfn: SFNClient;
  kinesis: KinesisClient;
  firehose: FirehoseClient;
  scheduler: SchedulerClient;
};

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function schedule(Input: string) {
  return {
    Name: 'nightly',
    ScheduleExpression: 'rate(1 day)',
    FlexibleTimeWindow: { Mode: FlexibleTimeWindowMode.OFF },
    Target: { Arn: functionArn, RoleArn: `arn:aws:iam::${accountId}:role/scheduler`, Input },
  };
}

const FunctionName = 'fulfil';
const stateMachineArn = `arn:aws:states:${region}:${accountId}:stateMachine:orders`;
const event = { Source: 'shop', DetailType: 'placed' };

/** One row for each command that goes to the stand-in: what sends a payload, and what the function then gets. */
const commands: ReadonlyArray<
  readonly [
    name: string,
    send: (payload: string) => Promise<unknown>,
    deliver: (request: WireRequest) => Delivery[],
  ]
> = [
  [
    'EventBridge PutEvents',
    (Detail) =>
      clients.eventBridge.send(
        new PutEventsCommand({
          Entries: [
            { ...event, Detail },
            { ...event, Detail },
          ],
        }),
      ),
    deliverPutEvents,
  ],
  [
    'Lambda Invoke, synchronous',
    (payload) => clients.lambda.send(new InvokeCommand({ FunctionName, Payload: bytes(payload) })),
    deliverInvoke,
  ],
  [
    'Lambda Invoke, asynchronous',
    (payload) =>
      clients.lambda.send(
        new InvokeCommand({ FunctionName, InvocationType: 'Event', Payload: bytes(payload) }),
      ),
    deliverInvoke,
  ],
  [
    'Lambda InvokeAsync',
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- Lambda still takes it
    (payload) => clients.lambda.send(new InvokeAsyncCommand({ FunctionName, InvokeArgs: payload })),
    deliverInvoke,
  ],
  [
    'Lambda InvokeWithResponseStream',
    (payload) =>
      clients.lambda.send(new InvokeWithResponseStreamCommand({ FunctionName, Payload: bytes(payload) })),
    deliverInvoke,
  ],
  [
    'SFN StartExecution',
    (input) => clients.sfn.send(new StartExecutionCommand({ stateMachineArn, input })),
    deliverExecution,
  ],
  [
    'SFN StartSyncExecution',
    (input) => clients.sfn.send(new StartSyncExecutionCommand({ stateMachineArn, input })),
    deliverExecution,
  ],
  [
    'Kinesis PutRecord',
    (payload) =>
      clients.kinesis.send(
        new PutKinesisRecordCommand({ StreamName: 'orders', PartitionKey: 'a', Data: bytes(payload) }),
      ),
    deliverPutRecords,
  ],
  [
    'Kinesis PutRecords',
    (payload) => {
      const record = { PartitionKey: 'a', Data: bytes(payload) };
      return clients.kinesis.send(new PutRecordsCommand({ StreamName: 'orders', Records: [record, record] }));
    },
    deliverPutRecords,
  ],
  [
    'Firehose PutRecord',
    (payload) =>
      clients.firehose.send(
        new PutRecordCommand({ DeliveryStreamName: 'orders', Record: { Data: bytes(payload) } }),
      ),
    deliverDeliveryStream,
  ],
  [
    'Firehose PutRecordBatch',
    (payload) =>
      clients.firehose.send(
        new PutRecordBatchCommand({
          DeliveryStreamName: 'orders',
          Records: [{ Data: bytes(payload) }, { Data: bytes(`${payload}\n`) }],
        }),
      ),
    deliverDeliveryStream,
  ],
  [
    'Scheduler CreateSchedule',
    (Input) => clients.scheduler.send(new CreateScheduleCommand(schedule(Input))),
    deliverSchedule,
  ],
  [
    'Scheduler UpdateSchedule',
    (Input) => clients.scheduler.send(new UpdateScheduleCommand(schedule(Input))),
    deliverSchedule,
  ],
];

function carried({ event: delivered, context }: Delivery): string[] {
  const { correlationId, records } = extractCorrelation(delivered, lambdaContext(context as object));
  return records === undefined ? [correlationId] : records.map((record) => record.correlationId);
}

describe.each(['none', ...RECORDERS] as const)('with the recorder %s', (recorder) => {
  beforeAll(async () => {
    if (recorder !== 'none') daemon = await receiveFrom(recorder);
    lantern = await loadClients(recorder);
    const { observeClient } = lantern;
    process.env._X_AMZN_TRACE_ID = sampledTrace().header;
    aws = await startAwsEndpoint();
    // Without the prefix that StartSyncExecution puts before the host name.
    const config = { endpoint: aws.url, region, credentials, disableHostPrefix: true };
    clients = {
      eventBridge: observeClient(new EventBridgeClient(config)),
      lambda: observeClient(new LambdaClient(config)),
      sfn: observeClient(new SFNClient(config)),
      kinesis: observeClient(new KinesisClient({ ...config, endpoint: aws.http2Url })),
      firehose: observeClient(new FirehoseClient(config)),
      scheduler: observeClient(new SchedulerClient(config)),
    };
  });
  afterAll(async () => {
    for (const client of Object.values(clients)) client.destroy();
    await Promise.all([aws.stop(), daemon?.stop()]);
    daemon = undefined;
    delete process.env._X_AMZN_TRACE_ID;
  });

  describe('an id that is sent with one client and delivered as AWS would deliver it', () => {
    it.each(commands)('is the same after %s', async (_name, send, deliver) => {
      await fc.assert(
        fc.asyncProperty(ids, payloads, async (correlationId, payload) => {
          aws.clear();
          await lantern.invoke(() => send(payload), correlationId);
          const deliveries = deliver(aws.last());
          expect(deliveries.length).toBeGreaterThan(0);
          for (const delivery of deliveries) {
            expect(new Set(carried(delivery))).toEqual(new Set([correlationId]));
          }
        }),
        RUNS,
      );
    });

    it('is the same after SQS SendMessage and SendMessageBatch, and SNS Publish and PublishBatch', async () => {
      const invoked: unknown[] = [];
      const messaging = new MessagingServer({
        queues: [{ name: 'orders', arn: queueArn, attributes: {} }],
        topics: [{ name: 'placed', arn: topicArn, attributes: {} }],
        subscriptions: [
          { topicArn, protocol: 'sqs', endpoint: queueArn, attributes: {} },
          { topicArn, protocol: 'lambda', endpoint: functionArn, attributes: {} },
        ],
        region,
        accountId,
        port: 0,
        invoke: ({ payload }) => {
          invoked.push(JSON.parse(payload));
          return Promise.resolve({ requestId: '1', payload: '', traceId: '' });
        },
        onError: () => undefined,
      });
      const { url: endpoint } = await messaging.start();
      const { observeClient } = lantern;
      const sqs = observeClient(new SQSClient({ endpoint, region, credentials }));
      const sns = observeClient(new SNSClient({ endpoint, region, credentials }));
      const QueueUrl = `${endpoint}/${accountId}/orders`;
      try {
        await fc.assert(
          fc.asyncProperty(ids, async (correlationId) => {
            invoked.length = 0;
            await lantern.invoke(async () => {
              await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'one' }));
              await sqs.send(
                new SendMessageBatchCommand({ QueueUrl, Entries: [{ Id: '1', MessageBody: 'two' }] }),
              );
              await sns.send(new PublishCommand({ TopicArn: topicArn, Message: 'three' }));
              await sns.send(
                new PublishBatchCommand({
                  TopicArn: topicArn,
                  PublishBatchRequestEntries: [{ Id: '1', Message: 'four' }],
                }),
              );
            }, correlationId);
            const found: string[] = [];
            while (found.length < 4) {
              const { Messages = [] } = await sqs.send(
                new ReceiveMessageCommand({
                  QueueUrl,
                  MaxNumberOfMessages: 10,
                  WaitTimeSeconds: 5,
                  MessageAttributeNames: ['All'],
                  MessageSystemAttributeNames: ['All'],
                }),
              );
              if (Messages.length === 0) break;
              const records = Messages.map((message) =>
                sqsRecord(message as QueueMessage, { queueArn, region }),
              );
              found.push(...carried({ event: JSON.parse(sqsEvent(records)) as unknown }));
            }
            expect(found).toEqual(Array.from({ length: 4 }, () => correlationId));
            await expect.poll(() => invoked.length).toBe(2);
            expect(invoked.flatMap((delivered) => carried({ event: delivered }))).toEqual([
              correlationId,
              correlationId,
            ]);
          }),
          runs(3),
        );
      } finally {
        sqs.destroy();
        sns.destroy();
        await messaging.stop();
      }
    });

    it('is carried by calls that are recorded, where something records', async () => {
      const send = () => commands[0]?.[1]('{}');
      const recorded = daemon && (await documentsOfCalls(lantern, daemon, 1, send));
      expect(recorded?.map(({ name }) => name)).toEqual(
        recorder === 'none' ? undefined : ['EventBridge', '## handler'],
      );
    });

    it('is proven for every command that carries one', () => {
      const proven = [
        ...commands.map(([name]) => name.split(',')[0]),
        'SQS SendMessage',
        'SQS SendMessageBatch',
        'SNS Publish',
        'SNS PublishBatch',
      ];
      expect(new Set(proven)).toEqual(
        new Set(injections.map(({ client, command }) => `${client} ${command}`)),
      );
    });
  });
});
