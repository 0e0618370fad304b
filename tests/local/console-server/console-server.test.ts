import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, request as httpRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ConsoleServer } from '../../../local/console-server/console-server.ts';
import type { ServiceInfo } from '../../../local/console-contract.ts';
import type { TracePage } from '../../../local/xray/trace.ts';
import { TraceStore } from '../../../local/xray/trace-store.ts';
import { PATIENT } from '../../helpers/until.ts';
import { listenToEvents } from './listen-to-events.ts';
import { begun, segment, subsegment, TRACE_ID, traceId } from '../xray/fixtures.ts';

const SERVICE: ServiceInfo = {
  name: 'shop',
  stage: 'local',
  region: 'eu-west-1',
  tracing: true,
  functions: [{ key: 'create-order', name: 'shop-local-create-order', tracing: true }],
  tryThis: ['curl http://localhost:3000/orders'],
};

let folder: string;
let store: TraceStore;
let server: ConsoleServer;
let port: number;
let url: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lantern-console-'));
  const page = join(folder, 'page');
  await mkdir(join(page, 'assets'), { recursive: true });
  await writeFile(join(page, 'index.html'), '<!doctype html><title>Lantern</title>');
  await writeFile(join(page, 'assets', 'index-BxC3f9aQ.js'), 'void 0;');
  await writeFile(join(page, 'icon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  await writeFile(join(folder, 'secret.txt'), 'secret');
  store = new TraceStore();
  server = new ConsoleServer({ store, port: 0, staticDirectory: page, serviceInfo: () => SERVICE });
  ({ port, url } = await server.start());
});

afterEach(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Sends what `fetch` would not: any Host, any Origin, a path as it is. */
async function ask(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  const request = httpRequest({ host: '127.0.0.1', port, path, method, headers, agent: false }).end();
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}

describe('the API of ConsoleServer', () => {
  it('tells about the service', async () => {
    const response = await fetch(`${url}/api/service`);
    expect(response.headers.get('content-type')).toContain('application/json');
    expect(await response.json()).toEqual(SERVICE);
  });

  it('lists traces, newest first and as many as asked for, and what was lost', async () => {
    for (const number of [1, 2, 3]) store.put(segment(number, { trace_id: traceId(number) }));
    store.countInvalid('ParseError');
    const listing = await (await fetch(`${url}/api/traces?limit=2`)).json();
    expect(listing).toEqual({
      traces: [store.summary(traceId(3)), store.summary(traceId(2))],
      losses: store.losses(),
      cursor: expect.any(String) as string,
    });
    const all = (await (await fetch(`${url}/api/traces?limit=-1`)).json()) as { traces: unknown[] };
    expect(all.traces).toHaveLength(3);
  });

  it('gives one trace with those it is linked to', async () => {
    store.put(segment(1));
    store.put(segment(2, { trace_id: traceId(2), links: [{ trace_id: TRACE_ID }] }));
    const page = (await (await fetch(`${url}/api/traces/${TRACE_ID}`)).json()) as TracePage;
    expect(page).toEqual(store.page(TRACE_ID));
    expect(page.linked).toHaveLength(1);
  });

  it('clears the traces', async () => {
    store.put(segment(1));
    expect((await fetch(`${url}/api/traces`, { method: 'DELETE' })).status).toBe(204);
    expect(store.list(10)).toEqual([]);
  });

  it('answers 404 in JSON for what it does not know', async () => {
    for (const path of ['/api/traces/unknown', '/api/nothing', '/api/traces/a/b']) {
      const response = await fetch(url + path);
      expect(response.status).toBe(404);
      expect(await response.json()).toEqual({ message: expect.any(String) as string });
    }
  });

  it('answers 405 with the methods it does know', async () => {
    expect(await ask('/api/traces', {}, 'PUT')).toMatchObject({
      status: 405,
      headers: { allow: 'GET, POST, DELETE' },
    });
    expect(await ask('/api/events', {}, 'DELETE')).toMatchObject({ status: 405, headers: { allow: 'GET' } });
    expect(await ask('/', {}, 'POST')).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
  });
});

describe('the events of ConsoleServer', () => {
  it('tell of a burst of changes once, as the trace is in the end', async () => {
    const { events } = await listenToEvents(url);
    store.put(begun(segment(1)));
    for (let number = 2; number < 200; number += 1) store.put(subsegment(number, 1));
    store.put(segment(1));
    await vi.waitFor(
      () => expect(events).toContainEqual({ name: 'summary', data: store.summary(TRACE_ID) }),
      PATIENT,
    );
    expect(events.length).toBeLessThan(10);
  });

  it('tell every page what was lost and cleared', async () => {
    const listeners = [await listenToEvents(url), await listenToEvents(url)];
    store.countInvalid('ParseError');
    await vi.waitFor(() => {
      for (const { events } of listeners) {
        expect(events).toContainEqual({
          name: 'losses',
          data: {
            invalid: 1,
            invalidReasons: { ParseError: 1 },
            evictedTraces: 0,
            refusedDocuments: 0,
            droppedDatagrams: 0,
          },
        });
      }
    }, PATIENT);
    store.put(segment(1));
    await fetch(`${url}/api/traces`, { method: 'DELETE' });
    await vi.waitFor(() => {
      for (const { events } of listeners) expect(events).toContainEqual({ name: 'cleared', data: {} });
    }, PATIENT);
    expect(listeners[0]?.events.filter(({ name }) => name === 'summary')).toEqual([]);
  });

  it('end when the server stops, and the port is free', async () => {
    const { ended } = await listenToEvents(url);
    await server.stop();
    await ended;
    const next = createServer().listen(port, '127.0.0.1');
    await once(next, 'listening');
    next.close();
  });
});

describe('the files of ConsoleServer', () => {
  it.each([
    '/',
    '/traces',
    '/traces?from=1&to=2',
    `/traces/${TRACE_ID}`,
    '/alarms',
    '/alarms/an%20alarm%2Fname',
    '/metrics',
  ])('answer %s with the page, never from a cache', async (path) => {
    const answer = await ask(path);
    expect(answer).toMatchObject({
      status: 200,
      headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache' },
    });
    expect(answer.body).toContain('Lantern');
  });

  it('may be kept when their name changes with their content, and not otherwise', async () => {
    const asset = await ask('/assets/index-BxC3f9aQ.js');
    expect(asset.headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
    });
    const icon = await ask('/icon.svg');
    expect(icon.headers).toMatchObject({ 'content-type': 'image/svg+xml', 'cache-control': 'no-cache' });
  });

  it('come with headers that keep a hostile trace from running or loading anything', async () => {
    for (const path of ['/', '/api/traces', '/nothing']) {
      const { headers } = await ask(path);
      const policy = String(headers['content-security-policy']).split('; ');
      expect(policy).toEqual(
        expect.arrayContaining([
          ...["default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'"],
          ...["img-src 'self' data:", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'none'"],
        ]),
      );
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
      });
    }
  });

  it.each([
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/..%5csecret.txt',
    '//../secret.txt',
    '/%00',
    '/%',
    '/assets',
    `/${'x'.repeat(5000)}`,
  ])('are not found at %s', async (path) => {
    const answer = await ask(path);
    expect(answer.status).toBe(404);
    expect(answer.body).not.toBe('secret');
  });

  it('are read with HEAD too', async () => {
    expect(await ask('/', {}, 'HEAD')).toMatchObject({ status: 200, body: '' });
  });

  it('give way to a sentence that says how to build them when they are missing', async () => {
    await rm(join(folder, 'page', 'index.html'));
    const answer = await ask('/');
    expect(answer).toMatchObject({ status: 503, headers: { 'content-type': 'text/plain; charset=utf-8' } });
    expect(answer.body).toContain('npm run build:page');
  });
});

describe('who may talk to ConsoleServer', () => {
  it.each(['localhost', '127.0.0.1', '[::1]', 'LOCALHOST'])('is whoever calls it %s', async (host) => {
    expect((await ask('/api/traces', { Host: `${host}:${port}` })).status).toBe(200);
  });

  it.each(['evil.example', 'localhost', 'localhost.evil.example', ''])(
    'is not who calls it %j, by any path',
    async (host) => {
      const own = host === 'localhost' ? host : `${host}:${port}`;
      for (const path of ['/', '/api/traces', '/icon.svg']) {
        const answer = await ask(path, { Host: own });
        expect(answer.status).toBe(403);
        expect(answer.body).toContain(`localhost:${port}`);
      }
    },
  );

  it('is nobody who does not say a host', async () => {
    const socket = connect(port, '127.0.0.1');
    socket.end('GET /api/traces HTTP/1.0\r\n\r\n');
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 403 /);
  });

  it.each([
    ['another origin', { Origin: 'https://evil.example' }],
    ['no origin that can be told', { Origin: 'null' }],
    ['another site', { 'Sec-Fetch-Site': 'cross-site' }],
    ['another port of this machine', { 'Sec-Fetch-Site': 'same-site' }],
  ])('is no page from %s', async (_what, headers) => {
    store.put(segment(1));
    for (const path of ['/api/traces', '/api/service', '/api/events', `/api/traces/${TRACE_ID}`]) {
      expect((await ask(path, headers)).status).toBe(403);
    }
    expect((await ask('/api/traces', headers, 'DELETE')).status).toBe(403);
    expect(store.list(10)).toHaveLength(1);
  });

  it('is its own page, and a link to it from elsewhere', async () => {
    const own = { Origin: `http://localhost:${port}`, 'Sec-Fetch-Site': 'same-origin' };
    expect((await ask('/api/traces', own, 'DELETE')).status).toBe(204);
    expect((await ask(`/traces/${TRACE_ID}`, { 'Sec-Fetch-Site': 'cross-site' })).status).toBe(200);
  });
});

describe('the port of ConsoleServer', () => {
  it('is named in one error when it is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const taken = (other.address() as AddressInfo).port;
    const second = new ConsoleServer({
      store,
      port: taken,
      staticDirectory: folder,
      serviceInfo: () => SERVICE,
    });
    await expect(second.start()).rejects.toMatchObject({
      message: expect.stringMatching(
        new RegExp(`Port ${taken} .*the console.* is taken.*choose another port`),
      ) as string,
      cause: { code: 'EADDRINUSE' },
    });
    other.close();
  });
});
