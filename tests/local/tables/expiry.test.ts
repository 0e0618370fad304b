import { DescribeTimeToLiveCommand, DynamoDBClient, UpdateTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand, ScanCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it, onTestFinished } from 'vitest';
import { StreamPoller } from '../../../local/tables/stream-poller.ts';
import { TableServer } from '../../../local/tables/table-server.ts';
import { until } from '../../helpers/until.ts';
import { accountId, recorder, region, succeeded } from '../messaging/messaging-fixture.ts';
import { readResources } from '../template/read-template.ts';
import { streamArn, table } from './tables-fixture.ts';

const TableName = 'sessions';
const NOW = Math.floor(Date.now() / 1000);
const YEAR = 365 * 24 * 3600;

async function startSessions(timeToLive?: string) {
  const definition = {
    ...table(TableName, 'NEW_AND_OLD_IMAGES'),
    ...(timeToLive !== undefined && { timeToLive }),
  };
  const server = new TableServer({ tables: [definition], region, port: 0, expiryIntervalMs: 20 });
  const { url } = await server.start();
  const credentials = { accessKeyId: 'x', secretAccessKey: 'x' };
  const client = new DynamoDBClient({ endpoint: url, region, credentials, maxAttempts: 1 });
  onTestFinished(async () => {
    client.destroy();
    await server.stop();
  });
  const documents = DynamoDBDocumentClient.from(client);
  const put = (pk: string, more: object) =>
    documents.send(new PutCommand({ TableName, Item: { pk, sk: '1', ...more } }));
  const left = async () =>
    ((await documents.send(new ScanCommand({ TableName }))).Items ?? []).map(({ pk }) => String(pk)).sort();
  return { url, client, documents, put, left };
}

describe('items whose time is over', () => {
  it('go by themselves, and no others: later ones, texts, and what is five years old', async () => {
    const { put, left } = await startSessions('until');
    await put('later', { until: NOW + 3600 });
    await put('text', { until: String(NOW - 60) });
    await put('mistake', { until: NOW - 6 * YEAR });
    await put('milliseconds', { until: Date.now() });
    await put('none', {});
    await put('over', { until: NOW - 60 });
    await put('long over', { until: NOW - 4 * YEAR });
    await until(async () => (await left()).length === 5, 'what is over is gone');
    expect(await left()).toEqual(['later', 'milliseconds', 'mistake', 'none', 'text']);
  });

  it('are told by the stream as removed by DynamoDB itself', async () => {
    const { url, put } = await startSessions('until');
    const { requests, invoke } = recorder(() => succeeded());
    const poller = new StreamPoller({
      mapping: {
        uuid: 'm',
        streamArn: streamArn(TableName),
        functionName: 'work',
        enabled: true,
        batchSize: 10,
        maximumBatchingWindow: 0,
        startingPosition: 'TRIM_HORIZON',
        reportBatchItemFailures: false,
        bisectOnError: false,
        filters: [{ userIdentity: { type: ['Service'], principalId: ['dynamodb.amazonaws.com'] } }],
      },
      endpoint: url,
      region,
      accountId,
      invoke,
      deliver: () => Promise.reject(new Error('nothing is given up')),
      onError: (message) => {
        throw new Error(message);
      },
    });
    await poller.start();
    onTestFinished(() => poller.stop());
    await put('a', { until: NOW - 60, name: 'x' });
    await until(() => requests.length === 1, 'the record');
    const { Records } = JSON.parse(requests[0]?.payload ?? '') as { Records: unknown[] };
    expect(Records).toHaveLength(1);
    expect(Records[0]).toMatchObject({
      eventName: 'REMOVE',
      userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' },
      dynamodb: { Keys: { pk: { S: 'a' } }, OldImage: { name: { S: 'x' } } },
    });
  });

  it('are those of the setting, which can be changed', async () => {
    const { client, documents, put, left } = await startSessions();
    const described = async () =>
      (await client.send(new DescribeTimeToLiveCommand({ TableName }))).TimeToLiveDescription;
    expect(await described()).toEqual({ TimeToLiveStatus: 'DISABLED' });
    await put('a', { gone: NOW - 60 });
    const set = (Enabled: boolean) =>
      client.send(
        new UpdateTimeToLiveCommand({
          TableName,
          TimeToLiveSpecification: { Enabled, AttributeName: 'gone' },
        }),
      );
    await set(true);
    expect(await described()).toEqual({ TimeToLiveStatus: 'ENABLED', AttributeName: 'gone' });
    await until(async () => (await left()).length === 0, 'it is gone');
    await expect(set(true)).rejects.toThrow('TimeToLive is already enabled');
    await set(false);
    await put('b', { gone: NOW - 60 });
    await documents.send(
      new UpdateCommand({
        TableName,
        Key: { pk: 'b', sk: '1' },
        UpdateExpression: 'SET x = :x',
        ExpressionAttributeValues: { ':x': 1 },
      }),
    );
    expect(await left()).toEqual(['b']);
    const absent = client.send(new DescribeTimeToLiveCommand({ TableName: 'none' }));
    await expect(absent).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it.each([
    [{ Enabled: true, AttributeName: 'until' }, 'until'],
    [{ Enabled: false, AttributeName: 'until' }, undefined],
    [undefined, undefined],
  ])('are read from the template: %j', (TimeToLiveSpecification, attribute) => {
    const { service, warnings } = readResources({
      Sessions: {
        Type: 'AWS::DynamoDB::Table',
        Properties: {
          AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
          KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
          ...(TimeToLiveSpecification && { TimeToLiveSpecification }),
        },
      },
    });
    expect([service.tables[0]?.timeToLive, warnings]).toEqual([attribute, []]);
  });
});
