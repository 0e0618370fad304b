import { isbn10 } from './checksums.ts';
import type { Detector, OwnDetector } from './detector.ts';
import { charactersOf } from './places.ts';
import { endsCredentials } from './url-credentials.ts';
import { unicodePattern } from '../first-use.ts';

/** RFC 5321. */
const LONGEST_LOCAL_PART = 64;
const LOCAL_CHARACTERS = charactersOf(/[A-Za-z\d._%+'-]/);
const letterOrNumber = unicodePattern(String.raw`[\p{L}\p{N}]`, 'u');

const emailPattern = unicodePattern(
  String.raw`(?:@|%40|&(?:#0{0,4}64|#x0{0,4}40|commat);)(?:(?:[\p{L}\p{N}-]{1,63}\.){1,8}(?:xn--[a-z\d-]{2,59}|\p{L}{2,24})|(?:[\p{L}\p{N}-]{1,63}[。｡]){1,8}\p{L}{2,24})`,
  'giu',
);

/** How a URL and HTML write the @. */
const AT_BEGINS = /^[@%&]/;
const ENTITY = /&(?:#0{0,4}64|#x0{0,4}40|commat);/i;

/**
 * Found by its @, also as a URL (`%40`) or HTML (`&#64;`) write it, and the domain behind it: labels of at most 63 characters. The full stop of
 * ideographs separates labels too (UTS 46, section 4.5).
 */
const email: OwnDetector = {
  name: 'email',
  category: 'contact',
  hint: (text, { at, percent, ampersand }) =>
    at || (percent && text.includes('%40')) || (ampersand && ENTITY.test(text)),
  get pattern() {
    return emailPattern();
  },
  begins: startOfLocalPart,
  // A picture for high-density screens, the user of every Git address, and a URL's password before its host.
  valid: (match, text, start) =>
    !AT_BEGINS.test(match) &&
    !/@\dx\.\w{2,4}$/i.test(match) &&
    !(match.startsWith('git@') && text[start + match.length] === ':') &&
    !endsCredentials(text, start + match.lastIndexOf('@')),
};

function startOfLocalPart(text: string, end: number): number {
  let start = end;
  while (start > 0 && end - start < LONGEST_LOCAL_PART) {
    const code = text.charCodeAt(start - 1);
    if (code < 128) {
      if (LOCAL_CHARACTERS[code] !== 1) break;
      start -= 1;
    } else {
      const size = (code & 0xfc00) === 0xdc00 ? 2 : 1;
      if (!letterOrNumber().test(text.slice(Math.max(0, start - size), start))) break;
      start -= size;
    }
  }
  return start;
}

/** E.164 numbers have at most 15 digits; below 7 there is no subscriber number worth the name. */
const MOST_DIGITS = 15;
const LEAST_DIGITS = 7;
/** `+41 (0)44 668 18 00` has six; one more for an extension, and one to spare. */
const MOST_GROUPS = 8;
/** How far a word may stand from the number that it explains. */
const REACH_BEFORE = 28;
const REACH_AFTER = 12;

const PHONE_WORD_BEFORE =
  /(?:phones?|tel|télé?phone|telefon\w{0,2}|teléfono|telefoon|mobile?|mobil|handy|cell(?:ular)?|fax|desk|office|landline|hotline|whatsapp|sms|dial|ring|call(?:ing|ed)?(?: (?:me|us|him|her|them))?(?: (?:on|at))?|text (?:me|us) (?:on|at)|reach\w{0,3} (?:me|us|him|her|them) (?:on|at)|answering at|messages? to|contact(?: number)?|(?:registered|contact|my|home|work|emergency) number|registered|ph|tél|móvil|gsm)(?:[ _-]?(?:no|nr|number|num))?\.?["']?[ ]{0,2}(?:is|[:=#])?[\s"']{0,3}$/i;
const PHONE_WORD_AFTER = /^[ ,-]{0,2}\(?(?:office|fax|mobile|desk|home|work|cell|phone|tel)\b/i;
/** How often, or how many: `called 1200345 times`. */
const COUNTED_AFTER =
  /^ (?:times|calls?|items?|rows?|records?|bytes|requests?|messages?|ms|seconds|minutes|tokens|events)\b/i;
const OTHER_NUMBER_BEFORE =
  /(?:order|invoice|ref(?:erence)?|ticket|sku|isbn|ean|gtin|upc|tracking|account|acct|serial|case|item|part|article|batch|lot|version|build|id|code|po|zip|parcel|shipment|receipt|policy|claim|model|no|nr|number|amount|total|price|#)["']?[ ]{0,2}(?:no|nr|number|num|id|code)?\.?[ ]{0,2}(?:is|[:=#])?[\s"']{0,3}$/i;

const DATE =
  /^(?:\d{4}[ ./-][01]?\d[ ./-][0-3]?\d(?!\d)|[0-3]?\d[ ./-][01]?\d[ ./-](?:19|20)\d\d(?!\d)|[01]?\d[ ./-][0-3]?\d[ ./-](?:19|20)\d\d(?!\d)|(?:19|20)\d\d(?:0[1-9]|1[0-2])[0-3]\d(?:[0-2]\d[0-5]\d)?)/;
const NORTH_AMERICAN =
  /^(?:\(?1\)?[ .-]?)?(?:\([2-9]\d{2}\)[ .-]?\d{3}[ .-]\d{4}|[2-9]\d{2}([.-])\d{3}\1\d{4})$/;

/**
 * Groups that are written for phone numbers and little else, where no trunk prefix tells them: Greece and Mexico, Spain,
 * Poland, Denmark and Norway, Brazil, Russia. Three groups of three are as often an amount.
 */
const GROUPED =
  /^(?:[2-9]\d{2} \d{3} \d{4}|[5-9]\d{2}(?: \d{2}){3}|\d{2} \d{3} \d{2} \d{2}|[2-9]\d(?: \d{2}){3}|\(\d{2}\) ?9?\d{4}-\d{4}|[78] ?\(\d{3}\) ?\d{3}-\d{2}-\d{2})$/;

const phonePattern = unicodePattern(
  String.raw`(?<![\p{L}\d_+]|[\d\p{L}][./-](?!\+)|[\d\p{L}]-\()(?!(?:\d[ .-]){4})(?:\+[ ]?|\(\+?|00)?\d(?:(?:[ ]?[(/)][ ]?|[ .-]|[ ]-[ ]|\)[ ]?-)?\d){6,15}(?:[ ]?(?:x|ext\.?)[ ]?\d{1,6})?(?![\p{L}\d_]|[./:-]\d)`,
  'giu',
);

/** As written anywhere: `+44 7700 900123`, `(212) 555-0134`, `06 12 34 56 78`, `03.93.92.16.85 x12`. */
const phone: Detector = {
  name: 'phone',
  category: 'contact',
  hint: (_text, { digits }) => digits >= LEAST_DIGITS,
  get pattern() {
    return phonePattern();
  },
  valid: isPhone,
};

function isPhone(match: string, text: string, start: number): boolean {
  if (isList(match)) return false;
  const number = /x/i.test(match) ? match.replace(/[ ]?(?:x|ext\.?)[ ]?\d{1,6}$/i, '') : match;
  const digits = number.replace(/[^\d]{1,3}/g, '');
  if (digits.length < LEAST_DIGITS || digits.length > MOST_DIGITS || /^(\d)\1+$/.test(digits)) return false;
  if (DATE.test(number)) return false;

  const before = text.slice(Math.max(0, start - REACH_BEFORE), start);
  if (/^(?:\+|\(\+)/.test(number)) return /^[1-9]/.test(digits) && !/[\d)]$/.test(before);
  const end = start + match.length;
  const after = text.slice(end, end + REACH_AFTER);
  const written =
    NORTH_AMERICAN.test(number) || isInternationalPrefix(number, digits) || isTrunkNumber(number, digits);
  // A part of an amount, unless it is written as phone numbers are.
  if (!written && (/\d,$/.test(before) || /^,\d/.test(after))) return false;
  if (COUNTED_AFTER.test(after)) return false;
  if (PHONE_WORD_AFTER.test(after)) return true;
  const follows = followsWord(text, start);
  if (follows && PHONE_WORD_BEFORE.test(before)) return true;
  const isWritten = written || (GROUPED.test(number) && !/\d[ ]$/.test(before) && !/^[ ]\d/.test(after));
  return isWritten && !(follows && OTHER_NUMBER_BEFORE.test(before));
}

/** More digits or more groups than any phone number: turned away before anything costs time. */
function isList(match: string): boolean {
  let digits = 0;
  let groups = 0;
  let inGroup = false;
  for (let index = 0; index < match.length; index += 1) {
    const code = match.charCodeAt(index);
    const isDigit = code >= 48 && code <= 57;
    if (isDigit) digits += 1;
    if (isDigit && !inGroup) groups += 1;
    inGroup = isDigit;
  }
  // An extension may follow: up to six digits in a group of their own.
  return groups > MOST_GROUPS || digits > MOST_DIGITS + 6 || (digits > MOST_DIGITS && !/x/i.test(match));
}

/** Whether a word stands right before, with at most signs between; without one, the long tests are not worth it. */
function followsWord(text: string, start: number): boolean {
  for (let index = start - 1; index >= Math.max(0, start - 8); index -= 1) {
    const character = text.charAt(index);
    if (character >= '0' && character <= '9') return false;
    if (character === '#' || character.toLowerCase() !== character.toUpperCase()) return true;
  }
  return false;
}

/** `00` and a country, in groups: without groups it is any number with leading zeros. */
function isInternationalPrefix(number: string, digits: string): boolean {
  return /^00[1-9]\d{0,2}[ .()-]/.test(number) && digits.length >= 10;
}

/** A national number that begins with the trunk prefix 0, as most of the world writes it. */
function isTrunkNumber(number: string, digits: string): boolean {
  if (!/^\(?0[1-9]/.test(number)) return false;
  const groups = number.match(/\d+/g) ?? [];
  if (groups.length === 1) return /^\d{10,11}$/.test(digits) && !isbn10(digits);
  if (digits.length < 9 || digits.length > 12 || groups.length > 6) return false;
  return groups.every(({ length }) => length >= 2 && length <= 8);
}

const websitePattern = unicodePattern(
  String.raw`(?<=[\s(:,])https?:\/\/(?:www\.)?[\p{L}\p{N}-]{1,63}(?:\.(?:com?|org|net|gov|edu|ac))?\.\p{L}{2,24}\/?(?![\p{L}\p{N}/?#:@_-]|\.[\p{L}\p{N}])`,
  'giu',
);

/**
 * The home page of a site, in a text: whoever writes one mostly writes of himself or his company. An address with a path
 * or of a host below a domain is that of a service, and one that is a value of its own is told by its key.
 */
const website: Detector = {
  name: 'website',
  category: 'contact',
  hint: (text, { colon }) => colon && text.includes('://'),
  get pattern() {
    return websitePattern();
  },
  // RFC 2606 keeps these for examples; the other two are names of vocabularies.
  valid: (match) => !/\/(?:www\.)?(?:example\.|schema\.org|w3\.org)/i.test(match),
};

/** How to reach a person. */
export const contactDetectors: readonly Detector[] = [email, phone, website];
