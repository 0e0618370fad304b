import { describe, expect, it } from 'vitest';
import { generateMessages, measureMessages } from '../../../../scripts/evaluation/measure-messages.ts';
import { createTextGuard } from '../../../../src/redaction/text-guard.ts';
import { fc, runs } from '../../../helpers/fast-check.ts';

const texts = createTextGuard();
/** The least share of the words of programs that a message keeps. */
const READABLE = 0.85;

describe('the messages of Node, the AWS SDK, Zod, Ajv, pg, axios, undici and Middy', () => {
  it.each([false, true])('show no data and can be read; held out: %s', async (isHeldOut) => {
    for (const seed of [20_260_314, 5, 77]) {
      const all = await generateMessages(seed);
      const messages = all.filter((message) => message.isHeldOut === isHeldOut);
      const { leaks, words } = measureMessages(messages, (message) => texts.message(message));

      expect(all.length).toBeGreaterThanOrEqual(300);
      expect(leaks).toEqual([]);
      const shares = [...words.values()];
      const part = shares.reduce((sum, share) => sum + share.part, 0);
      const of = shares.reduce((sum, share) => sum + share.of, 0);
      expect(part / of).toBeGreaterThan(READABLE);
    }
  });

  it('would be seen to show data, and not to be readable', async () => {
    const messages = await generateMessages(5);
    const withData = messages.filter(({ text, data }) => data.some((each) => text.includes(each)));

    expect(measureMessages(withData, (message) => message).leaks.length).toBeGreaterThan(
      withData.length * 0.9,
    );
    expect([...measureMessages(messages, () => '').words.values()].map(({ part }) => part).join('')).toMatch(
      /^0+$/,
    );
  });
});

describe('the shape of a message', () => {
  it.each([
    ['No order 4711 for Jane Doe', 'No order <number> for <text>'],
    [
      "Cannot read properties of undefined (reading 'email')",
      "Cannot read properties of undefined (reading 'email')",
    ],
    ['Received type number (4711)', 'Received type number (<number>)'],
    ["Duplicate entry 'paid' for key 'users.status'", "Duplicate entry '<text>' for key 'users.status'"],
    ['Key (status)=(paid) already exists.', 'Key (status)=(<text>) already exists.'],
    ['Failing row contains (paid, open, 12).', 'Failing row contains ([identity]).'],
    ['retry=3 of status=paid failed', 'retry=<number> of status=<text> failed'],
    ["{ total: 12, note: 'back door', status: paid }", "{ total: <number>, note: '<text>', status: <text> }"],
    ['route /orders/{orderId} is missing', 'route /orders/{orderId} is missing'],
    ['timeout of 5000ms exceeded', 'timeout of <number>ms exceeded'],
    ['body.items.0.sku must be string', 'body.items.<number>.sku must be string'],
    ['"leave it at the door" is no status', '"<text>" is no status'],
    ['cut off: "leave it at the door', 'cut off: "<text>'],
    ['user may not be Grant, May or Will', 'user may not be <text>, <text> or <text>'],
    ['May is unknown. Grant is unknown: Rose is too', '<text> is unknown. <text> is unknown: <text> is too'],
    ['sent to 12 Main Street, New York', 'sent to <number> <text>, <text>'],
    ['MAIN STREET 12', '<text> <number>'],
    ['Invalid place: Union City', 'Invalid place: <text>'],
    ['日本 太郎 is missing 😀', '<text> is missing <text>'],
    ['on 2026-03-14 at 10:00', 'on <number> at <number>:<number>'],
    ['ord_8f3a22 and A-1234', '<id> and <id>'],
    ['password', 'password'],
    ['Jane', '<text>'],
    ['', ''],
  ])('of %j is %j', (message, shown) => {
    expect(texts.message(message)).toBe(shown);
  });

  it('shows what detectors found by its label, and no text that only looks like one', () => {
    expect(texts.message('write to jane.doe@example.com or [Jane]')).toBe('write to [email] or [<text>]');
    expect(texts.message('\uE0000\uE001 jane@example.com \uE0001\uE001')).toBe(
      '<text><number><text> [email] <text><number><text>',
    );
  });

  it('holds for what validators say within JSON', () => {
    const issues = [{ code: 'custom', path: ['Jane Doe', 'email', 0], message: 'No account of Jane Doe' }];

    expect(texts.message(JSON.stringify(issues))).toBe(
      '[{"code":"custom","path":["<text>","email",0],"message":"No account of <text>"}]',
    );
  });

  it('is shown unless the policy shows messages, and the environment cannot be less strict', () => {
    const message = 'No order 4711 for Jane Doe (jane@example.com)';
    const readable = 'No order 4711 for Jane Doe ([email])';

    expect(createTextGuard({ mode: 'values' }).message(message)).toBe(readable);
    expect(createTextGuard({ messages: 'values' }).message(message)).toBe(readable);
    expect(createTextGuard({ mode: 'values', messages: 'shape' }).message(message)).not.toContain('Jane');
    expect(createTextGuard({ mode: 'off' }).message(message)).not.toContain('Jane');
    process.env.LANTERN_REDACTION = 'shape';
    try {
      expect(createTextGuard({ messages: 'values' }).message(message)).not.toContain('Jane');
    } finally {
      delete process.env.LANTERN_REDACTION;
    }
  });

  it('shows nothing of words that nobody knows, whatever stands around them', () => {
    const unknown = fc.stringMatching(/^[A-Z]?[qxzjkwv]{5,12}[0-9]{0,3}$/);
    const sign = fc.constantFrom(
      ' ',
      ', ',
      ': ',
      '=',
      ' => ',
      '"',
      "'",
      '`',
      '(',
      ')',
      '{',
      '}',
      '[',
      ']',
      '\n',
      '-',
      '.',
      '/',
      '\\"',
      '“',
    );
    const word = fc.constantFrom(
      'order',
      'Invalid',
      'email',
      'is',
      'not',
      'Key',
      'value',
      'received',
      'JSON',
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.oneof(unknown, word), sign), { maxLength: 12 }), (pieces) => {
        const message = pieces.flat().join('');
        const shown = texts.message(message);
        for (const [piece] of pieces) if (/[qxzjkwv]{5}/.test(piece)) expect(shown).not.toContain(piece);
        expect(shown).not.toMatch(/[qxzjkwv]{5}/i);
      }),
      runs(300),
    );
  });

  it('shows no digit of a number', () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.constantFrom('order %', 'ab%', '% ms', '(%)', "'%'", '"%"', 'id=%', 'line1 %', 'a.%.b', '-%'),
        (number, form) => {
          const shown = texts.message(form.replace('%', String(number)));
          expect(shown.replace('line1', '')).not.toMatch(/\d/);
        },
      ),
    );
  });
});
