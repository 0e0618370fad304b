import { describe, expect, it } from 'vitest';
import { api, send, sendRaw, serve } from './serve.ts';
import type { Served } from './serve.ts';

/** A request as it stands on the wire, whatever a client would do to it; each character is a byte. */
async function ask(served: Served, target: string, headers: readonly string[] = []): Promise<string> {
  const lines = [`GET ${target} HTTP/1.1`, 'Host: shop.local', ...headers, 'Connection: close'];
  return sendRaw(served.port, Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'));
}

async function eventFor(kind: 'REST' | 'HTTP', target: string, headers: readonly string[] = []) {
  const routes = ['GET /orders', 'GET /orders/{id}', 'GET /files/{path+}', 'GET /orders/{id}/items'];
  const served = await serve(api(kind, kind === 'HTTP' ? [...routes, 'ANY $default'] : routes));
  const answer = await ask(served, target, headers);
  expect(answer).toMatch(/^HTTP\/1\.1 200 /);
  return served.event();
}

describe('the path of a request to a REST API', () => {
  it.each([
    ['/orders/a%20b%2Fc%25', { path: '/orders/a%20b%2Fc%25', pathParameters: { id: 'a%20b%2Fc%25' } }],
    ['/orders/a+b', { path: '/orders/a+b', pathParameters: { id: 'a+b' } }],
    ['/orders/caf%C3%A9', { path: '/orders/caf%C3%A9', pathParameters: { id: 'caf%C3%A9' } }],
    ['/orders/100%', { path: '/orders/100%', pathParameters: { id: '100%' } }],
    ['/orders/%zz%E0', { path: '/orders/%zz%E0', pathParameters: { id: '%zz%E0' } }],
    ['/orders/7/', { path: '/orders/7/', pathParameters: { id: '7' }, resource: '/orders/{id}' }],
    ['/files/a/b/', { path: '/files/a/b/', pathParameters: { path: 'a/b' } }],
    ['//orders', { path: '/orders', resource: '/orders', requestContext: { path: '//orders' } }],
    ['///orders/7?a=b', { path: '/orders/7', requestContext: { path: '///orders/7' } }],
    ['/files/a//b', { path: '/files/a//b', pathParameters: { path: 'a//b' } }],
  ])('%j stays encoded', async (target, expected) => {
    expect(await eventFor('REST', target)).toMatchObject(expected);
  });
});

describe('the path of a request to an HTTP API', () => {
  it.each([
    [
      '/orders/a%20b',
      { rawPath: '/orders/a b', pathParameters: { id: 'a b' }, routeKey: 'GET /orders/{id}' },
    ],
    ['/orders/7%2Fitems', { rawPath: '/orders/7/items', pathParameters: { id: '7/items' } }],
    ['/orders/7%252Fx', { rawPath: '/orders/7%2Fx', pathParameters: { id: '7%2Fx' } }],
    ['/orders/a+b', { rawPath: '/orders/a+b', pathParameters: { id: 'a+b' } }],
    ['/orders/100%25', { rawPath: '/orders/100%', pathParameters: { id: '100%' } }],
    ['/orders/caf%c3%a9', { rawPath: '/orders/café', pathParameters: { id: 'café' } }],
    ['/orders/%40a%23b', { rawPath: '/orders/@a#b', pathParameters: { id: '@a#b' } }],
    [
      '/orders/7%3Fadmin=1?b=2',
      { rawPath: '/orders/7', rawQueryString: 'b=2', pathParameters: { id: '7?admin=1' } },
    ],
    ['/orders/%zz%20%E0', { rawPath: '/orders/%zz%20%E0', pathParameters: { id: '%zz%20%E0' } }],
    ['/orders/%C3%A9/items%', { rawPath: '/orders/é/items%', routeKey: '$default' }],
    ['/orders/', { rawPath: '/orders/', routeKey: '$default' }],
    ['/files/a/b/', { rawPath: '/files/a/b/', pathParameters: { path: 'a/b/' } }],
    ['//orders///7', { rawPath: '/orders/7', routeKey: 'GET /orders/{id}' }],
    [
      '/files/https://shop.example',
      { rawPath: '/files/https:/shop.example', routeKey: 'GET /files/{path+}' },
    ],
    ['/files/a%2F%2Fb', { rawPath: '/files/a/b', pathParameters: { path: 'a//b' } }],
  ])('%j is decoded, and its slashes are one', async (target, expected) => {
    const event = await eventFor('HTTP', target);
    expect(event).toMatchObject({ ...expected, requestContext: { http: { path: expected.rawPath } } });
  });
});

describe('the query of a request', () => {
  it.each<[string, Readonly<Record<string, readonly string[]>>]>([
    ['a=b+c&d=e%2Bf', { a: ['b c'], d: ['e+f'] }],
    ['a=1&b=2&a=3', { a: ['1', '3'], b: ['2'] }],
    ['a=&b&=c', { a: [''], b: [''], '': ['c'] }],
    ['foo%5Ba%5D=foo%5B', { 'foo[a]': ['foo['] }],
    ['filter[a]=b&c=d=e?f', { 'filter[a]': ['b'], c: ['d=e?f'] }],
    ['%C3%A9=caf%C3%A9', { é: ['café'] }],
    ['a=100%&b=%zz', { a: ['100%'], b: ['%zz'] }],
    ['a=x%26y%3Bz', { a: ['x&y;z'] }],
    ['url=https://shop.example/a/b', { url: ['https://shop.example/a/b'] }],
    [
      '__proto__=1&constructor=2',
      JSON.parse('{"__proto__":["1"],"constructor":["2"]}') as Record<string, string[]>,
    ],
  ])('%j is decoded once, by both kinds of API', async (query, expected) => {
    const rest = await eventFor('REST', `/orders?${query}`);
    const http = await eventFor('HTTP', `/orders?${query}`);
    const each = (change: (values: readonly string[]) => string | undefined) =>
      Object.fromEntries(Object.entries(expected).map(([name, values]) => [name, change(values)]));
    expect(rest.multiValueQueryStringParameters).toEqual(expected);
    expect(rest.queryStringParameters).toEqual(each((values) => values.at(-1)));
    expect(http.queryStringParameters).toEqual(each((values) => values.join(',')));
    expect(http.rawQueryString).toMatch(/^[\x20-\x7e]*$/);
  });

  it('is parted at a semicolon by a REST API alone', async () => {
    expect((await eventFor('REST', '/orders?a=b;20&c=d')).queryStringParameters).toEqual({
      a: 'b',
      20: '',
      c: 'd',
    });
    expect((await eventFor('HTTP', '/orders?a=b;20&c=d')).queryStringParameters).toEqual({
      a: 'b;20',
      c: 'd',
    });
  });

  it('that is empty is none', async () => {
    expect((await eventFor('REST', '/orders?')).queryStringParameters).toBeNull();
    const http = await eventFor('HTTP', '/orders?');
    expect(http).not.toHaveProperty('queryStringParameters');
    expect(http.rawQueryString).toBe('');
  });
});

describe('a target with bytes that are no ASCII', () => {
  it.each(['/orders/café', '/orders?name=café'])('is refused by both kinds of API: %s', async (target) => {
    for (const kind of ['REST', 'HTTP'] as const) {
      const served = await serve(api(kind, ['GET /orders', 'GET /orders/{id}']));
      expect(await ask(served, Buffer.from(target).toString('latin1'))).toMatch(/^HTTP\/1\.1 400 /);
    }
  });
});

describe('the headers of a request', () => {
  const sent = ['x-Color: red', 'X-color: blue', 'USER-agent: test/1', 'Cookie: a=1; b=2', 'cookie: c="x y"'];

  it('keep their names in a REST API, but for those that the gateway writes', async () => {
    const { headers, multiValueHeaders } = (await eventFor('REST', '/orders', sent)) as {
      headers: Record<string, string>;
      multiValueHeaders: Record<string, string[]>;
    };
    expect(headers).toMatchObject({ 'x-Color': 'blue', 'User-Agent': 'test/1', Host: 'shop.local' });
    expect(multiValueHeaders).toMatchObject({ 'x-Color': ['red', 'blue'], 'User-Agent': ['test/1'] });
    expect(multiValueHeaders.Cookie).toEqual(['a=1; b=2', 'c="x y"']);
  });

  it('are in lower case in an HTTP API, those of one name in one, and cookies beside them', async () => {
    const event = await eventFor('HTTP', '/orders', sent);
    expect(event).toMatchObject({
      headers: { 'x-color': 'red,blue', 'user-agent': 'test/1', host: 'shop.local' },
      cookies: ['a=1', 'b=2', 'c="x y"'],
    });
    expect(event.headers).not.toHaveProperty('cookie');
  });
});

describe('the URL of a function', () => {
  it('shows the path as it was sent, the decoded one beside it, and cookies twice', async () => {
    const functionUrl = { host: 'abc.lambda-url.eu-west-1.on.aws', streaming: false };
    const served = await serve(api('HTTP', ['ANY $default'], { functionUrl }));
    await ask(served, '//a%20b%2Fc/?d=%2B', ['Cookie: a=1; b=2']);
    expect(served.event()).toMatchObject({
      rawPath: '//a%20b%2Fc/',
      rawQueryString: 'd=%2B',
      requestContext: { http: { path: '//a b/c/' } },
      headers: { cookie: 'a=1; b=2' },
      cookies: ['a=1', 'b=2'],
    });
  });
});

describe('a request with a longer head than AWS takes', () => {
  const { method, path } = { method: 'GET', path: '/orders?page=1' };
  /** Of the line, and of the values of `Host`, `Connection` and the header that is as long as it takes. */
  const headOf = (size: number) => {
    const others = `${method} ${path} HTTP/1.1`.length + 'shop.local'.length + 'close'.length;
    return { Host: 'shop.local', Connection: 'close', 'X-Long': 'x'.repeat(size - others) };
  };

  it.each(['REST', 'HTTP'] as const)('is answered by an %s API, and its line says so', async (kind) => {
    const served = await serve(api(kind, ['GET /orders']));
    for (const size of [10_240, 10_241])
      expect((await send(served.url, { method, path, headers: headOf(size) })).status).toBe(200);
    expect((await served.logged(1)).reason).toBeUndefined();
    expect((await served.logged(2)).reason).toContain('have 10241 bytes, and AWS refuses more than 10240');
  });
});
