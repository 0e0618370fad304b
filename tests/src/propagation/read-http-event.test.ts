import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { extractCorrelation, toCorrelationContext } from '../../../src/propagation/extract-correlation.ts';
import { readHttpEvent } from '../../../src/propagation/read-http-event.ts';
import { fc, runs } from '../../helpers/fast-check.ts';
import { lambdaContext } from '../../helpers/lambda.ts';
import { fixture } from './event-fixtures.ts';

const lambda = lambdaContext();
function full(event: unknown, context: unknown = lambda) {
  return toCorrelationContext(extractCorrelation(event, context));
}

function refuse(): never {
  throw new Error('of the getter');
}

const HEADER = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1';

describe('readHttpEvent', () => {
  it.each([
    ['REST, without an id', { httpMethod: 'GET', headers: { accept: '*/*' }, multiValueHeaders: null }],
    ['REST, with no headers at all', { httpMethod: 'GET', headers: null, multiValueHeaders: null }],
    ['REST, with an id', { httpMethod: 'GET', headers: { 'X-Correlation-Id': 'order-1' } }],
    [
      'REST, with each header twice',
      {
        httpMethod: 'GET',
        headers: { 'X-Correlation-Id': 'order-2', 'X-Amzn-Trace-Id': HEADER },
        multiValueHeaders: { 'X-Correlation-Id': ['order-1', 'order-2'], 'X-Amzn-Trace-Id': [HEADER] },
        requestContext: { domainName: 'x.execute-api.eu-west-1.amazonaws.com', resourceId: 'r' },
      },
    ],
    ['HTTP API', { version: '2.0', headers: { 'x-correlation-id': 'order-1', 'x-amzn-trace-id': HEADER } }],
  ])('reads an event of %s as the full extraction does', (_what, event) => {
    expect(readHttpEvent(event, lambda)).toEqual(full(event));
  });

  it.each([
    ['an id that is not valid', { httpMethod: 'GET', headers: { 'x-correlation-id': 'not valid' } }],
    ['W3C trace context', { httpMethod: 'GET', headers: { traceparent: '00-1-2-01' } }],
    ['baggage', { version: '2.0', headers: { Baggage: 'x-correlation-id=order-1' } }],
    ['a trace header that no header may hold', { httpMethod: 'GET', headers: { 'x-amzn-trace-id': 'a\n' } }],
    ['an id beside the headers', { httpMethod: 'GET', headers: {}, 'X-Correlation-Id': 'order-1' }],
    ['a load balancer', { httpMethod: 'GET', headers: {}, requestContext: { elb: {} } }],
    [
      'a function URL',
      { version: '2.0', headers: {}, requestContext: { domainName: 'x.lambda-url.eu-west-1.on.aws' } },
    ],
    ['an authorizer', { type: 'REQUEST', methodArn: 'arn:x', httpMethod: 'GET', headers: {} }],
    ['a queue', { Records: [] }],
    [
      'a header that throws when it is read',
      { httpMethod: 'GET', headers: Object.defineProperty({}, 'accept', { enumerable: true, get: refuse }) },
    ],
    ['nothing', undefined],
  ])('leaves an event with or of %s to the full extraction', (_what, event) => {
    expect(readHttpEvent(event, lambda)).toBeUndefined();
  });

  it('takes of the events that AWS sends those of API Gateway, without their W3C headers', () => {
    const names = readdirSync(new URL('../../fixtures/events/', import.meta.url));
    const taken = names.filter((name) => {
      const event = fixture(name.replace('.json', '')) as { headers?: object; multiValueHeaders?: object };
      const bare = { ...event };
      for (const field of ['headers', 'multiValueHeaders'] as const) {
        if (event[field] === undefined) continue;
        bare[field] = Object.fromEntries(
          Object.entries(event[field]).filter(([key]) => !/^(traceparent|tracestate|baggage)$/i.test(key)),
        );
      }
      const read = readHttpEvent(bare, lambda);
      if (read !== undefined) expect(read).toEqual(full(bare));
      return read !== undefined;
    });

    expect(taken).toEqual([
      'api-gateway-http-format-1.json',
      'api-gateway-http.json',
      'api-gateway-rest.json',
    ]);
  });

  it.each([{ header: 'X-Request-Id' }, { requestId: true }, { header: 'x-request-id', requestId: true }])(
    'reads with the options %j as the full extraction does',
    (options) => {
      const requestContext = { requestId: 'of-the-gateway' };
      const events = [
        { 'x-request-id': 'order-1', 'x-correlation-id': 'order-2' },
        { 'X-Request-ID': 'order-3' },
        { accept: '*/*' },
      ].flatMap((headers) => [
        { httpMethod: 'GET', headers, requestContext },
        { version: '2.0', headers, requestContext },
        { httpMethod: 'GET', headers },
      ]);
      for (const event of events) {
        const read = readHttpEvent(event, lambda, options);
        expect(read).toBeDefined();
        expect(read).toEqual(
          toCorrelationContext(extractCorrelation(event, lambda, options), options.header),
        );
      }
      const beside = { httpMethod: 'GET', headers: {}, 'X-Request-Id': 'order-1' };
      if (options.header !== undefined) expect(readHttpEvent(beside, lambda, options)).toBeUndefined();
    },
  );

  it('leaves an event with a client context to the full extraction', () => {
    const context = { ...lambda, clientContext: { custom: { 'x-correlation-id': 'order-1' } } };

    expect(readHttpEvent({ httpMethod: 'GET', headers: {} }, context)).toBeUndefined();
  });

  it('says the same as the full extraction of every event that it takes', () => {
    const value = fc.oneof(
      fc.constantFrom(
        'order-1',
        'not valid',
        HEADER,
        '',
        null,
        7,
        '00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01',
      ),
      fc.array(fc.constantFrom('order-1', 'order-2', HEADER), { maxLength: 2 }),
      fc.string(),
    );
    const name = fc.constantFrom(
      ...['x-correlation-id', 'X-Correlation-Id', 'x-amzn-trace-id', 'X-Amzn-Trace-Id', 'accept'],
      ...['traceparent', 'tracestate', 'baggage', 'TraceParent', 'BAGGAGE'],
      // As long as these, or as long but for 32 characters.
      ...['content-encoding', 'accept-language', 'if-range-or', 'keep-alive', 'referer', '-'.repeat(43)],
    );
    const headers = fc.option(fc.dictionary(name, value, { maxKeys: 3 }), { nil: null });
    const ordinary = fc.record(
      {
        httpMethod: fc.constantFrom('GET', 'GET', '', null),
        version: fc.constantFrom('2.0', '2.0', '1.0'),
        headers,
        multiValueHeaders: headers,
      },
      { requiredKeys: ['headers'] },
    );
    const domain = fc.constantFrom('api.example.com', 'x.lambda-url.eu-west-1.on.aws', null);
    const special = fc.record(
      {
        requestContext: fc.record(
          {
            elb: fc.constantFrom(null, {}),
            connectionId: fc.constantFrom(null, 'c-1'),
            domainName: domain,
            targetGroupArn: fc.constantFrom(null, 'arn:x'),
            serviceNetworkArn: fc.constant('arn:x'),
          },
          { requiredKeys: [] },
        ),
        type: fc.constantFrom('TOKEN', 'REQUEST', null),
        Type: fc.constant('TOKEN'),
        x_correlation_id: fc.constant('order-1'),
        methodArn: fc.constant('arn:x'),
        raw_path: fc.constant('/'),
        'X-CORRELATION-ID': value,
        'detail-type': fc.constant('x'),
        source: fc.constant('x'),
      },
      { requiredKeys: [] },
    );
    const event = fc
      .tuple(
        ordinary,
        fc.oneof(
          fc.constant({}),
          domain.map((domainName) => ({ requestContext: { domainName } })),
          special,
        ),
      )
      .map(([one, other]) => ({ ...one, ...other }));
    let taken = 0;
    fc.assert(
      fc.property(event, (each) => {
        const read = readHttpEvent(each, lambda);
        if (read === undefined) return;
        taken += 1;
        expect(read).toEqual(full(each));
        expect(extractCorrelation(each, lambda).replaced).toBe(false);
      }),
      runs(10_000),
    );
    expect(taken).toBeGreaterThan(500);
  });
});
