import { describe, expect, it } from 'vitest';
import { firstUse } from '../../../src/redaction/first-use.ts';

describe('what is made when it is first asked for', () => {
  it('is made then, and once', () => {
    const made: object[] = [];
    const pattern = firstUse(() => {
      const one = /\p{L}/u;
      made.push(one);
      return one;
    });

    expect(made).toEqual([]);
    expect([pattern(), pattern()]).toEqual([made[0], made[0]]);
    expect(made).toHaveLength(1);
  });

  it('is tried again where it could not be made', () => {
    let tries = 0;
    const list = firstUse(() => {
      tries += 1;
      if (tries === 1) throw new RangeError('Maximum call stack size exceeded');
      return [tries];
    });

    expect(list).toThrow(RangeError);
    expect(list()).toEqual([2]);
  });
});
