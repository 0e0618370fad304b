import { once } from 'node:events';
import { createServer, request as forward } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePorts } from '../helpers/local-stack.ts';
import type { ProjectCopy } from '../helpers/project-copy.ts';
import { copyShop, replaced, Shop, withSoonRetries } from './shop.ts';

/** Seconds; a table that answers after more is waited for in vain. */
const TIMEOUT = 4;

/** Stands before DynamoDB and lets it wait. */
interface SlowFront {
  readonly url: string;
  /** The operation that waits, and milliseconds until it is passed on. */
  slow?: { readonly operation: string; readonly delay: number } | undefined;
  readonly server: Server;
}

async function startFront(target: number): Promise<SlowFront> {
  const server = createServer((request, response) => {
    const passOn = async (): Promise<void> => {
      const { operation = '', delay } = front.slow ?? {};
      if (String(request.headers['x-amz-target']).endsWith(`.${operation}`)) await sleep(delay);
      const { method, headers, url } = request;
      const passed = forward({ port: target, path: url, ...(method !== undefined && { method }), headers });
      passed.on('response', (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      });
      passed.on('error', () => response.destroy());
      request.pipe(passed);
    };
    void passOn();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const front: SlowFront = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
  return front;
}

let project: ProjectCopy;
let front: SlowFront;
let shop: Shop;

beforeAll(async () => {
  const port = await freePorts(20);
  front = await startFront(port + 4);
  project = await copyShop((yml) => {
    const quick = replaced(
      withSoonRetries(yml, TIMEOUT + 2),
      '    timeout: 10\n',
      `    timeout: ${TIMEOUT}\n`,
    );
    const soon = replaced(quick, '  timeout: 6\n', `  timeout: ${TIMEOUT}\n`);
    return replaced(soon, '\n    local:\n', `\n    local:\n      endpoints: { dynamodb: '${front.url}' }\n`);
  });
  shop = await Shop.start(project, { port });
});
afterAll(async () => {
  await shop.stack.stop();
  front.server.closeAllConnections();
  front.server.close();
  await project.remove();
});

describe('a table that answers late', () => {
  it('makes requests time out as they are set to, and messages come again until they are paid', async () => {
    const before = await shop.placeAll(['tea'], 'quick');
    await shop.untilAll(before, 'paid');

    const delay = TIMEOUT * 1000 + 500;
    front.slow = { operation: 'UpdateItem', delay };
    const slow = await shop.placeAll(['mug', 'kettle'], 'slow');
    await shop.stack.run.until(/fulfil-order .*Duration: 4000.00 ms .*Status: timeout/);
    front.slow = { operation: 'PutItem', delay };
    const response = await shop.stack.order('tea', { 'x-correlation-id': 'too-slow' });
    expect(response.status).toBe(502);
    await shop.stack.run.until(/create-order .*Duration: 4000.00 ms .*Status: timeout/);
    front.slow = undefined;

    await shop.untilAll(slow, 'paid');
    const after = await shop.placeAll(['tea', 'mug'], 'quick-again');
    await shop.untilAll(after, 'paid');
    await shop.untilQuiet();
    expect(await shop.deadLetters()).toEqual([]);
  });
});
