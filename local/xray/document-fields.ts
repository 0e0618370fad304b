import {
  asBoolean,
  asJson,
  asNumber,
  asObjects,
  asRecord,
  asText,
  asTexts,
  isObject,
  present,
} from '../json.ts';
import type { Cause, Entity, ExceptionData, HttpData, StackFrame, TraceLink } from './document.ts';
import type { JsonObject } from '../json.ts';

/*
 * The optional fields of a document. What does not have the type that the segment document gives it is left out,
 * as X-Ray does; nothing here refuses a document.
 */

/** Version 1 of X-Ray's trace id: `1-`, eight hexadecimal digits of epoch seconds, `-`, 24 more digits. */
export const TRACE_ID = /^1-[0-9a-f]{8}-[0-9a-f]{24}$/i;

/** X-Ray developer guide, "Tracing event-driven applications": traces linked by one segment. */
export const MAX_LINKS_PER_SEGMENT = 20;

/**
 * X-Ray developer guide, "X-Ray segment documents": letters, numbers and underscores. Lambda also writes dots, API Gateway
 * colons (`aws:api_id`).
 */
const ANNOTATION_KEY = /^[A-Za-z0-9_.:]{1,500}$/;

/** @param leaveOut told of each annotation that X-Ray would not index: a sentence for people. */
export function parseAnnotations(value: unknown, leaveOut: (why: string) => void): Entity['annotations'] {
  if (!isObject(value)) return undefined;
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string | number | boolean] => {
      const why = flawOfAnnotation(...entry);
      if (why !== undefined)
        leaveOut(`The annotation ${JSON.stringify(entry[0].slice(0, 60))} is not kept: ${why}.`);
      return why === undefined;
    }),
  );
}

function flawOfAnnotation(key: string, value: unknown): string | undefined {
  // It fits the key pattern, but as a plain key it would change the prototype of every later copy.
  if (key === '__proto__') return 'X-Ray indexes it, but this key is not safe in JavaScript';
  if (!ANNOTATION_KEY.test(key))
    return 'X-Ray indexes keys of 1 to 500 letters (A to Z), digits, "_", "." and ":"';
  return isAnnotationValue(value) ? undefined : 'its value has to be a string, a finite number or a boolean';
}

function isAnnotationValue(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
}

export function parseHttp(value: unknown): HttpData | undefined {
  if (!isObject(value)) return undefined;
  return present<HttpData>({
    request: isObject(value['request']) ? parseRequest(value['request']) : undefined,
    response: isObject(value['response']) ? parseResponse(value['response']) : undefined,
  });
}

function parseRequest(request: JsonObject): NonNullable<HttpData['request']> {
  return present<NonNullable<HttpData['request']>>({
    method: asText(request['method']),
    url: asText(request['url']),
    user_agent: asText(request['user_agent']),
    client_ip: asText(request['client_ip']),
    x_forwarded_for: asBoolean(request['x_forwarded_for']),
    traced: asBoolean(request['traced']),
  });
}

function parseResponse(response: JsonObject): NonNullable<HttpData['response']> {
  return present<NonNullable<HttpData['response']>>({
    status: asNumber(response['status']),
    content_length: asJson(response['content_length']),
  });
}

/** A cause is the id of an exception recorded elsewhere, or an object with exceptions of its own. */
export function parseCause(value: unknown): Cause | string | undefined {
  if (!isObject(value)) return asText(value);
  return present<Cause>({
    working_directory: asText(value['working_directory']),
    paths: asTexts(value['paths']),
    id: asText(value['id']),
    exceptions: asObjects(value['exceptions'])?.map(parseException),
  });
}

function parseException(exception: JsonObject): ExceptionData {
  return present<ExceptionData>({
    id: asText(exception['id']),
    message: asText(exception['message']),
    type: asText(exception['type']),
    remote: asBoolean(exception['remote']),
    truncated: asNumber(exception['truncated']),
    skipped: asNumber(exception['skipped']),
    cause: asText(exception['cause']),
    stack: asObjects(exception['stack'])?.map(parseStackFrame),
  });
}

function parseStackFrame(frame: JsonObject): StackFrame {
  return present<StackFrame>({
    path: asText(frame['path']),
    line: asNumber(frame['line']),
    label: asText(frame['label']),
  });
}

export function parseLinks(value: unknown): readonly TraceLink[] | undefined {
  return asObjects(value)
    ?.flatMap((link) => {
      const traceId = asText(link['trace_id']);
      if (traceId === undefined || !TRACE_ID.test(traceId)) return [];
      return present<TraceLink>({
        trace_id: traceId,
        id: asText(link['id']),
        attributes: asRecord(link['attributes']),
      });
    })
    .slice(0, MAX_LINKS_PER_SEGMENT);
}
