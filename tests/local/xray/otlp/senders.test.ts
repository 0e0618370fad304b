import { describe, expect, it, vi } from 'vitest';
import type { Segment, Subsegment } from '../../../../local/xray/document.ts';
import type { Trace } from '../../../../local/xray/trace.ts';
import { PATIENT } from '../../../helpers/until.ts';
import type { Receivers } from './receivers.ts';
import { runSender, startReceivers } from './receivers.ts';

const TRACE = '1-5f84c7a1-4e1f2d3c4b5a69788796a5b4';
const PARENT = 'a1b2c3d4e5f60718';

/** A service of today's SDK, which continues a trace: a server span, below it an inner one and a call that fails. */
const SERVICE = `
  const { SpanKind, SpanStatusCode, TraceFlags, ROOT_CONTEXT, trace } = require('@opentelemetry/api');
  const { resourceFromAttributes } = require('@opentelemetry/resources');
  const [, traceId, parent] = /Root=1-(.*);Parent=(.*);/.exec(process.env.TRACE_HEADER) ?? [];
  const remote = { traceId: traceId.replace('-', ''), spanId: parent, traceFlags: TraceFlags.SAMPLED, isRemote: true };
  const work = (provider) => {
    const tracer = provider.getTracer('test');
    const outer = trace.setSpanContext(ROOT_CONTEXT, remote);
    const server = tracer.startSpan('GET /orders/{id}', { kind: SpanKind.SERVER, attributes: {
      'http.request.method': 'GET', 'url.path': '/orders/1', 'server.address': 'shop.example', 'http.response.status_code': 500,
      'order.id': 'o-1', 'aws.xray.annotations': ['order.id'], big: 1e21, list: [1, 2],
    } }, outer);
    const inside = trace.setSpan(outer, server);
    const inner = tracer.startSpan('priceOrder', {}, inside);
    const call = tracer.startSpan('DynamoDB.GetItem', { kind: SpanKind.CLIENT, attributes: {
      'rpc.system': 'aws-api', 'rpc.service': 'DynamoDB', 'rpc.method': 'GetItem', 'aws.dynamodb.table_names': ['orders'],
    } }, trace.setSpan(inside, inner));
    call.recordException(new RangeError('no such order'));
    call.setStatus({ code: SpanStatusCode.ERROR, message: 'no such order' });
    for (const span of [call, inner, server]) span.end();
    console.log(JSON.stringify(Object.fromEntries(Object.entries({ server, inner, call }).map(([key, span]) => [key, span.spanContext().spanId]))));
  };
  const resource = resourceFromAttributes({ 'service.name': 'orders' });`;

function overHttp(exporter: string, options = '{}'): string {
  return `${SERVICE}
  const { TracerProvider, BatchSpanProcessor } = require('@opentelemetry/sdk-trace');
  const { OTLPTraceExporter } = require('${exporter}');
  const processor = new BatchSpanProcessor({ exporter: new OTLPTraceExporter(${options}) });
  const provider = new TracerProvider({ resource, spanProcessors: [processor] });
  work(provider);
  provider.shutdown();`;
}

function overUdp(prefix: string): string {
  return `${SERVICE}
  const name = '@aws/aws-distro-opentelemetry-exporter-xray-udp';
  const { AwsXrayUdpSpanExporter } = require(name);
  // It is of the first generation of the SDK, which it brings along.
  const { BasicTracerProvider, SimpleSpanProcessor } = require('module').createRequire(require.resolve(name))('@opentelemetry/sdk-trace-base');
  const exporter = new AwsXrayUdpSpanExporter(undefined, ${JSON.stringify(prefix)});
  const provider = new BasicTracerProvider({ resource, spanProcessors: [new SimpleSpanProcessor(exporter)] });
  work(provider);
  setTimeout(() => provider.shutdown(), 100);`;
}

type Sent = Record<'server' | 'inner' | 'call', string>;

async function send(code: string, receivers: Receivers, parent = PARENT): Promise<Sent> {
  const printed = await runSender(code, {
    TRACE_HEADER: `Root=${TRACE};Parent=${parent};Sampled=1`,
    // AWS's exporter looks for the daemon in functions only.
    AWS_LAMBDA_FUNCTION_NAME: 'orders',
    AWS_XRAY_DAEMON_ADDRESS: receivers.daemonAddress,
    OTEL_EXPORTER_OTLP_ENDPOINT: receivers.otlpUrl,
  });
  return JSON.parse(printed) as Sent;
}

async function traceOf({ store }: Receivers, documents: number): Promise<Trace> {
  await vi.waitFor(() => expect(store.get(TRACE)?.documents.length).toBe(documents), PATIENT);
  return store.get(TRACE) as Trace;
}

describe.each<[string, string]>([
  ['OpenTelemetry’s SDK with its exporter of protobuf', overHttp('@opentelemetry/exporter-trace-otlp-proto')],
  [
    'OpenTelemetry’s SDK with its exporter of protobuf, compressed',
    overHttp('@opentelemetry/exporter-trace-otlp-proto', `{ compression: 'gzip' }`),
  ],
  ['OpenTelemetry’s SDK with its exporter of JSON', overHttp('@opentelemetry/exporter-trace-otlp-http')],
  ['AWS’s exporter over UDP, of spans that are sampled', overUdp('T1S')],
  ['AWS’s exporter over UDP, of spans that are not', overUdp('T1U')],
])('%s', (_what, code) => {
  it('sends a trace as X-Ray shows it', async () => {
    const receivers = await startReceivers();

    const { server, inner, call } = await send(code, receivers);
    const { segments } = await traceOf(receivers, 3);

    expect(receivers.refused).toEqual([]);
    const [segment] = segments;
    expect(segments).toHaveLength(1);
    expect(segment).toMatchObject({
      id: server,
      parent_id: PARENT,
      name: 'orders',
      fault: true,
      http: {
        request: { method: 'GET', url: 'http://shop.example/orders/1' },
        response: { status: 500 },
      },
      annotations: { 'order.id': 'o-1' },
      aws: { xray: expect.any(Object) as object },
      metadata: { default: { list: [1, 2], 'otel.span.name': 'GET /orders/{id}' } },
    } satisfies Partial<Segment>);
    const work = segment?.subsegments?.[0];
    expect(work).toMatchObject({ id: inner, name: 'priceOrder' });
    expect(work?.subsegments?.[0]).toMatchObject({
      id: call,
      name: 'DynamoDB',
      namespace: 'aws',
      fault: true,
      aws: { operation: 'GetItem', table_name: 'orders' },
      cause: {
        exceptions: [
          {
            type: 'RangeError',
            message: 'no such order',
            remote: true,
            stack: expect.arrayContaining([
              expect.objectContaining({ line: expect.any(Number) as number }),
            ]) as [],
          },
        ],
      },
    } satisfies Partial<Subsegment>);
    expect(receivers.store.summary(TRACE)).toMatchObject({ name: 'orders', status: 'fault', entityCount: 3 });
  });
});

/** A function of Lambda with the X-Ray SDK: a handler that calls another service. */
const XRAY_FUNCTION = `
  const AWSXRay = require('aws-xray-sdk-core');
  AWSXRay.captureFunc('## handler', (handler) => {
    const call = handler.addNewSubsegment('orders.example');
    call.namespace = 'remote';
    call.close();
    console.log(JSON.stringify({ handler: handler.id, call: call.id }));
  });`;

async function sendByXRay(
  receivers: Receivers,
  parent: string,
): Promise<{ readonly handler: string; readonly call: string }> {
  const printed = await runSender(XRAY_FUNCTION, {
    LAMBDA_TASK_ROOT: '/var/task',
    _X_AMZN_TRACE_ID: `Root=${TRACE};Parent=${parent};Sampled=1`,
    AWS_XRAY_DAEMON_ADDRESS: receivers.daemonAddress,
  });
  return JSON.parse(printed) as { handler: string; call: string };
}

describe('one trace', () => {
  it('has both what the X-Ray SDK recorded and the service of OpenTelemetry that it called', async () => {
    const receivers = await startReceivers();

    const caller = await sendByXRay(receivers, PARENT);
    const called = await send(overHttp('@opentelemetry/exporter-trace-otlp-proto'), receivers, caller.call);
    const { segments, orphans } = await traceOf(receivers, 5);

    expect(receivers.store.list(10)).toHaveLength(1);
    expect(orphans).toMatchObject([
      { id: caller.handler, parent_id: PARENT, subsegments: [{ id: caller.call, name: 'orders.example' }] },
    ]);
    expect(segments).toMatchObject([{ id: called.server, parent_id: caller.call }]);
  });

  it('has both a service of OpenTelemetry and what the X-Ray SDK recorded below its call', async () => {
    const receivers = await startReceivers();

    const { server, call } = await send(overUdp('T1S'), receivers);
    const { handler } = await sendByXRay(receivers, call);
    const { segments, orphans } = await traceOf(receivers, 5);

    expect(orphans).toEqual([]);
    expect(segments).toMatchObject([
      { id: server, subsegments: [{ subsegments: [{ id: call, subsegments: [{ id: handler }] }] }] },
    ]);
  });
});
