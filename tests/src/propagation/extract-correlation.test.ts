import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_CORRELATION_ID_LENGTH, isCorrelationId } from '../../../src/propagation/correlation-id.ts';
import {
  extractCorrelation,
  extractRecordCorrelation,
} from '../../../src/propagation/extract-correlation.ts';

const sqsRecord = (overrides: object) => ({
  messageId: '1',
  eventSource: 'aws:sqs',
  body: '{}',
  attributes: {},
  messageAttributes: {},
  ...overrides,
});
const attribute = (id: string) => ({
  'x-correlation-id': { stringValue: id, dataType: 'String', stringListValues: [], binaryListValues: [] },
});
const snsEnvelope = (id: string) =>
  JSON.stringify({
    Type: 'Notification',
    Message: '{}',
    MessageAttributes: { 'x-correlation-id': { Type: 'String', Value: id } },
  });

describe('extractCorrelation', () => {
  it.each([
    ['a REST API', 'api-gateway-rest', { httpMethod: 'GET', headers: { 'X-Correlation-ID': 'id-1' } }],
    [
      'a REST API with multi-value headers only',
      'api-gateway-rest',
      { httpMethod: 'GET', headers: null, multiValueHeaders: { 'X-Correlation-Id': ['id-1', 'id-2'] } },
    ],
    ['an HTTP API', 'api-gateway-http', { version: '2.0', headers: { 'x-correlation-id': 'id-1' } }],
    ['an SQS message', 'sqs', { Records: [sqsRecord({ messageAttributes: attribute('id-1') })] }],
    ['an SNS message in SQS', 'sqs', { Records: [sqsRecord({ body: snsEnvelope('id-1') })] }],
  ])('reads the id of %s', (_what, source, event) => {
    expect(extractCorrelation(event)).toMatchObject({ correlationId: 'id-1', source, replaced: false });
  });

  it('gives each record of a batch its own id and trace header, in order', () => {
    const event = {
      Records: [
        sqsRecord({ messageAttributes: attribute('id-1'), attributes: { AWSTraceHeader: 'Root=1' } }),
        sqsRecord({ body: snsEnvelope('id-2') }),
        sqsRecord({}),
      ],
    };

    const { correlationId, records } = extractCorrelation(event, { awsRequestId: 'request-1' });

    expect(correlationId).toBe('request-1');
    expect(records).toMatchObject([
      { correlationId: 'id-1', traceHeader: 'Root=1' },
      { correlationId: 'id-2' },
      { replaced: false },
    ]);
    expect(extractRecordCorrelation(event.Records[1]).correlationId).toBe('id-2');
  });

  it('replaces an id that is too long or holds characters that are not safe to repeat', () => {
    for (const bad of [
      '',
      'a b',
      'a\nb',
      'é',
      '<script>',
      'x'.repeat(MAX_CORRELATION_ID_LENGTH + 1),
      7,
      {},
    ]) {
      const extracted = extractCorrelation({ httpMethod: 'GET', headers: { 'x-correlation-id': bad } });
      expect(extracted).toMatchObject({ replaced: true });
      expect(isCorrelationId(extracted.correlationId)).toBe(true);
    }
  });

  it('gives anything a valid id and never throws', () => {
    const hostile = new Proxy(
      {},
      {
        has: () => {
          throw new Error('trap');
        },
        get: () => {
          throw new Error('trap');
        },
      },
    );
    for (const event of [undefined, null, 0, 'text', [], hostile, { Records: [null] }, { Records: 'x' }]) {
      expect(isCorrelationId(extractCorrelation(event).correlationId)).toBe(true);
      expect(isCorrelationId(extractRecordCorrelation(event).correlationId)).toBe(true);
    }
    fc.assert(
      fc.property(fc.anything(), fc.anything(), (event, context) => {
        expect(isCorrelationId(extractCorrelation(event, context).correlationId)).toBe(true);
      }),
    );
  });
});
