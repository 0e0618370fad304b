import { setTimeout as sleep } from 'node:timers/promises';
import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import middy from '@middy/core';
import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type * as Lantern from '../../../src/index.ts';
import { completeOf, handlerOf } from '../../contract/documents.ts';
import { invoke } from '../../contract/invoke.ts';
import { captureLogs } from '../../helpers/captured-logs.ts';
import type { DocumentReceiver } from '../../helpers/document-receiver.ts';
import { receiveFrom, RECORDERS } from '../../helpers/recorders.ts';

let daemon: DocumentReceiver;
let lantern: typeof Lantern;

function traceOf(index: number) {
  return `1-5759e988-${String(index).padStart(24, '0')}`;
}

function record(index: number): SQSRecord {
  return {
    messageId: `m-${index}`,
    receiptHandle: 'r',
    body: String(index),
    attributes: {
      AWSTraceHeader: `Root=${traceOf(index)};Parent=53995c3f42cd8ad8;Sampled=1`,
      ApproximateReceiveCount: '1',
      SentTimestamp: '1',
      SenderId: 'x',
      ApproximateFirstReceiveTimestamp: '1',
    },
    messageAttributes: { 'x-correlation-id': { stringValue: `order-${index}`, dataType: 'String' } },
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:eu-west-1:000000000000:orders',
    awsRegion: 'eu-west-1',
  };
}

describe.each(RECORDERS)('with the recorder %s', (recorder) => {
  beforeAll(async () => {
    daemon = await receiveFrom(recorder);
    vi.resetModules();
    Object.assign(process.env, { LANTERN_RECORDER: recorder, POWERTOOLS_TRACE_ENABLED: 'true' });
    lantern = await import('../../../src/index.ts');
  });
  afterAll(() => daemon.stop());

  describe('withRecord', () => {
    it('handles each record of a batch in its own correlation and trace scope, with its failures', async () => {
      const { logger, observability, traced, withRecord } = lantern;
      const work = traced('work', async (index: number) => {
        await sleep((index * 7) % 11);
        logger.info('worked', { index });
        if (index === 2) throw new Error('of the third');
      });
      const event: SQSEvent = { Records: [0, 1, 2, 3].map(record) };
      const pipeline = middy<SQSEvent>()
        .use(observability({ tracing: { name: '## handler' } }))
        .handler((batch) =>
          processPartialResponse(
            batch,
            (each: SQSRecord) => withRecord(each, () => work(Number(each.body))),
            new BatchProcessor(EventType.SQS),
          ),
        );
      const logs = captureLogs();

      const { traceId, response } = await invoke(pipeline as never, { event });

      expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: 'm-2' }] });
      const lines = logs.restore().filter(({ message }) => message === 'worked');
      expect(
        new Set(lines.map(({ index, correlation_id }) => `${String(index)} ${String(correlation_id)}`)),
      ).toEqual(new Set(['0 order-0', '1 order-1', '2 order-2', '3 order-3']));
      const documents = completeOf(await daemon.settled(), traceId);
      const handler = handlerOf(documents);
      const records = documents.filter(({ name }) => name === 'record');
      expect(records).toHaveLength(4);
      for (const { id, parent_id, annotations, metadata, links, fault } of records) {
        expect(parent_id).toBe(handler.id);
        const index = Number(String(annotations?.CorrelationId).slice('order-'.length));
        const link = { trace_id: traceOf(index), id: '53995c3f42cd8ad8' };
        // X-Ray's segments have links, its subsegments have none.
        expect(recorder === 'xray' ? metadata?.lantern : { link: links?.[0] }).toEqual({ link });
        expect(fault === true).toBe(index === 2);
        expect(documents.filter((document) => document.parent_id === id).map(({ name }) => name)).toEqual([
          'work',
        ]);
      }
    });

    it('returns what the function returns, synchronous or not, and throws what it throws', async () => {
      const { getCorrelationId, withRecord } = lantern;

      expect(withRecord(record(1), () => getCorrelationId())).toBe('order-1');
      await expect(withRecord(record(2), () => Promise.resolve(getCorrelationId()))).resolves.toBe('order-2');
      expect(() =>
        withRecord({}, () => {
          throw new RangeError('mine');
        }),
      ).toThrow(RangeError);
      expect(getCorrelationId()).toBeUndefined();
    });
  });
});
