import { describe, expect, it } from 'vitest';
import { copyWith } from '../../src/copy-with.ts';

describe('copyWith', () => {
  const hidden = Symbol('hidden');
  class Answer {
    statusCode = 200;
    headers = { a: '1' };
  }
  const cases: ReadonlyArray<readonly [string, object]> = [
    ['a plain object', { statusCode: 200, headers: { a: '1' } }],
    ['one with a symbol', { statusCode: 200, [hidden]: 1 }],
    ['a frozen one', Object.freeze({ statusCode: 200 })],
    ['one without a prototype', Object.assign(Object.create(null) as object, { statusCode: 200 })],
    ['one of a class', new Answer()],
    [
      'one with its own __proto__, as JSON has it',
      JSON.parse('{"statusCode":200,"__proto__":{"x":1}}') as object,
    ],
    ['one with a member that is not enumerable', Object.defineProperty({ a: 1 }, 'b', { value: 2 })],
  ];
  it.each(cases)(
    'copies %s with its members, its class and others, and leaves it as it was',
    (_name, original) => {
      const before: Partial<Record<PropertyKey, PropertyDescriptor>> =
        Object.getOwnPropertyDescriptors(original);
      const copy = copyWith(original, { headers: 'ours' }) as Record<PropertyKey, unknown>;
      expect(copy).not.toBe(original);
      expect(Object.getPrototypeOf(copy)).toBe(Object.getPrototypeOf(original));
      for (const key of Reflect.ownKeys({ ...before, headers: 0 })) {
        const expected: unknown = key === 'headers' ? 'ours' : before[key]?.value;
        const member = Object.getOwnPropertyDescriptor(copy, key);
        expect(member?.value).toBe(expected);
        expect(member?.enumerable).toBe(key === 'headers' || before[key]?.enumerable);
      }
      expect(Object.getOwnPropertyDescriptors(original)).toEqual(before);
    },
  );

  it('adds a member that is named __proto__ as a member', () => {
    const copy = copyWith({ a: 1 }, JSON.parse('{"__proto__":"id"}') as Record<string, unknown>);
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
    expect(Object.getOwnPropertyDescriptor(copy, '__proto__')?.value).toBe('id');
  });

  it('calls no getter, and keeps it', () => {
    let calls = 0;
    const original = {
      get body() {
        calls += 1;
        return calls;
      },
    };
    const copy = copyWith(original, { headers: {} });
    expect(calls).toBe(0);
    expect(copy?.body).toBe(1);
  });

  it.each([
    ['the headers of fetch', new Headers({ a: '1' })],
    ['a map', new Map([['a', '1']])],
    ['an array', ['a', '1']],
    ['a form', new FormData()],
    [
      'a collection of its own making',
      new (class Pairs {
        #pairs = [['a', '1']];
        [Symbol.iterator]() {
          return this.#pairs.values();
        }
      })(),
    ],
    ['what says itself what is sent of it', { toJSON: () => 'a' }],
    [
      'what a class reads by getters',
      new (class Secret {
        #a = 1;
        get a() {
          return this.#a;
        }
      })(),
    ],
    [
      'what cannot be read',
      new Proxy(
        {},
        {
          ownKeys: () => {
            throw new Error('no');
          },
        },
      ),
    ],
  ])('does not copy %s', (_name, original) => {
    expect(copyWith(original, { headers: {} })).toBeUndefined();
  });
});
