import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GetQueueAttributesCommand, SendMessageBatchCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, describe, expect, it } from 'vitest';
import { ThrottledError, UnknownFunctionError } from '../../../local/lambda/invocation.ts';
import type { InvokeRequest } from '../../../local/lambda/invocation.ts';
import { QueuePoller } from '../../../local/messaging/queue-poller.ts';
import type { Measurement } from '../../../local/cloudwatch/metrics/metric.ts';
import type { ProcessedBatch, QueuePollerOptions } from '../../../local/messaging/queue-poller.ts';
import type { EventSourceMappingDefinition, QueueDefinition } from '../../../local/template/service.ts';
import { until } from '../../helpers/until.ts';
import {
  queue,
  queueArn,
  receive,
  recorder,
  redrive,
  region,
  startMessaging,
  succeeded,
  threw,
} from './messaging-fixture.ts';

const headers = [
  'Root=1-67891233-abcdef012345678912345678;Sampled=1',
  'Root=1-67891234-abcdef012345678912345678',
];

interface EventRecord {
  readonly messageId: string;
  readonly body: string;
}

function recordsOf({ payload }: InvokeRequest) {
  return (JSON.parse(payload) as { Records: EventRecord[] }).Records;
}

function bodiesOf(request: InvokeRequest) {
  return recordsOf(request).map(({ body }) => body);
}

const running: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const part of running.splice(0).reverse()) await part.stop();
});

type PollerOptions = Pick<QueuePollerOptions, 'invoke'> & Partial<QueuePollerOptions>;

async function startQueues(...queues: QueueDefinition[]) {
  const messaging = await startMessaging({ queues });
  running.push(messaging);
  const [{ name }] = queues as [QueueDefinition];
  const sqs = messaging.sqs();
  const queueUrl = messaging.queueUrl(name);
  return {
    sqs,
    queueUrl,
    deadUrl: messaging.queueUrl('dead'),
    send: async (...bodies: string[]) => {
      const Entries = bodies.map((MessageBody, index) => ({ Id: String(index), MessageBody }));
      const { Failed } = await sqs.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
      expect(Failed ?? []).toEqual([]);
    },
    poll: (options: PollerOptions, mapping: Partial<EventSourceMappingDefinition> = {}) => {
      const errors: string[] = [];
      const batches: ProcessedBatch[] = [];
      const poller = new QueuePoller({
        mapping: {
          uuid: 'mapping-1',
          queueArn: queueArn(name),
          functionName: 'shop-ship',
          enabled: true,
          batchSize: 10,
          maximumBatchingWindow: 0,
          reportBatchItemFailures: false,
          ...mapping,
        },
        endpoint: messaging.url,
        region,
        onError: (message, cause) => errors.push(`${message} ${String(cause)}`),
        onBatch: (batch) => batches.push(batch),
        ...options,
      });
      poller.start();
      running.push(poller);
      return { poller, errors, batches };
    },
  };
}

async function depth(sqs: SQSClient, QueueUrl: string): Promise<number> {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
  );
  return (
    Number(Attributes.ApproximateNumberOfMessages) + Number(Attributes.ApproximateNumberOfMessagesNotVisible)
  );
}

describe('a queue poller', () => {
  it('invokes with the event that Lambda sends, links the traces, and deletes the batch', async () => {
    const { sqs, queueUrl, poll } = await startQueues(queue('orders'));
    const { requests, invoke } = recorder(() => succeeded('done'));
    await sqs.send(
      new SendMessageBatchCommand({
        QueueUrl: queueUrl,
        Entries: [
          {
            Id: 'one',
            MessageBody: 'one',
            MessageAttributes: {
              text: { DataType: 'String', StringValue: 'x' },
              bytes: { DataType: 'Binary', BinaryValue: Buffer.from('xyz') },
            },
            MessageSystemAttributes: { AWSTraceHeader: { DataType: 'String', StringValue: headers[0] } },
          },
          {
            Id: 'two',
            MessageBody: 'two',
            MessageSystemAttributes: { AWSTraceHeader: { DataType: 'String', StringValue: headers[1] } },
          },
          { Id: 'three', MessageBody: 'three' },
        ],
      }),
    );

    const { batches } = poll({ invoke });

    const batch = await until(() => batches[0], 'the batch');
    expect(requests).toHaveLength(1);
    expect(requests[0]).toMatchObject({ functionName: 'shop-ship', linkedTraceHeaders: headers });
    expect(requests[0]).not.toHaveProperty('traceHeader');
    const records = recordsOf(requests[0] as InvokeRequest);
    expect(records[0]).toEqual({
      messageId: expect.any(String) as unknown,
      receiptHandle: expect.any(String) as unknown,
      body: 'one',
      attributes: {
        ApproximateReceiveCount: '1',
        SentTimestamp: expect.stringMatching(/^\d{13}$/) as unknown,
        SenderId: expect.any(String) as unknown,
        ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/) as unknown,
        AWSTraceHeader: headers[0],
      },
      messageAttributes: {
        text: { stringValue: 'x', stringListValues: [], binaryListValues: [], dataType: 'String' },
        bytes: {
          binaryValue: Buffer.from('xyz').toString('base64'),
          stringListValues: [],
          binaryListValues: [],
          dataType: 'Binary',
        },
      },
      md5OfBody: 'f97c5d29941bfb1b2fdab0874906ab82',
      md5OfMessageAttributes: expect.stringMatching(/^[0-9a-f]{32}$/) as unknown,
      eventSource: 'aws:sqs',
      eventSourceARN: queueArn('orders'),
      awsRegion: region,
    });
    expect(records[2]).toMatchObject({ body: 'three', messageAttributes: {} });
    expect(records[2]).not.toHaveProperty('md5OfMessageAttributes');
    expect(batch).toMatchObject({
      messageIds: records.map(({ messageId }) => messageId),
      failedMessageIds: [],
    });
    expect(await depth(sqs, queueUrl)).toBe(0);
  });

  it('leaves a batch whose function throws, and offers it again after the visibility timeout', async () => {
    const { sqs, queueUrl, send, poll } = await startQueues(queue('orders', { VisibilityTimeout: '1' }));
    const { requests, invoke } = recorder(() => (requests.length === 1 ? threw() : succeeded()));
    await send('one', 'two');

    const { batches, errors } = poll({ invoke });

    await until(
      async () => requests.length > 1 && (await depth(sqs, queueUrl)) === 0,
      'the queue to be empty',
    );
    expect(requests.slice(1).flatMap(bodiesOf).sort()).toEqual(['one', 'two']);
    expect(batches[0]).toMatchObject({ response: { functionError: 'Unhandled' } });
    expect(batches[0]?.failedMessageIds).toHaveLength(2);
    expect(errors).toEqual([]);
  });

  it('moves what fails too often to the dead-letter queue, with its trace header', async () => {
    const { sqs, queueUrl, deadUrl, poll } = await startQueues(
      queue('orders', { VisibilityTimeout: '1', ...redrive('dead', 2) }),
      queue('dead'),
    );
    const { requests, invoke } = recorder(() => threw());
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: 'poison',
        MessageSystemAttributes: { AWSTraceHeader: { DataType: 'String', StringValue: headers[0] } },
      }),
    );

    poll({ invoke });

    const [dead] = await receive(sqs, deadUrl, 20);
    expect(dead).toMatchObject({ Body: 'poison', Attributes: { AWSTraceHeader: headers[0] } });
    expect(requests).toHaveLength(2);
  });

  it('keeps only the messages that a partial response names', async () => {
    const { sqs, queueUrl, send, poll } = await startQueues(queue('orders'));
    const { requests, invoke } = recorder((request) => {
      const failed = recordsOf(request).filter(({ body }) => body === 'bad');
      return succeeded({ batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) });
    });
    await send('good', 'bad', 'better');

    const { batches } = poll({ invoke }, { reportBatchItemFailures: true });

    const batch = await until(() => batches[0], 'the batch');
    const bad = recordsOf(requests[0] as InvokeRequest).find(({ body }) => body === 'bad');
    expect(batch.failedMessageIds).toEqual([bad?.messageId]);
    expect(await depth(sqs, queueUrl)).toBe(1);
  });

  it('keeps the whole batch when a partial response is malformed, and says so', async () => {
    const { sqs, queueUrl, send, poll } = await startQueues(queue('orders'));
    const { invoke } = recorder(() => succeeded({ batchItemFailures: [{ itemIdentifier: '' }] }));
    await send('one', 'two');

    const { batches, errors } = poll({ invoke }, { reportBatchItemFailures: true });

    await until(() => batches[0], 'the batch');
    expect(await depth(sqs, queueUrl)).toBe(2);
    expect(errors).toEqual([expect.stringMatching(/orders.*itemIdentifier/)]);
  });

  it.each([true, false])(
    'counts what becomes of its messages where its mapping asks for that: %s',
    async (countsEvents) => {
      const { send, poll } = await startQueues(queue('orders', { VisibilityTimeout: '30' }));
      await send('{"n":1}', '{"n":2}', '{"n":3}');
      const measured: Measurement[] = [];
      const { invoke } = recorder((request) => {
        const { Records } = JSON.parse(request.payload) as { Records: { messageId: string; body: string }[] };
        const failed = Records.find(({ body }) => body === '{"n":2}');
        return succeeded({ batchItemFailures: failed ? [{ itemIdentifier: failed.messageId }] : [] });
      });
      const { batches } = poll(
        { invoke, measure: (measurement) => measured.push(measurement) },
        {
          reportBatchItemFailures: true,
          maximumBatchingWindow: 1,
          filters: [{ body: { n: [1, 2] } }],
          ...(countsEvents && { countsEvents }),
        },
      );
      await until(() => batches.flatMap(({ messageIds }) => messageIds).length === 2, 'both that pass');
      const total = (name: string) =>
        measured.filter((one) => one.name === name).reduce((sum, { value = 1 }) => sum + value, 0);
      const names = ['Polled', 'FilteredOut', 'Invoked', 'FailedInvoke', 'Deleted'];
      await until(() => !countsEvents || total('DeletedEventCount') === 1, 'the deletion');
      expect(names.map((name) => total(`${name}EventCount`))).toEqual(
        countsEvents ? [3, 1, 2, 1, 1] : [0, 0, 0, 0, 0],
      );
      expect(measured.every(({ dimensions }) => dimensions.EventSourceMappingUUID === 'mapping-1')).toBe(
        true,
      );
    },
  );

  it('ignores such a response when the mapping does not report failures', async () => {
    const { sqs, queueUrl, send, poll } = await startQueues(queue('orders'));
    const { invoke } = recorder(() => succeeded({ batchItemFailures: [{ itemIdentifier: '' }] }));
    await send('one');

    const { batches } = poll({ invoke });

    await until(() => batches[0], 'the batch');
    expect(await depth(sqs, queueUrl)).toBe(0);
  });

  it('offers a throttled batch again at once, not after the visibility timeout', async () => {
    const { sqs, queueUrl, send, poll } = await startQueues(queue('orders', { VisibilityTimeout: '600' }));
    const { requests, invoke } = recorder(() => {
      if (requests.length < 3) throw new ThrottledError('busy');
      return succeeded();
    });
    await send('one');

    const { batches, errors } = poll({ invoke });

    const batch = await until(() => batches[0], 'the batch');
    expect(batch.failedMessageIds).toEqual([]);
    expect(requests).toHaveLength(3);
    expect(errors).toEqual([]);
    expect(await depth(sqs, queueUrl)).toBe(0);
  });

  it('leaves messages in the queue when there is no such function, and says so', async () => {
    const { sqs, queueUrl, send, poll } = await startQueues(queue('orders'));
    const { invoke } = recorder(() => {
      throw new UnknownFunctionError('no such function');
    });
    await send('one');

    const { errors } = poll({ invoke });

    expect(await until(() => errors[0], 'the report')).toMatch(/orders.*shop-ship.*no such function/);
    expect(await depth(sqs, queueUrl)).toBe(1);
  });

  it('runs as many batches at once as the mapping allows, and no more', async () => {
    const { sqs, queueUrl, send, poll } = await startQueues(queue('orders'));
    let active = 0;
    let most = 0;
    let open = (): void => {};
    const gate = new Promise<void>((resolve) => (open = resolve));
    const { requests, invoke } = recorder(async () => {
      active += 1;
      most = Math.max(most, active);
      await gate;
      active -= 1;
      return succeeded();
    });
    await send('1', '2', '3', '4', '5', '6');

    poll({ invoke }, { batchSize: 1, maximumConcurrency: 3 });

    await until(() => active === 3, 'three batches at once');
    open();
    await until(async () => (await depth(sqs, queueUrl)) === 0, 'the queue to be empty');
    expect(most).toBe(3);
    expect(requests).toHaveLength(6);
  });

  it('fills a batch for as long as its window is open', async () => {
    const { send, poll } = await startQueues(queue('orders'));
    const { requests, invoke } = recorder(() => succeeded());
    const numbers = Array.from({ length: 10 }, (_, index) => String(index));
    await send(...numbers);
    await send(...numbers);

    poll({ invoke }, { batchSize: 20, maximumBatchingWindow: 300 });

    const request = await until(() => requests[0], 'the batch');
    expect(recordsOf(request)).toHaveLength(20);
  });

  it('splits a batch that is larger than an invocation may be', async () => {
    const { sqs, queueUrl, poll } = await startQueues(queue('orders'));
    const { requests, invoke } = recorder(() => succeeded());
    const large = '"'.repeat(1_000_000);
    for (let index = 0; index < 4; index += 1) {
      await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: large }));
    }

    poll({ invoke });

    await until(async () => (await depth(sqs, queueUrl)) === 0, 'the queue to be empty');
    expect(requests.map((request) => recordsOf(request).length)).toEqual([3, 1]);
  });

  it('keeps the order of a message group, also past a failure', async () => {
    const { sqs, queueUrl, poll } = await startQueues(
      queue('orders.fifo', { FifoQueue: 'true', ContentBasedDeduplication: 'true', VisibilityTimeout: '1' }),
    );
    const seen: string[] = [];
    const { invoke } = recorder((request) => {
      const bodies = bodiesOf(request);
      seen.push(...bodies);
      const isFirstTry = seen.filter((body) => body === 'a2').length === 1;
      return bodies.includes('a2') && isFirstTry ? threw() : succeeded();
    });
    for (const body of ['a1', 'a2', 'a3', 'b1', 'b2', 'a4']) {
      const message = { QueueUrl: queueUrl, MessageBody: body, MessageGroupId: body.slice(0, 1) };
      await sqs.send(new SendMessageCommand(message));
    }

    poll({ invoke });

    await until(async () => (await depth(sqs, queueUrl)) === 0, 'the queue to be empty');
    expect(seen.filter((body) => body.startsWith('a'))).toEqual(['a1', 'a2', 'a2', 'a3', 'a4']);
    expect([...new Set(seen.filter((body) => body.startsWith('b')))]).toEqual(['b1', 'b2']);
  });

  it('does nothing when the mapping is disabled', async () => {
    const { sqs, queueUrl, send, poll } = await startQueues(queue('orders'));
    const { requests, invoke } = recorder(() => succeeded());
    await send('one');

    poll({ invoke }, { enabled: false });

    expect(await receive(sqs, queueUrl)).toHaveLength(1);
    expect(requests).toEqual([]);
  });

  it('lets a running batch end when it stops, and takes no other', async () => {
    const { sqs, queueUrl, send, poll } = await startQueues(queue('orders'));
    let open = (): void => {};
    const gate = new Promise<void>((resolve) => (open = resolve));
    const { requests, invoke } = recorder(() => gate.then(() => succeeded()));
    await send('one');
    const { poller, batches } = poll({ invoke, stopGrace: 15_000 });
    await until(() => requests[0], 'the invocation');

    const stopped = poller.stop();
    open();
    await stopped;
    await send('two');

    expect(batches).toHaveLength(1);
    expect(requests).toHaveLength(1);
    expect(await depth(sqs, queueUrl)).toBe(1);
    expect((await receive(sqs, queueUrl)).map(({ Body }) => Body)).toEqual(['two']);
  });

  it('does not wait for a batch that never ends, which stays in the queue', async () => {
    const { sqs, queueUrl, send, poll } = await startQueues(queue('orders'));
    const { requests, invoke } = recorder(() => new Promise(() => {}));
    await send('one');
    const { poller } = poll({ invoke, stopGrace: 50 });
    await until(() => requests[0], 'the invocation');

    await poller.stop();

    expect(await depth(sqs, queueUrl)).toBe(1);
  });

  it('deletes again what SQS could not delete', async () => {
    const { sqs, queueUrl, send, poll } = await startQueues(queue('orders'));
    let refusals = 1;
    const endpoint = await startProxy(queueUrl, (target) =>
      target.endsWith('DeleteMessageBatch') && refusals-- > 0
        ? { Successful: [], Failed: [{ Id: '0', Code: 'InternalError', SenderFault: false }] }
        : undefined,
    );
    await send('one');

    const { batches, errors } = poll({ invoke: recorder(() => succeeded()).invoke, endpoint });

    await until(() => batches[0], 'the batch');
    expect(await depth(sqs, queueUrl)).toBe(0);
    expect(errors).toEqual([]);
  });

  it('says that messages could not be deleted', async () => {
    const { sqs, queueUrl, send, poll } = await startQueues(queue('orders'));
    const endpoint = await startProxy(queueUrl, (target) =>
      target.endsWith('DeleteMessageBatch')
        ? { Successful: [], Failed: [{ Id: '0', Code: 'ReceiptHandleIsInvalid', SenderFault: true }] }
        : undefined,
    );
    await send('one');

    const { errors } = poll({ invoke: recorder(() => succeeded()).invoke, endpoint });

    expect(await until(() => errors[0], 'the report')).toMatch(/orders.*ReceiptHandleIsInvalid/);
    expect(await depth(sqs, queueUrl)).toBe(1);
  });

  it('gives its function what a filter lets through, and deletes the rest', async () => {
    const { sqs, queueUrl, send, poll } = await startQueues(queue('orders'));
    const { requests, invoke } = recorder(() => succeeded());
    await send('{"kind":"refund"}', '{"kind":"order","id":1}', 'order', '{"kind":"order","id":2}', '{}');

    const { batches } = poll(
      { invoke },
      { filters: [{ body: { kind: ['order'], id: [{ numeric: ['>', 0] }] } }] },
    );

    await until(() => batches.flatMap(({ messageIds }) => messageIds).length === 2, 'the batches');
    expect(requests.flatMap(bodiesOf).sort()).toEqual(['{"kind":"order","id":1}', '{"kind":"order","id":2}']);
    await until(async () => (await depth(sqs, queueUrl)) === 0, 'an empty queue');
  });

  it('says once that its queue cannot be reached, and goes on when it can', async () => {
    const { send, poll, queueUrl } = await startQueues(queue('orders'));
    let isBroken = true;
    const endpoint = await startProxy(queueUrl, () => (isBroken ? { __type: 'InternalError' } : undefined));
    const { requests, invoke } = recorder(() => succeeded());
    await send('one');

    const { errors } = poll({ invoke, endpoint });
    await until(() => errors[0], 'the report');
    isBroken = false;

    await until(() => requests[0], 'the invocation');
    expect(errors).toEqual([expect.stringContaining('cannot be polled')]);
  });
});

/** SQS behind a server that answers some requests itself; a `__type` makes its answer an error. */
async function startProxy(
  queueUrl: string,
  answerFor: (target: string) => Record<string, unknown> | undefined,
): Promise<string> {
  const proxy = createServer((request, response) => {
    const target = String(request.headers['x-amz-target']);
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const own = answerFor(target);
      if (own !== undefined) {
        response.writeHead('__type' in own ? 500 : 200).end(JSON.stringify(own));
        return;
      }
      const headers = { 'content-type': String(request.headers['content-type']), 'x-amz-target': target };
      fetch(new URL(queueUrl).origin, { method: 'POST', headers, body: Buffer.concat(chunks) })
        .then(async (answer) => response.writeHead(answer.status).end(await answer.text()))
        .catch(() => response.destroy());
    });
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  running.push({
    stop: async () => {
      proxy.closeAllConnections();
      await new Promise((resolve) => proxy.close(resolve));
    },
  });
  return `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
}
