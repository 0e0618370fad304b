import { once } from 'node:events';
import http from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { DocumentReceiver } from '../../helpers/document-receiver.ts';
import { sampledTrace } from '../../helpers/lambda.ts';
import { receiveFrom, RECORDERS } from '../../helpers/recorders.ts';
import { only } from '../../helpers/xray.ts';
import type { Clients } from './pipeline.ts';
import { answeredCall, callsIn, documentsOfCalls, loadClients } from './pipeline.ts';
import type { WebServer } from './web-server.ts';
import { startWebServer } from './web-server.ts';

let server: WebServer;
let daemon: DocumentReceiver;
let clients: Clients;

describe.each(RECORDERS)('with the recorder %s', (recorder) => {
  beforeAll(async () => {
    server = await startWebServer();
    daemon = await receiveFrom(recorder);
    clients = await loadClients(recorder);
  });
  afterEach(() => {
    server.clear();
    daemon.clear();
    delete process.env._X_AMZN_TRACE_ID;
  });
  afterAll(async () => {
    http.globalAgent.destroy();
    await Promise.all([server.stop(), daemon.stop()]);
  });

  function documentsOf(count: number, call: () => unknown) {
    return documentsOfCalls(clients, daemon, count, call);
  }

  async function answerTo(request: ClientRequest): Promise<IncomingMessage & { text: string }> {
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    return Object.assign(response, { text: await text(response) });
  }

  describe('observedHttp', () => {
    it('records a request until its response has ended, and sends both headers along', async () => {
      const documents = await documentsOf(1, () =>
        answerTo(clients.observedHttp.get(`${server.url}/orders?token=secret`)),
      );
      const call = answeredCall(documents, { method: 'GET', url: `${server.url}/orders` });
      expect(server.last().headers).toMatchObject({
        'x-correlation-id': 'order-1',
        'x-amzn-trace-id': expect.stringContaining(`Parent=${call.id};Sampled=1;Lineage=`) as string,
      });
    });

    it('takes its arguments in every order that node:http takes them', async () => {
      const { observedHttp, invoke } = clients;
      const { port } = server;
      const url = new URL(`${server.url}/a`);
      const forms: ReadonlyArray<(done: (response: IncomingMessage) => void) => ClientRequest> = [
        (done) => observedHttp.get(url.href, done),
        (done) => observedHttp.get(url, done),
        (done) => observedHttp.get(url, { headers: { 'x-own': 'a' } }, done),
        (done) => observedHttp.get(url.href, { path: '/a', headers: ['Host', url.host, 'x-own', 'a'] }, done),
        (done) => observedHttp.get({ port, host: '127.0.0.1', path: '/a' }, done),
        (done) => observedHttp.get({ port, hostname: '127.0.0.1', path: '/a', auth: 'user:secret' }, done),
        (done) => observedHttp.get({ port, path: '/a', family: 4 }, done),
        (done) => observedHttp.request(url, { headers: { Expect: '100-continue' } }, done).end(),
      ];
      for (const form of forms) {
        const response = await invoke(
          () => new Promise<IncomingMessage>((resolve, reject) => form(resolve).on('error', reject)),
        );
        expect(await text(response)).toBe('ok');
        expect(server.last()).toMatchObject({ path: '/a', headers: { 'x-correlation-id': 'order-1' } });
      }
      expect(server.requests.filter(({ headers }) => headers['x-own'] === 'a')).toHaveLength(2);
    });

    it('keeps headers of the caller, and does not change what it passed in', async () => {
      const { observedHttp, invoke } = clients;
      const options = Object.freeze({ headers: Object.freeze({ 'X-Correlation-Id': 'mine' }) });
      await invoke(() => answerTo(observedHttp.get(server.url, options)));
      expect(server.last().headers['x-correlation-id']).toBe('mine');
      const list = Object.freeze(['X-Correlation-Id', 'mine', 'Host', 'shop.test']);
      await invoke(() => answerTo(observedHttp.get(server.url, { headers: list })));
      expect(server.last().headers).toMatchObject({ 'x-correlation-id': 'mine', host: 'shop.test' });
    });

    it('tells strangers the trace, and not the id', async () => {
      const documents = await documentsOf(1, () =>
        answerTo(
          clients.observedHttp.get(`http://stranger.test:${server.port}/`, {
            lookup: (_name, _options, callback) => callback(null, [{ address: '127.0.0.1', family: 4 }]),
          }),
        ),
      );
      expect(only(documents, 'stranger.test').traced).toBeUndefined();
      expect(server.last().headers).toHaveProperty('x-amzn-trace-id');
      expect(server.last().headers).not.toHaveProperty('x-correlation-id');
    });

    it('throws on bad options what node:http throws', async () => {
      const { observedHttp, invoke } = clients;
      const bad: ReadonlyArray<readonly unknown[]> = [
        ['no url'],
        [{ path: '/a b' }],
        [{ method: 'BAD METHOD' }],
        [{ hostname: 17 }],
        [{ protocol: 'ftp:' }],
        [{ headers: { 'bad name': 'x' } }],
      ];
      for (const args of bad) {
        const outcome = (module: typeof observedHttp): unknown => {
          try {
            return (module.request as (...given: readonly unknown[]) => unknown)(...args);
          } catch (error) {
            const { code, message } = error as { code?: string; message: string };
            return { code, message };
          }
        };
        expect(await invoke(() => outcome(observedHttp))).toEqual(outcome(http));
      }
    });

    it('records failures once: refused, aborted, timed out, and broken off in the middle', async () => {
      const { observedHttp } = clients;
      const failure = async (request: ClientRequest): Promise<string | undefined> => {
        const [error] = (await once(request, 'error').catch((thrown: unknown) => [thrown])) as [
          { code?: string },
        ];
        return error.code;
      };
      const documents = await documentsOf(4, async () => {
        expect(await failure(observedHttp.get('http://127.0.0.1:1'))).toBe('ECONNREFUSED');
        const { signal } = new AbortController();
        const aborted = observedHttp.get(`${server.url}/hang`, {
          signal: AbortSignal.any([signal, AbortSignal.timeout(50)]),
        });
        expect(await failure(aborted)).toBe('ABORT_ERR');
        const late = observedHttp.get(`${server.url}/hang`, { timeout: 50 });
        late.on('timeout', () => late.destroy());
        expect(await failure(late)).toBe('ECONNRESET');
        await expect(answerTo(observedHttp.get(`${server.url}/cut`))).rejects.toMatchObject({
          code: 'ECONNRESET',
        });
      });
      expect(
        callsIn(await daemon.settled()).map(({ fault, http: seen }) => [fault, seen?.response?.status]),
      ).toEqual([
        [true, undefined],
        [true, undefined],
        [true, undefined],
        [true, 200],
      ]);
      expect(documents.filter(({ name }) => name === '## handler')).toHaveLength(1);
    });

    it('leaves an error that nobody handles unhandled', async () => {
      const { observedHttp, invoke } = clients;
      process.env._X_AMZN_TRACE_ID = sampledTrace().header;
      await invoke(async () => {
        const request = observedHttp.request('http://127.0.0.1:1');
        expect(request.listenerCount('error')).toBe(0);
        request.on('error', () => undefined).end();
        await new Promise((resolve) => request.on('close', resolve));
      });
    });

    it('lets a response that nobody takes go by, so that the connection is free again', async () => {
      const { observedHttp } = clients;
      const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
      const documents = await documentsOf(2, async () => {
        for (const path of ['/one', '/two'])
          await once(observedHttp.get(`${server.url}${path}`, { agent }), 'close');
      });
      expect(callsIn(documents).map(({ http: seen }) => seen?.response?.status)).toEqual([200, 200]);
      agent.destroy();
    });

    it('hangs parallel calls and their callbacks where they were made, over one connection too', async () => {
      const { observedHttp, traced } = clients;
      const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
      const statuses = [200, 404, 429, 503];
      const documents = await documentsOf(statuses.length * 3, () =>
        Promise.all(
          statuses.map((status) =>
            traced(`branch ${status}`, async () => {
              await new Promise<void>((resolve, reject) => {
                observedHttp
                  .get(`${server.url}/status/${status}`, { agent }, (response) => {
                    traced(`parse ${status}`, () => response.resume())();
                    response.on('end', resolve);
                  })
                  .on('error', reject);
              });
            })(),
          ),
        ),
      );
      for (const status of statuses) {
        const branch = only(documents, `branch ${status}`);
        const below = documents.filter((each) => 'parent_id' in each && each.parent_id === branch.id);
        expect(below.map(({ name, http: seen }) => [name, seen?.response?.status]).sort()).toEqual([
          ['127.0.0.1', status],
          [`parse ${status}`, undefined],
        ]);
      }
      agent.destroy();
    });

    it('records an upgrade, which has no response that ends', async () => {
      const documents = await documentsOf(1, async () => {
        const request = clients.observedHttp.get(server.url, {
          headers: { connection: 'Upgrade', upgrade: 'test' },
        });
        const [, socket] = (await once(request, 'upgrade')) as [IncomingMessage, Socket];
        socket.destroy();
      });
      expect(only(documents, '127.0.0.1').fault).toBeUndefined();
    });

    it('passes the header on unchanged while tracing is off', async () => {
      const { observedHttp, invoke } = await loadClients('none');
      const { header } = sampledTrace();
      process.env._X_AMZN_TRACE_ID = header;
      await invoke(() => answerTo(observedHttp.get(server.url)));
      expect(server.last().headers).toMatchObject({
        'x-amzn-trace-id': header,
        'x-correlation-id': 'order-1',
      });
      expect(await daemon.settled()).toEqual([]);
    });
  });

  describe('observedHttps', () => {
    it('records a call to its own default port and protocol', async () => {
      const documents = await documentsOf(1, () =>
        once(clients.observedHttps.get(`https://127.0.0.1:${server.port}/orders?a=b`), 'error'),
      );
      expect(only(documents, '127.0.0.1')).toMatchObject({
        fault: true,
        http: { request: { url: `https://127.0.0.1:${server.port}/orders` } },
      });
    });
  });
});
