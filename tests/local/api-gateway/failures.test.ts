import { request } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { MAX_REQUEST_BODY } from '../../../local/api-gateway/limits.ts';
import {
  RequestTooLargeError,
  ThrottledError,
  UnknownFunctionError,
} from '../../../local/lambda/invocation.ts';
import type { Invoke } from '../../../local/lambda/invocation.ts';
import { until } from '../../helpers/until.ts';
import { api, ok, returned, send, sendRaw, serve } from './serve.ts';

function failed(failure: 'error' | 'timeout' | 'crash' | 'init-error'): Invoke {
  const payload = JSON.stringify({ errorType: 'TypeError', errorMessage: 'secret of a customer' });
  return () => Promise.resolve({ ...returned(null), payload, functionError: 'Unhandled', failure });
}

const silent: Invoke = () => new Promise(() => undefined);

describe('a request that no route takes', () => {
  it.each(['GET /nowhere', 'POST /orders', 'OPTIONS /orders'])(
    'is refused by a REST API: %s',
    async (line) => {
      const [method = '', path = ''] = line.split(' ');
      const served = await serve(api('REST', ['GET /orders']));

      const answer = await send(`${served.url}${path}?token=1`, { method });

      expect(answer.status).toBe(403);
      expect(answer.body.toString()).toBe('{"message":"Missing Authentication Token"}');
      expect(answer.headers['x-amzn-errortype']).toBe('MissingAuthenticationTokenException');
      expect(answer.headers['x-amzn-requestid']).toBeDefined();
      expect(await served.logged()).toMatchObject({
        status: 403,
        path,
        reason: expect.stringContaining(path) as unknown,
      });
      expect(JSON.stringify(served.log)).not.toContain('token');
      expect(served.invocations).toHaveLength(0);
    },
  );

  it.each(['GET /nowhere', 'POST /orders', 'OPTIONS /orders'])(
    'is not found by an HTTP API: %s',
    async (line) => {
      const [method = '', path = ''] = line.split(' ');
      const served = await serve(api('HTTP', ['GET /orders']));

      const answer = await send(`${served.url}${path}`, { method });

      expect(answer.status).toBe(404);
      expect(answer.body.toString()).toBe('{"message":"Not Found"}');
      expect(answer.headers['apigw-requestid']).toBeDefined();
      expect(answer.headers).not.toHaveProperty('x-amzn-errortype');
    },
  );
});

describe('a function that does not answer properly', () => {
  const internalRest = '{"message": "Internal server error"}';
  const internalHttp = '{"message":"Internal Server Error"}';
  const unavailable = '{"message":"Service Unavailable"}';
  const timedOut = '{"message": "Endpoint request timed out"}';
  const throttled: Invoke = () => Promise.reject(new ThrottledError('2 of 2 environments are busy'));
  const tooLarge: Invoke = () => Promise.reject(new RequestTooLargeError('larger than 6 MB'));
  const tooLong = '{"message": "Request Too Long"}';
  const unknown: Invoke = () => Promise.reject(new UnknownFunctionError('no function is named echo'));

  it.each([
    ['REST', 'throws', failed('error'), 502, internalRest, 'failed (TypeError)'],
    ['REST', 'crashes', failed('crash'), 502, internalRest, 'crashed'],
    ['REST', 'does not start', failed('init-error'), 502, internalRest, 'failed to start'],
    ['REST', 'times out', failed('timeout'), 502, internalRest, 'timed out'],
    ['REST', 'is silent', silent, 504, timedOut, 'did not answer within 50 ms'],
    ['REST', 'is busy', throttled, 500, internalRest, '2 of 2 environments are busy'],
    ['REST', 'does not exist', unknown, 500, internalRest, 'no function is named echo'],
    ['REST', 'cannot take so much', tooLarge, 413, tooLong, 'larger than 6 MB'],
    ['HTTP', 'throws', failed('error'), 500, internalHttp, 'failed (TypeError)'],
    ['HTTP', 'times out', failed('timeout'), 500, internalHttp, 'timed out'],
    ['HTTP', 'is silent', silent, 503, unavailable, 'did not answer within 50 ms'],
    ['HTTP', 'is busy', throttled, 503, unavailable, '2 of 2 environments are busy'],
    ['HTTP', 'does not exist', unknown, 500, internalHttp, 'no function is named echo'],
  ] as const)(
    'behind a %s API, and %s, is answered for',
    async (kind, _what, lambda, status, body, reason) => {
      const served = await serve(api(kind, ['GET /']), lambda, { integrationTimeout: 50 });

      const answer = await send(served.url);

      expect(answer.status).toBe(status);
      expect(answer.body.toString()).toBe(body);
      expect(answer.headers['content-type']).toBe('application/json');
      const entry = await served.logged();
      expect(entry.reason).toContain(reason);
      expect(JSON.stringify(entry)).not.toContain('secret');
    },
  );

  it('may fail after its time without doing harm', async () => {
    let fail: (error: Error) => void = () => undefined;
    const late: Invoke = () => new Promise((_resolve, reject) => (fail = reject));
    const served = await serve(api('REST', ['GET /']), late, { integrationTimeout: 20 });

    expect((await fetch(served.url)).status).toBe(504);
    fail(new Error('too late'));
    expect((await fetch(served.url)).status).toBe(504);
  });
});

describe.each(['REST', 'HTTP'] as const)('a large body sent to a %s API', (kind) => {
  it('is passed on up to 10 MB', async () => {
    const served = await serve(api(kind, ['POST /']));
    const body = Buffer.alloc(MAX_REQUEST_BODY, 'a');

    const answer = await send(
      served.url,
      { method: 'POST', headers: { 'Content-Type': 'text/plain' } },
      body,
    );

    expect(answer.status).toBe(200);
    expect(served.event()['body']).toHaveLength(MAX_REQUEST_BODY);
  });

  it('is refused beyond that by its announced length, without waiting for it', async () => {
    const served = await serve(api(kind, ['POST /']));

    const answer = await new Promise<number | undefined>((resolve, reject) => {
      const headers = { 'Content-Length': MAX_REQUEST_BODY + 1 };
      const options = { host: '127.0.0.1', port: served.port, method: 'POST', headers, agent: false };
      const outgoing = request(options, (incoming) => {
        resolve(incoming.statusCode);
        outgoing.destroy();
      });
      outgoing.on('error', reject);
      outgoing.flushHeaders();
    });

    expect(answer).toBe(413);
    expect(served.invocations).toHaveLength(0);
  });

  it('is refused beyond that when it comes in chunks, and the connection stays usable', async () => {
    const served = await serve(api(kind, ['POST /']));
    const body = Buffer.alloc(MAX_REQUEST_BODY + 1, 'a');

    const answer = await send(
      served.url,
      { method: 'POST', headers: { 'Transfer-Encoding': 'chunked' } },
      body,
    );

    expect(answer.status).toBe(413);
    expect(answer.body.toString()).toBe('{"message":"Request Entity Too Large"}');
    expect(await served.logged()).toMatchObject({
      status: 413,
      reason: expect.stringContaining('larger') as unknown,
    });
    expect((await fetch(served.url, { method: 'POST' })).status).toBe(200);
  });
});

describe('a client that misbehaves', () => {
  it.each([
    ['a target that is no path', 'GET nonsense HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'],
    ['an asterisk', 'OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'],
    ['broken percent-encoding', 'GET /%zz%?%=%zz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'],
    [
      'bytes that are no text',
      'GET /%FF%FE HTTP/1.1\r\nHost: \xff\r\nX-\xe4: \xe4\r\nConnection: close\r\n\r\n',
    ],
    ['no HTTP at all', 'hello\r\n\r\n'],
    ['a length that is no number', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n'],
    ['headers without end', `GET / HTTP/1.1\r\nHost: a\r\nX-Big: ${'x'.repeat(100_000)}\r\n\r\n`],
    ['a tunnel', 'CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\n\r\n'],
    ['an upgrade', 'GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: upgrade, close\r\n\r\n'],
    [
      'a nonsense trace',
      'GET / HTTP/1.1\r\nHost: a\r\nX-Amzn-Trace-Id: ;;=;Root=\r\nConnection: close\r\n\r\n',
    ],
  ])('leaves the server standing: %s', async (_what, text) => {
    const served = await serve(api('REST', ['GET /', 'GET /{proxy+}'], { tracing: true }));

    await sendRaw(served.port, text);

    expect((await fetch(`${served.url}/fine`)).status).toBe(200);
  });

  it('may send a whole URL as the target', async () => {
    const served = await serve(api('REST', ['GET /orders']));

    const answer = await send(served.url, { path: 'http://shop.example/orders?a=1' });

    expect(answer.status).toBe(200);
    expect(served.event()).toMatchObject({ path: '/orders', queryStringParameters: { a: '1' } });
  });

  it('is logged when it leaves in the middle of its body', async () => {
    const served = await serve(api('REST', ['POST /']));
    const socket = connect(served.port, '127.0.0.1');
    // Flushed first: what a destroyed socket still held would never arrive.
    await new Promise<unknown>((resolve) =>
      socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf', resolve),
    );
    socket.destroy();

    const entry = await served.logged();
    expect(entry.reason).toContain('left');
    expect(entry).not.toHaveProperty('status');
    expect(served.invocations).toHaveLength(0);
  });

  it('does not hinder the function when it leaves before the answer', async () => {
    let finish: () => void = () => undefined;
    const lambda: Invoke = async () => {
      await new Promise<void>((resolve) => (finish = resolve));
      return ok();
    };
    const served = await serve(api('REST', ['GET /'], { tracing: true }), lambda);
    const outgoing = request({ host: '127.0.0.1', port: served.port });
    outgoing.on('error', () => undefined);
    outgoing.end();
    await until(() => served.invocations.length === 1, 'the invocation');

    outgoing.destroy();
    finish();

    expect(await served.logged()).toMatchObject({ status: 200 });
    expect(served.segments.at(-1)).toMatchObject({ http: { response: { status: 200 } } });
  });
});
