import { AssertionError, deepStrictEqual, equal, ok, rejects, strictEqual } from 'node:assert';
import { Buffer } from 'node:buffer';
import { execFileSync, execSync, spawnSync } from 'node:child_process';
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createPrivateKey,
  createPublicKey,
  randomInt,
  scryptSync,
} from 'node:crypto';
import { lookup, resolve4 } from 'node:dns/promises';
import { EventEmitter, once } from 'node:events';
import { createReadStream, openSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { mkdir, readFile, rename, stat, unlink } from 'node:fs/promises';
import { request } from 'node:http';
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import { join, relative } from 'node:path';
import { performance } from 'node:perf_hooks';
import { DatabaseSync } from 'node:sqlite';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { inspect, parseArgs, promisify, TextDecoder } from 'node:util';
import { compileFunction, runInNewContext } from 'node:vm';
import { gunzipSync, inflateSync } from 'node:zlib';
import type { MessageData, MessageSource } from './message-data.ts';

/** What a program without types does. */
function untyped(value: unknown): never {
  return value as never;
}

function parse(json: string): unknown {
  return JSON.parse(json);
}

function run(code: string): unknown {
  return runInNewContext(code);
}

function database(): DatabaseSync {
  const db = new DatabaseSync(':memory:');
  db.exec(`CREATE TABLE customers (id INTEGER PRIMARY KEY, email TEXT UNIQUE, name TEXT NOT NULL, age INTEGER CHECK (age > 0));
    CREATE TABLE orders (id TEXT PRIMARY KEY, customer_id INTEGER REFERENCES customers(id));`);
  return db;
}

/** Messages of Node and of V8: each is thrown by them. */
export const NODE_MESSAGES: readonly MessageSource[] = [
  (d) => readFileSync(`/var/data/${d.user()}/orders.json`),
  (d) => readFile(`/tmp/${d.id()}.csv`),
  (d) => openSync(`/srv/uploads/${d.uuid()}/photo.png`, 'r'),
  (d) => readdirSync(`/home/${d.user()}`),
  (d) => stat(`/mnt/${d.last()}.pdf`),
  (d) => unlink(`/mnt/${d.code()}`),
  (d) => rename(`/mnt/${d.code()}`, `/mnt/${d.id()}`),
  (d) => mkdir(`/proc/${d.user()}`),
  (d) => writeFileSync(`/no/such/${d.user()}.txt`, 'x'),
  (d) => parse(`{"name": ${d.name()}}`),
  (d) => parse(d.name()),
  (d) => parse(`{"email":"${d.email()}","name":"${d.name()}"`),
  (d) => parse(`["${d.email()}",]`),
  (d) => parse(`{"a":1} ${d.name()}`),
  (d) => parse(`{"pin":'${d.code()}'}`),
  (d) => new URL(d.name()),
  (d) => new URL(`http://${d.name()}:99999`),
  (d) => new Intl.NumberFormat('en', { style: 'currency', currency: d.name() }),
  (d) => new Intl.DateTimeFormat('en', { timeZone: d.city() }),
  (d) => new Intl.Locale(d.name()),
  (d) => new Date(d.name()).toISOString(),
  (d) => BigInt(d.name()),
  (d) => BigInt(Number(d.amount()) + 0.5),
  (d) => Buffer.from('x').readUInt8(d.number()),
  (d) => Buffer.alloc(untyped(d.name())),
  (d) => Buffer.from('x', untyped(d.name())),
  (d) => Buffer.from(untyped(d.number())),
  (d) => Buffer.concat(untyped(d.email())),
  (d) => createHash(d.name()),
  (d) => createCipheriv(d.user(), 'key', 'iv'),
  (d) => createCipheriv('aes-256-cbc', d.password(), 'iv'),
  (d) => createDecipheriv('aes-128-cbc', Buffer.alloc(16), d.password()),
  (d) => createPrivateKey(d.password()),
  (d) => createPublicKey(d.name()),
  (d) => randomInt(d.number(), 3),
  (d) => scryptSync(d.password(), 'salt', untyped(d.name())),
  (d) => strictEqual(d.name(), d.email()),
  (d) => strictEqual(d.email(), undefined, `customer ${d.email()} is not the same`),
  (d) => deepStrictEqual({ email: d.email() }, { email: d.email() }),
  (d) => equal(d.number(), d.email()),
  (d) => ok(false, `no customer ${d.name()}`),
  (d) => rejects(Promise.resolve(d.name())),
  (d) => new AssertionError({ message: `order ${d.id()} must have a total`, actual: 1, expected: 2 }),
  (d) => readFileSync(untyped({ name: d.name() })),
  (d) => join('a', untyped(d.number())),
  (d) => relative('a', untyped({ email: d.email() })),
  (d) => execSync(`test "${d.user()}" = x`),
  (d) => execFileSync(`no-such-${d.user()}`, []),
  (d) => spawnSync(d.id()).error,
  (d) => lookup(`${d.user().replaceAll(/\W/g, '')}.invalid`, untyped({ family: d.number() })),
  (d) => resolve4(untyped(d.number())),
  (d) => fileURLToPath(`https://example.com/${d.user()}`),
  (d) => fileURLToPath(untyped(d.number())),
  (d) => createRequire(import.meta.url).resolve(`./${d.user()}`),
  (d) => import(`./${d.id()}.js`),
  (d) => parseArgs({ args: [`--${d.user()}`], options: {} }),
  (d) => parseArgs({ args: [d.email()], options: {} }),
  (d) => parseArgs({ args: ['--age', `--${d.first()}`], options: { age: { type: 'string' } } }),
  (d) => new TextDecoder(d.name()),
  (d) => new TextDecoder('utf-8', { fatal: true }).decode(untyped(d.name())),
  (d) => promisify(untyped(d.name())),
  (d) => inspect(1, untyped({ compact: d.number() })) && sleep(untyped(d.name())),
  (d) => new EventEmitter().on('x', untyped(d.name())),
  (d) => new EventEmitter().emit('error', d.name()),
  (d) => new EventEmitter().emit('error', { email: d.email() }),
  (d) => once(untyped(d.name()), 'x'),
  (d) => Readable.from(untyped(d.number())),
  (d) => createReadStream('/x', { start: untyped(d.name()) }),
  (d) => createReadStream('/x', { encoding: untyped(d.name()) }),
  (d) => request(`ftp://${d.user()}.example.com`),
  (d) => request({ path: `/customers of ${d.name()}` }),
  (d) => request({ method: d.name() }),
  (d) => request({ headers: { [d.name()]: 'x' } }),
  (d) => request({ headers: { 'x-customer': `${d.name()}\n` } }),
  (d) => request({ agent: untyped(d.name()) }),
  (d) => connect({ port: d.of(70_000 + 4321) }),
  (d) => connect({ port: untyped(d.name()) }),
  (d) => gunzipSync(d.name()),
  (d) => inflateSync(untyped(d.number())),
  (d) => performance.measure('x', d.id()),
  (d) => run(`${d.last().replaceAll(/\W/g, '')}.total`),
  (d) => run(`null.${d.last().replaceAll(/\W/g, '')}`),
  (d) => compileFunction(`return "${d.name()}`),
  (d) => untyped((d.email() as unknown as { trim: { total: () => 1 } }).trim.total()),
  (d) => Array.from<unknown>(untyped({ [Symbol.iterator]: d.email() })),
  (d) => new Array<number>(-d.number()),
  (d) => 'x'.repeat(-d.number()),
  (d) => (1).toFixed(d.number()),
  (d) => 'x'.normalize(d.name()),
  (d) => Symbol.keyFor(untyped(d.name())),
  (d) => untyped(d.first()) in untyped(d.email()),
  (d) => decodeURIComponent(`%${d.name()}`),
  (d) => Object.defineProperty(Object.freeze({}), d.id(), { value: 1 }),
  (d) => structuredClone({ name: d.name(), fn: () => 1 }),
  (d) => Reflect.ownKeys(new Proxy({}, { ownKeys: () => untyped([d.number()]) })),
  (d) =>
    insert(d, (email) => `INSERT INTO customers (email, name) VALUES ('${email}', 'x'), ('${email}', 'x')`),
  (d) => insert(d, (email) => `INSERT INTO customers (email) VALUES ('${email}')`),
  (d) => insert(d, (email) => `INSERT INTO ${email.split('@')[0]?.replaceAll(/\W/g, '')} VALUES (1)`),
  (d) => insert(d, (email) => `SELECT * FROM customers WHERE email = ${email}`),
  (d) => insert(d, (email) => `SELECT * FROM customers WHERE email = '${email}`),
  (d) => database().prepare('SELECT ?').get({ name: d.name() }),
  (d) => insert(d, () => `INSERT INTO customers (email, name, age) VALUES ('a', 'b', -${d.number()})`),
];

function insert(data: MessageData, sql: (email: string) => string): unknown {
  database().exec(sql(data.email()));
  return undefined;
}
