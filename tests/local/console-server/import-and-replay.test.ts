import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConsoleServer } from '../../../local/console-server/console-server.ts';
import { KeptEvents } from '../../../local/lambda/kept-events.ts';
import type { Invoke } from '../../../local/lambda/invocation.ts';
import type { TracePage } from '../../../local/xray/trace.ts';
import { TraceStore } from '../../../local/xray/trace-store.ts';
import { shopService } from '../../fixtures/console/entities.ts';
import { segment, subsegment, traceId } from '../xray/fixtures.ts';

const JSON_TYPE = { 'Content-Type': 'application/json' };

let store: TraceStore;
let server: ConsoleServer;
let url: string;
let payloads: string[];

beforeEach(async () => {
  store = new TraceStore();
  payloads = [];
  const events = new KeptEvents();
  const invoke: Invoke = ({ payload, requestId = 'again', traceHeader = '' }) => {
    payloads.push(payload);
    return Promise.resolve({
      requestId,
      payload: '{}',
      traceId: traceHeader.slice(5, 40),
      functionError: 'Unhandled',
    });
  };
  await events.observe(invoke)({
    functionName: 'pay',
    payload: '{"card":"secret"}',
    requestId: 'one',
    traceHeader: `Root=${traceId(1)}`,
  });
  server = new ConsoleServer({
    store,
    replays: {
      of: (id) => events.of(id),
      replay: (id, requestId) => events.replay(id, requestId, invoke),
      clear: () => events.clear(),
    },
    port: 0,
    staticDirectory: import.meta.dirname,
    serviceInfo: () => shopService,
  });
  ({ url } = await server.start());
});

afterEach(async () => {
  await server.stop();
  store.close();
});

function post(path: string, body: string, headers: Record<string, string> = JSON_TYPE): Promise<Response> {
  return fetch(url + path, { method: 'POST', body, headers });
}

describe('a file of traces', () => {
  it('comes in as it was exported, with what cannot be kept counted by why', async () => {
    const documents = [
      segment(1, { trace_id: traceId(1) }),
      subsegment(2, 1, { name: 'pay' }),
      segment(3, { trace_id: 'none' }),
      { ...segment(4), id: 'x' },
      'words',
      null,
    ];
    const response = await post('/api/traces', JSON.stringify({ documents }));
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      kept: 2,
      refused: { InvalidTraceId: 1, InvalidId: 1, ParseError: 2 },
    });
    const page = (await (await fetch(`${url}/api/traces/${traceId(1)}`)).json()) as TracePage;
    expect(page.trace.segments).toHaveLength(1);
    expect(store.losses().invalid).toBe(4);
  });

  it('may be what `aws xray batch-get-traces` answered', async () => {
    const Traces = [
      {
        Id: traceId(5),
        Segments: [{ Id: '1', Document: JSON.stringify(segment(1, { trace_id: traceId(5) })) }],
      },
      7,
    ];
    const response = await post('/api/traces', JSON.stringify({ Traces }));
    expect(await response.json()).toEqual({ traceIds: [traceId(5)], kept: 1, refused: { ParseError: 1 } });
  });

  it('is told apart from other files, and from what any page could send', async () => {
    const other = await post('/api/traces', '{"logs":[]}');
    expect([other.status, await other.text()]).toEqual([400, expect.stringContaining('batch-get-traces')]);
    expect((await post('/api/traces', 'not json')).status).toBe(400);
    expect((await post('/api/traces', '{"documents":[]}', { 'Content-Type': 'text/plain' })).status).toBe(
      400,
    );
    const foreign = { ...JSON_TYPE, Origin: 'http://evil.example' };
    expect((await post('/api/traces', '{"documents":[]}', foreign)).status).toBe(403);
  });
});

describe('a replay', () => {
  const path = `/api/replays/${traceId(1)}`;

  it('is offered without the event, and answers with the new trace', async () => {
    const offered = await (await fetch(url + path)).text();
    expect(JSON.parse(offered)).toEqual({ events: [{ functionName: 'pay', requestId: 'one', size: 17 }] });
    expect(offered).not.toContain('secret');
    const response = await post(path, '{"requestId":"one"}');
    expect(await response.json()).toMatchObject({ functionName: 'pay', failed: true });
    expect(payloads).toEqual(['{"card":"secret"}', '{"card":"secret"}']);
  });

  it('is refused to other pages, to bodies that are no JSON, and for events that are not there', async () => {
    expect(
      (await post(path, '{"requestId":"one"}', { ...JSON_TYPE, Origin: 'http://localhost:1' })).status,
    ).toBe(403);
    expect((await post(path, '{"requestId":"one"}', { 'Content-Type': 'text/plain' })).status).toBe(400);
    expect((await post(path, '{}')).status).toBe(400);
    expect((await post(path, '{"requestId":"two"}')).status).toBe(404);
    expect((await post(`/api/replays/${traceId(2)}`, '{"requestId":"one"}')).status).toBe(404);
    expect(payloads).toHaveLength(1);
  });
});
