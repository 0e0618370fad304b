import { describe, expect, it } from 'vitest';
import { assembleTrace } from '../../local/xray/assemble.ts';
import type { SegmentDocument } from '../../local/xray/document.ts';
import {
  expectCalls,
  expectNoFault,
  expectNoPersonalData,
  expectNothingSlower,
  expectServices,
} from '../../testing/index.ts';
import { ObservedTrace } from '../../testing/observed-trace.ts';
import { fc, runs } from '../helpers/fast-check.ts';
import { begun, embedded, segment, subsegment, TRACE_ID, traceId } from '../local/xray/fixtures.ts';

function traceOf(...documents: readonly SegmentDocument[]): ObservedTrace {
  const byTrace = Map.groupBy(documents, ({ trace_id: id }) => id);
  return new ObservedTrace(Array.from(byTrace, ([id, each]) => assembleTrace(id, each)));
}

function query(number: number, operation: string, fields: object = {}) {
  return embedded(number, {
    name: 'DynamoDB',
    namespace: 'aws',
    aws: { operation, table_name: 'orders' },
    ...fields,
  });
}

const shop = segment(1, {
  name: 'shop',
  subsegments: [
    query(10, 'Query'),
    query(11, 'PutItem'),
    embedded(12, { name: 'pay.example.com', namespace: 'remote', http: { request: { method: 'POST' } } }),
    embedded(13, { name: 'priceOrder' }),
  ],
});
const payments = segment(20, {
  name: 'payments',
  parent_id: shop.subsegments?.[2]?.id ?? '',
  start_time: 1012.5,
});
const order = traceOf(shop, payments);

function messageOf(work: () => void): string {
  try {
    work();
  } catch (error) {
    return (error as Error).message;
  }
  return '';
}

describe('expectServices', () => {
  it('is content with those that take part, by the names that they have', () => {
    expectServices(order, ['payments', 'shop']);
    expectServices(order, ['orders', 'DynamoDB']);
    expectServices(order, ['shop', 'orders', 'payments'], { inOrder: true });
    expectServices(order, ['shop', 'orders', 'payments'], { only: true });
    expectServices(order, ['shop', 'DynamoDB', 'payments'], { inOrder: true, only: true });
  });

  it('looks into linked traces too', () => {
    const receiver = segment(30, {
      name: 'receiver',
      trace_id: traceId(30),
      links: [{ trace_id: TRACE_ID }],
    });
    expectServices(traceOf(shop, payments, receiver), ['shop', 'receiver'], { inOrder: true });
  });

  it.each([
    [['shop', 'stock', 'mail'], {}, '"stock", "mail" took no part, but "shop", "orders", "payments" did'],
    [['payments', 'shop'], { inOrder: true }, '"shop" did not begin after "payments"'],
    [['shop', 'payments'], { only: true }, '"orders" took part too'],
    [['shop', 'payments', 'shop'], { inOrder: true }, '"shop" did not begin after "payments"'],
  ])('names for %j %j what is otherwise, and shows the trace', (names, options, message) => {
    expect(() => expectServices(order, names, options)).toThrow(message);
    expect(() => expectServices(order, names, options)).toThrow(/^ {2}DynamoDB PutItem orders /m);
  });
});

describe('expectCalls', () => {
  it('counts calls by service, by operation and by what they work on', () => {
    expectCalls(order, { 'DynamoDB Query': 1, 'DynamoDB PutItem': 1, 'pay.example.com POST': 1 });
    expectCalls(order, { DynamoDB: 2, 'pay.example.com': 1 }, { from: 'shop' });
    expectCalls(order, { 'DynamoDB Query orders': 1 }, { others: true });
    expectCalls(order, { 'DynamoDB DeleteItem': 0 }, { others: true });
    expectCalls(order, {}, { from: 'payments' });
  });

  it('fails for one query more, whatever the number was', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 1, max: 5 }), (count, more) => {
        const queries = Array.from({ length: count + more }, (_, index) => query(100 + index, 'Query'));
        const trace = traceOf(segment(1, { subsegments: queries }));
        expectCalls(trace, { 'DynamoDB Query': count + more });
        expect(() => expectCalls(trace, { 'DynamoDB Query': count })).toThrow(
          `- DynamoDB Query: expected ${count}, got ${count + more}`,
        );
      }),
      runs(50),
    );
  });

  it('fails for a call that nobody named', () => {
    const counts = { 'DynamoDB PutItem': 1, 'pay.example.com POST': 1 };
    expect(() => expectCalls(order, counts)).toThrow('- DynamoDB Query orders: expected none, got 1');
  });

  it('counts attempts of a call once, and calls that travel alone', () => {
    const retried = query(10, 'PutItem', { subsegments: [query(11, 'PutItem'), query(12, 'PutItem')] });
    expectCalls(traceOf(segment(1, { subsegments: [retried] })), { 'DynamoDB PutItem': 1 });
    const alone = subsegment(40, 99, { name: 'SNS', namespace: 'aws', aws: { operation: 'Publish' } });
    expectCalls(traceOf(alone), { 'SNS Publish': 1 });
  });

  it('names statements by their first word', () => {
    const sql = { sanitized_query: ' select * from orders' };
    const trace = traceOf(
      segment(1, { subsegments: [embedded(2, { name: 'shop@db', namespace: 'remote', sql })] }),
    );
    expectCalls(trace, { 'shop@db SELECT': 1 });
  });

  it('does not take a part of a name for the name', () => {
    expect(() => expectCalls(order, { Dynamo: 2 }, { others: true })).toThrow('Dynamo: expected 2, got 0');
  });

  it('refuses a caller that reports nothing, counts that are none, and options that it does not have', () => {
    expect(() => expectCalls(order, {}, { from: 'shp' })).toThrow(
      '"shp", which reports no segment; "shop", "payments" do',
    );
    expect(() => expectCalls(order, { DynamoDB: -1 })).toThrow(TypeError);
    expect(() => expectCalls(order, { DynamoDB: 0.5 })).toThrow(TypeError);
    expect(() => expectCalls(order, {}, { form: 'shop' } as object)).toThrow(
      'has no option "form"; it has from, others',
    );
  });
});

describe('expectNoFault', () => {
  const failing = { exceptions: [{ type: 'RangeError', message: 'no tea' }] };

  it('is content with errors, unless these are meant too', () => {
    const trace = traceOf(segment(1, { error: true }));
    expectNoFault(order, { errors: true });
    expectNoFault(trace);
    expect(() => expectNoFault(trace, { errors: true })).toThrow('- segment-1: error');
  });

  it.each([
    ['a segment', segment(1, { fault: true, cause: failing })],
    [
      'deep inside',
      segment(9, {
        subsegments: [
          embedded(2, { subsegments: [{ ...embedded(1), name: 'segment-1', fault: true, cause: failing }] }),
        ],
      }),
    ],
    ['alone', subsegment(1, 99, { name: 'segment-1', fault: true, cause: failing })],
    ['by its status', segment(1, { http: { response: { status: 503 } }, cause: failing })],
  ])('finds a fault %s, and says why', (_where, document) => {
    expect(() => expectNoFault(traceOf(document))).toThrow('- segment-1: fault (RangeError: no tea)');
  });
});

describe('expectNothingSlower', () => {
  const trace = traceOf(
    segment(1, { end_time: 1001.25, subsegments: [embedded(2, { name: 'Init', end_time: 1007 })] }),
  );

  it('holds every duration against the time', () => {
    expectNothingSlower(trace, 5000);
    expectNothingSlower(trace, 250, { except: ['Init'] });
    expectNothingSlower(trace, 250, { name: 'segment-1' });
    expect(() => expectNothingSlower(trace, 4999)).toThrow('- Init: 5 s');
    expect(() => expectNothingSlower(trace, 249, { name: 'segment-1' })).toThrow('- segment-1: 250 ms');
  });

  it('fails for what has not ended, and for a name that nothing has', () => {
    expect(() => expectNothingSlower(traceOf(begun(segment(1))), 5000)).toThrow('- segment-1: has not ended');
    expect(() => expectNothingSlower(trace, 5000, { name: 'Initt' })).toThrow('Nothing has the name "Initt"');
  });
});

describe('expectNoPersonalData', () => {
  const secret = 'jane.doe@example.com';

  it.each([
    ['an annotation', { annotations: { Buyer: secret } }, 'step.annotations.Buyer: [email]'],
    ['a denied name', { annotations: { password: 'hunter22' } }, 'step.annotations.password'],
    [
      'metadata',
      { metadata: { own: { notes: ['ok', `to ${secret}`] } } },
      'step.metadata.own.notes[1]: [email]',
    ],
    ['a URL', { http: { request: { url: `https://api.example.com/u?mail=${secret}` } } }, 'step.url'],
    ['a message', { cause: { exceptions: [{ message: `no ${secret}` }] } }, 'step.messages[0]: [email]'],
    ['a statement', { sql: { sanitized_query: `SELECT '${secret}'` } }, 'step.statement: [email]'],
    ['a name', { name: `order of ${secret}` }, 'order of [email].name: [email]'],
    ['a card number', { metadata: { own: 'paid with 4111 1111 1111 1111' } }, 'step.metadata.own'],
  ])('finds it in %s, and does not repeat it', (_where, fields, message) => {
    const trace = traceOf(segment(1, { subsegments: [embedded(2, { name: 'step', ...fields })] }));

    const said = messageOf(() => expectNoPersonalData(trace));
    expect(said).toContain(`- ${message}`);
    for (const datum of [secret, 'hunter22', '4111']) expect(said).not.toContain(datum);
  });

  it('finds parts of what it is given, wherever they stand', () => {
    const given = { name: 'Jane Doe', street: 'Elm Row' };
    const trace = traceOf(segment(1, { annotations: { Kind: 'at Elm Row' } }));

    expectNoPersonalData(trace);
    expectNoPersonalData(trace, { of: { name: 'Jane Doe' } });
    expect(() => expectNoPersonalData(trace, { of: given })).toThrow('.street');
    expectNoPersonalData(trace, { of: given, allow: ['street'] });
  });

  it('is content with ids, times, names and labels', () => {
    expectNoPersonalData(order);
    expectNoPersonalData(
      traceOf(
        segment(1, {
          annotations: {
            CorrelationId: '6f1c0b9e-0a3c-4d3e-9a51-1c2d3e4f5a6b',
            ColdStart: true,
            Total: 12.5,
          },
          http: {
            request: { method: 'POST', url: 'http://127.0.0.1:3000/orders' },
            response: { status: 201 },
          },
          metadata: { lantern: { result: { id: '<string, below 16 characters>', email: '[contact]' } } },
        }),
      ),
    );
  });
});
