import { describe, expect, it } from 'vitest';
import { callback, checkOptions, flag, milliseconds, text, texts } from '../../src/check-options.ts';

interface Options {
  readonly name?: string;
  readonly wait?: number;
  readonly names?: readonly string[];
  readonly on?: boolean;
  readonly run?: () => void;
}

function check(options: unknown) {
  return () =>
    checkOptions('thing()', options as Options, {
      name: text,
      wait: milliseconds,
      names: texts,
      on: flag,
      run: callback,
    });
}

describe('checkOptions', () => {
  it('takes options that are right, and those that are left out', () => {
    const fn = () => undefined;
    expect(check({ name: 'x', wait: 0, names: [], on: false, run: fn })).not.toThrow();
    expect(check({ name: undefined })).not.toThrow();
    expect(check({})).not.toThrow();
  });

  it.each([
    [{ nme: 'x' }, 'thing() has no option "nme"; it has name, wait, names, on, run'],
    [{ constructor: 1 }, 'thing() has no option "constructor"; it has name, wait, names, on, run'],
    [{ name: 7 }, 'The option "name" of thing() takes a string, but got 7'],
    [
      { wait: Number.NaN },
      'The option "wait" of thing() takes a number of milliseconds, 0 or more, but got NaN',
    ],
    [{ names: ['a', 1] }, 'The option "names" of thing() takes an array of strings, but got an array'],
    [{ on: null }, 'The option "on" of thing() takes true or false, but got null'],
    [{ run: {} }, 'The option "run" of thing() takes a function, but got an object'],
    ['text', 'thing() takes an object of options, but got "text"'],
    [[], 'thing() takes an object of options, but got an array'],
  ])('refuses %o with a message that says what is expected', (options, message) => {
    expect(check(options)).toThrow(new TypeError(message));
  });

  it('does not compile with a kind that disagrees with the type, or with a missing or a further option', () => {
    const options: { readonly name?: string; readonly on?: boolean } = {};

    // @ts-expect-error -- a string is no flag
    checkOptions('thing()', options, { name: flag, on: flag });
    // @ts-expect-error -- `on` is missing
    checkOptions('thing()', options, { name: text });
    // @ts-expect-error -- there is no `off`
    checkOptions('thing()', options, { name: text, on: flag, off: flag });
    const withOrigin: { readonly origin?: string | URL } = {};
    // @ts-expect-error -- the type takes a URL too
    checkOptions('thing()', withOrigin, { origin: text });
    expect(options).toEqual(withOrigin);
  });
});
