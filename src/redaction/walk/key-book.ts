import type { Category } from '../detectors/detector.ts';
import { isNameAlone, nameKind } from '../names/field-names.ts';
import type { NameKind } from '../names/field-names.ts';
import { isJsonWebKey, PRIVATE_MEMBERS } from '../names/json-web-key.ts';
import { NO_PATH, pathEnds, stepInto, stepIntoItem } from '../policy/allowed-paths.ts';
import type { PathState } from '../policy/allowed-paths.ts';
import type { ResolvedPolicy } from '../policy/resolve-policy.ts';
import type { TextMasker } from '../texts/text-masker.ts';
import { jsonBytes } from './meter.ts';
import { roleOf } from './roles.ts';
import type { Role } from './roles.ts';

/** What holds at one position of a value. */
export interface Position {
  readonly allowed: boolean;
  readonly denied: Category | undefined;
  readonly paths: PathState;
}

/** What is known about the name of a key. */
export interface KeyFacts {
  readonly key: string;
  readonly allowed: boolean;
  readonly denied: Category | undefined;
  /** Whether its value is secret when the object is a JSON Web Key. */
  readonly isPrivateOfKey: boolean;
  /** The position of its value when nothing is special about the object that it belongs to. */
  readonly position: Position;
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
  /** What its value may be to the values beside it. */
  readonly role: Role | undefined;
  /** The key that came after this one the last time: objects of one kind have their keys in one order. */
  next: KeyFacts | undefined;
  /** The key that came first in the last object under this one. */
  first: KeyFacts | undefined;
}

/** Where nothing is allowed or denied and no path leads to, which is almost everywhere. */
const ORDINARY: Position = { allowed: false, denied: undefined, paths: NO_PATH };

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

  /** The facts of a name that stands in the data: not kept, because data has any number of them. */
  named(name: string): KeyFacts {
    return this.#facts.get(name) ?? this.#look(name);
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
    // Most keys: a cold start has what looks through texts not compiled for them.
    const isName =
      this.#masker.onlyOurs && key.length <= this.#policy.budget.stringLength && isNameAlone(key);
    const shown = isName ? key : this.#shown(key);
    const denied = this.#masker.denied(start);
    const allowed = this.#policy.allowedKeys.has(key);
    const kind = isName ? 'field' : shown === key ? nameKind(key, this.#policy.fieldNames) : 'data';
    return {
      key,
      shown,
      isPlain: shown === key && key !== '__proto__',
      bytes: jsonBytes(shown) + 2,
      denied,
      isPrivateOfKey: PRIVATE_MEMBERS.has(key),
      allowed,
      kind: allowed ? 'field' : kind,
      likeData: !allowed && kind === 'data',
      position: { allowed, denied, paths: [] },
      role: roleOf(start),
      next: undefined,
      first: undefined,
    };
  }

  #shown(key: string): string {
    return key.length > LONGEST_SHOWN_NAME ? `<key of ${key.length} characters>` : this.#masker.show(key);
  }
}

/** The position of the whole value. */
export function rootPosition({ allowedPaths }: ResolvedPolicy): Position {
  return allowedPaths === undefined ? ORDINARY : { ...ORDINARY, paths: [allowedPaths] };
}

/** The position of a member of an object. What denies an object denies all that it holds. */
export function positionOfMember(position: Position, facts: KeyFacts, owner?: object): Position {
  if (facts.isPrivateOfKey && owner !== undefined && isJsonWebKey(owner)) {
    return { ...position, denied: position.denied ?? 'credentials' };
  }
  const { allowed, denied, key } = facts;
  const isOrdinary = position === ORDINARY || (position.denied === undefined && position.paths.length === 0);
  if (isOrdinary) return allowed || denied !== undefined ? facts.position : ORDINARY;
  const paths = stepInto(position.paths, key);
  return { allowed: allowed || pathEnds(paths), denied: position.denied ?? denied, paths };
}

/** Items of an array under an allowed name are allowed too, unless they are objects. */
export function positionOfItem(position: Position): Position {
  if (position.paths.length === 0) return position;
  const paths = stepIntoItem(position.paths);
  return { ...position, allowed: position.allowed || pathEnds(paths), paths };
}

/** The position of the values of a map, whose keys are data: no name allows them. */
export function positionInMap(position: Position): Position {
  return position.allowed ? { ...position, allowed: false } : position;
}

/** The position of a value that stands beside its name: what holds for either name holds for it. */
export function positionBeside(position: Position, { allowed, denied }: KeyFacts): Position {
  return {
    allowed: position.allowed || allowed,
    denied: position.denied ?? denied,
    paths: position.paths,
  };
}
