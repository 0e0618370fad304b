import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { onTestFinished } from 'vitest';
import { TableServer } from '../../../local/tables/table-server.ts';
import type { TableDefinition } from '../../../local/template/service.ts';

const account = 'arn:aws:dynamodb:eu-central-1:000000000000';

export function streamArn(name: string): string {
  return `${account}:table/${name}/stream/2020-01-01T00:00:00.000`;
}

/** A table with the key `pk` and `sk`, and with a stream of this kind, if there is one. */
export function table(name: string, viewType?: string): TableDefinition {
  return {
    name,
    arn: `${account}:table/${name}`,
    ...(viewType !== undefined && { stream: { arn: streamArn(name), viewType } }),
    properties: {
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    },
  };
}

/** A server that ends with the test, and the SDK's clients of it. */
export async function startTables(...tables: readonly TableDefinition[]) {
  const server = new TableServer({ tables, region: 'eu-central-1', port: 0 });
  const { url, warnings } = await server.start();
  const credentials = { accessKeyId: 'x', secretAccessKey: 'x' };
  const client = new DynamoDBClient({ endpoint: url, region: 'eu-central-1', credentials, maxAttempts: 1 });
  onTestFinished(async () => {
    client.destroy();
    await server.stop();
  });
  /** Asks DynamoDB Streams. */
  const ask = async (operation: string, input: object): Promise<Record<string, unknown>> => {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': `DynamoDBStreams_20120810.${operation}`,
      },
      body: JSON.stringify(input),
    });
    return (await response.json()) as Record<string, unknown>;
  };
  const documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
  return {
    url,
    warnings,
    client,
    documents,
    ask,
    /** All records of a stream, as eventName and images. */
    records: async (name: string) => {
      const { ShardIterator } = await ask('GetShardIterator', {
        StreamArn: streamArn(name),
        ShardIteratorType: 'TRIM_HORIZON',
      });
      const { Records } = await ask('GetRecords', { ShardIterator });
      return Records as { eventName: string; dynamodb: Record<string, unknown> }[];
    },
  };
}
