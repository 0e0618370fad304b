/** The body of an upload: taken out of the chunks that clients of AWS may send it in, and held against its checksums. */
import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { crc32 } from 'node:zlib';
import { S3Error } from './s3-error.ts';
import { textOf } from './s3-exchange.ts';

export interface Payload {
  readonly body: Buffer;
  /** `x-amz-checksum-…`, of the request or behind its last chunk. */
  readonly checksums: Readonly<Record<string, string>>;
  /** `content-encoding` of the object itself. */
  readonly encoding: string | undefined;
}

/** @throws S3Error for what is cut off, or is not what its checksums say. */
export function readPayload(headers: IncomingHttpHeaders, sent: Buffer): Payload {
  const signed = textOf(headers['x-amz-content-sha256']) ?? '';
  const encodings = (headers['content-encoding'] ?? '').split(',').map((encoding) => encoding.trim());
  const isChunked = signed.startsWith('STREAMING-') || encodings.includes('aws-chunked');
  const { body, trailers } = isChunked ? fromChunks(sent) : { body: sent, trailers: {} };
  const announced = textOf(headers['x-amz-decoded-content-length']);
  if (isChunked && announced !== undefined && Number(announced) !== body.length) {
    throw new S3Error(
      400,
      'IncompleteBody',
      `The request announced ${announced} bytes, and the body has ${body.length}.`,
    );
  }
  const checksums = { ...checksumsIn(headers), ...checksumsIn(trailers) };
  check(textOf(headers['content-md5']), signed, checksums, body);
  const encoding = encodings.filter((each) => each !== '' && each !== 'aws-chunked').join(',');
  return { body, checksums, encoding: encoding === '' ? undefined : encoding };
}

/** `size;chunk-signature=…`, the chunk, and so on; a chunk of no bytes is the last, and headers may follow. */
function fromChunks(sent: Buffer): { readonly body: Buffer; readonly trailers: Record<string, string> } {
  const chunks: Buffer[] = [];
  let offset = 0;
  for (;;) {
    const lineEnd = sent.indexOf('\r\n', offset);
    const size = Number.parseInt(sent.toString('latin1', offset, Math.max(lineEnd, offset)), 16);
    const start = lineEnd + 2;
    if (lineEnd < 0 || Number.isNaN(size) || start + size > sent.length) {
      throw new S3Error(400, 'IncompleteBody', 'The body ends within its chunks, or they cannot be read.');
    }
    if (size === 0) {
      const lines = sent.toString('latin1', start).split(/\r?\n/);
      const trailers = lines.flatMap((line) => {
        const colon = line.indexOf(':');
        return colon < 0 ? [] : [[line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()]];
      });
      return {
        body: Buffer.concat(chunks),
        trailers: Object.fromEntries(trailers) as Record<string, string>,
      };
    }
    chunks.push(sent.subarray(start, start + size));
    offset = start + size + 2;
  }
}

/** The headers that say how a checksum is made or of what it is, and are none themselves. */
const NO_CHECKSUMS = new Set(['x-amz-checksum-algorithm', 'x-amz-checksum-mode', 'x-amz-checksum-type']);

function checksumsIn(headers: IncomingHttpHeaders): Record<string, string> {
  const found = Object.entries(headers).filter(
    ([name]) => name.startsWith('x-amz-checksum-') && !NO_CHECKSUMS.has(name),
  );
  return Object.fromEntries(found.map(([name, value]) => [name, String(value)]));
}

/** How each checksum is made, as far as Node has it: CRC32C and CRC64NVME are taken as they come. */
const DIGESTS: Readonly<Record<string, (body: Buffer) => string>> = {
  'x-amz-checksum-crc32': (body) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(crc32(body));
    return bytes.toString('base64');
  },
  'x-amz-checksum-sha1': (body) => createHash('sha1').update(body).digest('base64'),
  'x-amz-checksum-sha256': (body) => createHash('sha256').update(body).digest('base64'),
};

function check(
  md5: string | undefined,
  signed: string,
  checksums: Readonly<Record<string, string>>,
  body: Buffer,
): void {
  if (md5 !== undefined) {
    if (Buffer.from(md5, 'base64').length !== 16)
      throw new S3Error(400, 'InvalidDigest', 'The Content-MD5 you specified is not valid.');
    if (createHash('md5').update(body).digest('base64') !== md5)
      throw new S3Error(400, 'BadDigest', 'The Content-MD5 you specified did not match what we received.');
  }
  if (
    /^[\da-f]{64}$/i.test(signed) &&
    createHash('sha256').update(body).digest('hex') !== signed.toLowerCase()
  )
    throw new S3Error(
      400,
      'XAmzContentSHA256Mismatch',
      'The provided x-amz-content-sha256 header does not match what was computed.',
    );
  for (const [name, value] of Object.entries(checksums)) {
    const digest = DIGESTS[name];
    if (digest !== undefined && digest(body) !== value)
      throw new S3Error(400, 'BadDigest', `The ${name} you specified did not match what we received.`);
  }
}
