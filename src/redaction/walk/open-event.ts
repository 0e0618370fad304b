import { isFields, plainItem } from './attribute-value.ts';
import { define, read } from './members.ts';
import { decodeBase64 } from '../detectors/base64.ts';

/** Records that are opened; Lambda delivers up to 10,000, and a capture shows the first ones only. */
const MOST_RECORDS = 100;
/** Characters of base64 that are decoded of one record: more than is shown of it. */
const MOST_BASE64 = 131_072;

type Fields = Readonly<Record<string, unknown>>;

/**
 * An event of Lambda in which what its records carry can be seen: base64 data as text, DynamoDB items without their type
 * tags. JSON in strings is left to the walk. Anything that is no event with records is given back as it is; nothing is
 * changed, what differs is a copy.
 */
export function openEvent(event: unknown): unknown {
  if (!isFields(event)) return event;
  try {
    return opened(event);
  } catch {
    // A proxy that throws; the walk says so in its place.
    return event;
  }
}

function opened(event: Fields): Fields {
  // Kinesis, DynamoDB, SQS, SNS and S3; Firehose, and Kafka by topic and partition; Amazon MQ.
  return changed(event, {
    Records: (records) => openList(records, openRecord),
    records: (records) =>
      isFields(records)
        ? mapMembers(records, (list) => openList(list, openData))
        : openList(records, openData),
    messages: (messages) => openList(messages, openData),
    rmqMessagesByQueue: (queues) =>
      isFields(queues) ? mapMembers(queues, (list) => openList(list, openData)) : queues,
  });
}

function openRecord(record: Fields): Fields {
  return changed(record, {
    kinesis: (kinesis) => (isFields(kinesis) ? openData(kinesis) : kinesis),
    dynamodb: (change) =>
      isFields(change)
        ? changed(change, { Keys: plainItem, NewImage: plainItem, OldImage: plainItem })
        : change,
  });
}

/** `data` of Kinesis, Firehose and MQ, `key` and `value` of Kafka. */
function openData(record: Fields): Fields {
  return changed(record, { data: decoded, key: decoded, value: decoded });
}

function decoded(data: unknown): unknown {
  if (typeof data !== 'string' || data.length > MOST_BASE64) return data;
  return decodeBase64(data) ?? data;
}

function openList(list: unknown, open: (record: Fields) => Fields): unknown {
  if (!Array.isArray(list)) return list;
  const records = list as unknown[];
  const first = records.slice(0, MOST_RECORDS).map((each) => (isFields(each) ? open(each) : each));
  return records.length > MOST_RECORDS ? [...first, ...records.slice(MOST_RECORDS)] : first;
}

function mapMembers(fields: Fields, open: (value: unknown) => unknown): Fields {
  return changed(fields, Object.fromEntries(Object.keys(fields).map((name) => [name, open])));
}

/** A copy with some members changed, in their order; the same object when it has none of them. */
function changed(fields: Fields, changes: Readonly<Record<string, (value: unknown) => unknown>>): Fields {
  const names = Object.keys(fields);
  if (!names.some((name) => Object.hasOwn(changes, name))) return fields;
  const copy: Record<string, unknown> = {};
  for (const name of names) {
    const value = read(fields, name);
    const change = Object.hasOwn(changes, name) ? changes[name] : undefined;
    define(copy, name, change === undefined ? value : change(value));
  }
  return copy;
}
