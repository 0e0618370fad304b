import { describe, expect, it } from 'vitest';
import { parseLongest } from '../../../plugin/tracing-switch/longest.ts';
import {
  formatBefore,
  isoSeconds,
  isTraced,
  parseBefore,
  tagValue,
} from '../../../plugin/tracing-switch/tracing-state.ts';
import { fc } from '../../helpers/fast-check.ts';

const taggable = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

describe('what was before tracing was turned on', () => {
  it('is read as it was written, whatever the variable held', () => {
    const configuration = fc.record({
      mode: fc.constantFrom<'Active' | 'PassThrough'>('Active', 'PassThrough'),
      variable: fc.option(fc.string({ unit: 'grapheme', maxLength: 40 }), { nil: undefined }),
    });
    fc.assert(
      fc.property(configuration, (before) => {
        const text = formatBefore(before);
        expect(text).toMatch(taggable);
        expect(parseBefore(text)).toEqual(before);
      }),
    );
  });

  it('can be read by people where that is possible', () => {
    expect(formatBefore({ mode: 'PassThrough', variable: 'false' })).toBe('PassThrough set:false');
    expect(formatBefore({ mode: 'PassThrough', variable: undefined })).toBe('PassThrough unset');
  });

  it('is taken for off where somebody changed the tag', () => {
    expect(parseBefore('who knows')).toEqual({ mode: 'PassThrough', variable: 'false' });
  });
});

describe('a function', () => {
  it.each([
    ['Active', 'true', true],
    ['Active', ' TRUE ', true],
    ['Active', 'false', false],
    ['Active', undefined, false],
    ['PassThrough', 'true', false],
  ] as const)('with mode %s and the variable %s is traced: %s', (mode, variable, traced) => {
    expect(isTraced({ mode, variable })).toBe(traced);
  });
});

describe('the value of a tag', () => {
  it('takes any text, with what a tag cannot hold replaced', () => {
    expect(tagValue('1 datapoint [1804.0 (24/11/26 15:59:00)] > 1500, p99')).toBe(
      '1 datapoint -1804.0 -24/11/26 15:59:00-- - 1500- p99',
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
        expect(tagValue(text)).toMatch(taggable);
        expect(tagValue(text).length).toBeLessThanOrEqual(256);
      }),
    );
  });

  it('has times in whole seconds', () => {
    expect(isoSeconds(Date.UTC(2026, 10, 24, 16, 0, 0, 999))).toBe('2026-11-24T16:00:00Z');
  });
});

describe('the longest time', () => {
  it('is an hour unless told otherwise', () => {
    expect([undefined, '', '15'].map(parseLongest)).toEqual([3_600_000, 3_600_000, 900_000]);
  });

  it.each(['0', '1.5', '1441', 'an hour'])('is refused when it is %s', (text) => {
    expect(() => parseLongest(text)).toThrow('1 to 1440 whole minutes');
  });
});
