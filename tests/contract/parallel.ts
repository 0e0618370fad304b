import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { completeOf, handlerOf, named } from './documents.ts';
import type { Sent } from './documents.ts';
import { invoke } from './invoke.ts';
import type { Check } from './subject.ts';
import { traced } from './subject.ts';

/** A server that answers with the status its path names, after the milliseconds its query names. */
export async function statusServer() {
  const seen: Array<{ readonly url: string; readonly headers: IncomingHttpHeaders }> = [];
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://x');
    seen.push({ url: request.url ?? '', headers: request.headers });
    request.resume();
    setTimeout(
      () => {
        response.writeHead(Number(pathname.slice(1)) || 200, {
          'content-type': 'application/x-amz-json-1.0',
        });
        response.end('{}');
      },
      Number(searchParams.get('wait') ?? 0),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    seen,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function statusOf({ http }: Sent) {
  return http?.response?.status;
}

export const parallelContract: readonly Check[] = [
  {
    point: 4,
    title: 'traced functions under Promise.all',
    run: async ({ subject, daemon }) => {
      const branch = (name: string, ms: number) =>
        subject.trace(name, async () => {
          await sleep(ms);
          await subject.trace(`${name}-inner`, () => sleep(2));
        });
      const pipeline = traced(subject).handler(() => Promise.all([branch('slow', 30), branch('quick', 5)]));
      const { traceId } = await invoke(pipeline);

      const documents = await daemon.settled();
      const handler = handlerOf(documents, traceId);
      for (const name of ['slow', 'quick']) {
        assert.equal(named(documents, name).parent_id, handler.id);
        assert.equal(named(documents, `${name}-inner`).parent_id, named(documents, name).id);
      }
    },
  },
  {
    point: 4,
    title: 'fetches to one and to several hosts, over kept-alive connections, each with its own status',
    run: async ({ subject, daemon }) => {
      const [one, other] = await Promise.all([statusServer(), statusServer()]);
      const get = (port: number, status: number, wait: number) =>
        subject.trace(`get-${port}-${status}`, async () => {
          const response = await subject.fetch(`http://127.0.0.1:${port}/${status}?wait=${wait}`);
          await response.arrayBuffer();
        });
      const pipeline = traced(subject).handler(async () => {
        // The second round finds connections that are kept alive.
        for (let round = 0; round < 2; round += 1) {
          await Promise.all([
            get(one.port, 200, 25),
            get(one.port, 404, 5),
            get(one.port, 503, 15),
            get(other.port, 429, 10),
          ]);
        }
      });
      const { traceId } = await invoke(pipeline);
      one.stop();
      other.stop();

      const documents = completeOf(await daemon.settled(), traceId);
      const handler = handlerOf(documents, traceId);
      const functions = documents.filter(({ name }) => name.startsWith('get-'));
      assert.equal(functions.length, 8);
      for (const { id, name, parent_id } of functions) {
        assert.equal(parent_id, handler.id);
        const calls = documents.filter((document) => document.parent_id === id);
        assert.equal(calls.length, 1, `${name} has one call`);
        assert.equal(statusOf(calls[0] as Sent), Number(name.split('-').at(-1)));
      }
    },
  },
  {
    point: 4,
    title: 'AWS SDK calls under Promise.all',
    run: async ({ subject, daemon }) => {
      const server = await statusServer();
      const client = subject.observeClient(
        new DynamoDBClient({
          endpoint: `http://127.0.0.1:${server.port}`,
          region: 'eu-west-1',
          credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
        }),
      );
      const list = (name: string) => subject.trace(name, () => client.send(new ListTablesCommand({})));
      const { traceId } = await invoke(
        traced(subject).handler(() => Promise.all([list('a'), list('b'), list('c')])),
      );
      client.destroy();
      server.stop();

      const documents = completeOf(await daemon.settled(), traceId);
      const calls = documents.filter(({ namespace }) => namespace === 'aws');
      assert.deepEqual(
        calls.map(({ parent_id }) => parent_id).sort(),
        ['a', 'b', 'c'].map((name) => named(documents, name).id).sort(),
      );
    },
  },
];
