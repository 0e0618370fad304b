/** What an option takes. */
export type OptionKind =
  'string' | 'milliseconds' | 'strings' | 'object' | 'function' | 'boolean' | 'options or false' | 'policy';

const EXPECTED: Readonly<Record<OptionKind, { text: string; test: (value: unknown) => boolean }>> = {
  string: { text: 'a string', test: (value) => typeof value === 'string' },
  milliseconds: {
    text: 'a number of milliseconds, 0 or more',
    test: (value) => typeof value === 'number' && Number.isFinite(value) && value >= 0,
  },
  strings: {
    text: 'an array of strings',
    test: (value) => Array.isArray(value) && value.every((each) => typeof each === 'string'),
  },
  object: { text: 'an object', test: (value) => typeof value === 'object' && value !== null },
  function: { text: 'a function', test: (value) => typeof value === 'function' },
  boolean: { text: 'true or false', test: (value) => typeof value === 'boolean' },
  'options or false': {
    text: 'an object of options, or false',
    test: (value) =>
      value === false || (typeof value === 'object' && value !== null && !Array.isArray(value)),
  },
  policy: {
    text: 'true, false or a redaction policy',
    test: (value) =>
      typeof value === 'boolean' || (typeof value === 'object' && value !== null && !Array.isArray(value)),
  },
};

/**
 * Checks options where they are given: a wrong one must not wait for the first customer to show itself.
 *
 * @param owner whose options they are, for the message.
 * @throws TypeError that names the option, what it takes, what came, and for an unknown option those that exist.
 */
export function checkOptions(
  owner: string,
  options: unknown,
  kinds: Readonly<Record<string, OptionKind>>,
): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new TypeError(`${owner}() takes an object of options, but got ${shown(options)}`);
  }
  for (const [name, value] of Object.entries(options)) {
    const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
    if (kind === undefined) {
      throw new TypeError(`${owner}() has no option "${name}"; it has ${Object.keys(kinds).join(', ')}`);
    }
    if (value !== undefined && !EXPECTED[kind].test(value)) {
      throw new TypeError(
        `The option "${name}" of ${owner}() takes ${EXPECTED[kind].text}, but got ${shown(value)}`,
      );
    }
  }
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return 'an array';
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'number':
    case 'boolean':
      return String(value);
    case 'object':
      return value === null ? 'null' : 'an object';
    default:
      return `a ${typeof value}`;
  }
}
