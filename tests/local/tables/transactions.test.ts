import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import {
  GetCommand,
  PutCommand,
  ScanCommand,
  TransactGetCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import type { TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { startTables, table } from './tables-fixture.ts';

type Items = NonNullable<TransactWriteCommandInput['TransactItems']>;

const TableName = 'shop';
function key(pk: string) {
  return { pk, sk: '1' };
}

async function start() {
  const tables = await startTables(table(TableName, 'NEW_AND_OLD_IMAGES'), table('other'));
  const { documents } = tables;
  return {
    ...tables,
    transact: (TransactItems: Items, ClientRequestToken?: string) =>
      documents.send(new TransactWriteCommand({ TransactItems, ClientRequestToken })),
    put: (item: Record<string, unknown>) =>
      documents.send(new PutCommand({ TableName, Item: { sk: '1', ...item } })),
    get: async (pk: string) => (await documents.send(new GetCommand({ TableName, Key: key(pk) }))).Item,
    all: async () => (await documents.send(new ScanCommand({ TableName }))).Items ?? [],
  };
}

/** What a transaction was cancelled for. */
async function reasonsOf(transaction: Promise<unknown>) {
  const error = await transaction.then(
    () => expect.fail('The transaction went through.'),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(TransactionCanceledException);
  return error as TransactionCanceledException;
}

describe('a transaction', () => {
  it('puts, updates, deletes and checks items of several tables', async () => {
    const { transact, put, get, documents } = await start();
    await put({ pk: 'stock', left: 5 });
    await put({ pk: 'cart', lines: 1 });
    await put({ pk: 'customer', active: true });
    await transact([
      {
        Put: {
          TableName: 'other',
          Item: { ...key('order'), total: 12 },
          ConditionExpression: 'attribute_not_exists(pk)',
        },
      },
      {
        Update: {
          TableName,
          Key: key('stock'),
          UpdateExpression: 'SET #left = #left - :one',
          ConditionExpression: '#left >= :one',
          ExpressionAttributeNames: { '#left': 'left' },
          ExpressionAttributeValues: { ':one': 1 },
        },
      },
      { Delete: { TableName, Key: key('cart') } },
      {
        ConditionCheck: {
          TableName,
          Key: key('customer'),
          ConditionExpression: 'active = :yes',
          ExpressionAttributeValues: { ':yes': true },
        },
      },
      { ConditionCheck: { TableName, Key: key('nobody'), ConditionExpression: 'attribute_not_exists(pk)' } },
    ]);
    expect(await get('stock')).toEqual({ ...key('stock'), left: 4 });
    expect([await get('cart'), await get('nobody')]).toEqual([undefined, undefined]);
    expect(await get('customer')).toEqual({ ...key('customer'), active: true });
    const { Item } = await documents.send(new GetCommand({ TableName: 'other', Key: key('order') }));
    expect(Item).toMatchObject({ total: 12 });
  });

  it('changes nothing when a condition fails, and says for each item why', async () => {
    const { transact, put, all, records } = await start();
    await put({ pk: 'a', n: 1 });
    await put({ pk: 'b', n: 2 });
    const before = [await all(), await records(TableName)];

    const error = await reasonsOf(
      transact([
        { Put: { TableName, Item: { ...key('new'), n: 0 } } },
        {
          Update: {
            TableName,
            Key: key('a'),
            UpdateExpression: 'SET n = :n',
            ExpressionAttributeValues: { ':n': 9 },
          },
        },
        { Delete: { TableName, Key: key('b') } },
        {
          Put: {
            TableName,
            Item: key('c'),
            ConditionExpression: 'attribute_exists(pk)',
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          },
        },
        { ConditionCheck: { TableName, Key: key('d'), ConditionExpression: 'attribute_exists(pk)' } },
      ]),
    );

    const failed = { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed' };
    expect(error.CancellationReasons).toEqual([
      { Code: 'None' },
      { Code: 'None' },
      { Code: 'None' },
      failed,
      failed,
    ]);
    expect(error.message).toBe(
      'Transaction cancelled, please refer cancellation reasons for specific reasons ' +
        '[None, None, None, ConditionalCheckFailed, ConditionalCheckFailed]',
    );
    expect([await all(), await records(TableName)]).toEqual(before);
  });

  it('shows the item that a condition failed on, where it is asked to', async () => {
    const { transact, put } = await start();
    await put({ pk: 'a', n: 1 });
    const error = await reasonsOf(
      transact([
        {
          Update: {
            TableName,
            Key: key('a'),
            UpdateExpression: 'SET n = :n',
            ConditionExpression: 'n > :n',
            ExpressionAttributeValues: { ':n': 5 },
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          },
        },
      ]),
    );
    expect(error.CancellationReasons?.[0]).toMatchObject({
      Code: 'ConditionalCheckFailed',
      Item: { pk: { S: 'a' }, sk: { S: '1' }, n: { N: '1' } },
    });
  });

  it('is cancelled by an item that cannot be changed so, and refused when it is written wrongly', async () => {
    const { transact, put, all } = await start();
    await put({ pk: 'a', n: 'text' });
    const add = (UpdateExpression: string): Items[number] => ({
      Update: { TableName, Key: key('a'), UpdateExpression, ExpressionAttributeValues: { ':one': 1 } },
    });
    const before = await all();
    const error = await reasonsOf(
      transact([{ Put: { TableName, Item: key('b') } }, add('SET n = n + :one')]),
    );
    expect(error.CancellationReasons?.map(({ Code }) => Code)).toEqual(['None', 'ValidationError']);
    const invalid = { name: 'ValidationException' };
    await expect(
      transact([{ Put: { TableName, Item: key('b') } }, add('SETT n = :one')]),
    ).rejects.toMatchObject(invalid);
    await expect(
      transact([{ Put: { TableName, Item: key('b') } }, { Delete: { TableName, Key: key('b') } }]),
    ).rejects.toMatchObject({
      ...invalid,
      message: expect.stringContaining('multiple operations on one item') as string,
    });
    await expect(transact([])).rejects.toMatchObject(invalid);
    const many = Array.from({ length: 101 }, (_, index) => ({ Put: { TableName, Item: key(`${index}`) } }));
    await expect(transact(many)).rejects.toMatchObject(invalid);
    await expect(transact([{ Put: { TableName: 'gone', Item: key('b') } }])).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
    expect(await all()).toEqual(before);
  });

  it('happens once for one token, and refuses another request with it', async () => {
    const { transact, put, get } = await start();
    await put({ pk: 'a', n: 0 });
    const add = (by: number): Items => [
      {
        Update: {
          TableName,
          Key: key('a'),
          UpdateExpression: 'ADD n :n',
          ExpressionAttributeValues: { ':n': by },
        },
      },
    ];
    await transact(add(1), 'token-1');
    await transact(add(1), 'token-1');
    expect(await get('a')).toMatchObject({ n: 1 });
    await expect(transact(add(2), 'token-1')).rejects.toMatchObject({
      name: 'IdempotentParameterMismatchException',
    });
    await transact(add(2), 'token-2');
    expect(await get('a')).toMatchObject({ n: 3 });
  });

  it('may be repeated with its token after it was cancelled', async () => {
    const { transact, put, get } = await start();
    const items: Items = [
      { ConditionCheck: { TableName, Key: key('a'), ConditionExpression: 'attribute_exists(pk)' } },
      { Put: { TableName, Item: key('b') } },
    ];
    await reasonsOf(transact(items, 'token'));
    await put({ pk: 'a' });
    await transact(items, 'token');
    expect(await get('b')).toEqual(key('b'));
  });

  it('is seen whole or not at all, however many go on at once', async () => {
    const { transact, put, documents } = await start();
    await put({ pk: 'a', n: 50 });
    await put({ pk: 'b', n: 50 });
    const move = (from: string, to: string): Items =>
      [[from, -1] as const, [to, 1] as const].map(([pk, by]) => ({
        Update: {
          TableName,
          Key: key(pk),
          UpdateExpression: 'ADD n :by',
          ConditionExpression: 'n > :least',
          ExpressionAttributeValues: { ':by': by, ':least': -50 },
        },
      }));
    const sums: number[] = [];
    const read = async (): Promise<void> => {
      const { Responses = [] } = await documents.send(
        new TransactGetCommand({
          TransactItems: ['a', 'b'].map((pk) => ({ Get: { TableName, Key: key(pk) } })),
        }),
      );
      sums.push(Responses.reduce((sum, { Item }) => sum + Number(Item?.n), 0));
    };
    const add = () =>
      documents.send(
        new UpdateCommand({
          TableName,
          Key: key('c'),
          UpdateExpression: 'ADD n :one',
          ExpressionAttributeValues: { ':one': 1 },
        }),
      );
    await Promise.all(
      Array.from({ length: 20 }, (_, index) => [
        transact(index % 2 === 0 ? move('a', 'b') : move('b', 'a')),
        read(),
        add(),
      ]).flat(),
    );
    expect(new Set(sums)).toEqual(new Set([100]));
    const { Item } = await documents.send(new GetCommand({ TableName, Key: key('c') }));
    expect(Item).toMatchObject({ n: 20 });
  });

  it('reads items in their order, also those that are not there', async () => {
    const { put, documents } = await start();
    await put({ pk: 'a', n: 1, more: 'x' });
    const { Responses } = await documents.send(
      new TransactGetCommand({
        TransactItems: [
          { Get: { TableName, Key: key('gone') } },
          { Get: { TableName, Key: key('a'), ProjectionExpression: 'n' } },
        ],
      }),
    );
    expect(Responses?.map(({ Item }) => Item)).toEqual([undefined, { n: 1 }]);
  });
});
