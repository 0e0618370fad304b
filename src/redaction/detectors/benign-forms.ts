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
  // A decimal number
  String.raw`-?\d{1,12}[.,]\d{1,20}`,
  // X-Ray trace id and W3C traceparent
  String.raw`1-[\da-f]{8}-[\da-f]{24}`,
  String.raw`[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}`,
];

const BENIGN = new RegExp(`^(?:${BENIGN_FORMS.join('|')})$`, 'i');

/** SHA-512 in hexadecimal. */
const LONGEST_BENIGN_FORM = 128;

/** Whether the whole string has a form of machine data: an identifier, a hash, a time, a decimal number. */
export function isBenignForm(text: string): boolean {
  return text.length <= LONGEST_BENIGN_FORM && BENIGN.test(text);
}
