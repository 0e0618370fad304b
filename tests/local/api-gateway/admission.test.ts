import { describe, expect, it } from 'vitest';
import { ask, callerIn, guardedService, serveGuarded } from './authorizers/serve-guarded.ts';
import { send } from './serve.ts';

const harness = guardedService();
const SIGNATURE =
  'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/eu-west-1/execute-api/aws4_request, SignedHeaders=host, Signature=abc';

describe('a route that IAM guards', () => {
  it.each([
    ['REST', '{"message":"Missing Authentication Token"}'],
    ['HTTP', '{"message":"Forbidden"}'],
  ] as const)('of a %s API takes no request without a signature', async (kind, body) => {
    const served = await serveGuarded(kind, ['GET /'], { kind: 'iam' });
    const answers = [await ask(served, '/'), await ask(served, '/', 'Bearer token')];
    expect(answers.map(({ status }) => status)).toEqual([403, 403]);
    expect(answers[0]?.body.toString()).toBe(body);
    expect(served.invocations).toHaveLength(0);
  });

  it('takes any signature, also of a link, and says that it is not checked', async () => {
    const served = await serveGuarded('HTTP', ['GET /'], { kind: 'iam' }, { harness });
    const link = '/?X-Amz-Credential=AKIDLINK%2F20260101%2Feu-west-1&X-Amz-Signature=abc';

    const answers = [await ask(served, '/', SIGNATURE), await ask(served, link)];

    expect(answers.map((answer) => callerIn(answer))).toMatchObject([
      { iam: { accessKey: 'AKIDEXAMPLE', accountId: '000000000000', cognitoIdentity: null } },
      { iam: { accessKey: 'AKIDLINK' } },
    ]);
    expect((await served.logged()).reason).toContain('the signature is not checked');
  });

  it('names the caller in the identity of a REST event', async () => {
    const served = await serveGuarded('REST', ['GET /'], { kind: 'iam' }, { harness });
    await ask(served, '/', SIGNATURE);
    expect(served.event()).toMatchObject({
      requestContext: { identity: { accessKey: 'AKIDEXAMPLE', sourceIp: '127.0.0.1' } },
    });
  });
});

describe('a route whose authorizer cannot be asked', () => {
  const unchecked = { kind: 'unchecked', name: 'elsewhere', reason: 'it is not in the template' } as const;

  it('is open, and says so at each request', async () => {
    const served = await serveGuarded('REST', ['GET /'], unchecked, { harness });
    expect((await ask(served, '/')).status).toBe(200);
    expect((await served.logged()).reason).toBe(
      'the authorizer elsewhere is not asked: it is not in the template',
    );
  });

  it.each([
    ['REST', { tenant: 'acme' }],
    ['HTTP', { lambda: { tenant: 'acme' } }],
  ] as const)('of a %s API has the caller of the settings', async (kind, caller) => {
    const authorizer = { ...unchecked, claims: { tenant: 'acme' } };
    const served = await serveGuarded(kind, ['GET /'], authorizer, { harness });
    expect(callerIn(await ask(served, '/'))).toEqual(caller);
  });
});

describe('a method that needs an API key', () => {
  const apiKeys = [
    { id: 'key-1', name: 'partner', value: 'a-long-secret-of-the-partner' },
    { id: 'key-2', name: 'other', value: 'another-long-secret' },
  ];

  it.each([
    ['no key', {}, 403],
    ['a key that nobody has', { 'x-api-key': 'guess' }, 403],
    ['an empty key', { 'x-api-key': '' }, 403],
    ['a key of a usage plan', { 'X-Api-Key': 'another-long-secret' }, 200],
  ])('answers a request with %s', async (_what, headers, status) => {
    const served = await serveGuarded('REST', ['GET /'], undefined, {
      harness,
      apiKeyRequired: true,
      apiKeys,
    });

    const answer = await ask(served, '/', undefined, headers);

    expect(answer.status).toBe(status);
    if (status === 200) {
      expect(served.event()).toMatchObject({
        requestContext: { identity: { apiKey: 'another-long-secret', apiKeyId: 'key-2' } },
      });
    } else {
      expect(answer.body.toString()).toBe('{"message":"Forbidden"}');
      expect(served.invocations).toHaveLength(0);
    }
  });

  it('takes none where no usage plan has one', async () => {
    const served = await serveGuarded('REST', ['GET /'], undefined, { apiKeyRequired: true });
    expect((await ask(served, '/', undefined, { 'x-api-key': 'any' })).status).toBe(403);
  });
});

describe('a method that checks its requests', () => {
  const requestCheck = {
    parameters: ['method.request.querystring.page', 'method.request.header.X-Tenant'],
    models: {
      'application/json': {
        $schema: 'http://json-schema.org/draft-04/schema#',
        type: 'object',
        required: ['sku'],
        properties: {
          sku: { type: 'string', minLength: 2 },
          // Draft 4 says it with a boolean, later drafts with a number.
          quantity: { type: 'integer', minimum: 0, exclusiveMinimum: true },
        },
        additionalProperties: false,
      },
    },
  };
  const post = async (path: string, headers: Record<string, string>, body: string) => {
    const served = await serveGuarded('REST', ['POST /'], undefined, { requestCheck });
    const answer = await send(`${served.url}${path}`, { method: 'POST', headers }, body);
    return { served, answer };
  };
  const whole = { 'X-Tenant': 'acme', 'Content-Type': 'application/json' };

  it.each([
    ['/', {}, 'page, X-Tenant'],
    ['/?page=1', {}, 'X-Tenant'],
    ['/?page=', whole, 'page'],
  ])('names the required parameters that %s with %j lacks', async (path, headers, missing) => {
    const { served, answer } = await post(path, headers, '{"sku":"tea"}');
    expect([answer.status, answer.body.toString()]).toEqual([
      400,
      `{"message": "Missing required request parameters: [${missing}]"}`,
    ]);
    expect(answer.headers['x-amzn-errortype']).toBe('BadRequestException');
    expect(served.invocations).toHaveLength(0);
  });

  it.each([
    ['', 'no JSON'],
    ['{"sku":', 'no JSON'],
    ['[]', 'must be object'],
    ['{}', "must have required property 'sku'"],
    ['{"sku":"t"}', '/sku must NOT have fewer than 2 characters'],
    ['{"sku":"tea","quantity":0}', '/quantity must be > 0'],
    ['{"sku":"tea","coupon":"x"}', 'must NOT have additional properties'],
  ])('refuses the body %s, and says where and why in the log only', async (body, reason) => {
    const { served, answer } = await post('/?page=1', whole, body);
    expect([answer.status, answer.body.toString()]).toEqual([400, '{"message": "Invalid request body"}']);
    expect((await served.logged()).reason).toContain(reason);
    expect(served.invocations).toHaveLength(0);
  });

  it.each([
    ['fits', whole, '{"sku":"tea","quantity":1}'],
    [
      'has a type with parameters',
      { ...whole, 'Content-Type': 'application/json; charset=utf-8' },
      '{"sku":"tea"}',
    ],
    ['is of a type without a model', { ...whole, 'Content-Type': 'text/csv' }, 'tea,1'],
  ])('takes a body that %s', async (_what, headers, body) => {
    const { answer } = await post('/?page=1', headers, body);
    expect(answer.status).toBe(200);
  });

  it('checks a body without a type as JSON', async () => {
    const { answer } = await post('/?page=1', { 'X-Tenant': 'acme' }, '{}');
    expect(answer.status).toBe(400);
  });
});
