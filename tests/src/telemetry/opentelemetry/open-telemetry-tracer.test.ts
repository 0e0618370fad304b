import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import middy from '@middy/core';
import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Attributes } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  annotate,
  observability,
  observeClient,
  observedFetch,
  putMetadata,
  recordError,
  traced,
  withRecord,
} from '../../../../src/index.ts';
import { createOpenTelemetryTracer } from '../../../../src/opentelemetry/index.ts';
import type { OpenTelemetryTracerOptions } from '../../../../src/opentelemetry/index.ts';
import type { AwsEndpoint } from '../../../helpers/aws-endpoint.ts';
import { startAwsEndpoint } from '../../../helpers/aws-endpoint.ts';
import { lambdaContext, sampledTrace } from '../../../helpers/lambda.ts';
import type { SpanReceiver } from '../../../helpers/span-receiver.ts';
import { receiveSpans } from '../../../helpers/span-receiver.ts';
import type { WebServer } from '../../clients/web-server.ts';
import { startWebServer } from '../../clients/web-server.ts';

let receiver: SpanReceiver;
let endpoint: AwsEndpoint;
let server: WebServer;
const region = 'eu-west-1';
const credentials = { accessKeyId: 'x', secretAccessKey: 'x' };

beforeAll(async () => {
  process.env.AWS_LAMBDA_INITIALIZATION_TYPE = 'on-demand';
  receiver = receiveSpans();
  endpoint = await startAwsEndpoint();
  server = await startWebServer();
});
afterEach(() => {
  delete process.env._X_AMZN_TRACE_ID;
  receiver.clear();
  endpoint.clear();
  server.clear();
});
afterAll(async () => {
  await receiver.stop();
  await endpoint.stop();
  await server.stop();
});

const NAME = '## handler';
const rest = { httpMethod: 'GET', path: '/orders/o-1', resource: '/orders/{id}', headers: {} };

function pipelineOf(options: OpenTelemetryTracerOptions = {}, more = {}) {
  const tracer = createOpenTelemetryTracer(options);
  return middy().use(observability({ tracing: { tracer, name: NAME, ...more } }));
}

interface Run {
  readonly event?: unknown;
  readonly header?: string | undefined;
  readonly options?: OpenTelemetryTracerOptions;
  readonly context?: ReturnType<typeof lambdaContext>;
}

/** What has been exported by the time that the answer is there. */
async function spansOf(fn: () => unknown, run: Run = {}): Promise<ReadableSpan[]> {
  const { event = rest, header = sampledTrace().header, options, context: given = lambdaContext() } = run;
  if (header !== '') process.env._X_AMZN_TRACE_ID = header;
  await pipelineOf(options)
    .handler(async () => (await fn()) ?? { statusCode: 200 })(event as never, given)
    .catch(() => undefined);
  return receiver.spans();
}

function only(spans: readonly ReadableSpan[], name: string): ReadableSpan {
  const found = spans.filter((span) => span.name === name);
  if (found.length !== 1 || found[0] === undefined)
    throw new Error(`Expected one span ${name}, got ${spans.map((span) => span.name).join()}`);
  return found[0];
}

function idOf(span: ReadableSpan): string {
  return span.spanContext().spanId;
}

function parentOf(span: ReadableSpan): string | undefined {
  return span.parentSpanContext?.spanId;
}

describe("the handler's span", () => {
  it('says what Lambda says of the invocation, and has left when the answer is there', async () => {
    const given = lambdaContext();
    const { traceId, parent, header } = sampledTrace();
    const [span, ...others] = await spansOf(() => undefined, {
      header,
      context: { ...given, invokedFunctionArn: `${given.invokedFunctionArn}:live` },
    });

    expect(others).toEqual([]);
    expect(span?.name).toBe(NAME);
    expect(span?.kind).toBe(SpanKind.SERVER);
    expect(span?.parentSpanContext).toMatchObject({ spanId: parent, isRemote: true });
    expect(`1-${span?.spanContext().traceId}`.replace(/^(1-.{8})/, '$1-')).toBe(traceId);
    expect(span?.status.code).toBe(SpanStatusCode.UNSET);
    expect(span?.attributes).toMatchObject({
      'faas.name': given.functionName,
      'faas.version': '$LATEST',
      'faas.max_memory': 512 * 1024 * 1024,
      'faas.invocation.id': given.awsRequestId,
      'faas.invocation_id': given.awsRequestId,
      'faas.coldstart': true,
      'faas.trigger': 'http',
      'cloud.provider': 'aws',
      'cloud.region': 'eu-west-1',
      'cloud.account.id': '000000000000',
      'cloud.resource_id': given.invokedFunctionArn,
      'aws.lambda.invoked_arn': `${given.invokedFunctionArn}:live`,
      'http.request.method': 'GET',
      'http.route': '/orders/{id}',
      'url.path': '/orders/o-1',
      'http.response.status_code': 200,
      ColdStart: true,
    });
    expect(span?.attributes['aws.xray.annotations']).toContain('HttpRoute');
  });

  const W3C = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' };
  const traceparent = `00-${W3C.traceId}-${W3C.spanId}-01`;
  const asked = { ...rest, headers: { traceparent, tracestate: 'vendor=1', baggage: 'tenant=t%201;p=1' } };
  const unsampled =
    'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0;Lineage=1:a:0';

  it.each([
    ["Lambda's trace, where that is sampled", asked, sampledTrace().header, undefined, undefined],
    ["the event's, where Lambda's is not sampled", asked, unsampled, undefined, W3C],
    ["the event's, where Lambda says nothing", asked, '', undefined, W3C],
    ["the event's, where that is asked for", asked, sampledTrace().header, 'event', W3C],
    ['none, where nobody says anything', rest, '', undefined, 'root'],
    ['none, where only the event may say something and does not', rest, unsampled, 'event', 'root'],
  ] as const)('belongs to %s', async (_what, event, header, parent, expected) => {
    const options = parent === undefined ? {} : { parent };
    const [span] = await spansOf(() => undefined, { event, header, options });

    if (expected === 'root') expect(span?.parentSpanContext).toBeUndefined();
    else if (expected === undefined) expect(header).toContain(`Parent=${span?.parentSpanContext?.spanId}`);
    else expect(span?.parentSpanContext).toMatchObject(expected);
  });

  it('is not begun anew where an instrumentation has made one', async () => {
    const given = lambdaContext();
    const tracer = trace.getTracer('instrumentation');
    await tracer.startActiveSpan('instrumented', { kind: SpanKind.SERVER }, async (span) => {
      await spansOf(
        () => {
          annotate('OrderId', 'o-1');
          traced('inner', () => undefined)();
          return { statusCode: 503 };
        },
        { context: given },
      );
      span.end();
    });
    await receiver.flush();

    const spans = receiver.spans();
    expect(spans.map(({ name }) => name).sort()).toEqual(['inner', 'instrumented']);
    const handler = only(spans, 'instrumented');
    expect(parentOf(only(spans, 'inner'))).toBe(idOf(handler));
    expect(handler.attributes).toMatchObject({
      OrderId: 'o-1',
      'faas.invocation.id': given.awsRequestId,
      'http.response.status_code': 503,
    });
    expect(handler.status.code).toBe(SpanStatusCode.ERROR);
  });

  it.each([
    ['above it', { kind: SpanKind.INTERNAL }, true],
    [
      'left behind by another invocation',
      { kind: SpanKind.SERVER, attributes: { 'faas.invocation_id': 'r-0' } },
      false,
    ],
  ])('is a span of its own below one that is %s', async (_what, options, isParent) => {
    const { header, parent } = sampledTrace();
    const outer = trace.getTracer('others').startSpan('outer', options);
    await context.with(trace.setSpan(context.active(), outer), () => spansOf(() => undefined, { header }));
    outer.end();
    await receiver.flush();

    const expected = isParent ? outer.spanContext().spanId : parent;
    expect(parentOf(only(receiver.spans(), NAME))).toBe(expected);
  });

  it.each<[string, Attributes, unknown]>([
    [
      'sqs',
      { 'messaging.system.name': 'aws.sqs', 'messaging.operation.type': 'process', 'faas.trigger': 'pubsub' },
      sqs(),
    ],
    [
      'eventbridge',
      { 'faas.trigger': 'pubsub' },
      { source: 'shop', 'detail-type': 'OrderPlaced', detail: {} },
    ],
  ])('is that of a consumer for an event of %s', async (_source, attributes, event) => {
    const [span] = await spansOf(() => undefined, { event });

    expect(span?.kind).toBe(SpanKind.CONSUMER);
    expect(span?.attributes).toMatchObject(attributes);
  });

  it('fails with what the service answers or throws, and not for a mistake of its client', async () => {
    const failing = (properties: object) => () => {
      throw Object.assign(new RangeError('no'), properties);
    };
    const outcomes: Array<[() => unknown, SpanStatusCode, string | undefined]> = [
      [() => ({ statusCode: 204 }), SpanStatusCode.UNSET, undefined],
      [() => ({ statusCode: 404 }), SpanStatusCode.UNSET, undefined],
      [() => ({ statusCode: 500 }), SpanStatusCode.ERROR, '500'],
      [failing({}), SpanStatusCode.ERROR, 'RangeError'],
      [failing({ statusCode: 503 }), SpanStatusCode.ERROR, 'RangeError'],
      [failing({ statusCode: 409 }), SpanStatusCode.ERROR, 'RangeError'],
    ];
    for (const [handler, code, type] of outcomes) {
      receiver.clear();
      const [span] = await spansOf(handler);
      expect(span?.status.code, String(type)).toBe(code);
      expect(span?.attributes['error.type']).toBe(type);
    }
    receiver.clear();
    const tracer = createOpenTelemetryTracer();
    await middy()
      .use(observability({ tracing: { tracer, name: NAME } }))
      .onError((request) => {
        request.response = { statusCode: 409 };
      })
      .handler(failing({ statusCode: 409 }))(rest, lambdaContext());
    const [answered] = receiver.spans();
    expect(answered?.status.code).toBe(SpanStatusCode.UNSET);
    expect(answered?.events.map(({ name }) => name)).toEqual(['exception']);
  });
});

describe('a span within', () => {
  it('nests with the spans that others begin, in the handler and in inner functions', async () => {
    const others = trace.getTracer('others');
    const spans = await spansOf(async () => {
      others.startSpan('of the handler').end();
      await traced('inner', async () => {
        await sleep(1);
        others.startSpan('of inner').end();
        await others.startActiveSpan('around', async (span) => {
          await traced('innermost', async () => {
            await sleep(1);
            others.startSpan('of innermost').end();
          })();
          span.end();
        });
      })();
      others.startSpan('of the handler again').end();
    });

    const tree = (name: string): string => {
      const above = spans.find((span) => idOf(span) === parentOf(only(spans, name)));
      return above === undefined ? name : `${tree(above.name)} > ${name}`;
    };
    expect(spans.map(({ name }) => tree(name)).sort()).toEqual([
      NAME,
      `${NAME} > inner`,
      `${NAME} > inner > around`,
      `${NAME} > inner > around > innermost`,
      `${NAME} > inner > around > innermost > of innermost`,
      `${NAME} > inner > of inner`,
      `${NAME} > of the handler`,
      `${NAME} > of the handler again`,
    ]);
    expect(only(spans, 'inner').kind).toBe(SpanKind.INTERNAL);
    expect(trace.getActiveSpan()).toBeUndefined();
  });

  it('is a call of AWS with its operation, resource and message', async () => {
    const config = { endpoint: endpoint.url, region, credentials };
    const dynamodb = observeClient(new DynamoDBClient(config));
    const sqsClient = observeClient(new SQSClient(config));
    const lambda = observeClient(new LambdaClient(config));
    const queue = `${endpoint.url}/000000000000/orders`;
    const spans = await spansOf(async () => {
      await dynamodb.send(new GetItemCommand({ TableName: 'orders', Key: { id: { S: 'o-1' } } }));
      await lambda.send(new InvokeCommand({ FunctionName: 'fulfil' }));
      await sqsClient.send(new SendMessageCommand({ QueueUrl: queue, MessageBody: 'x' }));
    });
    for (const client of [dynamodb, sqsClient, lambda]) client.destroy();

    const get = only(spans, 'DynamoDB.GetItem');
    expect(get.kind).toBe(SpanKind.CLIENT);
    expect(get.attributes).toMatchObject({
      'rpc.system.name': 'aws-api',
      'rpc.system': 'aws-api',
      'rpc.service': 'DynamoDB',
      'rpc.method': 'DynamoDB/GetItem',
      'db.system.name': 'aws.dynamodb',
      'db.operation.name': 'GetItem',
      'aws.dynamodb.table_names': ['orders'],
      'aws.request_id': 'request-1',
      'cloud.region': region,
      'http.response.status_code': 200,
    });
    const sent = only(spans, 'SQS.SendMessage');
    expect(sent.kind).toBe(SpanKind.PRODUCER);
    expect(sent.attributes).toMatchObject({
      'messaging.system.name': 'aws.sqs',
      'messaging.system': 'aws_sqs',
      'messaging.operation.type': 'send',
      'messaging.destination.name': 'orders',
      'aws.sqs.queue.url': queue,
    });
    expect(only(spans, 'Lambda.Invoke').attributes).toMatchObject({
      'faas.invoked_name': 'fulfil',
      'faas.invoked_provider': 'aws',
      'faas.invoked_region': region,
    });
  });

  it.each([
    [200, SpanStatusCode.UNSET, undefined],
    [404, SpanStatusCode.ERROR, '404'],
    [503, SpanStatusCode.ERROR, '503'],
  ])('is a call over HTTP, which fails with status %i or does not', async (status, code, type) => {
    const spans = await spansOf(() =>
      observedFetch(`${server.url}/status/${status}?q=1`, { method: 'POST' }),
    );

    const call = only(spans, 'POST');
    expect(call.kind).toBe(SpanKind.CLIENT);
    expect(call.status.code).toBe(code);
    expect(call.attributes).toMatchObject({
      'http.request.method': 'POST',
      'url.full': `${server.url}/status/${status}`,
      'server.address': '127.0.0.1',
      'server.port': server.port,
      'http.response.status_code': status,
      'http.response.body.size': 2,
    });
    expect(call.attributes['error.type']).toBe(type);
  });

  it('links to the trace that its record came from', async () => {
    const event = sqs('m-1', 'm-2');
    const spans = await spansOf(
      () => {
        for (const record of event.Records) withRecord(record, () => undefined);
      },
      { event },
    );

    const records = spans.filter(({ name }) => name === 'record');
    expect(
      records.map(({ links }) => links.map(({ context: { traceId, spanId } }) => [traceId, spanId])),
    ).toEqual(event.Records.map(() => [['5759e988bd862e3fe1be46a994272793', '53995c3f42cd8ad8']]));
    for (const record of records) {
      expect(record.kind).toBe(SpanKind.CONSUMER);
      expect(record.attributes).toMatchObject({ 'messaging.system.name': 'aws.sqs' });
    }
  });

  it('tells an error with its causes once, innermost, and the error alone above', async () => {
    const spans = await spansOf(() =>
      traced('inner', () => {
        throw new TypeError('outer of jane.doe@example.com', { cause: new RangeError('behind it') });
      })(),
    );

    const [inner] = only(spans, 'inner').events;
    expect(inner?.attributes).toMatchObject({ 'exception.type': 'TypeError' });
    expect(inner?.attributes?.['exception.message']).toBe('outer of [email]');
    expect(inner?.attributes?.['exception.stacktrace']).toMatch(
      /^TypeError: outer of \[email\]\n {4}at [^]*\nCaused by: RangeError: behind it\n {4}at /,
    );
    const handler = only(spans, NAME);
    expect(handler.events[0]?.attributes).not.toHaveProperty('exception.stacktrace');
    expect(handler.status).toEqual({ code: SpanStatusCode.ERROR, message: 'outer of [email]' });
  });

  it('shows only the place of an error where more is not wanted', async () => {
    const spans = await spansOf(() => recordError(new RangeError('secret words')), {
      options: { exceptionDetail: 'location' },
    });

    const handler = only(spans, NAME);
    expect(handler.status).toEqual({ code: SpanStatusCode.ERROR });
    expect(JSON.stringify(handler.events)).not.toContain('secret words');
    expect(handler.events[0]?.attributes?.['exception.stacktrace']).toMatch(/^RangeError\n {4}at [^\n]+$/);
  });

  it('shows captures as JSON, within limits', async () => {
    const body = JSON.stringify({
      items: Array.from({ length: 5000 }, (_, index) => ({ id: `item-${index}` })),
    });
    const spans = await spansOf(() => ({ statusCode: 200, body }));

    const json = only(spans, NAME).attributes['aws.xray.metadata.lantern'];
    expect(JSON.parse(String(json))).toMatchObject({ response: { statusCode: 200 } });
    expect(Buffer.byteLength(String(json))).toBeLessThan(40_000);
  });
});

describe('what goes out with a call', () => {
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
  const incoming = { traceparent, tracestate: 'vendor=1', baggage: 'tenant=t%201;p=1' };

  it("is the trace in W3C's words and in X-Ray's, with Lineage and what the event carried", async () => {
    const sns = observeClient(new SNSClient({ endpoint: endpoint.url, region, credentials }));
    endpoint.answerWith({ status: 200, body: '<PublishResponse><PublishResult/></PublishResponse>' });
    const spans = await spansOf(
      async () => {
        await observedFetch(server.url);
        await sns.send(
          new PublishCommand({ TopicArn: 'arn:aws:sns:eu-west-1:000000000000:t', Message: 'x' }),
        );
      },
      {
        event: { ...rest, headers: incoming },
        header:
          'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0;Lineage=1:abcdef01:0',
      },
    );
    sns.destroy();

    for (const [name, headers] of [
      ['GET', server.last().headers],
      ['SNS.Publish', endpoint.last().headers],
    ] as const) {
      const id = idOf(only(spans, name));
      expect(headers).toMatchObject({
        traceparent: `00-4bf92f3577b34da6a3ce929d0e0e4736-${id}-01`,
        tracestate: 'vendor=1',
        baggage: 'tenant=t%201;p=1',
        'x-amzn-trace-id': `Root=1-4bf92f35-77b34da6a3ce929d0e0e4736;Parent=${id};Sampled=1;Lineage=1:abcdef01:0`,
      });
    }
  });

  it('is the baggage that the service itself has set, and what it reads is the one that came', async () => {
    let read: string | undefined;
    await spansOf(
      async () => {
        const baggage = propagation.getActiveBaggage();
        read = baggage?.getEntry('tenant')?.value;
        const more = (baggage ?? propagation.createBaggage()).setEntry('plan', { value: 'pro' });
        await context.with(propagation.setBaggage(context.active(), more), () => observedFetch(server.url));
      },
      { event: { ...rest, headers: incoming }, header: '' },
    );

    expect(read).toBe('t 1');
    expect(server.last().headers.baggage).toBe('tenant=t%201;p=1,plan=pro');
  });

  it('is the trace that came in, where the sampler follows one that is not sampled', async () => {
    const header = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0;Lineage=1:a:0';
    const others = trace.getTracer('others');
    const spans = await spansOf(
      async () => {
        others.startSpan('of others').end();
        await traced('inner', () => observedFetch(server.url))();
      },
      { header },
    );

    expect(spans).toEqual([]);
    expect(server.last().headers).toMatchObject({
      'x-amzn-trace-id': header,
      traceparent: '00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-00',
    });
  });
});

describe('half of a character', () => {
  const half = 'tea \ud83c';

  it('is sent nowhere: a receiver may refuse all spans of a request for it', async () => {
    const sqs = observeClient(
      new SQSClient({ endpoint: endpoint.url, region, credentials, md5: false, maxAttempts: 1 }),
    );
    const spans = await spansOf(
      async () => {
        annotate('Drink', half);
        putMetadata(half, { [half]: half });
        await traced(half, () => Promise.reject(new Error(half)))().catch(() => undefined);
        await sqs.send(new SendMessageCommand({ QueueUrl: half, MessageBody: half })).catch(() => undefined);
        throw Object.assign(new Error(half), { name: half });
      },
      { event: { ...rest, path: `/${half}`, resource: `/${half}` } },
    );
    sqs.destroy();

    expect(spans.map(({ name }) => name)).toEqual(['tea \ufffd', 'SQS.SendMessage', NAME]);
    const texts = (value: unknown): string[] =>
      typeof value === 'object' && value !== null
        ? Object.entries(value).flatMap(([key, each]) => [key, ...texts(each)])
        : [String(value)];
    const sent = texts(
      spans.map(({ name, attributes, events, status }) => [name, attributes, events, status]),
    );
    expect(sent.filter((text) => !text.isWellFormed())).toEqual([]);
  });
});

describe('options', () => {
  it.each([
    [
      { parent: 'lamda' },
      /"parent" of createOpenTelemetryTracer\(\) takes "lambda" or "event", but got "lamda"/,
    ],
    [{ exceptionDetail: 'none' }, /takes "full" or "location", but got "none"/],
    [{ flushTimeout: -1 }, /takes a number of milliseconds/],
    [{ provider: {} }, /has no option "provider"; it has tracerProvider/],
  ])('%o are refused', (options, message) => {
    expect(() => createOpenTelemetryTracer(options as never)).toThrow(message);
  });
});

function sqs(...ids: string[]) {
  return {
    Records: (ids.length === 0 ? ['m-0'] : ids).map((messageId) => ({
      messageId,
      eventSource: 'aws:sqs',
      attributes: {
        AWSTraceHeader: 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1',
      },
      messageAttributes: {},
      body: '{}',
    })),
  };
}
