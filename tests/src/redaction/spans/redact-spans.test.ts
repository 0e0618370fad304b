import { ROOT_CONTEXT, SpanStatusCode, TraceFlags, trace } from '@opentelemetry/api';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { describe, expect, it } from 'vitest';
import { redactSpans } from '../../../../src/redaction/opentelemetry.ts';
import { fc, runs } from '../../../helpers/fast-check.ts';

function recorder(policy?: Parameters<typeof redactSpans>[1]) {
  const exporter = new InMemorySpanExporter();
  const beside = new InMemorySpanExporter();
  const provider = new TracerProvider({
    spanProcessors: [
      redactSpans(new SimpleSpanProcessor({ exporter }), policy),
      new SimpleSpanProcessor({ exporter: beside }),
    ],
  });
  return { exporter, beside, provider, tracer: provider.getTracer('test') };
}

/** Everything of a span that an exporter may write. */
function written(exporter: InMemorySpanExporter): string {
  return JSON.stringify(
    exporter.getFinishedSpans().map(({ name, attributes, events, links, status }) => {
      return { name, attributes, events, links, status };
    }),
  );
}

const PERSONAL = [
  'jane.doe@example.com',
  '4111 1111 1111 1111',
  '+44 20 7946 0958',
  'AKIAIOSFODNN7EXAMPLE',
  'DE89370400440532013000',
];
const NAMES = [
  ...['url.full', 'url.path', 'url.query', 'http.url', 'http.target', 'db.query.text', 'db.statement'],
  ...['exception.message', 'exception.stacktrace', 'http.request.header.x-contact', 'messaging.message.body'],
  ...['enduser.id', 'customer', 'order.note', 'gen_ai.input.messages', 'http.route', 'aws.local.service'],
];

describe('a span processor that redacts', () => {
  it('shows nothing personal, wherever it stands', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...PERSONAL),
        fc.constantFrom(...NAMES),
        fc.constantFrom(
          (data: string) => data,
          (data: string) => `for ${data}, please`,
          (data: string) =>
            `https://shop.example/customers/${encodeURIComponent(data)}?q=${encodeURIComponent(data)}`,
          (data: string) => JSON.stringify({ note: data }),
          (data: string) => `select * from orders where contact = '${data}'`,
          (data: string) => `Error: no such customer ${data}\n    at find (file:///var/task/index.mjs:1:2)`,
          (data: string) => [data],
        ),
        async (data, name, frame) => {
          const { exporter, tracer } = recorder();
          const value = frame(data);
          const text = String(value);
          const span = tracer.startSpan(`GET ${text}`, {
            links: [
              {
                context: { traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: TraceFlags.SAMPLED },
                attributes: { [name]: value },
              },
            ],
          });
          span.setAttribute(name, value);
          span.addEvent(text, { [name]: value });
          span.recordException(new Error(text));
          span.setStatus({ code: SpanStatusCode.ERROR, message: text });
          span.end();
          await Promise.resolve();
          const shown = written(exporter);
          expect(exporter.getFinishedSpans()).toHaveLength(1);
          expect(shown).not.toContain(data);
          expect(shown).not.toContain(encodeURIComponent(data));
        },
      ),
      runs(200),
    );
  });

  it('leaves ids, times and the names that programs give as they are, and the span for others too', () => {
    const { exporter, beside, tracer } = recorder();
    const attributes = {
      'http.request.method': 'GET',
      'http.route': '/orders/{id}',
      'http.response.status_code': 404,
      'server.address': 'shop.example.com',
      'server.port': 443,
      'db.system.name': 'postgresql',
      'db.operation.name': 'SELECT',
      'rpc.method': 'GetItem',
      'aws.dynamodb.table_names': ['orders'],
      'faas.name': 'create-order',
      'exception.type': 'RangeError',
      retries: 3,
      cold: true,
      'order.status': 'placed',
      email: 'jane.doe@example.com',
    };
    const parent = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: TraceFlags.SAMPLED };
    const span = tracer.startSpan(
      'GET /orders/{id}',
      { attributes },
      trace.setSpanContext(ROOT_CONTEXT, parent),
    );
    span.end();

    const [shown] = exporter.getFinishedSpans();
    const [whole] = beside.getFinishedSpans();
    const { email, ...rest } = attributes;
    expect(shown?.attributes).toMatchObject(rest);
    expect(shown?.attributes.email).not.toBe(email);
    expect(whole?.attributes).toEqual(attributes);
    expect(shown?.spanContext()).toEqual(span.spanContext());
    expect(shown?.parentSpanContext?.spanId).toBe(parent.spanId);
    expect([shown?.startTime, shown?.endTime, shown?.duration, shown?.ended]).toEqual([
      whole?.startTime,
      whole?.endTime,
      whole?.duration,
      true,
    ]);
    expect(shown?.resource).toBe(whole?.resource);
  });

  it.each([
    [
      'url.full',
      'https://u:p@shop.example.com/orders/o-1?token=abc#x',
      'https://shop.example.com/orders/o-1?<query>',
    ],
    ['http.target', '/orders?email=a', '/orders?<query>'],
    [
      'db.query.text',
      `select "id" from orders where name = 'Jane' and n > 12`,
      'select "id" from orders where name = ? and n > ?',
    ],
    ['db.statement', 'select $tag$ Jane $tag$, t1.a from t1 limit 5', 'select ?, t1.a from t1 limit ?'],
  ])('shows of %s what the program wrote: %s', (name, value, expected) => {
    const { exporter, tracer } = recorder();
    tracer.startSpan('x', { attributes: { [name]: value } }).end();
    expect(exporter.getFinishedSpans()[0]?.attributes[name]).toBe(expected);
  });

  it('follows the policy: its allowed names, its denied ones, its mode', () => {
    const shape = recorder({ mode: 'shape', allow: ['plan'] });
    shape.tracer.startSpan('x', { attributes: { plan: 'gold', note: 'call Jane' } }).end();
    expect(shape.exporter.getFinishedSpans()[0]?.attributes.plan).toBe('gold');
    expect(written(shape.exporter)).not.toContain('Jane');
    const denied = recorder({ deny: { extend: { identity: ['tenant name'] } } });
    denied.tracer.startSpan('x', { attributes: { 'tenant.name': 'Acme' } }).end();
    expect(written(denied.exporter)).not.toContain('Acme');
  });

  it('refuses a policy that it does not know', () => {
    expect(() => recorder({ alow: ['a'] } as never)).toThrow(TypeError);
  });

  const ORDER = { id: 'o-1', note: 'for jane@example.com' };
  it.each<[string, unknown, unknown]>([
    ['JSON', JSON.stringify(ORDER), '{"id":"o-1","note":"for [email]"}'],
    ['a list as JSON', JSON.stringify(['jane@example.com', 1]), '["[email]",1]'],
    ['a form', 'id=o-1&email=jane%40example.com', '{"id":"o-1","email":"[contact]"}'],
    ['base64', Buffer.from(JSON.stringify(ORDER)).toString('base64'), '{"id":"o-1","note":"for [email]"}'],
    ['texts of a list', [JSON.stringify(ORDER), 'o-2'], ['{"id":"o-1","note":"for [email]"}', 'o-2']],
  ])('leaves a text what it is, because not every exporter takes more: %s', (_what, given, expected) => {
    const { exporter, tracer } = recorder();
    const span = tracer.startSpan('GET /', { attributes: { 'order.state': given } });
    span.addEvent('read', { 'order.state': given as string });
    span.end();
    const [shown] = exporter.getFinishedSpans();
    expect(shown?.attributes['order.state']).toEqual(expected);
    expect(shown?.events[0]?.attributes?.['order.state']).toEqual(expected);
  });

  it.each([
    ['shape', [JSON.stringify({ id: 1 })], ['<1 item>', '{"id":"<number>"}']],
    ['shape', JSON.stringify({ id: 1 }), '{"id":"<number>"}'],
  ] as const)('leaves a text what it is in mode %s, too', (mode, given, expected) => {
    const { exporter, tracer } = recorder({ mode });
    tracer.startSpan('GET /', { attributes: { state: given } }).end();
    expect(exporter.getFinishedSpans()[0]?.attributes.state).toEqual(expected);
  });

  it.each([[undefined], [null], [{}], ['batch']])('refuses what is no processor: %j', (given) => {
    expect(() => redactSpans(given as never)).toThrow(/takes a span processor.*no onEnd\(\)/);
  });
});
