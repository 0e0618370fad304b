import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AwsEndpoints } from '../../local/aws/aws-endpoints.ts';
import { AwsFront } from '../../local/aws/aws-front.ts';
import { LambdaService } from '../../local/lambda/lambda-service.ts';
import { TableServer } from '../../local/tables/table-server.ts';
import { functionDefinition } from '../local/lambda/definition.ts';
import type { ScratchProject } from './scratch-project.ts';
import { createScratchProject } from './scratch-project.ts';

const HANDLER = `const AWS = require('aws-sdk');
exports.handler = async ({ client, method, input }) => {
  try {
    return { value: await new AWS[client]()[method](input).promise() };
  } catch ({ code, message, retryable }) {
    return { code, message, retryable };
  }
};
`;

let project: ScratchProject;
let tables: TableServer;
let front: AwsFront;
let service: LambdaService;

beforeAll(async () => {
  project = await createScratchProject([], { 'aws-sdk': '2' });
  await project.write('index.cjs', HANDLER);
  const table = {
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    BillingMode: 'PAY_PER_REQUEST',
  };
  tables = new TableServer({
    region: 'eu-west-1',
    tables: [{ name: 'orders', arn: '', properties: table }],
    port: 0,
  });
  const { url } = await tables.start();
  front = new AwsFront({
    endpoints: new AwsEndpoints({ engines: { AWS_ENDPOINT_URL_DYNAMODB: url } }),
    onRefused: () => undefined,
  });
  const port = await front.start();
  service = new LambdaService({
    functions: [functionDefinition({ codeDirectory: project.directory, handler: 'index.handler' })],
    region: 'eu-west-1',
    accountId: '000000000000',
    endpoints: {},
    awsCalls: { port, open: [] },
    daemonAddress: '127.0.0.1:2000',
    onLog: () => undefined,
    onReport: () => undefined,
    onSegment: () => undefined,
  });
  await service.start();
});
afterAll(async () => {
  await service.stop();
  await front.stop();
  await tables.stop();
  await project.remove();
});

async function call(client: string, method: string, input: object): Promise<unknown> {
  const payload = JSON.stringify({ client, method, input });
  return JSON.parse((await service.invoke({ functionName: 'shop-local-actions', payload })).payload);
}

describe('the AWS SDK, version 2', () => {
  it('finds the service’s tables here', async () => {
    await call('DynamoDB', 'putItem', { TableName: 'orders', Item: { id: { S: 'o-1' } } });
    expect(await call('DynamoDB', 'getItem', { TableName: 'orders', Key: { id: { S: 'o-1' } } })).toEqual({
      value: { Item: { id: { S: 'o-1' } } },
    });
  });

  it.each([
    ['S3', 'getObject', { Bucket: 'a.b', Key: 'c' }, 's3'],
    ['S3', 'putObject', { Bucket: 'a', Key: 'c', Body: 'x'.repeat(100_000) }, 's3'],
    ['SSM', 'getParameter', { Name: '/a' }, 'ssm'],
    ['STS', 'getCallerIdentity', {}, 'sts'],
    ['Kinesis', 'listStreams', {}, 'kinesis'],
    ['CloudWatch', 'listMetrics', {}, 'cloudwatch'],
  ])('fails at once where nobody serves %s.%s, with what to set', async (client, method, input, service) => {
    expect(await call(client, method, input)).toEqual({
      code: 'LanternNoEndpoint',
      message: expect.stringContaining(`custom.lantern.local.endpoints.${service} `) as string,
      retryable: false,
    });
  });
});
