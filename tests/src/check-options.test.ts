import { describe, expect, it } from 'vitest';
import { checkOptions } from '../../src/check-options.ts';

const check = (options: unknown) => () =>
  checkOptions('thing', options, {
    name: 'string',
    wait: 'milliseconds',
    names: 'strings',
    on: 'boolean',
    run: 'function',
  });

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
});
