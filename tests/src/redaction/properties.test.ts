import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redact } from '../../../src/redaction/redact.ts';

/** Written with letters that no label of ours has four in a row of. */
const secretText = fc.stringMatching(/^[qxzvjkw0-9@.]{4,40}$/);
const dataKey = fc.oneof(
  fc.uuid(),
  fc.stringMatching(/^[qxzvjk]{2,8}@[qxzvjk]{2,8}\.com$/),
  fc.stringMatching(/^cus_[0-9a-f]{6}[0-9]{4}$/),
);
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
