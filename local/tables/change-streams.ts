/** The streams of tables: what has changed, in order, and the API of DynamoDB Streams that it is read by. */
import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { AwsApiError, validationException } from '../http/aws-error.ts';
import type { JsonObject } from '../json.ts';
import { asText, parseObject } from '../json.ts';
import type { TableDefinition } from '../template/service.ts';
import type { Item } from './items.ts';
import { canonical } from './items.ts';

/** An item before and after it was written. */
export interface Change {
  readonly tableName: string;
  readonly key: Item;
  readonly before: Item | undefined;
  readonly after: Item | undefined;
  /** Whether DynamoDB itself has removed it, because its time was over. */
  readonly expired?: boolean;
}

/** Records that a stream keeps; the oldest give way. DynamoDB keeps them for 24 hours, however many there are. */
const MAX_RECORDS = 10_000;

/** Records in one answer ("GetRecords" in the API reference). */
const MAX_ANSWERED = 1000;

/** A stream has as many shards as DynamoDB finds fit; here it is one, so that everything is in order. */
const SHARD_ID = 'shardId-00000001577836800000-00000001';

/** Sequence numbers have 21 digits at least ("StreamRecord" in the API reference), and grow. */
const FIRST_SEQUENCE_NUMBER = 100_000_000_000_000_000_000n;

interface Stream {
  readonly arn: string;
  readonly viewType: string;
  readonly table: TableDefinition;
  readonly records: JsonObject[];
  /** How many records have given way: the place of the first that is left. */
  trimmed: number;
}

export class ChangeStreams {
  readonly #region: string;
  /** By the name of the table. */
  readonly #streams = new Map<string, Stream>();

  constructor(region: string, tables: readonly TableDefinition[]) {
    this.#region = region;
    this.addTables(tables);
  }

  /** Has the streams of these tables, too. One of a table that is the same as before keeps its records. */
  addTables(tables: readonly TableDefinition[]): void {
    for (const table of tables) {
      if (isDeepStrictEqual(this.#streams.get(table.name)?.table, table)) continue;
      this.#streams.delete(table.name);
      if (table.stream === undefined) continue;
      const { arn, viewType } = table.stream;
      this.#streams.set(table.name, { arn, viewType, table, records: [], trimmed: 0 });
    }
  }

  /** The names of the key attributes of a table that has a stream. */
  keyNames(tableName: unknown): readonly string[] | undefined {
    const stream = this.#streams.get(asText(tableName) ?? '');
    const schema = stream?.table.properties.KeySchema;
    return (
      stream &&
      (schema as readonly { readonly AttributeName: string }[]).map(({ AttributeName }) => AttributeName)
    );
  }

  /** What DescribeTable says of a table's stream. */
  describe(tableName: unknown): JsonObject {
    const stream = this.#streams.get(asText(tableName) ?? '');
    if (stream === undefined) return {};
    return {
      StreamSpecification: { StreamEnabled: true, StreamViewType: stream.viewType },
      LatestStreamArn: stream.arn,
      LatestStreamLabel: labelOf(stream),
    };
  }

  /** Writes a record, unless nothing has changed. */
  add({ tableName, key, before, after, expired = false }: Change): void {
    const stream = this.#streams.get(tableName);
    if (stream === undefined || canonical(before) === canonical(after)) return;
    const { viewType, records } = stream;
    const images = {
      ...(after !== undefined && viewType.startsWith('NEW') && { NewImage: after }),
      ...(before !== undefined && viewType.includes('OLD') && { OldImage: before }),
    };
    records.push({
      eventID: randomUUID().replaceAll('-', ''),
      eventName: before === undefined ? 'INSERT' : after === undefined ? 'REMOVE' : 'MODIFY',
      eventVersion: '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion: this.#region,
      ...(expired && { userIdentity: { PrincipalId: 'dynamodb.amazonaws.com', Type: 'Service' } }),
      dynamodb: {
        // DynamoDB gives whole seconds as well.
        ApproximateCreationDateTime: Math.floor(Date.now() / 1000),
        Keys: key,
        ...images,
        SequenceNumber: sequenceNumber(stream.trimmed + records.length),
        SizeBytes: Buffer.byteLength(JSON.stringify({ key, ...images })),
        StreamViewType: viewType,
      },
    });
    while (records.length > MAX_RECORDS) {
      records.shift();
      stream.trimmed += 1;
    }
  }

  /** @throws AwsApiError as DynamoDB Streams answers. */
  answer(operation: string, input: JsonObject): JsonObject {
    switch (operation) {
      case 'ListStreams':
        return this.#list(input);
      case 'DescribeStream':
        return describeStream(this.#find(input.StreamArn));
      case 'GetShardIterator':
        return this.#iterator(input);
      case 'GetRecords':
        return this.#records(input);
      default:
        throw new AwsApiError(
          400,
          'UnknownOperationException',
          `Lantern's DynamoDB Streams have no ${operation}: only ListStreams, DescribeStream, GetShardIterator, GetRecords.`,
        );
    }
  }

  #find(arn: unknown): Stream {
    const found = [...this.#streams.values()].find((stream) => stream.arn === arn);
    if (found !== undefined) return found;
    throw new AwsApiError(
      400,
      'ResourceNotFoundException',
      `Requested resource not found: Stream: ${asText(arn) ?? ''} not found`,
    );
  }

  #list({ TableName }: JsonObject): JsonObject {
    const streams = [...this.#streams.values()].filter(
      ({ table }) => TableName === undefined || table.name === TableName,
    );
    return {
      Streams: streams.map((stream) => ({
        StreamArn: stream.arn,
        StreamLabel: labelOf(stream),
        TableName: stream.table.name,
      })),
    };
  }

  #iterator({ StreamArn, ShardIteratorType: type, SequenceNumber }: JsonObject): JsonObject {
    const { arn, trimmed, records } = this.#find(StreamArn);
    const numbered = Number(
      BigInt(/^\d+$/.exec(asText(SequenceNumber) ?? '')?.[0] ?? 0) - FIRST_SEQUENCE_NUMBER,
    );
    const position = new Map<unknown, number>([
      ['TRIM_HORIZON', trimmed],
      ['LATEST', trimmed + records.length],
      ['AT_SEQUENCE_NUMBER', numbered],
      ['AFTER_SEQUENCE_NUMBER', numbered + 1],
    ]).get(type);
    if (position === undefined || position < 0) {
      throw validationException(
        `Expected ShardIteratorType to be TRIM_HORIZON, LATEST, AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER, the last two with a SequenceNumber, got ${JSON.stringify({ type, SequenceNumber })}`,
      );
    }
    return { ShardIterator: iteratorTo(arn, position) };
  }

  #records({ ShardIterator, Limit }: JsonObject): JsonObject {
    const { arn, position } =
      parseObject(Buffer.from(asText(ShardIterator) ?? '', 'base64').toString()) ?? {};
    const { records, trimmed } = this.#find(arn);
    if (typeof position !== 'number') {
      throw validationException('Invalid ShardIterator');
    }
    if (position < trimmed) {
      throw new AwsApiError(
        400,
        'TrimmedDataAccessException',
        `Attempted access beyond trim horizon: the stream keeps its newest ${MAX_RECORDS} records`,
      );
    }
    const most = Math.min(typeof Limit === 'number' ? Limit : MAX_ANSWERED, MAX_ANSWERED);
    const found = records.slice(position - trimmed, position - trimmed + most);
    return { Records: found, NextShardIterator: iteratorTo(String(arn), position + found.length) };
  }
}

function describeStream(stream: Stream): JsonObject {
  const { arn, viewType, table } = stream;
  return {
    StreamDescription: {
      StreamArn: arn,
      StreamLabel: labelOf(stream),
      StreamStatus: 'ENABLED',
      StreamViewType: viewType,
      TableName: table.name,
      KeySchema: table.properties.KeySchema,
      Shards: [{ ShardId: SHARD_ID, SequenceNumberRange: { StartingSequenceNumber: sequenceNumber(0) } }],
    },
  };
}

/** When a stream was made, which its ARN ends in. */
function labelOf({ arn }: Stream): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}

function sequenceNumber(position: number): string {
  return String(FIRST_SEQUENCE_NUMBER + BigInt(position));
}

function iteratorTo(arn: string, position: number): string {
  return Buffer.from(JSON.stringify({ arn, position })).toString('base64');
}
