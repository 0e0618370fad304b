import { describe, expect, it } from 'vitest';
import type { CorsDefinition, MockDefinition } from '../../../local/template/service.ts';
import { fc } from '../../helpers/fast-check.ts';
import { api, returned, send, serve } from './serve.ts';

const ORIGIN = 'https://shop.example';

/** The headers that a browser sends to ask what a page may do. */
function preflight(origin: string = ORIGIN) {
  return {
    method: 'OPTIONS',
    headers: { Origin: origin, 'Access-Control-Request-Method': 'PUT' },
  };
}

function allowed(headers: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith('access-control-')));
}

describe('CORS of an HTTP API', () => {
  const cors: CorsDefinition = {
    allowOrigins: [ORIGIN],
    allowMethods: ['GET', 'PUT'],
    allowHeaders: ['content-type', 'x-tenant'],
    exposeHeaders: ['x-total'],
    allowCredentials: true,
    maxAge: 600,
  };
  const everything = {
    'access-control-allow-origin': ORIGIN,
    'access-control-allow-credentials': 'true',
    'access-control-allow-methods': 'GET,PUT',
    'access-control-allow-headers': 'content-type,x-tenant',
    'access-control-max-age': '600',
  };

  it.each([
    ['a path that has a route', '/orders'],
    ['a path that has none', '/elsewhere'],
  ])('answers the preflight of %s, and calls no function', async (_what, path) => {
    const served = await serve(api('HTTP', ['PUT /orders', 'ANY /orders/{id}'], { cors }));

    const answer = await send(`${served.url}${path}`, preflight());

    expect(answer.status).toBe(204);
    expect(allowed(answer.headers)).toEqual(everything);
    expect(answer.body).toHaveLength(0);
    expect(served.invocations).toHaveLength(0);
  });

  it('allows nothing to a page of another origin, and says why', async () => {
    const served = await serve(api('HTTP', ['PUT /orders'], { cors }));

    const answer = await send(`${served.url}/orders`, preflight('https://other.example'));

    expect(answer.status).toBe(204);
    expect(allowed(answer.headers)).toEqual({});
    expect(await served.logged()).toMatchObject({
      reason: 'CORS of the API does not allow the origin https://other.example',
    });
  });

  it.each([
    [['*'], 'http://any.example', '*'],
    [['https://*'], 'https://any.example', 'https://any.example'],
    [['https://*'], 'http://any.example', undefined],
    [['http://localhost:5173', ORIGIN], 'http://localhost:5173', 'http://localhost:5173'],
    [['http://localhost'], 'http://localhost:5173', undefined],
    [[ORIGIN], `${ORIGIN}.evil.example`, undefined],
    [[], ORIGIN, undefined],
  ])('with the origins %j answers %s with %s', async (allowOrigins, origin, expected) => {
    const served = await serve(api('HTTP', ['GET /'], { cors: { ...cors, allowOrigins } }));

    const answers = [
      await send(served.url, preflight(origin)),
      await send(served.url, { headers: { Origin: origin } }),
    ];

    for (const { headers } of answers) expect(headers['access-control-allow-origin']).toBe(expected);
  });

  it.each([
    ['a function', '/', {}, 200],
    ['the API itself, where no route is', '/nowhere', {}, 404],
    ['an authorizer', '/guarded', {}, 403],
  ])('is on the answer of %s', async (_who, path, headers, status) => {
    const definition = api('HTTP', ['GET /', 'GET /guarded'], { cors });
    const served = await serve({
      ...definition,
      routes: definition.routes.map((route) =>
        route.path === '/guarded' ? { ...route, authorizer: { kind: 'iam' } } : route,
      ),
    });

    const answer = await send(`${served.url}${path}`, { headers: { ...headers, Origin: ORIGIN } });

    expect(answer.status).toBe(status);
    expect(allowed(answer.headers)).toEqual({
      'access-control-allow-origin': ORIGIN,
      'access-control-allow-credentials': 'true',
      'access-control-expose-headers': 'x-total',
    });
  });

  it('counts instead of what a function says of CORS', async () => {
    const headers = { 'Access-Control-Allow-Origin': 'https://other.example', 'access-control-max-age': 5 };
    const served = await serve(api('HTTP', ['GET /'], { cors }), () =>
      Promise.resolve(returned({ statusCode: 200, headers })),
    );

    const { headers: got } = await send(served.url, { headers: { Origin: ORIGIN } });
    const withoutOrigin = await send(served.url);

    expect(got['access-control-allow-origin']).toBe(ORIGIN);
    expect(got).not.toHaveProperty('access-control-max-age');
    expect(allowed(withoutOrigin.headers)).toEqual({});
  });

  it('leaves OPTIONS that is no preflight to the routes', async () => {
    const served = await serve(api('HTTP', ['OPTIONS /orders'], { cors }));
    const answer = await send(`${served.url}/orders`, { method: 'OPTIONS', headers: { Origin: ORIGIN } });
    expect(answer.status).toBe(200);
    expect(served.invocations).toHaveLength(1);
  });

  it('asks the authorizer of a route that takes OPTIONS, too', async () => {
    const definition = api('HTTP', ['ANY /orders'], { cors });
    const served = await serve({
      ...definition,
      routes: definition.routes.map((route) => ({ ...route, authorizer: { kind: 'iam' } as const })),
    });
    expect((await send(`${served.url}/orders`, preflight())).status).toBe(403);
  });

  it('is what the function says where the API has none', async () => {
    const headers = { 'Access-Control-Allow-Origin': 'https://other.example' };
    const served = await serve(api('HTTP', ['ANY /']), () =>
      Promise.resolve(returned({ statusCode: 200, headers })),
    );
    const answer = await send(served.url, preflight());
    expect(answer.headers['access-control-allow-origin']).toBe('https://other.example');
  });

  it('echoes no origin that is not allowed, whatever it is', async () => {
    const served = await serve(api('HTTP', ['GET /'], { cors }));
    await fc.assert(
      fc.asyncProperty(fc.webUrl(), async (url) => {
        const { origin } = new URL(url);
        fc.pre(origin !== ORIGIN);
        const answer = await send(served.url, { headers: { Origin: origin } });
        expect(allowed(answer.headers)).toEqual({});
      }),
    );
  });
});

/** The method that the Serverless Framework makes of `cors`, for these origins. */
function preflightMethod(origins: readonly string[], more: Partial<MockDefinition> = {}): MockDefinition {
  const tests = origins.map(
    (origin) => `$origin.matches("${origin.replaceAll('.', '[.]').replace('*', '.+')}")`,
  );
  const template = [
    '#set($origin = $input.params("Origin"))',
    '#if($origin == "") #set($origin = $input.params("origin")) #end',
    `#if(${tests.join(' || ')}) #set($context.responseOverride.header.Access-Control-Allow-Origin = $origin) #end`,
  ].join('\n');
  return {
    method: 'OPTIONS',
    path: '/orders',
    requestTemplates: { 'application/json': '{statusCode:200}' },
    responses: [
      {
        status: 200,
        headers: {
          'Access-Control-Allow-Origin': `'${origins[0] ?? '*'}'`,
          'Access-Control-Allow-Methods': "'OPTIONS,POST'",
          'X-Request': 'context.requestId',
          'X-Nothing': 'context.nothing',
        },
        templates: { 'application/json': origins.length === 0 ? '' : template },
      },
    ],
    ...more,
  };
}

describe('a mock integration of a REST API', () => {
  it('answers the preflight with its response parameters, and calls no function', async () => {
    const served = await serve(api('REST', ['POST /orders'], { mocks: [preflightMethod([])] }));

    const answer = await send(`${served.url}/orders`, preflight());

    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'OPTIONS,POST',
      'content-type': 'application/json',
      'x-request': answer.headers['x-amzn-requestid'],
    });
    expect(answer.headers).not.toHaveProperty('x-nothing');
    expect(answer.body.toString()).toBe('');
    expect(served.invocations).toHaveLength(0);
    expect(await served.logged()).toMatchObject({ resourcePath: '/orders', status: 200 });
  });

  it.each([
    ['http://localhost:5173', 'http://localhost:5173'],
    ['https://eu.shop.example', 'https://eu.shop.example'],
    ['https://shop-example', 'http://localhost:5173'],
    ['https://other.example', 'http://localhost:5173'],
  ])('with several origins answers %s with %s', async (origin, expected) => {
    const mocks = [preflightMethod(['http://localhost:5173', 'https://*.shop.example'])];
    const served = await serve(api('REST', ['POST /orders'], { mocks }));
    const answer = await send(`${served.url}/orders`, preflight(origin));
    expect(answer.headers['access-control-allow-origin']).toBe(expected);
  });

  it('chooses the response by the status that its request template makes', async () => {
    const response = { headers: {}, templates: { 'text/plain': 'tea for $input.params("who")' } };
    const mock = preflightMethod([], {
      method: 'GET',
      requestTemplates: {
        'application/json':
          '#if($input.params("who") == "me"){"statusCode": 418}#else{"statusCode": 200}#end',
      },
      responses: [
        { ...response, status: 200, templates: {} },
        { ...response, status: 418, selectionPattern: '4\\d{2}' },
      ],
    });
    const served = await serve(api('REST', [], { mocks: [mock] }));

    const chosen = await send(`${served.url}/orders?who=me`);
    const other = await send(`${served.url}/orders`);

    expect([chosen.status, chosen.body.toString()]).toEqual([418, 'tea for me']);
    expect(chosen.headers['content-type']).toBe('text/plain');
    expect(other.status).toBe(200);
  });

  it.each([
    ['makes no status', { requestTemplates: { 'application/json': 'nothing' } }, 'statusCode'],
    [
      'has no response for its status',
      { responses: [] },
      'no response of the mock integration is for the status 200',
    ],
  ])('is an error of the API where it %s', async (_what, more, reason) => {
    const served = await serve(api('REST', [], { mocks: [preflightMethod([], more)] }));
    expect((await send(`${served.url}/orders`, preflight())).status).toBe(500);
    expect((await served.logged()).reason).toContain(reason);
  });

  it('stands beside ANY of the same path, and wins', async () => {
    const served = await serve(api('REST', ['ANY /orders'], { mocks: [preflightMethod([])] }));
    await send(`${served.url}/orders`, preflight());
    expect(served.invocations).toHaveLength(0);
  });
});

describe('gateway responses of a REST API', () => {
  const gatewayResponses = {
    DEFAULT_4XX: {
      headers: {
        'Access-Control-Allow-Origin': 'method.request.header.Origin',
        'X-Fixed': "'for all of them'",
        'X-Missing': 'method.request.header.Missing',
      },
      templates: {},
    },
    DEFAULT_5XX: { headers: { 'Access-Control-Allow-Origin': "'*'" }, templates: {} },
    REQUEST_TOO_LARGE: {
      status: 400,
      headers: {},
      templates: {
        'application/problem+json':
          '{"title":$context.error.messageString,"kind":"$context.error.responseType","id":"${context.requestId}","none":"$context.none.at.all"}',
      },
    },
  };

  it('of all 4XX are on what the API answers by itself', async () => {
    const served = await serve(api('REST', ['GET /'], { gatewayResponses }));
    const answer = await send(`${served.url}/nowhere`, { headers: { Origin: ORIGIN } });
    expect(answer.status).toBe(403);
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': ORIGIN,
      'x-fixed': 'for all of them',
      'x-amzn-errortype': 'MissingAuthenticationTokenException',
    });
    expect(answer.headers).not.toHaveProperty('x-missing');
    expect(answer.body.toString()).toBe('{"message":"Missing Authentication Token"}');
  });

  it('of all 5XX are on what the API makes of a function that fails', async () => {
    const served = await serve(api('REST', ['GET /'], { gatewayResponses }), () =>
      Promise.resolve(returned('no response')),
    );
    const answer = await send(served.url);
    expect(answer.status).toBe(502);
    expect(answer.headers['access-control-allow-origin']).toBe('*');
  });

  it('of one type count before the general ones, with status and body of their own', async () => {
    const served = await serve(api('REST', ['POST /'], { gatewayResponses }));
    const answer = await send(served.url, { method: 'POST' }, Buffer.alloc(11 * 1024 * 1024));
    expect(answer.status).toBe(400);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(JSON.parse(answer.body.toString())).toEqual({
      title: 'Request Entity Too Large',
      kind: 'REQUEST_TOO_LARGE',
      id: answer.headers['x-amzn-requestid'],
      none: '',
    });
  });

  it('leave alone what a function answers, whatever its status', async () => {
    const served = await serve(api('REST', ['GET /'], { gatewayResponses }), () =>
      Promise.resolve(returned({ statusCode: 404, body: 'no such order' })),
    );
    const answer = await send(served.url, { headers: { Origin: ORIGIN } });
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
    expect(answer.body.toString()).toBe('no such order');
  });
});
