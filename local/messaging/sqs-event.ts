import type { JsonObject } from '../json.ts';
import { isObject, present } from '../json.ts';
import type { QueueMessage } from './queue-client.ts';

/** The parts of the mapping that each record repeats. */
export interface SqsEventSource {
  readonly queueArn: string;
  readonly region: string;
}

/** One message with its record of the event, as JSON. */
export interface SqsRecord {
  readonly message: QueueMessage;
  readonly json: string;
  /** Milliseconds of `performance.now()`, a clock that nobody sets. */
  readonly receivedAt: number;
}

/** Longest payload of an invocation, bytes ("Lambda quotas": 6 MB for a synchronous invocation). */
export const MAX_PAYLOAD_BYTES = 6 * 1024 * 1024;

/** A message as a function gets it ("Using Lambda with Amazon SQS"). */
export function sqsRecord(message: QueueMessage, { queueArn, region }: SqsEventSource): SqsRecord {
  const json = JSON.stringify({
    messageId: message.MessageId,
    receiptHandle: message.ReceiptHandle,
    body: message.Body,
    attributes: message.Attributes ?? {},
    messageAttributes: messageAttributes(message.MessageAttributes),
    md5OfBody: message.MD5OfBody,
    ...(message.MD5OfMessageAttributes === undefined
      ? {}
      : { md5OfMessageAttributes: message.MD5OfMessageAttributes }),
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn,
    awsRegion: region,
  });
  return { message, json, receivedAt: performance.now() };
}

export function sqsEvent(records: readonly SqsRecord[]): string {
  return `{"Records":[${records.map(({ json }) => json).join(',')}]}`;
}

/** The records in order, in as few parts as the payload limit allows; a part has one record at least. */
export function splitByPayload(records: readonly SqsRecord[], limit = MAX_PAYLOAD_BYTES): SqsRecord[][] {
  const parts: SqsRecord[][] = [];
  let size = Infinity;
  for (const record of records) {
    const bytes = Buffer.byteLength(record.json) + 1;
    const last = parts.at(-1);
    if (last === undefined || size + bytes > limit) {
      parts.push([record]);
      size = sqsEvent([]).length + bytes;
    } else {
      last.push(record);
      size += bytes;
    }
  }
  return parts;
}

/** `Object.fromEntries` makes a member of any name, `__proto__` too, where an assignment would not. */
function messageAttributes(attributes: unknown): JsonObject {
  if (!isObject(attributes)) return {};
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name, messageAttribute(isObject(value) ? value : {})]),
  );
}

function messageAttribute({ StringValue, BinaryValue, DataType }: JsonObject): object {
  return present({
    stringValue: StringValue,
    binaryValue: BinaryValue,
    stringListValues: [],
    binaryListValues: [],
    dataType: DataType,
  });
}
