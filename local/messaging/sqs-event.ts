import type { Message, MessageAttributeValue } from '@aws-sdk/client-sqs';

/** The parts of the mapping that each record repeats. */
export interface SqsEventSource {
  readonly queueArn: string;
  readonly region: string;
}

/** One message with its record of the event, as JSON. */
export interface SqsRecord {
  readonly message: Message;
  readonly json: string;
  /** Epoch milliseconds. */
  readonly receivedAt: number;
}

/** Longest payload of an invocation, bytes ("Lambda quotas": 6 MB for a synchronous invocation). */
export const MAX_PAYLOAD_BYTES = 6 * 1024 * 1024;

/** A message as a function gets it ("Using Lambda with Amazon SQS"). */
export function sqsRecord(message: Message, { queueArn, region }: SqsEventSource): SqsRecord {
  const json = JSON.stringify({
    messageId: message.MessageId,
    receiptHandle: message.ReceiptHandle,
    body: message.Body,
    attributes: message.Attributes ?? {},
    messageAttributes: Object.fromEntries(
      Object.entries(message.MessageAttributes ?? {}).map(([name, value]) => [name, messageAttribute(value)]),
    ),
    md5OfBody: message.MD5OfBody,
    ...(message.MD5OfMessageAttributes === undefined
      ? {}
      : { md5OfMessageAttributes: message.MD5OfMessageAttributes }),
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn,
    awsRegion: region,
  });
  return { message, json, receivedAt: Date.now() };
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

function messageAttribute(value: MessageAttributeValue): Record<string, unknown> {
  return {
    ...(value.StringValue === undefined ? {} : { stringValue: value.StringValue }),
    ...(value.BinaryValue === undefined
      ? {}
      : { binaryValue: Buffer.from(value.BinaryValue).toString('base64') }),
    stringListValues: [],
    binaryListValues: [],
    dataType: value.DataType,
  };
}
