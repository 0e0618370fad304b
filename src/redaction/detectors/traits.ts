/** What one pass over a text tells about it, so that most detectors need not look at it at all. */
export interface Traits {
  /** ASCII digits in the whole text; more than 255 count as 255. */
  readonly digits: number;
  /** Length of the longest run of characters that keys and tokens are made of; more than 255 counts as 255. */
  readonly longestToken: number;
  readonly at: boolean;
  readonly colon: boolean;
  readonly equals: boolean;
  readonly percent: boolean;
  readonly ampersand: boolean;
}

/** Marks of {@link scan}: whether the text holds a sign that makes something of it possible. */
export const AT = 1;
export const COLON = 2;
export const EQUALS = 4;
export const PERCENT = 8;
export const SPACE = 16;
export const AMPERSAND = 32;
/** What JSON writes with an escape, or UTF-8 with more than one byte. */
export const ESCAPED = 64;
/** Anything outside of ASCII. */
export const FOREIGN = 128;
const ALL_MARKS = 255;
const TOKEN = 256;
const DIGIT = 512;
const DIGIT_BIT = 9;

const DIGITS_AT = 8;
const TOKEN_AT = 16;
const MOST = 255;

const MARKS: Readonly<Record<string, number>> = {
  '@': AT,
  ':': COLON,
  '=': EQUALS,
  '%': PERCENT,
  ' ': SPACE,
  '&': AMPERSAND,
  '"': ESCAPED,
  '\\': ESCAPED,
};

/** What each character is, those outside of ASCII too: a table is faster than asking. */
const KINDS = new Uint16Array(0x10000).fill(ESCAPED | FOREIGN);
for (let code = 0; code < 128; code += 1) {
  const character = String.fromCharCode(code);
  if (/\d/.test(character)) KINDS[code] = TOKEN | DIGIT;
  else if (/[A-Za-z_.~+/-]/.test(character)) KINDS[code] = TOKEN;
  else KINDS[code] = code < 32 ? ESCAPED : (MARKS[character] ?? 0);
}

/**
 * Reads the text once. The result is the marks, with the digits and the longest token behind {@link digitsOf} and
 * {@link longestTokenOf}: a number, because this runs for every string there is.
 */
export function scan(text: string): number {
  if (text.length >= LONG) return scanUnits(unitsOf(text));
  let kinds = 0;
  let digits = 0;
  let longest = 0;
  let start = 0;
  const { length } = text;
  for (let index = 0; index < length; index += 1) {
    const kind = KINDS[text.charCodeAt(index)] ?? 0;
    digits += kind >> DIGIT_BIT;
    if ((kind & TOKEN) === 0) {
      kinds |= kind;
      if (index - start > longest) longest = index - start;
      start = index + 1;
    }
  }
  return result(kinds, digits, Math.max(longest, length - start));
}

/** From this length on copying a text costs less than asking it for each character: it may be made of parts. */
const LONG = 1024;

/** The code units of a text. */
export function unitsOf(text: string): Uint16Array {
  const { buffer, byteOffset } = Buffer.from(text, 'utf16le');
  return new Uint16Array(buffer, byteOffset, text.length);
}

/** {@link scan} of a text by its code units. */
export function scanUnits(units: Uint16Array): number {
  let kinds = 0;
  let digits = 0;
  let longest = 0;
  let start = 0;
  const { length } = units;
  for (let index = 0; index < length; index += 1) {
    const kind = KINDS[units[index] ?? 0] ?? 0;
    digits += kind >> DIGIT_BIT;
    if ((kind & TOKEN) === 0) {
      kinds |= kind;
      if (index - start > longest) longest = index - start;
      start = index + 1;
    }
  }
  return result(kinds, digits, Math.max(longest, length - start));
}

function result(kinds: number, digits: number, longest: number): number {
  return (kinds & ALL_MARKS) | (Math.min(digits, MOST) << DIGITS_AT) | (Math.min(longest, MOST) << TOKEN_AT);
}

export function digitsOf(scanned: number): number {
  return (scanned >> DIGITS_AT) & MOST;
}

export function longestTokenOf(scanned: number): number {
  return scanned >> TOKEN_AT;
}

/** What {@link scan} found, for detectors. */
export function traitsOf(text: string, scanned: number = scan(text)): Traits {
  return {
    digits: digitsOf(scanned),
    longestToken: longestTokenOf(scanned),
    at: (scanned & AT) !== 0,
    colon: (scanned & COLON) !== 0,
    equals: (scanned & EQUALS) !== 0,
    percent: (scanned & PERCENT) !== 0,
    ampersand: (scanned & AMPERSAND) !== 0,
  };
}
