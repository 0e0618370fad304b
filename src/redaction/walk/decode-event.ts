import { decodeBase64 } from '../detectors/base64.ts';
import { define, firstItems, firstNames, lengthOf, read } from './members.ts';

/** Records that are decoded; Lambda delivers up to 10,000, and a capture shows the first ones only. */
const MOST_RECORDS = 100;
/** Most records that Lambda delivers (AWS Lambda, "Event source mappings": batch size); what has more is no event of its. */
const MOST_DELIVERED = 10_000;
/** Members of one object that are read; what has more is left to the walk, which shows fewer. */
const MOST_MEMBERS = 500;
/** Characters of base64 that are decoded of one record: more than is shown of it. */
const MOST_BASE64 = 131_072;

/** Levels of a DynamoDB item (Amazon DynamoDB, "Service, account, and table quotas": nested attributes). */
const MOST_LEVELS = 32;

type Fields = Readonly<Record<string, unknown>>;

/**
 * Names of fields and headers of Lambda's events that are no words of programs in general, and so not among the field
 * words: shown in a captured event, as AWS writes them, whoever the customer is.
 */
export const EVENT_FIELD_NAMES: readonly string[] = [
  // API Gateway and Cognito
  'x-forwarded-proto',
  'sec-websocket-extensions',
  'sec-websocket-key',
  'sec-websocket-version',
  'cognitoAmr',
  'traceparent',
  // queues and brokers
  'kind',
  'redelivered',
  'rmqMessagesByQueue',
];

/**
 * An event of Lambda in which what its records carry can be seen: base64 data as text, DynamoDB items without their type
 * tags. JSON in strings is left to the walk. Anything that is no event with records is given back as it is; nothing is
 * changed, what differs is a copy.
 */
export function decodeEvent(event: unknown): unknown {
  if (!isFields(event)) return event;
  try {
    return decodeRecords(event);
  } catch {
    // A proxy that throws; the walk says so in its place.
    return event;
  }
}

function decodeRecords(event: Fields): Fields {
  // Kinesis, DynamoDB, SQS, SNS and S3; Firehose, and Kafka by topic and partition; Amazon MQ.
  return changed(event, {
    Records: (records) => decodeList(records, decodeRecord),
    records: (records) =>
      isFields(records)
        ? mapMembers(records, (list) => decodeList(list, decodeData))
        : decodeList(records, decodeData),
    messages: (messages) => decodeList(messages, decodeData),
    rmqMessagesByQueue: (queues) =>
      isFields(queues) ? mapMembers(queues, (list) => decodeList(list, decodeData)) : queues,
  });
}

function decodeRecord(record: Fields): Fields {
  return changed(record, {
    kinesis: (kinesis) => (isFields(kinesis) ? decodeData(kinesis) : kinesis),
    dynamodb: (change) =>
      isFields(change)
        ? changed(change, { Keys: decodeItem, NewImage: decodeItem, OldImage: decodeItem })
        : change,
  });
}

/** `data` of Kinesis, Firehose and MQ, `key` and `value` of Kafka. */
function decodeData(record: Fields): Fields {
  return changed(record, { data: decodeText, key: decodeText, value: decodeText });
}

function decodeText(data: unknown): unknown {
  if (typeof data !== 'string' || data.length > MOST_BASE64) return data;
  return decodeBase64(data) ?? data;
}

function decodeList(list: unknown, decode: (record: Fields) => Fields): unknown {
  if (!Array.isArray(list) || lengthOf(list) > MOST_DELIVERED) return list;
  return firstItems(list, MOST_DELIVERED).map((each, at) =>
    at < MOST_RECORDS && isFields(each) ? decode(each) : each,
  );
}

function mapMembers(fields: Fields, decode: (value: unknown) => unknown): Fields {
  const { names } = firstNames(fields, MOST_MEMBERS);
  return changed(fields, Object.fromEntries(names.map((name) => [name, decode])));
}

/** A copy with some members changed, in their order; the same object when it has none of them. */
function changed(fields: Fields, changes: Readonly<Record<string, (value: unknown) => unknown>>): Fields {
  const { names, total } = firstNames(fields, MOST_MEMBERS);
  if (total > names.length || !names.some((name) => Object.hasOwn(changes, name))) return fields;
  const copy: Record<string, unknown> = {};
  for (const name of names) {
    const value = read(fields, name);
    const change = Object.hasOwn(changes, name) ? changes[name] : undefined;
    define(copy, name, change === undefined ? value : change(value));
  }
  return copy;
}

/**
 * A DynamoDB item without its type tags: `{ id: { S: 'o-1' } }` is `{ id: 'o-1' }`, so that a policy finds its names
 * where they are. What is no attribute value stays as it is.
 */
function decodeItem(item: unknown): unknown {
  return isFields(item) ? decodeMap(item, MOST_LEVELS) : item;
}

function decodeMap(map: Fields, levels: number): Fields {
  const { names, total } = firstNames(map, MOST_MEMBERS);
  if (total > names.length) return map;
  const plain: Record<string, unknown> = {};
  for (const name of names) define(plain, name, decodeAttribute(read(map, name), levels));
  return plain;
}

function decodeAttribute(value: unknown, levels: number): unknown {
  if (!isFields(value) || levels === 0) return value;
  const { names, total } = firstNames(value, 1);
  const [tag] = names;
  if (tag === undefined || total > 1) return value;
  const content = read(value, tag);
  switch (tag) {
    case 'S':
    case 'B':
    case 'BOOL':
    case 'SS':
    case 'BS':
      return content;
    case 'N':
      return numberOf(content);
    case 'NS':
      return isShort(content) ? firstItems(content, MOST_MEMBERS).map(numberOf) : content;
    case 'NULL':
      return null;
    case 'L':
      return isShort(content)
        ? firstItems(content, MOST_MEMBERS).map((each) => decodeAttribute(each, levels - 1))
        : content;
    case 'M':
      return isFields(content) ? decodeMap(content, levels - 1) : content;
    default:
      return value;
  }
}

function isShort(content: unknown): content is readonly unknown[] {
  return Array.isArray(content) && lengthOf(content) <= MOST_MEMBERS;
}

/** DynamoDB's numbers are texts; one that a number cannot hold stays one. */
function numberOf(text: unknown): unknown {
  const number = typeof text === 'string' && text !== '' ? Number(text) : Number.NaN;
  return String(number) === text ? number : text;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
