import type { APIGatewayProxyEvent, APIGatewayProxyEventV2 } from 'aws-lambda';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ApiDefinition } from '../../../local/template/service.ts';
import { api, returned, send, serve } from './serve.ts';
import type { Served } from './serve.ts';

function event(served: Served) {
  return served.event() as unknown as APIGatewayProxyEventV2;
}

describe('the event of an HTTP API', () => {
  it('carries the whole request', async () => {
    const served = await serve(api('HTTP', ['POST /orders/{orderId}']));

    const answer = await send(
      `${served.url}/orders/a%20b?tag=x&tag=y&name=J%C3%BCrgen`,
      {
        method: 'POST',
        headers: [
          ...['Host', 'localhost:3000', 'X-Custom', 'one', 'x-custom', 'two'],
          ...['Cookie', 'a=1; b=2', 'User-Agent', 'test/1', 'Content-Type', 'application/json'],
          ...['Content-Length', '7', 'X-Forwarded-For', '203.0.113.7'],
        ],
      },
      '{"a":1}',
    );

    const received = event(served);
    expect(received).toMatchObject({
      version: '2.0',
      routeKey: 'POST /orders/{orderId}',
      rawPath: '/orders/a b',
      rawQueryString: 'tag=x&tag=y&name=J%C3%BCrgen',
      cookies: ['a=1', 'b=2'],
      queryStringParameters: { tag: 'x,y', name: 'Jürgen' },
      pathParameters: { orderId: 'a b' },
      body: '{"a":1}',
      isBase64Encoded: false,
      requestContext: {
        accountId: '000000000000',
        apiId: 'abc123',
        domainName: 'localhost:3000',
        domainPrefix: 'localhost',
        http: {
          method: 'POST',
          path: '/orders/a b',
          protocol: 'HTTP/1.1',
          sourceIp: '127.0.0.1',
          userAgent: 'test/1',
        },
        requestId: answer.headers['apigw-requestid'],
        routeKey: 'POST /orders/{orderId}',
        stage: '$default',
      },
    });
    expect(received.requestContext.time).toMatch(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/);
    expect(received.headers).toMatchObject({
      'x-custom': 'one,two',
      'content-length': '7',
      'x-forwarded-for': '203.0.113.7, 127.0.0.1',
      'x-forwarded-port': String(served.port),
      'x-forwarded-proto': 'http',
      'x-amzn-trace-id': expect.stringMatching(/^Root=1-/) as unknown,
    });
    expect(received.headers).not.toHaveProperty('cookie');
  });

  it('leaves out what a request does not have', async () => {
    const served = await serve(api('HTTP', ['ANY $default']));

    await fetch(`${served.url}/anything`);

    const received = event(served);
    expect(received).toMatchObject({ routeKey: '$default', rawPath: '/anything', rawQueryString: '' });
    for (const field of ['cookies', 'queryStringParameters', 'pathParameters', 'body', 'stageVariables']) {
      expect(received).not.toHaveProperty(field);
    }
    expect(received.isBase64Encoded).toBe(false);
  });

  it.each([
    ['text/csv', false],
    ['text/javascript', false],
    ['application/javascript', false],
    ['application/atom+xml', false],
    [undefined, true],
    ['', true],
    ['application/json; charset=utf-8', false],
    ['application/problem+json', false],
    ['application/xml', false],
    ['application/x-www-form-urlencoded', true],
    ['application/octet-stream', true],
    ['image/png', true],
  ])('encodes a body of type %s as base64: %s', async (type, binary) => {
    const served = await serve(api('HTTP', ['POST /']));

    await send(
      served.url,
      { method: 'POST', headers: type === undefined ? {} : { 'Content-Type': type } },
      'hello',
    );

    expect(event(served)).toMatchObject({ isBase64Encoded: binary, body: binary ? 'aGVsbG8=' : 'hello' });
  });
});

describe('the answer of an HTTP API', () => {
  const answerOf = async (result: unknown) => {
    const served = await serve(api('HTTP', ['ANY /']), () => Promise.resolve(returned(result)));
    return { answer: await send(served.url), entry: await served.logged() };
  };

  it('is what the function returned, each cookie in a header of its own', async () => {
    const { answer } = await answerOf({
      statusCode: 201,
      headers: { 'Content-Type': 'text/html', 'X-A': 'b', Connection: 'close', 'Content-Length': '99' },
      cookies: ['a=1; Path=/', 'b=2'],
      body: 'aGVsbG8=',
      isBase64Encoded: true,
    });

    expect(answer.status).toBe(201);
    expect(answer.body.toString()).toBe('hello');
    expect(answer.headers).toMatchObject({
      'content-type': 'text/html',
      'x-a': 'b',
      'content-length': '5',
      'set-cookie': ['a=1; Path=/', 'b=2'],
    });
    expect(answer.headers['apigw-requestid']).toMatch(/=$/);
    expect(answer.headers).not.toHaveProperty('x-amzn-requestid');
  });

  it('is plain text when the function names no type', async () => {
    const { answer } = await answerOf({ statusCode: 200, body: 'hello' });
    expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
  });

  it.each([
    [{ id: 1 }, '{"id":1}'],
    ['hello', 'hello'],
    [[1, 2], '[1,2]'],
    [null, 'null'],
  ])('is the result %j itself when it has no statusCode', async (result, body) => {
    const { answer } = await answerOf(result);
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('application/json');
    expect(answer.body.toString()).toBe(body);
  });

  it.each([
    ['a wrong status', { statusCode: 'fine' }, 'statusCode must be'],
    ['an object as body', { statusCode: 200, body: {} }, 'body must be a string, got object'],
    ['a text as cookies', { statusCode: 200, cookies: 'a=1' }, 'cookies must be an array, got string'],
    ['a cookie that splits the response', { statusCode: 200, cookies: ['a\nb'] }, 'cookies["Set-Cookie"]'],
  ])('is 500 when the function returned %s', async (_what, result, reason) => {
    const { answer, entry } = await answerOf(result);
    expect(answer.status).toBe(500);
    expect(answer.body.toString()).toBe('{"message":"Internal Server Error"}');
    expect(entry.reason).toContain(reason);
  });
});

describe('a function behind an HTTP API that asks for format 1.0', () => {
  const ofFormat1 = (method: string, path: string, more: Partial<ApiDefinition['routes'][number]> = {}) =>
    api('HTTP', [], { routes: [{ method, path, functionName: 'echo', payload: '1.0', ...more }] });
  const eventOf = (served: Served) => served.event() as unknown as APIGatewayProxyEvent;

  it('gets the whole request in it', async () => {
    const served = await serve(ofFormat1('PUT', '/teas/{name}'));
    const answer = await send(
      `${served.url}/teas/gr%C3%BCn%20er?tag=x;y&tag=z&empty=`,
      {
        method: 'PUT',
        headers: [
          ...['Host', 'localhost:3000', 'X-Custom', 'one', 'x-custom', 'two', 'Cookie', 'a=1; b=2'],
          ...['User-Agent', 'test/1', 'Content-Type', 'application/x-www-form-urlencoded'],
        ],
      },
      'a=b',
    );
    expect(eventOf(served)).toMatchObject({
      version: '1.0',
      resource: '/teas/{name}',
      path: '/teas/grün er',
      httpMethod: 'PUT',
      headers: { host: 'localhost:3000', 'x-custom': 'two', cookie: 'a=1; b=2', 'content-length': '3' },
      multiValueHeaders: { 'x-custom': ['one', 'two'], 'x-forwarded-proto': ['http'] },
      queryStringParameters: { tag: 'z', empty: '' },
      multiValueQueryStringParameters: { tag: ['x;y', 'z'], empty: [''] },
      pathParameters: { name: 'grün er' },
      body: 'YT1i',
      isBase64Encoded: true,
      requestContext: {
        accountId: '000000000000',
        apiId: 'abc123',
        httpMethod: 'PUT',
        identity: { sourceIp: '127.0.0.1', userAgent: 'test/1', accessKey: null },
        path: '/teas/grün er',
        requestId: answer.headers['apigw-requestid'],
        resourceId: 'PUT /teas/{name}',
        resourcePath: '/teas/{name}',
        stage: '$default',
      },
    });
  });

  it('gets every field that AWS sends, null where there is nothing', async () => {
    const served = await serve(ofFormat1('POST', '/orders'));
    await send(`${served.url}/orders`, { method: 'POST' });
    const file = join(import.meta.dirname, '../../fixtures/events/api-gateway-http-format-1.json');
    const sent = JSON.parse(await readFile(file, 'utf8')) as APIGatewayProxyEvent;
    const event = eventOf(served);
    const namesOf = (value: object) => Object.keys(value).sort();
    expect(namesOf(event)).toEqual(namesOf(sent));
    expect(namesOf(event.requestContext)).toEqual(namesOf(sent.requestContext));
    expect(namesOf(event.requestContext.identity)).toEqual(namesOf(sent.requestContext.identity));
    for (const field of ['queryStringParameters', 'pathParameters', 'stageVariables', 'body'] as const)
      expect(event[field]).toBeNull();
  });

  it.each<[string, Partial<ApiDefinition['routes'][number]>, Record<string, string>, object]>([
    [
      'the claims of its token',
      { authorizer: { kind: 'unchecked', name: 'who', reason: 'for this test', claims: { sub: 'c-1' } } },
      {},
      { authorizer: { sub: 'c-1' } },
    ],
    [
      'its key of IAM',
      { authorizer: { kind: 'iam' } },
      { Authorization: 'AWS4-HMAC-SHA256 Credential=AKIA/20260101/eu/execute-api/aws4_request' },
      { identity: { accessKey: 'AKIA', caller: 'AKIA', user: 'AKIA', accountId: '000000000000' } },
    ],
  ])('is told who calls by %s', async (_what, guarded, headers, expected) => {
    const served = await serve(ofFormat1('GET', '/', guarded));
    await send(served.url, { headers });
    expect(eventOf(served).requestContext).toMatchObject(expected);
  });

  const answerOf = async (result: unknown) => {
    const served = await serve(ofFormat1('ANY', '/'), () => Promise.resolve(returned(result)));
    return { answer: await send(served.url), entry: await served.logged() };
  };

  it('may give a header several values, and answer in base64', async () => {
    const { answer } = await answerOf({
      statusCode: 202,
      headers: { 'X-A': 1, Connection: 'close' },
      multiValueHeaders: { 'Set-Cookie': ['a=1', 'b=2'], 'x-a': ['1', '3'] },
      cookies: ['c=3'],
      body: 'aGVsbG8=',
      isBase64Encoded: true,
    });
    expect(answer.status).toBe(202);
    expect(answer.body.toString()).toBe('hello');
    expect(answer.headers).toMatchObject({ 'set-cookie': ['a=1', 'b=2'], 'x-a': '1, 3' });
  });

  it.each([
    ['a text', 'hello', 'must be an object with a statusCode, got string'],
    ['nothing', null, 'must be an object with a statusCode, got null'],
    ['a result without a status', { body: 'hello' }, 'statusCode must be'],
    ['one value as several', { statusCode: 200, multiValueHeaders: { a: 'b' } }, 'must be an array'],
  ])('is answered 500 for %s', async (_what, result, reason) => {
    const { answer, entry } = await answerOf(result);
    expect(answer.status).toBe(500);
    expect(entry.reason).toContain(reason);
  });
});
