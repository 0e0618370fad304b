import { createHash } from 'node:crypto';

/** What X-Ray and W3C call a trace: the same 16 bytes, written differently. */
export function xrayTraceId(bytes: Uint8Array): string | undefined {
  if (!isId(bytes, 16)) return undefined;
  const digits = Buffer.from(bytes).toString('hex');
  return `1-${digits.slice(0, 8)}-${digits.slice(8)}`;
}

/** The id of a segment or subsegment is that of its span. */
export function xrayEntityId(bytes: Uint8Array): string | undefined {
  return isId(bytes, 8) ? Buffer.from(bytes).toString('hex') : undefined;
}

/** An id for what belongs to a span and has none: always the same, so that a span that is sent twice is one. */
export function derivedId(spanId: string, part: string): string {
  return createHash('sha256').update(`${spanId} ${part}`).digest('hex').slice(0, 16);
}

/** W3C Trace Context: an id of zeros only is invalid. */
function isId(bytes: Uint8Array, length: number): boolean {
  return bytes.length === length && bytes.some((byte) => byte !== 0);
}
