import { createSocket } from 'node:dgram';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { SegmentDocument } from '../../local/xray/document.ts';
import { collectTraces, expectServices, waitForTrace } from '../../testing/index.ts';
import type { TraceCollector } from '../../testing/index.ts';
import { freePorts } from '../helpers/local-stack.ts';
import { lambdaContext, sampledTrace } from '../helpers/lambda.ts';
import { PATIENCE_MS } from '../helpers/until.ts';
import { put, startLantern } from '../local/commands/lantern-to-ask.ts';
import { begun, entityId, segment, subsegment, traceId } from '../local/xray/fixtures.ts';

let collector: TraceCollector;

beforeAll(async () => {
  collector = await collectTraces();
});
afterAll(() => collector.stop());

async function send(...documents: ReadonlyArray<SegmentDocument | string>): Promise<void> {
  const socket = createSocket('udp4');
  const [host, port] = collector.address.split(':');
  for (const document of documents) {
    const body = typeof document === 'string' ? document : JSON.stringify(document);
    await new Promise((resolve) => {
      socket.send(`{"format":"json","version":1}\n${body}`, Number(port), host, resolve);
    });
  }
  socket.close();
}

function ordered(number: number, correlationId: string, fields: object = {}) {
  return segment(number, {
    trace_id: traceId(number),
    annotations: { CorrelationId: correlationId },
    ...fields,
  });
}

describe('waitForTrace with a collector', () => {
  it('has what a real pipeline recorded, by the correlation id of its request', async () => {
    vi.stubEnv('AWS_XRAY_DAEMON_ADDRESS', collector.address);
    vi.stubEnv('POWERTOOLS_TRACE_ENABLED', 'true');
    vi.stubEnv('_X_AMZN_TRACE_ID', sampledTrace().header);
    const { default: middy } = await import('@middy/core');
    const { observability, traced } = await import('../../src/index.ts');
    const price = traced('price', (sku: string) => Promise.resolve(sku.length));
    const handler = middy<{ version: string; headers: Record<string, string> }>()
      .use(observability())
      .handler(async () => ({ statusCode: 200, body: String(await price('tea')) }));

    await handler({ version: '2.0', headers: { 'x-correlation-id': 'o-4711' } }, lambdaContext());
    const trace = await waitForTrace({ collector, correlationId: 'o-4711', timeout: PATIENCE_MS });
    vi.unstubAllEnvs();

    expect(trace.text).toMatch(/^## \S+.*\n {2}price +\d/m);
    expect(trace.text).toContain('Correlation id o-4711');
  });

  it('waits until what is in progress has ended', async () => {
    const whole = ordered(1, 'o-1');
    await send(begun(whole));
    const waiting = waitForTrace({ collector, traceId: traceId(1), timeout: PATIENCE_MS });
    await send(whole);

    expect((await waiting).traces[0]?.segments[0]).toMatchObject({ end_time: whole.end_time });
  });

  it('has every trace of a correlation id, and what is linked with them', async () => {
    await send(
      ordered(4, 'o-4'),
      ordered(5, 'o-4'),
      segment(6, { trace_id: traceId(6), links: [{ trace_id: traceId(5) }] }),
      ordered(7, 'o-44'),
    );

    const { id, traces } = await waitForTrace({
      collector,
      correlationId: 'o-4',
      timeout: PATIENCE_MS,
      until: (trace) => expectServices(trace, ['segment-6']),
    });

    expect(id).toBe(traceId(4));
    expect(traces.map((trace) => trace.id)).toEqual([4, 5, 6].map(traceId));
  });

  it('has the newest trace that a filter finds, also by texts with quotes in them', async () => {
    const name = 'a "quoted" \\ name';
    await send(ordered(8, name, { fault: true }), ordered(9, name, { fault: true }), ordered(10, name));

    const byFilter = await waitForTrace({ collector, filter: 'fault', timeout: PATIENCE_MS });
    const byId = await waitForTrace({ collector, correlationId: name, timeout: PATIENCE_MS });

    expect(byFilter.traces.map(({ id }) => id)).toEqual([traceId(9)]);
    expect(byId.traces).toHaveLength(3);
  });

  it('says what did not come, what did not end, and what did not become true', async () => {
    await send(begun(ordered(11, 'o-11')), ordered(12, 'o-12'), 'nonsense');
    await expect(waitForTrace({ collector, correlationId: 'nobody', timeout: 100 })).rejects.toThrow(
      /No trace with the correlation id "nobody" was found in 100 ms by the collector.*1 datagrams were no documents/,
    );
    await expect(waitForTrace({ collector, correlationId: 'o-11', timeout: 600 })).rejects.toThrow(
      /was not whole after 600 ms .*: segment-11 did not end\.\n\nTrace /,
    );
    await expect(
      waitForTrace({
        collector,
        correlationId: 'o-12',
        timeout: 600,
        until: (trace) => expectServices(trace, ['mail']),
      }),
    ).rejects.toThrow(/did not become in 600 ms what was waited for: Expected the services "mail"/);
  });

  it('forgets what came before when it is told to', async () => {
    await send(ordered(13, 'o-13'));
    await waitForTrace({ collector, correlationId: 'o-13', timeout: PATIENCE_MS });

    collector.clear();

    await expect(waitForTrace({ collector, correlationId: 'o-13', timeout: 0 })).rejects.toThrow('No trace');
  });
});

describe('waitForTrace with a running Lantern', () => {
  it.each([
    ['a correlation id', { correlationId: 'o-"1"' }],
    ['a filter', { filter: 'service("segment-1")' }],
    ['an id', { traceId: traceId(1) }],
    ['a trace header', { traceId: `Root=${traceId(1)};Parent=${entityId(1)};Sampled=1` }],
  ])('has a trace by %s, with its links', async (_how, question) => {
    const { url } = await startLantern();
    const waiting = waitForTrace({ ...question, url, timeout: PATIENCE_MS });
    await put(url, [
      ordered(1, 'o-"1"'),
      segment(2, { trace_id: traceId(2), links: [{ trace_id: traceId(1) }] }),
    ]);

    expect((await waiting).traces.map(({ id }) => id)).toEqual([traceId(1), traceId(2)]);
  });

  it('has a trace whose caller never reports', async () => {
    const { url } = await startLantern();
    await put(url, [{ ...subsegment(3, 99), trace_id: traceId(3) }]);

    const { traces } = await waitForTrace({ traceId: traceId(3), url, timeout: PATIENCE_MS });

    expect(traces[0]?.orphans).toHaveLength(1);
  });

  it('finds it by the variable LANTERN_URL', async () => {
    const { url } = await startLantern([ordered(1, 'o-1')]);
    vi.stubEnv('LANTERN_URL', url);

    expect((await waitForTrace({ correlationId: 'o-1', timeout: PATIENCE_MS })).id).toBe(traceId(1));
    vi.unstubAllEnvs();
  });

  it('says at once that none runs, and that a filter cannot be read', async () => {
    const { url } = await startLantern();
    const nobody = `http://127.0.0.1:${await freePorts(1)}`;

    await expect(waitForTrace({ traceId: traceId(1), url: nobody })).rejects.toThrow('No Lantern answers at');
    await expect(waitForTrace({ filter: 'fualt', url })).rejects.toThrow(/fault[^]*\^{5}$/);
  });
});

describe('waitForTrace', () => {
  it.each([
    [{}, 'one of correlationId, filter and traceId'],
    [{ correlationId: '' }, 'got correlationId: ""'],
    [{ correlationId: null }, 'got correlationId: null'],
    [{ correlationId: 'a', filter: 'ok' }, 'got correlationId: "a", filter: "ok"'],
    [{ traceId: 'o-1' }, 'takes an id such as'],
    [{ traceId: traceId(1), timeout: -1 }, 'takes milliseconds; got -1'],
    [{ traceId: traceId(1), timeout: Number.NaN }, 'takes milliseconds; got NaN'],
    [{ traceid: traceId(1) }, 'has no option "traceid"'],
  ])('refuses %j', async (options, message) => {
    const waiting = waitForTrace(options as unknown as Parameters<typeof waitForTrace>[0]);
    await expect(waiting).rejects.toThrow(TypeError);
    await expect(waiting).rejects.toThrow(message);
  });

  it('takes one place to look at', async () => {
    const both = { collector, url: 'http://localhost:3001', filter: 'ok' };
    await expect(waitForTrace(both)).rejects.toThrow('takes url or collector; got both');
  });
});
