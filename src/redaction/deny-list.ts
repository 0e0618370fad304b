import { DENIED_NAMES, HARMLESS_BEGINNINGS, HARMLESS_ENDINGS, HARMLESS_PHRASES } from './denied-names.ts';
import type { Category } from './detectors/detector.ts';

export interface DenyListOptions {
  /** Further names by category, written as in `denied-names.ts`: `{ identity: ['loyalty number'] }`. */
  readonly extend?: Partial<Record<Category, readonly string[]>>;
  /** Categories whose own names do not count; what `extend` adds to them does. */
  readonly without?: readonly Category[];
}

/** Longest name of the list, in words. */
const MOST_WORDS = 4;
/** Longer keys are data, not names: only so much of one is read. */
const LONGEST_KEY = 128;
const WORD = /[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\p{ASCII}]+|\d+/gu;

interface Names {
  /** By the words of a name, joined. */
  readonly anywhere: ReadonlyMap<string, Category>;
  readonly wholeKey: ReadonlyMap<string, Category>;
}

const DEFAULTS = namesOf(Object.entries(DENIED_NAMES));
const PHRASES: ReadonlySet<string> = new Set(HARMLESS_PHRASES.map(joined));
const ENDINGS: ReadonlySet<string> = new Set(HARMLESS_ENDINGS);
const BEGINNINGS: ReadonlySet<string> = new Set(HARMLESS_BEGINNINGS);

/**
 * The category of what a key names when that is personal or secret, else `undefined`. Compares words, whatever the
 * case and the separators: `userPassword`, `user_password` and `USER-PASSWORD` are denied, `compass` is not.
 *
 * @example
 * deniedCategory('x-api-key'); // 'credentials'
 */
export function deniedCategory(key: string, options: DenyListOptions = {}): Category | undefined {
  const words = wordsOf(key);
  if (words.length === 0) return undefined;
  const { extend, without = [] } = options;
  if (extend !== undefined) {
    const own = find(words, namesOf(Object.entries(extend)));
    if (own !== undefined) return own;
  }
  return find(words, DEFAULTS, without);
}

function find(
  words: readonly string[],
  names: Names,
  without: readonly Category[] = [],
): Category | undefined {
  const whole = names.wholeKey.get(words.join(''));
  if (whole !== undefined && !without.includes(whole)) return whole;
  const harmless = harmlessWords(words);
  for (let start = 0; start < words.length; start += 1) {
    let name = '';
    for (let end = start; end < Math.min(words.length, start + MOST_WORDS); end += 1) {
      name += words[end] ?? '';
      const category = names.anywhere.get(name) ?? names.anywhere.get(singular(name));
      if (category === undefined || without.includes(category)) continue;
      if (saysSomethingElse(words, start, end, harmless)) continue;
      return category;
    }
  }
  return undefined;
}

/** The places of words that belong to a harmless phrase. */
function harmlessWords(words: readonly string[]): ReadonlySet<number> {
  const places = new Set<number>();
  for (let start = 0; start < words.length; start += 1) {
    let phrase = '';
    for (let end = start; end < Math.min(words.length, start + MOST_WORDS); end += 1) {
      phrase += words[end] ?? '';
      if (PHRASES.has(phrase)) for (let place = start; place <= end; place += 1) places.add(place);
    }
  }
  return places;
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

function namesOf(entries: readonly (readonly [string, readonly string[]])[]): Names {
  const anywhere = new Map<string, Category>();
  const wholeKey = new Map<string, Category>();
  for (const [category, names] of entries) {
    for (const name of names) {
      const target = name.startsWith('=') ? wholeKey : anywhere;
      target.set(joined(name), category as Category);
    }
  }
  return { anywhere, wholeKey };
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
