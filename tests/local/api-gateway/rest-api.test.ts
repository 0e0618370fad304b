import type { APIGatewayProxyEvent } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { fc, runs } from '../../helpers/fast-check.ts';
import { api, ok, returned, send, serve } from './serve.ts';
import type { Served } from './serve.ts';

function event(served: Served) {
  return served.event() as unknown as APIGatewayProxyEvent;
}

describe('the event of a REST API', () => {
  it('carries the whole request', async () => {
    const served = await serve(api('REST', ['POST /orders/{orderId}']));

    await send(
      `${served.url}/orders/a%20b?tag=x&tag=y&name=J%C3%BCrgen+K&empty`,
      {
        method: 'POST',
        headers: [
          'Host',
          'localhost:3000',
          'X-Custom',
          'one',
          'x-custom',
          'two',
          'Content-Type',
          'application/json',
        ],
      },
      '{"a":1}',
    );

    expect(event(served)).toMatchObject({
      resource: '/orders/{orderId}',
      path: '/orders/a%20b',
      httpMethod: 'POST',
      pathParameters: { orderId: 'a%20b' },
      queryStringParameters: { tag: 'y', name: 'Jürgen K', empty: '' },
      multiValueQueryStringParameters: { tag: ['x', 'y'], name: ['Jürgen K'], empty: [''] },
      stageVariables: null,
      body: '{"a":1}',
      isBase64Encoded: false,
    });
    expect(event(served).headers).toMatchObject({
      'X-Custom': 'two',
      'X-Forwarded-For': '127.0.0.1',
      'X-Forwarded-Port': String(served.port),
      'X-Forwarded-Proto': 'http',
    });
    expect(event(served).multiValueHeaders).toMatchObject({
      'X-Custom': ['one', 'two'],
      'Content-Type': ['application/json'],
    });
  });

  it('has names of headers as HTTP/2 sends them, where that is asked for', async () => {
    const served = await serve(api('REST', ['GET /orders']), ok, { lowerCaseHeaders: true });

    await send(`${served.url}/orders`, {
      headers: ['Host', 'localhost:3000', 'X-Custom', 'one', 'x-custom', 'two'],
    });

    expect(event(served).headers).toMatchObject({ 'x-custom': 'two', 'X-Forwarded-For': '127.0.0.1' });
    expect(event(served).headers).not.toHaveProperty('X-Custom');
    expect(event(served).multiValueHeaders).toMatchObject({ 'x-custom': ['one', 'two'] });
  });

  it('describes the call in requestContext', async () => {
    const served = await serve(api('REST', ['GET /orders']));
    const before = Date.now();

    const answer = await send(`${served.url}/orders?secret=1`, {
      headers: { host: 'shop.localhost:3000', 'user-agent': 'test/1' },
    });

    const { requestContext } = event(served);
    expect(requestContext).toMatchObject({
      accountId: '000000000000',
      apiId: 'abc123',
      stage: 'local',
      protocol: 'HTTP/1.1',
      path: '/orders',
      resourcePath: '/orders',
      httpMethod: 'GET',
      domainName: 'shop.localhost:3000',
      domainPrefix: 'shop',
      deploymentId: expect.stringMatching(/^[0-9a-z]{6}$/) as string,
      requestId: answer.headers['x-amzn-requestid'],
      extendedRequestId: answer.headers['x-amz-apigw-id'],
    });
    expect(requestContext.requestTime).toMatch(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/);
    expect(requestContext.requestTimeEpoch).toBeGreaterThanOrEqual(before);
    expect(requestContext.identity).toEqual({
      sourceIp: '127.0.0.1',
      userAgent: 'test/1',
      accessKey: null,
      accountId: null,
      caller: null,
      cognitoAuthenticationProvider: null,
      cognitoAuthenticationType: null,
      cognitoIdentityId: null,
      cognitoIdentityPoolId: null,
      principalOrgId: null,
      user: null,
      userArn: null,
    });
  });

  it('has null for what a request does not have', async () => {
    const served = await serve(api('REST', ['GET /']));

    await fetch(served.url);

    expect(event(served)).toMatchObject({
      path: '/',
      pathParameters: null,
      queryStringParameters: null,
      multiValueQueryStringParameters: null,
      stageVariables: null,
      body: null,
      isBase64Encoded: false,
    });
  });

  it('adds itself to X-Forwarded-For, sets Root, and keeps the headers of the connection back', async () => {
    const served = await serve(api('REST', ['POST /']));

    await send(
      served.url,
      {
        method: 'POST',
        headers: { 'X-Forwarded-For': '203.0.113.7', 'X-Forwarded-Proto': 'https', TE: 'trailers' },
      },
      'text',
    );

    const { headers } = event(served);
    expect(headers['X-Forwarded-For']).toBe('203.0.113.7, 127.0.0.1');
    expect(headers['X-Forwarded-Proto']).toBe('http');
    expect(headers['X-Amzn-Trace-Id']).toMatch(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/);
    expect(Object.keys(headers).map((name) => name.toLowerCase())).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(te|connection|content-length|transfer-encoding)$/)]),
    );
  });

  it.each([
    [['image/png'], 'image/png; q=1', true],
    [['image/*'], 'image/gif', true],
    [['*/*'], 'application/json', true],
    [['image/png'], 'application/json', false],
    [[], 'application/octet-stream', false],
  ])('with the binary media types %j takes %s for binary: %s', async (binaryMediaTypes, type, binary) => {
    const served = await serve(api('REST', ['POST /'], { binaryMediaTypes }));

    await send(served.url, { method: 'POST', headers: { 'Content-Type': type } }, 'hello');

    expect(event(served)).toMatchObject({ isBase64Encoded: binary, body: binary ? 'aGVsbG8=' : 'hello' });
  });

  it('gives the function the query parameters that the client encoded', async () => {
    const served = await serve(api('REST', ['GET /']));
    const pairs = fc.array(fc.tuple(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' })), {
      minLength: 1,
      maxLength: 5,
    });
    await fc.assert(
      fc.asyncProperty(pairs, async (entries) => {
        await (await fetch(`${served.url}/?${new URLSearchParams(entries).toString()}`)).text();

        const received = Object.entries(event(served).multiValueQueryStringParameters ?? {});
        const names = new Set(entries.map(([name]) => name));
        expect(new Map(received)).toEqual(
          new Map(
            [...names].map((name) => [name, entries.filter(([other]) => other === name).map(([, v]) => v)]),
          ),
        );
        for (const [name, value] of Object.entries(event(served).queryStringParameters ?? {})) {
          expect(value).toBe(entries.findLast(([other]) => other === name)?.[1]);
        }
      }),
      runs(50),
    );
  });
});

describe('the answer of a REST API', () => {
  const answerOf = async (
    result: unknown,
    options: { binaryMediaTypes?: string[]; accept?: string } = {},
  ) => {
    const { binaryMediaTypes = [], accept } = options;
    const served = await serve(api('REST', ['ANY /'], { binaryMediaTypes }), () =>
      Promise.resolve(returned(result)),
    );
    const answer = await send(served.url, { headers: accept === undefined ? {} : { accept } });
    return { answer, entry: await served.logged() };
  };

  it('is what the function returned', async () => {
    const { answer } = await answerOf({
      statusCode: 201,
      headers: { Location: '/orders/1', 'X-Count': 3, 'X-Both': 'a' },
      multiValueHeaders: { 'Set-Cookie': ['a=1', 'b=2'], 'X-Both': ['a', 'b'] },
      body: 'grüß dich',
    });

    expect(answer.status).toBe(201);
    expect(answer.body.toString()).toBe('grüß dich');
    expect(answer.headers).toMatchObject({
      location: '/orders/1',
      'x-count': '3',
      'x-both': 'a, b',
      'set-cookie': ['a=1', 'b=2'],
      'content-type': 'application/json',
      'content-length': '11',
    });
    expect(answer.headers['x-amzn-trace-id']).toMatch(/^Root=1-/);
  });

  it('is empty when there is no body', async () => {
    const { answer } = await answerOf({ statusCode: 204, body: null });
    expect(answer.status).toBe(204);
    expect(answer.body).toHaveLength(0);
  });

  it.each([
    [{}, ''],
    [{ body: 'kept' }, 'kept'],
    [{ headers: { a: 'b' } }, ''],
  ])('is 200 when the function gave no status: %j', async (result, body) => {
    const { answer } = await answerOf(result);
    expect(answer.status).toBe(200);
    expect(answer.body.toString()).toBe(body);
  });

  it('remaps or drops the headers that belong to the gateway', async () => {
    const { answer } = await answerOf({
      statusCode: 401,
      headers: {
        'WWW-Authenticate': 'Basic',
        Connection: 'close',
        'Content-Length': '9999',
        Date: 'yesterday',
        Server: 'mine',
        'Transfer-Encoding': 'chunked',
      },
      body: 'no',
    });

    expect(answer.headers).toMatchObject({
      'x-amzn-remapped-www-authenticate': 'Basic',
      'x-amzn-remapped-connection': 'close',
      'x-amzn-remapped-content-length': '9999',
      'x-amzn-remapped-date': 'yesterday',
      'x-amzn-remapped-server': 'mine',
      'content-length': '2',
    });
    expect(answer.headers).not.toHaveProperty('www-authenticate');
    expect(answer.headers).not.toHaveProperty('transfer-encoding');
    expect(answer.body.toString()).toBe('no');
  });

  it('turns base64 into bytes when the first type of Accept is binary', async () => {
    const result = { statusCode: 200, body: '/wD+', isBase64Encoded: true };
    const { answer } = await answerOf(result, { binaryMediaTypes: ['image/png'], accept: 'image/png,*/*' });
    expect([...answer.body]).toEqual([0xff, 0x00, 0xfe]);
  });

  it('leaves base64 as it is otherwise, and tells why', async () => {
    const result = { statusCode: 200, body: '/wD+', isBase64Encoded: true };
    const { answer, entry } = await answerOf(result, {
      binaryMediaTypes: ['image/png'],
      accept: 'text/html,image/png',
    });
    expect(answer.body.toString()).toBe('/wD+');
    expect(entry.reason).toContain('text/html');
  });

  it.each([
    ['a text', 'hello', 'the result must be an object, got string'],
    ['nothing', null, 'the result must be an object, got null'],
    ['a list', [1], 'the result must be an object, got array'],
    ['null as status', { statusCode: null }, 'statusCode must be an integer from 200 to 599, got null'],
    ['a broken status', { statusCode: 200.5 }, 'got number 200.5'],
    ['an interim status', { statusCode: 100 }, 'got number 100'],
    ['an object as body', { statusCode: 200, body: { a: 1 } }, 'body must be a string, got object'],
    ['a list as headers', { statusCode: 200, headers: ['a'] }, 'headers must be an object, got array'],
    [
      'an object as header',
      { statusCode: 200, headers: { a: {} } },
      'headers["a"] must be a string, got object',
    ],
    [
      'a header that splits the response',
      { statusCode: 200, headers: { a: 'b\r\nc: d' } },
      'headers["a"] has char',
    ],
    [
      'a text in multiValueHeaders',
      { statusCode: 200, multiValueHeaders: { a: 'b' } },
      'must be an array, got string',
    ],
    [
      'a text as isBase64Encoded',
      { statusCode: 200, isBase64Encoded: 'true' },
      'must be a boolean, got string',
    ],
    ['a field of HTTP APIs', { statusCode: 200, cookies: [] }, 'got "cookies"'],
  ])('is 502 when the function returned %s', async (_what, result, reason) => {
    const { answer, entry } = await answerOf(result);
    expect(answer.status).toBe(502);
    expect(answer.body.toString()).toBe('{"message": "Internal server error"}');
    expect(answer.headers['x-amzn-errortype']).toBe('InternalServerErrorException');
    expect(entry).toMatchObject({ status: 502, functionName: 'echo', resourcePath: '/' });
    expect(entry.reason).toContain(reason);
  });

  it('is 502 when the result is not JSON', async () => {
    const served = await serve(api('REST', ['GET /']), () =>
      Promise.resolve({ ...returned(''), payload: '{' }),
    );
    expect((await fetch(served.url)).status).toBe(502);
    expect((await served.logged()).reason).toContain('not JSON');
  });

  it('accepts a status written as text', async () => {
    expect((await answerOf({ statusCode: '404' })).answer.status).toBe(404);
  });
});
