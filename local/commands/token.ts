import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, SignJWT } from 'jose';
import type { JWK } from 'jose';
import { LATEST_MS } from '../console-contract.ts';
import { isObject, parseObject } from '../json.ts';
import { messageOf } from '../message-of.ts';
import { stateFolder } from '../xray/store/state-folder.ts';
import type { Command } from './command.ts';
import { EXIT, readArguments, readSpan, say } from './command.ts';

/** One of those that both kinds of API take, and the one that user pools sign with. */
const ALGORITHM = 'RS256';

const DEFAULT_EXPIRY = '1h';

export const token: Command = {
  help: `Usage: lambda-lantern token --keys <file> [options]

Makes a token for trying a JWT or Cognito authorizer of \`serverless local\`, and prints it. The first time it makes the key
pair, too: the public key is added to <file>, a JWKS, for custom.lantern.local.authorizers.<name>.keys.

Options
  --keys <file>         the JWKS with the public key; made where it is missing
  --issuer <text>       iss: the authorizer's issuer, to the letter
  --audience <text>     aud: one that the authorizer takes; several by repeating it
  --scope <text>        scope: 'orders/read orders/write'
  --claim <name=value>  any other claim, as often as you like; lists, objects, numbers, true, false and null as JSON has them
  --expires <time>      how long it is valid: 15m, 2h, 1d (${DEFAULT_EXPIRY}); --expires=-1h makes one that has expired
  --help                show this

The token alone goes to standard output. The public key may be committed. The private one is readable by you alone, and lies
where Lantern keeps its state, outside of the service: it is neither committed nor packaged. A user pool's tokens have
--claim token_use=id, or token_use=access where the method asks for scopes.

  curl -H "Authorization: $(npx lambda-lantern token --keys test-keys.json --issuer https://login.example/ --audience shop)" …

Exit code: 0 when a token was made, 1 when it could not be.
`,
  async run(args) {
    const { values } = readArguments(args, {
      keys: { type: 'string' },
      issuer: { type: 'string' },
      audience: { type: 'string', multiple: true },
      scope: { type: 'string' },
      claim: { type: 'string', multiple: true },
      expires: { type: 'string' },
    });
    const claims = readClaims(values);
    const file = await readKeysFile(values.keys);
    const { privateKey, publicKey } = await keyPairFor(file);
    await publish(publicKey, file);
    if (!claims.has('iss')) {
      warn(
        'The token has no issuer, so a JWT or Cognito authorizer refuses it: --issuer takes that of the authorizer.',
      );
    }
    const header = { alg: ALGORITHM, kid: publicKey.kid, typ: 'JWT' };
    say(
      await new SignJWT(Object.fromEntries(claims))
        .setProtectedHeader(header)
        .sign(await importJWK(privateKey, ALGORITHM)),
    );
    return EXIT.found;
  },
};

interface ClaimOptions {
  readonly issuer?: string;
  readonly audience?: readonly string[];
  readonly scope?: string;
  readonly claim?: readonly string[];
  readonly expires?: string;
}

/** @throws Error that names the option and what it takes. */
function readClaims({ issuer, audience, scope, claim = [], expires }: ClaimOptions): Map<string, unknown> {
  if (issuer === '') throw new Error('--issuer takes the issuer of the authorizer, but got "".');
  if (audience?.includes('') === true)
    throw new Error('--audience takes an audience of the authorizer, but got "".');
  const claims = new Map<string, unknown>();
  if (issuer !== undefined) claims.set('iss', issuer);
  if (audience !== undefined) claims.set('aud', audience.length === 1 ? audience[0] : audience);
  if (scope !== undefined) claims.set('scope', scope);
  const now = Math.floor(Date.now() / 1000);
  if (expires !== undefined) claims.set('exp', expiryOf(expires, now));
  for (const text of claim) {
    const [name, value] = readClaim(text);
    if (claims.has(name)) {
      const list = `--claim '${name}=["a","b"]'`;
      throw new Error(
        `The claim ${name} is given twice; expected it once, by --claim or its own option. A list is ${list}.`,
      );
    }
    claims.set(name, value);
  }
  if (!claims.has('exp')) claims.set('exp', expiryOf(DEFAULT_EXPIRY, now));
  // One that has expired was given out before that.
  if (!claims.has('iat')) claims.set('iat', Math.min(now, Number(claims.get('exp'))));
  return claims;
}

/** Seconds since 1970. */
function expiryOf(text: string, now: number): number {
  const isPast = text.startsWith('-');
  const seconds = readSpan('expires', isPast ? text.slice(1) : text) / 1000;
  const expiry = Math.ceil(isPast ? now - seconds : now + seconds);
  if (expiry >= 0 && expiry * 1000 <= LATEST_MS) return expiry;
  throw new Error(
    `--expires takes a time that ends between 1970 and ${new Date(LATEST_MS).getUTCFullYear()}, but got "${text}".`,
  );
}

/** What RFC 7519 has as texts, even where they look like numbers, and what it has as numbers. */
const TEXTS: ReadonlySet<string> = new Set(['iss', 'sub', 'jti']);
const NUMBERS: ReadonlySet<string> = new Set(['exp', 'nbf', 'iat']);

function readClaim(text: string): [name: string, value: unknown] {
  const at = text.indexOf('=');
  if (at < 1) throw new Error(`--claim takes name=value, but got "${text}".`);
  const name = text.slice(0, at);
  const value = valueOf(text.slice(at + 1), name);
  if (!NUMBERS.has(name) || typeof value === 'number') return [name, value];
  throw new Error(`--claim ${name} takes seconds since 1970, but got "${text.slice(at + 1)}".`);
}

function valueOf(text: string, name: string): unknown {
  if (TEXTS.has(name)) return text;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    if (!/^\s*[[{]/.test(text)) return text;
    const quoted = `a text that begins so is written as ${JSON.stringify(text)}`;
    throw new Error(
      `--claim ${name} takes a list or an object as JSON has them, but got ${text}; ${quoted}.`,
      {
        cause,
      },
    );
  }
  // A long number would lose digits: it is the id of something.
  return typeof value === 'number' && String(value) !== text ? text : value;
}

/** Where a key is kept and what it is read into. */
interface KeysFile {
  readonly path: string;
  /** What is there, empty where there is no file yet. */
  readonly set: { readonly keys: readonly unknown[] };
}

/** @throws Error where the file cannot take a key, before anything is made. */
async function readKeysFile(given: string | undefined): Promise<KeysFile> {
  if (given === undefined || given === '' || /^https?:\/\//i.test(given)) {
    throw new Error(
      `--keys takes the file of a JWKS, as custom.lantern.local.authorizers.<name>.keys has it, but got ${given === undefined ? 'nothing' : `"${given}"`}.`,
    );
  }
  // By one name, whatever links lead to it: the private key is found by it.
  const path = await realpath(given).catch(() => pathInFolder(given));
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return { path, set: { keys: [] } };
    throw new Error(`--keys: ${path} cannot be read: ${messageOf(cause)}`, { cause });
  }
  const set = parseObject(text);
  if (set !== undefined && Array.isArray(set.keys)) return { path, set: { ...set, keys: set.keys } };
  throw new Error(
    `--keys takes the file of a JWKS, an object with a list of keys, or one that does not exist yet; ${path} holds something else.`,
  );
}

/** Of a file that does not exist yet. */
async function pathInFolder(file: string): Promise<string> {
  const folder = dirname(resolve(file));
  try {
    return join(await realpath(folder), basename(file));
  } catch (cause) {
    throw new Error(`--keys takes a file in a folder that exists, but there is no ${folder}.`, { cause });
  }
}

type PublicKey = JWK & { readonly kid: string };

interface KeyPair {
  readonly privateKey: JWK;
  readonly publicKey: PublicKey;
}

/** The pair of a file of keys, made on first use. */
async function keyPairFor({ path }: KeysFile): Promise<KeyPair> {
  // Of each file a key of its own, so that a token for one is refused by the other.
  const folder = stateFolder(path);
  const file = join(folder, 'private-key.json');
  const known = await readPrivateKey(file);
  if (known !== undefined) return known;
  const made = await generateKeyPair(ALGORITHM, { extractable: true });
  const text = `${JSON.stringify(await exportJWK(made.privateKey))}\n`;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const isFirst = await putWhereNothingIs(file, text);
  const kept = await readPrivateKey(file);
  if (kept === undefined) throw new Error(`The private key in ${file} was removed meanwhile: try again.`);
  if (isFirst) {
    warn(`Made a key pair. Public: ${path}, which may be committed. Private: ${file}, for you alone.`);
  }
  return kept;
}

/** Undefined where there is none yet. */
async function readPrivateKey(file: string): Promise<KeyPair | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return undefined;
    throw new Error(`The private key in ${file} cannot be read: ${messageOf(cause)}`, { cause });
  }
  const key = parseObject(text);
  try {
    if (key?.kty !== 'RSA' || typeof key.d !== 'string') throw new Error('it is none of RSA');
    const privateKey = key as JWK;
    await importJWK(privateKey, ALGORITHM);
    const { kty, n, e } = privateKey;
    const kid = await calculateJwkThumbprint({ kty, n, e } as JWK);
    return { privateKey, publicKey: { kty, n, e, kid, alg: ALGORITHM, use: 'sig' } as PublicKey };
  } catch (cause) {
    throw new Error(
      `${file} holds no private key (${messageOf(cause)}): remove it, and the next token is signed with a new one.`,
      { cause },
    );
  }
}

/** Whole or not at all, and never over that of another one who does the same. Tells whether it was put. */
async function putWhereNothingIs(file: string, text: string): Promise<boolean> {
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, text, { mode: 0o600, flag: 'wx' });
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

/** Adds the key to the others that the file has: an authorizer that runs reads it with the next request. */
async function publish(key: PublicKey, { path, set }: KeysFile): Promise<void> {
  if (set.keys.some((each) => isDeepStrictEqual(each, key))) return;
  const others = set.keys.filter((each) => !isObject(each) || each.kid !== key.kid);
  const draft = `${path}.${randomUUID()}`;
  try {
    await writeFile(draft, `${JSON.stringify({ ...set, keys: [...others, key] }, undefined, 2)}\n`, {
      flag: 'wx',
    });
    await rename(draft, path);
  } catch (cause) {
    await rm(draft, { force: true });
    throw new Error(`--keys: ${path} cannot be written: ${messageOf(cause)}`, { cause });
  }
  if (others.length > 0) warn(`Added the public key to those in ${path}.`);
}

/** To standard error: standard output has the token alone. */
function warn(text: string): void {
  process.stderr.write(`${text}\n`);
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
