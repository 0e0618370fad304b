import { Logger } from '@aws-lambda-powertools/logger';
import type { ConstructorOptions } from '@aws-lambda-powertools/logger/types';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { runWithCorrelation } from '../../../src/propagation/correlation.ts';
import { RedactingLogFormatter } from '../../../src/telemetry/redacting-log-formatter.ts';
import { captureLogs } from '../../helpers/captured-logs.ts';
import { fc, runs } from '../../helpers/fast-check.ts';
import { lambdaContext } from '../../helpers/lambda.ts';

afterEach(() => {
  delete process.env.TZ;
  delete process.env.POWERTOOLS_DEV;
});

const METHODS = ['debug', 'info', 'warn', 'error'] as const;

/** What is written to the standard streams, to the byte, but for the time. */
function written(write: () => void): string {
  const streams = [process.stdout, process.stderr];
  const originals = streams.map((stream) => stream.write.bind(stream));
  let text = '';
  for (const stream of streams) {
    stream.write = (chunk: unknown) => {
      text += String(chunk);
      return true;
    };
  }
  // In development Powertools writes to the console of the process.
  const onConsole = METHODS.map((method) =>
    vi.spyOn(console, method).mockImplementation((line) => void (text += `${String(line)}\n`)),
  );
  try {
    write();
  } finally {
    for (const spy of onConsole) spy.mockRestore();
    streams.forEach((stream, at) => (stream.write = originals[at] as typeof stream.write));
  }
  expect(text).not.toBe('');
  return text.replaceAll(/("timestamp": ?")[^"]*?(Z|[+-]\d\d:\d\d)"/g, '$1$2"');
}

/** The lines of Powertools' own formatter, and of ours. */
function both(
  write: (logger: Logger) => void,
  options: ConstructorOptions = {},
  order?: readonly string[],
): [theirs: string, ours: string] {
  const context = lambdaContext();
  const run = (logger: Logger) => () => {
    logger.addContext(context);
    write(logger);
  };
  const logFormatter = new RedactingLogFormatter(order === undefined ? {} : { logRecordOrder: order });
  const theirs = new Logger({
    ...options,
    ...(order !== undefined && { logRecordOrder: [...order] }),
  } as ConstructorOptions);
  return [written(run(theirs)), written(run(new Logger({ ...options, logFormatter } as ConstructorOptions)))];
}

class Money {
  readonly amount = 12;
  readonly #currency = 'EUR';
  get currency() {
    return this.#currency;
  }
}
class Priced extends Money {
  toJSON(key: string) {
    return { price: `${this.amount} ${this.currency}`, key, at: new Date(0), list: [undefined, 1n] };
  }
}
class OutOfStock extends Error {
  readonly code = 'OUT_OF_STOCK';
  readonly retryable = false;
  readonly sku = { id: 'tea', tried: [1, undefined, 2n], error: new TypeError('no shelf') };
}
class Named extends Error {
  override readonly name = 'ConditionalCheckFailedException';
}
const circular: Record<string, unknown> = { label: 'loop', list: [1] };
circular.self = circular;
(circular.list as unknown[]).push(circular, 2, circular.list);
const bare: unknown = Object.create(null);
const inherits: unknown = Object.create({ a: 1 });
const shared = { sku: 'tea' };
const holes: unknown[] = [1];
holes[3] = 4;
const decorated = Object.defineProperty(new Error('decorated'), 'toJSON', {
  value: () => ({ only: 'this' }),
});

const VALUES: Readonly<Record<string, unknown>> = {
  'undefined members': { a: undefined, b: null, c: '', list: [undefined, null, ''], deep: { d: undefined } },
  'a function and a symbol': { fn: () => 1, symbol: Symbol('x'), list: [() => 1, Symbol('x')] },
  numbers: [0, -0, 1.5, 1e21, Number.NaN, Infinity, Number.MAX_SAFE_INTEGER, new Number(3)],
  'big integers': { small: 1n, large: 123456789012n, list: [2n] },
  dates: [new Date(0), new Date(Number.NaN), { at: new Date('2026-01-01') }],
  'a URL': { url: new URL('https://shop.example.com/orders?size=large'), params: new URLSearchParams('a=b') },
  'maps and sets': {
    map: new Map<unknown, unknown>([
      ['sku', 'tea'],
      [1, 2],
    ]),
    set: new Set(['tea', 1]),
    weak: new WeakMap(),
  },
  'what has toJSON': {
    priced: new Priced(),
    list: [new Priced()],
    plain: { toJSON: () => 'plain' },
    none: { toJSON: () => undefined },
  },
  'instances of classes': {
    money: new Money(),
    bare,
    inherits,
  },
  'what holds itself': circular,
  'what stands twice': { one: shared, two: shared, list: [shared, shared] },
  'an array with holes': holes,
  'other objects': {
    regexp: /x/g,
    promise: Promise.resolve(1),
    boxed: [new String('x'), new Boolean(false)],
  },
  'JSON in a text': {
    body: '{"sku": "tea",\n "total": 12}',
    list: '[{"sku":"tea"},{"sku":"mug"}]',
    nested: JSON.stringify({ in: '{"sku":"tea"}' }),
  },
  'a form in a text': 'size=large&colour=red%20wine',
  'base64 of JSON': Buffer.from('{"sku":"tea","quantity":2}').toString('base64'),
  'an event': {
    httpMethod: 'POST',
    body: '{"sku":"tea"}',
    isBase64Encoded: false,
    headers: { Accept: '*/*', 'Content-Type': 'application/json' },
    requestContext: { stage: 'live' },
  },
  'a response': {
    statusCode: 201,
    body: '{"status": "created"}',
    headers: { 'content-type': 'application/json' },
  },
  'awkward names': {
    constructor: 1,
    toString: 2,
    ['__proto__']: 3,
    'a b': 4,
    '7': 5,
    a: { constructor: { x: 1 } },
  },
  'own names of Powertools': { function_name: 'mine', cold_start: undefined, xray_trace_id: '' },
  'deep objects':
    Array.from({ length: 40 }).reduce<unknown>((inner) => ({ inner, list: [inner] }), 'end') &&
    Array.from({ length: 40 }).reduce<unknown>((inner) => ({ inner }), 'end'),
  'many members': Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`member${at}`, at])),
  'many items': Array.from({ length: 500 }, (_, at) => ({ at })),
  'an error': new Error('no tea'),
  'an error with causes': new Error('outer', {
    cause: new TypeError('inner', { cause: new RangeError('core') }),
  }),
  'an error with a cause that is none': new Error('outer', { cause: { status: 'late', at: new Date(0) } }),
  'an error with fields': new OutOfStock('no tea left'),
  'an error with a name of its own': new Named('refused'),
  'an error without a stack': Object.assign(new Error('bare'), { stack: undefined }),
  'an error of no message': new Error(),
  'an error of many lines': new Error('first line\n  second line\n\nlast line'),
  'an error with toJSON': decorated,
  'errors within': {
    list: [new Error('in a list')],
    allSettled: [{ status: 'rejected', reason: new OutOfStock('gone') }],
  },
};

describe('a line in which nothing is masked is the one that Powertools writes', () => {
  it.each(Object.keys(VALUES))('with %s, wherever it stands', (name) => {
    const value = VALUES[name];
    const write = (logger: Logger) => {
      logger.info('as a key', { value, after: 1 });
      logger.info({ message: 'as members', ...(value as object) });
      logger.warn({ message: value } as never);
      if (value instanceof Error) logger.error('as an error', value);
      logger.info('as the extra', value as never);
      logger.appendPersistentKeys({ kept: value });
      logger.appendKeys({ added: value, order: { value } });
      logger.info('as an added key', { order: { more: 1 } });
    };
    // In an order of its own Powertools drops keys that every object has, such as `constructor`; here they stay.
    const orders =
      name === 'awkward names'
        ? [undefined]
        : [undefined, ['timestamp', 'value', 'function_name', 'kept', 'none', 'value']];
    for (const order of orders) {
      const [theirs, ours] = both(write, { persistentKeys: { team: 'orders' } }, order);
      expect(ours).toBe(theirs);
    }
  });

  it.each(['Europe/Berlin', 'Asia/Kolkata', 'UTC', 'America/St_Johns'])('in the time zone %s', (zone) => {
    process.env.TZ = zone;
    const [theirs, ours] = both((logger) => logger.info('x', { environment: 'live' }), {
      environment: 'live',
      serviceName: 'orders',
      sampleRateValue: 0,
    });
    expect(ours).toBe(theirs);
  });

  it('in development, indented and with stacks as lists', () => {
    process.env.POWERTOOLS_DEV = 'true';
    const [theirs, ours] = both((logger) => logger.error('x', VALUES['an error with causes'] as Error));
    expect(ours).toBe(theirs);
  });

  it.each([
    [
      'sets and maps',
      (_key: string, value: unknown) =>
        value instanceof Set
          ? [...(value as Set<unknown>)]
          : value instanceof Map
            ? Object.fromEntries(value as Map<string, unknown>)
            : value,
    ],
    ['big integers', (_key: string, value: unknown) => (typeof value === 'bigint' ? Number(value) : value)],
    ['undefined', (_key: string, value: unknown) => (value === undefined ? null : value)],
    ['names', (key: string, value: unknown) => (key === 'list' ? undefined : value)],
    ['functions', (_key: string, value: unknown) => (typeof value === 'function' ? 'fn' : value)],
    ['own fields', (key: string, value: unknown) => (key === 'level' ? 'info' : value)],
  ])('with a jsonReplacerFn for %s', (_what, jsonReplacerFn) => {
    const [theirs, ours] = both(
      (logger) => {
        for (const name of [
          'maps and sets',
          'big integers',
          'undefined members',
          'a function and a symbol',
          'an event',
        ])
          logger.info('x', { value: VALUES[name] });
      },
      { jsonReplacerFn },
    );
    expect(ours).toBe(theirs);
  });

  it('with whatever holds no personal data', () => {
    const words = [
      'tea',
      'mug',
      'created',
      'late order',
      'grün',
      'a "quoted" word',
      'two\nlines',
      '\\',
      '{x}',
      '[]',
      '',
      'ok',
    ];
    const text = fc
      .oneof(
        fc.constantFrom(...words),
        fc.string({ unit: fc.constantFrom(...Array.from('abcxyz {}[]":,\\/\n\té😀<>&()')), maxLength: 12 }),
      )
      // The beginning of JSON that cannot be read is masked: nobody knows what it names.
      .filter((each) => !/[{[]\s*["{[]/.test(each));
    const key = fc.oneof(
      fc.constantFrom(
        'sku',
        'total',
        'status',
        'items',
        'quantity',
        'size',
        '__proto__',
        'constructor',
        'body',
        'headers',
        '2',
        'valueOf',
      ),
      fc.string({ unit: fc.constantFrom('b', 'c', 'd', 'f', 'g', '_'), minLength: 1, maxLength: 6 }),
    );
    // Powertools itself throws where a line has this key.
    const ofLine = key.filter((name) => name !== '__proto__');
    const leaf = fc.oneof(
      text,
      fc.integer({ min: -99_999, max: 99_999 }),
      fc.double({ min: -1000, max: 1000, noNaN: false }),
      fc.boolean(),
      fc.constantFrom<unknown>(
        null,
        undefined,
        5n,
        Number.NaN,
        new Date(1e12),
        new Money(),
        new Priced(),
        shared,
        Symbol.iterator,
      ),
      text.map((message) => new Error(message, { cause: shared })),
      text.map((message) => JSON.stringify({ status: message, items: [message] })),
    );
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4, withCrossShrink: true },
        leaf,
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(key, tie('value'), { maxKeys: 5, noNullPrototype: false }),
        fc.array(tie('value'), { maxLength: 3 }).map((items) => new Set(items)),
        fc.array(fc.tuple(key, tie('value')), { maxLength: 3 }).map((entries) => new Map(entries)),
      ),
    }));
    fc.assert(
      fc.property(text, fc.dictionary(ofLine, value, { maxKeys: 5 }), value, (message, members, one) => {
        const [theirs, ours] = both((logger) => {
          logger.info(message, members);
          logger.appendKeys({ one });
          logger.info({ ...members, message }, { other: one });
        });
        expect(ours).toBe(theirs);
      }),
      runs(300),
    );
  });
});

describe('what is masked', () => {
  const mail = 'jane@example.com';
  const revealing = { toJSON: () => ({ ok: true, toJSON: () => mail, deep: { toJSON: () => mail } }) };
  const reveal = Object.assign(() => 1, { toJSON: () => mail });
  let reads = 0;
  const fickle = {
    get note() {
      reads += 1;
      return reads === 1 ? 'tea' : mail;
    },
  };
  class Customer {
    readonly #mail = mail;
    toJSON() {
      return { note: `mail ${this.#mail}`, at: new Date(0) };
    }
  }
  const aliasing = { one: { note: mail }, list: [] as unknown[] };
  aliasing.list.push(aliasing.one, aliasing);

  it.each<readonly [string, unknown]>([
    ['a name that stands twice in JSON', `{"note":"${mail}","note":"tea"}`],
    ['the same in a message', { message: `got {"note":"${mail}","note":"tea"}` }],
    ['the same in base64', Buffer.from(`{"note":"${mail}","note":"tea"}`).toString('base64')],
    ['a name that stands twice in a form', `note=${encodeURIComponent(mail)}&note=tea&size=large`],
    ['what toJSON gives', [new Customer(), revealing, { deep: [revealing] }]],
    ['a function with a toJSON', { reveal, list: [reveal] }],
    ['a getter that changes its mind', fickle],
    [
      'maps and sets',
      [
        new Map([
          ['note', mail],
          [mail, 'x'],
        ]),
        new Set([mail, { note: mail }]),
      ],
    ],
    ['URLs', new URL(`https://shop.example.com/customers/${mail}`)],
    ['what stands twice and holds itself', aliasing],
    ['a big integer', { card: 4111111111111111n }],
    ['an error within', { list: [new Error(`for ${mail}`, { cause: new TypeError(`of ${mail}`) })] }],
    ['bytes', Buffer.from(mail)],
  ])('stays so: %s', (_what, value) => {
    const replace = (_key: string, each: unknown): unknown =>
      each instanceof Set ? [...(each as Set<unknown>)] : each instanceof Map ? [...each] : each;
    for (const jsonReplacerFn of [undefined, replace]) {
      reads = 0;
      const logger = new Logger({
        logFormatter: new RedactingLogFormatter(),
        ...(jsonReplacerFn !== undefined && { jsonReplacerFn }),
      });
      const text = written(() => {
        logger.info('x', { value });
        reads = 0;
        if (typeof value === 'object') logger.info(value as never);
        logger.appendPersistentKeys({ kept: { value } });
        reads = 0;
        logger.info('y');
      });
      expect(text).not.toMatch(/jane|4111111111111111|amFuZU/);
    }
  });
});

function* endless<Item>(item: Item): Generator<Item, undefined> {
  for (let at = 0; at < 1_000_000; at += 1) yield item;
  throw new Error('Nobody should read so far');
}
class EndlessMap extends Map<string, number> {
  override [Symbol.iterator](): MapIterator<[string, number]> {
    return endless<[string, number]>(['a', 1]);
  }
}
class EndlessSet extends Set<number> {
  override [Symbol.iterator](): SetIterator<number> {
    return endless(1);
  }
}

describe('what does not fit into a line', () => {
  it.each<readonly [string, () => unknown, RegExp]>([
    ['a long list', () => Array.from({ length: 400_000 }, (_, at) => at), /\d more items/],
    [
      'many members',
      () => Object.fromEntries(Array.from({ length: 250_000 }, (_, at) => [`m${at}`, at])),
      /more keys/,
    ],
    ['a large set', () => new Set(Array.from({ length: 400_000 }, (_, at) => at)), /"value":/],
    ['a map that never stops', () => new EndlessMap([['tea', 2]]), /"value":\{\}/],
    ['a set that never stops', () => new EndlessSet([2]), /"value":\{\}/],
    [
      'deep nesting',
      () => Array.from({ length: 5000 }).reduce<unknown>((inner) => ({ inner }), 1),
      /<object>/,
    ],
  ])('is counted, or shown by what it is: %s', (_what, make, expected) => {
    const value = make();
    const text = written(() =>
      new Logger({ logFormatter: new RedactingLogFormatter() }).info('x', { value }),
    );
    expect(text).toMatch(expected);
    expect(text.length).toBeLessThan(262_118);
  });
});

describe('a correlation id that the caller logs', () => {
  const line = (write: (logger: Logger) => void, id?: string) => {
    const logs = captureLogs();
    const logger = new Logger({ logFormatter: new RedactingLogFormatter() });
    if (id === undefined) write(logger);
    else runWithCorrelation({ correlationId: id, source: 'test' }, () => write(logger));
    return logs.restore()[0];
  };

  it.each([
    [
      'appended',
      (to: Logger) => {
        to.appendKeys({ correlation_id: 'other' });
        to.info('x');
      },
    ],
    [
      'persistent',
      (to: Logger) => {
        to.appendPersistentKeys({ correlation_id: 'other' });
        to.info('x');
      },
    ],
    [
      'set as Powertools does',
      (to: Logger) => {
        to.setCorrelationId('other');
        to.info('x');
      },
    ],
    ['in the line', (to: Logger) => to.info('x', { correlation_id: 'other' })],
    ['in the message', (to: Logger) => to.info({ message: 'x', correlation_id: 'other' })],
  ])('%s stands beside the real one, which it cannot replace', (_where, write) => {
    expect(line(write, 'order-1')).toMatchObject({
      correlation_id: 'order-1',
      logged_correlation_id: 'other',
    });
    expect(line(write, 'other')).not.toHaveProperty('logged_correlation_id');
    // Where there is no real one it is what it says.
    expect(line(write)).toMatchObject({ correlation_id: 'other' });
    expect(line(write)).not.toHaveProperty('logged_correlation_id');
  });
});
