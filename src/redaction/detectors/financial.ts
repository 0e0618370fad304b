import { gs1, iban as isIbanChecksum, luhn } from './checksums.ts';
import type { Detector } from './detector.ts';

/** First digits of the card networks, with the lengths that each of them issues (ISO/IEC 7812-1). */
const CARD_NETWORKS = new RegExp(
  `^(?:${[
    String.raw`4(?:\d{12}|\d{15}|\d{18})`, // Visa
    String.raw`(?:5[1-5]\d{2}|222[1-9]|22[3-9]\d|2[3-6]\d{2}|27[01]\d|2720)\d{12}`, // Mastercard
    String.raw`3[47]\d{13}`, // American Express
    String.raw`3(?:0[0-59]|[689]\d)\d{11}`, // Diners Club
    String.raw`(?:6011|65\d{2}|64[4-9]\d)\d{12}(?:\d{3})?`, // Discover
    String.raw`(?:2131|1800)\d{11}|35\d{14}`, // JCB
    String.raw`(?:0604|50\d{2}|5[6-8]\d{2}|6\d{3})\d{8,15}`, // Maestro, UnionPay, RuPay, Hipercard
    String.raw`(?:220[0-4])\d{12,15}|9792\d{12}`, // Mir, Troy
  ].join('|')})$`,
);

/** ISO/IEC 7812-1. */
const MOST_CARD_DIGITS = 19;

const CARD_WORD = /card|visa|maestro|mastercard|amex|credit|debit|payment|charge|\bpan\b/i;
const ARTICLE_WORD = /ean|gtin|upc|isbn|sku|barcode|article|imei/i;
/** How far a word may stand from the number that it explains. */
const REACH = 60;

/** AWS gives every account a number of this length. */
const ACCOUNT_DIGITS = 12;
/** What an account of AWS stands behind in an ARN, or in a part of one; some pass for cards. */
const ACCOUNT_BEFORE = /\barn:[^\s"']{1,60}:$|[a-z]-\d:$|::$/;

/** Luhn-valid, of a known network, in one piece or in the groups that are printed on cards. */
const card: Detector = {
  name: 'card',
  category: 'financial',
  hint: (_text, { digits }) => digits >= 12,
  // After `0,` they are decimals; another number before a comma is a cell of a row.
  pattern:
    /(?<![A-Za-z0-9_+]|\d\.|(?<![\d.,])0,|[A-Fa-f0-9]{4}-)(?:\d{4}([ .\t_/-]|[ ]{2}|[ ]-[ ])\d{4}\1\d{4}(?:\1\d{1,4}){0,2}|\d{4}([ .\t_/-]|[ ]{2}|[ ]-[ ])\d{6}\2\d{4,5}|\d{12,19})(?![A-Za-z0-9_]|\.\d)/g,
  valid: (match, text, start) => {
    if (isCard(match, text, start)) return true;
    // The last group may be a security code or a year.
    const rest = lastSeparator(match);
    return rest > 0 && isCard(match.slice(0, rest), text, start) && rest;
  },
};

const SEPARATORS = /[ .\t_/-]/g;

function lastSeparator(written: string): number {
  let at = written.length - 1;
  while (at >= 0 && !isSeparator(written.charCodeAt(at))) at -= 1;
  return at;
}

function isCard(written: string, text: string, start: number): boolean {
  // The check digit first, which fails nine of ten.
  if (!luhn(written)) return false;
  const digits = written.replace(SEPARATORS, '');
  return (
    digits.length <= MOST_CARD_DIGITS &&
    CARD_NETWORKS.test(digits) &&
    !(
      digits.length === ACCOUNT_DIGITS && ACCOUNT_BEFORE.test(text.slice(Math.max(0, start - REACH), start))
    ) &&
    !isArticle(digits, text, start)
  );
}

/** An EAN-13 or UPC-A may pass Luhn too: with both checks right, the words around decide. */
function isArticle(digits: string, text: string, start: number): boolean {
  const around = text.slice(Math.max(0, start - REACH), start + digits.length + REACH);
  if (CARD_WORD.test(around)) return false;
  return ARTICLE_WORD.test(around) || ((digits.length === 13 || /^6\d{11}$/.test(digits)) && gs1(digits));
}

/** Length of an IBAN by country (SWIFT IBAN Registry). */
const IBAN_LENGTHS: Readonly<Record<string, number>> = {
  AD: 24,
  AE: 23,
  AL: 28,
  AT: 20,
  AZ: 28,
  BA: 20,
  BE: 16,
  BG: 22,
  BH: 22,
  BI: 27,
  BR: 29,
  BY: 28,
  CH: 21,
  CR: 22,
  CY: 28,
  CZ: 24,
  DE: 22,
  DJ: 27,
  DK: 18,
  DO: 28,
  EE: 20,
  EG: 29,
  ES: 24,
  FI: 18,
  FK: 18,
  FO: 18,
  FR: 27,
  GB: 22,
  GE: 22,
  GI: 23,
  GL: 18,
  GR: 27,
  GT: 28,
  HN: 28,
  HR: 21,
  HU: 28,
  IE: 22,
  IL: 23,
  IQ: 23,
  IR: 26,
  IS: 26,
  IT: 27,
  JO: 30,
  KW: 30,
  KZ: 20,
  LB: 28,
  LC: 32,
  LI: 21,
  LT: 20,
  LU: 20,
  LV: 21,
  LY: 25,
  MC: 27,
  MD: 24,
  ME: 22,
  MK: 19,
  MN: 20,
  MR: 27,
  MT: 31,
  MU: 30,
  NI: 28,
  NL: 18,
  NO: 15,
  OM: 23,
  PK: 24,
  PL: 28,
  PS: 29,
  PT: 25,
  QA: 29,
  RO: 24,
  RS: 22,
  RU: 33,
  SA: 24,
  SC: 31,
  SD: 18,
  SE: 24,
  SI: 19,
  SK: 24,
  SM: 27,
  SO: 23,
  ST: 25,
  SV: 28,
  TL: 23,
  TN: 24,
  TR: 26,
  UA: 29,
  VA: 22,
  VG: 24,
  XK: 20,
  YE: 30,
};

/** In one piece or in groups, mostly of four, in either case; the words after it are not part of it. */
const iban: Detector = {
  name: 'iban',
  category: 'financial',
  hint: (_text, { digits }) => digits >= 4,
  pattern: /(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?:[ .\t-]{0,3}[A-Z0-9]){11,30}/gi,
  valid: (match) => {
    const length = IBAN_LENGTHS[match.slice(0, 2).toUpperCase()];
    if (length === undefined) return false;
    let seen = 0;
    let end = 0;
    for (; end < match.length && seen < length; end += 1) {
      if (!isSeparator(match.charCodeAt(end))) seen += 1;
    }
    if (/^[A-Z0-9]/i.test(match.slice(end))) return false;
    const characters = match.slice(0, end).replace(SEPARATORS, '').toUpperCase();
    return characters.length === length && isIbanChecksum(characters) && end;
  },
};

function isSeparator(code: number): boolean {
  return code >= 0x2d ? code <= 0x2f || code === 0x5f : code === 0x20 || code === 0x09;
}

const BANK_WORD = /\b(?:bic|swift)\b/i;
const IBAN_WORD = /\biban\b|\b[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]{4}){3}/i;

/** Eight or eleven letters look like a word: a BIC counts after its name, or beside an IBAN. */
const bic: Detector = {
  name: 'bic',
  category: 'financial',
  hint: (text) => BANK_WORD.test(text) || text.includes('IBAN'),
  pattern: /(?<![A-Za-z0-9])[A-Z]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?(?![A-Za-z0-9])/g,
  valid: (match, text, start) =>
    match.slice(4, 6) in IBAN_LENGTHS || /^(?:US|CA|AU|NZ|JP|CN|IN|HK|SG|ZA|MX)$/.test(match.slice(4, 6))
      ? BANK_WORD.test(text.slice(Math.max(0, start - 24), start)) ||
        IBAN_WORD.test(text.slice(Math.max(0, start - REACH), start + match.length + REACH))
      : false,
};

/** Cards and bank accounts. */
export const financialDetectors: readonly Detector[] = [iban, card, bic];
