import { BatchWriteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Measurement } from '../../../local/cloudwatch/metrics/metric.ts';
import { ThrottledError } from '../../../local/lambda/invocation.ts';
import type { InvokeRequest, InvokeResponse } from '../../../local/lambda/invocation.ts';
import { StreamPoller } from '../../../local/tables/stream-poller.ts';
import type { StreamMappingDefinition } from '../../../local/template/service.ts';
import { extractCorrelation } from '../../../src/index.ts';
import { fc, runs } from '../../helpers/fast-check.ts';
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

  it.each([
    ['', 0],
    [', by a clock that is set back meanwhile, too', 3_600_000],
  ])('gives up records that have become too old%s', async (_when, setBack) => {
    const { write, poll } = await startStream();
    await write(1);
    const { requests, delivered, errors } = await poll(() => threw(), {
      maximumRecordAge: 1,
      onFailure: destination,
    });
    await until(() => requests.length > 0, 'the record');
    const now = Date.now;
    const clock = vi.spyOn(Date, 'now').mockImplementation(() => now() - setBack);
    onTestFinished(() => clock.mockRestore());
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

/** What a function gets of a tumbling window, with the numbers of its records. */
interface WindowEvent {
  readonly numbers: readonly number[];
  readonly window: { readonly start: string; readonly end: string };
  readonly state: { readonly seen?: readonly number[] };
  readonly isFinalInvokeForWindow: boolean;
  readonly isWindowTerminatedEarly: boolean;
}

function windowEventOf(request: InvokeRequest): WindowEvent {
  return { ...(JSON.parse(request.payload) as WindowEvent), numbers: numbersIn(request) };
}

/** The state that a function keeps which collects the numbers of all records. */
function collected(request: InvokeRequest): { seen: number[] } {
  const { numbers, state } = windowEventOf(request);
  return { seen: [...(state.seen ?? []), ...numbers] };
}

/** As it went: the numbers of a batch after those of the state that came with it, and how a window ended. */
function told(requests: readonly InvokeRequest[]): string[] {
  return requests.map((request) => {
    const { numbers, state, isFinalInvokeForWindow, isWindowTerminatedEarly } = windowEventOf(request);
    const end = isFinalInvokeForWindow ? 'final' : isWindowTerminatedEarly ? 'early' : numbers.join(' ');
    return `${state.seen?.join(' ') ?? '-'} | ${end}`;
  });
}

describe('a tumbling window of a stream', () => {
  /** Sets the clock by which records have their times; nothing waits by it. */
  function setClock(time: string | number): void {
    vi.useFakeTimers({ toFake: ['Date'], now: new Date(time) });
    onTestFinished(() => void vi.useRealTimers());
  }

  it('hands the state of one invocation to the next until an invocation without records, and begins anew', async () => {
    setClock('2026-05-04T10:00:10Z');
    const { write, poll } = await startStream();
    await write(1, 2, 3);
    setClock('2026-05-04T10:01:00Z');
    await write(4);
    const { requests, errors } = await poll((request) => succeeded({ state: collected(request) }), {
      tumblingWindow: 60,
      batchSize: 2,
    });
    await until(() => requests.length === 4, 'the next window');
    expect(told(requests)).toEqual(['- | 1 2', '1 2 | 3', '1 2 3 | final', '- | 4']);
    const [first, , final, next] = requests.map(({ payload }) => JSON.parse(payload) as object);
    expect(first).toEqual({
      Records: expect.any(Array) as unknown[],
      window: { start: '2026-05-04T10:00:00Z', end: '2026-05-04T10:01:00Z' },
      state: {},
      shardId: expect.stringMatching(/^shardId-/) as string,
      eventSourceARN: streamArn(TableName),
      isFinalInvokeForWindow: false,
      isWindowTerminatedEarly: false,
    });
    expect(final).toMatchObject({
      Records: [],
      window: { start: '2026-05-04T10:00:00Z', end: '2026-05-04T10:01:00Z' },
      isFinalInvokeForWindow: true,
      isWindowTerminatedEarly: false,
    });
    expect(next).toMatchObject({ window: { start: '2026-05-04T10:01:00Z', end: '2026-05-04T10:02:00Z' } });
    expect(errors).toEqual([]);
  });

  it('ends with its time where nothing follows, and does not wait for a batch to fill', async () => {
    setClock('2026-05-04T10:00:59.300Z');
    const { write, poll } = await startStream();
    await write(1);
    const { requests, measured } = await poll((request) => succeeded({ state: collected(request) }), {
      tumblingWindow: 60,
      maximumBatchingWindow: 300,
    });
    await until(() => requests.length === 2, 'the end of the window');
    expect(told(requests)).toEqual(['- | 1', '1 | final']);
    expect(
      measured.filter(({ name, dimensions }) => name === 'IteratorAge' && 'FunctionName' in dimensions),
    ).toHaveLength(1);
  });

  it('ends though the clock is set back, in time and when what comes next is of an earlier window', async () => {
    setClock('2026-05-04T10:00:59.300Z');
    const { write, poll } = await startStream();
    await write(1);
    const { requests } = await poll((request) => succeeded({ state: collected(request) }), {
      tumblingWindow: 60,
    });
    await until(() => requests.length === 1, 'the batch');
    setClock('2026-05-04T09:00:10Z');
    await until(() => requests.length === 2, 'the end of the window');
    await write(2);
    await until(() => requests.length === 3, 'the record of before');
    setClock('2026-05-04T08:00:10Z');
    await write(3);
    await until(() => requests.length === 5, 'the record of long before');
    expect(told(requests)).toEqual(['- | 1', '1 | final', '- | 2', '2 | final', '- | 3']);
  });

  it('is not begun by records that a filter holds back, nor ended before all of them are read', async () => {
    setClock('2026-05-04T10:00:10Z');
    const { write, documents, poll } = await startStream();
    await write(1);
    for (let batch = 0; batch < 84; batch += 1) {
      const requests = Array.from({ length: 25 }, (_, index) => ({
        PutRequest: { Item: { pk: `${batch}-${index}`, sk: '1', n: 0 } },
      }));
      await documents.send(new BatchWriteCommand({ RequestItems: { [TableName]: requests } }));
    }
    await write(2);
    // Of a window of its own, which nobody hears of.
    setClock('2026-05-04T10:02:10Z');
    await documents.send(new PutCommand({ TableName, Item: { pk: 'x', sk: '1', n: 0 } }));
    setClock('2026-05-04T10:04:10Z');
    await write(3);
    const { requests } = await poll((request) => succeeded({ state: collected(request) }), {
      tumblingWindow: 60,
      filters: [{ dynamodb: { NewImage: { n: { N: [{ 'anything-but': ['0'] }] } } } }],
    });
    await until(() => requests.length === 4, 'the last window');
    expect(told(requests)).toEqual(['- | 1', '1 | 2', '1 2 | final', '- | 3']);
  });

  it.each([
    ['nothing', null, 'got null'],
    ['a text', 'done', 'got a string'],
    ['no state', { batchItemFailures: [] }, 'got an object without state'],
    ['a state that is null', { state: null }, 'got a state that is null'],
    ['a state that is no object', { state: 3 }, 'got a state that is a number'],
    ['a list', { state: [1] }, 'got a state that is a list'],
    ['more than an event has room for', { state: { x: 'x'.repeat(6_290_000) } }, 'got one of 6290008 bytes'],
  ])('counts an invocation as failed that answers with %s', async (_what, answer, came) => {
    setClock('2026-05-04T10:00:10Z');
    const { write, poll } = await startStream();
    await write(1, 2, 3);
    setClock('2026-05-04T10:01:10Z');
    await write(4);
    const { requests, errors, delivered } = await poll(
      (request) => succeeded(numbersIn(request).includes(2) ? answer : { state: collected(request) }),
      { tumblingWindow: 60, batchSize: 1, maximumRetryAttempts: 1, onFailure: destination },
    );
    await until(() => requests.length === 6, 'what comes after it');
    // What is given up is missing; the state of before is kept.
    expect(told(requests)).toEqual(['- | 1', '1 | 2', '1 | 2', '1 | 3', '1 3 | final', '- | 4']);
    expect(errors[0]).toMatch(/tumbling window has to answer with its state.* expected/);
    expect(errors[0]).toContain(came);
    expect(delivered.map(({ payload }) => JSON.parse(payload) as unknown)).toEqual([
      expect.objectContaining({ DDBStreamBatchInfo: expect.objectContaining({ batchSize: 1 }) as object }),
    ]);
  });

  it('goes on from the first record that a function reports, with the state that came with the report', async () => {
    setClock('2026-05-04T10:00:10Z');
    const { write, poll } = await startStream();
    await write(1, 2, 3);
    setClock('2026-05-04T10:01:10Z');
    await write(4);
    const { requests } = await poll(
      (request) => {
        const records = recordsIn(request);
        if (requests.length > 1) return succeeded({ state: collected(request) });
        return succeeded({
          state: { seen: [1] },
          batchItemFailures: [{ itemIdentifier: records[1]?.dynamodb.SequenceNumber }],
        });
      },
      { tumblingWindow: 60, reportBatchItemFailures: true },
    );
    await until(() => requests.length === 4, 'the next window');
    expect(told(requests)).toEqual(['- | 1 2 3', '1 | 2 3', '1 2 3 | final', '- | 4']);
  });

  it('keeps its state when its batches are halved', async () => {
    setClock('2026-05-04T10:00:10Z');
    const { write, poll } = await startStream();
    await write(1, 2, 3, 4);
    setClock('2026-05-04T10:01:10Z');
    await write(5);
    const { requests } = await poll(
      (request) => (numbersIn(request).includes(3) ? threw() : succeeded({ state: collected(request) })),
      { tumblingWindow: 60, bisectOnError: true, maximumRetryAttempts: 0 },
    );
    await until(() => requests.length === 7, 'the next window');
    expect(told(requests)).toEqual([
      '- | 1 2 3 4',
      '- | 1 2',
      '1 2 | 3 4',
      '1 2 | 3',
      '1 2 | 4',
      '1 2 4 | final',
      '- | 5',
    ]);
  });

  it('ends early when its state has more than 1 MB, and goes on with an empty one', async () => {
    setClock('2026-05-04T10:00:10Z');
    const { write, poll } = await startStream();
    await write(1, 2, 3);
    setClock('2026-05-04T10:01:10Z');
    await write(4);
    const padding = 'ä'.repeat(524_270);
    const tooMuch = `${padding}${'x'.repeat(20)}`;
    const { requests, errors } = await poll(
      (request) => {
        const isTooMuch = numbersIn(request).some((n) => n === 2 || n === 3);
        return succeeded({ state: { ...collected(request), padding: isTooMuch ? tooMuch : padding } });
      },
      { tumblingWindow: 60, batchSize: 1 },
    );
    await until(() => requests.length === 6, 'the next window');
    expect(told(requests)).toEqual(['- | 1', '1 | 2', '1 2 | early', '- | 3', '3 | early', '- | 4']);
    const early = JSON.parse(requests[2]?.payload ?? '') as WindowEvent & {
      Records: unknown[];
      state: { padding: string };
    };
    expect(early.Records).toEqual([]);
    expect(early.state.padding).toHaveLength(padding.length + 20);
    expect(errors[0]).toMatch(/ends the window .* early.*1 MB/);
  });

  it('leaves room for its state in an invocation', async () => {
    setClock('2026-05-04T10:00:10Z');
    const { documents, write, poll } = await startStream();
    await write(0);
    const big = 'x'.repeat(390_000);
    for (let n = 1; n <= 16; n += 1)
      await documents.send(new PutCommand({ TableName, Item: { pk: `${n}`, sk: '1', big, n } }));
    const padding = 'x'.repeat(1_048_000);
    const { requests } = await poll((request) => succeeded({ state: { padding, ...collected(request) } }), {
      tumblingWindow: 60,
    });
    await until(() => requests.flatMap(numbersIn).includes(16), 'all records');
    expect(requests.flatMap(numbersIn)).toEqual(Array.from({ length: 17 }, (_, n) => n));
    expect(requests.every(({ payload }) => Buffer.byteLength(payload) <= 6 * 1024 * 1024)).toBe(true);
  });

  it('is not left before its end has succeeded, whose answer needs no state', async () => {
    setClock('2026-05-04T10:00:10Z');
    const { write, poll } = await startStream();
    await write(1);
    setClock('2026-05-04T10:01:10Z');
    await write(2);
    let ends = 0;
    const { requests, delivered } = await poll(
      (request) => {
        if (!windowEventOf(request).isFinalInvokeForWindow) return succeeded({ state: collected(request) });
        ends += 1;
        if (ends === 2) return Promise.reject(new ThrottledError('busy'));
        return ends < 4 ? threw() : succeeded();
      },
      { tumblingWindow: 60, maximumRecordAge: 604_800 },
    );
    await until(() => requests.length === 6, 'the next window');
    expect(told(requests)).toEqual(['- | 1', '1 | final', '1 | final', '1 | final', '1 | final', '- | 2']);
    expect(delivered).toEqual([]);
  });

  it('tells the destination where its records are when its end is given up', async () => {
    setClock('2026-05-04T10:00:10Z');
    const { write, poll } = await startStream();
    await write(1, 2, 3);
    setClock('2026-05-04T10:01:10Z');
    await write(4);
    const { requests, delivered, errors, measured } = await poll(
      (request) =>
        windowEventOf(request).isFinalInvokeForWindow ? threw() : succeeded({ state: collected(request) }),
      {
        tumblingWindow: 60,
        batchSize: 2,
        maximumRetryAttempts: 1,
        onFailure: destination,
        countsEvents: true,
      },
    );
    await until(() => requests.length === 5, 'the next window');
    expect(told(requests)).toEqual(['- | 1 2', '1 2 | 3', '1 2 3 | final', '1 2 3 | final', '- | 4']);
    const [first, , last] = requests.flatMap(recordsIn).map(({ dynamodb }) => dynamodb.SequenceNumber);
    expect(delivered.map(({ payload }) => JSON.parse(payload) as unknown)).toEqual([
      expect.objectContaining({
        requestContext: expect.objectContaining({
          condition: 'RetryAttemptsExhausted',
          approximateInvokeCount: 2,
        }) as object,
        DDBStreamBatchInfo: expect.objectContaining({
          startSequenceNumber: first,
          endSequenceNumber: last,
          batchSize: 3,
        }) as object,
      }),
    ]);
    expect(errors).toEqual([expect.stringContaining('2026-05-04T10:00:00Z')]);
    // The records have reached the function; what is lost is what it made of them.
    expect(measured.filter(({ name }) => name === 'DroppedEventCount')).toEqual([]);
  });

  it('has every record once, in its own window, however a function fails', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          gaps: fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 12 }),
          seconds: fc.integer({ min: 1, max: 20 }),
          batchSize: fc.integer({ min: 1, max: 5 }),
          bisectOnError: fc.boolean(),
          fails: fc.array(fc.boolean(), { maxLength: 12 }),
        }),
        async ({ gaps, seconds, batchSize, bisectOnError, fails }) => {
          const { write, poll } = await startStream();
          let time = Date.UTC(2026, 4, 4, 10);
          const times: number[] = [];
          for (const [n, gap] of gaps.entries()) {
            time += gap * 1000;
            setClock(time);
            await write(n);
            times.push(time);
          }
          setClock(time + 3_600_000);
          await write(gaps.length);
          const left = [...fails];
          const { requests } = await poll(
            (request) => (left.shift() === true ? threw() : succeeded({ state: collected(request) })),
            { tumblingWindow: seconds, batchSize, bisectOnError },
          );
          await until(() => requests.flatMap(numbersIn).includes(gaps.length), 'the last record');
          const ended = new Map(
            requests
              .map(windowEventOf)
              .filter(({ isFinalInvokeForWindow }) => isFinalInvokeForWindow)
              .map(({ window, state }) => [window.start, { ...window, seen: state.seen ?? [] }]),
          );
          expect([...ended.values()].flatMap(({ seen }) => seen)).toEqual([...gaps.keys()]);
          for (const { start, end, seen } of ended.values()) {
            expect(Date.parse(end) - Date.parse(start)).toBe(seconds * 1000);
            for (const n of seen) {
              expect(times[n]).toBeGreaterThanOrEqual(Date.parse(start));
              expect(times[n]).toBeLessThan(Date.parse(end));
            }
          }
        },
      ),
      runs(10),
    );
  });
});
