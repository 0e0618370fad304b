import { constants } from 'node:os';
import { isFieldWord, nameKind } from './field-names.ts';
import { LOWER_CASE_WORDS, MESSAGE_WORDS, TECHNICAL_NAMES } from './message-words.ts';
import { firstUse } from '../first-use.ts';

const message = firstUse(() => listOf(MESSAGE_WORDS));
const lowerCase = firstUse(() => listOf(LOWER_CASE_WORDS));
const technical = firstUse(() => listOf(TECHNICAL_NAMES));
/** `ENOENT`, `ECONNREFUSED`: what the system calls its errors, and what Node adds to that. */
const systemErrors = firstUse<ReadonlySet<string>>(
  () =>
    new Set([
      ...Object.keys(constants.errno),
      ...Object.keys(constants.signals),
      ...[
        'EAI_AGAIN',
        'ENOTFOUND',
        'ENODATA',
        'ESERVFAIL',
        'EREFUSED',
        'ETIMEOUT',
        'EPROTO',
        'ECANCELED',
        'EOF',
      ],
    ]),
);
/** Field names that say where or what somebody is when they stand in a sentence: `12 high street`, `positive`. */
const DATA_IN_SENTENCES = listOf(`
  street road avenue lane drive court square boulevard home single positive negative pregnant pregnancy hiv disability
  diagnosis allergy welcome admin hello doc
`);

/** With a capital these are names of places, or of shops. */
const PLACES = listOf(`
  airport apex apple back billing border boundary broken car center central centre cloud common commerce commercial
  enterprise federal first free greater happy league low main mid mobile mon most name national new normal pay port round
  salt school second sha store third thousand town trail uri water well
`);
/** Words before the name of somebody or something, where that stands at the beginning of a message. */
const BEFORE_NAMES = listOf(`
  account address booking buyer client contact customer driver email employee event field file guest invoice item key
  member message order owner parameter patient payment person product property queue recipient request resource seller
  sender shipment student subscriber supplier table topic user value vendor
`);

/** A word of a field that is shorter is an abbreviation, which may be anybody's in a sentence. */
const SHORTEST_FIELD_WORD = 3;
const LONGEST_NAME = 64;
const ERROR_TYPE = /^[A-Z][A-Za-z]{2,60}(?:Error|Exception|Fault|Warning|Rejection)$/;
const ERROR_CODE = /^[A-Z]{2,24}(?:_[A-Z]{1,24}){1,10}$/;
/** Codes with the prefixes of Node's errors and of MySQL's. */
const NODE_CODE = /^ERR?(?:_[A-Z]{2,24}){1,10}$/;
const KNOWN_NUMBERS =
  /^(?:sha-?(?:1|224|256|384|512)|base64(?:url)?|x509|md5|crc32|utf-?(?:8|16(?:le)?)|iso-?8601|http2|ipv[46]|ec2|s3|hs256|rs256|es256|latin1|ucs2|e164|es20\d\d)$/i;

export type PlaceInText = 'text' | 'sentence' | 'inside';

/** What redaction knows of words that say nothing of anybody, with the words of a policy. */
export interface HarmlessWords {
  /**
   * Whether a word of a sentence says nothing of anybody.
   *
   * @param place whether any word would have a capital here: at the beginning of a `text`, of a `sentence` in it, or
   *   `inside` of one.
   * @param precedesName whether a word with a capital follows.
   */
  readonly word: (word: string, place: PlaceInText, precedesName: boolean) => boolean;
  /** Whether a word between quotation marks is one of a program. */
  readonly quoted: (word: string) => boolean;
  /** Whether a word by itself is the name of a field, of a type or of an error, by the rule that keys of objects follow. */
  readonly name: (name: string) => boolean;
}

/** @param own further words, in lower case. */
export function createHarmlessWords(own: ReadonlySet<string>): HarmlessWords {
  const known = firstUse(() => (own.size === 0 ? message() : new Set([...message(), ...own])));
  /** `checkFailed`: words of messages stand in names that have several words. */
  const isCompound = (name: string): boolean =>
    /[a-z][A-Z]|[A-Z]{2}[a-z]|[A-Za-z][._-][A-Za-z]/.test(name) && nameKind(name, known()) === 'field';

  const name = (text: string): boolean => {
    if (text.length < 2 || text.length > LONGEST_NAME || !/^[\w$]/.test(text)) return false;
    if (technical().has(text) || systemErrors().has(text) || KNOWN_NUMBERS.test(text)) return true;
    if (NODE_CODE.test(text)) return true;
    if (ERROR_CODE.test(text)) return text.split('_').every((part) => isCodeWord(part.toLowerCase()));
    if (ERROR_TYPE.test(text)) return true;
    if (/^[A-Z]/.test(text) && lowerCase().has(text.toLowerCase())) return false;
    // `addressLine1` is a field, `seat7` may be somebody's.
    if (/\d/.test(text) && !/^[A-Za-z]+[a-z_][A-Z_]?[a-z]+\d$/.test(text)) return false;
    return isCompound(text) || (nameKind(text, own) === 'field' && !/\d/.test(text));
  };
  const isCodeWord = (word: string): boolean =>
    known().has(word) || lowerCase().has(word) || isFieldWord(word, own);
  const isKnown = (word: string): boolean =>
    known().has(word) ||
    (word.length >= SHORTEST_FIELD_WORD && !DATA_IN_SENTENCES.has(word) && isFieldWord(word, own));

  return {
    name,
    quoted: (text) => message().has(text) || name(text),
    word(text, place, precedesName) {
      const lower = text.toLowerCase();
      if (text === lower) return lowerCase().has(lower) || isKnown(lower);
      if (technical().has(text) || own.has(lower)) return true;
      if (/^[A-Z][a-z]+$/.test(text)) {
        if (place === 'inside' || !isKnown(lower) || PLACES.has(lower.replace(/s$/, ''))) return false;
        // `User Jane Doe …`, but not `Union City` and not `in: Market Square`.
        return !precedesName || message().has(lower) || (place === 'text' && BEFORE_NAMES.has(lower));
      }
      return name(text) && !/^[A-Z]+$/.test(text) ? true : systemErrors().has(text);
    },
  };
}

function listOf(words: string): ReadonlySet<string> {
  return new Set(words.trim().split(/\s+/));
}
