import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { FirehoseClient, PutRecordCommand } from '@aws-sdk/client-firehose';
import { InvokeAsyncCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { CreateScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { withCorrelationMember } from '../../../src/clients/inject/json-member.ts';
import type { AwsEndpoint } from '../../helpers/aws-endpoint.ts';
import { startAwsEndpoint } from '../../helpers/aws-endpoint.ts';
import { captureLogs } from '../../helpers/captured-logs.ts';
import type { DocumentReceiver } from '../../helpers/document-receiver.ts';
import { fc } from '../../helpers/fast-check.ts';
import { sampledTrace } from '../../helpers/lambda.ts';
import { receiveFrom, RECORDERS } from '../../helpers/recorders.ts';
import type { Clients } from './pipeline.ts';
import { loadClients } from './pipeline.ts';

/** Of every invocation of the tests. */
const ID = 'order-1';
const MEMBER = '"x-correlation-id":"order-1"';
const FunctionName = 'fulfil';
const stateMachineArn = 'arn:aws:states:eu-west-1:000000000000:stateMachine:orders';

let aws: AwsEndpoint;
let daemon: DocumentReceiver | undefined;
let observeClient: Clients['observeClient'];
let correlated: Clients['invoke'];
let config: {
  endpoint: string;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
};

function sentJson(): Record<string, unknown> {
  return JSON.parse(aws.last().body.toString('utf8')) as Record<string, unknown>;
}

/** Sends one event, and returns its detail as it was sent. */
async function sendDetail(Detail: string, client = observeClient(new EventBridgeClient(config))) {
  await correlated(() =>
    client.send(new PutEventsCommand({ Entries: [{ Source: 'shop', DetailType: 'placed', Detail }] })),
  );
  return (sentJson().Entries as Array<{ Detail: string }>)[0]?.Detail;
}

/** The warnings that are logged while `fn` runs. */
async function warnings(fn: () => Promise<unknown>): Promise<unknown[]> {
  const logs = captureLogs();
  try {
    await fn();
  } finally {
    logs.restore();
  }
  return logs.restore().map(({ message }) => message);
}

describe.each(['none', ...RECORDERS] as const)('with the recorder %s', (recorder) => {
  beforeAll(async () => {
    if (recorder !== 'none') daemon = await receiveFrom(recorder);
    ({ observeClient, invoke: correlated } = await loadClients(recorder));
    // From then on a line is written at once.
    await (await import('../../../src/telemetry/process-logger.ts')).loadLogger();
    process.env._X_AMZN_TRACE_ID = sampledTrace().header;
    aws = await startAwsEndpoint();
    config = {
      endpoint: aws.url,
      region: 'eu-west-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    };
  });
  afterEach(() => aws.clear());
  afterAll(async () => {
    await Promise.all([aws.stop(), daemon?.stop()]);
    daemon = undefined;
    delete process.env._X_AMZN_TRACE_ID;
  });

  describe('a payload that carries the correlation id', () => {
    it('keeps every byte around it', async () => {
      const detail = '\n { "z": 12345678901234567890, "2": 1.0, "1": "\\u00e9", "z": null } ';
      expect(await sendDetail(detail)).toBe(`\n {${MEMBER},${detail.slice(3)}`);
      expect(await sendDetail('{}')).toBe(`{${MEMBER}}`);
    });

    it.each(['[1]', '"text"', '17', 'null', 'no json', '{"broken":', '{"a":1}{"b":2}', ' '])(
      'is sent as it is when it is no JSON object: %s',
      async (detail) => {
        expect(await sendDetail(detail)).toBe(detail);
      },
    );

    it('keeps the member that the caller put there', async () => {
      const detail = '{"X-Correlation-Id":"mine"}';
      expect(await sendDetail(detail)).toBe(detail);
    });

    it('is left alone with payload: false, while attributes and client contexts still carry the id', async () => {
      const events = observeClient(new EventBridgeClient(config), { payload: false });
      expect(await sendDetail('{}', events)).toBe('{}');
      const lambda = observeClient(new LambdaClient(config), { payload: false });
      await correlated(() => lambda.send(new InvokeCommand({ FunctionName })));
      expect(aws.last().headers['x-amz-client-context']).toBeDefined();
    });

    it('has the type and the bytes of the one before, whatever those are', () => {
      fc.assert(
        fc.property(
          fc.oneof(
            fc.uint8Array(),
            fc.json().map((json) => new TextEncoder().encode(json)),
          ),
          (data) => {
            const carrying = withCorrelationMember(data, ID);
            if (!(carrying instanceof Uint8Array)) throw new Error('expected bytes');
            const text = Buffer.from(carrying).toString('latin1');
            const before = Buffer.from(data).toString('latin1');
            expect(text.replace(new RegExp(`${MEMBER},?`), '')).toBe(before);
          },
        ),
      );
    });

    it('is binary where it was binary: a byte order mark and broken UTF-8 are no JSON', async () => {
      const firehose = observeClient(new FirehoseClient(config));
      for (const Data of [Buffer.from([0xef, 0xbb, 0xbf, 0x7b, 0x7d]), Buffer.from([0x7b, 0xff, 0x7d])]) {
        await correlated(() =>
          firehose.send(new PutRecordCommand({ DeliveryStreamName: 'orders', Record: { Data } })),
        );
        expect((sentJson().Record as { Data: string }).Data).toBe(Data.toString('base64'));
      }
    });

    it('never is the object that the caller passed in', async () => {
      const freeze = <T extends object>(value: T): T => {
        for (const each of Object.values(value)) {
          if (typeof each === 'object' && each !== null && !ArrayBuffer.isView(each)) freeze(each as object);
        }
        return Object.freeze(value);
      };
      const input = freeze({ Entries: [{ Source: 'shop', DetailType: 'placed', Detail: '{"a":1}' }] });
      const client = observeClient(new EventBridgeClient(config));
      const command = new PutEventsCommand(input);
      await correlated(() => client.send(command));
      await correlated(() => client.send(command));
      expect(sentJson().Entries).toMatchObject([{ Detail: `{${MEMBER},"a":1}` }]);
      expect(input.Entries[0]?.Detail).toBe('{"a":1}');
    });
  });

  describe('a message without room for the correlation id', () => {
    it('is sent without it when it would cross a size limit, with one warning', async () => {
      const client = observeClient(new EventBridgeClient(config));
      const full = JSON.stringify({ text: 'x'.repeat(256 * 1024 - 40) });
      let sent: string | undefined;
      const logged = await warnings(async () => {
        sent = await sendDetail(full, client);
        await sendDetail(full, client);
      });
      expect(sent).toBe(full);
      expect(logged).toEqual([
        'EventBridge PutEvents: a message would grow beyond its size limit; it is sent without its correlation id',
      ]);
    });

    it('carries it when it is beyond a limit already, so that the service must allow more', async () => {
      const detail = JSON.stringify({ text: 'x'.repeat(300 * 1024) });
      expect(await sendDetail(detail)).toBe(`{${MEMBER},${detail.slice(1)}`);
    });

    it('leaves the rest of its batch alone: those that fit carry the id', async () => {
      const sqs = observeClient(new SQSClient({ ...config, md5: false }));
      const each = 'x'.repeat(128 * 1024 - 20);
      const logged = await warnings(() =>
        correlated(() =>
          sqs.send(
            new SendMessageBatchCommand({
              QueueUrl: `${aws.url}/000000000000/orders`,
              Entries: [
                { Id: '1', MessageBody: each },
                { Id: '2', MessageBody: each },
              ],
            }),
          ),
        ),
      );
      const entries = sentJson().Entries as Array<{ MessageAttributes?: object }>;
      expect(entries.map(({ MessageAttributes }) => MessageAttributes !== undefined)).toEqual([true, false]);
      expect(logged).toEqual([
        'SQS SendMessageBatch: a message would grow beyond its size limit; it is sent without its correlation id',
      ]);
    });
  });

  describe('a Lambda invocation', () => {
    const contextOf = (): unknown =>
      JSON.parse(Buffer.from(String(aws.last().headers['x-amz-client-context']), 'base64').toString('utf8'));

    it('keeps the client context of the caller beside the id', async () => {
      const lambda = observeClient(new LambdaClient(config));
      const ClientContext = Buffer.from('{"client":{"app":"a"},"custom":{"tenant":"é"}}').toString('base64');
      await correlated(() =>
        lambda.send(new InvokeCommand({ FunctionName, ClientContext, Payload: '{"a":1}' })),
      );
      expect(contextOf()).toEqual({ client: { app: 'a' }, custom: { tenant: 'é', 'x-correlation-id': ID } });
      expect(aws.last().body.toString()).toBe('{"a":1}');
    });

    it.each([
      'bm8ganNvbg==',
      Buffer.from('[1]').toString('base64'),
      Buffer.from('{"custom":"x"}').toString('base64'),
    ])('keeps a client context that is none as it is: %s', async (ClientContext) => {
      const lambda = observeClient(new LambdaClient(config));
      await correlated(() => lambda.send(new InvokeCommand({ FunctionName, ClientContext })));
      expect(aws.last().headers['x-amz-client-context']).toBe(ClientContext);
    });

    it('keeps a client context that would grow beyond 3,583 bytes, and warns', async () => {
      const lambda = observeClient(new LambdaClient(config));
      const ClientContext = Buffer.from(JSON.stringify({ custom: { a: 'x'.repeat(2640) } })).toString(
        'base64',
      );
      expect(ClientContext.length).toBeLessThanOrEqual(3583);
      const logged = await warnings(() =>
        correlated(() => lambda.send(new InvokeCommand({ FunctionName, ClientContext }))),
      );
      expect(aws.last().headers['x-amz-client-context']).toBe(ClientContext);
      expect(logged).toEqual([
        expect.stringContaining('Lambda Invoke: a message would grow beyond') as string,
      ]);
    });

    it('carries the id in the payload when it is asynchronous, by either command', async () => {
      const lambda = observeClient(new LambdaClient(config));
      await correlated(() =>
        lambda.send(new InvokeCommand({ FunctionName, InvocationType: 'Event', Payload: '{"a":1}' })),
      );
      expect(aws.last().body.toString()).toBe(`{${MEMBER},"a":1}`);
      expect(aws.last().headers).not.toHaveProperty('x-amz-client-context');
      // eslint-disable-next-line @typescript-eslint/no-deprecated -- Lambda still takes it
      await correlated(() => lambda.send(new InvokeAsyncCommand({ FunctionName, InvokeArgs: '{"a":1}' })));
      expect(aws.last().body.toString()).toBe(`{${MEMBER},"a":1}`);
    });

    it('is left alone when it only asks whether it would be allowed', async () => {
      const lambda = observeClient(new LambdaClient(config));
      await correlated(() =>
        lambda.send(new InvokeCommand({ FunctionName, InvocationType: 'DryRun', Payload: '{}' })),
      );
      expect(aws.last().body.toString()).toBe('{}');
      expect(aws.last().headers).not.toHaveProperty('x-amz-client-context');
    });
  });

  describe('a request that another id would change', () => {
    it('is sent without it: an execution with a name must be the same when it is started again', async () => {
      const sfn = observeClient(new SFNClient(config));
      const logged = await warnings(() =>
        correlated(() => sfn.send(new StartExecutionCommand({ stateMachineArn, name: 'o-1', input: '{}' }))),
      );
      expect(sentJson().input).toBe('{}');
      expect(logged).toEqual([
        expect.stringMatching(/^SFN StartExecution: .* sent without its correlation id$/),
      ]);
    });

    it('is sent as it is: the input of a schedule that calls an API holds its parameters', async () => {
      const scheduler = observeClient(new SchedulerClient(config));
      const target = (Arn: string) => ({
        Arn,
        RoleArn: 'arn:aws:iam::000000000000:role/r',
        Input: '{"a":1}',
      });
      const inputFor = async (Arn: string, ClientToken?: string): Promise<unknown> => {
        await correlated(() =>
          scheduler.send(
            new CreateScheduleCommand({
              Name: 'nightly',
              ScheduleExpression: 'rate(1 day)',
              FlexibleTimeWindow: { Mode: 'OFF' },
              Target: target(Arn),
              ClientToken,
            }),
          ),
        );
        return (sentJson().Target as { Input: string }).Input;
      };
      const functionArn = 'arn:aws:lambda:eu-west-1:000000000000:function:fulfil';
      expect(await inputFor('arn:aws:scheduler:::aws-sdk:sqs:sendMessage')).toBe('{"a":1}');
      expect(await inputFor('arn:aws:ecs:eu-west-1:000000000000:cluster/jobs')).toBe('{"a":1}');
      expect(await inputFor(functionArn)).toBe(`{${MEMBER},"a":1}`);
      expect(await inputFor(functionArn, 'token')).toBe('{"a":1}');
    });
  });

  describe('observeClient', () => {
    it.each([[undefined], [null], [{}], [{ middlewareStack: {} }], ['sqs']])(
      'refuses what is no client of AWS SDK v3, and says what is expected: %j',
      (client) => {
        expect(() => observeClient(client as never)).toThrow(
          /observeClient\(\) takes a client of AWS SDK v3/,
        );
      },
    );

    it('refuses options that do not exist or have the wrong type, and says what there is', () => {
      const client = new SQSClient(config);
      expect(() => observeClient(client, { paylod: false } as object)).toThrow(
        'observeClient() has no option "paylod"; it has payload',
      );
      expect(() => observeClient(client, { correlation: false } as object)).toThrow('it has payload');
      expect(() => observeClient(client, { payload: 'no' } as object)).toThrow(
        'takes true or false, but got "no"',
      );
    });

    it('adds nothing outside of an invocation', async () => {
      const client = observeClient(new EventBridgeClient(config));
      await client.send(
        new PutEventsCommand({ Entries: [{ Source: 'shop', DetailType: 'placed', Detail: '{}' }] }),
      );
      expect(sentJson().Entries).toMatchObject([{ Detail: '{}' }]);
    });
  });
});
