import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ApiGateway } from '../../../local/api-gateway/api-gateway.ts';
import { until } from '../../helpers/until.ts';
import { api, ok, send, serve } from './serve.ts';

const options = { invoke: ok, onSegment: () => undefined, region: 'eu-central-1', accountId: '000000000000' };

describe('the gateway as a server', () => {
  it('says which port is taken, what for, and what to do', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void other.close());
    await until(() => other.listening, 'the other server to listen');
    const { port } = other.address() as { port: number };
    const gateway = new ApiGateway({ ...options, api: api('REST', []), port });

    const error = await gateway.start().catch((reason: unknown) => reason as Error);

    expect(error).toBeInstanceOf(Error);
    expect((error as Error).message).toContain(`Port ${port}`);
    expect((error as Error).message).toContain('local-shop');
    expect((error as Error).message).toContain('another port');
    expect((error as Error).cause).toMatchObject({ code: 'EADDRINUSE' });
    await gateway.stop();
  });

  it('can be stopped and started again', async () => {
    const gateway = new ApiGateway({ ...options, api: api('REST', ['GET /']), port: 0 });

    const first = await gateway.start();
    expect((await fetch(first.url)).status).toBe(200);
    await gateway.stop();
    await expect(fetch(first.url)).rejects.toThrow();
    const second = await gateway.start();
    expect((await fetch(second.url)).status).toBe(200);
    await gateway.stop();
    await gateway.stop();
  });

  it('refuses to start twice', async () => {
    const { gateway } = await serve(api('REST', []));
    await expect(gateway.start()).rejects.toThrow('being served already');
  });

  it('gives requests up when it stops, and logs and records their end', async () => {
    const served = await serve(api('REST', ['GET /'], { tracing: true }), () => new Promise(() => undefined));
    const answer = send(served.url).then(
      () => 'answered',
      () => 'closed',
    );
    await until(() => served.invocations.length === 1, 'the invocation');

    await served.gateway.stop();

    expect(await answer).toBe('closed');
    expect((await served.logged()).reason).toContain('stopped');
    expect(served.segments.at(-1)).toMatchObject({ fault: true, end_time: expect.any(Number) as unknown });
  });

  it('listens on the loopback address only', async () => {
    const { port } = await serve(api('REST', ['GET /']));
    const outside = Object.values(networkInterfaces())
      .flat()
      .find((address) => address?.family === 'IPv4' && !address.internal);
    if (outside !== undefined) {
      await expect(fetch(`http://${outside.address}:${port}/`)).rejects.toThrow();
    }
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200);
  });

  it('answers many requests at once, each with its own', async () => {
    const { url } = await serve(api('REST', ['GET /{id}']), (request) => {
      const { pathParameters } = JSON.parse(request.payload) as { pathParameters: { id: string } };
      const payload = JSON.stringify({ statusCode: 200, body: pathParameters.id });
      return new Promise((resolve) =>
        setTimeout(() => resolve({ requestId: 'r', payload, traceId: 't' }), Math.random() * 20),
      );
    });
    const ids = Array.from({ length: 50 }, (_, index) => `order-${index}`);
    const bodies = await Promise.all(ids.map(async (id) => (await fetch(`${url}/${id}`)).text()));
    expect(bodies).toEqual(ids);
    // No timer of an integration outlives its request.
    expect(process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length).toBeLessThan(25);
  });

  it.each(['REST', 'HTTP'] as const)('passes HEAD and OPTIONS to a route of a %s API', async (kind) => {
    const served = await serve(api(kind, ['ANY /', 'OPTIONS /cors preflight', 'HEAD /cors probe']));

    const head = await send(served.url, { method: 'HEAD' });
    expect(head.status).toBe(200);
    expect(head.headers['content-length']).toBe('2');
    expect(head.body).toHaveLength(0);
    await send(`${served.url}/cors`, { method: 'OPTIONS' });
    await send(`${served.url}/cors`, { method: 'HEAD' });
    expect(served.invocations.map(({ functionName }) => functionName)).toEqual([
      'echo',
      'preflight',
      'probe',
    ]);
  });
});
