import type { RedactionPolicy } from './redaction/redact.ts';

/** What an option takes: in words, for messages, and as a test. The tag ties it to the types that it stands for. */
export interface Kind<Tag extends string> {
  readonly takes: string;
  readonly test: (value: unknown) => boolean;
  readonly tag?: Tag;
}

export const text: Kind<'text'> = { takes: 'a string', test: (value) => typeof value === 'string' };
export const milliseconds: Kind<'number'> = {
  takes: 'a number of milliseconds, 0 or more',
  test: (value) => Number.isFinite(value) && (value as number) >= 0,
};
export const flag: Kind<'boolean'> = { takes: 'true or false', test: (value) => typeof value === 'boolean' };
export const texts: Kind<'texts'> = {
  takes: 'an array of strings',
  test: (value) => Array.isArray(value) && value.every((each) => typeof each === 'string'),
};
export const object: Kind<'object'> = {
  takes: 'an object',
  test: (value) => typeof value === 'object' && value !== null,
};
export const callback: Kind<'function'> = {
  takes: 'a function',
  test: (value) => typeof value === 'function',
};
export const optionsOrFalse: Kind<'options or false'> = {
  takes: 'an object of options, or false',
  test: (value) => value === false || isOptions(value),
};
export const policyOrFlag: Kind<'policy'> = {
  takes: 'true, false or a redaction policy',
  test: (value) => typeof value === 'boolean' || isOptions(value),
};
export const textOrUrl: Kind<'text or URL'> = {
  takes: 'a string or a URL',
  test: (value) => typeof value === 'string' || value instanceof URL,
};

/** The kind of an option by its type; never for a type that no kind stands for. */
type TagOf<Value> =
  Same<Value, string> extends true
    ? 'text'
    : Same<Value, number> extends true
      ? 'number'
      : Same<Value, boolean> extends true
        ? 'boolean'
        : Same<Value, readonly string[]> extends true
          ? 'texts'
          : Same<Value, string | URL> extends true
            ? 'text or URL'
            : Same<Value, boolean | RedactionPolicy> extends true
              ? 'policy'
              : [Value] extends [(...args: never[]) => unknown]
                ? 'function'
                : [Value] extends [object]
                  ? 'object'
                  : [Value] extends [object | false]
                    ? 'options or false'
                    : never;
type Same<A, B> = [A, B] extends [B, A] ? true : false;

/** A kind for every option and for nothing else, each one that stands for the option's type: the compiler holds it. */
export type KindsOf<Options> = {
  readonly [Name in keyof Required<Options>]: Kind<TagOf<Exclude<Options[Name], undefined>>>;
};

/**
 * Checks options where they are given: a wrong one must not wait for the first customer to show itself.
 *
 * @param owner whose options they are, for the message.
 * @throws TypeError that names the option, what it takes, what came, and for an unknown option those that exist.
 */
export function checkOptions<Options extends object>(
  owner: string,
  options: Options,
  kinds: KindsOf<NoInfer<Options>>,
): void {
  if (!isOptions(options)) {
    throw new TypeError(`${owner}() takes an object of options, but got ${shown(options)}`);
  }
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(kinds, name)) {
      throw new TypeError(`${owner}() has no option "${name}"; it has ${Object.keys(kinds).join(', ')}`);
    }
    const { takes, test } = (kinds as Record<string, Kind<string>>)[name] as Kind<string>;
    if (value !== undefined && !test(value)) {
      throw new TypeError(`The option "${name}" of ${owner}() takes ${takes}, but got ${shown(value)}`);
    }
  }
}

function isOptions(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return 'an array';
  if (isOptions(value) || typeof value === 'function')
    return typeof value === 'function' ? 'a function' : 'an object';
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
