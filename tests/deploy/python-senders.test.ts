import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import type { Trace } from '../../local/xray/trace.ts';
import { PATIENT } from '../helpers/until.ts';
import type { Receivers } from '../local/xray/otlp/receivers.ts';
import { startReceivers } from '../local/xray/otlp/receivers.ts';

const PYTHON = join(import.meta.dirname, '../../.venv-deploy/bin/python');
const TRACE = '1-5f84c7a1-4e1f2d3c4b5a69788796a5b4';
const PARENT = 'a1b2c3d4e5f60718';
const run = promisify(execFile);

/** Runs a program that prints the ids of what it recorded. */
async function send(
  code: string,
  { daemonAddress, otlpUrl }: Receivers,
  settings: Record<string, string> = {},
) {
  const { stdout } = await run(PYTHON, ['-c', code], {
    env: {
      PATH: process.env.PATH,
      AWS_XRAY_DAEMON_ADDRESS: daemonAddress,
      OTEL_EXPORTER_OTLP_ENDPOINT: otlpUrl,
      OTEL_SERVICE_NAME: 'orders',
      ...settings,
    },
  });
  return JSON.parse(stdout) as Record<string, string>;
}

async function traceOf({ store }: Receivers, documents: number): Promise<Trace> {
  await vi.waitFor(() => expect(store.get(TRACE)?.documents.length).toBe(documents), PATIENT);
  return store.get(TRACE) as Trace;
}

/** A service of OpenTelemetry that continues a trace, and fails because something else failed. */
const OPENTELEMETRY = `
import json
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import NonRecordingSpan, SpanContext, SpanKind, TraceFlags

provider = TracerProvider()
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
tracer = provider.get_tracer("test")
remote = SpanContext(0x${TRACE.slice(2).replace('-', '')}, 0x${PARENT}, is_remote=True, trace_flags=TraceFlags(1))

def price(order):
    try:
        return {}[order]
    except KeyError as error:
        raise ValueError("no price: " + order) from error

with tracer.start_as_current_span("GET /orders", trace.set_span_in_context(NonRecordingSpan(remote)), SpanKind.SERVER) as server:
    server.set_attributes({"http.request.method": "GET", "http.response.status_code": 200, "big": 2**62,
        "aws.xray.annotations": ["order_id"], "order_id": 17, "list": ["a", "b"]})
    with tracer.start_as_current_span("price") as inner:
        inner.add_event("asked", {"how": "politely"})
        try:
            price("o-1")
        except ValueError as error:
            inner.record_exception(error)
            inner.set_status(trace.StatusCode.ERROR, "no price")
provider.shutdown()
print(json.dumps({"server": format(server.get_span_context().span_id, "016x"), "inner": format(inner.get_span_context().span_id, "016x")}))
`;

describe('OpenTelemetry’s SDK for Python', () => {
  it.each(['none', 'gzip', 'deflate'])('sends spans over HTTP, compressed by %s', async (compression) => {
    const receivers = await startReceivers();

    const { server, inner } = await send(OPENTELEMETRY, receivers, {
      OTEL_EXPORTER_OTLP_TRACES_COMPRESSION: compression,
    });
    const { segments } = await traceOf(receivers, 2);

    expect(receivers.refused).toEqual([]);
    expect(segments).toMatchObject([
      {
        id: server,
        parent_id: PARENT,
        name: 'orders',
        annotations: { order_id: 17 },
        http: { request: { method: 'GET' }, response: { status: 200 } },
        aws: { xray: { sdk: 'opentelemetry for python' } },
        metadata: { default: { big: '4611686018427387904', list: ['a', 'b'] } },
        subsegments: [
          {
            id: inner,
            name: 'price',
            fault: true,
            cause: {
              exceptions: [
                {
                  type: 'ValueError',
                  message: 'no price: o-1',
                  stack: [{ label: 'price' }, { label: '<module>' }],
                },
                { type: 'KeyError', message: "'o-1'", stack: [{ label: 'price', path: '<string>' }] },
              ],
            },
            metadata: { default: { 'otel.events': [{ name: 'asked', attributes: { how: 'politely' } }] } },
          },
        ],
      },
    ]);
  });
});

describe('the X-Ray SDK for Python', () => {
  it('sends what it records in a function into the same trace', async () => {
    const receivers = await startReceivers();
    const code = `
import json
from aws_xray_sdk.core import xray_recorder
with xray_recorder.in_subsegment("## handler") as handler:
    handler.put_annotation("order_id", 17)
    with xray_recorder.in_subsegment("orders.example", namespace="remote") as call:
        pass
print(json.dumps({"handler": handler.id, "call": call.id}))
`;

    const { handler, call } = await send(code, receivers, {
      LAMBDA_TASK_ROOT: '/var/task',
      _X_AMZN_TRACE_ID: `Root=${TRACE};Parent=${PARENT};Sampled=1`,
    });
    const { orphans } = await traceOf(receivers, 2);

    expect(receivers.refused).toEqual([]);
    expect(orphans).toMatchObject([
      {
        id: handler,
        parent_id: PARENT,
        annotations: { order_id: 17 },
        subsegments: [{ id: call, namespace: 'remote' }],
      },
    ]);
  });
});
