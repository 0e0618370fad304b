import type { Category } from '../detectors/detector.ts';
import type { DenyPolicy } from '../policy/policy.ts';
import {
  DENIED_NAMES,
  FOREIGN_NAMES,
  HARMLESS_BEGINNINGS,
  HARMLESS_ENDINGS,
  HARMLESS_PHRASES,
} from './denied-names.ts';
import { firstUse } from '../first-use.ts';

/** Longest name of the list, in words. */
const MOST_WORDS = 4;
/** Of what names begin with, so many characters are kept: with all of them making the list takes four times as long. */
const LENGTH_OF_BEGINNING = 4;
/** Longer keys are data, not names: only so much of one is read. */
const LONGEST_KEY = 128;
const WORD = /[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\x00-\x7f]+|\d+/gu;

interface Names {
  /** By the words of a name, joined. */
  readonly anywhere: ReadonlyMap<string, Category>;
  readonly wholeKey: ReadonlyMap<string, Category>;
  /** The first characters of the names of `anywhere` and their plurals, and what is shorter: most words of keys begin none of them. */
  readonly beginnings: ReadonlySet<string>;
}

// They are words in lower case already; each is taken apart in a cold start.
const defaults = firstUse(() =>
  namesOf([...Object.entries(DENIED_NAMES), ...Object.entries(FOREIGN_NAMES)], (name) =>
    name.replaceAll(/[= ]/g, ''),
  ),
);
const phrases = firstUse<ReadonlySet<string>>(() => new Set(HARMLESS_PHRASES.map(joined)));
const ENDINGS: ReadonlySet<string> = new Set(HARMLESS_ENDINGS);
const BEGINNINGS: ReadonlySet<string> = new Set(HARMLESS_BEGINNINGS);

/** The category of what a key names when that is personal or secret, else `undefined`. */
export type DenyList = (key: string) => Category | undefined;

/**
 * A test for what a key names. Compares words, whatever the case and the separators: `userPassword`, `user_password` and
 * `USER-PASSWORD` are denied, `compass` is not.
 *
 * @param deny its further names are written as in `denied-names.ts`.
 * @example
 * createDenyList()('x-api-key'); // 'credentials'
 */
export function createDenyList({ extend = {}, without = [] }: DenyPolicy = {}): DenyList {
  const own = namesOf(Object.entries(extend));
  return (key) => {
    const words = wordsOf(key);
    return find(words, own, []) ?? find(words, defaults(), without);
  };
}

function find(words: readonly string[], names: Names, without: readonly Category[]): Category | undefined {
  if (words.length === 0) return undefined;
  const whole = names.wholeKey.get(words.join(''));
  if (whole !== undefined && !without.includes(whole)) return whole;
  let harmless: ReadonlySet<number> | undefined;
  for (let start = 0; start < words.length; start += 1) {
    let name = '';
    for (let end = start; end < Math.min(words.length, start + MOST_WORDS); end += 1) {
      name += words[end] ?? '';
      if (!names.beginnings.has(name.slice(0, LENGTH_OF_BEGINNING))) break;
      const category = names.anywhere.get(name) ?? names.anywhere.get(singular(name));
      if (category === undefined || without.includes(category)) continue;
      harmless ??= harmlessWords(words);
      if (saysSomethingElse(words, start, end, harmless)) continue;
      return category;
    }
  }
  return undefined;
}

/** The indices of words that belong to a harmless phrase. */
function harmlessWords(words: readonly string[]): ReadonlySet<number> {
  const harmless = new Set<number>();
  for (let start = 0; start < words.length; start += 1) {
    let phrase = '';
    for (let end = start; end < Math.min(words.length, start + MOST_WORDS); end += 1) {
      phrase += words[end] ?? '';
      if (phrases().has(phrase)) for (let at = start; at <= end; at += 1) harmless.add(at);
    }
  }
  return harmless;
}

function saysSomethingElse(
  words: readonly string[],
  start: number,
  end: number,
  harmless: ReadonlySet<number>,
): boolean {
  if (harmless.has(start) && harmless.has(end)) return true;
  if (end < words.length - 1 && ENDINGS.has(words.at(-1) ?? '')) return true;
  return start > 0 && BEGINNINGS.has(words[0] ?? '');
}

function namesOf(
  entries: readonly (readonly [string, readonly string[]])[],
  join: (name: string) => string = joined,
): Names {
  const anywhere = new Map<string, Category>();
  const wholeKey = new Map<string, Category>();
  const beginnings = new Set<string>();
  for (const [category, names] of entries) {
    for (const name of names) {
      const target = name.startsWith('=') ? wholeKey : anywhere;
      target.set(join(name), category as Category);
    }
  }
  for (const name of anywhere.keys()) {
    const longest = `${name}s`.slice(0, LENGTH_OF_BEGINNING);
    for (let end = 1; end <= longest.length; end += 1) beginnings.add(longest.slice(0, end));
  }
  return { anywhere, wholeKey, beginnings };
}

function joined(name: string): string {
  return wordsOf(name).join('');
}

function wordsOf(key: string): string[] {
  return (key.slice(0, LONGEST_KEY).match(WORD) ?? []).map((word) => word.toLowerCase());
}

function singular(name: string): string {
  return name.endsWith('s') ? name.slice(0, -1) : name;
}
