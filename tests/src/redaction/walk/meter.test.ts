import { describe, expect, it } from 'vitest';
import { jsonBytes } from '../../../../src/redaction/walk/meter.ts';
import { fc, runs } from '../../../helpers/fast-check.ts';

describe('the bytes of a text', () => {
  it('are those that JSON.stringify writes, however long it is and whatever is in it', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('"', '\\', '\u0000', '\n', '\u000b', 'é', '€', '😀', '\ud83d', '\ude00', '\u007f'),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), fc.integer({ min: 1, max: 60 }), (pieces, times) => {
        const text = pieces.join('').repeat(times);
        expect(jsonBytes(text)).toBe(Buffer.byteLength(JSON.stringify(text)));
      }),
      runs(500),
    );
  });
});
