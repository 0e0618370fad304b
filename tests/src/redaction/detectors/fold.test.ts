import { describe, expect, it } from 'vitest';
import { defaultDetectors } from '../../../../src/redaction/detectors/default-detectors.ts';
import type { Detector } from '../../../../src/redaction/detectors/detector.ts';
import { fold } from '../../../../src/redaction/detectors/fold.ts';
import { replaceFound } from '../../../../src/redaction/detectors/replace-found.ts';
import { scan } from '../../../../src/redaction/detectors/traits.ts';
import { redact } from '../../../../src/redaction/redact.ts';
import { fc, runs } from '../../../helpers/fast-check.ts';
import { benignValues } from './benign-values.ts';
import { personalValues } from './sensitive-values.ts';

function masked(text: string, detectors: readonly Detector[] = defaultDetectors): string {
  return replaceFound(text, scan(text), detectors, ({ detector }) => `[${detector}]`);
}

/** Every character of Unicode that is of a class. */
function charactersOf(pattern: RegExp): readonly string[] {
  const found: string[] = [];
  for (let point = 0x80; point <= 0x10ffff; point += 1) {
    if (point >= 0xd800 && point <= 0xdfff) continue;
    const character = String.fromCodePoint(point);
    if (pattern.test(character)) found.push(character);
  }
  return found;
}

const DIGITS = charactersOf(/\p{Nd}/u);
const ZEROS = DIGITS.filter((_, index) => index % 10 === 0);
const SPACES = charactersOf(/\p{Zs}/u);
const DASHES = [...charactersOf(/\p{Pd}/u), '\u2212'];
const WITHOUT_WIDTH = [...charactersOf(/[\p{Default_Ignorable_Code_Point}\p{Cf}]/u), '\ufeff', '\u200b'];

/** How one value may be written otherwise, so that a reader sees the same. */
const DISGUISES: Readonly<Record<string, fc.Arbitrary<(value: string) => string>>> = {
  'digits of another script': fc.constantFrom(...ZEROS).map((zero) => (value: string) => {
    return value.replaceAll(/\d/g, (digit) =>
      String.fromCodePoint((zero.codePointAt(0) ?? 0) + Number(digit)),
    );
  }),
  'another space': fc.constantFrom(...SPACES).map((space) => (value: string) => value.replaceAll(' ', space)),
  'another dash': fc.constantFrom(...DASHES).map((dash) => (value: string) => value.replaceAll('-', dash)),
  'something without width between its characters': fc
    .tuple(fc.constantFrom(...WITHOUT_WIDTH), fc.integer({ min: 1, max: 5 }))
    .map(([none, every]) => (value: string) => {
      return Array.from(value, (each, index) => (index > 0 && index % every === 0 ? none + each : each)).join(
        '',
      );
    }),
  'full width': fc.constant((value: string) => {
    return value.replaceAll(/[!-~]/g, (each) => String.fromCharCode(each.charCodeAt(0) + 0xfee0));
  }),
};

/** What stands around, and must stay: marks, pairs of surrogates, and what is folded itself. */
const around = fc
  .array(
    fc.constantFrom(
      'word',
      'cafe\u0301',
      '\u{1f600}',
      '№',
      'ﬃ',
      '中文',
      'नमस्ते',
      '“so”',
      '½',
      '\u{1d7d8}',
      'ß',
    ),
    { maxLength: 4 },
  )
  .map((words) => words.join(' '));

/** Numbers of which what is left when a sign of theirs is another one is still what they are. */
const VALUES = Object.entries(personalValues).flatMap(([label, values]) =>
  values.map((value) => [label, value] as const),
);

describe('values that are written in other characters', () => {
  it.each(Object.entries(DISGUISES))(
    'are cut out of the text as they are without them: %s',
    (_, disguises) => {
      fc.assert(
        fc.property(
          fc.constantFrom(...VALUES),
          disguises,
          around,
          around,
          ([label, value], disguise, before, after) => {
            expect(masked(`${before} ; ${disguise(value)} ; ${after}`)).toBe(
              `${before} ; [${label}] ; ${after}`,
            );
          },
        ),
        runs(300),
      );
    },
  );

  it.each([
    ['jose\u0301.nu\u0301n\u0303ez@example.com', 'decomposed letters'],
    ['zoe@mu\u0308nchen.example', 'a decomposed letter in the domain'],
    ['नमस्ते@उदाहरण.भारत', 'Devanagari, with vowel signs'],
    ['ผู้ใช้@ตัวอย่าง.ไทย', 'Thai, with vowel and tone marks'],
    ['مُحَمَّد@مثال.السعودية', 'Arabic with vowel marks'],
    ['دعم\u200c@مثال.إختبار', 'a joiner of Persian'],
    ['почта@пример.рф', 'Cyrillic'],
    ['δοκιμή@παράδειγμα.ελ', 'Greek'],
    ['用户@例子.中国', 'Han'],
    ['ｊａｎｅ＠ｅｘａｍｐｌｅ．ｃｏｍ', 'full width'],
    ['jane＠example．com', 'full-width signs alone'],
    ['用户@例え。テスト', 'the full stop of ideographs'],
    ['𝐣𝐚𝐧𝐞@example.com', 'mathematical letters'],
  ])('are found as an e-mail address: %s (%s)', (address) => {
    expect(masked(address)).toBe('[email]');
    expect(masked(`a ${address}, b`)).toBe('a [email], b');
  });

  it('keep what has no width around them', () => {
    expect(masked('\u2067jane@example.com\u2069')).toBe('\u2067[email]\u2069');
    expect(masked('\ufeff4111111111111111\u200b\u200b')).toBe('\ufeff[card]\u200b\u200b');
  });

  it('keep what a mark of the last letter belongs to out of the text', () => {
    expect(masked('jane@example.cafe\u0301 and more')).toBe('[email] and more');
  });

  it('are found beside a word that only a space without width keeps apart', () => {
    expect(masked('number\u200b4111111111111111\u200bof Jane')).toBe('number\u200b[card]\u200bof Jane');
  });

  it('are found under the key that explains them', () => {
    const number = '٠٦١٢٣٤٥٦٧٨';
    expect(redact({ mobile: '４６７ ３３９５', desk: number }, { mode: 'values' })).not.toContain(number);
    const shown = JSON.stringify(redact({ callAt: '４６７ ３３９５' }, { mode: 'values' }));
    expect(shown).not.toContain('３３９５');
  });

  it('are shown to the detectors of the user in both forms', () => {
    const dotted: Detector = { name: 'dotted', category: 'identity', hint: () => true, pattern: /№\d{4}/g };
    const plain: Detector = { name: 'plain', category: 'identity', hint: () => true, pattern: /CU-\d{4}/g };

    expect(masked('№1234, ＣＵ－１２３４, CU\u20111234', [dotted, plain])).toBe('[dotted], [plain], [plain]');
  });
});

describe('fold', () => {
  it('gives every stretch its place in the original', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 3 }),
      fc.constantFrom(...DIGITS),
      fc.constantFrom(...WITHOUT_WIDTH),
      fc.constantFrom('\u0301', '\ud800', '\udc00', 'a', '1', ' '),
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
        (text) => {
          const folded = fold(text);
          if (folded === undefined) return;
          let end = 0;
          for (let at = 0; at < folded.text.length; at += 1) {
            const [from, to] = folded.original(at, at + 1);
            expect(from).toBeGreaterThanOrEqual(at);
            expect(to).toBeGreaterThan(from);
            // A letter is followed by its own marks at most, and what is left out before it has no width.
            expect(text.slice(end, from)).toMatch(/^[\p{Default_Ignorable_Code_Point}\p{Cf}\p{M}]*$/u);
            const [, whole] = folded.original(0, at + 1);
            expect(whole).toBe(to);
            end = from + String.fromCodePoint(text.codePointAt(from) ?? 0).length;
          }
        },
      ),
      runs(300),
    );
  });

  it('has nothing to do where all is ASCII, or letters that are as they are', () => {
    for (const text of ['', 'plain 4111', 'naïve café, Übergröße', '中文', 'שלום', '\u{1f600}', '\ud800']) {
      expect(fold(text)).toBeUndefined();
    }
  });

  it('folds every digit of Unicode to the digit that it is', () => {
    expect(fold(DIGITS.join(''))?.text).toBe('0123456789'.repeat(DIGITS.length / 10));
  });

  it('changes what detectors find in no machine data that is written in ASCII or around signs that are folded', () => {
    for (const value of benignValues) expect(masked(`– ${value} –`)).toBe(`– ${value} –`);
  });
});

const CARDS = personalValues.card ?? [];
const IBANS = personalValues.iban ?? [];
const PHONES = [
  '0612345678',
  '06 12 34 56 78',
  '020 7946 0958',
  '(202) 555-0134',
  '202-555-0134',
  '+44 7700 900123',
];
const CELLS = ['12/28', '123', 'Jane', '7', '', '2026-11-23', '1,5'];

describe('a number that follows a sign without a space', () => {
  const cell = fc.constantFrom(...CELLS);

  it.each([
    ['card', CARDS],
    ['iban', IBANS],
    ['phone', PHONES],
  ])('is found as a cell of CSV: %s', (label, values) => {
    fc.assert(
      fc.property(
        fc.constantFrom(...values),
        fc.constantFrom(',', ';', '\t', '|', '","'),
        cell,
        cell,
        (value, separator, before, after) => {
          // Which of these a cell with a comma is, nobody can tell; a number after zero is its decimals.
          fc.pre(!(separator === ',' && [before, after].includes('1,5')));
          expect(masked(`${before}${separator}${value}${separator}${after}`)).toBe(
            `${before}${separator}[${label}]${separator}${after}`,
          );
        },
      ),
      runs(300),
    );
  });

  it.each([
    ['card', CARDS],
    ['iban', IBANS],
    ['phone', PHONES],
  ])('is found after a colon: %s', (label, values) => {
    const names = fc.constantFrom('card', 'n', 'Figure', 'tel', 'value_1', 'x2', 'konto', '12');
    fc.assert(
      fc.property(fc.constantFrom(...values), names, (value, name) => {
        expect(masked(`${name}:${value}`)).toBe(`${name}:[${label}]`);
        expect(masked(`{${name}:${value},b:1}`)).toBe(`{${name}:[${label}],b:1}`);
      }),
      runs(200),
    );
  });

  it('stays where it is an account of AWS, a decimal, a time or an amount', () => {
    for (const text of [
      'arn:aws:sqs:us-east-1:630427373398:orders-queue',
      'arn:aws:iam::501864667909:role/orders',
      'x-amz-account eu-west-1:630427373398',
      '0,4111111111111111',
      '-0,4111111111111111 of it',
      '1.4111111111111111',
      '48.858844,2.294351',
      'at:20261123123456',
      't:1764000000123',
      'amount:1234567,50',
      'Total at the office: 1234567,50 EUR',
      '1,299 000 00',
      '12:34:56',
      'id,1764000000123,1764000000456',
    ]) {
      expect(masked(text)).toBe(text);
    }
  });
});
