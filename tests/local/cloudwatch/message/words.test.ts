import { describe, expect, it } from 'vitest';
import { readableUnit, withUnit } from '../../../../local/cloudwatch/message/words.ts';

describe('a number in a message', () => {
  it.each([
    [810_000, 'ms', '13.5 minutes'],
    [60_000, 'ms', '1 minute'],
    [59_999, 'ms', '59,999 ms'],
    [10_800_000, 'ms', '3 hours'],
    [345_600, 's', '4 days'],
    [5400, 's', '90 minutes'],
    [180, 's', '180 s'],
    [80_000_000, 'bytes', '80 MB'],
    [512, 'bytes', '512 bytes'],
    [4_000_000, 'messages', '4,000,000 messages'],
    [7, undefined, '7'],
  ])('is in a unit in which it is easy to read: %d %s', (value, unit, expected) => {
    const { size, unit: larger } = readableUnit(unit, value);
    expect(withUnit(value / size, larger)).toBe(expected);
  });
});
