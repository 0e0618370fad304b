import { describe, expect, it } from 'vitest';
import { parseEventPattern } from '../../../local/events/event-pattern.ts';
import { fc } from '../../helpers/fast-check.ts';

const event = {
  source: 'aws.cloudwatch',
  resources: ['arn:1', 'arn:2'],
  empty: '',
  nothing: null,
  none: [],
  detail: {
    alarmName: 'shop-local-pay',
    path: 'C:\\a*b',
    state: { value: 'ALARM', count: 5, on: true },
    ips: ['10.0.0.200', '2600:1f14::1'],
    lines: [
      { sku: 'tea', quantity: 2, tags: [['x'], ['y']] },
      { sku: 'pot', quantity: 1 },
    ],
  },
};

function matches(pattern: unknown): boolean {
  return parseEventPattern(pattern)(event);
}

describe('an event pattern', () => {
  it.each<[unknown, boolean]>([
    [{ source: ['aws.cloudwatch'] }, true],
    [{ source: ['aws.s3', 'aws.cloudwatch'] }, true],
    [{ source: ['aws.s3'] }, false],
    [{ source: ['AWS.cloudwatch'] }, false],
    [{ resources: ['arn:2'] }, true],
    [{ empty: [''] }, true],
    [{ nothing: [null] }, true],
    [{ missing: [null] }, false],
    [{ missing: [''] }, false],
    [{ detail: { state: { value: ['ALARM', 'OK'] } } }, true],
    [{ detail: { state: { value: ['OK'] } } }, false],
    [{ detail: { state: { count: [5] } } }, true],
    [{ detail: { state: { count: ['5'] } } }, false],
    [{ detail: { state: { on: [true] } } }, true],
    [{ detail: { missing: { deeper: ['x'] } } }, false],
    [{ source: { deeper: ['x'] } }, false],
  ])('compares values: %j: %s', (pattern, expected) => expect(matches(pattern)).toBe(expected));

  it.each<[unknown, boolean]>([
    [{ prefix: 'shop-' }, true],
    [{ prefix: 'SHOP-' }, false],
    [{ prefix: '' }, true],
    [{ prefix: { 'equals-ignore-case': 'SHOP-' } }, true],
    [{ suffix: '-pay' }, true],
    [{ suffix: { 'equals-ignore-case': '-PAY' } }, true],
    [{ suffix: '-get' }, false],
    [{ wildcard: 'shop-*-pay' }, true],
    [{ wildcard: '*' }, true],
    [{ wildcard: 'shop-local-pay' }, true],
    [{ wildcard: 'shop-*l-*' }, true],
    [{ wildcard: 'shop-local-pay*pay' }, false],
    [{ wildcard: 'shop-*-get' }, false],
    [{ 'equals-ignore-case': 'SHOP-LOCAL-PAY' }, true],
    [{ 'anything-but': ['shop-local-get', 3] }, true],
    [{ 'anything-but': 'shop-local-pay' }, false],
    [{ 'anything-but': { prefix: 'shop' } }, false],
    [{ 'anything-but': { prefix: ['x', 'shop'] } }, false],
    [{ 'anything-but': { suffix: ['-get', '-list'] } }, true],
    [{ 'anything-but': { 'equals-ignore-case': ['SHOP-LOCAL-PAY'] } }, false],
    [{ 'anything-but': { wildcard: '*-local-*' } }, false],
    [{ 'anything-but': { wildcard: ['*-live-*', 'a*'] } }, true],
    [{ exists: true }, true],
    [{ exists: false }, false],
    [{ numeric: ['>', 3] }, false],
  ])('compares a text with %j: %s', (allowed, expected) =>
    expect(matches({ detail: { alarmName: [allowed] } })).toBe(expected),
  );

  it.each<[unknown[], boolean]>([
    [['=', 5], true],
    [['>', 3, '<=', 5], true],
    [['>=', 5, '<', 6], true],
    [['>', 5], false],
    [['<', 5], false],
    [['<=', 5], true],
    [['>', 0, '<', 5], false],
  ])('compares a number with %j: %s', (numeric, expected) => {
    expect(matches({ detail: { state: { count: [{ numeric }] } } })).toBe(expected);
    expect(matches({ detail: { state: { value: [{ numeric }] } } })).toBe(false);
  });

  it.each<[string, boolean]>([
    ['10.0.0.0/24', true],
    ['10.0.0.0/25', false],
    ['0.0.0.0/0', true],
    ['10.0.0.200/32', true],
    ['2600::/16', true],
    ['2601::/16', false],
    ['2600:1f14:0:0:0:0:0:1/128', true],
    ['2600:1F14::/31', true],
    ['::/0', true],
    ['::ffff:10.0.0.0/120', false],
  ])('finds addresses in %s: %s', (cidr, expected) =>
    expect(matches({ detail: { ips: [{ cidr }] } })).toBe(expected),
  );

  it('takes a backslash before a star for the star, and two for one', () => {
    expect(matches({ detail: { path: [{ wildcard: 'C:\\\\a\\*b' }] } })).toBe(true);
    expect(matches({ detail: { path: [{ wildcard: 'C:\\\\a\\*' }] } })).toBe(false);
    expect(matches({ detail: { path: [{ wildcard: 'C:\\\\*\\**' }] } })).toBe(true);
  });

  it.each<[unknown, boolean]>([
    [{ detail: { missing: [{ exists: false }] } }, true],
    [{ missing: { deeper: [{ exists: false }] } }, true],
    // Only what is a value itself exists.
    [{ detail: [{ exists: true }] }, false],
    [{ none: [{ exists: true }] }, false],
    [{ nothing: [{ exists: true }] }, true],
    [{ detail: { missing: [{ 'anything-but': 'x' }] } }, false],
    [{ detail: { state: { on: [{ 'anything-but': 'true' }] } } }, true],
    [{ resources: [{ 'anything-but': 'arn:1' }] }, true],
    [{ resources: [{ 'anything-but': ['arn:1', 'arn:2'] }] }, false],
  ])('knows what is there: %j: %s', (pattern, expected) => expect(matches(pattern)).toBe(expected));

  it.each<[unknown, boolean]>([
    [{ $or: [{ source: ['aws.s3'] }, { resources: ['arn:1'] }] }, true],
    [{ $or: [{ source: ['aws.s3'] }, { resources: ['arn:3'] }] }, false],
    [{ source: ['aws.s3'], $or: [{ resources: ['arn:1'] }, { resources: ['arn:2'] }] }, false],
    [
      {
        detail: { $or: [{ state: { count: [{ numeric: ['<', 1] }] } }, { alarmName: [{ suffix: 'pay' }] }] },
      },
      true,
    ],
  ])('takes one of several alternatives: %j: %s', (pattern, expected) =>
    expect(matches(pattern)).toBe(expected),
  );

  it('holds all that it asks of an object against one object of a list', () => {
    const line = (sku: string, quantity: number) => ({
      detail: { lines: { sku: [sku], quantity: [quantity] } },
    });
    expect(matches(line('tea', 2))).toBe(true);
    expect(matches(line('tea', 1))).toBe(false);
    expect(matches({ detail: { lines: { tags: ['y'] } } })).toBe(true);
  });

  it.each<[unknown, string]>([
    ['{}', 'an object with at least one field'],
    [{}, 'an object with at least one field'],
    [[], 'an object with at least one field'],
    [{ source: 'aws.s3' }, 'source: expected a list of values'],
    [{ source: [] }, 'source: expected a list of at least one value'],
    [{ detail: {} }, 'detail: expected an object with at least one field'],
    [{ detail: { a: [{ unknown: 'x' }] } }, 'detail.a: expected one of the operators prefix'],
    [{ a: [{ prefix: 'x', suffix: 'y' }] }, 'objects with one operator each'],
    [{ a: [{}] }, 'objects with one operator each'],
    [{ a: [['x']] }, 'objects with one operator each'],
    [{ a: [{ prefix: 5 }] }, 'a.prefix: expected values'],
    [{ a: [{ prefix: { suffix: 'x' } }] }, 'equals-ignore-case'],
    [{ a: [{ exists: 'yes' }] }, 'a.exists: expected true or false'],
    [{ a: [{ numeric: ['>'] }] }, 'a.numeric: expected a comparison'],
    [{ a: [{ numeric: ['<', 5, '>', 0] }] }, 'a.numeric: expected a comparison'],
    [{ a: [{ numeric: ['>', 5, '<', 5] }] }, 'a range that begins below its end'],
    [{ a: [{ numeric: ['>', '5'] }] }, 'a.numeric: expected a comparison'],
    [{ a: [{ numeric: ['=', 6e9] }] }, 'numbers up to 5000000000'],
    [{ a: [{ cidr: '10.0.0.1' }] }, 'a.cidr: expected a block of addresses'],
    [{ a: [{ cidr: '10.0.0.0/33' }] }, 'a.cidr: expected a block of addresses'],
    [{ a: [{ cidr: '10.0.0.256/8' }] }, 'a.cidr: expected a block of addresses'],
    [{ a: [{ cidr: '2600:::/16' }] }, 'a.cidr: expected a block of addresses'],
    [{ a: [{ cidr: '::/129' }] }, 'a.cidr: expected a block of addresses'],
    [{ a: [{ cidr: 'host/8' }] }, 'a.cidr: expected a block of addresses'],
    [{ a: [{ wildcard: 'a**b' }] }, 'no * right behind another one'],
    [{ a: [{ wildcard: 'a\\b' }] }, 'a backslash only before'],
    [{ a: [{ wildcard: 'a\\' }] }, 'a backslash only before'],
    [{ a: [{ 'anything-but': [] }] }, 'at least one value'],
    [{ a: [{ 'anything-but': { numeric: ['=', 1] } }] }, 'a.anything-but: expected texts'],
    [{ a: [{ 'anything-but': [null] }] }, 'a.anything-but: expected texts'],
    [{ $or: [{ a: ['x'] }] }, '$or: expected at least two patterns'],
  ])('refuses %j, and says what was expected', (pattern, message) => {
    expect(() => parseEventPattern(pattern)).toThrow(message);
  });

  it('finds every address in each block that it is in, and in none of its neighbours', () => {
    const flip = (address: string, bit: number): string => {
      const parts = address.split('.').map(Number);
      return parts
        .map((part, index) => (index === Math.floor(bit / 8) ? part ^ (0x80 >> (bit % 8)) : part))
        .join('.');
    };
    fc.assert(
      fc.property(fc.ipV4(), fc.integer({ min: 1, max: 32 }), (ip, size) => {
        const found = (address: string) =>
          parseEventPattern({ ip: [{ cidr: `${address}/${size}` }] })({ ip });
        expect([found(ip), found(flip(ip, size - 1))]).toEqual([true, false]);
      }),
    );
    fc.assert(
      fc.property(fc.ipV6(), (ip) => {
        expect(parseEventPattern({ ip: [{ cidr: `${ip}/128` }] })({ ip: ip.toUpperCase() })).toBe(true);
      }),
    );
  });

  const word = fc.string({ unit: fc.constantFrom('a', 'b', '*', '\\', 'é', '🫖'), maxLength: 12 });
  const escaped = (text: string): string => text.replaceAll(/[\\*]/g, (character) => `\\${character}`);

  it('finds a text by any wildcard that is made of its own parts', () => {
    fc.assert(
      fc.property(
        fc.array(word, { minLength: 1, maxLength: 4 }),
        fc.array(word, { maxLength: 4 }),
        (parts, between) => {
          const text = parts
            .map((part, index) => part + (index < parts.length - 1 ? (between[index] ?? '') : ''))
            .join('');
          const pattern = parts
            .map(escaped)
            .join('*')
            .replaceAll(/(?<!\\)((?:\\\\)*)\*{2,}/g, '$1*');
          expect(parseEventPattern({ text: [{ wildcard: pattern }] })({ text })).toBe(true);
          expect(parseEventPattern({ text: [{ 'anything-but': { wildcard: pattern } }] })({ text })).toBe(
            false,
          );
        },
      ),
    );
  });

  it('matches an event by a pattern made of all of its own values, and not by one that asks for more', () => {
    const scalar = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
    const tree = fc.letrec<{ node: unknown }>((tie) => ({
      node: fc.oneof(
        { depthSize: 'small' },
        scalar,
        fc.dictionary(
          fc.string().filter((name) => name !== '$or'),
          tie('node'),
          { minKeys: 1, maxKeys: 3 },
        ),
      ),
    })).node;
    const asPattern = (value: unknown): unknown =>
      typeof value === 'object' && value !== null
        ? Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, asPattern(inner)]))
        : [value];
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('a', 'b', '__proto__'), tree, { minKeys: 1 }), (made) => {
        const pattern = asPattern(made) as Record<string, unknown>;
        expect(parseEventPattern(pattern)(made)).toBe(true);
        expect(parseEventPattern({ ...pattern, more: ['x'] })(made)).toBe(false);
        expect(parseEventPattern({ ...pattern, more: [{ exists: false }] })(made)).toBe(true);
      }),
    );
  });
});
