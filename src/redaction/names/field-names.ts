import { DENIED_NAMES } from './denied-names.ts';
import { AMBIGUOUS_WORDS, FIELD_ENDINGS, FIELD_WORDS, SHORT_NAMES } from './field-words.ts';
import { firstUse } from '../first-use.ts';

/**
 * What a key is by its name alone: the name of a `field`; `data`, such as an identifier, a name or an address; or
 * `ambiguous`, when it may well be both.
 */
export type NameKind = 'field' | 'ambiguous' | 'data';

/** Longest name that can be a programmer's. */
const LONGEST_NAME = 64;
/** A longer word is two, if it is one of a program. */
const LONGEST_WORD = 24;
/** The shortest first part of a word that has an ending of a field: `userid`. */
const SHORTEST_FIRST_PART = 3;
/** line1, ec2, p99 are names; user-123 is an identifier. */
const MOST_DIGITS = 2;

/** Words of letters with an index or a version at most, joined by the signs that names are joined by. */
const NAME = /^[$@#_]{0,2}[A-Za-z][A-Za-z\d]*(?:[._:-]{1,2}[A-Za-z\d]+){0,10}[_?]{0,2}$/;
const WORD = /[A-Z]+(?![a-z])|[A-Z]?[a-z]+/g;
/** Names of algorithms and standards, whose digits are no identifier. */
const KNOWN_NUMBERS = /sha-?(?:1|224|256|384|512)|base64|x509|iso8601|rfc\d{4}|utf16/gi;

/** Short words with numbers, as people are called by their initials or by a code: `rds5`, `jd_42`. */
const CODE = /^(?=.*\d)(?=.*[A-Za-z]{2})(?!.*[A-Za-z]{4})[A-Za-z\d]+(?:[._-][A-Za-z\d]+)*$/;
/** Those of them that everybody knows. */
const KNOWN_CODES = /^(?:cv[cv]2|crc32|ec2|ip[46]|md5|mp[34]|pm(?:10|25)|ssl[23]|tls1[123]?)$/i;

/** Single letters with a number that everybody knows: percentiles, versions, headings, and names of things. */
const KNOWN_LETTERS = /^(?:b2[bce]|e2e|h[1-6]|i18n|k8s|l10n|p(?:50|75|9\d|99\d?)|s3|v\d{1,2})$/i;

/** What is denied by name is named by fields. */
const fieldWords = firstUse(() =>
  listOf(`${FIELD_WORDS} ${Object.values(DENIED_NAMES).flat().join(' ').replaceAll('=', '')}`),
);
const AMBIGUOUS = listOf(AMBIGUOUS_WORDS);
const SHORT = listOf(SHORT_NAMES);
const ENDINGS = [...listOf(FIELD_ENDINGS)];

/**
 * What a key is. A word that is in no list makes it data: nothing tells a name that is not known from a field that is
 * not known.
 *
 * @param own further field names, whole or by word, in lower case.
 */
export function nameKind(key: string, own: ReadonlySet<string>): NameKind {
  if (own.has(key.toLowerCase())) return 'field';
  if (key.length > LONGEST_NAME || !NAME.test(key)) return 'data';
  const name = key.replaceAll(KNOWN_NUMBERS, '');
  if (name.replaceAll(/\D/g, '').length > MOST_DIGITS || /\d[A-Za-z]{1,3}\d/.test(name)) return 'data';
  const words = name.match(WORD) ?? [];
  const kinds = words.map((word) => wordKind(word.toLowerCase(), own));
  if (kinds.includes('data')) return 'data';
  // Letters alone are as good as initials.
  if (kinds.length > 0 && kinds.every((kind) => kind === 'letter') && !KNOWN_LETTERS.test(key)) return 'data';
  if (CODE.test(name) && !KNOWN_CODES.test(name)) return 'ambiguous';
  if (kinds.includes('field')) return 'field';
  const mayBeSomebody = kinds.includes('ambiguous') || (kinds.length > 1 && kinds.includes('short'));
  return mayBeSomebody ? 'ambiguous' : 'field';
}

const NO_WORDS: ReadonlySet<string> = new Set();
/** Letters, and hyphens as headers have them. With other signs words may look like the key of an issuer, or name a value beside them. */
const WORDS_ALONE = /^[A-Za-z]+(?:-[A-Za-z]+)*$/;

/** Whether a text is the name of a field in which no detector of ours finds anything: it is made of words that names are made of. */
export function isNameAlone(text: string): boolean {
  return WORDS_ALONE.test(text) && nameKind(text, NO_WORDS) === 'field';
}

/** Whether a word of a text, in lower case, is one that names of fields are made of and that nobody is called by. */
export function isFieldWord(word: string, own: ReadonlySet<string>): boolean {
  return wordKind(word, own) === 'field';
}

/** `letter` and `short` alone give nothing away; beside a word that may be a name they may be the rest of it. */
type WordKind = NameKind | 'letter' | 'short';

function wordKind(word: string, own: ReadonlySet<string>): WordKind {
  if (word.length === 1) return 'letter';
  if (word.length > LONGEST_WORD) return 'data';
  for (const form of [word, ...singularsOf(word)]) {
    if (own.has(form)) return 'field';
    if (AMBIGUOUS.has(form)) return 'ambiguous';
    if (SHORT.has(form)) return 'short';
    if (fieldWords().has(form)) return 'field';
  }
  // `createdat`, `updatedby`.
  if (/ed(?:at|by|on)$/.test(word) && fieldWords().has(word.slice(0, -2))) return 'field';
  return ENDINGS.some((ending) => endsFieldWord(word, ending)) ? 'field' : 'data';
}

function endsFieldWord(word: string, ending: string): boolean {
  const first = word.slice(0, -ending.length);
  return first.length >= SHORTEST_FIRST_PART && word.endsWith(ending) && fieldWords().has(first);
}

function singularsOf(word: string): string[] {
  if (!word.endsWith('s') || word.endsWith('ss')) return [];
  const forms = [word.slice(0, -1)];
  if (/(?:s|x|z|ch|sh)es$/.test(word)) forms.push(word.slice(0, -2));
  if (word.endsWith('ies') && word.length > 5) forms.push(`${word.slice(0, -3)}y`);
  return forms;
}

function listOf(words: string): ReadonlySet<string> {
  return new Set(words.trim().split(/\s+/));
}
