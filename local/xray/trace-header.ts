import { randomBytes } from 'node:crypto';

/**
 * The tracing header (`X-Amzn-Trace-Id`, `AWSTraceHeader`, `_X_AMZN_TRACE_ID`): `key=value` fields in any order,
 * with `;` between them, for example `Root=1-…;Parent=…;Sampled=1;Lineage=…`.
 */
export interface TraceHeader {
  /** The trace id; undefined when the header has none, or one that is not a trace id. */
  readonly root?: string;
  /** The entity that made the call: 16 hex digits. */
  readonly parent?: string;
  /** `?` leaves the decision to the receiver. Undefined when the sender did not say. */
  readonly sampled?: '0' | '1' | '?';
  /** Every other field (`Lineage`, `Self`, a caller's own), in the order they came. */
  readonly others: readonly (readonly [key: string, value: string])[];
}

/** Longer text is not a tracing header: an SQS message attribute, which anyone may write, can be much longer. */
const MAX_TRACE_HEADER_LENGTH = 4096;

const TRACE_ID = /^1-[0-9a-f]{8}-[0-9a-f]{24}$/i;
const ENTITY_ID = /^[0-9a-f]{16}$/i;
/** What may stand in a field, so that a header that came in a message can leave as an HTTP header. */
const FIELD_TEXT = /^[\x21-\x7e]+$/;

/** Reads a header by key. Never throws: fields that make no sense are left out. */
export function parseTraceHeader(text: string | undefined): TraceHeader {
  const fields =
    text === undefined || text.length > MAX_TRACE_HEADER_LENGTH ? [] : text.split(';').flatMap(parseField);
  const first = (key: string, accepted: RegExp) =>
    fields.find(([name, value]) => name === key && accepted.test(value))?.[1];
  const root = first('Root', TRACE_ID);
  const parent = first('Parent', ENTITY_ID);
  const sampled = first('Sampled', /^[01?]$/) as TraceHeader['sampled'];
  return {
    ...(root !== undefined && { root }),
    ...(parent !== undefined && { parent }),
    ...(sampled !== undefined && { sampled }),
    others: fields.filter(([key]) => key !== 'Root' && key !== 'Parent' && key !== 'Sampled'),
  };
}

/** Writes a header: `Root`, `Parent`, `Sampled`, then the others. Fields that are undefined are left out. */
export function formatTraceHeader(header: TraceHeader): string {
  const known = [
    ['Root', header.root],
    ['Parent', header.parent],
    ['Sampled', header.sampled],
  ] as const;
  return [...known, ...header.others]
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${value ?? ''}`)
    .join(';');
}

/** A new trace id. It begins with the time, as X-Ray demands: receivers refuse ids that look too old. */
export function newTraceId(epochMilliseconds: number = Date.now()): string {
  const seconds = Math.floor(epochMilliseconds / 1000);
  return `1-${seconds.toString(16).padStart(8, '0')}-${randomBytes(12).toString('hex')}`;
}

/** A new id of a segment or a subsegment. */
export function newEntityId(): string {
  return randomBytes(8).toString('hex');
}

function parseField(field: string): [string, string][] {
  const text = field.trim();
  const separator = text.indexOf('=');
  const key = text.slice(0, separator).trim();
  const value = text.slice(separator + 1).trim();
  return separator > 0 && FIELD_TEXT.test(key) && FIELD_TEXT.test(value) ? [[key, value]] : [];
}
