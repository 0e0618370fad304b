import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import middy from '@middy/core';
import httpErrorHandler from '@middy/http-error-handler';
import { Agent, request } from 'undici';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createInputInjector } from '../../../src/clients/inject-correlation.ts';
import { injections } from '../../../src/clients/injections.ts';
import { observeDispatcher } from '../../../src/clients/observe-dispatcher.ts';
import { observedFetch } from '../../../src/clients/observed-fetch.ts';
import { observedHttp } from '../../../src/clients/observed-http.ts';
import type { CorrelationIdOptions } from '../../../src/middlewares/correlation-id.ts';
import { correlationId } from '../../../src/middlewares/correlation-id.ts';
import { observability } from '../../../src/middlewares/observability.ts';
import { tracing } from '../../../src/middlewares/tracing.ts';
import { getCorrelationId, runWithCorrelation } from '../../../src/propagation/correlation.ts';
import type { Tracer } from '../../../src/telemetry/tracer.ts';
import { withRecord } from '../../../src/telemetry/with-record.ts';
import type { DocumentReceiver } from '../../helpers/document-receiver.ts';
import { lambdaContext, sampledTrace } from '../../helpers/lambda.ts';
import { receiveFrom, RECORDERS, tracerOf } from '../../helpers/recorders.ts';
import { FIXTURE_ID, fixture, withIdNamed } from '../propagation/event-fixtures.ts';

function restEvent(headers: Record<string, string> | null) {
  return { httpMethod: 'POST', headers };
}

function respondWithId() {
  return { statusCode: 200, body: getCorrelationId() ?? 'none' };
}

/** A server that remembers the headers of what it was asked. */
async function startServer() {
  const asked: IncomingHttpHeaders[] = [];
  const server = createServer((request, response) => {
    asked.push(request.headers);
    if (request.url === '/away') response.writeHead(302, { location: `http://127.0.0.2:${port}/` });
    response.end();
  }).listen(0, '0.0.0.0');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { asked, url: `http://127.0.0.1:${port}`, stop: () => server.close() };
}

/** An input with what is bytes or base64 in it as text. */
function readable(input: unknown): string {
  return JSON.stringify(input, (_key, value: unknown) => {
    if (typeof value === 'object' && value !== null && 'type' in value && value.type === 'Buffer') {
      return Buffer.from((value as unknown as { data: number[] }).data).toString();
    }
    return typeof value === 'string' && /^eyJ/.test(value) ? Buffer.from(value, 'base64').toString() : value;
  });
}

describe.each(['none', ...RECORDERS] as const)('with the recorder %s', (recorder) => {
  let daemon: DocumentReceiver | undefined;
  let tracer: Tracer | undefined;
  beforeAll(async () => {
    if (recorder === 'none') return;
    daemon = await receiveFrom(recorder);
    tracer = await tracerOf(recorder);
  });
  beforeEach(() => {
    process.env._X_AMZN_TRACE_ID = sampledTrace().header;
  });
  afterAll(async () => {
    delete process.env._X_AMZN_TRACE_ID;
    await daemon?.stop();
  });

  /** A pipeline that has the id, and is recorded where something records. */
  const correlated = (options?: CorrelationIdOptions) =>
    middy().use([
      correlationId(options),
      ...(tracer === undefined ? [] : [tracing({ tracer, name: '## handler' })]),
    ]);

  describe('a header of your own', () => {
    const event = restEvent({ 'X-REQUEST-ID': 'order-30', 'x-correlation-id': 'of-others' });
    const answering = (work: () => unknown = () => undefined) =>
      middy()
        .use(
          observability({
            correlation: { header: 'x-request-id' },
            ...(tracer !== undefined && { tracing: { tracer } }),
          }),
        )
        .handler(async () => {
          await work();
          return respondWithId();
        });

    it('is read, and repeated by the answer, an early one and that of an error too', async () => {
      const refused = correlated({ header: 'x-request-id' }).before(() => ({ statusCode: 401 }));
      const failed = correlated({ header: 'x-request-id' })
        .use(httpErrorHandler({ logger: false }))
        .handler(() => {
          throw new Error('boom');
        });

      expect(await (answering()(event, lambdaContext()) as Promise<unknown>)).toEqual({
        statusCode: 200,
        body: 'order-30',
        headers: { 'x-request-id': 'order-30' },
      });
      for (const handler of [refused, failed]) {
        expect(await (handler(event, lambdaContext()) as Promise<unknown>)).toMatchObject({
          headers: { 'x-request-id': 'order-30' },
        });
      }
      const multi = { httpMethod: 'GET', multiValueHeaders: { 'X-Request-Id': ['order-31'] } };
      expect(await (answering()(multi, lambdaContext()) as Promise<unknown>)).toMatchObject({
        multiValueHeaders: { 'x-request-id': ['order-31'] },
      });
    });

    it('is sent on by every HTTP client, also in scopes within, and not to a stranger after a redirect', async () => {
      const { asked, url, stop } = await startServer();
      const agent = new Agent().compose(observeDispatcher());
      const record = { messageId: '1', body: '{"x-request-id":"order-33"}', eventSource: 'aws:sqs' };
      await answering(async () => {
        await observedFetch(url);
        await request(url, { dispatcher: agent });
        await new Promise((resolve) => observedHttp.get(url, (got) => got.resume().on('end', resolve)));
        await runWithCorrelation({ correlationId: 'order-32', source: 'test' }, () => observedFetch(url));
        await withRecord(record, () => observedFetch(url));
        await observedFetch(`${url}/away`);
      })(event, lambdaContext());
      await observedFetch(url, { headers: { 'x-request-id': 'outside' } });
      stop();

      expect(asked.map((headers) => headers['x-request-id'])).toEqual([
        ...Array<string>(3).fill('order-30'),
        'order-32',
        'order-33',
        'order-30',
        undefined,
        'outside',
      ]);
      for (const headers of asked) expect(headers).not.toHaveProperty('x-correlation-id');
    });

    it('names the attribute or member of every message', async () => {
      const sent: unknown[] = [];
      const inject = createInputInjector(true, (message) => sent.push(message));
      await answering(() => {
        for (const { client, command } of injections) {
          const text = '{"orderId":"o-1"}';
          const input = {
            Message: text,
            MessageBody: text,
            Entries: [{ Detail: text, MessageBody: text }],
            PublishBatchRequestEntries: [{ Message: text }],
            Payload: text,
            InvokeArgs: text,
            input: text,
            Data: Buffer.from(text),
            Record: { Data: Buffer.from(text) },
            Records: [{ Data: Buffer.from(text) }],
            Target: { Arn: 'arn:aws:lambda:eu-west-1:000000000000:function:f', Input: text },
            ...(client === 'Lambda' && { InvocationType: command === 'Invoke' ? 'Event' : undefined }),
          };
          sent.push(readable(inject(client, command, input, 'order-30')));
        }
      })(event, lambdaContext());

      expect(sent).toHaveLength(injections.length);
      for (const text of sent) {
        expect(text).toContain('x-request-id');
        expect(text).not.toContain('x-correlation-id');
      }
    });

    it.each(['x-correlation-id', 'X-Request-Id', 'request_id', 'shop.request.id', 'x'.repeat(256)])(
      'may be called %s',
      (header) => {
        expect(() => correlationId({ header })).not.toThrow();
      },
    );

    it.each([
      '',
      'x request id',
      'x-request-id:',
      'é',
      'a..b',
      '.a',
      'aws.id',
      'Amazon.id',
      'traceparent',
      'X-Amzn-Trace-Id',
      'Content-Length',
      'host',
      'set-cookie',
      'x'.repeat(257),
      7,
    ])('may not be called %j', (header) => {
      expect(() => observability({ correlation: { header: header as string } })).toThrow(
        /The option "header" of correlationId\(\) takes a header name of letters, digits, "-", "_" and single dots/,
      );
    });
  });

  describe('where an id comes from by option', () => {
    it('is API Gateway last, and a function of your own first', async () => {
      const ids = async (options: CorrelationIdOptions, given: object) => {
        const answer: unknown = await correlated(options).handler(respondWithId)(
          { httpMethod: 'GET', headers: {}, requestContext: { requestId: 'r-1' }, ...given },
          lambdaContext(),
        );
        return (answer as { body: string }).body;
      };
      const find = (event: unknown) => (event as { body?: { reference?: unknown } }).body?.reference;
      const carried = { headers: { 'x-correlation-id': 'order-40' } };

      expect(await ids({ requestId: true }, {})).toBe('r-1');
      expect(await ids({ requestId: true }, carried)).toBe('order-40');
      expect(await ids({ find }, { ...carried, body: { reference: 'order-41' } })).toBe('order-41');
      expect(await ids({ find }, { ...carried, body: { reference: 'not valid' } })).toBe('order-40');
      expect(await ids({ find, requestId: true }, { body: null })).toBe('r-1');
      // With trace context the event is read by the code that reads any.
      const baggage = { headers: { baggage: 'tenant=shop' }, body: { reference: 'order-42' } };
      expect(await ids({ find }, baggage)).toBe('order-42');
      const throwing = () => {
        throw new Error('no such member');
      };
      const warnings: string[] = [];
      const logger = { warn: (message: string) => void warnings.push(message) };
      expect(await ids({ find: throwing, logger }, carried)).toBe('order-40');
      expect(warnings).toEqual([expect.stringContaining('"find" of correlationId() threw')]);
    });
  });

  describe('an answer to CloudFront', () => {
    const answerOf = (response: unknown, name = 'cloudfront-viewer-request') =>
      correlated({ header: 'X-Request-Id' }).handler(() => response)(
        withIdNamed(fixture(name), 'X-Request-Id'),
        lambdaContext(),
      ) as Promise<unknown>;
    const header = { 'x-request-id': [{ key: 'X-Request-Id', value: FIXTURE_ID }] };

    it('repeats the id in the form in which CloudFront has headers', async () => {
      expect(await answerOf({ status: '302', headers: { location: [{ value: '/x' }] } })).toEqual({
        status: '302',
        headers: { location: [{ value: '/x' }], ...header },
      });
      expect(await answerOf({ status: '200' }, 'cloudfront-origin-response')).toMatchObject({
        headers: header,
      });
    });

    it('is left alone where it is the request to go on with', async () => {
      const request = { uri: '/orders', method: 'GET', headers: {} };
      expect(await answerOf(request)).toBe(request);
    });
  });

  describe('correlationId', () => {
    it('gives the id to what is recorded', async () => {
      await correlated().handler(respondWithId)(
        restEvent({ 'x-correlation-id': 'order-16' }),
        lambdaContext(),
      );
      const recorded = await daemon?.until((all) =>
        all.some(({ annotations }) => annotations?.CorrelationId === 'order-16'),
      );
      expect(recorded === undefined).toBe(recorder === 'none');
    });

    it('gives the handler the id of the event, and repeats it in the answer', async () => {
      const handler = correlated().handler(respondWithId);

      const response: unknown = await handler(restEvent({ 'X-Correlation-Id': 'order-17' }), lambdaContext());

      expect(response).toEqual({
        statusCode: 200,
        body: 'order-17',
        headers: { 'x-correlation-id': 'order-17' },
      });
    });

    it('uses the request id where the event carries none', async () => {
      const context = lambdaContext();

      const response: unknown = await correlated().handler(respondWithId)(restEvent(null), context);

      expect(response).toMatchObject({ headers: { 'x-correlation-id': context.awsRequestId } });
    });

    it('replaces an id that is not safe to repeat, and says so without repeating it', async () => {
      const warnings: string[] = [];
      const handler = correlated({ logger: { warn: (message) => warnings.push(message) } }).handler(
        respondWithId,
      );

      const response: unknown = await handler(
        restEvent({ 'x-correlation-id': 'a\r\nset-cookie: b' }),
        lambdaContext(),
      );

      expect(JSON.stringify(response)).not.toContain('set-cookie');
      expect(warnings).toHaveLength(1);
      expect(warnings.join()).not.toContain('set-cookie');
    });

    it('adds the header to the answer of an error handler', async () => {
      const handler = correlated()
        .use(httpErrorHandler({ logger: false }))
        .handler(() => {
          throw new Error('boom');
        });

      const response: unknown = await handler(restEvent({ 'x-correlation-id': 'order-18' }), lambdaContext());

      expect(response).toMatchObject({ statusCode: 500, headers: { 'x-correlation-id': 'order-18' } });
    });

    it('adds the header to the answer of a middleware that replies early', async () => {
      const refuse = () => ({ statusCode: 401 });
      const event = restEvent({ 'x-correlation-id': 'order-21' });
      const expected = { statusCode: 401, headers: { 'x-correlation-id': 'order-21' } };

      const before = correlated().before(refuse).handler(respondWithId);
      const after = correlated().after(refuse).handler(respondWithId);
      const onError = correlated()
        .onError(refuse)
        .handler(() => {
          throw new Error('boom');
        });

      for (const handler of [before, after, onError]) {
        expect(await (handler(event, lambdaContext()) as Promise<unknown>)).toEqual(expected);
      }
    });

    it('answers an ALB that is set to multi-value headers in these', async () => {
      const event = {
        httpMethod: 'GET',
        multiValueHeaders: { 'x-correlation-id': ['order-22'] },
        requestContext: {
          elb: { targetGroupArn: 'arn:aws:elasticloadbalancing:eu-west-1:0:targetgroup/x/y' },
        },
      };

      const response: unknown = await correlated().handler(respondWithId)(event, lambdaContext());

      expect(response).toMatchObject({ multiValueHeaders: { 'x-correlation-id': ['order-22'] } });
    });

    it('keeps a header that the handler set, and does not touch what it returned', async () => {
      const returned = Object.freeze({
        statusCode: 200,
        headers: Object.freeze({ 'X-Correlation-ID': 'mine' }),
      });
      const plain = Object.freeze({ statusCode: 200 });

      const kept: unknown = await correlated().handler(() => returned)(restEvent(null), lambdaContext());
      const added: unknown = await correlated().handler(() => plain)(restEvent(null), lambdaContext());

      expect(kept).toBe(returned);
      expect(added).not.toBe(plain);
      expect(plain).toEqual({ statusCode: 200 });
    });

    it.each([
      ['the headers of fetch', new Headers({ a: '1' })],
      ['a map', new Map([['a', '1']])],
      ['pairs', [['a', '1']]],
    ])('leaves an answer alone whose headers are %s, which no copy would hold', async (_what, headers) => {
      const returned = { statusCode: 200, headers };
      expect(await correlated().handler(() => returned)(restEvent(null), lambdaContext())).toBe(returned);
    });

    it.each(['returns', 'throws', 'is skipped'])(
      'is not visible after an invocation whose handler %s',
      async (ending) => {
        const pipeline = correlated();
        if (ending === 'is skipped') pipeline.before(() => ({ statusCode: 401 }));
        const handler = pipeline.handler(() => {
          if (ending === 'throws') throw new Error('boom');
          return { statusCode: 200 };
        });

        await handler(restEvent({ 'x-correlation-id': 'order-19' }), lambdaContext()).catch(() => undefined);

        expect(getCorrelationId()).toBeUndefined();
      },
    );

    it('keeps overlapping invocations apart', async () => {
      const handler = correlated().handler(async (event: unknown) => {
        const { wait } = event as { wait: number };
        await new Promise((resolve) => setTimeout(resolve, wait));
        return getCorrelationId();
      });

      const ids = Array.from({ length: 32 }, (_, index) => `order-${index}`);
      const seen: unknown[] = await Promise.all(
        ids.map((id, index): Promise<unknown> =>
          handler({ ...restEvent({ 'x-correlation-id': id }), wait: (index * 7) % 11 }, lambdaContext()),
        ),
      );

      expect(seen).toEqual(ids);
    });
  });
});
