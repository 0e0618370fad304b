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

const UUID = '########-####-####-####-############';
/** As `toISOString` writes it. */
const TIME = '9999-19-39T29:59:69.999Z';
const DASH = 0x2d;

/**
 * Whether the string is a UUID or a time as `toISOString` writes it: the two that responses are full of, told without
 * a regular expression. All of their characters are ASCII that JSON writes as it is.
 */
export function isUuidOrTime(text: string): boolean {
  if (text.length === UUID.length) return text.charCodeAt(8) === DASH && fits(text, UUID);
  return text.length === TIME.length && text.charCodeAt(4) === DASH && fits(text, TIME);
}

/** `#` stands for a hexadecimal digit, a digit for itself or one below, anything else for itself. */
function fits(text: string, form: string): boolean {
  for (let at = 0; at < form.length; at += 1) {
    const code = text.charCodeAt(at);
    const wanted = form.charCodeAt(at);
    if (wanted === 0x23) {
      const isHex =
        (code >= 0x30 && code <= 0x39) || (code >= 0x61 && code <= 0x66) || (code >= 0x41 && code <= 0x46);
      if (!isHex) return false;
    } else if (wanted >= 0x30 && wanted <= 0x39) {
      if (code < 0x30 || code > wanted) return false;
    } else if (code !== wanted) return false;
  }
  return true;
}
