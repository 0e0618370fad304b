import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createTextGuard } from '../../../src/redaction/text-guard.ts';
import { fc } from '../../helpers/fast-check.ts';

const texts = createTextGuard();

describe('the guard of messages', () => {
  it.each([
    ['The payment provider closed the connection', 'The payment provider closed the connection'],
    ['no order for jane@example.com', 'no order for [email]'],
    ['item [0] of {} failed (2 tries)', 'item [<number>] of {} failed (<number> tries)'],
    ['retry of lastName=Doe failed', 'retry of lastName=[identity] failed'],
    ["cannot map { id: 'o-1', lastName: 'Doe' }", "cannot map { id: '<id>', lastName: [identity] }"],
    [
      'Invalid order: {"id":"o-1","lastName":"Doe"}, try again',
      'Invalid order: {"id":"<string, below 16 characters>","lastName":"<string, below 16 characters>"}, try again',
    ],
    ['cut off: {"id":"o-1","lastName":"Do', 'cut off: <JSON, below 256 characters>'],
    ['[{"id":1}] and [{"id":2}]', '["<1 item>",{"id":"<number>"}] and ["<1 item>",{"id":"<number>"}]'],
  ])('shows %s as %s', (message, shown) => {
    expect(texts.message(message)).toBe(shown);
  });

  it('shows data in messages by the policy', () => {
    const message = 'Invalid order: {"id":"o-1","lastName":"Doe","note":"call jane@example.com"}';

    expect(createTextGuard({ allow: ['id'] }).message(message)).toContain('"id":"o-1"');
    expect(createTextGuard({ mode: 'values' }).message(message)).toBe(
      'Invalid order: {"id":"o-1","lastName":"[identity]","note":"call [email]"}',
    );
    expect(createTextGuard({ mode: 'off' }).message(message)).toBe(
      'Invalid order: <JSON, below 256 characters>',
    );
  });

  it('shows what a validator says of its rules, and nothing of what was sent', () => {
    const schema = z.strictObject({ customer: z.object({ email: z.email(), age: z.number() }) });
    const sent = { customer: { email: 'Jane Doe', age: 'twelve' }, 'jane.doe@example.com': 1 };
    const shown = texts.message(schema.safeParse(sent).error?.message ?? '');

    expect(shown).toContain('"code":"invalid_format"');
    expect(shown).toContain('"path":["customer","age"]');
    expect(shown).not.toMatch(/Jane|twelve|jane/);
    const problem = {
      title: 'Bad Request',
      status: 400,
      errors: [{ field: 'email', message: 'is no address' }],
    };
    expect(texts.message(JSON.stringify(problem))).toBe(
      '{"title":"Bad Request","status":400,"errors":[{"field":"email","message":"is no address"}]}',
    );
    // Named as a validator's, but anybody's.
    expect(texts.message('{"message":"Jane Doe, call me","code":"x","path":[]}')).not.toContain('Jane');
  });

  it('shows nothing of what a parser quotes', () => {
    for (const text of [
      '{"name": Jane Doe}',
      'Jane Doe',
      `{"a":1,"name": Jane Doe,"b":"${'x'.repeat(99)}"}`,
    ]) {
      let message = '';
      try {
        JSON.parse(text);
      } catch (error) {
        ({ message } = error as SyntaxError);
      }
      expect(message).toMatch(/Jane/);
      expect(texts.message(message)).not.toMatch(/Jane|name/);
      expect(texts.message(message)).toContain('is not valid JSON');
      for (const guard of [texts, createTextGuard({ mode: 'values' })]) {
        const shown = guard.message(`the "body": ${message} (POST /orders)`);
        expect(shown).not.toMatch(/Jane/);
        expect(shown).toMatch(/^the "body": Unexpected token .* is not valid JSON \(POST \/orders\)$/);
      }
    }
  });

  it('cuts a long message, says how much, and shows no half of a secret at the cut', () => {
    const shown = texts.message('word '.repeat(20_000));
    expect(shown.length).toBeLessThan(8300);
    expect(shown).toMatch(/… \([\d,]+ more characters\)$/);

    for (let before = 0; before < 40; before += 1) {
      const message = `${' '.repeat(before)}${'jane.miller@example.com '.repeat(2000)}`;
      expect(texts.message(message)).not.toMatch(/jan|mill/);
    }
  });

  it('comes to an end with texts that are made to be slow to read', () => {
    for (const part of ['{"', '[{"', '"a":', 'a=', '{"a":"', '\\"', '[["', "a:'", 'a.', '%7B']) {
      expect(texts.message(part.repeat(200_000)).length).toBeLessThan(8300);
    }
  });

  it('never throws, and gives the same for the same', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), (text) => {
        expect(texts.message(text)).toBe(texts.message(text));
        texts.path(text);
        texts.text(text);
      }),
    );
  });
});

describe('the guard of paths', () => {
  it.each([
    ['/customers/jane@example.com/orders', '/customers/[email]/orders'],
    ['/customers/jane%40example.com/orders', '/customers/[email]/orders'],
    ['/orders/3f2a9c14-7b1e-4c0d-9a55-000000000001', '/orders/3f2a9c14-7b1e-4c0d-9a55-000000000001'],
    ['/phone/0612345678', '/phone/[phone]'],
    ['/email/jane42x7', '/email/[contact]'],
    ['/password/reset', '/password/reset'],
    ['/cart;jsessionid=A1B2C3/items', expect.stringMatching(/^\/cart;jsessionid=\[[a-z]+\]\/items$/)],
    ['/broken/%E0%A4/x', '/broken/%E0%A4/x'],
    ['/', '/'],
    ['', ''],
  ])('shows %s as %s', (path, shown: unknown) => {
    expect(texts.path(path)).toEqual(shown);
  });
});

describe('the guard of named values', () => {
  it.each([
    ['OrderId', 'o-1', 'o-1'],
    ['OrderId', '3f2a9c14-7b1e-4c0d-9a55-000000000001', '3f2a9c14-7b1e-4c0d-9a55-000000000001'],
    ['Total', 1_198_000, 1_198_000],
    ['ColdStart', true, true],
    ['Email', 'jane', '[contact]'],
    ['Phone', 31_612_345_678, '[contact]'],
    ['Reference', 4_111_111_111_111_111, '[card]'],
    ['Note', 'for jane@example.com', 'for [email]'],
  ])('shows %s %s as %s', (name, value, shown) => {
    expect(texts.named(name, value)).toBe(shown);
  });
});
