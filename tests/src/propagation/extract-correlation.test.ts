import { describe, expect, it } from 'vitest';
import { MAX_CORRELATION_ID_LENGTH, isCorrelationId } from '../../../src/propagation/correlation-id.ts';
import {
  extractCorrelation,
  extractRecordCorrelation,
} from '../../../src/propagation/extract-correlation.ts';
import { fc } from '../../helpers/fast-check.ts';
import { FIXTURE_ID, fixture, withoutId } from './event-fixtures.ts';

const TRACEPARENT = '00-67891233abcdef012345678912345678-463ac35c9f6413ad-01';
const TRACE_HEADER = 'Root=1-67891233-abcdef012345678912345678;Parent=463ac35c9f6413ad;Sampled=1';

function rest(headers: object) {
  return { httpMethod: 'GET', headers };
}

function attribute(id: string) {
  return {
    'x-correlation-id': { stringValue: id, dataType: 'String', stringListValues: [], binaryListValues: [] },
  };
}

function sqsRecord(overrides: object) {
  return {
    messageId: '1',
    eventSource: 'aws:sqs',
    body: '{}',
    attributes: {},
    messageAttributes: {},
    ...overrides,
  };
}

describe('extractCorrelation', () => {
  it('gives each record of a batch its own id and trace header, in order', () => {
    const event = {
      Records: [
        sqsRecord({ messageAttributes: attribute('id-1'), attributes: { AWSTraceHeader: TRACE_HEADER } }),
        sqsRecord({ body: '{"x-correlation-id":"id-2"}' }),
        sqsRecord({}),
        null,
      ],
    };

    const { correlationId, records } = extractCorrelation(event, { awsRequestId: 'request-1' });

    expect(correlationId).toBe('request-1');
    expect(records).toMatchObject([
      { correlationId: 'id-1', traceHeader: TRACE_HEADER },
      { correlationId: 'id-2' },
      { replaced: false },
      { replaced: false },
    ]);
    expect(new Set(records?.map((record) => record.correlationId)).size).toBe(4);
    expect(extractRecordCorrelation(event.Records[1]).correlationId).toBe('id-2');
  });

  it('gives the records of every partition and queue in order', () => {
    const byteText = (text: string) => [...Buffer.from(text)];
    const record = (partition: number, id: string) => ({
      topic: 'orders',
      partition,
      headers: [{ 'x-correlation-id': byteText('older') }, { 'X-Correlation-Id': byteText(id) }],
    });
    const event = {
      eventSource: 'aws:kafka',
      records: { 'orders-0': [record(0, 'id-1'), record(0, 'id-2')], 'orders-1': [record(1, 'id-3')] },
    };
    expect(extractCorrelation(event).records?.map((one) => one.correlationId)).toEqual([
      'id-1',
      'id-2',
      'id-3',
    ]);
  });

  it('gives a batch of one record the id of the record, also where that is a new one', () => {
    const event = { Records: [sqsRecord({})] };
    const { correlationId, records } = extractCorrelation(event, { awsRequestId: 'request-1' });
    expect(correlationId).toBe('request-1');
    expect(records?.[0]?.correlationId).toBe('request-1');
  });

  it('gives a batch of AppSync the id of the request that its items share', () => {
    const { correlationId, records } = extractCorrelation(fixture('appsync-batch'));
    expect(correlationId).toBe(FIXTURE_ID);
    expect(records?.map((record) => record.correlationId)).toEqual([FIXTURE_ID, FIXTURE_ID]);
  });

  it('reads the client context of a direct invocation before its payload', () => {
    const context = {
      awsRequestId: 'request-1',
      clientContext: { client: {}, custom: { 'X-Correlation-Id': 'from-context' }, env: {} },
    };
    for (const event of [{ 'x-correlation-id': 'from-payload' }, {}, [1, 2], 'text', 7, null]) {
      expect(extractCorrelation(event, context)).toEqual({
        correlationId: 'from-context',
        source: 'direct-invoke',
        replaced: false,
      });
    }
  });

  it('reads what a direct invocation carries also where its payload has the form of another event', () => {
    const sentOn = { ...(withoutId(fixture('api-gateway-rest')) as object), 'x-correlation-id': 'sent-on' };
    expect(extractCorrelation(sentOn)).toMatchObject({
      correlationId: 'sent-on',
      source: 'api-gateway-rest',
    });

    const context = { clientContext: { custom: { 'x-correlation-id': 'from-context' } } };
    expect(extractCorrelation(fixture('api-gateway-rest'), context).correlationId).toBe(FIXTURE_ID);
    expect(extractCorrelation(withoutId(fixture('sqs')), context)).toMatchObject({
      correlationId: 'from-context',
      source: 'sqs',
    });
  });

  it('prefers what AMQP and JMS headers say to the ids that the protocols have', () => {
    const message = {
      messageID: 'm-1',
      messageType: 'jms/text-message',
      correlationId: 'of-the-protocol',
    };
    expect(extractRecordCorrelation(message).correlationId).toBe('of-the-protocol');
    const properties = { 'x-correlation-id': 'of-the-sender' };
    expect(extractRecordCorrelation({ ...message, properties }).correlationId).toBe('of-the-sender');
    expect(extractRecordCorrelation({ basicProperties: { correlationId: 'amqp-1' } })).toMatchObject({
      correlationId: 'amqp-1',
      source: 'rabbit-mq',
    });
  });

  it('takes no id from what merely is unique in an event', () => {
    for (const name of ['s3', 'cloudwatch-alarm', 'cloudwatch-logs', 'eventbridge-scheduler']) {
      expect(extractCorrelation(fixture(name), { awsRequestId: 'request-1' }).correlationId).toBe(
        'request-1',
      );
    }
    expect(
      extractCorrelation(withoutId(fixture('eventbridge')), { awsRequestId: 'request-1' }),
    ).toMatchObject({
      correlationId: 'request-1',
      replaced: false,
    });
  });

  it('reads an item of a list of JSON objects as a record', () => {
    expect(extractRecordCorrelation({ orderId: 'o-17', 'x-correlation-id': 'id-1' })).toMatchObject({
      correlationId: 'id-1',
      source: 'direct-invoke',
    });
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
      const extracted = extractCorrelation(rest({ 'x-correlation-id': bad }));
      expect(extracted).toMatchObject({ replaced: true });
      expect(isCorrelationId(extracted.correlationId)).toBe(true);
    }
  });

  it('gives anything a valid id and never throws', () => {
    const refuse = () => {
      throw new Error('trap');
    };
    const proxy = new Proxy({}, { has: refuse, get: refuse, ownKeys: refuse });
    const getter = Object.defineProperty({}, 'Records', { get: refuse, enumerable: true });
    const revoked = Proxy.revocable([], {});
    revoked.revoke();
    const cyclic: Record<string, unknown> = { httpMethod: 'GET', Records: [] };
    cyclic.headers = cyclic;
    (cyclic.Records as unknown[]).push(cyclic);
    const events = [
      undefined,
      null,
      0,
      Number.NaN,
      10n,
      Symbol('event'),
      'text',
      [],
      [null],
      proxy,
      getter,
      revoked.proxy,
      cyclic,
      { Records: [null] },
      { Records: 'x' },
      { Records: [sqsRecord({ body: proxy })] },
      { Records: [sqsRecord({ messageAttributes: getter })] },
      {
        eventSource: 'aws:kafka',
        records: { a: null, b: [null, { headers: [null, 7, { baggage: [{}] }] }] },
      },
      { awsRequestId: proxy },
    ];
    for (const event of events) {
      for (const context of [undefined, proxy, { clientContext: proxy }]) {
        expect(isCorrelationId(extractCorrelation(event, context).correlationId)).toBe(true);
      }
      expect(isCorrelationId(extractRecordCorrelation(event).correlationId)).toBe(true);
    }
    fc.assert(
      fc.property(fc.anything(), fc.anything(), (event, context) => {
        expect(isCorrelationId(extractCorrelation(event, context).correlationId)).toBe(true);
        expect(isCorrelationId(extractRecordCorrelation(event).correlationId)).toBe(true);
      }),
    );
  });

  it('reads events of 10 MB as it reads small ones', () => {
    const large = 'x'.repeat(10_000_000);
    const body = JSON.stringify({ 'x-correlation-id': 'in-the-body', large });
    const context = { awsRequestId: 'request-1' };
    expect(extractCorrelation(large, context)).toMatchObject({
      correlationId: 'request-1',
      source: 'unknown',
    });
    expect(extractCorrelation({ ...rest({ 'x-correlation-id': 'id-1' }), body }).correlationId).toBe('id-1');
    expect(extractCorrelation({ Records: [sqsRecord({ body })] }, context)).toMatchObject({
      correlationId: 'request-1',
      source: 'sqs',
    });
    expect(extractCorrelation(rest({ 'x-correlation-id': large, baggage: large }), context)).toEqual({
      correlationId: 'request-1',
      source: 'api-gateway-rest',
      replaced: true,
    });
  });
});

describe('the trace context of an event', () => {
  it('is read from HTTP headers, whatever their case', () => {
    expect(
      extractCorrelation(
        rest({
          'X-AMZN-TRACE-ID': TRACE_HEADER,
          Traceparent: TRACEPARENT,
          TraceState: 'vendor=1',
          Baggage: 'tenant=shop',
        }),
      ),
    ).toMatchObject({
      traceHeader: TRACE_HEADER,
      traceparent: TRACEPARENT,
      tracestate: 'vendor=1',
      baggage: 'tenant=shop',
    });
  });

  it('is turned into a trace header where only traceparent came', () => {
    expect(extractCorrelation(rest({ traceparent: TRACEPARENT })).traceHeader).toBe(TRACE_HEADER);
    expect(extractCorrelation(fixture('vpc-lattice-v1')).traceHeader).toBe(TRACE_HEADER);
    expect(extractCorrelation(fixture('vpc-lattice-v2')).traceHeader).toBe(TRACE_HEADER);
  });

  it('joins the values of headers that came more than once, and takes no traceparent of two', () => {
    const multiValueHeaders = {
      Baggage: ['a=1', 'b=2'],
      TraceState: ['x=1', 'y=2'],
      Traceparent: [TRACEPARENT],
    };
    const event = { ...rest({ baggage: 'b=2' }), multiValueHeaders };
    expect(extractCorrelation(event)).toMatchObject({ baggage: 'a=1,b=2', tracestate: 'x=1,y=2' });
    const twice = { httpMethod: 'GET', multiValueHeaders: { traceparent: [TRACEPARENT, TRACEPARENT] } };
    expect(extractCorrelation(twice)).not.toHaveProperty('traceparent');
  });

  it('is read from message attributes, and AWSTraceHeader comes first', () => {
    const messageAttributes = {
      traceparent: { stringValue: TRACEPARENT, dataType: 'String' },
      baggage: { stringValue: 'tenant=shop', dataType: 'String' },
    };
    const AWSTraceHeader = 'Root=1-67891233-abcdef012345678912345679;Parent=463ac35c9f6413ae;Sampled=0';
    expect(extractRecordCorrelation(sqsRecord({ messageAttributes }))).toMatchObject({
      traceHeader: TRACE_HEADER,
      traceparent: TRACEPARENT,
      baggage: 'tenant=shop',
    });
    expect(
      extractRecordCorrelation(sqsRecord({ messageAttributes, attributes: { AWSTraceHeader } })).traceHeader,
    ).toBe(AWSTraceHeader);
  });

  it('keeps tracestate beside the traceparent that it came with', () => {
    const text = (value: string) => ({ Type: 'String', Value: value });
    const MessageAttributes = { traceparent: text(TRACEPARENT), tracestate: text('inner=1') };
    const body = JSON.stringify({ Type: 'Notification', Message: '{}', MessageAttributes });
    const outer = { stringValue: TRACEPARENT.replace(/01$/, '00'), dataType: 'String' };
    expect(extractRecordCorrelation(sqsRecord({ body }))).toMatchObject({ tracestate: 'inner=1' });
    expect(
      extractRecordCorrelation(sqsRecord({ body, messageAttributes: { traceparent: outer } })),
    ).not.toHaveProperty('tracestate');
  });

  it('holds nothing that could not be sent on as a header', () => {
    const extracted = extractCorrelation(
      rest({
        'x-amzn-trace-id': 'Root=1\r\nset-cookie: a=b',
        traceparent: 'not one',
        tracestate: 'vendor=1',
        baggage: 'a b,\r\n',
      }),
    );
    expect(Object.keys(extracted).sort()).toEqual(['correlationId', 'replaced', 'source']);
    const long = rest({
      'x-amzn-trace-id': 'x'.repeat(2000),
      traceparent: TRACEPARENT,
      tracestate: 'v'.repeat(600),
    });
    expect(extractCorrelation(long)).toMatchObject({ traceHeader: TRACE_HEADER });
    expect(extractCorrelation(long)).not.toHaveProperty('tracestate');
  });

  it('carries the correlation id in its baggage where nothing else does', () => {
    const inBaggage = 'tenant=shop,correlation-id=id-2,X-Correlation-Id=id-1';
    expect(extractCorrelation(rest({ baggage: inBaggage })).correlationId).toBe('id-1');
    expect(extractCorrelation(rest({ baggage: 'correlation-id=id-2' })).correlationId).toBe('id-2');
    expect(extractCorrelation(rest({ 'x-correlation-id': 'id-3', baggage: inBaggage })).correlationId).toBe(
      'id-3',
    );
    expect(extractCorrelation(rest({ baggage: 'correlation-id=a%20b' }))).toMatchObject({ replaced: true });
  });
});

describe('the id of a durable execution', () => {
  const ARN = 'arn:aws:lambda:eu-west-1:123456789012:function:flow:3/durable-execution/order-7';

  it('is the last part of its ARN in each of its invocations, where the event carries none', () => {
    const ids = ['first', 'second'].map((awsRequestId) => {
      const context = { awsRequestId, executionContext: { durableExecutionArn: `${ARN}/6f1c` } };
      return extractCorrelation({ order: 7 }, context).correlationId;
    });
    expect(ids).toEqual(['6f1c', '6f1c']);
  });

  it.each([[undefined], [7], [''], [`${ARN}/`], [`${ARN}/not an id`]])(
    'is that of the invocation where the ARN is %j',
    (durableExecutionArn) => {
      const context = { awsRequestId: 'first', executionContext: { durableExecutionArn } };
      expect(extractCorrelation({}, context).correlationId).toBe('first');
    },
  );
});
