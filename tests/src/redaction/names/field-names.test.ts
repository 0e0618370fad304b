import { allLocales } from '@faker-js/faker';
import { describe, expect, it } from 'vitest';
import { DENIED_NAMES } from '../../../../src/redaction/names/denied-names.ts';
import { isNameAlone, nameKind } from '../../../../src/redaction/names/field-names.ts';
import { FIELD_ENDINGS, FIELD_WORDS, SHORT_NAMES } from '../../../../src/redaction/names/field-words.ts';
import { resolvePolicy } from '../../../../src/redaction/policy/resolve-policy.ts';
import { redact } from '../../../../src/redaction/redact.ts';
import { TextMasker } from '../../../../src/redaction/texts/text-masker.ts';
import { fc, runs } from '../../../helpers/fast-check.ts';

const none: ReadonlySet<string> = new Set();
function kindOf(key: string) {
  return nameKind(key, none);
}

/**
 * Every given and family name that faker knows in any locale, in lower case and Latin letters.
 *
 * @param between where names are taken apart; accents go then too.
 */
function namesOfPeople(between?: RegExp): string[] {
  const names: string[] = [];
  const collect = (value: unknown): void => {
    if (typeof value === 'string') {
      const parts = between === undefined ? [value] : value.split(between).map(withoutAccents);
      names.push(...parts.map((part) => part.toLowerCase()));
    } else if (typeof value === 'object' && value !== null) Object.values(value).forEach(collect);
  };
  for (const { person } of Object.values(allLocales)) collect([person?.first_name, person?.last_name]);
  return [...new Set(names)].filter((name) => /^[a-z]+$/.test(name));
}

function withoutAccents(name: string): string {
  return name.normalize('NFKD').replaceAll(/\p{M}/gu, '');
}

describe('nameKind', () => {
  it('knows the names of fields, whatever their case and separators', () => {
    for (const key of `id orderId order_id ORDER-ID OrderID createdAt created_at userid items address_line1 totalPrice
      X-Amzn-Trace-Id statusCode is_active sha256 $ref _links e2eStatus shippingAddress billing.address.city
      lastModifiedBy isEmailVerified updatedat categories statuses userPassword`.split(/\s+/)) {
      expect([key, kindOf(key)]).toEqual([key, 'field']);
    }
  });

  it('knows what the events of Lambda are made of', () => {
    const { Records } = JSON.parse(
      '{"Records":[{"eventSourceARN":1,"dynamodb":{"NewImage":1,"SequenceNumber":1},"kinesis":{"partitionKey":1},"s3":1,"Sns":1}]}',
    ) as { Records: object[] };

    expect(redact({ Records })).toEqual({
      Records: [
        '<1 item>',
        {
          eventSourceARN: '<number>',
          dynamodb: { NewImage: '<number>', SequenceNumber: '<number>' },
          kinesis: { partitionKey: '<number>' },
          s3: '<number>',
          Sns: '<number>',
        },
      ],
    });
  });

  it('takes whatever it does not know as data', () => {
    for (const key of [
      'anna',
      'Smith',
      'annaSmith',
      'anna_total',
      'jane@example.com',
      'user-8842',
      'cus_9f3a1b2c',
      'a3bb189e-8bf9-3886-b68f-3f5e0e4a5c11',
      'Zürich',
      'New York',
      '2026-03-14',
      '4711',
      'Bahnhofstrasse',
      'x'.repeat(65),
      '',
      'xKzQwRtYbC',
    ]) {
      expect([key, kindOf(key)]).toEqual([key, 'data']);
    }
  });

  it('takes a short word with a number for what may be somebody: initials, or a code for a name', () => {
    for (const key of ['rds5', 'kms12', 'ID7', 'o97kgs', 'len.top7', 'ip_2']) {
      expect([key, kindOf(key)]).toEqual([key, 'ambiguous']);
    }
    for (const key of ['s3', 'p99', 'ec2', 'cvv2', 'sha1', 'md5', 'b2b', 'addressLine1', 'address_2', 'ip']) {
      expect([key, kindOf(key)]).toEqual([key, 'field']);
    }
    expect(redact({ rds5: 'x' })).toEqual({ '<map>': ['<1 key>', '<string, below 16 characters>'] });
    expect(redact({ rds5: 1, id: 2, total: 3 })).toEqual({
      rds5: '<number>',
      id: '<number>',
      total: '<number>',
    });
  });

  it('takes no word for a sign of a field that may be the rest of a name beside it', () => {
    for (const key of ['MyLoan', 'MyLoan43', 'JGrant', 'j.grant', 'my_long', 'J-Len', 'IpPage']) {
      expect([key, kindOf(key)]).toEqual([key, 'ambiguous']);
    }
    for (const key of [
      'grantId',
      'loanType',
      'my',
      'myOrders',
      'xAxis',
      'minTotal',
      'to',
      'ip',
      'ipAddress',
    ]) {
      expect([key, kindOf(key)]).toEqual([key, 'field']);
    }
  });

  it('knows the short names of people, with and without accents, in any locale', () => {
    const short = namesOfPeople(/[^\p{L}]+/u).filter((name) => name.length >= 2 && name.length <= 3);

    expect(short.length).toBeGreaterThan(500);
    expect(short.filter((name) => kindOf(`${name}Grant`) === 'field')).toEqual([]);
  });

  it('takes no name of a person for a field, in any locale', () => {
    const names = namesOfPeople().filter((name) => name.length >= 4);

    expect(names.length).toBeGreaterThan(10_000);
    // Nobody could do without this one, and `{ name: … }` says that there is a name.
    expect(names.filter((name) => kindOf(name) === 'field')).toEqual(['name']);
    expect(kindOf('grant')).toBe('ambiguous');
  });

  it('takes further names, whole or by word, from the policy', () => {
    expect(nameKind('frobnicator', new Set(['frobnicator']))).toBe('field');
    expect(nameKind('frobnicatorCount', new Set(['frobnicator']))).toBe('field');
    const value = { Lieferschein: 1, lieferscheinDatum: 2, anna: 3 };
    expect(redact(value, { fieldNames: ['Lieferschein', 'datum'] })).toEqual({
      Lieferschein: '<number>',
      lieferscheinDatum: '<number>',
      '<map>': ['<1 key>', '<number>'],
    });
  });
});

describe('redact in shape mode, for keys', () => {
  it.each([
    [{ Anna: 3, Bob: 5 }, { '<map>': ['<2 keys>', '<number>'] }],
    [{ anna: { id: 1 }, bob: { id: 2 } }, { '<map>': ['<2 keys>', { id: '<number>' }] }],
    [
      { total: 8, anna: 3 },
      { total: '<number>', '<map>': ['<1 key>', '<number>'] },
    ],
    // Grant may be somebody: shown among fields, hidden alone and beside names.
    [
      { id: 1, total: 2, grant: 3 },
      { id: '<number>', total: '<number>', grant: '<number>' },
    ],
    [
      { Id: 1, Total: 2, Grant: 3 },
      { Id: '<number>', Total: '<number>', Grant: '<number>' },
    ],
    [{ grant: 2 }, { '<map>': ['<1 key>', '<number>'] }],
    [
      { count: 1, grant: 2 },
      { count: '<number>', '<map>': ['<1 key>', '<number>'] },
    ],
    [
      { id: 1, total: 2, Grant: 3 },
      { id: '<number>', total: '<number>', '<map>': ['<1 key>', '<number>'] },
    ],
    [
      { id: 1, total: 2, grant: 2, bob: 3 },
      { id: '<number>', total: '<number>', '<map>': ['<2 keys>', '<number>'] },
    ],
  ])('shows %j as %j', (value, shown) => {
    expect(redact(value)).toEqual(shown);
    expect(redact([value])).toEqual(['<1 item>', shown]);
    expect(redact({ body: JSON.stringify(value) })).toEqual({ body: shown });
  });

  it('shows a key that the policy allows by name or names in a path, and the values alone where * reaches them', () => {
    const value = { scores: { anna: 3, bob: 5 } };

    expect(redact(value, { allow: ['scores.anna'] })).toEqual({
      scores: { anna: 3, '<map>': ['<1 key>', '<number>'] },
    });
    expect(redact(value, { allow: ['scores.*'] })).toEqual({ scores: { '<map>': [3, 5] } });
  });

  it('merges the shapes of items that differ in their fields', () => {
    const items = [
      { id: 1, tags: ['a'] },
      { id: 2, tags: [], note: 'x' },
      { id: 'x', anna: 1 },
      { id: 4, note: null },
    ];

    expect(redact(items)).toEqual([
      '<4 items>',
      {
        id: '<number | string, below 16 characters>',
        tags: ['<0 to 1 items>', '<string, below 16 characters>'],
        note: '<string, below 16 characters | null>',
        '<map>': ['<1 key>', '<number>'],
      },
    ]);
  });
});

describe('isNameAlone', () => {
  const words = [FIELD_WORDS, SHORT_NAMES, Object.values(DENIED_NAMES).flat().join(' ').replaceAll('=', '')]
    .join(' ')
    .trim()
    .split(/\s+/);
  const endings = FIELD_ENDINGS.trim().split(/\s+/);
  const capitalised = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
  const word = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...words) },
    fc.tuple(fc.constantFrom(...words), fc.constantFrom('s', ...endings)).map((parts) => parts.join('')),
  );
  const key = fc
    .tuple(fc.array(word, { minLength: 1, maxLength: 6 }), fc.nat({ max: 6 }))
    .map(([all, style]) =>
      [
        () => all.map((each, at) => (at === 0 ? each : capitalised(each))).join(''),
        () => all.map(capitalised).join(''),
        () => all.join('-'),
        () => all.map(capitalised).join('-'),
        () => all.join('-').toUpperCase(),
        () => all.join(''),
        () => all.map((each) => each.toUpperCase()).join(''),
      ][style]?.(),
    ) as fc.Arbitrary<string>;

  it('is true only of what nothing is found in, whatever words it is made of', () => {
    const masker = new TextMasker(resolvePolicy());
    const show = (text: string): string => masker.show(text);

    for (const each of words) if (isNameAlone(each)) expect(show(each)).toBe(each);
    fc.assert(
      fc.property(key, (text) => {
        fc.pre(isNameAlone(text));
        expect(show(text)).toBe(text);
      }),
      runs(2000),
    );
  });

  it.each([
    'password: hunter2',
    'ls__first__second__third__name',
    'user_id',
    'order1',
    'jane',
    'Bearer token',
    '',
  ])('is false of %j, which is looked through', (text) => {
    expect(isNameAlone(text)).toBe(false);
  });

  it('decides nothing where a policy has detectors of its own, or shows only the start of a key', () => {
    const detector = {
      name: 'code-name',
      category: 'identity' as const,
      hint: (text: string) => text.includes('order'),
      pattern: /orderStatus/g,
    };

    expect(redact({ orderStatus: 1 }, { mode: 'values' })).toEqual({ orderStatus: 1 });
    expect(redact({ orderStatus: 1 }, { mode: 'values', detectors: [detector] })).toEqual({
      '[code-name]': 1,
    });
    expect(redact({ orderStatus: 1 }, { mode: 'values', budget: { stringLength: 5 } })).not.toHaveProperty(
      'orderStatus',
    );
  });
});
