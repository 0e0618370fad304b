import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readPayload } from '../../../local/buckets/payload.ts';
import { fc } from '../../helpers/fast-check.ts';

/** As clients stream an upload: chunks with their sizes, signed or not, and headers at the end. */
function inChunks(chunks: readonly Buffer[], trailers: readonly string[], signature: string): Buffer {
  const parts = chunks
    .filter(({ length }) => length > 0)
    .flatMap((chunk) => [
      Buffer.from(`${chunk.length.toString(16)}${signature}\r\n`),
      chunk,
      Buffer.from('\r\n'),
    ]);
  return Buffer.concat([
    ...parts,
    Buffer.from(`0${signature}\r\n${trailers.map((line) => `${line}\r\n`).join('')}\r\n`),
  ]);
}

const bytes = fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array));

describe('the payload of an upload', () => {
  it('is what was cut into chunks, with the checksum behind it', () => {
    fc.assert(
      fc.property(
        fc.array(bytes, { maxLength: 6 }),
        fc.constantFrom('', `;chunk-signature=${'0'.repeat(64)}`),
        fc.constantFrom('aws-chunked', 'gzip,aws-chunked', 'gzip, aws-chunked'),
        (chunks, signature, encoding) => {
          const whole = Buffer.concat(chunks);
          const sha256 = createHash('sha256').update(whole).digest('base64');
          const payload = readPayload(
            {
              'content-encoding': encoding,
              'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
              'x-amz-decoded-content-length': String(whole.length),
            },
            inChunks(chunks, [`x-amz-checksum-sha256:${sha256}`], signature),
          );
          expect(payload.body.equals(whole)).toBe(true);
          expect(payload.checksums).toEqual({ 'x-amz-checksum-sha256': sha256 });
          expect(payload.encoding).toBe(encoding === 'aws-chunked' ? undefined : 'gzip');
        },
      ),
    );
  });

  it('is refused wherever it is cut off', () => {
    const whole = inChunks([Buffer.from('one'), Buffer.from('two!')], [], '');
    const headers = {
      'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
      'x-amz-decoded-content-length': '7',
    };
    expect(readPayload(headers, whole).body.toString()).toBe('onetwo!');
    // The last line break says nothing any more.
    for (let length = 0; length < whole.length - 4; length += 1)
      expect(() => readPayload(headers, whole.subarray(0, length))).toThrow(/body/);
  });

  it('is refused where its checksum behind it is another', () => {
    const sent = inChunks([Buffer.from('one')], ['x-amz-checksum-crc32: AAAAAA=='], '');
    expect(() => readPayload({ 'content-encoding': 'aws-chunked' }, sent)).toThrow(/x-amz-checksum-crc32/);
  });
});
