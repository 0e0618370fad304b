import { Agent, fetch as undiciFetch, interceptors, Pool, request } from 'undici';
import type { Dispatcher } from 'undici';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { DocumentReceiver } from '../../helpers/document-receiver.ts';
import { sampledTrace } from '../../helpers/lambda.ts';
import { receiveFrom, RECORDERS } from '../../helpers/recorders.ts';
import { only } from '../../helpers/xray.ts';
import type { Clients } from './pipeline.ts';
import { answeredCall, callsIn, documentsOfCalls, loadClients } from './pipeline.ts';
import type { WebServer } from './web-server.ts';
import { startWebServer } from './web-server.ts';

let servers: WebServer[];
let server: WebServer;
let daemon: DocumentReceiver;
let clients: Clients;
const opened: Dispatcher[] = [];

describe.each(RECORDERS)('with the recorder %s', (recorder) => {
  beforeAll(async () => {
    servers = await Promise.all([startWebServer(), startWebServer()]);
    server = servers[0] as WebServer;
    daemon = await receiveFrom(recorder);
    clients = await loadClients(recorder);
  });
  afterEach(async () => {
    for (const each of servers) each.clear();
    await Promise.all(opened.splice(0).map((dispatcher) => dispatcher.destroy()));
    daemon.clear();
    delete process.env._X_AMZN_TRACE_ID;
  });
  afterAll(() => Promise.all([...servers.map((each) => each.stop()), daemon.stop()]));

  /** Connects every name to loopback. */
  const connect: Agent.Options['connect'] = {
    lookup: (_name, _options, callback) => callback(null, [{ address: '127.0.0.1', family: 4 }]),
  };
  function open<D extends Dispatcher>(dispatcher: D): D {
    opened.push(dispatcher);
    return dispatcher;
  }

  function documentsOf(count: number, call: () => unknown) {
    return documentsOfCalls(clients, daemon, count, call);
  }

  async function get(url: string, dispatcher: Dispatcher, headers?: Dispatcher.DispatchOptions['headers']) {
    const { statusCode, body } = await request(url, { dispatcher, ...(headers && { headers }) });
    return { statusCode, text: await body.text() };
  }

  describe('observeDispatcher', () => {
    it('records a request until its answer has ended, and sends both headers along', async () => {
      const agent = open(new Agent().compose(clients.observeDispatcher()));
      const documents = await documentsOf(1, () => get(`${server.url}/orders?token=secret`, agent));
      const call = answeredCall(documents, { method: 'GET', url: `${server.url}/orders` });
      expect(server.last().headers).toMatchObject({
        'x-correlation-id': 'order-1',
        'x-amzn-trace-id': expect.stringContaining(`Parent=${call.id};Sampled=1;Lineage=`) as string,
      });
    });

    it.each([
      ['keep-alive', { connections: 1 }],
      ['pipelining', { connections: 1, pipelining: 10 }],
      ['a connection for each', {}],
    ])('keeps parallel requests to several hosts apart, with %s', async (_name, options) => {
      const agent = open(new Agent(options).compose(clients.observeDispatcher()));
      const statuses = [200, 404, 429, 503, 201, 418];
      const branches = statuses.flatMap((status) => servers.map((each) => ({ status, url: each.url })));
      await get(server.url, agent);

      const documents = await documentsOf(branches.length * 2, () =>
        Promise.all(
          branches.map(({ status, url }, index) =>
            clients.traced(`branch ${index}`, async () => {
              const { statusCode } = await get(`${url}/status/${status}?branch=${index}`, agent);
              expect(statusCode).toBe(status);
            })(),
          ),
        ),
      );

      for (const [index, { status, url }] of branches.entries()) {
        const branch = only(documents, `branch ${index}`);
        const call = callsIn(documents).find((each) => 'parent_id' in each && each.parent_id === branch.id);
        expect(call?.http).toMatchObject({
          request: { url: `${url}/status/${status}` },
          response: { status },
        });
        const received = servers
          .flatMap(({ requests }) => requests)
          .find(({ path }) => path === `/status/${status}?branch=${index}`);
        expect(received?.headers['x-amzn-trace-id']).toContain(`Parent=${call?.id ?? ''}`);
      }
    });

    it.each([
      ['an object', { 'X-Correlation-Id': 'mine', 'x-own': 'a' }],
      ['a list', ['X-Correlation-Id', 'mine', 'x-own', 'a']],
      [
        'something that can be read once',
        new Map([
          ['X-Correlation-Id', 'mine'],
          ['x-own', 'a'],
        ]).entries(),
      ],
      ['an object without the header', { 'x-own': 'a' }],
      ['a list without the header', ['x-own', 'a']],
      ['pairs without the header', new Headers({ 'x-own': 'a' })],
    ])('keeps headers that are given as %s', async (form, headers) => {
      const agent = open(new Agent().compose(clients.observeDispatcher()));
      await clients.invoke(() => get(server.url, agent, headers as Dispatcher.DispatchOptions['headers']));
      expect(server.last().headers).toMatchObject({
        'x-own': 'a',
        'x-correlation-id': form.includes('without') ? 'order-1' : 'mine',
      });
    });

    it('records failures: refused, aborted, and broken off in the middle', async () => {
      const agent = open(new Agent().compose(clients.observeDispatcher()));
      const controller = new AbortController();
      const documents = await documentsOf(3, async () => {
        await expect(get('http://127.0.0.1:1', agent)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
        await expect(get(`${server.url}/cut`, agent)).rejects.toThrow();
        const hanging = request(`${server.url}/hang`, { dispatcher: agent, signal: controller.signal });
        await expect.poll(() => server.requests.length).toBe(2);
        controller.abort();
        await expect(hanging).rejects.toMatchObject({ name: 'AbortError' });
      });
      expect(
        callsIn(documents).map(({ fault, error, http }) => [fault, error, http?.response?.status]),
      ).toEqual([
        [true, undefined, undefined],
        [true, undefined, 200],
        // The caller's own wish; OpenTelemetry has one status for whatever failed.
        recorder === 'xray' ? [undefined, true, undefined] : [true, undefined, undefined],
      ]);
    });

    it('throws what undici throws for wrong options', async () => {
      const agent = open(new Agent().compose(clients.observeDispatcher()));
      await clients.invoke(async () => {
        await expect(request(server.url, { dispatcher: agent, method: 'BAD METHOD' })).rejects.toThrow(
          'invalid request method',
        );
      });
    });

    it('sees each hop of a redirect and each attempt of a retry when it is composed first', async () => {
      const agent = open(
        new Agent({ connect }).compose(
          clients.observeDispatcher(),
          interceptors.retry({ maxRetries: 1, minTimeout: 1 }),
          interceptors.redirect({ maxRedirections: 2 }),
        ),
      );
      const to = `http://stranger.test:${server.port}/end`;
      const hops = callsIn(await documentsOf(2, () => get(`${server.url}/redirect?to=${to}`, agent)));
      expect(hops.map(({ name, http }) => [name, http?.response?.status])).toEqual([
        ['127.0.0.1', 307],
        ['stranger.test', 200],
      ]);
      expect(server.requests.map(({ headers }) => headers['x-correlation-id'])).toEqual([
        'order-1',
        undefined,
      ]);
      const attempts = callsIn(
        await documentsOf(2, () => get('http://127.0.0.1:1', agent).catch(() => undefined)),
      );
      expect(attempts.map(({ fault }) => fault)).toEqual([true, true]);
    });

    it('knows the origin of a pool when it is told, and leaves its requests alone when it is not', async () => {
      const told = open(new Pool(server.url).compose(clients.observeDispatcher({ origin: server.url })));
      const untold = open(new Pool(server.url).compose(clients.observeDispatcher()));
      const send = async (pool: Dispatcher) => {
        const { body } = await pool.request({ method: 'GET', path: '/orders' });
        return body.text();
      };
      const documents = await documentsOf(1, () => send(told));
      expect(only(documents, '127.0.0.1').http?.request?.url).toBe(`${server.url}/orders`);
      await clients.invoke(() => send(untold));
      expect(server.last().headers).not.toHaveProperty('x-amzn-trace-id');
    });

    it('records upgrades, and works below the fetch of undici, whose handlers have the older interface', async () => {
      const agent = open(new Agent().compose(clients.observeDispatcher()));
      const [upgrade] = callsIn(
        await documentsOf(1, async () => {
          const { socket } = await agent.upgrade({
            origin: server.url,
            path: '/',
            protocol: 'test',
          } as never);
          socket.destroy();
        }),
      );
      expect(upgrade?.http?.response?.status).toBe(101);
      const [fetched] = callsIn(
        await documentsOf(1, async () => {
          const response = await undiciFetch(`${server.url}/status/404`, { dispatcher: agent });
          expect(await response.text()).toBe('ok');
        }),
      );
      expect(fetched).toMatchObject({ error: true, http: { response: { status: 404 } } });
    });

    it('keeps the interface of the handlers it is given, whole or not', async () => {
      const ended: unknown[] = [];
      const agent = open(new Agent());
      const dispatch = clients.observeDispatcher()(agent.dispatch.bind(agent));
      const documents = await documentsOf(2, async () => {
        const options = { origin: server.url, path: '/status/404', method: 'GET' } as const;
        await new Promise<void>((resolve, reject) => {
          // The older interface: undici's own fetch still has it.
          const older = {
            onConnect: () => undefined,
            onHeaders: () => true,
            onData: () => true,
            onComplete: () => resolve(),
            onError: reject,
          };
          dispatch(options, older);
        });
        await new Promise<void>((resolve, reject) => {
          dispatch(options, {
            onRequestStart: () => undefined,
            onResponseData: (_controller, chunk) => {
              ended.push(chunk.toString());
              resolve();
            },
            onResponseError: (_controller, error) => reject(error),
          });
        });
      });
      expect(ended).toEqual(['ok']);
      expect(callsIn(documents).map(({ http }) => http?.response?.status)).toEqual([404, 404]);
    });

    it('passes the header on unchanged while tracing is off, and adds nothing outside of an invocation', async () => {
      const { observeDispatcher, invoke } = await loadClients('none');
      const agent = open(new Agent().compose(observeDispatcher()));
      const { header } = sampledTrace();
      process.env._X_AMZN_TRACE_ID = header;
      await invoke(() => get(server.url, agent));
      expect(server.last().headers).toMatchObject({
        'x-amzn-trace-id': header,
        'x-correlation-id': 'order-1',
      });
      delete process.env._X_AMZN_TRACE_ID;
      await get(server.url, agent);
      expect(server.last().headers).not.toHaveProperty('x-amzn-trace-id');
      expect(server.last().headers).not.toHaveProperty('x-correlation-id');
      expect(await daemon.settled()).toEqual([]);
    });

    it('refuses options that do not exist, and an origin that is none', () => {
      const { observeDispatcher } = clients;
      expect(() => observeDispatcher({ propagate: [] } as object)).toThrow(
        'has no option "propagate"; it has propagateTo, origin',
      );
      expect(() => observeDispatcher({ origin: 'example.com' })).toThrow('Invalid URL');
    });
  });
});
