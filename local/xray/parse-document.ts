import { asBoolean, asObjects, asRecord, asText, asTexts, isObject, present } from '../json.ts';
import type { Entity, Segment, SegmentDocument, Subsegment } from './document.ts';
import { parseAnnotations, parseCause, parseHttp, parseLinks, TRACE_ID } from './document-fields.ts';
import type { JsonObject } from '../json.ts';

/** X-Ray developer guide, "X-Ray segment documents": 64 kB for one document. Bytes of UTF-8. */
export const MAX_DOCUMENT_BYTES = 64 * 1024;

/** Subsegments inside subsegments of one document: far more than people nest, few enough to recurse. */
export const MAX_SUBSEGMENT_DEPTH = 200;

/** X-Ray developer guide, "X-Ray segment documents": the longest name. */
const MAX_NAME_LENGTH = 200;

/** The year 5138. Later "seconds" are milliseconds sent by mistake. */
const MAX_EPOCH_SECONDS = 1e11;

const ENTITY_ID = /^[0-9a-f]{16}$/i;

/** What `PutTraceSegments` answers; the last four are our own names for what X-Ray refuses, or leaves out, without a known one. */
export type DocumentErrorCode =
  | 'ParseError'
  | 'UnknownType'
  | 'MissingId'
  | 'InvalidId'
  | 'MissingName'
  | 'MissingTraceId'
  | 'InvalidTraceId'
  | 'MissingStartTime'
  | 'MissingEndTime'
  | 'InProgressSegmentHasEndTime'
  | 'InProgressSubsegmentHasEndTime'
  | 'MissingParentId'
  | 'InvalidParentId'
  | 'InvalidTime'
  | 'InvalidSubsegments'
  | 'DocumentTooLarge'
  | 'InvalidAnnotation';

export interface DocumentError {
  readonly code: DocumentErrorCode;
  /** What was expected and what came. */
  readonly message: string;
  /** The document's own id, when it has a readable one. */
  readonly id?: string;
}

export type ParsedDocument =
  | {
      readonly document: SegmentDocument;
      /** The annotations that were left out of it; absent where none was. */
      readonly leftOut?: readonly DocumentError[];
    }
  | { readonly error: DocumentError };

/**
 * Reads one segment document as it travels. Strict about what would break readers (ids, names, times, types of
 * containers), tolerant about the rest: an optional field of the wrong type is left out. Whoever gets a document
 * from here may trust the types of `document.ts`. Never throws.
 */
export function parseDocument(text: string): ParsedDocument {
  let id: string | undefined;
  try {
    const raw = parseObject(text);
    id = asText(raw['id']);
    const leftOut: DocumentError[] = [];
    const document = parseTopLevel(raw, leftOut);
    return { document, ...(leftOut.length > 0 && { leftOut }) };
  } catch (error) {
    return refused(error, id);
  }
}

/** Why something is no document, thrown where that is found out. */
export class Refusal extends Error {
  readonly code: DocumentErrorCode;

  constructor(code: DocumentErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** What was thrown as an answer, with the id of what was read; what is no refusal is thrown on. */
export function refused(error: unknown, id: string | undefined): { readonly error: DocumentError } {
  if (!(error instanceof Refusal)) throw error;
  return { error: { code: error.code, message: error.message, ...(id !== undefined && { id }) } };
}

function parseObject(text: string): JsonObject {
  // A character is at least one byte, so most of what is too large need not be encoded to know it.
  const size = text.length > MAX_DOCUMENT_BYTES ? text.length : new TextEncoder().encode(text).length;
  if (size > MAX_DOCUMENT_BYTES) {
    throw new Refusal(
      'DocumentTooLarge',
      `A segment document may have ${MAX_DOCUMENT_BYTES} bytes; this one has at least ${size}.`,
    );
  }
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (error) {
    throw new Refusal('ParseError', `A segment document is JSON; this is not: ${(error as Error).message}`);
  }
  if (!isObject(raw))
    throw new Refusal('ParseError', `A segment document is a JSON object; got ${show(raw)}.`);
  return raw;
}

function parseTopLevel(raw: JsonObject, leftOut: DocumentError[]): SegmentDocument {
  const isSubsegment = raw['type'] === 'subsegment';
  if (!isSubsegment && isGiven(raw['type'])) {
    throw new Refusal(
      'UnknownType',
      `type is "subsegment", or absent for a segment; got ${show(raw['type'])}.`,
    );
  }
  const id = parseId(raw);
  const traceId = parseTraceId(raw['trace_id']);
  const kind = isSubsegment ? 'Subsegment' : 'Segment';
  if (raw['in_progress'] === true && isGiven(raw['end_time'])) {
    throw new Refusal(
      `InProgress${kind}HasEndTime`,
      `${kind} ${id} has in_progress: true and an end_time; it can have one of them.`,
    );
  }
  if (raw['in_progress'] !== true && !isGiven(raw['end_time'])) {
    throw new Refusal('MissingEndTime', `${kind} ${id} has neither an end_time nor in_progress: true.`);
  }
  const parentId = parseParentId(raw['parent_id'], id);
  if (!isSubsegment) return parseSegment(raw, traceId, parentId, leftOut);
  if (parentId === undefined) {
    throw new Refusal('MissingParentId', `Subsegment ${id} is sent alone and has no parent_id.`);
  }
  return { ...parseSubsegment(raw, 0, leftOut), type: 'subsegment', trace_id: traceId, parent_id: parentId };
}

function parseSegment(
  raw: JsonObject,
  traceId: string,
  parentId: string | undefined,
  leftOut: DocumentError[],
): Segment {
  return present<Segment>({
    ...parseEntity(raw, 0, leftOut),
    trace_id: traceId,
    parent_id: parentId,
    origin: asText(raw['origin']),
    resource_arn: asText(raw['resource_arn']),
    user: asText(raw['user']),
    service: asRecord(raw['service']),
  });
}

function parseSubsegment(raw: JsonObject, depth: number, leftOut: DocumentError[]): Subsegment {
  const entity = parseEntity(raw, depth, leftOut);
  return present<Subsegment>({
    ...entity,
    namespace: asText(raw['namespace']),
    // The guide has it in http.request, the SDK writes it here.
    traced: asBoolean(raw['traced']) ?? entity.http?.request?.traced,
    precursor_ids: asTexts(raw['precursor_ids']),
    sql: asRecord(raw['sql']),
  });
}

function parseEntity(raw: JsonObject, depth: number, leftOut: DocumentError[]): Entity {
  const id = parseId(raw);
  const endTime = parseTime(raw['end_time'], `end_time of ${id}`);
  const startTime = parseTime(raw['start_time'], `start_time of ${id}`);
  if (startTime === undefined) throw new Refusal('MissingStartTime', `${id} has no start_time.`);
  return present<Entity>({
    id,
    name: parseName(raw['name'], id),
    start_time: startTime,
    end_time: endTime,
    // An embedded subsegment that has not ended need not say so.
    in_progress: endTime === undefined ? true : undefined,
    error: asBoolean(raw['error']),
    throttle: asBoolean(raw['throttle']),
    fault: asBoolean(raw['fault']),
    cause: parseCause(raw['cause']),
    http: parseHttp(raw['http']),
    aws: asRecord(raw['aws']),
    annotations: parseAnnotations(raw['annotations'], (message) => {
      leftOut.push({ code: 'InvalidAnnotation', message, id });
    }),
    metadata: asRecord(raw['metadata']),
    links: parseLinks(raw['links']),
    subsegments: parseSubsegments(raw['subsegments'], id, depth + 1, leftOut),
  });
}

function parseSubsegments(
  value: unknown,
  id: string,
  depth: number,
  leftOut: DocumentError[],
): Subsegment[] | undefined {
  if (!isGiven(value)) return undefined;
  const subsegments = asObjects(value);
  if (subsegments === undefined || subsegments.length !== (value as unknown[]).length) {
    throw new Refusal(
      'InvalidSubsegments',
      `subsegments of ${id} is an array of objects; got ${show(value)}.`,
    );
  }
  if (subsegments.length > 0 && depth > MAX_SUBSEGMENT_DEPTH) {
    throw new Refusal('InvalidSubsegments', `Subsegments are nested more than ${MAX_SUBSEGMENT_DEPTH} deep.`);
  }
  return subsegments.map((subsegment) => parseSubsegment(subsegment, depth, leftOut));
}

function parseId(raw: JsonObject): string {
  const id = raw['id'];
  if (!isGiven(id)) throw new Refusal('MissingId', `${show(raw['name'])} has no id.`);
  if (typeof id !== 'string' || !ENTITY_ID.test(id)) {
    throw new Refusal('InvalidId', `An id is 16 hexadecimal digits; got ${show(id)}.`);
  }
  return id;
}

function parseTraceId(value: unknown): string {
  if (!isGiven(value)) throw new Refusal('MissingTraceId', 'The document has no trace_id.');
  if (typeof value !== 'string' || !TRACE_ID.test(value)) {
    throw new Refusal(
      'InvalidTraceId',
      `A trace_id is 1-, 8 hexadecimal digits, -, 24 more; got ${show(value)}.`,
    );
  }
  return value;
}

function parseParentId(value: unknown, id: string): string | undefined {
  if (!isGiven(value)) return undefined;
  if (typeof value !== 'string' || !ENTITY_ID.test(value)) {
    throw new Refusal('InvalidParentId', `parent_id of ${id} is 16 hexadecimal digits; got ${show(value)}.`);
  }
  return value;
}

function parseName(value: unknown, id: string): string {
  if (typeof value !== 'string' || value === '') {
    throw new Refusal(
      'MissingName',
      `name of ${id} is a string with 1 to 200 characters; got ${show(value)}.`,
    );
  }
  return value.slice(0, MAX_NAME_LENGTH);
}

function parseTime(value: unknown, what: string): number | undefined {
  if (!isGiven(value)) return undefined;
  if (typeof value !== 'number' || !(value >= 0 && value < MAX_EPOCH_SECONDS)) {
    throw new Refusal('InvalidTime', `${what} is a number of seconds since 1970; got ${show(value)}.`);
  }
  return value;
}

/** Some senders write null or an empty string for "none". */
function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

function show(value: unknown): string {
  // JSON.stringify recurses, and this value has not been bounded yet.
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object';
  return value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 60);
}
