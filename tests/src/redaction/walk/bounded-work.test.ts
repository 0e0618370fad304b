import { describe, expect, it } from 'vitest';
import { redact } from '../../../../src/redaction/redact.ts';
import { decodeEvent } from '../../../../src/redaction/walk/decode-event.ts';
import { LogLines } from '../../../../src/telemetry/log-line.ts';

const MANY = 50_000;
/** What the default budget shows of one object, 60 keys, with room for what is looked at to find out that there are more. */
const FEW = 500;

/** Counts what is asked of objects whose members are made when they are asked for. */
class Counter {
  asked = 0;

  /** An object of many keys. */
  fields(
    value: (at: number) => unknown = (at) => at,
    name = (at: number): string => `customer ${at}`,
  ): object {
    const names = Array.from({ length: MANY }, (_, at) => name(at));
    const target = Object.fromEntries(names.map((each, at) => [each, at]));
    return new Proxy(target, {
      get: (from, key) => {
        this.asked += 1;
        return value(Number(Reflect.get(from, key)));
      },
      has: (from, key) => {
        this.asked += 1;
        return Reflect.has(from, key);
      },
      getOwnPropertyDescriptor: (from, key) => {
        this.asked += 1;
        return Reflect.getOwnPropertyDescriptor(from, key);
      },
    });
  }

  /** An object of many getters. */
  getters(name = (at: number): string => `customer ${at}`): object {
    const object = {};
    for (let at = 0; at < MANY; at += 1) {
      Object.defineProperty(object, name(at), {
        enumerable: true,
        get: () => {
          this.asked += 1;
          return at;
        },
      });
    }
    return object;
  }

  /** A list of many items. */
  list(value: (at: number) => unknown = (at) => at): readonly unknown[] {
    return new Proxy([], {
      get: (from, key) => {
        this.asked += 1;
        if (key === 'length') return MANY;
        return typeof key === 'string' ? value(Number(key)) : (Reflect.get(from, key) as unknown);
      },
    });
  }
}

/** Gives the same each time: objects made anew would fill the memory. */
function always(value: unknown): () => unknown {
  return () => value;
}

const wide: ReadonlyArray<readonly [what: string, make: (counter: Counter) => unknown]> = [
  ['an object', (counter) => counter.fields()],
  [
    'an object with names of fields',
    (counter) =>
      counter.fields(
        (at) => at,
        (at) => `total ${'x'.repeat(at % 7)}${at}`,
      ),
  ],
  ['getters', (counter) => counter.getters()],
  ['an object inside', (counter) => ({ order: { customers: counter.fields() } })],
  ['objects at every depth', (counter) => counter.fields(always(counter.fields((at) => ({ at }))))],
  ['a list', (counter) => counter.list()],
  [
    'a list of names and values',
    (counter) => ({ rawHeaders: counter.list((at) => (at % 2 === 0 ? 'Accept' : 'x')) }),
  ],
  ['a list of words', (counter) => counter.list(() => 'word')],
  ['a list of objects', (counter) => counter.list(always(counter.getters()))],
  ['headers', (counter) => ({ statusCode: 200, headers: counter.getters((at) => `x-${at}`), body: '{}' })],
  ['headers behind a proxy', (counter) => ({ statusCode: 200, headers: counter.fields(), body: '{}' })],
  [
    'values of headers',
    (counter) => ({ multiValueHeaders: { 'content-type': counter.list(() => 'text/html') } }),
  ],
  ['members of a response', (counter) => Object.assign(counter.getters(), { statusCode: 200, body: '{}' })],
  ['cookies', (counter) => ({ statusCode: 200, cookies: counter.list(() => 'a=b') })],
  [
    'failures of a batch',
    (counter) => ({ batchItemFailures: counter.list(() => ({ itemIdentifier: 'x' })) }),
  ],
  [
    'fields of an error',
    (counter) => Object.defineProperties(new Error('x'), Object.getOwnPropertyDescriptors(counter.getters())),
  ],
  ['errors of an error', (counter) => Object.assign(new Error('x'), { errors: counter.list() })],
  ['a cause', (counter) => new Error('x', { cause: counter.fields() })],
  [
    'names and values',
    (counter) => ({ Name: 'status', Value: counter.fields(), ...{ path: counter.list(() => 'x') } }),
  ],
  [
    'placeholders',
    (counter) => ({
      UpdateExpression: 'SET #a = :a',
      ExpressionAttributeNames: counter.fields(),
      ExpressionAttributeValues: counter.fields(),
    }),
  ],
  ['values of a map', (counter) => new Map(Array.from({ length: MANY }, (_, at) => [at, counter.list()]))],
  ['items of a set', (counter) => new Set(Array.from({ length: 1000 }, () => counter.list()))],
];

describe.each(wide)('of %s with fifty thousand members', (_what, make) => {
  it.each([
    ['shape', {}],
    ['shape with an allowed name', { allow: ['status', 'total'] }],
    ['values', { mode: 'values' }],
  ] as const)('few are asked for in the mode %s', (_mode, policy) => {
    const counter = new Counter();
    const shown = redact(make(counter), { ...policy, budget: { bytes: 4096 } });

    expect(JSON.stringify(shown)).toMatch(/looked at|more|50,000|1,000|credentials/);
    // A level of sixty keys with sixty below is all that the bytes have room for.
    expect(counter.asked).toBeLessThan(8 * FEW);
    expect(counter.asked).toBeLessThan(MANY / 10);
  });

  it('few are asked for by a log line', () => {
    const counter = new Counter();
    const { keys } = new LogLines({ budget: { bytes: 4096 } }).line(
      {
        logLevel: 'INFO',
        message: 'x',
        serviceName: 's',
        timestamp: new Date(0),
        sampleRateValue: 0,
      } as never,
      { value: make(counter) },
      '',
    );

    expect(Object.keys(keys)).toContain('value');
    expect(counter.asked).toBeLessThan(MANY);
  });
});

describe('what is shown of very much', () => {
  it('says how many keys there are, also of a proxy', () => {
    const counter = new Counter();

    expect(redact(counter.fields(), { mode: 'values', budget: { keys: 1 } })).toEqual({
      'customer 0': 0,
      '…': '49,999 more keys',
    });
    expect(redact(counter.getters(), { mode: 'values', budget: { keys: 1 } })).toEqual({
      'customer 0': 0,
      '…': '49,999 more keys',
    });
    expect(redact(counter.fields())).toEqual({ '<map>': ['<50,000 keys, first 10 looked at>', '<number>'] });
    expect(
      redact({ statusCode: 200, headers: counter.fields() }, { mode: 'values', budget: { keys: 2 } }),
    ).toEqual({
      statusCode: 200,
      headers: { 'customer 0': 0, 'customer 1': 1, '…': '49,998 more keys' },
    });
  });

  it('ends where one wide object is shown again and again', () => {
    const counter = new Counter();
    const one = counter.fields();
    const shown = redact(
      Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`line${at % 9}${'x'.repeat(at)}`, one])),
      { mode: 'values' },
    );

    expect(JSON.stringify(shown)).toContain('more keys');
    expect(counter.asked).toBeLessThan(MANY / 5);
  });

  it('is little of a long key', () => {
    const key = 'word '.repeat(200_000);

    expect(redact({ [key]: 1 })).toEqual({ '<map>': ['<1 key>', '<number>'] });
    expect(redact({ [key]: 1 }, { mode: 'values' })).toEqual({ '<key of 1000000 characters>': 1 });
  });

  it('leaves an event with more than Lambda delivers as it is, and asks little of it', () => {
    const counter = new Counter();
    const event = { Records: counter.list(always(counter.getters())) };

    expect(decodeEvent(event)).toEqual(event);
    counter.asked = 0;
    const image = { Records: [{ dynamodb: { NewImage: counter.getters() } }] };
    decodeEvent(image);
    decodeEvent({ records: counter.getters() });
    decodeEvent(counter.getters());
    expect(counter.asked).toBe(0);
  });
});
