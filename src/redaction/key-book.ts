import type { Category } from './detectors/detector.ts';
import { jsonBytes } from './meter.ts';
import type { ResolvedPolicy } from './policy.ts';
import type { TextMasker } from './text-masker.ts';

/** What is known about the name of a key. */
export interface KeyFacts {
  readonly key: string;
  /** The name as it may be shown. */
  readonly shown: string;
  /** Bytes of the shown name as a member of a JSON object, with its colon and comma. */
  readonly bytes: number;
  readonly denied: Category | undefined;
  readonly allowed: boolean;
  /** The name is not one that a programmer chose: an identifier, an address, a customer's own words. */
  readonly likeData: boolean;
}

/** Names kept; programs have hundreds of keys, hostile data has any number. */
const MOST_NAMES = 2000;
/** Longest name that is kept, and that can be a programmer's. */
const LONGEST_NAME = 64;
const LONGEST_SHOWN_NAME = 128;

/** Words of letters with an index or a version at most, joined by the signs that names are joined by. */
const NAME = /^[$@#_]{0,2}[A-Za-z][A-Za-z\d]*(?:[._:-]{1,2}[A-Za-z\d]+){0,10}[_?]{0,2}$/;
/** Names of algorithms and standards, whose digits are no identifier. */
const KNOWN_NUMBERS = /sha-?(?:1|224|256|384|512)|base64|x509|iso8601|rfc\d{4}|utf16/gi;

/** Remembers what is known about keys, because the same ones come with every response. */
export class KeyBook {
  readonly #policy: ResolvedPolicy;
  readonly #masker: TextMasker;
  readonly #facts = new Map<string, KeyFacts>();

  constructor(policy: ResolvedPolicy, masker: TextMasker) {
    this.#policy = policy;
    this.#masker = masker;
  }

  facts(key: string): KeyFacts {
    const known = this.#facts.get(key);
    if (known !== undefined) return known;
    const facts = this.#look(key);
    if (key.length <= LONGEST_NAME && this.#facts.size < MOST_NAMES) this.#facts.set(key, facts);
    return facts;
  }

  #look(key: string): KeyFacts {
    const start = key.length > LONGEST_SHOWN_NAME ? `${key.slice(0, LONGEST_SHOWN_NAME)}…` : key;
    const shown =
      key.length > LONGEST_SHOWN_NAME ? `<key of ${key.length} characters>` : this.#masker.show(key);
    return {
      key,
      shown,
      bytes: jsonBytes(shown) + 2,
      denied: this.#masker.denied(start),
      allowed: this.#policy.allowedKeys.has(key),
      likeData: shown !== key || looksLikeData(key),
    };
  }
}

function looksLikeData(key: string): boolean {
  if (key.length > LONGEST_NAME || !NAME.test(key)) return true;
  const name = key.replaceAll(KNOWN_NUMBERS, '');
  const digits = name.replaceAll(/\D/g, '').length;
  // line1, ec2, oauth2, p99 are names; user-123 and a1b2c3 are identifiers.
  if (digits > 2 || /\d[A-Za-z]{1,3}\d/.test(name)) return true;
  return name.split(/[^A-Za-z]+|(?<=[a-z])(?=[A-Z])/).some(isRandom) || mixesCase(name);
}

/** Letters that no language puts in a row. */
function isRandom(word: string): boolean {
  return word.length > 24 || /[bcdfghjklmnpqrstvwxz]{7}/i.test(word);
}

/** `xKzQwRtY`: more changes of case than words could have. */
function mixesCase(name: string): boolean {
  const letters = name.replaceAll(/[^A-Za-z]/g, '');
  const changes = letters.match(/[a-z][A-Z]/g)?.length ?? 0;
  return changes >= 3 && letters.length / changes < 3.5;
}
