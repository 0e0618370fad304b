import { describe, expect, it } from 'vitest';
import { parseMinutes } from '../../../plugin/settings/vocabulary.ts';

describe('a duration', () => {
  it.each([
    ['15m', 15],
    ['2h', 120],
    ['24h', 1440],
    ['25h', undefined],
    ['0m', undefined],
    ['15', undefined],
    ['-1h', undefined],
    [15, undefined],
  ])('%s is %s minutes', (text, minutes) => {
    expect(parseMinutes(text)).toBe(minutes);
  });
});
