/**
 * Whole strings that say nothing about a person, however many digits they have. Telling them first keeps them as they
 * are, and saves every detector the work.
 */
const BENIGN_FORMS = [
  // UUID
  String.raw`[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}`,
  // A hash in hexadecimal: MD5 to SHA-512. It needs a letter: 32 digits only are no hash.
  String.raw`(?=\d{0,64}[a-f])(?:[\da-f]{32}|[\da-f]{40}|[\da-f]{64}|[\da-f]{128})`,
  // ISO 8601 date, with or without a time
  String.raw`\d{4}-[01]\d-[0-3]\d(?:[T ][0-2]\d:[0-5]\d(?::[0-6]\d(?:[.,]\d{1,9})?)?(?:Z|[+-][0-2]\d:?[0-5]\d)?)?`,
  // A decimal number. After a comma and another number than zero, so many digits are the next cell of a row.
  String.raw`-?(?:\d{1,12}\.|0,)\d{1,20}|-?\d{1,12},\d{1,9}`,
  // X-Ray trace id and W3C traceparent
  String.raw`1-[\da-f]{8}-[\da-f]{24}`,
  String.raw`[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}`,
];

const BENIGN = new RegExp(`^(?:${BENIGN_FORMS.join('|')})$`, 'i');

/** SHA-512 in hexadecimal. */
const LONGEST_BENIGN_FORM = 128;

/** Whether the whole string has a form of machine data: an identifier, a hash, a time, a decimal number. */
export function isBenignForm(text: string): boolean {
  if (text.length > LONGEST_BENIGN_FORM) return false;
  const first = text.charCodeAt(0);
  return (first === DASH || ((KINDS[first] ?? 0) & HEX) !== 0) && BENIGN.test(text);
}

const UUID_LENGTH = 36;
const TIME_LENGTH = 24;
const DASH = 0x2d;
const DIGIT = 1;
const HEX = 2;

const KINDS = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  if (/\d/.test(character)) return DIGIT | HEX;
  return /[A-Fa-f]/.test(character) ? HEX : 0;
});

/**
 * Whether the string is a UUID, a hash, or a time as `toISOString` writes it: what responses are full of, told without a
 * regular expression. All of their characters are ASCII that JSON writes as it is.
 */
export function isMachineData(text: string): boolean {
  switch (text.length) {
    case UUID_LENGTH:
      return isUuid(text);
    case TIME_LENGTH:
      return isTime(text);
    case 32:
    case 40:
    case 64:
      return isAll(text, 0, text.length, HEX) && !isAll(text, 0, text.length, DIGIT);
    default:
      return false;
  }
}

function isUuid(text: string): boolean {
  return (
    text.charCodeAt(8) === DASH &&
    text.charCodeAt(13) === DASH &&
    text.charCodeAt(18) === DASH &&
    text.charCodeAt(23) === DASH &&
    isAll(text, 0, 8, HEX) &&
    isAll(text, 9, 13, HEX) &&
    isAll(text, 14, 18, HEX) &&
    isAll(text, 19, 23, HEX) &&
    isAll(text, 24, 36, HEX)
  );
}

function isTime(text: string): boolean {
  return (
    text.charCodeAt(4) === DASH &&
    text.charCodeAt(7) === DASH &&
    text[10] === 'T' &&
    text[13] === ':' &&
    text[16] === ':' &&
    text[19] === '.' &&
    text[23] === 'Z' &&
    isAll(text, 0, 4, DIGIT) &&
    isAll(text, 5, 7, DIGIT) &&
    isAll(text, 8, 10, DIGIT) &&
    isAll(text, 11, 13, DIGIT) &&
    isAll(text, 14, 16, DIGIT) &&
    isAll(text, 17, 19, DIGIT) &&
    isAll(text, 20, 23, DIGIT)
  );
}

function isAll(text: string, start: number, end: number, kind: number): boolean {
  for (let at = start; at < end; at += 1) {
    if (((KINDS[text.charCodeAt(at)] ?? 0) & kind) === 0) return false;
  }
  return true;
}
