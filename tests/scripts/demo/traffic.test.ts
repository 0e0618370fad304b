import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { startTraffic } from '../../../scripts/demo/traffic.ts';

const EVERY_MS = 5;
let server: Server;

/** A shop that answers with `status`; returns its address and the skus that were ordered. */
async function startShop(status: number | 'never'): Promise<{ url: string; skus: string[] }> {
  const skus: string[] = [];
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const { items } = JSON.parse(body) as { items: Array<{ sku: string }> };
      skus.push(...items.map(({ sku }) => sku));
      if (status !== 'never') response.writeHead(status).end('{"message":"the table is gone"}');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, skus };
}

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

describe('startTraffic', () => {
  it('orders one thing, then another, and nothing after it was stopped', async () => {
    const { url, skus } = await startShop(201);
    const traffic = startTraffic(url, 'tea', EVERY_MS);
    await expect.poll(() => traffic.placed()).toBeGreaterThan(2);
    traffic.order('mug');
    await expect.poll(() => skus).toContain('mug');
    await traffic.stop();

    expect(skus.slice(0, 3)).toEqual(['tea', 'tea', 'tea']);
    expect(traffic.failures()).toEqual([]);
    // An order that was under way may still arrive; one that is placed after the end would be for this.
    traffic.order('cup');
    await new Promise((resolve) => setTimeout(resolve, 10 * EVERY_MS));
    expect(skus).not.toContain('cup');
  });

  it('keeps what went wrong, in words', async () => {
    const { url } = await startShop(500);
    const traffic = startTraffic(url, 'tea', EVERY_MS);
    await expect.poll(() => traffic.failures().length).toBeGreaterThan(0);
    await traffic.stop();

    expect(traffic.placed()).toBe(0);
    expect(traffic.failures()[0]).toBe('POST /orders was answered 500: {"message":"the table is gone"}');
  });

  it('does not wait for an answer before it sends the next order, nor to stop', async () => {
    const { url, skus } = await startShop('never');
    const traffic = startTraffic(url, 'tea', EVERY_MS);
    await expect.poll(() => skus.length).toBeGreaterThan(2);
    await traffic.stop();

    expect(traffic.failures()).toEqual([]);
  });
});
