import { AsyncResource } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import { lookup } from 'node:dns';
import { EventEmitter, once } from 'node:events';
import { readFile } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import middy from '@middy/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { correlationId } from '../../../src/middlewares/correlation-id.ts';
import { getCorrelationId } from '../../../src/propagation/correlation.ts';
import { lambdaContext } from '../../helpers/lambda.ts';

type Callback = () => void;

/** A client as they are where callbacks wait in a list, for the answers on one connection that all share. */
class CallbackClient extends EventEmitter {
  readonly #port: number;
  readonly #waiting: Callback[] = [];
  #socket: Socket | undefined;

  constructor(port: number) {
    super();
    this.#port = port;
  }

  query(callback: Callback): void {
    if (this.#socket === undefined) {
      this.#socket = connect(this.#port, '127.0.0.1');
      this.#socket.on('data', () => {
        this.emit('answer');
        this.#waiting.shift()?.();
      });
    }
    this.#waiting.push(callback);
    this.#socket.write('?');
  }

  end(): void {
    this.#socket?.destroy();
  }
}

let server: Server;
let client: CallbackClient;
beforeAll(async () => {
  server = createServer((socket) => socket.on('data', (chunk) => socket.write(chunk)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  client = new CallbackClient((server.address() as AddressInfo).port);
});
afterAll(() => {
  client.end();
  server.close();
});

/** What code sees that is called back by `start`, in an invocation of this id. */
async function seenIn(id: string, start: (callback: Callback) => unknown): Promise<unknown> {
  let seen: unknown;
  const handler = middy()
    .use(correlationId())
    .handler(
      () =>
        new Promise<void>((resolve) => {
          start(() => {
            seen = getCorrelationId();
            resolve();
          });
        }),
    );
  await handler({ httpMethod: 'GET', headers: { 'x-correlation-id': id } }, lambdaContext());
  return seen;
}

function query(callback: Callback): void {
  client.query(callback);
}

describe('code that is called back', () => {
  it.each<readonly [string, (callback: Callback) => unknown]>([
    ['a timer', (callback) => setTimeout(callback, 1)],
    ['an immediate', setImmediate],
    ['a microtask', queueMicrotask],
    ['the next tick', (callback) => process.nextTick(callback)],
    ['a file', (callback) => readFile(import.meta.filename, callback)],
    ['a name', (callback) => lookup('localhost', callback)],
    ['compression', (callback) => gzip('x', callback)],
    ['random bytes', (callback) => randomBytes(8, callback)],
    ['a stream of its own', (callback) => Readable.from(['x']).on('end', callback).resume()],
    ['a promise', (callback) => Promise.resolve().then(callback)],
    [
      'a shared client by a promise',
      (callback) => promisify((done: Callback) => query(done))().then(callback),
    ],
    ['a shared client by a bound callback', (callback) => query(AsyncResource.bind(callback))],
    [
      'a shared emitter by a bound listener',
      (callback) => {
        client.once('answer', AsyncResource.bind(callback));
        query(() => undefined);
      },
    ],
  ])('keeps the scope: by %s', async (_what, start) => {
    await seenIn('order-0', query);
    expect(await seenIn('order-1', start)).toBe('order-1');
    expect(await seenIn('order-2', start)).toBe('order-2');
  });

  it.each<readonly [string, (callback: Callback) => unknown]>([
    ['a shared client by a callback', query],
    [
      'a shared emitter by a listener',
      (callback) => {
        client.once('answer', callback);
        query(() => undefined);
      },
    ],
  ])('sees nothing, and not what another invocation was: by %s', async (_what, start) => {
    await seenIn('order-0', query);
    expect(await seenIn('order-1', start)).toBeUndefined();
  });

  it('of a queue that another invocation drains sees that one, unless it was bound', async () => {
    const jobs: Callback[] = [];
    const seen: unknown[] = [];
    await seenIn('order-1', (callback) => {
      jobs.push(() => seen.push(getCorrelationId()));
      jobs.push(AsyncResource.bind(() => seen.push(getCorrelationId())));
      callback();
    });
    await seenIn('order-2', (callback) => {
      for (const job of jobs) job();
      callback();
    });

    // What was bound is over, and so is its scope.
    expect(seen).toEqual(['order-2', undefined]);
  });
});
