import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import http from 'node:http';
import type { Server } from 'node:http';
import { GetQueueAttributesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { DocumentReceiver } from '../../helpers/document-receiver.ts';
import { sampledTrace } from '../../helpers/lambda.ts';
import { receiveFrom, RECORDERS } from '../../helpers/recorders.ts';
import type { Clients } from './pipeline.ts';
import { callsIn, documentsOfCalls, loadClients } from './pipeline.ts';

/* Clients that tests stub, and clients with options of their own, work as they do without us. */

let daemon: DocumentReceiver;
let clients: Clients;
let aws: Server;
let endpoint: string;
/** What has arrived: the trace header, and the body. */
let arrived: Array<{ readonly trace: string; readonly body: string }> = [];
let answers: number[] = [];

describe.each(RECORDERS)('with the recorder %s', (recorder) => {
  beforeAll(async () => {
    daemon = await receiveFrom(recorder);
    clients = await loadClients(recorder);
    aws = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      request.on('end', () => {
        arrived.push({ trace: String(request.headers['x-amzn-trace-id']), body });
        const status = answers.shift() ?? 200;
        // At once they would never overlap.
        setTimeout(() => {
          response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end('{}');
        }, 20);
      });
    }).listen(0, '127.0.0.1');
    await once(aws, 'listening');
    endpoint = `http://127.0.0.1:${(aws.address() as AddressInfo).port}`;
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
    arrived = [];
    daemon.clear();
  });
  afterAll(async () => {
    aws.close();
    aws.closeAllConnections();
    await daemon.stop();
  });

  function client(options: object = {}): SQSClient {
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    return clients.observeClient(
      new SQSClient({ endpoint, region: 'eu-west-1', credentials, md5: false, ...options } as never),
    );
  }

  function parents(): string[] {
    return arrived.map(({ trace }) => /Parent=([0-9a-f]{16})/.exec(trace)?.[1] ?? trace);
  }

  describe('a call with several attempts', () => {
    interface Attempt {
      readonly id: string;
      readonly parent_id: string;
      readonly aws?: { readonly retries?: number };
      readonly http?: { readonly response?: { readonly status?: number } };
      readonly fault?: boolean;
      readonly cause?: unknown;
    }
    const call = (sqs: SQSClient) =>
      sqs.send(new GetQueueAttributesCommand({ QueueUrl: `${endpoint}/1/orders` }));

    it.each([
      ['succeeds in the end', [500, 503], [200, 503, 200]],
      ['fails in the end', [500, 503, 500], [500, 503, 500]],
      ['is not repeated', [], [200]],
      ['fails at once', [400], [400]],
    ])(
      'that %s shows each: the call, and below it what came after the first',
      async (_what, given, statuses) => {
        answers = [...given];
        const documents = await documentsOfCalls(clients, daemon, statuses.length, () =>
          call(client({ maxAttempts: 3 })).catch(() => 0),
        );

        const attempts = callsIn(documents) as unknown as Attempt[];
        const handler = documents.find(({ name }) => name === '## handler');
        const first = attempts.find(({ parent_id: id }) => id === handler?.id);
        const later = attempts.filter((attempt) => attempt !== first);
        expect(first?.aws?.retries).toBe(statuses.length - 1);
        expect(first?.http?.response?.status).toBe(statuses[0]);
        expect(later.map(({ aws: data }) => data?.retries)).toEqual(later.map((_, at) => at + 1));
        expect(later.map(({ http: data }) => data?.response?.status)).toEqual(statuses.slice(1));
        expect(later.every(({ parent_id: id }) => id === first?.id)).toBe(true);
        expect(parents()).toEqual([first, ...later].map((attempt) => attempt?.id));
        expect(attempts.filter(({ fault }) => fault === true)).toHaveLength(
          statuses.filter((each) => each >= 500).length,
        );
      },
    );

    it('leaves a trace header of the caller alone', async () => {
      answers = [500];
      const sqs = client({ maxAttempts: 2 });
      sqs.middlewareStack.add(
        (next) => (args) => {
          Object.assign((args.request as { headers: object }).headers, { 'x-amzn-trace-id': 'Root=own' });
          return next(args);
        },
        { step: 'build' },
      );
      await documentsOfCalls(clients, daemon, 2, () => call(sqs));

      expect(arrived.map(({ trace }) => trace)).toEqual(['Root=own', 'Root=own']);
    });
  });

  describe('a client with `cacheMiddleware`', () => {
    it.each([true, false])(
      'gives each of its parallel calls a Parent of its own (%s)',
      async (cacheMiddleware) => {
        const sqs = client({ cacheMiddleware });
        const call = () => sqs.send(new GetQueueAttributesCommand({ QueueUrl: `${endpoint}/1/orders` }));
        const documents = await documentsOfCalls(clients, daemon, 4, () =>
          Promise.all([1, 2, 3, 4].map(call)),
        );

        expect(new Set(parents()).size).toBe(4);
        expect(parents().toSorted()).toEqual(
          callsIn(documents)
            .map(({ id }) => id)
            .toSorted(),
        );
      },
    );

    it('gives every attempt a Parent of its own, below that of its call', async () => {
      const sqs = client({ cacheMiddleware: true });
      answers = [500, 500, 500, 500];
      const call = () => sqs.send(new GetQueueAttributesCommand({ QueueUrl: `${endpoint}/1/orders` }));
      const documents = await documentsOfCalls(clients, daemon, 8, () => Promise.all([1, 2, 3, 4].map(call)));

      const ids = callsIn(documents).map(({ id }) => id);
      expect(parents().toSorted()).toEqual(ids.toSorted());
      const handler = documents.find(({ name }) => name === '## handler');
      const parentsOfCalls = (callsIn(documents) as Array<{ parent_id?: string }>).map(
        ({ parent_id: id }) => id,
      );
      expect(parentsOfCalls.filter((id) => id === handler?.id)).toHaveLength(4);
      expect(new Set(parentsOfCalls.filter((id) => id !== handler?.id))).toEqual(
        new Set(ids.filter((id) => parentsOfCalls.includes(id))),
      );
    });

    it('keeps overlapping invocations apart', async () => {
      const sqs = client({ cacheMiddleware: true });
      const call = () => sqs.send(new GetQueueAttributesCommand({ QueueUrl: `${endpoint}/1/orders` }));
      const traces = [sampledTrace(), sampledTrace(), sampledTrace()];
      await Promise.all(
        traces.map(async ({ header }) => {
          process.env._X_AMZN_TRACE_ID = header;
          await clients.invoke(call);
        }),
      );
      const documents = await daemon.until((all) => all.length >= 6);

      for (const { trace } of arrived) {
        const [, root, parent] = /Root=([^;]+);Parent=([^;]+)/.exec(trace) ?? [];
        expect(documents.find(({ id }) => id === parent)?.trace_id).toBe(root);
      }
      expect(new Set(arrived.map(({ trace }) => trace)).size).toBe(3);
    });
  });

  describe('the input of a command', () => {
    it('keeps what it is where its class reads it by getters', async () => {
      class Message {
        readonly #body = 'hello';
        readonly QueueUrl = `${endpoint}/1/orders`;
        get MessageBody() {
          return this.#body;
        }
      }
      await documentsOfCalls(clients, daemon, 1, () => client().send(new SendMessageCommand(new Message())));
      expect(arrived[0]?.body).toContain('"MessageBody":"hello"');
    });
  });

  describe('a stub', () => {
    it.each<[string, unknown]>([
      ['without headers', { ok: true, status: 200 }],
      ['that is undefined', undefined],
      ['whose headers are an object', { status: 200, headers: {} }],
      [
        'with getters that throw',
        {
          get status() {
            throw new Error('of the stub');
          },
        },
      ],
    ])('of fetch may answer with something %s', async (_title, answer) => {
      vi.stubGlobal('fetch', () => Promise.resolve(answer));
      let answered: unknown;
      await documentsOfCalls(clients, daemon, 1, async () => {
        answered = await clients.observedFetch('https://api.test/orders');
      });
      expect(answered).toBe(answer);
    });

    it.each<[string, unknown, unknown]>([
      ['no URL', undefined, undefined],
      ['a method that is no text', 'https://api.test', { method: 7 }],
      ['headers that cannot be read', 'https://api.test', { headers: { 'a b': 'c' } }],
    ])('of fetch is given %s as it is', async (_title, input, init) => {
      const calls: unknown[][] = [];
      vi.stubGlobal('fetch', (...args: unknown[]) => {
        calls.push(args);
        return Promise.resolve(undefined);
      });
      process.env._X_AMZN_TRACE_ID = sampledTrace().header;
      await clients.invoke(() => clients.observedFetch(input as never, init as never));
      expect(calls).toEqual([[input, init]]);
    });

    it('of http.request may be no emitter', async () => {
      const stub = { end: () => undefined };
      vi.spyOn(http, 'request').mockReturnValue(stub as never);
      process.env._X_AMZN_TRACE_ID = sampledTrace().header;
      expect(await clients.invoke(() => clients.observedHttp.request('http://api.test/'))).toBe(stub);
    });
  });

  describe('a frozen handler or dispatcher of undici', () => {
    it('is called as it is', async () => {
      const ended = vi.fn();
      const handler = Object.freeze({
        onRequestStart: () => undefined,
        onResponseStart: () => undefined,
        onResponseEnd: ended,
      });
      const dispatch = clients.observeDispatcher()((_request, given) => {
        (given as unknown as typeof handler).onResponseEnd();
        return true;
      });
      process.env._X_AMZN_TRACE_ID = sampledTrace().header;
      await clients.invoke(() => dispatch({ origin: 'https://api.test', path: '/', method: 'GET' }, handler));
      expect(ended).toHaveBeenCalledTimes(1);
    });
  });
});
