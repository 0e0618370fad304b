import { gs1, isDay, luhn, mod11And10, remainder, weightedSum } from './checksums.ts';
import type { Detector, OwnDetector } from './detector.ts';
import { ALPHANUMERIC, charactersOf, startOfRun } from './places.ts';
import { firstUse, unicodePattern } from '../first-use.ts';

/**
 * One national number: how it is written, and what makes it one. `check` takes the match without separators, in upper
 * case. A form that many other numbers share counts only after one of its `words`.
 */
interface NationalId {
  readonly country: string;
  readonly form: string;
  readonly check?: (characters: string) => boolean;
  readonly words?: string;
}

const DNI_LETTERS = 'TRWAGMYFPDXBNJZSQVHLCKE';
const HETU_CHARACTERS = '0123456789ABCDEFHJKLMNPRSTUVWXY';

const NATIONAL_IDS: readonly NationalId[] = [
  {
    country: 'US (SSN)',
    form: String.raw`(?!000|666)[0-8]\d{2}-(?!00)\d{2}-(?!0000)\d{4}`,
  },
  {
    country: 'US (ITIN)',
    form: String.raw`9\d{2}-(?:5\d|6[0-5]|7\d|8[0-8]|9[0-2]|9[4-9])-\d{4}`,
  },
  {
    country: 'US, written otherwise',
    form: String.raw`(?!000|666)\d{3}[ .]?(?!00)\d{2}[ .]?(?!0000)\d{4}`,
    words: 'ssn|itin|social security|taxpayer',
  },
  {
    country: 'United Kingdom (National Insurance), in one piece',
    form: String.raw`[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\d{6}[A-D]`,
    words: 'nino|ni|national insurance',
  },
  {
    country: 'United Kingdom (NHS)',
    form: String.raw`\d{3}[ -]?\d{3}[ -]?\d{4}`,
    check: (id) => (11 - (weightedSum(id, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 11 === Number(id[9]),
    words: 'nhs',
  },
  {
    country: 'France (NIR)',
    form: String.raw`[12] ?\d{2} ?(?:0[1-9]|1[0-2]|[2-4]\d) ?\d[\dAB] ?\d{3} ?\d{3} ?\d{2}`,
    check: (id) => {
      const number = id.slice(0, 13).replace('2A', '19').replace('2B', '18');
      return 97 - remainder(number, 97) === Number(id.slice(13));
    },
  },
  {
    country: 'Germany (tax id)',
    form: String.raw`[1-9]\d ?\d{3} ?\d{3} ?\d{3}`,
    check: mod11And10,
    words: 'steuer-?id\\w{0,20}|idnr|tin|steuerliche identifikationsnummer|tax id',
  },
  {
    country: 'Germany (social insurance)',
    form: String.raw`\d{2} ?[0-3]\d[01]\d{3} ?[A-Z] ?\d{3}`,
    check: (id) => {
      const digits = id.slice(0, 8) + String(id.charCodeAt(8) - 64).padStart(2, '0') + id.slice(9);
      const sum = Array.from(digits.slice(0, 12), (digit, index) => {
        const product = Number(digit) * ([2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1][index] ?? 0);
        return Math.floor(product / 10) + (product % 10);
      }).reduce((total, part) => total + part, 0);
      return sum % 10 === Number(digits[12]);
    },
  },
  {
    country: 'Spain (DNI, NIE)',
    form: String.raw`(?:\d{8}|[XYZ]-?\d{7})-?[A-HJ-NP-TV-Z]`,
    check: (id) =>
      DNI_LETTERS[Number(id.slice(0, -1).replace(/^[XYZ]/, (letter) => `${'XYZ'.indexOf(letter)}`)) % 23] ===
      id.at(-1),
  },
  {
    country: 'Netherlands (BSN)',
    form: String.raw`\d{4}[. ]?\d{2}[. ]?\d{3}`,
    check: (id) => weightedSum(id, [9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 === 0,
    words: 'bsn|burgerservicenummer|sofinummer',
  },
  {
    country: 'Belgium',
    form: String.raw`\d{2}\.(?:[024][1-9]|[135][0-2]|[024]0)\.[0-3]\d-\d{3}[.-]\d{2}`,
    check: isBelgian,
  },
  {
    country: 'Sweden',
    form: String.raw`(?:19|20)?\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01]|[6-8]\d|9[01])[-+]\d{4}`,
    check: (id) => luhn(id.slice(-10)),
  },
  {
    country: 'Finland',
    form: String.raw`[0-3]\d[01]\d{3}[-+A-FU-Y]\d{3}[0-9A-FHJ-NPR-Y]`,
    check: (id) => {
      const digits = id.replace(/[^0-9A-Z]/g, '');
      const number = digits.slice(0, 6) + digits.slice(-4, -1);
      return isDay(id.slice(2, 4), id.slice(0, 2)) && HETU_CHARACTERS[Number(number) % 31] === id.at(-1);
    },
  },
  {
    country: 'Norway',
    form: String.raw`[0-7]\d[0-3]\d{3} ?\d{5}`,
    check: (id) =>
      isDay(id.slice(2, 4), `${Number(id.slice(0, 2)) % 40}`) &&
      weightedSum(id, [3, 7, 6, 1, 8, 9, 4, 5, 2, 1]) % 11 === 0 &&
      weightedSum(id, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0,
  },
  { country: 'Switzerland', form: String.raw`756[. ]?\d{4}[. ]?\d{4}[. ]?\d{2}`, check: gs1 },
  {
    country: 'Czechia and Slovakia',
    form: String.raw`\d{2}[0156278]\d[0-3]\d/\d{4}`,
    check: (id) => remainder(id, 11) === 0,
  },
  {
    country: 'Poland',
    form: String.raw`\d{11}`,
    check: (id) => weightedSum(id, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]) % 10 === 0,
    words: 'pesel',
  },
  {
    country: 'numbers that only their name tells apart',
    form: String.raw`[A-Z]{0,3}\d(?:[ ./-]?\d){5,13}[ -]?[A-Z]{0,2}`,
    words:
      'pps|ppsn|cpr|cnp|egn|oib|jmbg|emso|amka|afm|nif|nipc|taj|svnr|sozialversicherungsnummer|isikukood|asmens kodas|cpf|aadhaar|sin|tfn|tckn|curp|passport|reisepass|driver.?s? licen[cs]e|national id|identity card|id card|personal(?: identity)? (?:number|code)|fødselsnummer|personnummer|henkilötunnus|rijksregisternummer|avs|ahv',
  },
];

/** How far the name of a number may stand before it. */
const REACH = 40;

const forms = firstUse(() =>
  NATIONAL_IDS.map(({ form, check, words }) => ({
    form: new RegExp(`^(?:${form})`, 'i'),
    check,
    words: words === undefined ? undefined : announced(words),
  })),
);

/** Any of these words right before a number, with what may stand between. */
function announced(words: string): RegExp {
  return new RegExp(
    `\\b(?:${words})(?:[ _-]?(?:no|nr|number|num|nummer|id|code))?\\.?["']?[ ]?(?:is|[:=#])?[\\s"']{0,3}$`,
    'i',
  );
}

/** All words at once, and all forms that need none: two tests that turn away most candidates. */
const anyWord = firstUse(() => announced(NATIONAL_IDS.flatMap(({ words }) => words ?? []).join('|')));
const wordless = firstUse(() => {
  const without = NATIONAL_IDS.filter(({ words }) => words === undefined).map(({ form }) => form);
  return new RegExp(`^(?:${without.join('|')})(?![A-Z\\d])`, 'i');
});

const LETTERS = charactersOf(/[A-Z]/i);
/** Letters before the digits. */
const MOST_LETTERS = 6;

/** What of the two characters beside a number makes it a part of something longer. */
const goesOnBefore = unicodePattern(String.raw`[\p{L}\d_]$|^[\p{L}\d][-./:]$`, 'u');
const goesOnBehind = unicodePattern(String.raw`^[\p{L}\d_]|^[-./][A-Z\d]`, 'iu');

/** Found by six digits, which all have in the beginning; letters may stand before them. */
const nationalId: OwnDetector = {
  name: 'national-id',
  category: 'identity',
  hint: (_text, { digits }) => digits >= 6,
  pattern: /\d(?<!\d\d|[A-Z\d][-./:]\d)(?=\d|[ ]\d\d)(?:[ ./+-]?\d){5}(?:[ ./+-]?[A-Z\d]){0,16}/gi,
  begins: (text, at) => startOfRun(text, at, MOST_LETTERS, LETTERS),
  valid: (match, text, start) => {
    const before = text.slice(Math.max(0, start - REACH), start);
    if (goesOnBefore().test(before.slice(-2))) return false;
    const isNamed = followsWord(before) && anyWord().test(before);
    if (!isNamed && !wordless().test(match)) return false;
    for (const { form, check, words } of forms()) {
      if (words !== undefined && !isNamed) continue;
      const written = form.exec(match)?.[0];
      if (written === undefined || words?.test(before) === false) continue;
      const end = start + written.length;
      if (goesOnBehind().test(text.slice(end, end + 2))) continue;
      if (check === undefined || check(written.replace(/[ ./-]/g, '').toUpperCase())) return written.length;
    }
    return false;
  },
};

/** Whether a letter stands nearer than a digit, with at most twelve signs between. */
function followsWord(before: string): boolean {
  for (let at = before.length - 1; at >= Math.max(0, before.length - 13); at -= 1) {
    const character = before.charAt(at);
    if (character >= '0' && character <= '9') return false;
    if (character.toLowerCase() !== character.toUpperCase() || character > '\u07ff') return true;
  }
  return false;
}

const nationalInsurancePattern = unicodePattern(
  String.raw`[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] \d{2} \d{2} \d{2} [A-D](?<!(?:[\p{L}\d_]|[\p{L}\d][-./:]).{13})(?![\p{L}\d_])`,
  'giu',
);

/** Of the United Kingdom, in its usual groups. */
const nationalInsurance: Detector = {
  name: 'national-id',
  category: 'identity',
  hint: (_text, { digits }) => digits >= 6,
  get pattern() {
    return nationalInsurancePattern();
  },
  valid: (match) => !/^(?:BG|GB|NK|KN|TN|NT|ZZ)/i.test(match),
};

const CODICE_FISCALE_LENGTH = 16;

/** Of Italy; letters stand for digits where two people would have the same. */
const codiceFiscale: OwnDetector = {
  name: 'national-id',
  category: 'identity',
  hint: (_text, { digits, longestToken }) => digits > 0 && longestToken >= CODICE_FISCALE_LENGTH,
  pattern:
    /(?<![A-Z\d_]|[A-Z\d][-./:])[A-Z]{6}[\dL-NP-V]{2}[A-EHLMPR-T][\dL-NP-V]{2}[A-Z][\dL-NP-V]{3}[A-Z](?![A-Z\d_])/gi,
  valid: (match) => isCodiceFiscale(match.toUpperCase()),
  places: (runs, tryAt) => runs.tryRunsOf(ALPHANUMERIC, CODICE_FISCALE_LENGTH, tryAt),
};

/** The sums of a codice fiscale: odd positions have a table of their own (decree of the finance ministry, 1976). */
const ODD_PLACES = [
  1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23,
];

function isCodiceFiscale(id: string): boolean {
  let sum = 0;
  for (let index = 0; index < 15; index += 1) {
    const code = id.charCodeAt(index);
    const value = code < 65 ? code - 48 : code - 65;
    sum += index % 2 === 0 ? (ODD_PLACES[value] ?? 0) : value;
  }
  return String.fromCharCode(65 + (sum % 26)) === id.at(-1);
}

/** Born since 2000, a Belgian counts with a 2 before the number. */
function isBelgian(id: string): boolean {
  const check = 97 - Number(id.slice(9));
  return remainder(id.slice(0, 9), 97) === check || remainder(`2${id.slice(0, 9)}`, 97) === check;
}

/** Numbers that a state gives to a person. */
export const identityDetectors: readonly Detector[] = [nationalId, nationalInsurance, codiceFiscale];
