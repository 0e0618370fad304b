import { createServer } from 'node:http';
import type { IncomingHttpHeaders, Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import middy from '@middy/core';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { DocumentReceiver } from '../../helpers/document-receiver.ts';
import { receiveDocuments } from '../../helpers/document-receiver.ts';
import { lambdaContext, sampledTrace } from '../../helpers/lambda.ts';
import { only } from '../../helpers/xray.ts';

let server: Server;
let url: string;
let daemon: DocumentReceiver;
let received: IncomingHttpHeaders[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    received.push(request.headers);
    request.resume();
    const status = Number(new URL(request.url ?? '/', 'http://x').searchParams.get('status') ?? 200);
    response.writeHead(status, { 'content-length': 2 }).end('ok');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  daemon = await receiveDocuments();
  process.env.AWS_XRAY_DAEMON_ADDRESS = daemon.address;
});
afterEach(() => {
  received = [];
  daemon.clear();
  delete process.env._X_AMZN_TRACE_ID;
});
afterAll(async () => {
  server.close();
  server.closeAllConnections();
  await daemon.stop();
});

/** A handler that calls `call`, in a process that traces or does not. */
async function loadPipeline(tracing: boolean) {
  vi.resetModules();
  process.env.POWERTOOLS_TRACE_ENABLED = String(tracing);
  const { observedFetch } = await import('../../../src/clients/observed-fetch.ts');
  const { observability } = await import('../../../src/middlewares/observability.ts');
  const invoke = (call: (fetch: typeof observedFetch) => unknown): Promise<unknown> =>
    middy()
      .use(observability({ tracing: { name: '## handler' } }))
      .handler(() => call(observedFetch))(
      { httpMethod: 'GET', headers: { 'x-correlation-id': 'order-1' } },
      lambdaContext(),
    );
  return invoke;
}

describe('observedFetch', () => {
  it('records the call and sends trace header and correlation id along', async () => {
    const invoke = await loadPipeline(true);
    const { header, traceId } = sampledTrace();
    process.env._X_AMZN_TRACE_ID = header;

    await invoke((fetch) => fetch(`${url}/orders?token=secret`, { method: 'POST', body: 'x' }));

    const documents = await daemon.until((all) => all.length === 2);
    const call = only(documents, '127.0.0.1');
    expect(call).toMatchObject({
      namespace: 'remote',
      parent_id: only(documents, '## handler').id,
      http: {
        request: { method: 'POST', url: `${url}/orders` },
        response: { status: 200, content_length: 2 },
      },
    });
    expect(JSON.stringify(documents)).not.toContain('secret');
    expect(received[0]).toMatchObject({
      'x-correlation-id': 'order-1',
      'x-amzn-trace-id': `Root=${traceId};Parent=${call.id};Sampled=1;Lineage=1:abcdef01:0`,
    });
  });

  it('gives parallel calls their own status', async () => {
    const invoke = await loadPipeline(true);
    process.env._X_AMZN_TRACE_ID = sampledTrace().header;
    const statuses = [200, 404, 429, 503];

    await invoke((fetch) =>
      Promise.all(statuses.map((status) => fetch(`${url}/${status}?status=${status}`))),
    );

    const calls = (await daemon.until((all) => all.length === 5)).filter(({ name }) => name === '127.0.0.1');
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

  it('records a call that fails as a remote fault, and throws what fetch threw', async () => {
    const invoke = await loadPipeline(true);
    process.env._X_AMZN_TRACE_ID = sampledTrace().header;

    await expect(invoke((fetch) => fetch('http://127.0.0.1:1/'))).rejects.toThrow('fetch failed');

    const call = only(await daemon.until((all) => all.length === 2), '127.0.0.1');
    expect(call).toMatchObject({
      fault: true,
      cause: { exceptions: [{ type: 'TypeError', remote: true }, {}] },
    });
  });

  it('keeps headers of the caller, and tells strangers nothing of our ids', async () => {
    const invoke = await loadPipeline(true);
    await invoke((fetch) => fetch(url, { headers: { 'X-Correlation-Id': 'mine' } }));
    expect(received[0]).toMatchObject({ 'x-correlation-id': 'mine' });

    const { isAllowedHost, allowedHosts } = await import('../../../src/clients/allowed-hosts.ts');
    const hosts = allowedHosts('example.com, api.test');
    expect(
      ['example.com', 'orders.example.com', 'API.test', 'localhost'].map((host) =>
        isAllowedHost(host, hosts),
      ),
    ).toEqual([true, true, true, true]);
    expect(
      ['badexample.com', 'com', 'example.com.evil.test'].some((host) => isAllowedHost(host, hosts)),
    ).toBe(false);
  });

  it('passes the header on unchanged while tracing is off', async () => {
    const invoke = await loadPipeline(false);
    const { header } = sampledTrace();
    process.env._X_AMZN_TRACE_ID = header;

    await invoke((fetch) => fetch(url));

    expect(received[0]).toMatchObject({ 'x-amzn-trace-id': header, 'x-correlation-id': 'order-1' });
    expect(await daemon.settled()).toEqual([]);
  });
});
