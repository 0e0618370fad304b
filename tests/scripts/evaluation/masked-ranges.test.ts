import { describe, expect, it } from 'vitest';
import { isCovered, maskedRanges } from '../../../scripts/evaluation/masked-ranges.ts';

describe('maskedRanges', () => {
  it('finds nothing in a text that is shown as it is', () => {
    expect(maskedRanges('plain [email] text', 'plain [email] text')).toEqual([]);
  });

  it('finds what each label has replaced', () => {
    const text = 'Write to ann@example.com or call 555 0199!';
    expect(maskedRanges(text, 'Write to [email] or call [phone]!')).toEqual([
      { start: 9, end: 24, label: 'email' },
      { start: 33, end: 41, label: 'phone' },
    ]);
  });

  it('finds a label that stands for the whole text, and labels next to each other', () => {
    expect(maskedRanges('ann@example.com', '[email]')).toEqual([{ start: 0, end: 15, label: 'email' }]);
    const ranges = maskedRanges('5550199ann@example.com', '[phone][email]') ?? [];
    expect(isCovered('5550199ann@example.com', ranges, 0, 22)).toBe(true);
  });

  it('keeps to brackets that were in the text before', () => {
    expect(maskedRanges('[note] ann@example.com', '[note] [email]')).toEqual([
      { start: 7, end: 22, label: 'email' },
    ]);
  });

  it('says when the masked text cannot come from the text', () => {
    expect(maskedRanges('Write to ann', 'Call [phone] now')).toBeUndefined();
    expect(maskedRanges('Write to ann', 'Write')).toBeUndefined();
    expect(maskedRanges('Write to ann', '[name] writes')).toBeUndefined();
  });
});

describe('isCovered', () => {
  it('asks for every letter and digit, and for no separator', () => {
    const text = '(555) 0199';
    expect(isCovered(text, [{ start: 1, end: 10, label: 'phone' }], 0, 10)).toBe(true);
    expect(isCovered(text, [{ start: 2, end: 10, label: 'phone' }], 0, 10)).toBe(false);
  });
});
