import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { redact } from '../../../src/redaction/redact.ts';

class Customer {
  readonly name = 'Jane';
  readonly level = 3;
}

class Hidden {
  readonly secret = 's3cr3t-s3cr3t';
  calls = 0;
  toJSON(): unknown {
    this.calls += 1;
    return { id: 1 };
  }
}

describe('redact of anything', () => {
  it('takes what holds itself, and shows what is only repeated', () => {
    const circular: Record<string, unknown> = {};
    circular.self = circular;
    const twice = { a: 1 };

    expect(redact(circular)).toEqual({ self: '<circular>' });
    expect(redact({ one: twice, two: twice }, { mode: 'values' })).toEqual({ one: { a: 1 }, two: { a: 1 } });
  });

  it('takes a hundred thousand levels of objects, arrays and JSON', () => {
    let objects: unknown = 'end';
    let arrays: unknown = 'end';
    for (let level = 0; level < 100_000; level += 1) {
      objects = { deep: objects };
      arrays = [arrays];
    }
    const json = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const nestedJson = Array.from({ length: 12 }).reduce<string>((inner) => JSON.stringify({ inner }), '{}');

    for (const value of [objects, arrays, json, nestedJson]) {
      expect(JSON.stringify(redact(value)).length).toBeLessThan(500);
      const large = { depth: 1_000_000, bytes: 10_000_000 };
      expect(JSON.stringify(redact(value, { mode: 'values', budget: large })).length).toBeLessThan(5000);
    }
  });

  it('shows what has no JSON', () => {
    const values = {
      map: new Map([['a', 1]]),
      set: new Set(['x']),
      date: new Date(0),
      invalid: new Date(Number.NaN),
      buffer: Buffer.from('abc'),
      floats: new Float64Array(2),
      memory: new ArrayBuffer(5),
      big: 2n,
      symbol: Symbol('Jane'),
      call: () => 1,
      nothing: undefined,
      nan: Number.NaN,
      promise: Promise.resolve('Jane'),
      pattern: /Jane/,
      weak: new WeakMap(),
      response: new Response('Jane'),
      stream: new PassThrough(),
      customer: new Customer(),
      [Symbol('ignored')]: 1,
    };

    expect(redact(values, { mode: 'values' })).toEqual({
      map: { a: 1 },
      set: ['x'],
      date: '1970-01-01T00:00:00.000Z',
      invalid: '<invalid date>',
      buffer: '<Buffer, 3 bytes>',
      floats: '<Float64Array, 16 bytes>',
      memory: '<ArrayBuffer, 5 bytes>',
      big: '2',
      symbol: '<symbol>',
      call: '<function>',
      nothing: '<undefined>',
      nan: '<NaN>',
      promise: '<Promise>',
      pattern: '<RegExp>',
      weak: '<WeakMap>',
      response: '<Response>',
      stream: '<PassThrough>',
      customer: { name: 'Jane', level: 3 },
    });
    expect(JSON.stringify(redact(values))).not.toMatch(/Jane|1970/);
  });

  it('shows errors with their causes and the errors they aggregate, without the stack', () => {
    const cause = new TypeError('no such customer: jane@example.com');
    const error = new AggregateError([cause], 'two failed', { cause });

    expect(redact(error, { mode: 'values' })).toEqual({
      name: 'AggregateError',
      message: 'two failed',
      cause: { name: 'TypeError', message: 'no such customer: [email]' },
      errors: [{ name: 'TypeError', message: 'no such customer: [email]' }],
    });
  });

  it('calls a getter once at most, shows what it throws as such, and never calls toJSON', () => {
    let reads = 0;
    const hidden = new Hidden();
    const value = {
      get counted(): number {
        return (reads += 1);
      },
      get broken(): string {
        throw new RangeError('s3cr3t');
      },
      hidden,
      inner: { secret: 's3cr3t', toJSON: () => ({}) },
    };

    for (const mode of ['shape', 'values'] as const) {
      reads = 0;
      expect(redact(value, { mode })).toMatchObject({
        broken: '<threw RangeError>',
        hidden: '<Hidden>',
        inner: '<Object>',
      });
      expect(reads).toBe(1);
    }
    expect(hidden.calls).toBe(0);
  });

  it('takes proxies that refuse, revoked ones, sparse arrays, null prototypes, own __proto__, lone surrogates', () => {
    const refusing = new Proxy({}, { ownKeys: () => expect.fail('no keys') });
    const revoked = Proxy.revocable({}, {});
    revoked.revoke();
    const sparse: unknown[] = [];
    sparse[4_000_000_000] = 1;
    const bare = Object.assign(Object.create(null) as object, { a: 1 });
    const own: unknown = JSON.parse('{"__proto__":{"a":1}}');

    expect(redact(refusing)).toBe('<unreadable>');
    expect(redact(revoked.proxy)).toBe('<unreadable>');
    expect(redact(sparse)).toEqual(['<4,000,000,001 items, first 10 looked at>', '<undefined>']);
    expect(redact(bare, { mode: 'values' })).toEqual({ a: 1 });
    const shown = redact(own, { mode: 'values' }) as object;
    expect(Object.keys(shown)).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(shown)).toBe(Object.prototype);
    expect(redact('\uD800 alone', { mode: 'values' })).toBe('\uD800 alone');
    expect(redact(Object.freeze({ a: Object.freeze([1]) }), { mode: 'values' })).toEqual({ a: [1] });
  });

  it('says how much it cut of keys, items, strings and bodies', () => {
    const budget = { keys: 2, items: 2, stringLength: 10 };
    const value = { items: [1, 2, 3], text: 'one two three four', c: 1, d: 2 };

    expect(redact(value, { mode: 'values', budget })).toEqual({
      items: [1, 2, { '…': '1 more item' }],
      text: 'one two … (10 more characters)',
      '…': '2 more keys',
    });
    const body = JSON.stringify({ first: 1, list: Array.from({ length: 50_000 }, () => 'x') });
    expect(redact({ body })).toMatchObject({ body: { first: '<number>', '…': 'more characters' } });
    expect(redact({ body }, { mode: 'values' })).toMatchObject({
      body: { first: 1, '…': '167,252 more characters' },
    });
  });
});
