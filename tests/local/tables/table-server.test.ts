import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, describe, expect, it } from 'vitest';
import type { TableDefinition } from '../../../local/template/service.ts';
import { TableServer } from '../../../local/tables/table-server.ts';

function table(name: string, properties: Record<string, unknown>): TableDefinition {
  return {
    name,
    arn: `arn:aws:dynamodb:eu-central-1:000000000000:table/${name}`,
    properties,
  };
}

const orders = table('orders', {
  TableName: 'orders',
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [
    { AttributeName: 'id', AttributeType: 'S' },
    { AttributeName: 'customerId', AttributeType: 'S' },
  ],
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  GlobalSecondaryIndexes: [
    {
      IndexName: 'byCustomer',
      KeySchema: [{ AttributeName: 'customerId', KeyType: 'HASH' }],
      Projection: { ProjectionType: 'ALL' },
      ContributorInsightsSpecification: { Enabled: true },
    },
  ],
  PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
  SSESpecification: { SSEEnabled: true },
  Tags: [{ Key: 'team', Value: 'shop' }],
});

const started: { stop(): Promise<void> }[] = [];
async function start(...tables: TableDefinition[]) {
  const server = new TableServer({ region: 'eu-central-1', tables, port: 0 });
  const { url, warnings } = await server.start();
  const client = new DynamoDBClient({
    endpoint: url,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
  });
  const stop = async () => {
    client.destroy();
    await server.stop();
  };
  started.push({ stop });
  return { url, warnings, client, documents: DynamoDBDocumentClient.from(client), stop };
}

afterEach(async () => {
  await Promise.all(started.splice(0).map((server) => server.stop()));
});

describe('a table server', () => {
  it('has the tables of its definitions, active', async () => {
    const legacy = table('legacy', {
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'N' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      ProvisionedThroughput: { ReadCapacityUnits: '2', WriteCapacityUnits: 3 },
    });
    const { client, warnings } = await start(orders, legacy);

    const described = async (TableName: string) =>
      (await client.send(new DescribeTableCommand({ TableName }))).Table;

    expect(await described('orders')).toMatchObject({
      TableStatus: 'ACTIVE',
      BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
      GlobalSecondaryIndexes: [{ IndexName: 'byCustomer', IndexStatus: 'ACTIVE' }],
    });
    expect(await described('legacy')).toMatchObject({
      TableStatus: 'ACTIVE',
      ProvisionedThroughput: { ReadCapacityUnits: 2, WriteCapacityUnits: 3 },
    });
    expect(warnings).toEqual([]);
  });

  it('keeps items, and finds them by key and by index', async () => {
    const { documents } = await start(orders);
    const order = { id: 'o-1', customerId: 'c-1', total: 12.5, lines: [{ sku: 'tea', count: 2 }] };
    await documents.send(new PutCommand({ TableName: 'orders', Item: order }));
    await documents.send(new PutCommand({ TableName: 'orders', Item: { id: 'o-2', customerId: 'c-2' } }));

    const got = await documents.send(new GetCommand({ TableName: 'orders', Key: { id: 'o-1' } }));
    const found = await documents.send(
      new QueryCommand({
        TableName: 'orders',
        IndexName: 'byCustomer',
        KeyConditionExpression: 'customerId = :customer',
        ExpressionAttributeValues: { ':customer': 'c-1' },
      }),
    );

    expect(got.Item).toEqual(order);
    expect(found.Items).toEqual([order]);
  });

  it.each(['AND', 'OR', 'AND NOT'])(
    'refuses a condition nested deeper than it can read, joined by %s',
    async (word) => {
      const { documents } = await start(orders);
      const nested = (depth: number) =>
        `${`(customerId = :id ${word} `.repeat(depth)}(customerId = :id)${')'.repeat(depth)}`;
      const query = (depth: number) =>
        documents.send(
          new QueryCommand({
            TableName: 'orders',
            KeyConditionExpression: 'id = :id',
            FilterExpression: nested(depth),
            ExpressionAttributeValues: { ':id': 'o-1' },
          }),
        );

      await expect(query(60)).rejects.toThrow(
        /^Invalid FilterExpression: expected at most 7 parentheses .* but got 61\./,
      );
      await expect(query(60)).rejects.toMatchObject({ name: 'ValidationException' });
      await expect(query(3)).resolves.toMatchObject({ Items: [] });
      const data = { id: 'o-1', note: '('.repeat(60), FilterExpression: '('.repeat(60) };
      await documents.send(new PutCommand({ TableName: 'orders', Item: data }));
      expect(
        (await documents.send(new GetCommand({ TableName: 'orders', Key: { id: 'o-1' } }))).Item,
      ).toEqual(data);
    },
  );

  it('warns of what a service would miss', async () => {
    const { warnings } = await start(
      table('orders', {
        ...orders.properties,
        KinesisStreamSpecification: { StreamArn: 'arn:of:a:stream' },
      }),
    );

    expect(warnings).toHaveLength(1);
    expect(warnings.join('\n')).toMatch(/KinesisStreamSpecification, which has no effect locally/);
  });

  it('says which table is wrong, and keeps nothing open', async () => {
    const server = new TableServer({
      region: 'eu-central-1',
      tables: [table('orders', { BillingMode: 'PAY_PER_REQUEST' })],
      port: 0,
    });

    await expect(server.start()).rejects.toThrow(/table orders.*KeySchema/is);
    await expect(server.stop()).resolves.toBeUndefined();
  });

  it('says which port is taken and what for', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;

    const failure = await new TableServer({ region: 'eu-central-1', tables: [], port })
      .start()
      .catch((error: unknown) => error);
    other.close();

    expect(failure).toMatchObject({ cause: { code: 'EADDRINUSE' } });
    expect(String(failure)).toMatch(new RegExp(`Port ${port} .*DynamoDB.*another port`));
  });

  it('survives a caller that dies while it sends, and one that sends nonsense', async () => {
    const { url, documents } = await start(orders);
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    await new Promise<void>((resolve) =>
      socket.write('POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\n{"half"', () =>
        resolve(),
      ),
    );
    await documents.send(new GetCommand({ TableName: 'orders', Key: { id: 'o-1' } }));
    socket.resetAndDestroy();

    const headers = {
      authorization: 'AWS4-HMAC-SHA256 Credential=x, SignedHeaders=x, Signature=x',
      'x-amz-date': 'today',
      'x-amz-target': 'DynamoDB_20120810.PutItem',
      'content-type': 'application/x-amz-json-1.0',
    };
    for (const body of ['{', 'null', '7', '[]', '{"TableName":7}']) {
      await fetch(url, { method: 'POST', headers, body });
    }

    const put = await documents.send(new PutCommand({ TableName: 'orders', Item: { id: 'o-1' } }));
    expect(put.$metadata.httpStatusCode).toBe(200);
  });

  it('lets go of its port and its callers when it stops', async () => {
    const { url, client, stop } = await start(orders);
    await client.send(new DescribeTableCommand({ TableName: 'orders' }));

    await stop();

    await expect(fetch(url)).rejects.toThrow();
  });

  it('refuses web pages, whatever name they use for this machine', async () => {
    const { url } = await start(orders);
    const port = new URL(url).port;
    const request = {
      'X-Amz-Target': 'DynamoDB_20120810.ListTables',
      'Content-Type': 'application/x-amz-json-1.0',
    };

    const fromPage = await fetch(url, {
      method: 'POST',
      headers: { ...request, Origin: 'https://evil.test' },
      body: '{}',
    });
    expect(fromPage.status).toBe(403);
    expect(fromPage.headers.get('access-control-allow-origin')).toBeNull();

    const socket = connect(Number(port), '127.0.0.1');
    socket.end(
      `POST / HTTP/1.1\r\nHost: evil.test:${port}\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}`,
    );
    const answer = (await socket.setEncoding('utf8').toArray()).join('');
    expect(answer).toMatch(/^HTTP\/1.1 403/);
  });
});

describe('a request that dynalite stumbles over', () => {
  const key = '"TableName":"orders","Key":{"id":{"S":"1"}}';
  const deep = `${'{"M":{"a":'.repeat(3000)}{"S":"x"}${'}}'.repeat(3000)}`;

  it.each([
    ['PutItem', '{"TableName":"orders","Item":{"id":null}}'],
    ['PutItem', '{"TableName":"orders","Item":{"id":{"S":"1"},"list":{"L":[null]}}}'],
    ['PutItem', `{"TableName":"orders","Item":{"id":{"S":"1"},"deep":${deep}}}`],
    ['PutItem', '{"TableName":"orders","Item":{"id":{"S":"1"},"__proto__":{"S":"x"}}}'],
    ['UpdateItem', `{${key},"AttributeUpdates":{"a":null}}`],
    ['Query', '{"TableName":"orders","KeyConditions":{"id":null}}'],
    [
      'Query',
      '{"TableName":"orders","KeyConditions":{"__proto__":{"ComparisonOperator":"EQ","AttributeValueList":[{"S":"x"}]}}}',
    ],
    ['BatchWriteItem', '{"RequestItems":{"orders":[null]}}'],
    ['BatchGetItem', '{"RequestItems":{"__proto__":{"Keys":[{"id":{"S":"1"}}]}}}'],
    ['ListTables', '{"Limit":"x"}'],
  ])('is answered, as the sender’s fault where it is one: %s %s', async (action, body) => {
    const { url, documents } = await start(orders);

    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': `DynamoDB_20120810.${action}`,
        'x-amz-date': '20260101T000000Z',
        authorization: 'AWS4-HMAC-SHA256 Credential=x, SignedHeaders=x, Signature=x',
      },
      body,
    });

    expect(response.status).toBeLessThan(500);
    await documents.send(new PutCommand({ TableName: 'orders', Item: { id: '2' } }));
  });
});
