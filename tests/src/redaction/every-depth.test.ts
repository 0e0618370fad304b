import { Logger } from '@aws-lambda-powertools/logger';
import { describe, expect, it } from 'vitest';
import { redact } from '../../../src/redaction/redact.ts';
import { RedactingLogFormatter } from '../../../src/telemetry/redacting-log-formatter.ts';
import { captureLogs } from '../../helpers/captured-logs.ts';
import { fc } from '../../helpers/fast-check.ts';

/** Ways to put a value into a text that show it to whoever reads the text. */
const texts: ReadonlyArray<(value: string) => string> = [
  (value) => `refused lastName=${value} twice`,
  (value) => `refused {"lastName":"${value}","sku":"tea"} twice`,
  (value) => `refused [{"sku":"tea","lastName":"${value}"}]`,
  (value) => `refused { sku: 'tea', lastName: '${value}' }`,
  (value) => `nobody has the address ${value}@example.org`,
  (value) => `Unexpected token 'q', "${value} wrote" is not valid JSON`,
  (value) => `Unexpected token 'q', ..."name": [${value}"... is not valid JSON`,
];

class Holder {
  readonly note: unknown;
  constructor(note: unknown) {
    this.note = note;
  }
}

/** Errors with a text in one of the places where libraries put texts. */
const errors: ReadonlyArray<(text: string) => unknown> = [
  (text) => new Error(text),
  (text) => new Error('failed', { cause: text }),
  (text) => new Error('failed', { cause: { reason: [text] } }),
  (text) => new Error('failed', { cause: new TypeError('inner', { cause: new Error(text) }) }),
  (text) =>
    new AggregateError(
      Array.from({ length: 12 }, (_, at) => new Error(at === 11 ? text : 'plain')),
      'all failed',
    ),
  (text) => new AggregateError([new AggregateError([text], 'inner')], 'outer'),
  (text) => Object.assign(new Error('exited'), { stderr: text, cmd: 'convert', code: 1 }),
  (text) => Object.assign(new Error('status 400'), { response: { status: 400, data: text } }),
  (text) => Object.assign(new Error('status 400'), { config: { headers: { 'x-note': text } } }),
  (text) => Object.assign(new Error('refused'), { details: [{ issue: text }] }),
  (text) => Object.assign(new Error('refused'), { name: 'Refused', errors: { first: { message: text } } }),
  (text) => new DOMException(text, 'DataError'),
];

/** Places of anything in a value. */
const places: ReadonlyArray<(inner: unknown) => unknown> = [
  (inner) => inner,
  (inner) => ({ note: inner }),
  (inner) => ({ list: [1, [inner]] }),
  (inner) => new Map<string, unknown>([['first', inner]]),
  (inner) => new Set([inner]),
  (inner) => new Holder({ deep: inner }),
  (inner) => [
    { status: 'fulfilled', value: 1 },
    { status: 'rejected', reason: inner },
  ],
  (inner) => ({ results: [new Holder([inner])] }),
];

const texted = fc
  .tuple(fc.constantFrom(...texts), fc.stringMatching(/^[qxzvjk]{6,12}$/))
  .map(([write, value]) => ({ text: write(value), value }));

describe('a text anywhere in a value', () => {
  it('is treated as a message is, in values mode', () => {
    fc.assert(
      fc.property(
        texted,
        fc.array(fc.constantFrom(...places), { minLength: 1, maxLength: 3 }),
        ({ text, value }, around) => {
          const placed = around.reduce((inner: unknown, place) => place(inner), text);
          expect(JSON.stringify(redact(placed, { mode: 'values' }))).not.toContain(value);
        },
      ),
    );
  });

  it('is treated as a message is in errors, wherever these are, and in log lines', () => {
    fc.assert(
      fc.property(
        texted,
        fc.constantFrom(...errors),
        fc.array(fc.constantFrom(...places), { minLength: 1, maxLength: 3 }),
        ({ text, value }, fail, around) => {
          const placed = around.reduce((inner: unknown, place) => place(inner), fail(text));
          expect(JSON.stringify(redact(placed, { mode: 'values' }))).not.toContain(value);
          const logs = captureLogs();
          new Logger({ logFormatter: new RedactingLogFormatter() }).error('failed', { placed });
          const lines = logs.restore();
          expect(lines).toHaveLength(1);
          expect(JSON.stringify(lines)).not.toContain(value);
        },
      ),
    );
  });

  it('keeps the words around what it hides', () => {
    const note = 'refused {"lastName":"Kowal","sku":"tea"} of lastName=Kowal twice';
    const shown = 'refused {"lastName":"[identity]","sku":"tea"} of lastName=[identity] twice';

    expect(redact({ a: [{ note }] }, { mode: 'values' })).toEqual({ a: [{ note: shown }] });
    expect(redact({ note }, { allow: ['note'] })).toEqual({
      note: 'refused {"lastName":"<string, below 16 characters>","sku":"<string, below 16 characters>"} of lastName=[identity] twice',
    });
    expect(redact({ note }, { mode: 'values', budget: { depth: 1 } })).toEqual({
      note: 'refused <JSON, below 256 characters> of lastName=[identity] twice',
    });
  });

  it('holds no more than the budget takes, whatever JSON it holds', () => {
    const note = `first ${JSON.stringify({ list: Array.from({ length: 40 }, () => 'word') })} last`;

    fc.assert(
      fc.property(fc.integer({ min: 10, max: 400 }), (bytes) => {
        const shown = redact({ note, other: [note, note] }, { mode: 'values', budget: { bytes } });
        expect(Buffer.byteLength(JSON.stringify(shown))).toBeLessThanOrEqual(bytes);
      }),
    );
  });
});

describe('an error anywhere in a log line', () => {
  const lineOf = (keys: Record<string, unknown>): Record<string, unknown> => {
    const logs = captureLogs();
    new Logger({ logFormatter: new RedactingLogFormatter() }).error('failed', keys);
    const [line] = logs.restore();
    return line as Record<string, unknown>;
  };

  it('is shown as at its top: with its name, place and stack', () => {
    class OrderRefused extends Error {
      override readonly name = 'OrderRefused';
      readonly code = 7;
    }
    const reason = new OrderRefused('for ana@example.org');
    const line = lineOf({ error: reason, results: [{ status: 'rejected', reason }] });

    expect(line.error).toMatchObject({ name: 'OrderRefused', message: 'for [email]', code: 7 });
    expect((line.error as { stack: string }).stack).toMatch(/^OrderRefused: for \[email\]\n {4}at /);
    expect(line.results).toEqual([{ status: 'rejected', reason: line.error }]);
  });

  it('shows every member of an AggregateError alike, up to the budget', () => {
    const members = Array.from({ length: 30 }, (_, at) => new RangeError(`member ${at}`));
    const { errors: shown } = lineOf({ error: new AggregateError(members) }).error as {
      errors: Array<Record<string, unknown>>;
    };

    expect(shown.map(({ message }) => message)).toEqual(members.map(({ message }) => message));
    expect(shown.every(({ stack, name }) => name === 'RangeError' && typeof stack === 'string')).toBe(true);
  });
});
