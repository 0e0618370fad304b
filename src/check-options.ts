/*
 * Refuses wrong options where they are given: a mistake must not wait for the first customer to show itself. Small on
 * purpose: this is in every function that uses the package, whatever of that is loaded later.
 */

/**
 * What an option takes: in words, for messages, as a test, and by the kinds of its own options where it can be an object of
 * them. The tag is the type, or the sort of types, that it stands for.
 */
export type Kind<Tag> = readonly [takes: string, test: (value: unknown) => boolean, inside?: Kinds] & {
  readonly tag?: (tag: Tag) => Tag;
};

/** Kinds by the names of options; what stands there in the place of a kind is for options in an option. */
interface Kinds {
  readonly [name: string]: Kind<never> | Kinds;
}

export const text: Kind<string> = ['a string', (value) => typeof value === 'string'];
export const texts: Kind<readonly string[]> = ['an array of strings', isTexts];
export const flag: Kind<boolean> = ['true or false', (value) => typeof value === 'boolean'];
export const milliseconds: Kind<number> = [
  'a number of milliseconds, 0 or more',
  (value) => Number.isFinite(value) && (value as number) >= 0,
];
export const textOrUrl: Kind<string | URL> = [
  'a string or a URL',
  (value) => typeof value === 'string' || value instanceof URL,
];
export const callback: Kind<'function'> = ['a function', (value) => typeof value === 'function'];
export const object: Kind<'object'> = ['an object', (value) => typeof value === 'object' && value !== null];
export const optionsOrFalse: Kind<'options or false'> = [
  'an object of options, or false',
  (value) => value === false || isOptions(value),
];

/** One of a few words. */
export function oneOf<const Word extends string>(...words: readonly Word[]): Kind<Word> {
  return [words.join(', '), (value) => words.includes(value as Word)];
}

/** The kind of an option by its type; never for a type that no kind stands for. */
type KindOf<Value> = [Value] extends [string | number | boolean | URL | readonly unknown[]]
  ? Kind<Value>
  : [Value] extends [(...args: never[]) => unknown]
    ? Kind<'function'>
    : [Value] extends [object]
      ? Kind<'object'> | KindsOf<Value>
      : [Value] extends [object | false]
        ? Kind<'options or false'>
        : Kind<Value>;

/** A kind for every option and for nothing else, each one that stands for the option's type: the compiler holds it. */
export type KindsOf<Options> = {
  readonly [Name in keyof Required<Options>]: KindOf<Exclude<Options[Name], undefined>>;
};

/**
 * @param owner whose options they are, for the message: `tracing()`.
 * @throws TypeError that names the option, what it takes, what came, and for an unknown option those that exist.
 */
export function checkOptions<Options extends object>(
  owner: string,
  options: Options,
  kinds: KindsOf<NoInfer<Options>>,
): void {
  check(owner, '', options, kinds as Kinds);
}

function check(owner: string, path: string, value: unknown, kind: Kind<never> | Kinds): void {
  const [takes, test, inside] = isKind(kind) ? kind : (['an object of options', isOptions, kind] as const);
  if (!test(value)) {
    const option = path === '' ? owner : `The option "${path}" of ${owner}`;
    throw new TypeError(`${option} takes ${takes}, but got ${shown(value)}`);
  }
  if (inside === undefined || !isOptions(value)) return;
  for (const [name, each] of Object.entries(value as object)) {
    const option = path === '' ? name : `${path}.${name}`;
    const ofOption = Object.hasOwn(inside, name) ? inside[name] : undefined;
    if (ofOption === undefined) {
      throw new TypeError(`${owner} has no option "${option}"; it has ${Object.keys(inside).join(', ')}`);
    }
    if (each !== undefined) check(owner, option, each, ofOption);
  }
}

function isKind(kind: Kind<never> | Kinds): kind is Kind<never> {
  return Array.isArray(kind);
}

/** An object that may hold options. */
export function isOptions(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}

function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'function') return 'a function';
  return Array.isArray(value) ? 'an array' : isOptions(value) ? 'an object' : String(value);
}
