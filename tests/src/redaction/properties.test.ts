import {
  fakerDA,
  fakerDE,
  fakerEN_US,
  fakerFR,
  fakerJA,
  fakerNL,
  fakerPL,
  fakerPT_BR,
  fakerRU,
  fakerTR,
  fakerVI,
} from '@faker-js/faker';
import { describe, expect, it } from 'vitest';
import { redact } from '../../../src/redaction/redact.ts';
import { fc, runs } from '../../helpers/fast-check.ts';

/** Written with letters that no label of ours has four in a row of. */
const secretText = fc.stringMatching(/^[qxzvjkw0-9@.]{4,40}$/);
const dataKey = fc.oneof(
  fc.uuid(),
  fc.stringMatching(/^[qxzvjk]{2,8}@[qxzvjk]{2,8}\.com$/),
  fc.stringMatching(/^cus_[0-9a-f]{6}[0-9]{4}$/),
);
/** Names of people, places and accounts of many locales, as keys of maps have them. */
const nameKey = fc
  .tuple(
    fc.constantFrom(
      fakerDA,
      fakerDE,
      fakerEN_US,
      fakerFR,
      fakerJA,
      fakerNL,
      fakerPL,
      fakerPT_BR,
      fakerRU,
      fakerTR,
      fakerVI,
    ),
    fc.nat(),
    fc.nat(5),
  )
  .map(([faker, seed, kind]) => {
    faker.seed(seed);
    const makers = [
      () => faker.person.firstName(),
      () => faker.person.firstName().toLowerCase(),
      () => faker.person.lastName(),
      () => faker.person.fullName(),
      () => faker.internet.username(),
      () => faker.internet.email(),
    ];
    return makers[kind]?.() ?? '';
  })
  // A given name in one of these locales, and the one word for which nobody would give up its field.
  .filter((name) => name.toLowerCase() !== 'name');
const anything = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withNullPrototype: true,
  withObjectString: true,
  withSet: true,
  withSparseArray: true,
  withTypedArray: true,
});

/** Known forms of secrets, each with a part that must never be seen. */
const seeds = [
  'jane.miller@example.com',
  'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U',
  '4111 1111 1111 1111',
  'DE89370400440532013000',
  'postgres://admin:hunter2secret@db.internal/orders',
  '192.0.2.146',
];
const places: ReadonlyArray<(secret: string) => unknown> = [
  (secret) => secret,
  (secret) => ({ [secret]: 1 }),
  (secret) => ({ note: `before ${secret} after` }),
  (secret) => ({ body: JSON.stringify({ a: JSON.stringify([secret]) }) }),
  (secret) => ({ body: Buffer.from(JSON.stringify({ secret })).toString('base64'), isBase64Encoded: true }),
  (secret) => ({ data: Buffer.from(`see ${secret}`).toString('base64') }),
  (secret) => `https://example.com/a?q=${encodeURIComponent(secret)}`,
  (secret) => new Error(`failed for ${secret}`, { cause: new Error(secret) }),
  (secret) => ({ headers: { 'x-info': secret } }),
  (secret) => new Map([[secret, new Set([secret])]]),
  (secret) => Array.from({ length: 50 }).reduce<unknown>((inner) => ({ inner }), secret),
  (secret) => `${'word '.repeat(50)}${secret}`,
];

describe('redact, for any value', () => {
  it('shows no four characters in a row of a string or a key that is data, in shape mode', () => {
    fc.assert(
      fc.property(fc.array(secretText, { minLength: 1, maxLength: 5 }), dataKey, (texts, key) => {
        const value = {
          list: texts,
          [key]: texts[0],
          body: JSON.stringify({ [key]: texts }),
          form: `q=${texts[0] ?? ''}&r=1`,
          map: new Map([[texts[0], 1]]),
        };
        const shown = JSON.stringify(redact(value));
        for (const text of [...texts, key.replace('.com', '').replace('cus_', '')]) {
          for (let at = 0; at + 4 <= text.length; at += 1)
            expect(shown).not.toContain(text.slice(at, at + 4));
        }
      }),
    );
  });

  it('shows no four characters in a row of a string or of a name that is a key, of people of any locale', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(nameKey, { minLength: 1, maxLength: 6 }),
        fc.array(fc.string({ unit: 'grapheme', minLength: 4, maxLength: 30 }), {
          minLength: 1,
          maxLength: 4,
        }),
        fc.constantFrom<(keys: readonly string[], texts: readonly string[]) => unknown>(
          (keys, texts) => Object.fromEntries(keys.map((key, at) => [key, texts[at % texts.length]])),
          (keys, texts) => ({ id: 1, total: 2, items: keys.map((key) => ({ count: 1, [key]: texts })) }),
          (keys, texts) => ({
            statusCode: 200,
            body: JSON.stringify({ scores: { [keys[0] ?? '']: { total: texts } } }),
          }),
          (keys, texts) => new Map(keys.map((key) => [key, new Set(texts)])),
          (keys, texts) => [
            { note: texts[0], by: Object.fromEntries(keys.map((key) => [key, { [key]: 1 }])) },
          ],
        ),
        (keys, texts, build) => {
          const shown = tellingParts(redact(build(keys, texts)));
          for (const text of [...texts, ...keys]) {
            for (let at = 0; at + 4 <= text.length; at += 1) {
              const part = text.slice(at, at + 4);
              expect([part, shown.filter((each) => each.includes(part))]).toEqual([part, []]);
            }
          }
        },
      ),
      runs(400),
    );
  });

  it('stays within its budget, gives the same for the same, and changes nothing', () => {
    fc.assert(
      fc.property(
        anything,
        fc.integer({ min: 1, max: 1500 }),
        fc.constantFrom('shape' as const, 'values' as const),
        (value, bytes, mode) => {
          const before = structuredClone(value);
          const policy = { mode, budget: { bytes }, allow: ['a', '*.b'] };
          const shown = redact(value, policy);
          const json = JSON.stringify(shown) as string | undefined;
          expect(Buffer.byteLength(json ?? '')).toBeLessThanOrEqual(bytes);
          expect(redact(value, policy)).toEqual(shown);
          expect(value).toEqual(before);
          if (json !== undefined) expect(JSON.parse(json)).toEqual(zeroed(shown));
        },
      ),
    );
  });

  it.each(seeds)('hides %s wherever it is placed, in values mode', (secret) => {
    const budget = { depth: 60 };
    for (const place of places) {
      const shown = JSON.stringify(redact(place(secret), { mode: 'values', budget }));
      const parts = secret.split(/[/:@ ]+/).filter((part) => part.length >= 8);
      for (const part of [secret, ...parts.filter((each) => !/^(?:example|postgres)/.test(each))]) {
        if (!part.startsWith('db.internal')) expect(shown).not.toContain(part);
      }
    }
  });
});

/** JSON knows no negative zero. */
function zeroed(value: unknown): unknown {
  return Object.is(value, -0) ? 0 : (JSON.parse(JSON.stringify(value)) as unknown);
}

/** The keys and strings that a result shows, without the labels and names of fields that these tests put there. */
function tellingParts(shown: unknown): string[] {
  if (typeof shown === 'string') return [shown.replaceAll(/<[^<>]*>/g, '')];
  if (typeof shown !== 'object' || shown === null) return [];
  const keys = Array.isArray(shown) ? [] : Object.keys(shown).filter((key) => !OURS.has(key));
  return [...keys, ...Object.values(shown).flatMap(tellingParts)].filter((part) => part !== '');
}

const OURS: ReadonlySet<string> = new Set([
  'id',
  'total',
  'items',
  'count',
  'statusCode',
  'body',
  'scores',
  'note',
  'by',
  '<map>',
  '<or>',
  '…',
]);
