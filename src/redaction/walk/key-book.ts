import { nameKind } from '../names/field-names.ts';
import type { NameKind } from '../names/field-names.ts';
import { jsonBytes } from './meter.ts';
import type { NamedPlace } from './place.ts';
import type { ResolvedPolicy } from '../policy/resolve-policy.ts';
import type { TextMasker } from '../texts/text-masker.ts';

/** What is known about the name of a key. */
export interface KeyFacts extends NamedPlace {
  /** The name as it may be shown. */
  readonly shown: string;
  /** Whether the name is shown as it is, and can be set like any other. */
  readonly isPlain: boolean;
  /** Bytes of the shown name as a member of a JSON object, with its colon and comma. */
  readonly bytes: number;
  /** Whether a programmer chose the name, or it is an identifier, an address, a customer's own words. */
  readonly kind: NameKind;
  /** Whether the name is surely data: `shape` mode never shows it. */
  readonly likeData: boolean;
  /** The key that came after this one the last time: objects of one kind have their keys in one order. */
  next: KeyFacts | undefined;
  /** The key that came first in the last object under this one. */
  first: KeyFacts | undefined;
}

/** Names kept; programs have hundreds of keys, hostile data has any number. */
const MOST_NAMES = 2000;
/** Longest name that is kept. */
const LONGEST_NAME = 64;
const LONGEST_SHOWN_NAME = 128;

/** Remembers what is known about keys, because the same ones come with every response. */
export class KeyBook {
  /** Of a value that has no key. */
  readonly #root: KeyFacts;
  readonly #policy: ResolvedPolicy;
  readonly #masker: TextMasker;
  readonly #facts = new Map<string, KeyFacts>();

  constructor(policy: ResolvedPolicy, masker: TextMasker) {
    this.#policy = policy;
    this.#masker = masker;
    this.#root = this.#look('');
  }

  facts(key: string): KeyFacts {
    const known = this.#facts.get(key);
    if (known !== undefined) return known;
    const facts = this.#look(key);
    if (key.length <= LONGEST_NAME && this.#facts.size < MOST_NAMES) this.#facts.set(key, facts);
    return facts;
  }

  /** The facts of the first key of an object, whose own key is `parent`. */
  first(parent: KeyFacts | undefined, key: string): KeyFacts {
    const owner = parent ?? this.#root;
    const guess = owner.first;
    if (guess !== undefined && guess.key === key) return guess;
    const facts = this.facts(key);
    owner.first = facts;
    return facts;
  }

  /** The facts of the key that follows another one in an object. */
  after(before: KeyFacts, key: string): KeyFacts {
    const guess = before.next;
    if (guess !== undefined && guess.key === key) return guess;
    const facts = this.facts(key);
    before.next = facts;
    return facts;
  }

  #look(key: string): KeyFacts {
    const start = key.length > LONGEST_SHOWN_NAME ? `${key.slice(0, LONGEST_SHOWN_NAME)}…` : key;
    const shown =
      key.length > LONGEST_SHOWN_NAME ? `<key of ${key.length} characters>` : this.#masker.show(key);
    const denied = this.#masker.denied(start);
    const allowed = this.#policy.allowedKeys.has(key);
    const kind = shown === key ? nameKind(key, this.#policy.fieldNames) : 'data';
    return {
      key,
      shown,
      isPlain: shown === key && key !== '__proto__',
      bytes: jsonBytes(shown) + 2,
      denied,
      allowed,
      kind: allowed ? 'field' : kind,
      likeData: !allowed && kind === 'data',
      place: { allowed, denied, paths: [] },
      next: undefined,
      first: undefined,
    };
  }
}
