import { allLocales } from '@faker-js/faker';
import { describe, expect, it } from 'vitest';
import { createHarmlessWords } from '../../../../src/redaction/names/harmless-words.ts';
import {
  LOWER_CASE_WORDS,
  MESSAGE_WORDS,
  TECHNICAL_NAMES,
} from '../../../../src/redaction/names/message-words.ts';

const words = createHarmlessWords(new Set());

function wordsOf(list: string): string[] {
  return list.trim().split(/\s+/);
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

const locales = Object.values(allLocales);
const people = locales.flatMap(({ person }) => textsIn([person?.first_name, person?.last_name]));
const places = locales.flatMap(({ location }) =>
  textsIn([location?.city_name, location?.country, location?.state, location?.county]),
);

describe('the words of messages', () => {
  it('are no names of people and no places, in any locale', () => {
    const names = new Set([...people.flatMap((name) => [name, ...name.split(/[^\p{L}]+/u)]), ...places]);
    const known = new Set([...names].map((name) => name.toLowerCase()));

    expect(known.size).toBeGreaterThan(50_000);
    expect(wordsOf(MESSAGE_WORDS).filter((word) => known.has(word))).toEqual([]);
  });

  it('are each in one list, and once', () => {
    const all = [...wordsOf(MESSAGE_WORDS), ...wordsOf(LOWER_CASE_WORDS), ...wordsOf(TECHNICAL_NAMES)];

    expect(all.filter((word, at) => all.indexOf(word) !== at)).toEqual([]);
  });

  it.each(['May', 'Will', 'Mark', 'Rose', 'Grant', 'Long', 'Page', 'Price', 'Best', 'Case', 'Hope', 'Art'])(
    'do not show %s with a capital, wherever it stands',
    (name) => {
      for (const place of ['text', 'sentence', 'inside'] as const) {
        for (const precedesName of [true, false]) expect(words.word(name, place, precedesName)).toBe(false);
      }
      expect(words.word(name.toUpperCase(), 'text', false)).toBe(false);
      expect(words.name(name)).toBe(false);
    },
  );

  it('show no word of a name or a place inside of a sentence', () => {
    const shown = [...people, ...places]
      .flatMap((name) => name.split(/[^\p{L}]+/u))
      .filter((word) => /^\p{Lu}\p{Ll}{2,}$/u.test(word) && words.word(word, 'inside', false));

    expect(shown).toEqual([]);
  });
});

describe('the name of something of a program', () => {
  it.each([
    ...['email', 'orderId', 'order_id', 'billing.address.city', 'X-Amzn-Trace-Id', 'addressLine1', 'sha256'],
    ...[
      'TypeError',
      'ConditionalCheckFailedException',
      'ERR_INVALID_ARG_TYPE',
      'ER_DUP_ENTRY',
      'ENOENT',
      'JSON',
    ],
    ...['PutItem', 'StripeCardError', 'Buffer'],
  ])('is %s', (name) => {
    expect(words.name(name)).toBe(true);
  });

  it.each([
    ...['anna', 'Doe', 'annaDoe', 'JANE_DOE', 'JaneDoe', 'order42', 'seat7', 'user-8842', 'x', '', '4711'],
    ...['grant', 'MyLoan', '@mail', 'J', 'Zürich', 'hunter2', 'AB12CD'],
  ])('is not %s', (name) => {
    expect(words.name(name)).toBe(false);
  });

  it('is what a policy names, too', () => {
    const own = createHarmlessWords(new Set(['lieferschein']));

    expect(own.name('lieferscheinDate')).toBe(true);
    expect(own.word('Lieferschein', 'inside', false)).toBe(true);
    expect(words.word('Lieferschein', 'inside', false)).toBe(false);
  });
});
