import { describe, expect, it } from 'vitest';
import {
  allowedShare,
  LARGEST_SHARE,
  readShare,
  shareAfterKey,
  SMALLEST_SHARE,
} from '../../../local/console/timeline/name-column.ts';
import { indentOf, splitName } from '../../../local/console/timeline/names.ts';

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

describe('the indentation of a name', () => {
  it('grows with every level, and leaves most of the column to the name', () => {
    for (const columnWidth of [60, 187.5, 400, 1234]) {
      for (let depth = 0; depth < 20; depth += 1) {
        const step = indentOf(depth + 1, columnWidth) - indentOf(depth, columnWidth);
        expect(step, `level ${depth} of ${columnWidth} px`).toBeGreaterThan(0);
        expect(step, `level ${depth} of ${columnWidth} px`).toBeLessThanOrEqual(16);
      }
      expect(indentOf(5000, columnWidth)).toBeLessThan(columnWidth * 0.35);
    }
  });

  it('is a full step at first, and none for a column that is not drawn yet', () => {
    expect(indentOf(0, 500)).toBe(0);
    expect(indentOf(1, 500)).toBeGreaterThan(14);
    expect(indentOf(10_000, 0)).toBe(0);
    expect(indentOf(10_000, 400)).toBeLessThanOrEqual(136);
  });
});

describe('a name that is cut', () => {
  it('keeps both ends, of which the last tells its siblings apart', () => {
    expect(splitName('order-shop-local-take-payment')).toEqual(['order-shop-local-', 'take-payment']);
    expect(splitName('SNS')).toEqual(['SNS', '']);
    expect(splitName('Initialization')).toEqual(['Initialization', '']);
    expect(splitName('')).toEqual(['', '']);
  });

  it.each([
    'خدمة-الدفع-الطويلة-جدا',
    'order-service-שירות-ההזמנות',
    'مرحبا (ltr) 123 and more of it',
    '\u{1e922}'.repeat(20),
  ])(
    'is left whole where it is read from right to left, so that its parts are not read in another order: %s',
    (name) => {
      expect(splitName(name)).toEqual([name, '']);
    },
  );

  it('is whole again when its parts are put together, and torn between characters only', () => {
    const names = [
      '👩‍👩‍👧‍👦'.repeat(30),
      `e\u0301`.repeat(41),
      'a😀b'.repeat(9),
      '한국어 이름의 함수 호출을 하나 더 부른다',
      `${'x'.repeat(5000)}-end`,
    ];
    for (const name of names) {
      const [head, tail] = splitName(name);
      expect(head + tail).toBe(name);
      const marks = [...graphemes.segment(name)].map(({ index }) => index);
      expect([...marks, name.length]).toContain(head.length);
      expect(tail, name).not.toBe('');
    }
  });
});

describe('the width of the column of names', () => {
  const press = (key: string, share: number, shiftKey = false) => shareAfterKey({ key, shiftKey }, share);

  it('is moved by the arrow keys, and back by Enter', () => {
    expect(press('ArrowRight', 0.4)).toBeCloseTo(0.42);
    expect(press('ArrowLeft', 0.4, true)).toBeCloseTo(0.3);
    expect(press('Home', 0.4)).toBe(SMALLEST_SHARE);
    expect(press('End', 0.4)).toBe(LARGEST_SHARE);
    expect(press('Enter', 0.4)).toBe('default');
    expect(press('Tab', 0.4)).toBeUndefined();
  });

  it('stays within its limits, whatever is asked for or remembered', () => {
    for (const share of [-1, 0, 0.2, 0.9, 1e9]) {
      expect(allowedShare(share)).toBeGreaterThanOrEqual(SMALLEST_SHARE);
      expect(allowedShare(share)).toBeLessThanOrEqual(LARGEST_SHARE);
    }
    expect(readShare('0.5')).toBe(0.5);
    expect(readShare('7')).toBe(LARGEST_SHARE);
    for (const text of [null, '', ' ', 'wide', 'NaN', 'Infinity']) expect(readShare(text)).toBeUndefined();
  });
});
