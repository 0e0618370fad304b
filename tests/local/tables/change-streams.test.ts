import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import {
  BatchWriteCommand,
  DeleteCommand,
  PutCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { fc } from '../../helpers/fast-check.ts';
import { startTables, streamArn, table } from './tables-fixture.ts';

const TableName = 'shop';
function key(pk: string) {
  return { pk, sk: '1' };
}

/** An item as DynamoDB has it. */
function stored(pk: string, n?: number) {
  return { pk: { S: pk }, sk: { S: '1' }, ...(n !== undefined && { n: { N: String(n) } }) };
}

describe('the stream of a table', () => {
  it('has a record for each item that was changed, with the item before and after', async () => {
    const { documents, records } = await startTables(table(TableName, 'NEW_AND_OLD_IMAGES'));
    const set = (pk: string, n: number, rest: object = {}) =>
      new UpdateCommand({
        TableName,
        Key: key(pk),
        UpdateExpression: 'SET n = :n',
        ExpressionAttributeValues: { ':n': n },
        ...rest,
      });
    await documents.send(new PutCommand({ TableName, Item: { ...key('a'), n: 1 } }));
    await documents.send(new PutCommand({ TableName, Item: { ...key('a'), n: 1 } }));
    await documents.send(set('a', 2, { ReturnValues: 'UPDATED_OLD' }));
    await documents.send(set('b', 3));
    await documents
      .send(set('b', 4, { ConditionExpression: 'attribute_not_exists(pk)' }))
      .catch(() => undefined);
    await documents.send(new DeleteCommand({ TableName, Key: key('gone') }));
    await documents.send(
      new BatchWriteCommand({
        RequestItems: {
          [TableName]: [
            { PutRequest: { Item: { ...key('c'), n: 5 } } },
            { DeleteRequest: { Key: key('a') } },
          ],
        },
      }),
    );
    await documents.send(
      new TransactWriteCommand({
        TransactItems: [
          { Delete: { TableName, Key: key('b') } },
          { ConditionCheck: { TableName, Key: key('c'), ConditionExpression: 'attribute_exists(pk)' } },
        ],
      }),
    );
    const seen = (await records(TableName)).map(({ eventName, dynamodb }) => [
      eventName,
      dynamodb.OldImage,
      dynamodb.NewImage,
    ]);
    expect(seen).toEqual([
      ['INSERT', undefined, stored('a', 1)],
      ['MODIFY', stored('a', 1), stored('a', 2)],
      ['INSERT', undefined, stored('b', 3)],
      ['INSERT', undefined, stored('c', 5)],
      ['REMOVE', stored('a', 2), undefined],
      ['REMOVE', stored('b', 3), undefined],
    ]);
  });

  it.each([
    ['KEYS_ONLY', []],
    ['NEW_IMAGE', ['NewImage']],
    ['OLD_IMAGE', ['OldImage']],
    ['NEW_AND_OLD_IMAGES', ['NewImage', 'OldImage']],
  ])('holds what its view type says: %s', async (viewType, images) => {
    const { documents, records } = await startTables(table(TableName, viewType));
    for (const n of [1, 2]) await documents.send(new PutCommand({ TableName, Item: { ...key('a'), n } }));
    const { dynamodb } = (await records(TableName))[1] ?? {};
    expect(
      Object.keys(dynamodb ?? {})
        .filter((name) => name.endsWith('Image'))
        .sort(),
    ).toEqual(images);
    expect(dynamodb).toMatchObject({ Keys: stored('a'), StreamViewType: viewType });
  });

  it('is of its table alone, and is told of by DescribeTable', async () => {
    const { documents, client, ask, records, warnings } = await startTables(
      table(TableName, 'KEYS_ONLY'),
      table('other'),
    );
    await documents.send(new PutCommand({ TableName: 'other', Item: key('a') }));
    expect(await records(TableName)).toEqual([]);
    const described = await client.send(new DescribeTableCommand({ TableName }));
    expect(described.Table).toMatchObject({
      LatestStreamArn: streamArn(TableName),
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' },
    });
    expect((await client.send(new DescribeTableCommand({ TableName: 'other' }))).Table).not.toHaveProperty(
      'LatestStreamArn',
    );
    expect(await ask('ListStreams', {})).toMatchObject({
      Streams: [{ StreamArn: streamArn(TableName), TableName }],
    });
    expect(warnings).toEqual([]);
  });

  it('is read from any place, and says where it cannot', async () => {
    const { documents, ask, records } = await startTables(table(TableName, 'KEYS_ONLY'));
    for (const pk of ['a', 'b', 'c']) await documents.send(new PutCommand({ TableName, Item: key(pk) }));
    const numbers = (await records(TableName)).map(({ dynamodb }) => dynamodb.SequenceNumber);
    const from = async (ShardIteratorType: string, SequenceNumber?: unknown) => {
      const { ShardIterator } = await ask('GetShardIterator', {
        StreamArn: streamArn(TableName),
        ShardIteratorType,
        SequenceNumber,
      });
      const { Records } = await ask('GetRecords', { ShardIterator, Limit: 2 });
      return (Records as { dynamodb: { SequenceNumber: string } }[]).map(
        ({ dynamodb }) => dynamodb.SequenceNumber,
      );
    };
    expect(await from('TRIM_HORIZON')).toEqual(numbers.slice(0, 2));
    expect(await from('LATEST')).toEqual([]);
    expect(await from('AT_SEQUENCE_NUMBER', numbers[1])).toEqual(numbers.slice(1));
    expect(await from('AFTER_SEQUENCE_NUMBER', numbers[1])).toEqual(numbers.slice(2));
    const refusals: [string, object, string][] = [
      [
        'GetShardIterator',
        { StreamArn: 'arn:gone', ShardIteratorType: 'LATEST' },
        'ResourceNotFoundException',
      ],
      [
        'GetShardIterator',
        { StreamArn: streamArn(TableName), ShardIteratorType: 'MIDDLE' },
        'ValidationException',
      ],
      ['GetRecords', { ShardIterator: 'x' }, 'ResourceNotFoundException'],
      ['MergeShards', {}, 'UnknownOperationException'],
    ];
    for (const [operation, input, type] of refusals) expect((await ask(operation, input)).__type).toBe(type);
  });

  it('tells what became of each item, whatever is written at once', async () => {
    const { documents, records } = await startTables(table(TableName, 'NEW_AND_OLD_IMAGES'));
    let read = 0;
    const write = fc.record({
      pk: fc.constantFrom('a', 'b', 'c'),
      n: fc.option(fc.nat({ max: 3 }), { nil: undefined }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(write, { maxLength: 12 }), async (writes) => {
        await Promise.all(
          writes.map(({ pk, n }) =>
            n === undefined
              ? documents.send(new DeleteCommand({ TableName, Key: key(pk) }))
              : documents.send(new PutCommand({ TableName, Item: { ...key(pk), n } })),
          ),
        );
        const all = await records(TableName);
        read = all.length;
        const latest = new Map<unknown, unknown>();
        for (const { eventName, dynamodb } of all) {
          const pk = JSON.stringify(dynamodb.Keys);
          // Each begins with what the one before left.
          expect(dynamodb.OldImage).toEqual(latest.get(pk));
          expect(eventName).toBe(
            dynamodb.OldImage === undefined
              ? 'INSERT'
              : dynamodb.NewImage === undefined
                ? 'REMOVE'
                : 'MODIFY',
          );
          latest.set(pk, dynamodb.NewImage);
        }
      }),
      { numRuns: 25 },
    );
    expect(read).toBeGreaterThan(0);
  });
});
