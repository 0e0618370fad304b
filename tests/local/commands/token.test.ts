import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TokenAuthorizerDefinition } from '../../../local/template/service.ts';
import { ask, callerIn, guardedService, serveGuarded } from '../api-gateway/authorizers/serve-guarded.ts';
import type { Outcome } from './lantern-to-ask.ts';
import { lambdaLantern } from './lantern-to-ask.ts';

const harness = guardedService();
const ISSUER = 'https://login.garden.example/';
const POOL = 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_GaRdEn';

let folder: string;
let keys: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tk-token-'));
  await mkdir(join(folder, 'service'));
  keys = join(folder, 'service', 'test-keys.json');
});
afterEach(() => rm(folder, { recursive: true }));

async function make(...args: readonly string[]): Promise<Outcome> {
  return await lambdaLantern(['token', ...args], { XDG_STATE_HOME: join(folder, 'state') });
}

/** The token, which is all that standard output has. */
async function made(...args: readonly string[]): Promise<string> {
  const { code, stdout, output } = await make('--keys', keys, ...args);
  expect([code, output]).toEqual([0, expect.stringContaining(stdout)]);
  expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
  return stdout.trim();
}

async function keyIds(): Promise<unknown[]> {
  const set = JSON.parse(await readFile(keys, 'utf8')) as { keys: { kid: string }[] };
  return set.keys.map(({ kid }) => kid);
}

/** The files below the folder of state. */
async function stateFiles(): Promise<string[]> {
  const entries = await readdir(join(folder, 'state'), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

async function serveJwt(more: Partial<TokenAuthorizerDefinition> = {}, scopes?: string[]) {
  const authorizer: TokenAuthorizerDefinition = {
    kind: 'jwt',
    name: 'login',
    identitySources: ['$request.header.Authorization'],
    issuers: [ISSUER],
    audiences: ['garden'],
    keys,
    ...more,
  };
  const kind = authorizer.kind === 'jwt' ? 'HTTP' : 'REST';
  return await serveGuarded(kind, ['GET /'], authorizer, { harness, ...(scopes && { scopes }) });
}

const FOR_THE_GARDEN = ['--issuer', ISSUER, '--audience', 'garden'];

describe('lambda-lantern token', () => {
  it('makes tokens that a JWT authorizer with its keys lets in, with the claims that were asked for', async () => {
    const served = await serveJwt({}, ['plants/read']);
    const text = await made(
      ...[...FOR_THE_GARDEN, '--audience', 'shed', '--scope', 'plants/read plants/water'],
      ...['--claim', 'sub=4711', '--claim', 'groups=["gardeners"]', '--claim', 'note=a=b', '--expires', '2h'],
    );

    const answer = await ask(served, '/', `Bearer ${text}`);

    expect(answer.status).toBe(200);
    const { exp, iat } = decodeJwt(text);
    expect(Number(exp) - Number(iat)).toBe(7200);
    expect(callerIn(answer)).toEqual({
      jwt: {
        claims: {
          iss: ISSUER,
          aud: '[garden shed]',
          scope: 'plants/read plants/water',
          sub: '4711',
          groups: '[gardeners]',
          note: 'a=b',
          exp: String(exp),
          iat: String(iat),
        },
        scopes: ['plants/read'],
      },
    });
    expect(await served.logged()).not.toHaveProperty('reason');
  });

  it.each([
    ['expired', ['--expires=-5m', ...FOR_THE_GARDEN], 401, 'expired at'],
    ['expired by its claim', ['--claim', 'exp=12345', ...FOR_THE_GARDEN], 401, 'expired at'],
    ['not valid yet', ['--claim', 'nbf=4000000000', ...FOR_THE_GARDEN], 401, 'nbf'],
    ['for another audience', ['--issuer', ISSUER, '--audience', 'street'], 401, 'street; expected garden'],
    ['of another issuer', ['--issuer', `${ISSUER}x`, '--audience', 'garden'], 401, `expected ${ISSUER}`],
    ['without the scope', [...FOR_THE_GARDEN, '--scope', 'plants/eat'], 403, 'none of the scopes'],
  ])('makes tokens that are refused: %s', async (_what, args, status, reason) => {
    const served = await serveJwt({}, reason.includes('scopes') ? ['plants/read'] : undefined);
    expect((await ask(served, '/', await made(...args))).status).toBe(status);
    expect((await served.logged()).reason).toContain(reason);
    expect(served.invocations).toHaveLength(0);
  });

  it('makes tokens of a user pool', async () => {
    const pool = { kind: 'cognito', identitySources: ['method.request.header.Authorization'] } as const;
    const served = await serveJwt({ ...pool, issuers: [POOL], audiences: [] });
    const text = await made('--issuer', POOL, '--claim', 'token_use=id', '--claim', 'cognito:username=ivy');
    const answer = await ask(served, '/', text);
    expect([answer.status, callerIn(answer)]).toMatchObject([
      200,
      { claims: { 'cognito:username': 'ivy', token_use: 'id' } },
    ]);
  });

  it('says at first where the keys are: the private one outside of the service, for its owner alone', async () => {
    const { output } = await make('--keys', keys, ...FOR_THE_GARDEN);

    const [file = '', ...more] = await stateFiles();
    expect(more).toEqual([]);
    expect(output).toContain(keys);
    expect(output).toContain(file);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readdir(join(folder, 'service'))).toEqual(['test-keys.json']);
    const { d } = JSON.parse(await readFile(file, 'utf8')) as { d: string };
    expect(d.length).toBeGreaterThan(300);
    const open = JSON.parse(await readFile(keys, 'utf8')) as { keys: object[] };
    expect(open.keys.map((key) => Object.keys(key).sort())).toEqual([['alg', 'e', 'kid', 'kty', 'n', 'use']]);
  });

  it('keeps the key for the next time, and puts the public one back where it was removed', async () => {
    const served = await serveJwt();
    const first = await made(...FOR_THE_GARDEN);
    const ids = await keyIds();
    await rm(keys);
    await made(...FOR_THE_GARDEN);
    const { output, stdout } = await make('--keys', keys, ...FOR_THE_GARDEN);

    expect(output).toBe(stdout);
    expect(await keyIds()).toEqual(ids);
    expect((await ask(served, '/', first)).status).toBe(200);
  });

  it('adds its key to those of a file, also behind a link, and loses none of what it holds', async () => {
    const other = { kty: 'RSA', kid: 'of-the-issuer', n: 'AQAB', e: 'AQAB', alg: 'RS256' };
    await writeFile(join(folder, 'shared.json'), JSON.stringify({ from: 'issuer', keys: [other] }));
    await symlink(join(folder, 'shared.json'), keys);
    await symlink(folder, join(folder, 'same'));
    const served = await serveJwt();

    expect((await ask(served, '/', await made(...FOR_THE_GARDEN))).status).toBe(200);

    const set: unknown = JSON.parse(await readFile(join(folder, 'shared.json'), 'utf8'));
    expect(set).toMatchObject({ from: 'issuer', keys: [other, { alg: 'RS256' }] });
    const { stdout, output } = await make('--keys', join(folder, 'same', 'shared.json'), ...FOR_THE_GARDEN);
    expect(output).toBe(stdout);
  });

  it('knows a file that it makes again by any path to its folder', async () => {
    await symlink(join(folder, 'service'), join(folder, 'link'));
    await made(...FOR_THE_GARDEN);
    const ids = await keyIds();
    await rm(keys);
    await make('--keys', join(folder, 'link', 'test-keys.json'), ...FOR_THE_GARDEN);
    expect(await keyIds()).toEqual(ids);
  });

  it('makes one key where several ask at once, and another for another file', async () => {
    const served = await serveJwt();
    const tokens = await Promise.all([1, 2, 3].map(() => made(...FOR_THE_GARDEN)));
    const { stdout: foreign } = await make(
      '--keys',
      join(folder, 'service', 'other-keys.json'),
      ...FOR_THE_GARDEN,
    );

    expect(await keyIds()).toHaveLength(1);
    for (const text of tokens) expect((await ask(served, '/', text)).status).toBe(200);
    expect((await ask(served, '/', foreign.trim())).status).toBe(401);
  });

  it('has claims as JSON has them, and all others as texts', async () => {
    const values: readonly (readonly [claim: string, value: unknown])[] = [
      ['vip=true', true],
      ['sub=4711', '4711'],
      ['jti=true', 'true'],
      ['level=3', 3],
      ['half=0.5', 0.5],
      ['none=null', null],
      ['address={"city":"Jena"}', { city: 'Jena' }],
      ['quoted="7"', '7'],
      ['id=12345678901234567890', '12345678901234567890'],
      ['zip=01234', '01234'],
      ['empty=', ''],
      ['__proto__=x', 'x'],
    ];
    const text = await made('--issuer', ISSUER, ...values.flatMap(([claim]) => ['--claim', claim]));
    const expected = values.map(([claim, value]) => [claim.slice(0, claim.indexOf('=')), value]);
    expect(Object.entries(decodeJwt(text))).toEqual(expect.arrayContaining(expected));
  });

  it('warns of a token without an issuer, which no JWT authorizer takes', async () => {
    expect((await make('--keys', keys)).output).toMatch(/no issuer.*--issuer/);
  });

  it.each([
    ['no file', [], /--keys takes the file of a JWKS.*got nothing/],
    ['a URL', ['--keys', 'https://login.example/jwks.json'], /--keys takes the file.*got "https:/],
    ['a claim without a value', ['--claim', 'vip'], /--claim takes name=value, but got "vip"/],
    ['a claim without a name', ['--claim', '=1'], /--claim takes name=value, but got "=1"/],
    ['a torn list', ['--claim', 'groups=["a"'], /--claim groups takes a list or an object.*got \["a"/],
    ['a time that is none', ['--claim', 'exp=tomorrow'], /--claim exp takes seconds since 1970.*"tomorrow"/],
    ['a claim twice', ['--claim', 'a=1', '--claim', 'a=2'], /claim a is given twice.*a=\["a","b"\]/],
    ['a claim and its option', ['--issuer', ISSUER, '--claim', 'iss=x'], /claim iss is given twice/],
    ['an expiry that is none', ['--expires', 'soon'], /--expires takes a time as .*got "soon"/],
    ['an expiry without end', ['--expires', '999999999999d'], /--expires takes a time that ends between/],
    ['an empty issuer', ['--issuer', ''], /--issuer takes the issuer/],
    ['an empty audience', ['--audience', ''], /--audience takes an audience/],
  ])('refuses %s, says what it takes, and makes nothing', async (_what, args, said) => {
    const file = said.source.startsWith('--keys') ? [] : ['--keys', keys];
    const { code, stdout, output } = await make(...file, ...args);
    expect([code, stdout]).toEqual([1, '']);
    expect(output).toMatch(said);
    expect([existsSync(keys), existsSync(join(folder, 'state'))]).toEqual([false, false]);
  });

  it.each([
    ['no JSON', 'key: value'],
    ['no set of keys', '{"kty":"RSA"}'],
  ])('leaves a file alone that holds %s', async (_what, text) => {
    await writeFile(keys, text);
    const { code, output } = await make('--keys', keys);
    expect(code).toBe(1);
    expect(output).toContain(`${keys} holds something else`);
    expect([await readFile(keys, 'utf8'), existsSync(join(folder, 'state'))]).toEqual([text, false]);
  });

  it('asks for a folder that exists', async () => {
    const { code, output } = await make('--keys', join(folder, 'nowhere', 'keys.json'));
    expect([code, output]).toEqual([1, expect.stringContaining(`there is no ${join(folder, 'nowhere')}`)]);
  });

  it.each(['', '{}', '{"kty":"RSA","d":"AQAB"}'])(
    'says what to do about a private key that is %j',
    async (text) => {
      await made(...FOR_THE_GARDEN);
      const [file = ''] = await stateFiles();
      await writeFile(file, text);
      const { code, stdout, output } = await make('--keys', keys, ...FOR_THE_GARDEN);
      expect([code, stdout]).toEqual([1, '']);
      expect(output).toContain(`${file} holds no private key`);
      await rm(file);
      await made(...FOR_THE_GARDEN);
    },
  );

  it('says with --help what it takes', async () => {
    const { code, stdout } = await make('--help');
    expect(code).toBe(0);
    for (const option of ['--keys', '--issuer', '--audience', '--scope', '--claim', '--expires']) {
      expect(stdout).toContain(option);
    }
  });
});
