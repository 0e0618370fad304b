import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { fakerEN_US } from '@faker-js/faker';
import { describe, expect, it } from 'vitest';
import { SECRET_FORMATS, secretPart } from '../../../../scripts/evaluation/secret-formats.ts';
import { redact } from '../../../../src/redaction/redact.ts';
import { fc, runs } from '../../../helpers/fast-check.ts';

function shown(value: unknown): string {
  return JSON.stringify(redact(value, { mode: 'values', budget: { bytes: 1e6, stringLength: 1e5 } }));
}

/** The longest piece of a secret that is seen. */
function longestSeen(secret: string, text: string): number {
  let longest = 0;
  for (let at = 0; at + longest < secret.length; at += 1) {
    while (at + longest < secret.length && text.includes(secret.slice(at, at + longest + 1))) longest += 1;
  }
  return longest;
}

describe('secrets with a mark', () => {
  it('are hidden, 95 of 100 of every form at least', () => {
    const missed = SECRET_FORMATS.map((format) => {
      let seen = 0;
      for (let seed = 0; seed < 100; seed += 1) {
        fakerEN_US.seed(seed);
        const text = format.generate(fakerEN_US);
        if (longestSeen(secretPart(format, text), shown(`token is ${text} ok`)) >= 8) seen += 1;
      }
      return [format.name, seen] as const;
    });
    expect(missed.filter(([, seen]) => seen > 5)).toEqual([]);
  });

  const alphanumeric = (length: number) => fc.stringMatching(new RegExp(`^[A-Za-z0-9]{${length}}$`));
  it('are hidden for issuers that are in no list: a name, a word for what it is, and random characters', () => {
    let seen = 0;
    const tries = runs(400);
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-z]{2,9}$/),
        fc.constantFrom(
          '_sk_',
          '_pat_',
          '_api_key_',
          '-api-key-',
          '_token_',
          '_secret_',
          '_sk_live_',
          '_pat_v1_',
          '_',
        ),
        alphanumeric(40),
        (issuer, word, tail) => {
          if (longestSeen(tail, shown(`got ${issuer}${word}${tail}, no`)) >= 12) seen += 1;
        },
      ),
      tries,
    );
    expect(seen).toBeLessThan(tries.numRuns * 0.05);
  });

  it('are not seen in what only looks like one', () => {
    for (const text of [
      'pi_3MtwBwLkdIwHu7ix28a3tqPa',
      'evt_01ARZ3NDEKTSV4RRFFQ69G5FAV',
      'chatcmpl-9abcDEF123ghiJKL456mnoPQR789s',
      'main_da39a3ee5e6b4b0d3255bfef95601890afd80709',
      'key_da39a3ee5e6b4b0d3255bfef95601890afd80709',
      'sha256_9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
      'global-config-for-all-regions-and-stages-of-the-shop',
      'gha_runner_scale_set_listener_running_jobs_total_count',
      'figma_plugin_export_settings_for_the_whole_library',
      'sqs_queue_name_for_the_orders_of_the_whole_region_eu',
      'pa-rental-agreement-for-the-household-of-the-tenant-2026',
      'dp.api.internal-service.eu-west-1.amazonaws.example.com',
      'sk-learn-and-other-packages-of-the-same-kind',
      'api_request_duration_milliseconds_bucket_of_orders_2026',
      'secret_santa_participants_of_the_year_2026_and_before',
      'exports/2026/Q1/ReportFinalVersion3/PartA',
      'getOrdersByCustomerIdAndRegionV2Handler01',
      'MIIDdzCCAl+gAwIBAgIEAgAAuTANBgkqhkiG9w0BAQUFADBaMQswCQYDVQQGEwJJRTESMBAG',
      'costs $2 or $5, {SHA} and {MD5} are algorithms',
      'the value is $1$2 of $6',
      'https://example.com:8080/path?q=none@',
      'the PRIVATE KEY of the service is rotated',
    ]) {
      expect(shown(text)).toBe(JSON.stringify(text));
    }
  });
});

describe('an AWS secret access key under a name that says nothing', () => {
  const bytes = (length: number) =>
    fc.uint8Array({ minLength: length, maxLength: length }).map((array) => Buffer.from(array));

  it('is hidden, 95 of 100 at least', () => {
    const tries = runs(1000);
    let seen = 0;
    fc.assert(
      fc.property(fc.noBias(bytes(30)), (random) => {
        const key = random.toString('base64');
        if (shown({ value: key }).includes(key)) seen += 1;
      }),
      tries,
    );
    expect(seen).toBeLessThan(tries.numRuns * 0.05);
  });

  it('is hidden as the documentation of AWS writes one, at the end of a sentence too', () => {
    const key = ['wJalrXUtnFEMI', 'K7MDENG', 'bPxRfiCYEXAMPLEKEY'].join('/');
    expect(shown(`It is ${key}.`)).toBe('"It is [secret]."');
  });

  it.each<[string, number, (random: Buffer) => string]>([
    ['SHA-1', 20, (random) => random.toString('hex')],
    ['SHA-1, capitals', 20, (random) => random.toString('hex').toUpperCase()],
    ['base64 of 32 bytes', 32, (random) => random.toString('base64')],
    ['base64 of 64 bytes', 64, (random) => random.toString('base64')],
    ['base64 of a text', 12, (random) => Buffer.from(`order ${random.toString('hex')}`).toString('base64')],
    ['a part of a path', 33, (random) => `/objects/${random.toString('base64').replaceAll('/', '+')}/parts`],
  ])('is not seen in %s', (_, length, write) => {
    fc.assert(
      fc.property(fc.noBias(bytes(length)), (random) => {
        const text = write(random);
        expect(shown({ value: text })).toBe(JSON.stringify({ value: text }));
      }),
    );
  });
});

const PEMS = [
  generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'pem', type: 'pkcs8' }),
  generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export({ format: 'pem', type: 'pkcs1' }),
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'pem', type: 'pkcs8' }),
  generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey.export({ format: 'pem', type: 'sec1' }),
  generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }),
  generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export({
    format: 'pem',
    type: 'pkcs8',
    cipher: 'aes-256-cbc',
    passphrase: 'x',
  }),
].map((pem) => String(pem).trim());

describe('a private key in PEM', () => {
  const body = (pem: string): string => pem.split('\n').slice(1, -1).join('');
  const pieces: ReadonlyArray<readonly [string, (pem: string) => string]> = [
    ['whole', (pem) => pem],
    ['with written line breaks', (pem) => pem.replaceAll('\n', '\\n')],
    ['with the line breaks of Windows', (pem) => pem.replaceAll('\n', '\r\n')],
    ['with spaces for line breaks', (pem) => pem.replaceAll('\n', ' ')],
    ['in one line', (pem) => pem.replaceAll('\n', '')],
    ['without its last line', (pem) => pem.split('\n').slice(0, -1).join('\n')],
    ['without its first line', (pem) => pem.split('\n').slice(1).join('\n')],
    ['without its first line, with written line breaks', (pem) => pem.split('\n').slice(1).join('\\n')],
    ['without its first two lines', (pem) => pem.split('\n').slice(2).join('\n')],
    ['without its first and last line', (pem) => pem.split('\n').slice(1, -1).join('\n')],
    ['its body in one line', body],
  ];

  it.each(pieces)('is hidden %s', (_, piece) => {
    for (const pem of PEMS) {
      const text = piece(pem);
      for (const value of [text, `key: ${text}`, { note: text }, JSON.stringify({ a: text })]) {
        for (const line of body(pem).match(/.{1,32}/g) ?? []) {
          if (line.length > 15) expect(shown(value)).not.toContain(line);
        }
      }
    }
  });

  it('is hidden when it was cut anywhere in its body', () => {
    fc.assert(
      fc.property(fc.constantFrom(...PEMS), fc.double({ min: 0, max: 1, noNaN: true }), (pem, where) => {
        const text = `it is ${pem.slice(0, 60 + Math.floor(where * (pem.length - 60)))}`;
        expect(longestSeen(body(pem), shown(text))).toBeLessThan(6);
      }),
    );
  });

  it('leaves certificates and public keys as they are', () => {
    const pem = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({
      format: 'pem',
      type: 'spki',
    });
    expect(shown(String(pem))).toBe(JSON.stringify(pem));
  });
});

describe('a JSON Web Key', () => {
  const keys = [
    generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export({ format: 'jwk' }),
    generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' }),
    generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }),
    { kty: 'oct', k: randomBytes(32).toString('base64url'), alg: 'HS256' },
  ];
  const notations: ReadonlyArray<readonly [string, (key: object) => unknown]> = [
    ['an object', (key) => key],
    ['an item of a set', (key) => ({ keys: [key] })],
    ['JSON', (key) => JSON.stringify(key)],
    ['JSON in a message', (key) => `cannot use ${JSON.stringify(key)}`],
    ['JSON in JSON', (key) => `cannot use ${JSON.stringify(JSON.stringify(key))}`],
    ['what Node prints', (key) => `cannot use ${inspect(key, { breakLength: Infinity })}`],
    ['JSON that was cut', (key) => `cannot use ${JSON.stringify({ kty: 'x', ...key }).slice(0, -3)}`],
  ];

  it.each(notations)('shows no private member as %s', (_, write) => {
    for (const key of keys) {
      const text = shown(write(key));
      for (const [name, value] of Object.entries(key)) {
        if (['d', 'p', 'q', 'dp', 'dq', 'qi', 'k'].includes(name)) {
          expect(longestSeen(String(value), text)).toBeLessThan(8);
        }
      }
    }
  });

  it('leaves the same names elsewhere, and what is public', () => {
    const point = { p: 'abcdefghijklmnop', q: 'qrstuvwxyzabcdefgh', d: 12 };
    expect(redact(point, { mode: 'values' })).toEqual(point);
    // Not any key: one in a hundred has a coordinate that begins as keys of vendors do.
    const jwk = {
      kty: 'EC',
      crv: 'P-256',
      x: '7PPxlPD3o4wzOvnBddL-UfxoyPU5H5kD7UvWcIZWRoI',
      y: 'RhH4MmT4MJDQFMfokfCLzNE_bKMC3_wH3qzkyCkVULc',
    };
    expect(redact(jwk, { mode: 'values' })).toEqual(jwk);
  });
});

describe('the password of a URL', () => {
  const sign = fc.constantFrom(
    '#',
    '/',
    '?',
    '@',
    '%',
    '!',
    '$',
    '&',
    '=',
    '+',
    ':',
    '^',
    '*',
    '(',
    ')',
    '[',
    '~',
  );
  const passwordOf = (piece: RegExp) =>
    fc
      .array(fc.oneof(fc.stringMatching(piece), sign), { minLength: 3, maxLength: 10 })
      .map((parts) => `p${parts.join('')}w0rd`)
      // What stands before the first @ and behind it like a host is one.
      .filter((secret) => !secret.includes('://') && !/@[\w.-]*[.:]/.test(secret));
  const scheme = fc.constantFrom('postgres', 'mongodb+srv', 'redis', 'amqp', 'https');
  const host = fc.constantFrom(
    'db.internal:5432',
    'cache:6379',
    'cluster0.example.net',
    'localhost',
    '10.0.0.7:27017',
  );

  it('is hidden with any sign in it', () => {
    fc.assert(
      fc.property(
        scheme,
        fc.stringMatching(/^[a-z]{0,8}$/),
        passwordOf(/^[a-z0-9]{1,5}$/),
        host,
        (scheme, user, secret, address) => {
          expect(shown(`cannot reach ${scheme}://${user}:${secret}@${address}/orders now`)).not.toContain(
            secret,
          );
        },
      ),
      runs(300),
    );
  });

  it('leaves the host, with any sign in it and no name', () => {
    const hosts = host.filter((address) => !address.startsWith('10.'));
    fc.assert(
      fc.property(
        scheme,
        fc.constantFrom('', 'app', 'root'),
        passwordOf(/^[0-9]{1,5}$/),
        hosts,
        (scheme, user, secret, address) => {
          expect(shown(`cannot reach ${scheme}://${user}:${secret}@${address}/orders now`)).toContain(
            `@${address}/orders now`,
          );
        },
      ),
      runs(300),
    );
  });

  it('is hidden with all behind it where it reads as a name beside its value', () => {
    expect(shown('cannot reach postgres://app:pw!00w0rd@db.internal:5432/orders now')).toBe(
      '"cannot reach postgres://[credentials] now"',
    );
  });

  it.each([
    'https://example.com:8080/a@b/c',
    'http://[::1]:3000/@scope/package',
    'https://example.com/a:b@c',
    'https://cdn.example.com/npm/@aws-sdk/client-sqs@3.1169.0/x',
  ])('is not seen in %s', (url) => {
    expect(shown(url)).toBe(JSON.stringify(url));
  });
});
