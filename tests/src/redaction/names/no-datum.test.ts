import { describe, expect, it } from 'vitest';
import { redact } from '../../../../src/redaction/redact.ts';
import { createTextGuard } from '../../../../src/redaction/text-guard.ts';
import { fc } from '../../../helpers/fast-check.ts';

const texts = createTextGuard({ mode: 'values' });

describe('a value that says nothing of what its name denies', () => {
  it.each([
    ['token', 'none'],
    ['password', 'null'],
    ['apiKey', 'undefined'],
    ['email', true],
    ['email', 'n/a'],
    ['cvcCheck', 'pass'],
    ['addressLine1Check', 'unavailable'],
    ['tokens', 12],
    ['emails', 3],
    ['ssnProvided', true],
    ['phone', false],
    ['card', 'declined'],
    ['password', 'required'],
    ['secret', '[REDACTED]'],
    ['lastName', 'undefined'],
  ])('is shown: %s is %s', (name, value) => {
    expect(redact({ [name]: value }, { mode: 'values' })).toEqual({ [name]: value });
    expect(texts.named(name, value)).toBe(value);
    for (const text of [
      `x ${name}=${value} y`,
      `${name}: ${value}`,
      `{ id: 1, ${name}: '${value}' }`,
      `a "${name}":"${value}"`,
    ]) {
      expect(texts.message(text)).toBe(text);
    }
  });

  it.each([
    ['password', 'null123'],
    ['password', 'none1'],
    ['password', 'hunter'],
    ['pin', 1234],
    ['pins', 1234],
    ['otp', 123_456],
    ['token', 123_456],
    ['cvcCheck', '123'],
    ['hiv', true],
    ['pregnant', 'no'],
    ['religion', 'none'],
    ['allergies', 0],
    ['nationality', 'NO'],
    ['lastName', 'No'],
    ['lastName', 'Na'],
    ['phone', 12],
    ['zip', 1204],
  ])('is hidden otherwise: %s is %s', (name, value) => {
    const shown = JSON.stringify(redact({ [name]: value }, { mode: 'values' }));
    expect(shown).toMatch(/^\{"[^"]+":"\[[a-z]+\]"\}$/);
    expect(texts.message(`x ${name}=${value} y`)).not.toContain(`=${value} `);
  });

  it('is nothing but that: with anything beside it, it may be a secret', () => {
    const nothing = fc.constantFrom('none', 'null', 'true', 'required', 'n/a', '[redacted]');
    fc.assert(
      fc.property(
        nothing,
        fc.stringMatching(/^[A-Za-z0-9!?]{1,6}$/),
        fc.boolean(),
        (said, more, isBefore) => {
          const password = isBefore ? more + said : said + more;
          expect(redact({ password }, { mode: 'values' })).toEqual({ password: '[credentials]' });
          expect(texts.message(`password="${password}"`)).not.toContain(more + said);
          expect(texts.message(`password="${password}"`)).not.toContain(said + more);
        },
      ),
    );
  });

  it('is a count beside a verb', () => {
    for (const text of ['called 12 times', 'the handler was called 1234567 times', 'call 1200345 items']) {
      expect(texts.message(text)).toBe(text);
    }
    expect(texts.message('called 2025550134')).toBe('called [phone]');
  });
});
