import { describe, expect, it } from 'vitest';
import { checkDetector } from '../../../../src/redaction/detectors/check-detector.ts';
import { checkDetectorSpeed } from '../../../../src/redaction/detectors/check-detector-speed.ts';
import { defaultDetectors } from '../../../../src/redaction/detectors/default-detectors.ts';
import type { Detector } from '../../../../src/redaction/detectors/detector.ts';

const good: Detector = {
  name: 'customer-number',
  category: 'identity',
  hint: (text) => text.includes('CU-'),
  pattern: /\bCU-\d{8}\b/g,
};

describe('checkDetector', () => {
  it('accepts all of ours', () => {
    for (const detector of [good, ...defaultDetectors]) expect(() => checkDetector(detector)).not.toThrow();
  });

  it.each<[string, Record<string, unknown>, RegExp]>([
    ['without a name', { name: '' }, /needs a name/],
    ['of no known category', { category: 'secret' }, /category must be one of credentials.*got "secret"/],
    ['without a hint', { hint: undefined }, /hint must be a function/],
    ['with a check that is no function', { valid: true }, /valid must be a function/],
    ['with a pattern that is not global', { pattern: /CU/ }, /flag g/],
    ['with a sticky pattern', { pattern: /CU/gy }, /flag g/],
    ['with a pattern that is text', { pattern: 'CU' }, /flag g/],
    ['with a pattern that finds the empty text', { pattern: /\d*/g }, /empty text/],
  ])('refuses a detector %s', (_what, wrong, message) => {
    expect(() => checkDetector({ ...good, ...wrong })).toThrow(message);
  });
});

describe('checkDetectorSpeed', () => {
  it('accepts a linear detector, and all of ours', () => {
    for (const detector of [good, ...defaultDetectors]) {
      expect(() => checkDetectorSpeed(detector)).not.toThrow();
    }
  });

  it.each([/(?:a+)+@/g, /[a-z0-9._-]+@[a-z]+\.com/g, /CU-.*\d+.*X/g])(
    'refuses a pattern that is not linear: %s',
    (pattern) => {
      expect(() => checkDetectorSpeed({ ...good, pattern })).toThrow(RangeError);
    },
  );
});
