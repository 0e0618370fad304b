import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { GenerateKeyPairResult, JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { close, listen } from '../../../../local/http/loopback.ts';
import type { TokenAuthorizerDefinition } from '../../../../local/template/service.ts';
import { ask, callerIn, guardedService, serveGuarded } from './serve-guarded.ts';

const harness = guardedService();
const ISSUER = 'https://login.shop.example/';
const POOL = 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf123';

let folder: string;
let keys: string;
let publicKeys: string;
let sign: (claims: JWTPayload, header?: { alg?: string; kid?: string }) => Promise<string>;
let forge: typeof sign;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lx-token-authorizer-'));
  keys = join(folder, 'keys.json');
  const [own, foreign] = await Promise.all([
    generateKeyPair('RS256', { extractable: true }),
    generateKeyPair('RS256'),
  ]);
  // With its private parts, as a file of keys for trying has them.
  const [whole, open] = await Promise.all([exportJWK(own.privateKey), exportJWK(own.publicKey)]);
  await writeFile(keys, JSON.stringify({ keys: [{ ...whole, kid: 'k-1', alg: 'RS256' }] }));
  publicKeys = JSON.stringify({ keys: [{ ...open, kid: 'k-1', alg: 'RS256' }] });
  const signer =
    (key: GenerateKeyPairResult['privateKey']): typeof sign =>
    (claims, header = {}) =>
      new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'k-1', ...header }).sign(key);
  sign = signer(own.privateKey);
  forge = signer(foreign.privateKey);
});
afterAll(() => rm(folder, { recursive: true }));

const now = Math.floor(Date.now() / 1000);
const claims = {
  iss: ISSUER,
  aud: 'shop',
  sub: 'customer-1',
  exp: now + 600,
  iat: now - 1,
  groups: ['admins', 'users'],
  vip: true,
  address: { city: 'Bremen' },
};

function jwt(overrides: Partial<TokenAuthorizerDefinition> = {}): TokenAuthorizerDefinition {
  return { ...keyless(), keys, ...overrides };
}

function keyless(): TokenAuthorizerDefinition {
  return {
    kind: 'jwt',
    name: 'login',
    identitySources: ['$request.header.Authorization'],
    issuers: [ISSUER],
    audiences: ['shop', 'shop-app'],
  };
}

describe('a JWT authorizer', () => {
  it('gives the function the claims of a token as texts, and no scopes where the route asks for none', async () => {
    const served = await serveGuarded('HTTP', ['GET /'], jwt(), { harness });

    const answer = await ask(served, '/', `Bearer ${await sign(claims)}`);

    expect(callerIn(answer)).toEqual({
      jwt: {
        claims: {
          iss: ISSUER,
          aud: 'shop',
          sub: 'customer-1',
          exp: String(claims.exp),
          iat: String(claims.iat),
          groups: '[admins users]',
          vip: 'true',
          address: '{"city":"Bremen"}',
        },
        scopes: null,
      },
    });
    expect(await served.logged()).not.toHaveProperty('reason');
  });

  it.each([
    ['expired', { exp: now - 10 }, 'expired at'],
    ['never to expire', { exp: undefined }, 'has no exp'],
    ['not valid yet', { nbf: now + 600 }, 'nbf'],
    ['of the future', { iat: now + 600 }, 'iat'],
    ['of another issuer', { iss: 'https://login.shop.example' }, `expected ${ISSUER}`],
    ['of no issuer', { iss: undefined }, 'missing'],
    ['for another audience', { aud: ['bank', 'post'] }, 'bank, post; expected shop or shop-app'],
    ['for another client', { aud: undefined, client_id: 'bank' }, 'expected shop or shop-app'],
    ['for nobody', { aud: undefined }, 'missing'],
  ])('refuses a token that is %s, and says why in the log only', async (_what, change, reason) => {
    const served = await serveGuarded('HTTP', ['GET /'], jwt(), { harness });

    const answer = await ask(served, '/', `Bearer ${await sign({ ...claims, ...change } as JWTPayload)}`);

    expect([answer.status, answer.body.toString()]).toEqual([401, '{"message":"Unauthorized"}']);
    expect(answer.headers['www-authenticate']).toBe('Bearer error="invalid_token"');
    expect(served.invocations).toHaveLength(0);
    expect((await served.logged()).reason).toContain(reason);
  });

  it.each([
    ['one of several audiences', { aud: ['bank', 'shop-app'] }],
    ['its client where it has no audience', { aud: undefined, client_id: 'shop' }],
  ])('takes a token for %s', async (_what, change) => {
    const served = await serveGuarded('HTTP', ['GET /'], jwt(), { harness });
    expect((await ask(served, '/', await sign({ ...claims, ...change } as JWTPayload))).status).toBe(200);
  });

  it.each([
    ['no token', () => Promise.resolve(undefined)],
    ['nothing but a word', () => Promise.resolve('Bearer')],
    ['no JWT', () => Promise.resolve('Bearer aaa.bbb.ccc')],
    ['a signature of another key', () => forge(claims)],
    ['a key that nobody knows', () => sign(claims, { kid: 'k-2' })],
    [
      'another content than was signed',
      async () => {
        const [header, , signature] = (await sign(claims)).split('.');
        const payload = Buffer.from(JSON.stringify({ ...claims, sub: 'admin' })).toString('base64url');
        return `${header ?? ''}.${payload}.${signature ?? ''}`;
      },
    ],
    [
      'no signature',
      () => {
        const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
        return Promise.resolve(`${part({ alg: 'none' })}.${part(claims)}.`);
      },
    ],
    [
      'a signature by a secret',
      () => new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.alloc(32, 7)),
    ],
  ])('refuses %s', async (_what, token) => {
    const served = await serveGuarded('HTTP', ['GET /'], jwt(), { harness });
    expect((await ask(served, '/', await token())).status).toBe(401);
    expect(served.invocations).toHaveLength(0);
  });

  it.each([
    ['a text', { scope: 'orders:read orders:write' }, 200, ['orders:read']],
    ['a list', { scp: ['orders:read'] }, 200, ['orders:read']],
    ['others', { scope: 'orders:readonly' }, 403, undefined],
    ['none', {}, 403, undefined],
  ])('asks for one of the scopes of the route: %s', async (_what, change, status, scopes) => {
    const served = await serveGuarded('HTTP', ['GET /'], jwt(), {
      harness,
      scopes: ['orders:read', 'orders:admin'],
    });
    const answer = await ask(served, '/', await sign({ ...claims, ...change }));
    expect(answer.status).toBe(status);
    if (status === 200) expect(callerIn(answer)).toMatchObject({ jwt: { scopes } });
    else expect(answer.headers['www-authenticate']).toContain('error="insufficient_scope"');
  });

  it('finds the token where the template says, also in the query string', async () => {
    const authorizer = jwt({ identitySources: ['$request.querystring.token'] });
    const served = await serveGuarded('HTTP', ['GET /'], authorizer, { harness });
    expect((await ask(served, `/?token=${await sign(claims)}`)).status).toBe(200);
    expect((await ask(served, '/', await sign(claims))).status).toBe(401);
  });

  /** An address that answers with what `respond` says now. @returns the address */
  async function served(respond: (response: ServerResponse) => void): Promise<string> {
    const server = createServer((_request, response) => respond(response));
    const port = await listen(server, 'the keys', { port: 0 });
    onTestFinished(() => close(server));
    return `http://127.0.0.1:${port}/jwks.json`;
  }

  it('takes its keys from an address, too, which is asked once, and again for a key that is new there', async () => {
    const rotated = await generateKeyPair('RS256');
    const next = JSON.stringify({
      keys: [{ ...(await exportJWK(rotated.publicKey)), kid: 'k-2', alg: 'RS256' }],
    });
    const token = await sign(claims);
    const ofNext = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'RS256', kid: 'k-2' })
      .sign(rotated.privateKey);
    let [now, asked] = [publicKeys, 0];
    const where = await served((response) => {
      asked += 1;
      response.end(now);
    });
    const api = await serveGuarded('HTTP', ['GET /'], jwt({ keys: where }), { harness });
    const statusFor = async (bearer: string): Promise<number> => (await ask(api, '/', bearer)).status;

    expect(await Promise.all([statusFor(token), statusFor(token)])).toEqual([200, 200]);
    expect(await statusFor(await forge(claims))).toBe(401);
    expect(asked).toBe(1);
    expect(await statusFor(ofNext)).toBe(401);
    now = next;
    expect(await statusFor(ofNext)).toBe(200);
    expect(await statusFor(token)).toBe(401);
  });

  it.each<[string, (response: ServerResponse) => void, RegExp]>([
    ['has none', (response) => response.writeHead(404).end('nothing'), /expected 200 and a JWKS, got 404/],
    [
      'leads elsewhere',
      (response) => response.writeHead(302, { location: '/keys' }).end(),
      /expected 200 and a JWKS, got 302/,
    ],
    ['fails', (response) => response.writeHead(500).end('{}'), /expected 200 and a JWKS, got 500/],
    ['answers with a page', (response) => response.end('<html>'), /as JSON: Unexpected token/],
    ['answers with no list of keys', (response) => response.end('{"keys":{}}'), /JSON Web Key Set malformed/],
    ['hangs up', (response) => response.destroy(), /fetch failed: .*other side closed/],
  ])('is an error of the API where the address of the keys %s', async (_what, respond, reason) => {
    const where = await served(respond);
    const api = await serveGuarded('HTTP', ['GET /'], jwt({ keys: where }), { harness });
    expect((await ask(api, '/', await sign(claims))).status).toBe(500);
    const logged = (await api.logged()).reason;
    expect(logged).toContain(`the keys of the authorizer login in ${where}: `);
    expect(logged).toMatch(reason);
  });

  it('takes keys from an address that could not be had before', async () => {
    let isDown = true;
    const where = await served((response) => (isDown ? response.destroy() : response.end(publicKeys)));
    const api = await serveGuarded('HTTP', ['GET /'], jwt({ keys: where }), { harness });
    expect((await ask(api, '/', await sign(claims))).status).toBe(500);
    isDown = false;
    expect((await ask(api, '/', await sign(claims))).status).toBe(200);
  });

  it.each([
    ['is not there', () => join(folder, 'none.json'), /ENOENT/],
    ['answers nobody', () => 'http://127.0.0.1:1/jwks.json', /fetch failed: (bad port|.*ECONNREFUSED)/],
    ['has no address', () => 'http://keys.invalid/jwks.json', /fetch failed: .*(ENOTFOUND|EAI_AGAIN)/],
  ])('is an error of the API where what has the keys %s', async (_what, where, reason) => {
    const served = await serveGuarded('HTTP', ['GET /'], jwt({ keys: where() }), { harness });
    expect((await ask(served, '/', await sign(claims))).status).toBe(500);
    const logged = (await served.logged()).reason;
    expect(logged).toContain(`the keys of the authorizer login in ${where()}`);
    expect(logged).toMatch(reason);
  });

  it('without keys reads claims all the same, and says each time that the signature is not checked', async () => {
    const served = await serveGuarded('HTTP', ['GET /'], keyless(), { harness });

    expect((await ask(served, '/', await forge(claims))).status).toBe(200);
    expect((await ask(served, '/', await forge({ ...claims, exp: now - 10 }))).status).toBe(401);

    expect((await served.logged()).reason).toContain('the signature of the token is not checked');
  });

  it('stands for the caller of the settings where a request brings no token', async () => {
    const authorizer = jwt({ claims: { sub: 'customer-9', groups: ['users'] } });
    const served = await serveGuarded('HTTP', ['GET /'], authorizer, { harness });
    expect(callerIn(await ask(served, '/'))).toEqual({
      jwt: { claims: { sub: 'customer-9', groups: '[users]' }, scopes: null },
    });
    expect((await ask(served, '/', 'no token')).status).toBe(401);
  });
});

describe('a user pool as the authorizer of a REST API', () => {
  const idToken = {
    ...claims,
    iss: POOL,
    aud: 'client-1',
    token_use: 'id',
    'cognito:groups': ['admins', 'users'],
    exp: 4102444800,
    iat: 1577934245,
  };
  const pool: TokenAuthorizerDefinition = {
    kind: 'cognito',
    name: 'pool',
    identitySources: ['method.request.header.Authorization'],
    issuers: ['https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Another12', POOL],
    audiences: [],
    get keys() {
      return keys;
    },
  };

  it('gives the function the claims as API Gateway writes them: dates, and lists with commas', async () => {
    const served = await serveGuarded('REST', ['GET /'], pool, { harness });
    const answer = await ask(served, '/', await sign(idToken));
    expect(callerIn(answer)).toMatchObject({
      claims: {
        sub: 'customer-1',
        'cognito:groups': 'admins,users',
        exp: 'Fri Jan 01 00:00:00 UTC 2100',
        iat: 'Thu Jan 02 03:04:05 UTC 2020',
      },
    });
  });

  it.each([
    ['no token', undefined, 'Unauthorized'],
    ['a token of another pool', { ...idToken, iss: `${POOL}4` }, 'Unauthorized'],
    ['an access token where an id token is asked for', { ...idToken, token_use: 'access' }, 'Unauthorized'],
    ['a token that expired', { ...idToken, exp: now - 1 }, 'The incoming token has expired'],
  ])('refuses %s', async (_what, content, message) => {
    const served = await serveGuarded('REST', ['GET /'], pool, { harness });
    const answer = await ask(served, '/', content && (await sign(content)));
    expect([answer.status, JSON.parse(answer.body.toString())]).toEqual([401, { message }]);
    expect(served.invocations).toHaveLength(0);
  });

  it('asks for an access token with a scope where the method has scopes', async () => {
    const served = await serveGuarded('REST', ['GET /'], pool, { harness, scopes: ['shop/read'] });
    const access = { ...idToken, token_use: 'access', scope: 'shop/read' };
    const answers = [
      await ask(served, '/', await sign(access)),
      await ask(served, '/', await sign({ ...access, scope: 'shop/write' })),
      await ask(served, '/', await sign(idToken)),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 401, 401]);
  });
});
