import type {
  APIGatewayRequestAuthorizerEvent,
  APIGatewayRequestAuthorizerEventV2,
  APIGatewayTokenAuthorizerEvent,
} from 'aws-lambda';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ask, callerIn, guardedService, lambdaAuthorizer, serveGuarded } from './serve-guarded.ts';
import type { Served } from '../serve.ts';

const harness = guardedService();
const ARN = 'arn:aws:execute-api:eu-central-1:000000000000:abc123';

afterEach(() => vi.useRealTimers());

function timesAsked({ invocations }: Served): number {
  return invocations.filter(({ functionName }) => functionName === 'authorizer').length;
}

function eventFor({ invocations }: Served): unknown {
  const asked = invocations.find(({ functionName }) => functionName === 'authorizer');
  return JSON.parse(asked?.payload ?? 'null');
}

describe('a token authorizer of a REST API', () => {
  it('gets the token and what is called, and its context reaches the function as texts', async () => {
    const served = await serveGuarded('REST', ['GET /orders/{id}'], lambdaAuthorizer(), { harness });

    const answer = await ask(served, '/orders/o-1?a=1', 'allow me');

    const event: APIGatewayTokenAuthorizerEvent = {
      type: 'TOKEN',
      authorizationToken: 'allow me',
      methodArn: `${ARN}/local/GET/orders/o-1`,
    };
    expect(eventFor(served)).toEqual(event);
    expect(callerIn(answer)).toEqual({
      principalId: 'customer-1',
      asked: JSON.stringify(event),
      count: '3',
      vip: 'true',
      integrationLatency: expect.any(Number) as number,
    });
  });

  it.each([
    ['without a token', undefined, 401, '{"message":"Unauthorized"}', 0],
    ['with an empty token', '', 401, '{"message":"Unauthorized"}', 0],
    ['whose authorizer says Unauthorized', 'unauthorized', 401, '{"message":"Unauthorized"}', 1],
    [
      'that is denied',
      'deny',
      403,
      '{"Message":"User is not authorized to access this resource with an explicit deny"}',
      1,
    ],
    [
      'that nothing allows',
      'allow-path other',
      403,
      '{"Message":"User is not authorized to access this resource"}',
      1,
    ],
    ['whose authorizer fails', 'throw', 500, '{"message":null}', 1],
    ['whose authorizer answers null', 'else', 500, '{"message":null}', 1],
    ['whose authorizer names no principal', 'nobody', 500, '{"message":null}', 1],
    ['whose authorizer nests its context', 'nested', 500, '{"message":null}', 1],
    ['whose authorizer has another effect', 'odd-effect', 500, '{"message":null}', 1],
  ])('answers a request %s by itself', async (_what, token, status, body, asked) => {
    const served = await serveGuarded('REST', ['GET /'], lambdaAuthorizer(), { harness });

    const answer = await ask(served, '/', token);

    expect([answer.status, answer.body.toString()]).toEqual([status, body]);
    expect(answer.headers['x-amzn-errortype']).toMatch(/Exception$/);
    expect(served.invocations).toHaveLength(asked);
    expect((await served.logged()).reason).toContain('who');
  });

  it('is not asked about a token that does not match its expression as a whole', async () => {
    const authorizer = lambdaAuthorizer({ tokenPattern: 'allow \\d+' });
    const served = await serveGuarded('REST', ['GET /'], authorizer, { harness });

    const answers = [await ask(served, '/', 'allow 12'), await ask(served, '/', 'allow 12x')];

    expect(answers.map(({ status }) => status)).toEqual([200, 401]);
    expect(timesAsked(served)).toBe(1);
  });

  it('says that conditions of a policy are not evaluated', async () => {
    const served = await serveGuarded('REST', ['GET /'], lambdaAuthorizer(), { harness });
    expect((await ask(served, '/', 'allow-if')).status).toBe(200);
    expect((await served.logged()).reason).toContain('conditions in the policy of the authorizer who');
  });

  it('may be failed by a function that does not exist', async () => {
    const authorizer = lambdaAuthorizer({ functionName: 'gone' });
    const served = await serveGuarded('REST', ['GET /'], authorizer, { harness });
    expect((await ask(served, '/', 'allow')).status).toBe(500);
    expect((await served.logged()).reason).toContain('could not be asked');
  });

  it('stands for the caller of the settings where a request brings no token', async () => {
    const authorizer = lambdaAuthorizer({ claims: { tenant: 'acme', level: 2 } });
    const served = await serveGuarded('REST', ['GET /'], authorizer, { harness });
    expect(callerIn(await ask(served, '/'))).toMatchObject({ tenant: 'acme', level: '2' });
    expect((await ask(served, '/', 'deny')).status).toBe(403);
  });
});

describe('what an authorizer says', () => {
  it('is kept for the same identity for its time, whatever is called', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'performance'] });
    const authorizer = lambdaAuthorizer({ ttl: 60 });
    const served = await serveGuarded('REST', ['GET /{any}'], authorizer, { harness });

    // Kept is the policy, which names the first path only: a well-known surprise of AWS.
    const first = await ask(served, '/a', 'allow 1');
    const other = await ask(served, '/b', 'allow 1');
    const again = await ask(served, '/a', 'allow 1');
    expect([first, other, again].map(({ status }) => status)).toEqual([200, 403, 200]);
    expect(timesAsked(served)).toBe(1);

    await ask(served, '/a', 'allow 2');
    expect(timesAsked(served)).toBe(2);

    // Whatever becomes of the clock on the wall.
    vi.advanceTimersByTime(59_000);
    vi.setSystemTime(Date.now() - 3_600_000);
    await ask(served, '/a', 'allow 1');
    expect(timesAsked(served)).toBe(2);
    vi.advanceTimersByTime(2000);
    await ask(served, '/a', 'allow 1');
    expect(timesAsked(served)).toBe(3);
  });

  it.each([
    ['its time is 0', 0, 'allow'],
    ['it failed', 300, 'throw'],
    ['it said Unauthorized', 300, 'unauthorized'],
    ['it was of another form', 300, 'nobody'],
  ])('is not kept where %s', async (_what, ttl, token) => {
    const served = await serveGuarded('REST', ['GET /'], lambdaAuthorizer({ ttl }), { harness });
    await ask(served, '/', token);
    await ask(served, '/', token);
    expect(timesAsked(served)).toBe(2);
  });
});

describe('a request authorizer of a REST API', () => {
  const identitySources = ['method.request.header.X-Tenant', 'method.request.querystring.key'];
  const authorizer = lambdaAuthorizer({ payload: 'request', identitySources });

  it('gets the request without its body', async () => {
    const served = await serveGuarded('REST', ['GET /orders/{id}'], authorizer, { harness });
    const headers = { 'X-Tenant': 'acme' };

    expect((await ask(served, '/orders/o-1?key=k', 'allow', headers)).status).toBe(200);

    const event = eventFor(served) as APIGatewayRequestAuthorizerEvent;
    expect(event).toMatchObject({
      type: 'REQUEST',
      methodArn: `${ARN}/local/GET/orders/o-1`,
      resource: '/orders/{id}',
      path: '/orders/o-1',
      httpMethod: 'GET',
      headers: { Authorization: 'allow', 'X-Tenant': 'acme' },
      queryStringParameters: { key: 'k' },
      multiValueQueryStringParameters: { key: ['k'] },
      pathParameters: { id: 'o-1' },
      stageVariables: {},
      requestContext: { resourcePath: '/orders/{id}', identity: { sourceIp: '127.0.0.1' } },
    });
    expect(event).not.toHaveProperty('body');
  });

  it.each([
    ['/?key=k', {}],
    ['/', { 'X-Tenant': 'acme' }],
    ['/?key=', { 'X-Tenant': 'acme' }],
  ])(
    'is not asked about %s with the headers %j, which lack a part of the identity',
    async (path, headers) => {
      const served = await serveGuarded('REST', ['GET /'], authorizer, { harness });
      expect((await ask(served, path, 'allow', headers)).status).toBe(401);
      expect(served.invocations).toHaveLength(0);
    },
  );

  it('is asked each time where it names no identity', async () => {
    const open = lambdaAuthorizer({ payload: 'request', identitySources: [], ttl: 300 });
    const served = await serveGuarded('REST', ['GET /'], open, { harness });
    await ask(served, '/', 'allow');
    await ask(served, '/', 'allow');
    expect(timesAsked(served)).toBe(2);
  });
});

describe('a Lambda authorizer of an HTTP API', () => {
  const identitySources = ['$request.header.Authorization', '$context.routeKey'];

  it('of version 2.0 gets the request, and its context reaches the function as it is', async () => {
    const authorizer = lambdaAuthorizer({ payload: '2.0', simpleResponses: true, identitySources });
    const served = await serveGuarded('HTTP', ['GET /orders/{id}'], authorizer, { harness });

    const answer = await ask(served, '/orders/o-1?a=1', 'yes', { Cookie: 'a=1' });

    const event = eventFor(served) as APIGatewayRequestAuthorizerEventV2;
    expect(event).toMatchObject({
      version: '2.0',
      type: 'REQUEST',
      routeArn: `${ARN}/$default/GET/orders/o-1`,
      identitySource: ['yes', 'GET /orders/{id}'],
      routeKey: 'GET /orders/{id}',
      rawPath: '/orders/o-1',
      rawQueryString: 'a=1',
      cookies: ['a=1'],
      headers: { authorization: 'yes' },
      queryStringParameters: { a: '1' },
      pathParameters: { id: 'o-1' },
      requestContext: { http: { method: 'GET' }, routeKey: 'GET /orders/{id}' },
    });
    expect(callerIn(answer)).toEqual({
      lambda: { asked: JSON.stringify(event), count: 3, vip: true, nested: { list: [1, 2] } },
    });
  });

  it('of version 1.0 gets the fields of that version', async () => {
    const authorizer = lambdaAuthorizer({
      payload: '1.0',
      identitySources: ['$request.header.Authorization'],
    });
    const served = await serveGuarded('HTTP', ['GET /orders'], authorizer, { harness });
    expect((await ask(served, '/orders', 'allow')).status).toBe(200);
    expect(eventFor(served)).toMatchObject({
      version: '1.0',
      type: 'REQUEST',
      methodArn: `${ARN}/$default/GET/orders`,
      identitySource: 'allow',
      authorizationToken: 'allow',
      path: '/orders',
      httpMethod: 'GET',
    });
  });

  it('has null for its context where it gave none', async () => {
    const authorizer = lambdaAuthorizer({ payload: '2.0', simpleResponses: true, identitySources });
    const served = await serveGuarded('HTTP', ['GET /'], authorizer, { harness });
    expect(callerIn(await ask(served, '/', 'yes-alone'))).toEqual({ lambda: null });
  });

  it.each([
    [true, undefined, 401, '{"message":"Unauthorized"}'],
    [true, 'no', 403, '{"message":"Forbidden"}'],
    [true, 'unauthorized', 401, '{"message":"Unauthorized"}'],
    [true, 'throw', 500, '{"message":"Internal Server Error"}'],
    [true, 'allow', 500, '{"message":"Internal Server Error"}'],
    [false, 'allow', 200, undefined],
    [false, 'allow-all', 200, undefined],
    [false, 'deny', 403, '{"message":"Forbidden"}'],
    [false, 'yes', 500, '{"message":"Internal Server Error"}'],
  ])('with simple responses %s and the token %s answers %i', async (simpleResponses, token, status, body) => {
    const authorizer = lambdaAuthorizer({ payload: '2.0', simpleResponses, identitySources });
    const served = await serveGuarded('HTTP', ['GET /'], authorizer, { harness });
    const answer = await ask(served, '/', token);
    expect(answer.status).toBe(status);
    if (body !== undefined) expect(answer.body.toString()).toBe(body);
  });
});
