import { describe, expect, it } from 'vitest';
import { parseTraceHeader } from '../../../local/xray/trace-header.ts';
import { functionDefinition } from './definition.ts';
import { sharedService, startService } from './harness.ts';
import type { Harness } from './harness.ts';

const ROOT = '1-5759e988-bd862e3fe1be46a994272793';
const OTHER_ROOT = '1-5759e988-aaaaaaaaaaaaaaaaaaaaaaaa';
const PARENT = '53995c3f42cd8ad8';

async function seen(harness: Harness, traceHeader?: string, linkedTraceHeaders?: string[]): Promise<string> {
  const request = { ...(traceHeader && { traceHeader }), ...(linkedTraceHeaders && { linkedTraceHeaders }) };
  return (await harness.call({}, request)).traceId as string;
}

describe('an invocation that is traced', () => {
  const shared = sharedService();

  it('continues the caller’s trace with the service’s and the function’s segment', async () => {
    const harness = await startService();
    const header = await seen(
      harness,
      `Root=${ROOT};Parent=${PARENT};Sampled=1;Lineage=a87bd80c:1|68fd508a:5`,
    );
    const [service, fn, ...others] = harness.segments();
    expect(others).toEqual([]);
    expect(service).toMatchObject({
      trace_id: ROOT,
      parent_id: PARENT,
      name: 'shop-local-actions',
      origin: 'AWS::Lambda',
      resource_arn: 'arn:aws:lambda:eu-central-1:000000000000:function:shop-local-actions',
      http: { response: { status: 200 } },
      aws: { request_id: harness.reports[0]?.requestId },
    });
    expect(fn).toMatchObject({
      trace_id: ROOT,
      parent_id: service?.id,
      name: 'shop-local-actions',
      origin: 'AWS::Lambda::Function',
      aws: { cloudwatch_logs: [{ log_group: '/aws/lambda/shop-local-actions' }] },
      subsegments: [{ name: 'Init' }, { name: 'Invocation' }, { name: 'Overhead' }],
    });
    const invocation = fn?.subsegments?.[1]?.id ?? '';
    expect(header).toBe(`Root=${ROOT};Parent=${invocation};Sampled=1;Lineage=a87bd80c:1|68fd508a:5`);
    expect(JSON.stringify(harness.segments())).not.toContain('"fault"');
  });

  it('has times that follow each other', async () => {
    const { invoke, segments } = await startService();
    await invoke({ action: 'wait', milliseconds: 20 });
    const [service, fn] = segments();
    const [init, invocation, overhead] = fn?.subsegments ?? [];
    const times = [
      service?.start_time,
      init?.start_time,
      init?.end_time,
      fn?.start_time,
      invocation?.end_time,
      overhead?.end_time,
      service?.end_time,
    ];
    expect(times).toEqual(times.toSorted((a, b) => Number(a) - Number(b)));
    expect(invocation?.start_time).toBe(fn?.start_time);
    expect(overhead?.start_time).toBe(invocation?.end_time);
    expect(Math.abs(Number(service?.end_time) - Date.now() / 1000)).toBeLessThan(60);
  });

  it('shows Init in the first invocation of an environment only', async () => {
    const { invoke, segments } = await startService();
    await invoke();
    await invoke();
    expect(segments()[3]?.subsegments?.map(({ name }) => name)).toEqual(['Invocation', 'Overhead']);
  });

  it('is in progress first, under the same ids', async () => {
    const { invoke, documents } = shared;
    await invoke();
    documents.length = 0;
    await invoke();
    expect(documents.map(({ in_progress }) => in_progress === true)).toEqual([true, true, false, false]);
    const [service, fn, completeFunction, completeService] = documents;
    expect([fn?.id, service?.id]).toEqual([completeFunction?.id, completeService?.id]);
    expect(fn?.subsegments).toMatchObject([{ name: 'Invocation', in_progress: true }]);
    expect(fn?.subsegments?.[0]?.id).toBe(completeFunction?.subsegments?.[0]?.id);
    for (const document of documents) expect(document).not.toMatchObject({ in_progress: true, end_time: 1 });
    expect(completeService).not.toHaveProperty('in_progress');
  });

  it.each([
    ['an exception', { action: 'throw' }, 'TypeError', 'the order has no items'],
    ['a crash', { action: 'kill' }, 'Runtime.ExitError', 'signal: killed'],
    [
      'a timeout',
      { action: 'wait', milliseconds: 60_000 },
      'Sandbox.Timedout',
      'timed out after 1.00 seconds',
    ],
  ])('ends with a fault and its cause for %s', async (_ending, event, type, message) => {
    const { invoke, segments } = await startService([functionDefinition({ timeout: 1 })]);
    await invoke(event);
    const [service, fn] = segments();
    const invocation = fn?.subsegments?.find(({ name }) => name === 'Invocation');
    for (const entity of [service, fn, invocation]) {
      const cause = { exceptions: [{ type, message: expect.stringContaining(message) as string }] };
      expect(entity).toMatchObject({ fault: true, cause });
      expect(entity).toHaveProperty('end_time');
    }
    expect(service?.http?.response?.status).toBe(500);
  });

  it('has the exception’s stack as frames', async () => {
    const { invoke, segments } = shared;
    await invoke({ action: 'throw' });
    const { cause } = segments()[1] ?? {};
    const frame = typeof cause === 'object' ? cause.exceptions?.[0]?.stack?.[0] : undefined;
    expect(frame?.path).toMatch(/^\/.*lambda-functions\/actions\.js$/);
    expect(frame?.line).toBeGreaterThan(1);
    expect(frame?.label).toContain('handler');
  });

  it('shows an error of init at Init, without an invocation', async () => {
    const { invoke, segments } = await startService([functionDefinition({ handler: 'init-throws.handler' })]);
    await invoke();
    expect(segments()[1]).toMatchObject({
      fault: true,
      subsegments: [{ name: 'Init', fault: true, cause: { exceptions: [{ type: 'RangeError' }] } }],
    });
  });

  it.each([undefined, 'Self=1-1-1', `Root=${ROOT}`, `Root=${ROOT};Sampled=?`])(
    'is sampled when nobody decided: %s',
    async (traceHeader) => {
      const header = parseTraceHeader(await seen(shared, traceHeader));
      expect(header).toMatchObject({ sampled: '1', others: [] });
      expect(header.root).toMatch(/^1-[0-9a-f]{8}-[0-9a-f]{24}$/);
      if (traceHeader?.includes('Root') === true) expect(header.root).toBe(ROOT);
      expect(shared.segments()).toHaveLength(2);
    },
  );
});

describe('an invocation that is not traced', () => {
  const active = sharedService();
  const passThrough = sharedService([functionDefinition({ tracingMode: 'PassThrough' })]);

  it('passes an unsampled header on and records nothing', async () => {
    const harness = active;
    const traceHeader = `Root=${ROOT};Parent=${PARENT};Sampled=0;Lineage=a:1`;
    expect(await seen(harness, traceHeader)).toBe(traceHeader);
    expect(harness.documents).toEqual([]);
    expect(harness.reports).toMatchObject([{ traceId: ROOT, sampled: false }]);
    expect(harness.logs.some(({ message }) => message.includes('XRAY'))).toBe(false);
  });

  it.each([
    [
      `Root=${ROOT};Parent=${PARENT};Sampled=1;Lineage=a:1`,
      `Root=${ROOT};Parent=${PARENT};Sampled=1;Lineage=a:1`,
      true,
    ],
    [`Root=${ROOT};Parent=${PARENT};Lineage=a:1`, `Root=${ROOT};Lineage=a:1`, false],
  ])('passes through, recording nothing: %s', async (traceHeader, expected, sampled) => {
    const harness = passThrough;
    expect(await seen(harness, traceHeader)).toBe(expected);
    expect(harness.documents).toEqual([]);
    expect(harness.reports).toMatchObject([{ sampled }]);
  });

  it('gets a trace id without a decision when it passes through and nothing came', async () => {
    const harness = passThrough;
    expect(await seen(harness)).toMatch(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/);
  });
});

describe('an invocation with a batch of messages', () => {
  const harness = sharedService();

  it('begins a trace of its own that links to the senders’', async () => {
    const linked = [
      `Root=${ROOT};Parent=${PARENT};Sampled=1;Lineage=a:1`,
      `Root=${ROOT};Parent=${PARENT};Sampled=1`,
      'not a header',
      `Root=${OTHER_ROOT}`,
    ];
    const header = parseTraceHeader(await seen(harness, undefined, linked));
    expect([ROOT, OTHER_ROOT]).not.toContain(header.root);
    expect(header).toMatchObject({ sampled: '1', others: [['Lineage', 'a:1']] });
    const [service, fn] = harness.segments();
    expect(service?.links).toEqual([{ trace_id: ROOT, id: PARENT }, { trace_id: OTHER_ROOT }]);
    expect(service).not.toHaveProperty('parent_id');
    expect(fn).not.toHaveProperty('links');
  });

  it('links to at most twenty', async () => {
    const linked = Array.from({ length: 25 }, (_, at) => `Root=${ROOT.slice(0, -2)}${at + 10}`);
    await seen(harness, undefined, linked);
    expect(harness.segments()[0]?.links).toHaveLength(20);
  });

  it('is not sampled when no message is and one says so', async () => {
    const header = await seen(harness, undefined, [`Root=${ROOT};Sampled=0`, `Root=${OTHER_ROOT}`]);
    expect(parseTraceHeader(header).sampled).toBe('0');
    expect(harness.documents).toEqual([]);
  });
});
