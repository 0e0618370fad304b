import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { redact } from '../../../../src/redaction/redact.ts';
import { fc } from '../../../helpers/fast-check.ts';

/** What data chooses. Its lengths are in one class each, which a shape says. */
const data = fc.record({
  text: fc.stringMatching(/^[qxzvjk][\w .@:%+/-]{20,200}$/),
  short: fc.stringMatching(/^[qxzvjkw]{3,12}$/),
  number: fc.double({ noNaN: true, noDefaultInfinity: true }),
  digits: fc.integer({ min: 10_000_000, max: 99_999_999 }),
  flag: fc.boolean(),
  date: fc.date({ noInvalidDate: true }),
  letter: fc.stringMatching(/^[A-Za-z]$/),
  identifier: fc.stringMatching(/^[A-Z][a-z]{2,8}[qxzvjk]{3}$/),
  bytes: fc.uint8Array({ minLength: 20, maxLength: 200 }),
  list: fc.array(fc.double(), { minLength: 12, maxLength: 12 }),
});
type Data = typeof data extends fc.Arbitrary<infer Value> ? Value : never;

/** A class that is called what somebody wants. */
function classNamed<Parent extends object = object>(
  name: string,
  parent = Object as unknown as new () => Parent,
): new () => Parent {
  return { [name]: class extends (parent as new () => object) {} }[name] as new () => Parent;
}

function response(headers: Record<string, unknown>, rest: object = {}): object {
  return { statusCode: 200, headers, ...rest };
}

function multipart({ short, text }: Data): string {
  return `--b\r\nContent-Disposition: form-data; name="${short}"; filename="${short}"\r\n\r\n${text}\r\n--b--\r\n`;
}

/** Values that are built alike, whatever the data is. */
const builds: ReadonlyArray<readonly [what: string, build: (data: Data) => unknown]> = [
  ['a text', ({ text }) => text],
  ['a number', ({ number }) => number],
  ['a bigint', ({ digits }) => BigInt(digits)],
  ['a boolean', ({ flag }) => flag],
  ['a date', ({ date }) => date],
  ['a symbol', ({ short }) => Symbol(short)],
  ['a function', ({ short }) => ({ [short]: () => 1 })[short]],
  ['a key of one letter', ({ letter, number }) => ({ [letter]: number })],
  ['two letters as a key', ({ letter, number }) => ({ id: 1, [`${letter}_${letter}`]: number })],
  ['a key that is data', ({ identifier, number }) => ({ total: 1, [identifier]: number })],
  ['a long key', ({ text, number }) => ({ [text.repeat(10)]: number })],
  ['a key that is a symbol', ({ short }) => ({ id: 1, [Symbol(short)]: short })],
  [
    'a map',
    ({ text, letter, number }) =>
      new Map<unknown, unknown>([
        [letter, 1],
        [text, number],
      ]),
  ],
  ['a set', ({ text }) => new Set([text])],
  ['bytes', ({ bytes }) => bytes],
  ['a buffer', ({ bytes }) => Buffer.from(bytes)],
  ['the memory of bytes', ({ bytes }) => bytes.slice().buffer],
  ['a pattern', ({ short }) => new RegExp(short)],
  ['an error', ({ text, short }) => new Error(text, { cause: short })],
  [
    'an error of a class',
    ({ identifier, text }) => Object.assign(new (classNamed(identifier, RangeError))(), { message: text }),
  ],
  [
    'an object of a class',
    ({ identifier, number }) => Object.assign(new (classNamed(identifier))(), { id: number }),
  ],
  [
    'something of a class that is not looked into',
    ({ identifier }) => Object.assign(new (classNamed(identifier))(), { then: 1 }),
  ],
  ['a stream of a class', ({ identifier }) => new (classNamed(identifier, PassThrough))()],
  [
    'a buffer of a class',
    ({ identifier, bytes }) =>
      Object.setPrototypeOf(bytes.slice(), classNamed(identifier, Uint8Array).prototype as object) as object,
  ],
  [
    'a getter that throws',
    ({ identifier, text }) => ({
      get id(): unknown {
        throw Object.assign(new (classNamed(identifier, TypeError))(), { message: text });
      },
    }),
  ],
  ['numbers', ({ list }) => list],
  ['a JSON body', ({ text, number }) => response({}, { body: JSON.stringify({ id: number, note: text }) })],
  [
    'a long JSON body',
    ({ short, digits }) => ({
      body: JSON.stringify({ id: 1, note: short.repeat(60_000 + (digits % 1000)) }),
    }),
  ],
  [
    'a type of content',
    ({ short, text }) => response({ 'content-type': `application/x-${short}` }, { body: text }),
  ],
  ['a parameter of a type', ({ short }) => response({ 'Content-Type': `text/html; ${short}="${short}"` })],
  ['a character set', ({ short }) => response({ 'Content-Type': `text/html; charset=${short}` })],
  [
    'numbers in headers',
    ({ digits }) =>
      response({ 'content-length': digits, 'retry-after': digits, 'access-control-max-age': digits }),
  ],
  [
    'digits in headers',
    ({ digits }) => response({ 'Content-Length': `${digits}`, 'Retry-After': `${digits}` }),
  ],
  [
    'ages in headers',
    ({ digits }) =>
      response({
        'cache-control': `max-age=${digits}, public`,
        'strict-transport-security': `max-age=${digits}`,
      }),
  ],
  [
    'values of headers',
    ({ text, identifier }) => response({ 'x-request-id': text, [`x-${identifier}`]: text }),
  ],
  [
    'lists of values of headers',
    ({ digits, text }) => ({
      statusCode: 200,
      multiValueHeaders: { vary: [text], 'content-length': [`${digits}`] },
    }),
  ],
  [
    'a cookie',
    ({ short, digits }) =>
      response({ 'set-cookie': `${short}=${short}; Max-Age=${digits}; Domain=${short}; Path=/` }),
  ],
  [
    'cookies',
    ({ short, letter }) => ({
      headers: { cookie: `${short}=${short}; ${letter}=${short}` },
      cookies: [`${short}=${short}`],
    }),
  ],
  [
    'parts',
    (each) => response({ 'content-type': 'multipart/form-data; boundary=b' }, { body: multipart(each) }),
  ],
  [
    'parts in base64',
    (each) =>
      response(
        { 'content-type': 'multipart/form-data; boundary=b' },
        { body: Buffer.from(multipart(each)).toString('base64'), isBase64Encoded: true },
      ),
  ],
  [
    'a picture',
    ({ bytes }) =>
      response(
        { 'content-type': 'image/png' },
        { body: Buffer.from(bytes).toString('base64'), isBase64Encoded: true },
      ),
  ],
  ['a page', ({ text }) => response({ 'content-type': 'text/html' }, { body: text })],
  ['a status inside of data', ({ digits }) => ({ id: 1, order: { statusCode: 100 + (digits % 500) } })],
  [
    'an identifier inside of data',
    ({ digits }) => ({ id: 1, order: { itemIdentifier: String(digits).padStart(24, '4') } }),
  ],
  ['a name and a value', ({ short, text }) => ({ Name: short, Value: text })],
  ['pairs', ({ short, text }) => [[short, text]]],
  ['parameters', ({ letter, text }) => new URLSearchParams([[letter, text]])],
  ['headers of fetch', ({ short, text }) => new Headers({ [short]: encodeURIComponent(text).slice(0, 60) })],
];

/** Places of any value. */
const places: ReadonlyArray<(inner: unknown) => unknown> = [
  (inner) => inner,
  (inner) => ({ note: inner }),
  (inner) => [inner, inner],
  (inner) => ({ body: { items: [{ id: 1, note: inner }] } }),
  (inner) => new Map([['x', inner]]),
  (inner) => new Error('failed', { cause: inner }),
];

describe('the shape of a value', () => {
  it.each(builds)('is the same whatever the data: %s', (_what, build) => {
    fc.assert(
      fc.property(data, data, fc.constantFrom(...places), (one, other, place) => {
        expect(redact(place(build(one)))).toEqual(redact(place(build(other))));
      }),
    );
  });

  it('shows nothing of what says something else each time that it is asked', () => {
    let asked = 0;
    const changing = (): string => (asked++ === 0 ? '60' : 'qxzvjk');
    const text = { toString: changing, toJSON: changing };
    const list = new Proxy(['gzip'], {
      get: (target, key) => (key === '0' ? changing() : (Reflect.get(target, key) as unknown)),
    });
    const lengths = new Proxy([1], {
      get: (target, key) => (key === 'length' ? 'qxzvjk' : (Reflect.get(target, key) as unknown)),
    });
    const sized = Object.defineProperty(new Map([['id', 1]]), 'size', { value: 'qxzvjk' });
    const bytes = Object.defineProperty(new Uint8Array(4), 'byteLength', { value: 'qxzvjk' });
    const headers = {
      get 'content-length'(): string {
        return changing();
      },
      'retry-after': text,
      'content-type': text,
    };

    for (const value of [text, { headers, statusCode: 200 }, lengths, sized, bytes, new Set([list])]) {
      asked = 0;
      expect(JSON.stringify(redact(value))).not.toContain('qxz');
    }
    asked = 1;
    expect(JSON.stringify(redact({ multiValueHeaders: { 'content-encoding': list } }))).not.toContain('qxz');
  });

  it('shows what is the same for everybody in an answer', () => {
    const answer = response(
      {
        'Content-Type': 'application/json; charset=utf-8',
        'cache-control': 'max-age=60, public',
        'content-encoding': 'GZIP',
        'content-length': '17',
        'x-content-type-options': 'nosniff',
      },
      { body: '{"id":1}', isBase64Encoded: false },
    );

    expect(redact(answer)).toEqual({
      statusCode: 200,
      headers: {
        'Content-Type': 'application/json; charset=utf-8',
        'cache-control': 'max-age=…, public',
        'content-encoding': 'gzip',
        'content-length': '<number>',
        'x-content-type-options': 'nosniff',
      },
      body: { id: '<number>' },
      isBase64Encoded: 'false',
    });
    expect(redact(answer, { mode: 'values' })).toMatchObject({
      headers: { 'cache-control': 'max-age=60, public', 'content-length': '17', 'content-encoding': 'GZIP' },
    });
  });
});
