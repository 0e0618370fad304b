/*
 * Refuses wrong options where they are given: a mistake must not wait for the first customer to show itself. Small on
 * purpose: this is in every function that uses the package, whatever of that is loaded later.
 */

/** What an option takes: in words, for messages, and as a test. The tag is the type, or the sort of types, it stands for. */
export type Kind<Tag> = readonly [takes: string, test: (value: unknown) => boolean] & {
  readonly tag?: (tag: Tag) => Tag;
};

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

export const policyOrFlag: Kind<'flag or options'> = [
  'true, false or a redaction policy',
  (value) => typeof value === 'boolean' || isOptions(value),
];

/** The kind of an option by its type; never for a type that no kind stands for. */
type KindOf<Value> = [Value] extends [string | number | boolean | URL | readonly unknown[]]
  ? Kind<Value>
  : [Value] extends [(...args: never[]) => unknown]
    ? Kind<'function'>
    : [Value] extends [object]
      ? Kind<'object'>
      : [Value] extends [object | false]
        ? Kind<'options or false'>
        : [Value] extends [object | boolean]
          ? Kind<'flag or options'>
          : never;

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
  if (!isOptions(options))
    throw new TypeError(`${owner} takes an object of options, but got ${shown(options)}`);
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(kinds, name)) {
      throw new TypeError(`${owner} has no option "${name}"; it has ${Object.keys(kinds).join(', ')}`);
    }
    const [takes, test] = kinds[name as keyof Options] as unknown as Kind<unknown>;
    if (value !== undefined && !test(value)) {
      throw new TypeError(`The option "${name}" of ${owner} takes ${takes}, but got ${shown(value)}`);
    }
  }
}

function isOptions(value: unknown): boolean {
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
