import { Agent, fetch as undiciFetch, setGlobalDispatcher } from 'undici';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { allowedHosts, isAllowedHost } from '../../../src/clients/allowed-hosts.ts';
import type { DocumentReceiver } from '../../helpers/document-receiver.ts';
import { sampledTrace } from '../../helpers/lambda.ts';
import { receiveFrom, RECORDERS } from '../../helpers/recorders.ts';
import { only } from '../../helpers/xray.ts';
import type { Clients } from './pipeline.ts';
import { answeredCall, loadClients } from './pipeline.ts';
import type { WebServer } from './web-server.ts';
import { startWebServer } from './web-server.ts';

let server: WebServer;
let daemon: DocumentReceiver;
let clients: Clients;
/** Connects every name to loopback. */
let agent: Agent;

describe.each(RECORDERS)('with the recorder %s', (recorder) => {
  beforeAll(async () => {
    server = await startWebServer();
    agent = new Agent({
      connect: {
        lookup: (_name, _options, callback) => callback(null, [{ address: '127.0.0.1', family: 4 }]),
      },
    });
    daemon = await receiveFrom(recorder);
    clients = await loadClients(recorder);
  });
  afterEach(() => {
    server.clear();
    daemon.clear();
    delete process.env._X_AMZN_TRACE_ID;
    delete process.env.LANTERN_PROPAGATE_TO;
  });
  afterAll(async () => {
    await agent.close();
    await Promise.all([server.stop(), daemon.stop()]);
  });

  function sampled(): { header: string; traceId: string } {
    const trace = sampledTrace();
    process.env._X_AMZN_TRACE_ID = trace.header;
    return trace;
  }

  describe('observedFetch', () => {
    it('records the call and sends trace header and correlation id along', async () => {
      const { observedFetch, invoke } = clients;
      const { traceId } = sampled();
      await invoke(() =>
        observedFetch(`${server.url}/orders?token=secret#part`, { method: 'post', body: 'x' }),
      );
      const documents = await daemon.until((all) => all.length === 2);
      const call = answeredCall(documents, { method: 'POST', url: `${server.url}/orders` });
      expect(server.last().headers).toMatchObject({
        'x-correlation-id': 'order-1',
        'x-amzn-trace-id': `Root=${traceId};Parent=${call.id};Sampled=1;Lineage=1:abcdef01:0`,
      });
    });

    it('gives parallel calls their own status', async () => {
      const { observedFetch, invoke } = clients;
      sampled();
      await invoke(() =>
        Promise.all([200, 404, 429, 503].map((status) => observedFetch(`${server.url}/status/${status}`))),
      );
      const calls = (await daemon.until((all) => all.length === 5)).filter(
        ({ name }) => name === '127.0.0.1',
      );
      const flags: unknown = Object.fromEntries(
        calls.map(({ http, error, throttle, fault }) => [
          http?.request?.url?.split('/').at(-1),
          [http?.response?.status, error, throttle, fault],
        ]),
      );
      expect(flags).toEqual({
        200: [200, undefined, undefined, undefined],
        404: [404, true, undefined, undefined],
        429: [429, true, true, undefined],
        503: [503, undefined, undefined, true],
      });
    });

    it('records a call that fails as a remote fault with its address, and throws what fetch threw', async () => {
      const { observedFetch, invoke } = clients;
      sampled();
      await expect(invoke(() => observedFetch('http://127.0.0.1:1/orders'))).rejects.toThrow('fetch failed');
      expect(only(await daemon.until((all) => all.length === 2), '127.0.0.1')).toMatchObject({
        fault: true,
        http: { request: { method: 'GET', url: 'http://127.0.0.1:1/orders' } },
        cause: { exceptions: [{ type: 'TypeError', remote: true }, {}] },
      });
    });

    it('passes the header on unchanged while tracing is off', async () => {
      const { observedFetch, invoke } = await loadClients('none');
      const { header } = sampled();
      await invoke(() => observedFetch(server.url));
      expect(server.last().headers).toMatchObject({
        'x-amzn-trace-id': header,
        'x-correlation-id': 'order-1',
      });
      expect(await daemon.settled()).toEqual([]);
    });

    it('passes the header on unchanged when the invocation is not sampled', async () => {
      const { observedFetch, invoke } = clients;
      const header = sampledTrace().header.replace('Sampled=1', 'Sampled=0');
      process.env._X_AMZN_TRACE_ID = header;
      await invoke(() => observedFetch(server.url));
      expect(server.last().headers).toMatchObject({ 'x-amzn-trace-id': header });
      expect(await daemon.settled()).toEqual([]);
    });
  });

  describe('observedFetch behaves as fetch', () => {
    it('keeps the headers of the caller, of an init, a list, and a Request', async () => {
      const { observedFetch, invoke } = clients;
      const own = { 'X-Correlation-Id': 'mine', 'X-Amzn-Trace-Id': 'Root=mine' };
      sampled();
      for (const call of [
        () => observedFetch(server.url, { headers: own }),
        () => observedFetch(server.url, { headers: Object.entries<string>(own) }),
        () => observedFetch(new Request(server.url, { headers: own })),
      ]) {
        await invoke(call);
        expect(server.last().headers).toMatchObject({
          'x-correlation-id': 'mine',
          'x-amzn-trace-id': 'Root=mine',
        });
      }
    });

    it('sends the bodies of Requests, streams and forms, and takes a Request as its init', async () => {
      const { observedFetch, invoke } = clients;
      const post = (body: NonNullable<RequestInit['body']>) => ({
        method: 'POST',
        body,
        duplex: 'half' as const,
      });
      const request = new Request(`${server.url}/a`, post('request'));
      await invoke(() => observedFetch(request));
      expect(request.bodyUsed).toBe(true);
      expect(server.last()).toMatchObject({
        method: 'POST',
        body: 'request',
        headers: { 'content-length': '7' },
      });
      await invoke(() => observedFetch(server.url, post(new Blob(['stream']).stream())));
      expect(server.last().body).toBe('stream');
      await invoke(() => observedFetch(server.url, post(new URLSearchParams({ a: 'b' }))));
      expect(server.last()).toMatchObject({
        body: 'a=b',
        headers: { 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8' },
      });
      const template = new Request(`${server.url}/b`, { ...post('init'), headers: { 'x-own': 'kept' } });
      await invoke(() => observedFetch(new URL(`${server.url}/c`), template));
      expect(server.last()).toMatchObject({
        path: '/c',
        method: 'POST',
        body: 'init',
        headers: { 'x-own': 'kept', 'x-correlation-id': 'order-1' },
      });
      await invoke(() => observedFetch(new Request(server.url, { referrer: `${server.url}/from` })));
      expect(server.last().headers.referer).toBe(`${server.url}/from`);
    });

    it('aborts with the signal of the caller', async () => {
      const { observedFetch, invoke } = clients;
      sampled();
      const controller = new AbortController();
      const reason = new Error('enough');
      const call = invoke(() => observedFetch(`${server.url}/hang`, { signal: controller.signal }));
      await expect.poll(() => server.requests.length).toBe(1);
      controller.abort(reason);
      await expect(call).rejects.toBe(reason);
      await daemon.until((all) => all.length === 2);
    });

    it('refuses what fetch refuses in the way fetch does, and fetches what is not HTTP without a record', async () => {
      const { observedFetch, invoke } = clients;
      sampled();
      for (const [input, init] of [
        ['/relative', undefined],
        ['ftp://example.com', undefined],
        [server.url, { method: 'GET', body: 'x' }],
        [server.url, { headers: { 'bad name': 'x' } }],
      ] as const) {
        const theirs = await fetch(input, init).catch((error: unknown) => error);
        const ours = await invoke(() => observedFetch(input, init).catch((error: unknown) => error));
        expect(ours).toBeInstanceOf(TypeError);
        expect((ours as Error).message).toBe((theirs as Error).message);
      }
      await daemon.settled();
      daemon.clear();
      const response = await invoke(() => observedFetch('data:text/plain,hello'));
      expect(await response.text()).toBe('hello');
      expect((await daemon.settled()).map(({ name }) => name)).toEqual(['## handler']);
    });

    it.each(['follow', 'manual', 'error'] as const)('treats redirects as asked: %s', async (redirect) => {
      const { observedFetch, invoke } = clients;
      const url = `${server.url}/redirect?to=/orders`;
      const outcome = async (send: typeof fetch): Promise<unknown> => {
        try {
          const {
            status,
            redirected,
            url: final,
            type,
          } = await send(url, { redirect, method: 'PUT', body: 'x' });
          return { status, redirected, final, type };
        } catch (error) {
          return (error as Error).message;
        }
      };
      expect(await invoke(() => outcome(observedFetch))).toEqual(await outcome(fetch));
    });
  });

  describe('observedFetch and hosts that may not know our ids', () => {
    it('names allowed hosts exactly, with their subdomains', () => {
      const hosts = allowedHosts('example.com, *.api.test');
      for (const name of ['example.com', 'orders.example.com', 'API.test.', 'localhost', '[::1]']) {
        expect([name, isAllowedHost(name, hosts)]).toEqual([name, true]);
      }
      for (const name of ['badexample.com', 'com', 'example.com.evil.test']) {
        expect([name, isAllowedHost(name, hosts)]).toEqual([name, false]);
      }
    });

    it('tells strangers the trace, and not the id', async () => {
      const { observedFetch, createObservedFetch, invoke } = clients;
      sampled();
      const dispatcher = agent as unknown as NonNullable<RequestInit['dispatcher']>;
      await invoke(() => observedFetch(`http://example.test:${server.port}`, { dispatcher }));
      expect(server.last().headers).toHaveProperty('x-amzn-trace-id');
      expect(server.last().headers).not.toHaveProperty('x-correlation-id');
      const call = only(await daemon.until((all) => all.length === 2), 'example.test');
      expect(call.traced).toBeUndefined();

      const toThem = createObservedFetch({ propagateTo: ['test'] });
      await invoke(() => toThem(`http://example.test:${server.port}`, { dispatcher }));
      expect(server.last().headers).toMatchObject({ 'x-correlation-id': 'order-1' });
      process.env.LANTERN_PROPAGATE_TO = 'example.test';
      await invoke(() => observedFetch(`http://example.test:${server.port}`, { dispatcher }));
      expect(server.last().headers).toMatchObject({ 'x-correlation-id': 'order-1' });
    });

    it('records no call to a URL with a password, which fetch refuses', async () => {
      const { observedFetch, invoke } = clients;
      await daemon.settled();
      daemon.clear();
      sampled();
      const url = `http://user:secret@127.0.0.1:${server.port}`;
      await expect(invoke(() => observedFetch(url))).rejects.toThrow('includes credentials');
      expect((await daemon.settled()).map(({ name }) => name)).toEqual(['## handler']);
    });

    it('takes the id off when a redirect leads to a stranger, and keeps it on the way to friends', async () => {
      const { createObservedFetch, invoke } = clients;
      const observedFetch = createObservedFetch({ propagateTo: ['friend.test'] });
      const dispatcher = agent as unknown as NonNullable<RequestInit['dispatcher']>;
      const via = (to: string) =>
        `${server.url}/redirect?to=${encodeURIComponent(`http://${to}:${server.port}/end`)}`;
      sampled();
      for (const [to, id] of [
        ['friend.test', 'order-1'],
        ['stranger.test', undefined],
      ] as const) {
        server.clear();
        const response = await invoke(() =>
          observedFetch(via(to), { dispatcher, method: 'POST', body: 'x', headers: { 'x-own': 'kept' } }),
        );
        expect([response.redirected, response.url]).toEqual([true, `http://${to}:${server.port}/end`]);
        expect(server.requests.map(({ headers }) => headers['x-correlation-id'])).toEqual(['order-1', id]);
        expect(server.last()).toMatchObject({ method: 'POST', body: 'x', headers: { 'x-own': 'kept' } });
      }
      await invoke(() =>
        observedFetch(via('stranger.test'), { dispatcher, headers: { 'x-correlation-id': 'mine' } }),
      );
      expect(server.last().headers['x-correlation-id']).toBe('mine');
    });

    it('does so without a dispatcher in the call, with a Request too', async () => {
      const { observedFetch, invoke } = clients;
      const before = new Agent();
      setGlobalDispatcher(agent);
      try {
        const url = `${server.url}/redirect?to=http://stranger.test:${server.port}/end`;
        for (const input of [url, new Request(url)]) {
          server.clear();
          await invoke(() => observedFetch(input));
          expect(server.requests.map(({ headers }) => headers['x-correlation-id'])).toEqual([
            'order-1',
            undefined,
          ]);
        }
      } finally {
        setGlobalDispatcher(before);
      }
    });

    it('works with a fetch of the caller, and its Requests', async () => {
      const { createObservedFetch, invoke } = clients;
      const observedFetch = createObservedFetch({ fetch: undiciFetch as unknown as typeof fetch });
      const { Request: UndiciRequest } = await import('undici');
      sampled();
      for (const input of [server.url, new UndiciRequest(server.url) as unknown as Request]) {
        const response = await invoke(() => observedFetch(input));
        expect(await response.text()).toBe('ok');
        expect(server.last().headers).toHaveProperty('x-amzn-trace-id');
        expect(server.last().headers).toMatchObject({ 'x-correlation-id': 'order-1' });
      }
    });

    it('refuses options that do not exist, and hosts that are none', () => {
      const { createObservedFetch } = clients;
      expect(() => createObservedFetch({ propogateTo: [] } as object)).toThrow('it has propagateTo, fetch');
      for (const host of ['https://example.com', 'example.com:443', 'example.com/orders', '', 'a b']) {
        expect(() => createObservedFetch({ propagateTo: [host] })).toThrow('expects host names');
      }
    });
  });
});
