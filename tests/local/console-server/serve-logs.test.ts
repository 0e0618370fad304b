import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ConsoleServer } from '../../../local/console-server/console-server.ts';
import type { LogListing } from '../../../local/logs/log-line.ts';
import { LogStore } from '../../../local/logs/log-store.ts';
import { TraceStore } from '../../../local/xray/trace-store.ts';
import { shopService } from '../../fixtures/console/entities.ts';
import { listenToEvents } from './listen-to-events.ts';

let logs: LogStore;
let store: TraceStore;
let server: ConsoleServer;
let url: string;

beforeEach(async () => {
  logs = new LogStore();
  store = new TraceStore();
  server = new ConsoleServer({
    store,
    logs,
    port: 0,
    staticDirectory: import.meta.dirname,
    serviceInfo: () => shopService,
  });
  ({ url } = await server.start());
});

afterEach(() => server.stop());

function log(message: string, functionKey = 'take-payment'): void {
  logs.add({
    functionName: `shop-local-${functionKey}`,
    functionKey,
    logGroup: `/aws/lambda/shop-local-${functionKey}`,
    logStream: '1',
    requestId: `request of ${functionKey}`,
    timestamp: Date.now(),
    source: message.startsWith('START') ? 'platform' : 'stdout',
    message,
  });
}

async function messages(query: string): Promise<string[]> {
  const response = await fetch(`${url}/api/logs${query}`);
  expect(response.status).toBe(200);
  return ((await response.json()) as LogListing).lines.map(({ message }) => message);
}

describe('the API of log lines', () => {
  it('has none of traced invocations any more when the traces are cleared, and says so afterwards', async () => {
    log('{"message":"of a trace","xray_trace_id":"1-5f84c7a1-000000000000000000000001"}');
    log('of none', 'create-order');
    const { events } = await listenToEvents(url);
    await fetch(`${url}/api/traces`, { method: 'DELETE' });
    await vi.waitFor(() => expect(events).toContainEqual({ name: 'cleared', data: {} }), { timeout: 10_000 });
    expect(await messages('')).toEqual(['of none']);
  });

  it('answers with the newest first, and with those that are asked for', async () => {
    log('START RequestId: 1');
    log('{"level":"WARN","message":"slow & odd","correlation_id":"a b/ü"}');
    log('{"level":"INFO","message":"placed"}', 'create-order');
    expect(await messages('')).toEqual(['placed', 'slow & odd', 'START RequestId: 1']);
    expect(await messages('?level=warn')).toEqual(['slow & odd']);
    expect(await messages('?function=create-order&text=')).toEqual(['placed']);
    expect(await messages('?platform=off')).toEqual(['placed', 'slow & odd']);
    expect(await messages(`?correlation=${encodeURIComponent('a b/ü')}`)).toEqual([
      'slow & odd',
      'START RequestId: 1',
    ]);
    expect(await messages(`?text=${encodeURIComponent('ODD slow')}`)).toEqual(['slow & odd']);
    expect(await messages(`?request=${encodeURIComponent('request of create-order')}`)).toEqual(['placed']);
    expect(await messages('?from=1&to=2')).toEqual([]);
    expect(await messages('?after=2&limit=1')).toEqual(['placed']);
    expect(await messages('?cursor=2')).toEqual(['START RequestId: 1']);
  });

  it.each([
    ['?level=loud', 'Expected "level" to be TRACE, DEBUG, INFO, WARN, ERROR, FATAL; got "loud".'],
    ['?limit=0', 'Expected "limit" to be 1 to 1000; got "0".'],
    ['?limit=1001', 'Expected "limit" to be 1 to 1000; got "1001".'],
    ['?cursor=x', 'Expected "cursor" to be the id of a line; got "x".'],
    ['?after=-1', 'Expected "after" to be the id of a line; got "-1".'],
    ['?platform=no', 'Expected "platform" to be on or off; got "no".'],
    ['?from=5', 'Expected "from" and "to" together'],
  ])('refuses %s and says what was expected', async (query, message) => {
    const response = await fetch(`${url}/api/logs${query}`);
    expect(response.status).toBe(400);
    expect(((await response.json()) as { message: string }).message).toContain(message);
  });

  it('tells the page of many lines once, by the id of the newest', async () => {
    const { events } = await listenToEvents(url);
    for (let index = 0; index < 50; index += 1) log(`line ${index}`);
    const heard = () => events.filter(({ name }) => name === 'logs').map(({ data }) => data);
    await expect.poll(heard).toEqual([{ newest: 50 }]);
  });
});
