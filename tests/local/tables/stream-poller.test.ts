import { BatchWriteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Measurement } from '../../../local/cloudwatch/metrics/metric.ts';
import { ThrottledError } from '../../../local/lambda/invocation.ts';
import type { InvokeRequest, InvokeResponse } from '../../../local/lambda/invocation.ts';
import { StreamPoller } from '../../../local/tables/stream-poller.ts';
import type { StreamMappingDefinition } from '../../../local/template/service.ts';
import { extractCorrelation } from '../../../src/index.ts';
import { until } from '../../helpers/until.ts';
import { accountId, recorder, region, succeeded, threw } from '../messaging/messaging-fixture.ts';
import { startTables, streamArn, table } from './tables-fixture.ts';

const TableName = 'shop';
const destination = 'arn:aws:sqs:eu-central-1:000000000000:dead';

interface Record {
  readonly eventName: string;
  readonly dynamodb: {
    readonly SequenceNumber: string;
    readonly NewImage?: { readonly n: { readonly N: string } };
  };
}

function recordsIn({ payload }: InvokeRequest): Record[] {
  return (JSON.parse(payload) as { Records: Record[] }).Records;
}

/** The numbers that the items of a batch have. */
function numbersIn(request: InvokeRequest): number[] {
  return recordsIn(request).map(({ dynamodb }) => Number(dynamodb.NewImage?.n.N));
}

async function startStream() {
  const tables = await startTables(table(TableName, 'NEW_AND_OLD_IMAGES'));
  return {
    ...tables,
    /** Writes items with these numbers, in this order. */
    write: async (...numbers: number[]) => {
      for (const n of numbers) {
        await tables.documents.send(new PutCommand({ TableName, Item: { pk: `${n}`, sk: '1', n } }));
      }
    },
    poll: async (
      answer: (request: InvokeRequest) => InvokeResponse | Promise<InvokeResponse>,
      mapping: Partial<StreamMappingDefinition> = {},
    ) => {
      const { requests, invoke } = recorder(answer);
      const errors: string[] = [];
      const delivered: { readonly arn: string; readonly payload: string }[] = [];
      const measured: Measurement[] = [];
      const poller = new StreamPoller({
        mapping: {
          uuid: 'mapping-1',
          streamArn: streamArn(TableName),
          functionName: 'shop-ship',
          enabled: true,
          batchSize: 100,
          maximumBatchingWindow: 0,
          startingPosition: 'TRIM_HORIZON',
          reportBatchItemFailures: false,
          bisectOnError: false,
          ...mapping,
        },
        endpoint: tables.url,
        region,
        accountId,
        invoke,
        deliver: (delivery) => {
          delivered.push(delivery);
          return Promise.resolve();
        },
        measure: (measurement) => measured.push(measurement),
        onError: (message, cause) => errors.push(`${message} ${String(cause)}`),
        firstRetryDelayMs: 1,
      });
      await poller.start();
      onTestFinished(() => poller.stop());
      return { requests, errors, delivered, measured };
    },
  };
}

describe('a poller of a stream', () => {
  it('finds the stream of its table by what it is called where it is read', async () => {
    const { write, poll } = await startStream();
    const elsewhere = 'arn:aws:dynamodb:eu-central-1:000000000000:table/shop/stream/2026-11-30T00:00:00.000';
    const { requests, errors } = await poll(() => succeeded(), { streamArn: elsewhere });
    await write(1);
    await until(() => requests.length === 1, 'the batch');
    expect(JSON.parse(requests[0]?.payload ?? '')).toMatchObject({
      Records: [{ eventSourceARN: elsewhere }],
    });
    expect(errors).toEqual([]);
  });

  it('says that the table has none there, and tries on', async () => {
    const { poll } = await startStream();
    const { errors } = await poll(() => succeeded(), {
      streamArn: streamArn('other'),
    });
    expect(errors).toEqual([expect.stringMatching(/cannot be read.* The table other has no stream at http/)]);
  });

  it('gives its function the event that Lambda sends, and measures its age', async () => {
    const { write, documents, poll } = await startStream();
    const item = { pk: '1', sk: '1', n: 1, 'x-correlation-id': 'c-1' };
    await documents.send(new PutCommand({ TableName, Item: item }));
    const { requests, measured, errors } = await poll(() => succeeded());
    await until(() => requests.length === 1, 'the first batch');
    await write(2);
    await until(() => requests.length === 2, 'the second batch');

    const [first] = requests as [InvokeRequest];
    const event = JSON.parse(first.payload) as { Records: unknown[] };
    expect(event).toEqual({
      Records: [
        {
          eventID: expect.stringMatching(/^[\da-f]{32}$/) as string,
          eventName: 'INSERT',
          eventVersion: '1.1',
          eventSource: 'aws:dynamodb',
          awsRegion: region,
          dynamodb: {
            ApproximateCreationDateTime: expect.any(Number) as number,
            Keys: { pk: { S: '1' }, sk: { S: '1' } },
            NewImage: { pk: { S: '1' }, sk: { S: '1' }, n: { N: '1' }, 'x-correlation-id': { S: 'c-1' } },
            SequenceNumber: expect.stringMatching(/^\d{21}$/) as string,
            SizeBytes: expect.any(Number) as number,
            StreamViewType: 'NEW_AND_OLD_IMAGES',
          },
          eventSourceARN: streamArn(TableName),
        },
      ],
    });
    // Nobody's trace: the invocation begins one.
    expect(first).not.toHaveProperty('traceHeader');
    expect(extractCorrelation(event, {}).records?.[0]).toMatchObject({ correlationId: 'c-1' });
    expect(measured.map(({ name, dimensions }) => [name, dimensions]).slice(0, 2)).toEqual([
      ['IteratorAge', { FunctionName: 'shop-ship' }],
      ['IteratorAge', {}],
    ]);
    expect(errors).toEqual([]);
  });

  it('begins where its mapping says, and passes what a filter lets through', async () => {
    const { write, poll } = await startStream();
    await write(1, 2);
    const all = await poll(() => succeeded(), {
      filters: [{ eventName: ['INSERT'], dynamodb: { NewImage: { n: { N: ['2', '3'] } } } }],
    });
    const latest = await poll(() => succeeded(), { startingPosition: 'LATEST' });
    const none = await poll(() => succeeded(), { enabled: false });
    await write(3, 4);
    const seen = ({ requests }: { requests: InvokeRequest[] }) => requests.flatMap(numbersIn);
    await until(() => seen(all).length === 2 && seen(latest).length === 2, 'the records');
    expect([seen(all), seen(latest), seen(none)]).toEqual([[2, 3], [3, 4], []]);
  });

  it('fills batches up to their size, and waits for a window to end', async () => {
    const { write, poll } = await startStream();
    await write(1, 2, 3, 4, 5);
    const full = await poll(() => succeeded(), { batchSize: 2 });
    await until(() => full.requests.length === 3, 'the batches');
    expect(full.requests.map(numbersIn)).toEqual([[1, 2], [3, 4], [5]]);

    const windowed = await poll(() => succeeded(), {
      startingPosition: 'LATEST',
      batchSize: 2,
      maximumBatchingWindow: 60,
    });
    await write(6);
    // It has read the first record when the other poller has.
    await until(() => full.requests.length === 4, 'the same record elsewhere');
    await write(7);
    await until(() => windowed.requests.length > 0, 'the batch');
    expect(windowed.requests.map(numbersIn)).toEqual([[6, 7]]);
  });

  it('splits what is more than an invocation takes', async () => {
    const { documents, poll } = await startStream();
    const big = 'x'.repeat(390_000);
    for (let batch = 0; batch < 4; batch += 1) {
      const requests = Array.from({ length: 5 }, (_, index) => ({
        PutRequest: { Item: { pk: `${batch}-${index}`, sk: '1', big, n: index } },
      }));
      await documents.send(new BatchWriteCommand({ RequestItems: { [TableName]: requests } }));
    }
    const { requests } = await poll(() => succeeded());
    await until(() => requests.flatMap(numbersIn).length === 20, 'all records');
    expect(requests.length).toBeGreaterThan(1);
    expect(requests.every(({ payload }) => Buffer.byteLength(payload) <= 6 * 1024 * 1024)).toBe(true);
  });

  it('tries a batch again, in order, until it succeeds, whether it failed or was throttled', async () => {
    const { write, poll } = await startStream();
    await write(1, 2);
    let tries = 0;
    const { requests, delivered } = await poll(() => {
      tries += 1;
      if (tries === 2) return Promise.reject(new ThrottledError('busy'));
      return tries < 5 ? threw() : succeeded();
    });
    await until(() => tries === 5, 'the success');
    await write(3);
    await until(() => tries === 6, 'what comes after it');
    expect(requests.map(numbersIn)).toEqual([[1, 2], [1, 2], [1, 2], [1, 2], [1, 2], [3]]);
    expect(delivered).toEqual([]);
  });

  it('gives a batch up after its retries, tells its destination where it is, and goes on', async () => {
    const { write, poll } = await startStream();
    await write(1, 2, 3);
    const { requests, delivered, errors } = await poll(
      (request) => (numbersIn(request).includes(3) ? succeeded() : threw()),
      { batchSize: 2, maximumRetryAttempts: 1, onFailure: destination },
    );
    await until(() => requests.length === 3, 'the batch behind');
    expect(requests.map(numbersIn)).toEqual([[1, 2], [1, 2], [3]]);
    expect(errors).toEqual([expect.stringContaining('gives up 2 records')]);
    const [first, last] = recordsIn(requests[0] as InvokeRequest).map(
      ({ dynamodb }) => dynamodb.SequenceNumber,
    );
    expect(delivered.map(({ arn, payload }) => [arn, JSON.parse(payload) as unknown])).toEqual([
      [
        destination,
        {
          requestContext: {
            requestId: 'request-1',
            functionArn: `arn:aws:lambda:${region}:${accountId}:function:shop-ship`,
            condition: 'RetryAttemptsExhausted',
            approximateInvokeCount: 2,
          },
          responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
          version: '1.0',
          timestamp: expect.any(String) as string,
          DDBStreamBatchInfo: {
            shardId: expect.stringMatching(/^shardId-/) as string,
            startSequenceNumber: first,
            endSequenceNumber: last,
            approximateArrivalOfFirstRecord: expect.stringMatching(/Z$/) as string,
            approximateArrivalOfLastRecord: expect.stringMatching(/Z$/) as string,
            batchSize: 2,
            streamArn: streamArn(TableName),
          },
        },
      ],
    ]);
  });

  it.each([
    ['to a destination', destination, { OnFailureDestinationDeliveredEventCount: 1 }],
    ['to nobody', undefined, { DroppedEventCount: 1 }],
  ])(
    'counts what becomes of its records, given up %s, where its mapping asks for that',
    async (_what, onFailure, ending) => {
      const { write, poll } = await startStream();
      await write(1, 2, 3);
      const done: number[] = [];
      const { measured } = await poll(
        (request) => {
          const numbers = numbersIn(request);
          if (numbers.includes(2)) return threw();
          done.push(...numbers);
          return succeeded();
        },
        {
          batchSize: 1,
          maximumRetryAttempts: 1,
          countsEvents: true,
          ...(onFailure !== undefined && { onFailure }),
        },
      );
      await until(() => done.length === 2, 'the others');
      const counts = Object.fromEntries(
        [...Map.groupBy(measured, ({ name }) => name)].map(([name, all]) => [
          name,
          all.reduce((sum, { value = 1 }) => sum + value, 0),
        ]),
      );
      expect(counts).toMatchObject({
        PolledEventCount: 3,
        FilteredOutEventCount: 0,
        InvokedEventCount: 4,
        FailedInvokeEventCount: 2,
        ...ending,
      });
      expect(measured.find(({ name }) => name === 'PolledEventCount')?.dimensions).toEqual({
        EventSourceMappingUUID: 'mapping-1',
      });
    },
  );

  it('counts nothing where its mapping does not ask for it', async () => {
    const { write, poll } = await startStream();
    await write(1);
    const { requests, measured } = await poll(() => succeeded());
    await until(() => requests.length === 1, 'the batch');
    expect(measured.filter(({ name }) => name.endsWith('EventCount'))).toEqual([]);
  });

  it('halves a batch that fails until the record alone that fails is given up', async () => {
    const { write, poll } = await startStream();
    await write(1, 2, 3, 4, 5);
    const done: number[] = [];
    const { delivered } = await poll(
      (request) => {
        const numbers = numbersIn(request);
        if (numbers.includes(4)) return threw();
        done.push(...numbers);
        return succeeded();
      },
      { bisectOnError: true, maximumRetryAttempts: 0, onFailure: destination },
    );
    await until(() => done.length === 4, 'the others');
    expect(done).toEqual([1, 2, 3, 5]);
    expect(delivered.map(({ payload }) => JSON.parse(payload) as unknown)).toEqual([
      expect.objectContaining({ DDBStreamBatchInfo: expect.objectContaining({ batchSize: 1 }) as object }),
    ]);
  });

  it('goes on from the first record that a function reports', async () => {
    const { write, poll } = await startStream();
    await write(1, 2, 3, 4);
    let failedOnce = false;
    const { requests } = await poll(
      (request) => {
        const third = recordsIn(request).find(({ dynamodb }) => dynamodb.NewImage?.n.N === '3');
        if (third === undefined || failedOnce) return succeeded({ batchItemFailures: [] });
        failedOnce = true;
        const fourth = recordsIn(request).at(-1);
        return succeeded({
          batchItemFailures: [fourth, third].map((record) => ({
            itemIdentifier: record?.dynamodb.SequenceNumber,
          })),
        });
      },
      { reportBatchItemFailures: true },
    );
    await until(() => requests.length === 2, 'the rest');
    expect(requests.map(numbersIn)).toEqual([
      [1, 2, 3, 4],
      [3, 4],
    ]);
  });

  it('gives up records that have become too old', async () => {
    const { write, poll } = await startStream();
    await write(1);
    const { delivered, errors } = await poll(() => threw(), { maximumRecordAge: 1, onFailure: destination });
    const first = await until(() => delivered[0], 'the record of it');
    expect(errors).toEqual([expect.stringMatching(/gives up a record \(\d+\) that/)]);
    expect(JSON.parse(first.payload)).toMatchObject({
      requestContext: { condition: 'RecordAgeExceeded' },
      DDBStreamBatchInfo: { batchSize: 1 },
    });
  });

  it('says that a response reports failures wrongly, and tries the whole batch again', async () => {
    const { write, poll } = await startStream();
    await write(1);
    let tries = 0;
    const { errors } = await poll(
      () => {
        tries += 1;
        return succeeded(tries === 1 ? { batchItemFailures: [{ itemIdentifier: 'x' }] } : null);
      },
      { reportBatchItemFailures: true },
    );
    await until(() => tries === 2, 'the second try');
    expect(errors).toEqual([expect.stringContaining('reports failures wrongly')]);
  });
});
