import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { redact } from '../../../src/redaction/redact.ts';

describe('redact in shape mode', () => {
  it('shows how a value is built, and the values of allowed keys only', () => {
    const order = {
      id: 'o-1',
      total: 9,
      email: 'jane@example.com',
      paid: true,
      note: null,
      items: [{ sku: 'tea' }],
    };

    expect(redact(order, { allow: ['id', 'total'] })).toEqual({
      id: 'o-1',
      total: 9,
      email: '<string, below 256 characters>',
      paid: '<boolean>',
      note: null,
      items: ['<1 item>', { sku: '<string, below 16 characters>' }],
    });
  });

  it('merges the shapes of items, and says how many there are and how many it looked at', () => {
    expect(redact([{ id: 1 }, { id: 'x', paid: true }])).toEqual([
      '<2 items>',
      { id: '<number | string, below 16 characters>', paid: '<boolean>' },
    ]);
    expect(redact(Array.from({ length: 1225 }, () => 1))).toEqual([
      '<1,225 items, first 10 looked at>',
      '<number>',
    ]);
    expect(redact([[1], [], [1, 2]])).toEqual(['<3 items>', ['<0 to 2 items>', '<number>']]);
    expect(redact([])).toEqual([]);
  });

  it('lists items that show allowed values, up to the budget', () => {
    const items = Array.from({ length: 1206 }, (_, id) => ({ id, name: 'Jane' }));

    expect(redact(items, { allow: ['id'], budget: { items: 2 } })).toEqual([
      { id: 0, name: '<string, below 16 characters>' },
      { id: 1, name: '<string, below 16 characters>' },
      { '…': '1,204 more items' },
    ]);
  });

  it('shows no object that an allowed key holds, and items of an array that are values', () => {
    expect(
      redact({ id: { secret: 's3cr3t' }, tags: ['new', { count: 1 }] }, { allow: ['id', 'tags'] }),
    ).toEqual({
      id: { secret: '<string, below 16 characters>' },
      tags: ['new', { count: '<number>' }],
    });
  });

  it('allows by path, with any key and any item', () => {
    const value = { order: { id: 7, by: { id: 8 } }, items: [{ sku: 'tea', at: 1 }], id: 9 };

    expect(redact(value, { allow: ['order.id', 'items[].sku', '*.by.id'] })).toEqual({
      order: { id: 7, by: { id: 8 } },
      items: [{ sku: 'tea', at: '<number>' }],
      id: '<number>',
    });
  });

  it('holds allowed values back when their key is denied or a detector knows them', () => {
    const value = { password: 'hunter2', note: 'write to jane@example.com', session: { id: 'abc' } };

    expect(redact(value, { allow: ['password', 'note', 'id'] })).toEqual({
      password: '[credentials]',
      note: 'write to [email]',
      session: { id: '[credentials]' },
    });
  });

  it('shows an object whose keys are data as a map', () => {
    expect(
      redact({
        'jane@example.com': { total: 1 },
        'a3bb189e-8bf9-3886-b68f-3f5e0e4a5c11': { total: 2 },
        count: 2,
      }),
    ).toEqual({ count: '<number>', '<map>': ['<2 keys>', { total: '<number>' }] });
    expect(redact(new Map([['Jane', 1]]))).toEqual({ '<map>': ['<1 key>', '<number>'] });
    const names = Object.fromEntries(
      Array.from({ length: 150 }, (_, at) => [`${'n'.repeat((at % 9) + 1)}${at}`, 1]),
    );
    expect(redact(names)).toEqual({ '<map>': ['<150 keys, first 10 looked at>', '<number>'] });
  });
});

describe('redact in values mode', () => {
  it('shows values unless the name of their key or a detector says no', () => {
    const value = {
      status: 'paid',
      userPassword: 'hunter2',
      note: 'write to jane@example.com',
      'bob@example.com': 1,
      reference: 4111111111111111,
      total: 12.5,
      tokens: { a: 1 },
    };

    expect(redact(value, { mode: 'values', deny: { extend: { credentials: ['tokens'] } } })).toEqual({
      status: 'paid',
      userPassword: '[credentials]',
      note: 'write to [email]',
      '[email]': 1,
      reference: '[card]',
      total: 12.5,
      tokens: '[credentials]',
    });
  });

  it('gives two masked keys two names', () => {
    expect(redact({ 'a@example.com': 1, 'b@example.com': 2 }, { mode: 'values' })).toEqual({
      '[email]': 1,
      '[email] 2': 2,
    });
  });

  it('looks behind encodings: percent, escapes, base64, JSON in JSON, the parameters of a URL', () => {
    const json = JSON.stringify({ password: 'hunter2', nested: JSON.stringify({ to: 'jane@example.com' }) });
    const shown = redact(
      {
        percent: 'to=jane%40example.com',
        escaped: String.raw`"jane\u0040example.com"`,
        base64: Buffer.from('write to jane@example.com').toString('base64'),
        base64Json: Buffer.from(json).toString('base64'),
        json,
        url: 'https://example.com/orders/jane%40example.com?password=hunter2&q=tea',
        form: 'password=hunter2&q=tea',
        broken: '{"password":"hunter2"',
      },
      { mode: 'values' },
    );

    const text = JSON.stringify(shown);
    expect(text).not.toMatch(/jane|hunter2/);
    expect(shown).toMatchObject({ form: { q: 'tea' }, json: { password: '[credentials]' } });
    expect(text).toContain('q=tea');
  });

  it('never cuts through a word, and recognises what lies across the cut', () => {
    const policy = { mode: 'values', budget: { stringLength: 30 } } as const;

    expect(redact('twenty characters... jane.miller@example.com and more', policy)).not.toContain('jane');
    expect(redact(`short ${'x'.repeat(5000)}`, policy)).toBe('short … (5,000 more characters)');
  });

  it('replaces by label, by the end of the value, or by a pseudonym that is equal for equal values', () => {
    process.env.LANTERN_PSEUDONYM_KEY = 'a key for the test';
    try {
      const policy = { mode: 'values', replace: { contact: 'pseudonym', financial: 'partial' } } as const;
      const shown = redact(['jane@example.com', 'Jane@Example.com', '4111111111111111'], policy) as string[];

      expect(shown[0]).toMatch(/^\[email [\da-f]{12}\]$/);
      expect(shown[1]).toBe(shown[0]);
      expect(shown[2]).toBe('[card …1111]');
      delete process.env.LANTERN_PSEUDONYM_KEY;
      expect(redact('jane@example.com', policy)).toBe('[email]');
    } finally {
      delete process.env.LANTERN_PSEUDONYM_KEY;
    }
  });
});

describe('redact of API Gateway responses', () => {
  it('shows the status and safe headers, names of cookies, and opens the body', () => {
    const response = {
      statusCode: 200,
      headers: {
        'Content-Type': 'application/json',
        'Set-Cookie': 'sid=abcdefgh; Path=/; HttpOnly',
        'X-Customer': 'Jane',
      },
      body: JSON.stringify({ status: 'paid', name: 'Jane' }),
    };

    expect(redact(response, { allow: ['status'] })).toEqual({
      statusCode: 200,
      headers: {
        'Content-Type': 'application/json',
        'Set-Cookie': { sid: '<cookie, below 16 characters>; Path=/; HttpOnly' },
        'X-Customer': '<string, below 16 characters>',
      },
      body: { status: 'paid', name: '<string, below 16 characters>' },
    });
  });

  it('opens base64 and form bodies, shows parts of multipart bodies, and only the type of others', () => {
    const answer = (contentType: string, body: string, isBase64Encoded = false) =>
      (
        redact(
          { statusCode: 200, headers: { 'content-type': contentType }, body, isBase64Encoded },
          { mode: 'values' },
        ) as { body: unknown }
      ).body;
    const multipart = '--xyz\r\nContent-Disposition: form-data; name="photo"\r\n\r\nJane\r\n--xyz--\r\n';

    expect(answer('application/json', Buffer.from('{"a":1,"pin":2}').toString('base64'), true)).toEqual({
      a: 1,
      pin: '[credentials]',
    });
    expect(answer('application/x-www-form-urlencoded', 'q=tea&password=hunter2')).toEqual({
      q: 'tea',
      password: '[credentials]',
    });
    expect(answer('multipart/form-data; boundary=xyz', multipart)).toEqual({ photo: '<part, 4 characters>' });
    expect(answer('text/html', '<p>Jane</p>')).toBe('<text/html, 11 characters>');
    expect(answer('image/png', 'AAAA', true)).toBe('<image/png, 3 bytes>');
  });

  it('shows which items of a batch failed, and streams by type only', () => {
    const itemIdentifier = 'a3bb189e-8bf9-3886-b68f-3f5e0e4a5c11';

    expect(redact({ batchItemFailures: [{ itemIdentifier }] })).toEqual({
      batchItemFailures: [{ itemIdentifier }],
    });
    expect(redact({ statusCode: 200, body: new PassThrough() })).toEqual({
      statusCode: 200,
      body: '<PassThrough>',
    });
  });
});

describe('the policy', () => {
  it('shows nothing when it is off, and the stricter of policy and environment wins', () => {
    expect(redact({ a: 1 }, { mode: 'off' })).toBeUndefined();
    for (const [word, expected] of [
      ['values', { total: '<number>' }],
      ['shape', { total: '<number>' }],
      ['off', undefined],
      ['nonsense', { total: '<number>' }],
    ] as const) {
      process.env.LANTERN_REDACTION = word;
      try {
        expect(redact({ total: 1 })).toEqual(expected);
        expect(redact({ total: 1 }, { mode: 'values' })).toEqual(word === 'values' ? { total: 1 } : expected);
      } finally {
        delete process.env.LANTERN_REDACTION;
      }
    }
  });

  it.each([
    [{ mod: 'shape' }, 'mod'],
    [{ mode: 'all' }, 'mode'],
    [{ allow: 'id' }, 'allow'],
    [{ allow: ['items[0].id'] }, 'items[0].id'],
    [{ deny: { without: ['names'] } }, 'deny.without'],
    [{ deny: { extend: { contact: 'x' } } }, 'deny.extend.contact'],
    [{ replace: { contact: 'hash' } }, 'replace.contact'],
    [{ budget: { bytes: -1 } }, 'budget.bytes'],
    [{ budget: { size: 1 } }, 'budget.size'],
    [{ detectors: {} }, 'detectors'],
  ])('refuses %j and names the option', (policy, option) => {
    expect(() => redact({}, policy as never)).toThrow(
      expect.objectContaining({ name: 'TypeError', message: expect.stringContaining(option) as string }),
    );
  });
});
