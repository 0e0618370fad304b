import { create, fromBinary, fromJson, toBinary, toJsonString } from '@bufbuild/protobuf';
import type { JsonValue } from '@bufbuild/protobuf';
import { isObject } from '../../json.ts';
import { StatusSchema } from './definitions/google/rpc/status_pb.ts';
import type { ExportTraceServiceRequest } from './definitions/opentelemetry/proto/collector/trace/v1/trace_service_pb.ts';
import {
  ExportTraceServiceRequestSchema,
  ExportTraceServiceResponseSchema,
} from './definitions/opentelemetry/proto/collector/trace/v1/trace_service_pb.ts';

/** How a message of OTLP is written: requests and their answers alike. */
export type Encoding = 'protobuf' | 'json';

/**
 * Reads the spans of a request. `TracesData`, which files and some senders use, looks the same.
 *
 * @throws Error that says what is wrong, when it is no such message or nests deeper than the library reads (100 messages).
 */
export function readTraces(body: Buffer, encoding: Encoding): ExportTraceServiceRequest {
  return encoding === 'json'
    ? fromJson(ExportTraceServiceRequestSchema, parseOtlpJson(body.toString()), { ignoreUnknownFields: true })
    : fromBinary(ExportTraceServiceRequestSchema, body);
}

/** The answer to what was taken. Answers about logs and metrics have the same form. */
export function writeResponse(
  { refused, message }: { refused: number; message: string },
  encoding: Encoding,
): Uint8Array {
  const response = create(
    ExportTraceServiceResponseSchema,
    // Absent, as OTLP asks, when everything was taken and nothing is to be said.
    message === '' ? {} : { partialSuccess: { rejectedSpans: BigInt(refused), errorMessage: message } },
  );
  return encoding === 'json'
    ? Buffer.from(toJsonString(ExportTraceServiceResponseSchema, response))
    : toBinary(ExportTraceServiceResponseSchema, response);
}

/** The answer to what was refused as a whole. */
export function writeStatus(status: { code: number; message: string }, encoding: Encoding): Uint8Array {
  const message = create(StatusSchema, status);
  return encoding === 'json'
    ? Buffer.from(toJsonString(StatusSchema, message))
    : toBinary(StatusSchema, message);
}

/** OTLP's JSON has these in hexadecimal, where JSON of protobuf has base64. */
const IDS: ReadonlySet<string> = new Set([
  'traceId',
  'trace_id',
  'spanId',
  'span_id',
  'parentSpanId',
  'parent_span_id',
]);

/** The names of attributes are values here, so a key is always one of OTLP's own. */
function parseOtlpJson(text: string): JsonValue {
  return JSON.parse(text, reviveOtlp as (key: string, value: unknown) => unknown) as JsonValue;
}

function reviveOtlp(key: string, value: unknown, { source = '' }: { source?: string }): unknown {
  if (typeof value === 'string') {
    // Half a character is none; it must not cost a request its other spans.
    return IDS.has(key) ? Buffer.from(value, 'hex').toString('base64') : value.toWellFormed();
  }
  if (typeof value === 'number' && isWide(value, key === 'intValue' ? 63 : 64)) {
    // Nanoseconds that were written as a number are more than a number can hold.
    return /^-?\d+$/.test(source) ? source : String(BigInt(value));
  }
  if (!isObject(value)) return value;
  const { intValue } = value;
  // JavaScript's exporter writes every whole number so, also those that no 64 bits hold.
  return typeof intValue === 'number' && !Number.isSafeInteger(intValue) ? { doubleValue: intValue } : value;
}

/** A whole number beyond those that JavaScript keeps apart, and within those of so many bits. */
function isWide(value: number, bits: number): boolean {
  return Number.isInteger(value) && !Number.isSafeInteger(value) && Math.abs(value) < 2 ** bits;
}
