import { describe, expect, it } from 'vitest';
import { parseFilterPolicy } from '../../../local/messaging/filter-policy.ts';
import { fc } from '../../helpers/fast-check.ts';

/** Attributes as `[type, value]`. */
type Attributes = Readonly<Record<string, readonly [type: string, value: string]>>;

function takes(policy: object, attributes: Attributes): boolean {
  const filter = parseFilterPolicy(JSON.stringify(policy), undefined);
  const given = Object.entries(attributes).map(
    ([name, [type, value]]) => [name, { type, value, isBinary: type === 'Binary' }] as const,
  );
  return filter({ text: 'no JSON', attributes: new Map(given) });
}

function takesBody(policy: object, text: string): boolean {
  return parseFilterPolicy(JSON.stringify(policy), 'MessageBody')({ text, attributes: new Map() });
}

function text(value: string): Attributes {
  return { fruit: ['String', value] };
}
function list(...values: readonly unknown[]): Attributes {
  return { fruit: ['String.Array', JSON.stringify(values)] };
}
function number(value: string): Attributes {
  return { weight: ['Number', value] };
}

describe('a policy of attributes', () => {
  it.each<[string, object, readonly Attributes[], readonly Attributes[]]>([
    [
      'a value of the list, of a text or of one in a list of texts',
      { fruit: ['pear', 'plum'] },
      [text('pear'), list('fig', 'plum'), list('pear')],
      [text('Pear'), text('fig'), list('fig'), list(), {}, { other: ['String', 'pear'] }],
    ],
    [
      'numbers, truth and nothing as a list may have them, and not texts that look like them',
      { fruit: [7, true, null] },
      [list(7), list('x', true), list(null)],
      [list('7'), list('true'), text('true'), text('null'), list(8, false), {}],
    ],
    [
      'all names of the policy',
      { fruit: ['pear'], weight: [{ numeric: ['>', 2] }] },
      [{ ...text('pear'), ...number('3') }],
      [text('pear'), number('3'), { ...text('pear'), ...number('2') }],
    ],
    [
      'anything but texts: one of a list is enough, and there has to be one',
      { fruit: [{ 'anything-but': ['pear', 'plum'] }] },
      [text('fig'), list('pear', 'fig')],
      [text('pear'), list('pear', 'plum'), list(), {}],
    ],
    [
      'anything but a number',
      { weight: [{ 'anything-but': [100, 500] }] },
      [number('101'), number('100.5'), { weight: ['Number.Array', '[100, 50]'] }],
      [number('100'), number('5e2'), {}],
    ],
    [
      'anything but a prefix',
      { fruit: [{ 'anything-but': { prefix: 'straw' } }] },
      [text('blueberry')],
      [text('strawberry'), {}],
    ],
    [
      'anything but a suffix',
      { fruit: [{ 'anything-but': { suffix: 'berry' } }] },
      [text('berry bush')],
      [text('blueberry')],
    ],
    ['a prefix', { fruit: [{ prefix: 'bl' }] }, [text('blueberry'), list('fig', 'black')], [text('fig')]],
    ['a suffix', { fruit: [{ suffix: 'rry' }] }, [text('cherry')], [text('cherries')]],
    [
      'texts whose case does not matter',
      { fruit: [{ 'equals-ignore-case': 'Pear' }] },
      [text('PEAR'), list('fig', 'pear')],
      [text('pears')],
    ],
    [
      'a wildcard',
      { fruit: [{ wildcard: 'b*rr*' }] },
      [text('berries'), text('blackcurrants')],
      [text('fig')],
    ],
    [
      'an address in a block',
      { fruit: [{ cidr: '192.168.4.0/22' }] },
      [text('192.168.7.255'), list('10.0.0.1', '192.168.5.1')],
      [text('192.168.8.0'), text('pear')],
    ],
    [
      'a number, however it is written',
      { weight: [{ numeric: ['=', 301.5] }] },
      [number('301.5'), number('3.015e2')],
      [number('301'), { weight: ['String', '301.5'] }],
    ],
    [
      'a range',
      { weight: [{ numeric: ['>', 0, '<=', 150] }] },
      [number('150'), number('0.1')],
      [number('0'), number('150.01'), number('-1'), number('heavy')],
    ],
    [
      'that there is an attribute, whatever it says',
      { fruit: [{ exists: true }] },
      [text(''), list(1)],
      [{}, { fruit: ['Binary', 'cGVhcg=='] }, { fruit: ['String.Array', 'pear'] }],
    ],
    ['that there is none', { fruit: [{ exists: false }] }, [{}, number('1')], [text('pear')]],
    [
      'none, or anything but',
      { fruit: [{ exists: false }, { 'anything-but': ['pear'] }] },
      [{}, text('fig')],
      [text('pear')],
    ],
    [
      'one of several alternatives, and what stands beside them',
      {
        source: [{ prefix: 'shop.' }],
        $or: [{ fruit: ['pear'] }, { weight: [{ numeric: ['<', 5] }] }],
      },
      [
        { source: ['String', 'shop.a'], ...text('pear') },
        { source: ['String', 'shop.a'], ...number('4') },
      ],
      [{ source: ['String', 'shop.a'], ...number('6') }, text('pear')],
    ],
    [
      '$or as a name, where it does not stand over policies',
      { $or: ['pear'] },
      [{ $or: ['String', 'pear'] }],
      [text('pear')],
    ],
    [
      'names that mean something to JavaScript',
      JSON.parse('{"constructor":["x"]}') as object,
      [JSON.parse('{"constructor":["String","x"]}') as Attributes],
      [{}],
    ],
  ])('asks for %s', (_, policy, passing, others) => {
    for (const attributes of passing)
      expect([attributes, takes(policy, attributes)]).toEqual([attributes, true]);
    for (const attributes of others)
      expect([attributes, takes(policy, attributes)]).toEqual([attributes, false]);
  });

  it('finds any text in any list of texts, exactly where it is', () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.string()), (wanted, values) => {
        expect(takes({ fruit: [wanted] }, list(...values))).toBe(values.includes(wanted));
      }),
    );
  });
});

describe('a policy of the body', () => {
  const policy = {
    order: { lines: { sku: ['tea'] }, total: [{ numeric: ['>=', 10] }] },
    paid: [true],
  };

  it.each<[string, unknown, boolean]>([
    [
      'all of it, one of a list being enough',
      { order: { lines: [{ sku: 'x' }, { sku: 'tea' }], total: 10 }, paid: true },
      true,
    ],
    ['an object where a list could be', { order: { lines: { sku: 'tea' }, total: 99 }, paid: true }, true],
    ['a text for a number', { order: { lines: [{ sku: 'tea' }], total: '10' }, paid: true }, false],
    ['a text for a truth', { order: { lines: [{ sku: 'tea' }], total: 10 }, paid: 'true' }, false],
    ['a part of it', { order: { lines: [{ sku: 'tea' }] }, paid: true }, false],
    ['a list around it', [{ order: { lines: [{ sku: 'tea' }], total: 10 }, paid: true }], false],
    ['nothing', null, false],
  ])('takes a body by its fields: %s', (_, body, expected) => {
    expect(takesBody(policy, JSON.stringify(body))).toBe(expected);
  });

  it('takes no body that is not JSON, not even one without the field that must not be there', () => {
    expect(takesBody({ error: [{ exists: false }] }, '{}')).toBe(true);
    expect(takesBody({ error: [{ exists: false }] }, 'all is well')).toBe(false);
  });
});

describe('a policy that is none', () => {
  it.each([undefined, '', '{}', ' { } '])('lets everything through: %s', (policy) => {
    expect(parseFilterPolicy(policy, 'MessageBody')({ text: 'x', attributes: new Map() })).toBe(true);
  });
});

describe('a policy that SNS would refuse', () => {
  const words = (count: number): string[] => Array.from({ length: count }, (_, index) => `w${index}`);

  it.each<[string, string, string, RegExp]>([
    ['no JSON', 'fruit', 'MessageAttributes', /expected to be a JSON object, but is fruit/],
    ['no object', '["fruit"]', 'MessageAttributes', /expected to be a JSON object/],
    ['a value without a list', '{"fruit":"pear"}', 'MessageAttributes', /fruit: expected a list of values/],
    [
      'an unknown operator',
      '{"fruit":[{"like":"p"}]}',
      'MessageAttributes',
      /one of the operators .*got "like"/,
    ],
    [
      'a scope that there is not',
      '{"fruit":["pear"]}',
      'Body',
      /MessageAttributes or MessageBody, but is Body/,
    ],
    ['objects in a policy of attributes', '{"a":{"b":["c"]}}', 'MessageAttributes', /no objects inside/],
    [
      'more than five keys',
      JSON.stringify({ a: ['1'], b: { c: ['1'], d: ['1'] }, e: ['1'], f: ['1'], g: ['1'] }),
      'MessageBody',
      /at most 5 keys .* has 6/,
    ],
    [
      'too many combinations',
      JSON.stringify({ a: words(13), b: words(12) }),
      'MessageAttributes',
      /at most 150 combinations .* has 156/,
    ],
    [
      'too many combinations, of which those below other names count more',
      JSON.stringify({ a: { b: { c: words(4) } }, d: { e: words(3) }, f: words(3) }),
      'MessageBody',
      /at most 150 combinations .* has 216/,
    ],
    [
      'a number beyond its limits',
      '{"a":[{"numeric":["<",2e9]}]}',
      'MessageBody',
      /-10\^9 to 10\^9, but one is 2000000000/,
    ],
    ['more than 256 KB', JSON.stringify({ a: ['x'.repeat(262_144)] }), 'MessageBody', /at most 256 KB/],
  ])('is named: %s', (_, policy, scope, message) => {
    expect(() => parseFilterPolicy(policy, scope)).toThrow(message);
  });

  it('is not one with as much as SNS takes', () => {
    const policy = { a: words(15), b: words(10), c: ['x'], d: [{ numeric: ['<=', 1e9] }], e: ['y'] };
    expect(() => parseFilterPolicy(JSON.stringify(policy), undefined)).not.toThrow();
  });
});
