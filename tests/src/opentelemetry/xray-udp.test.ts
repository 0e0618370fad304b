import { ROOT_CONTEXT, SpanStatusCode, TraceFlags, context, propagation, trace } from '@opentelemetry/api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { registerXRayUdp } from '../../../src/opentelemetry/xray-udp.ts';
import type { XRayUdpOptions, XRayUdpProvider } from '../../../src/opentelemetry/xray-udp.ts';
import { receiveSpans } from './udp-spans.ts';

const daemon = await receiveSpans();
const TRACE = '5759e988bd862e3fe1be46a994272793';
const PARENT = '53995c3f42cd8ad8';

function register(options?: XRayUdpOptions): XRayUdpProvider {
  return registerXRayUdp(options);
}
function below(sampled: boolean) {
  const traceFlags = sampled ? TraceFlags.SAMPLED : TraceFlags.NONE;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId: TRACE, spanId: PARENT, traceFlags, isRemote: true });
}
function forget(): void {
  trace.disable();
  context.disable();
  propagation.disable();
}
beforeEach(forget);
afterEach(forget);

describe('registerXRayUdp()', () => {
  it('sends what has ended when it is flushed, with what Lambda says of the function', async () => {
    process.env.AWS_LAMBDA_FUNCTION_NAME = 'create-order';
    process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE = '512';
    const provider = register({ attributes: { team: 'shop' } });
    delete process.env.AWS_LAMBDA_FUNCTION_NAME;
    const tracer = trace.getTracer('test', '1.2.3');
    tracer.startActiveSpan('outer', {}, below(true), (outer) => {
      tracer.startSpan('inner').end();
      outer.end();
    });
    await provider.forceFlush();

    const spans = await daemon.until(2);
    expect(spans.map(({ name }) => name)).toEqual(['inner', 'outer']);
    expect(spans[0]?.parentSpanId).toEqual(spans[1]?.spanId);
    expect(Buffer.from(spans[1]?.parentSpanId ?? []).toString('hex')).toBe(PARENT);
    const [datagram, ...others] = daemon.datagrams();
    expect(others).toEqual([]);
    const { resource, scopeSpans } = datagram?.request.resourceSpans[0] ?? {};
    expect(scopeSpans?.[0]?.scope).toMatchObject({ name: 'test', version: '1.2.3' });
    const attributes = Object.fromEntries(
      resource?.attributes.map(({ key, value }) => [key, value?.value.value]) ?? [],
    );
    expect(attributes).toMatchObject({
      'service.name': 'create-order',
      'faas.name': 'create-order',
      'faas.max_memory': 536870912n,
      'cloud.platform': 'aws_lambda',
      team: 'shop',
    });
  });

  it('sends without being asked, before long', async () => {
    register();
    trace.getTracer('test').startSpan('alone', {}, below(true)).end();
    expect((await daemon.until(1)).map(({ name }) => name)).toEqual(['alone']);
  });

  it.each([
    [false, []],
    [true, ['T1U']],
  ])('sends what is not sampled where it is told to: %s', async (unsampled, prefixes) => {
    const provider = register({ unsampled });
    const tracer = trace.getTracer('test');
    const outer = tracer.startSpan('outer', {}, below(false));
    tracer.startSpan('inner', {}, trace.setSpan(below(false), outer)).end();
    outer.end();
    expect(outer.spanContext().traceFlags).toBe(TraceFlags.NONE);
    await provider.forceFlush();
    if (unsampled) await daemon.until(2);
    expect(daemon.datagrams().map(({ prefix }) => prefix)).toEqual(prefixes);
  });

  it('ends what is open of a trace near a timeout, and of no other', async () => {
    const provider = register();
    const tracer = trace.getTracer('test');
    const outer = tracer.startSpan('outer', {}, below(true));
    const inner = tracer.startSpan('inner', {}, trace.setSpan(below(true), outer));
    const other = tracer.startSpan('other');
    provider.endOpenSpans(TRACE, 'the timeout is near');
    const spans = await daemon.until(2);
    expect(spans.map(({ name, status }) => [name, status?.code, status?.message])).toEqual([
      ['inner', SpanStatusCode.ERROR, 'the timeout is near'],
      ['outer', SpanStatusCode.ERROR, 'the timeout is near'],
    ]);
    expect(spans[0]?.attributes.map(({ key }) => key)).toContain('lantern.unfinished');
    expect([inner.isRecording(), other.isRecording()]).toEqual([false, true]);
  });

  it('carries the trace in both forms, and takes either', () => {
    register();
    const span = trace.getTracer('test').startSpan('call', {}, below(true));
    const carrier: Record<string, string> = {};
    propagation.inject(trace.setSpan(ROOT_CONTEXT, span), carrier);
    const { spanId } = span.spanContext();
    expect(carrier).toEqual({
      traceparent: `00-${TRACE}-${spanId}-01`,
      'X-Amzn-Trace-Id': `Root=1-5759e988-bd862e3fe1be46a994272793;Parent=${spanId};Sampled=1`,
    });
    for (const [name, value] of Object.entries(carrier)) {
      const extracted = propagation.extract(ROOT_CONTEXT, { [name.toLowerCase()]: value });
      expect(trace.getSpanContext(extracted)).toMatchObject({ traceId: TRACE, spanId, isRemote: true });
    }
  });

  const XRAY = `Root=1-5759e988-bd862e3fe1be46a994272793;Parent=${PARENT};Sampled=1`;
  it.each([
    [
      'the state of the trace',
      { traceparent: `00-${TRACE}-${PARENT}-01`, tracestate: 'rojo=00f067aa,congo=t61' },
    ],
    ['the lineage', { 'X-Amzn-Trace-Id': `${XRAY};Lineage=a87bd80c:1|68fd508a:5` }],
    [
      'both',
      {
        traceparent: `00-${TRACE}-${PARENT}-01`,
        tracestate: 'rojo=00f067aa',
        'X-Amzn-Trace-Id': `${XRAY};Self=1-67891233-abcdef012345678912345678;Lineage=1:a87bd80c:5`,
      },
    ],
  ])('hands on what came with the trace: %s', (_what, incoming) => {
    register();
    const came = propagation.extract(ROOT_CONTEXT, incoming);
    const span = trace.getTracer('test').startSpan('call', {}, came);
    const carrier: Record<string, string> = {};
    propagation.inject(trace.setSpan(came, span), carrier);
    const passed = Object.entries(incoming).map(([name, value]) => [
      name,
      value.replace(PARENT, span.spanContext().spanId),
    ]);
    expect(carrier).toMatchObject(Object.fromEntries(passed));
  });

  it('takes no state of another trace than that which it follows', () => {
    register();
    const other = `00-${'a'.repeat(32)}-${PARENT}-01`;
    const came = propagation.extract(ROOT_CONTEXT, {
      traceparent: other,
      tracestate: 'rojo=00f067aa',
      'X-Amzn-Trace-Id': XRAY,
    });
    expect(trace.getSpanContext(came)).toMatchObject({ traceId: TRACE });
    expect(trace.getSpanContext(came)?.traceState).toBeUndefined();
  });

  it('refuses options that it does not know', () => {
    expect(() => register({ unsampeld: true } as XRayUdpOptions)).toThrow(/registerXRayUdp\(\).*unsampeld/);
    expect(() => register({ unsampled: 'yes' } as never)).toThrow(/true or false/);
  });
});
