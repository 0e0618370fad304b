import { scanUnits, unitsOf } from './traits.ts';
import { unicodePattern } from '../first-use.ts';

/**
 * A text as detectors read it: every digit, space and dash of Unicode as the one of ASCII, full-width letters and signs as
 * the plain ones, and without what has no width or only decorates the letter before it. A reader sees the same number in
 * `４１１１ ١١١١` and in digits with a joiner between them.
 */
export interface Folded {
  readonly text: string;
  /** What `scan` tells of it. */
  readonly scanned: number;
  /** The stretch of the original that a stretch of the folded text stands for, with the marks on its last letter. */
  readonly original: (start: number, end: number) => readonly [start: number, end: number];
}

/** What becomes of a character: itself, nothing, or the ASCII character with this code. */
const SAME = 1;
const DROPPED = 2;

/** Below it is ASCII. */
const FIRST_FOREIGN = 0x80;
const marks = unicodePattern(String.raw`\p{M}*`, 'uy');

/** The folded text; undefined when there is nothing to fold. */
export function fold(text: string): Folded | undefined {
  const units = unitsOf(text);
  const first = firstToFold(units);
  if (first === undefined) return undefined;
  /** Where the units of the folded text begin in the original. */
  const starts = new Uint32Array(units.length);
  let length = 0;
  for (; length < first; length += 1) starts[length] = length;
  // It is written over the units of the original, because it is never longer.
  const keep = (unit: number, at: number): void => {
    units[length] = unit;
    starts[length] = at;
    length += 1;
  };
  for (let at = first; at < units.length; at += 1) {
    const unit = units[at] ?? 0;
    const isPair = isPairAt(units, at);
    const fate = fateAt(units, at, units[length - 1]);
    if (fate === SAME) {
      keep(unit, at);
      if (isPair) keep(units[at + 1] ?? 0, at + 1);
    } else if (fate !== DROPPED) keep(fate, at);
    if (isPair) at += 1;
  }
  return {
    text: Buffer.from(units.buffer, units.byteOffset, 2 * length).toString('utf16le'),
    scanned: scanUnits(units.subarray(0, length)),
    original(start, end) {
      const last = starts[end - 1] ?? 0;
      const behind = marks();
      behind.lastIndex = last + ((text.codePointAt(last) ?? 0) > 0xffff ? 2 : 1);
      behind.test(text);
      return [starts[start] ?? 0, behind.lastIndex];
    },
  };
}

/** Where folding begins; undefined when none of what could be folded matters. */
function firstToFold(units: Uint16Array): number | undefined {
  let first: number | undefined;
  for (let at = 0; at < units.length; at += isPairAt(units, at) ? 2 : 1) {
    if (fateAt(units, at, units[at - 1]) === SAME) continue;
    first ??= at;
    if (mattersAt(units, at)) return first;
  }
  return undefined;
}

/**
 * Whether something may be found only when the character here is folded. Prose is full of dashes and spaces: they matter
 * inside of a word, and between the groups of a number. Once one character of a text matters, all are folded.
 */
function mattersAt(units: Uint16Array, at: number): boolean {
  const fate = fateAt(units, at, units[at - 1]);
  if ((fate !== DASH && fate !== SPACE) || isPairAt(units, at)) return fate !== SAME;
  // Of several in a row the last one is asked.
  if (units[at + 1] === units[at]) return false;
  const before = units[besides(units, at, -1)] ?? SPACE;
  const after = units[besides(units, at, 1)] ?? SPACE;
  return (
    (isDigit(before) && isOfNumbers(after)) || (isOfNumbers(before) && isDigit(after)) || isInWord(units, at)
  );
}

/** What may stand on either side of a separator, which has three characters at most. */
const LONGEST_SEPARATOR = 3;

function besides(units: Uint16Array, at: number, step: 1 | -1): number {
  let beside = at + step;
  for (let count = 1; count < LONGEST_SEPARATOR; count += 1) {
    const unit = units[beside] ?? 0;
    const fate = unit < FIRST_FOREIGN ? unit : fateAt(units, beside);
    if (fate !== SPACE && fate !== DASH) break;
    beside += step;
  }
  return beside;
}

function isDigit(unit: number): boolean {
  return unit >= 0x30 && unit <= 0x39;
}

/** A digit, a letter, or a bracket or plus as phone numbers have it. */
function isOfNumbers(unit: number): boolean {
  return isDigit(unit) || isLetter(unit) || unit === 0x28 || unit === 0x29 || unit === 0x2b;
}

function isLetter(unit: number): boolean {
  return (unit >= 0x41 && unit <= 0x5a) || (unit >= 0x61 && unit <= 0x7a);
}

/** Whether nothing but letters, digits and dashes stands on both sides. */
function isInWord(units: Uint16Array, at: number): boolean {
  return [at - 1, at + 1].every((beside) => {
    const unit = units[beside] ?? SPACE;
    return isDigit(unit) || isLetter(unit) || unit === DASH || fateAt(units, beside) === DASH;
  });
}

function isPairAt(units: Uint16Array, at: number): boolean {
  return ((units[at] ?? 0) & 0xfc00) === 0xd800 && ((units[at + 1] ?? 0) & 0xfc00) === 0xdc00;
}

/** ー in both widths: a dash between the digits of Japanese phone numbers, and a long vowel elsewhere. */
const LONG_VOWELS: readonly number[] = [0x30fc, 0xff70];

function fateAt(units: Uint16Array, at: number, before = 0): number {
  const unit = units[at] ?? 0;
  if (unit < FIRST_FOREIGN) return SAME;
  if (LONG_VOWELS.includes(unit)) return before >= 0x30 && before <= 0x39 ? DASH : SAME;
  if (isPairAt(units, at)) {
    return fateAbove(0x10000 + ((unit & 0x3ff) << 10) + ((units[at + 1] ?? 0) & 0x3ff));
  }
  return (FATES[unit] ||= fateOfCharacter(unit));
}

/** What is known of the characters up to U+FFFF: a text uses few of them, over and over. */
const FATES = new Uint8Array(0x10000);
/** The same for those above. */
const FATES_ABOVE = new Map<number, number>();
/** Characters above U+FFFF that are remembered: hostile texts hold any number. */
const MOST_ABOVE = 2000;

function fateAbove(point: number): number {
  const known = FATES_ABOVE.get(point);
  if (known !== undefined) return known;
  const fate = fateOfCharacter(point);
  if (FATES_ABOVE.size < MOST_ABOVE) FATES_ABOVE.set(point, fate);
  return fate;
}

/** Joiners, byte order marks, soft hyphens, marks of direction, variation selectors, and marks on a letter. */
const withoutWidth = unicodePattern(String.raw`[\p{Default_Ignorable_Code_Point}\p{Cf}\p{M}]`, 'u');
const digit = unicodePattern(String.raw`\p{Nd}`, 'u');
/** Also the blank of Braille. */
const blank = unicodePattern(String.raw`[\p{Z}\u2800]`, 'u');
/** Also signs that are no punctuation and look like one: a letter's minus, the minus, a bullet, the line of a box. */
const hyphen = unicodePattern(String.raw`[\p{Pd}\u02d7\u2212\u2043\u2500\u2501]`, 'u');
const DASH = 0x2d;
const SPACE = 0x20;

function fateOfCharacter(point: number): number {
  const character = String.fromCodePoint(point);
  if (withoutWidth().test(character)) return DROPPED;
  if (digit().test(character)) return 0x30 + digitOf(point);
  // Full-width and mathematical letters and signs. What stands for several characters is none of a number or an address.
  const plain = character.normalize('NFKC');
  if (blank().test(plain) && plain.length === 1) return SPACE;
  if (hyphen().test(plain)) return DASH;
  return plain.length === 1 && plain <= '~' ? plain.charCodeAt(0) : SAME;
}

/** Digits come in runs from zero to nine (Unicode, section 4.6), and such runs may follow each other. */
function digitOf(point: number): number {
  let zero = point;
  while (digit().test(String.fromCodePoint(zero - 1))) zero -= 1;
  return (point - zero) % 10;
}
