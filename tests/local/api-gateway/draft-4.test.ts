import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { fromDraft4 } from '../../../local/api-gateway/draft-4.ts';
import type { JsonObject } from '../../../local/json.ts';

function fits(schema: JsonObject, value: unknown): boolean {
  return new Ajv({ strict: false, logger: false }).compile(fromDraft4(schema))(value);
}

describe('a schema of draft 4', () => {
  const above3 = { minimum: 3, exclusiveMinimum: true };

  it.each([
    ['an exclusive minimum', above3, 4, 3],
    ['an exclusive maximum', { maximum: 3, exclusiveMaximum: true }, 2, 3],
    ['a limit that is said not to be exclusive', { minimum: 3, exclusiveMinimum: false }, 3, 2],
    ['an exclusive limit of 0', { minimum: 0, exclusiveMinimum: true }, 1, 0],
    ['a property', { properties: { n: above3 } }, { n: 4 }, { n: 3 }],
    ['properties by pattern', { patternProperties: { '^n': above3 } }, { n1: 4 }, { n1: 3 }],
    ['other properties', { additionalProperties: above3 }, { n: 4 }, { n: 3 }],
    ['all items', { items: above3 }, [4], [3]],
    ['items by position', { items: [above3, {}], additionalItems: above3 }, [4, 0, 4], [4, 0, 3]],
    ['allOf', { allOf: [{}, above3] }, 4, 3],
    ['anyOf', { anyOf: [above3, { type: 'string' }] }, 4, 3],
    ['oneOf', { oneOf: [above3, { maximum: 4 }] }, 5, 4],
    ['not', { not: above3 }, 3, 4],
    [
      'what something depends on',
      { dependencies: { a: { properties: { n: above3 } } } },
      { n: 3 },
      { a: 1, n: 3 },
    ],
    ['a definition', { definitions: { n: above3 }, $ref: '#/definitions/n' }, 4, 3],
    [
      'an id that is referred to',
      { id: 'http://x/n', definitions: { n: { id: '#n', ...above3 } }, items: { $ref: '#n' } },
      [4],
      [3],
    ],
    [
      'a property called like a keyword',
      { properties: { id: above3, minimum: { type: 'string' } } },
      { id: 4, minimum: 'a' },
      { id: 3 },
    ],
    [
      'data that looks like a schema',
      { enum: [{ id: 1, minimum: 3, exclusiveMinimum: true }] },
      { id: 1, minimum: 3, exclusiveMinimum: true },
      {},
    ],
  ])('means the same for a validator of draft 7: %s', (_what, schema, good, bad) => {
    expect([fits(schema, good), fits(schema, bad)]).toEqual([true, false]);
  });

  it('says what is expected of an exclusive limit', () => {
    expect(() => fromDraft4({ properties: { n: { exclusiveMinimum: 3 } } })).toThrow(
      'expected exclusiveMinimum to be true or false, as draft 4 of JSON Schema has it',
    );
  });

  it('is not changed', () => {
    const schema = { id: 'x', items: { ...above3 } };
    fromDraft4(schema);
    expect(schema).toEqual({ id: 'x', items: above3 });
  });
});
