import { describe, expect, it } from 'vitest';
import { redact } from '../../src/redaction/redact.ts';
import { expectNoLeak } from '../../testing/index.ts';
import { fc, runs } from '../helpers/fast-check.ts';

const order = {
  id: 'o-4711',
  status: 'placed',
  total: 119800,
  customer: { name: 'Jane Doe', city: 'Leeds' },
};
const response = {
  statusCode: 201,
  headers: { 'content-type': 'application/json', 'set-cookie': 'session=s3cr3tvalue; HttpOnly; Path=/' },
  body: JSON.stringify(order),
};

describe('expectNoLeak', () => {
  it('is content with what redact shows of a response', () => {
    expectNoLeak(response, redact(response));
    expectNoLeak(response, redact(response, { allow: ['status'] }), { allow: ['status'] });
    expectNoLeak(response, redact(response, { allow: ['body.customer.city'] }), {
      allow: ['body.customer.city'],
    });
  });

  it.each([
    [
      'a value',
      { body: { customer: { name: 'Jane Doe' } } },
      'response.body.customer.name',
      8,
      'capture.body.customer.name',
    ],
    ['four characters in a row', 'see "e Do"', 'response.body.customer.name', 4, 'capture'],
    ['a number', { total: 119800 }, 'response.body.total', 6, 'capture.total'],
    ['a number in a text', 'total 1198', 'response.body.total', 4, 'capture'],
    ['the whole body as text', response.body, 'response.body.customer.city', 5, 'capture.customer.city'],
    [
      'a value behind base64',
      { data: Buffer.from('to Leeds today').toString('base64') },
      'response.body.customer.city',
      5,
      'capture.data',
    ],
    ['a value in a URL', 'https://example.com/?q=Jane%20Doe', 'response.body.customer.name', 8, 'capture'],
    ['a value as a key', { Leeds: 1 }, 'response.body.customer.city', 5, 'a key of capture'],
    ['a cookie', { cookies: 's3cr3tvalue' }, 'response.headers.set-cookie[0][0]', 11, 'capture.cookies'],
    [
      'a log line among others',
      '{"level":"INFO"}\n{"message":"for Jane Doe"}',
      'response.body.customer.name',
      8,
      'capture line 2.message',
    ],
    ['an error', new Error('no stock in Leeds'), 'response.body.customer.city', 5, 'capture.message'],
    ['a value in brackets of its own', '<Leeds>', 'response.body.customer.city', 5, 'capture'],
  ])('finds %s, and says how much of which value is shown where', (_what, capture, path, length, where) => {
    const message = messageOf(() => expectNoLeak(response, capture));

    expect(message).toContain(`- ${length} of `);
    expect(message).toContain(`characters of ${path} at ${where}: `);
  });

  it('repeats no value in its message', () => {
    const message = messageOf(() => expectNoLeak(response, response.body));

    for (const secret of ['Jane', 'Leeds', '1198', 'placed', '4711']) expect(message).not.toContain(secret);
    expect(message).toContain('What may be shown is named in "allow"');
  });

  it('finds keys that are data, in the response and in the capture', () => {
    const byCustomer = { 'jane@example.com': { total: 1 } };

    expectNoLeak(byCustomer, redact(byCustomer));
    expect(() => expectNoLeak(byCustomer, { 'jane@example.com': '<object>' })).toThrow('a key of response');
    expect(messageOf(() => expectNoLeak(byCustomer, byCustomer))).not.toContain('jane@');
  });

  it('takes fields of another language for what they are when it is told so', () => {
    const german = { body: JSON.stringify({ bestellung: { kundenname: 'Jane Doe' } }) };
    const fieldNames = ['bestellung', 'kundenname'];

    expectNoLeak(german, redact(german));
    expectNoLeak(german, redact(german, { fieldNames }), { fieldNames });
    expect(() => expectNoLeak(german, redact(german, { fieldNames }))).toThrow('a key of response');
  });

  it('opens bodies in base64, forms, parts, and JSON in JSON', () => {
    const opened = [
      { isBase64Encoded: true, body: Buffer.from(JSON.stringify({ name: 'Jane Doe' })).toString('base64') },
      { headers: { 'Content-Type': 'application/x-www-form-urlencoded' }, body: 'name=Jane+Doe&a=1' },
      { body: JSON.stringify({ inner: JSON.stringify({ name: 'Jane Doe' }) }) },
      {
        headers: { 'content-type': 'multipart/form-data; boundary=xx' },
        body: '--xx\r\nContent-Disposition: form-data; name="who"\r\n\r\nJane Doe\r\n--xx--',
      },
    ];
    for (const each of opened) {
      expectNoLeak(each, redact(each));
      expect(() => expectNoLeak(each, 'Jane Doe')).toThrow('8 of');
    }
  });

  it('takes ids and times of a trace document and a log line for what they are', () => {
    const dated = { at: '2026-11-24T10:00:00.000Z', hash: '53995c3f42cd8ad8', amount: 17324 };
    const correlationId = '3f2a9c14-7b1e-4c0d-9a55-000000000001';
    const document = {
      name: '## 2026-shop',
      annotations: { CorrelationId: correlationId },
      trace_id: '1-5759e988-bd862e3fe1be46a994272793',
      id: '53995c3f42cd8ad8',
      start_time: 1732442400.1,
      metadata: { lantern: { response: redact(dated) } },
    };
    const line = { level: 'INFO', timestamp: '2026-11-24T10:00:00.000Z', message: 'done' };

    expectNoLeak(dated, document);
    expectNoLeak({ headers: { 'x-correlation-id': correlationId } }, document);
    expectNoLeak(dated, [document, JSON.stringify(line)]);
    expect(() => expectNoLeak(dated, { ...document, note: '53995c3f' })).toThrow('capture.note');
    // Elsewhere, an id or a time under the same name is the response's.
    const leaked = { id: correlationId, at: 1732442400, timestamp: '2026-11-24T10:00:00.000Z', line: 4711 };
    for (const [name, value] of Object.entries(leaked)) {
      const capture = { ...document, metadata: { lantern: { response: { [name]: value } } } };
      expect(() => expectNoLeak({ [name]: value }, capture), name).toThrow('of the response');
    }
  });

  it('takes values for shown in words by a longer run when it is told so', () => {
    const note = { note: 'leave it with the neighbours' };

    expect(() => expectNoLeak(note, { message: 'sent with the parcel' })).toThrow('response.note');
    expectNoLeak(note, { message: 'sent with the parcel' }, { characters: 12 });
  });

  it('does not take one place that is allowed for another that is not', () => {
    const shared = { city: 'Leeds' };
    const both = { from: shared, to: shared };

    expectNoLeak(both, redact(both, { allow: ['from.city'] }), { allow: ['from.city', 'to.city'] });
    expect(() =>
      expectNoLeak({ ...both, note: 'off to Leicester' }, 'Leicester', { allow: ['city'] }),
    ).toThrow('response.note');
  });

  it('takes any value: circular, deep, with getters that throw', () => {
    const circular: Record<string, unknown> = { name: 'Jane Doe', list: [] };
    circular.self = circular;
    const deep = Array.from({ length: 100_000 }).reduce<unknown>((inner) => [inner], 'Jane Doe');
    const throwing = {
      get a(): string {
        throw new Error('no');
      },
      name: new Map([['Jane Doe', new Set([Buffer.from('Jane Doe')])]]),
    };

    for (const each of [circular, deep, throwing]) {
      expectNoLeak(each, redact(each));
      expect(() => expectNoLeak(each, 'Jane Doe')).toThrow('8 of');
    }
  });

  it('knows what is private behind toJSON, and comes to an end with a whole body of a megabyte', () => {
    class Customer {
      readonly #name = 'Jane Doe';
      toJSON() {
        return { name: this.#name };
      }
    }
    expectNoLeak(new Customer(), redact(new Customer()));
    expect(() => expectNoLeak(new Customer(), 'Jane Doe')).toThrow('8 of');

    const rows = Array.from({ length: 10_000 }, (_, at) => ({ text: `row ${at} of Jane Doe`, at }));
    const large = { body: JSON.stringify({ rows, all: JSON.stringify(rows).replaceAll('"', "'") }) };
    expectNoLeak(large, redact(large));
    expect(() => expectNoLeak(large, { log: JSON.stringify(large) })).toThrow(/and [\d]+ more/);
  });

  it('refuses to prove anything without a capture, and options that do not exist', () => {
    expect(() => expectNoLeak(response, undefined)).toThrow('got no capture');
    expect(() => expectNoLeak(response, {}, { allowed: [] } as never)).toThrow(
      'no option "allowed"; it has allow, fieldNames, characters',
    );
    expect(() => expectNoLeak(response, {}, { allow: 'status' } as never)).toThrow('an array of strings');
    expect(() => expectNoLeak(response, {}, { characters: 1 })).toThrow('3 or more, but got 1');
    expect(() => expectNoLeak(response, {}, { allow: ['items[0]'] })).toThrow('items[].sku');
  });

  it('is content with whatever redact shows of any value, in shape mode', () => {
    fc.assert(
      fc.property(anything, (value) => {
        const response = { body: JSON.stringify({ value }, digits) };
        expectNoLeak(value, redact(value));
        expectNoLeak(response, redact(response));
      }),
      runs(300),
    );
  });

  it('finds any part of four characters of any value, wherever it is put', () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[A-Za-z ]{6,30}$/), { minLength: 1, maxLength: 4 }),
        fc.nat(),
        fc.constantFrom(...places),
        (texts, seed, place) => {
          const text = texts[seed % texts.length] ?? '';
          const at = seed % (text.length - 3);
          const shown = { ...(redact({ texts }) as object), extra: place(text.slice(at, at + 4)) };
          expect(() => expectNoLeak({ texts }, shown)).toThrow('of the response');
        },
      ),
    );
  });
});

const places: ReadonlyArray<(part: string) => unknown> = [
  (part) => part,
  (part) => [`… ${part} …`],
  (part) => ({ deep: { deeper: JSON.stringify({ part }) } }),
  (part) => `[email] ${part}`,
];
function digits(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

const anything = fc.anything({
  key: fc.oneof(fc.constantFrom('id', 'name', 'customerName', 'items'), fc.string(), fc.uuid()),
  values: [fc.string(), fc.lorem(), fc.emailAddress(), fc.integer(), fc.double(), fc.constant('<string>')],
  withDate: true,
  withMap: true,
  withSet: true,
  withNullPrototype: true,
});

function messageOf(fn: () => void): string {
  try {
    fn();
  } catch (error) {
    if (error instanceof Error) return error.message;
  }
  throw new Error('Nothing was thrown');
}
