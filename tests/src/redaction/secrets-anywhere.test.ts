import { fakerEN_US } from '@faker-js/faker';
import { describe, it } from 'vitest';
import { PERSONAL_KINDS } from '../../../scripts/evaluation/personal-values.ts';
import { SECRET_FORMATS, secretPart } from '../../../scripts/evaluation/secret-formats.ts';
import { redact } from '../../../src/redaction/redact.ts';
import { fc, runs } from '../../helpers/fast-check.ts';

/** Kinds that their form tells, wherever they stand; a name or a street is known by its key only. */
const BY_FORM = [
  'email',
  'phone, international',
  'iban',
  'ssn',
  'ipv4',
  'ipv6',
  'mac',
  'jwt',
  'url credentials',
];

/** This machine, no machine and every machine. */
const NOBODYS_ADDRESS = /^(?:127\.|0\.0\.0\.0$|255\.255\.)/;

interface Seeded {
  /** As it is written somewhere. */
  readonly text: string;
  /** What of it must not be seen. */
  readonly secret: string;
}

/** It has no mark: three of a hundred are taken for something else. `detectors/credentials.test.ts` counts them. */
const BY_CHANCE = 'AWS secret access key';

const seeds: ReadonlyArray<readonly [name: string, seed: () => Seeded]> = [
  ...SECRET_FORMATS.filter(({ name }) => name !== BY_CHANCE).map((format) => {
    const seed = (): Seeded => {
      const text = format.generate(fakerEN_US);
      return { text, secret: secretPart(format, text) };
    };
    return [format.name, seed] as const;
  }),
  ...PERSONAL_KINDS.filter(({ kind }) => BY_FORM.includes(kind)).map(({ kind, value }) => {
    const seed = (): Seeded => {
      const made = value(fakerEN_US);
      if (typeof made === 'string') return { text: made, secret: made };
      return { text: made.join(''), secret: made[1] };
    };
    return [kind, seed] as const;
  }),
];

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

const places: ReadonlyArray<readonly [name: string, place: (text: string) => unknown]> = [
  ['a value', (text) => ({ content: text })],
  ['the whole', (text) => text],
  ['a key', (text) => ({ [text]: 1 })],
  ['a sentence', (text) => ({ note: `before ${text} after` })],
  ['JSON in JSON', (text) => ({ body: JSON.stringify({ a: JSON.stringify([text]) }) })],
  ['a key of JSON', (text) => ({ body: JSON.stringify({ [text]: { [text]: 1 } }) })],
  [
    'a body in base64',
    (text) => ({ statusCode: 200, body: base64(JSON.stringify([text])), isBase64Encoded: true }),
  ],
  ['base64', (text) => ({ content: base64(`see ${text}`) })],
  ['the query of a URL', (text) => `https://example.com/a?q=${encodeURIComponent(text)}&page=2`],
  ['the path of a URL', (text) => ({ href: `https://example.com/a/${encodeURIComponent(text)}/items` })],
  ['an error and its cause', (text) => new AggregateError([new Error(text)], `no ${text}`, { cause: text })],
  [
    'a header',
    (text) => ({ statusCode: 200, headers: { 'x-info': text }, multiValueHeaders: { via: [text] } }),
  ],
  ['a map and a set', (text) => new Map([[text, new Set([text])]])],
  [
    '50 levels deep',
    (text) => Array.from({ length: 50 }).reduce<unknown>((inner) => ({ inner: [inner] }), text),
  ],
  ['a form', (text) => ({ body: new URLSearchParams({ q: text, r: '1' }).toString() })],
  ['the end of a long text', (text) => `${'word '.repeat(49)}${text}`],
];

/** Whether eight characters in a row of a secret are seen; all of it, when it is shorter. */
function isSeen(secret: string, shown: string): boolean {
  const length = Math.min(8, secret.length);
  for (let at = 0; at + length <= secret.length; at += 1) {
    if (shown.includes(JSON.stringify(secret.slice(at, at + length)).slice(1, -1))) return true;
  }
  return false;
}

describe('redact in values mode, for a secret of any known form', () => {
  it.each(places)('hides it in %s', (_name, place) => {
    fc.assert(
      fc.property(fc.constantFrom(...seeds), fc.nat(), ([, make], seed) => {
        fakerEN_US.seed(seed);
        const { text, secret } = make();
        fc.pre(!NOBODYS_ADDRESS.test(text));
        const shown = JSON.stringify(redact(place(text), { mode: 'values', budget: { depth: 120 } }));
        return !isSeen(secret, shown);
      }),
      runs(300),
    );
  });
});
