import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redact } from '../../../src/redaction/redact.ts';

describe('redact', () => {
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
      items: [{ sku: '<string, below 16 characters>' }],
    });
  });

  it('opens the JSON body of a response', () => {
    const response = { statusCode: 200, body: JSON.stringify({ status: 'paid', name: 'Jane' }) };

    expect(redact(response, { allow: ['status'] })).toEqual({
      statusCode: 200,
      body: { status: 'paid', name: '<string, below 16 characters>' },
    });
  });

  it('shows no object that an allowed key holds', () => {
    expect(redact({ id: { secret: 's3cr3t' } }, { allow: ['id'] })).toEqual({
      id: { secret: '<string, below 16 characters>' },
    });
  });

  it('takes anything: circular, deep, and unreadable values, and those without keys to show', () => {
    const circular: Record<string, unknown> = {};
    circular.self = circular;
    let deep: unknown = 'end';
    for (let level = 0; level < 10_000; level += 1) deep = { deep };
    const nestedJson = Array.from({ length: 12 }).reduce<string>((inner) => JSON.stringify({ inner }), '{}');
    const unreadable = {
      get secret(): string {
        throw new Error('no');
      },
    };

    expect(redact(circular)).toEqual({ self: '<circular>' });
    expect(JSON.stringify(redact(deep)).length).toBeLessThan(200);
    expect(JSON.stringify(redact(nestedJson)).length).toBeLessThan(400);
    expect(redact(unreadable)).toBe('<unreadable>');
    expect(redact([new Map([['a', 1]]), 2n, () => 1, Buffer.from('x')])).toEqual(['<Map>', '<3 more>']);
    expect(redact({ big: 2n, buffer: Buffer.from('x'), fn: () => 1 })).toEqual({
      big: '<bigint>',
      buffer: '<Buffer>',
      fn: '<function>',
    });
  });

  it('never shows four characters in a row of a string that is not allowed', () => {
    const secret = fc
      .stringMatching(/^[A-Za-z0-9@.]{4,40}$/)
      .filter((text) => !/^(string|number|below)/.test(text));
    fc.assert(
      fc.property(fc.array(secret, { minLength: 1, maxLength: 5 }), (secrets) => {
        const shown = JSON.stringify(redact({ body: JSON.stringify({ list: secrets, first: secrets[0] }) }));
        const harmless = 'string, below 16 characters 256 or more body list first';
        for (const text of secrets) {
          for (let at = 0; at + 4 <= text.length; at += 1) {
            const part = text.slice(at, at + 4);
            if (!harmless.includes(part)) expect(shown).not.toContain(part);
          }
        }
      }),
    );
  });
});
