import { once } from 'node:events';
import type { IncomingMessage, Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AwsEndpoints } from '../../../local/aws/aws-endpoints.ts';
import { AwsFront } from '../../../local/aws/aws-front.ts';
import type { LambdaService } from '../../../local/lambda/lambda-service.ts';
import { LambdaService as Service } from '../../../local/lambda/lambda-service.ts';
import { functionDefinition } from './definition.ts';

interface Received {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly host: string | undefined;
  readonly body: string;
}

/** What was asked of the emulator. */
const received: Received[] = [];
const refused: string[] = [];
let emulator: Server;
let emulatorUrl: string;
let front: AwsFront;
let service: LambdaService;

beforeAll(async () => {
  emulator = createServer((request: IncomingMessage, response) => {
    void text(request).then((body) => {
      const { method, url, headers } = request;
      received.push({ method, url, host: headers.host, body });
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' });
      response.end(url === '/' ? '{"TableNames":["orders"]}' : 'what was stored');
    });
  }).listen(0, '127.0.0.1');
  await once(emulator, 'listening');
  emulatorUrl = `http://127.0.0.1:${(emulator.address() as AddressInfo).port}`;
  const endpoints = new AwsEndpoints({
    engines: { AWS_ENDPOINT_URL_DYNAMODB: emulatorUrl, AWS_ENDPOINT_URL_SQS: emulatorUrl },
    settings: { s3: emulatorUrl, firehose: 'http://127.0.0.1:1', 'cognito-idp': 'aws' },
  });
  front = new AwsFront({
    endpoints,
    localUrls: (url) => url.replace('https://abc123.execute-api.eu-west-1.amazonaws.com/dev', emulatorUrl),
    onRefused: (message) => refused.push(message),
  });
  const port = await front.start();
  service = new Service({
    functions: [functionDefinition({ handler: 'aws-calls.handler' })],
    region: 'eu-west-1',
    accountId: '000000000000',
    // What clients read is left out: some read no such variable.
    endpoints: {},
    awsCalls: { port, open: endpoints.open },
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
  emulator.close();
  emulator.closeAllConnections();
});

async function call(event: object): Promise<unknown> {
  received.length = 0;
  const { payload } = await service.invoke({
    functionName: 'shop-local-actions',
    payload: JSON.stringify(event),
  });
  return JSON.parse(payload);
}

const UNSERVED = 'https://secretsmanager.eu-west-1.amazonaws.com/';

describe('a call to AWS', () => {
  it.each([
    { way: 'fetch', url: 'https://dynamodb.eu-west-1.amazonaws.com/' },
    { way: 'https', url: 'https://dynamodb.us-east-1.amazonaws.com/' },
    { way: 'http', url: 'http://dynamodb.eu-west-1.api.aws/' },
    { way: 'https', url: 'https://111122223333.ddb.eu-west-1.amazonaws.com/' },
  ])('by $way to $url reaches what serves it here', async (event) => {
    expect(await call(event)).toEqual({ status: 200, body: '{"TableNames":["orders"]}' });
    expect(received).toMatchObject([{ method: 'GET', host: new URL(emulatorUrl).host }]);
  });

  it('keeps its method, path, query and body', async () => {
    await call({
      way: 'fetch',
      url: 'https://sqs.eu-central-1.amazonaws.com/000000000000/orders?Action=SendMessage',
      init: { method: 'POST', body: 'MessageBody=grün' },
    });
    expect(received).toMatchObject([
      { method: 'POST', url: '/000000000000/orders?Action=SendMessage', body: 'MessageBody=grün' },
    ]);
  });

  it.each([
    ['https://pictures.s3.eu-west-1.amazonaws.com/a/b.png', '/pictures/a/b.png'],
    ['https://s3.eu-west-1.amazonaws.com/pictures/a.png', '/pictures/a.png'],
    ['https://my.dotted.bucket.s3.dualstack.us-west-2.amazonaws.com/x', '/my.dotted.bucket/x'],
    ['https://pictures.s3-us-west-2.amazonaws.com/x', '/pictures/x'],
  ])('to the bucket in %s asks the emulator for %s', async (url, path) => {
    expect(await call({ way: 'https', url })).toEqual({ status: 200, body: 'what was stored' });
    expect(received[0]?.url).toBe(path);
  });

  it('keeps a connection for several calls', async () => {
    const host = 'dynamodb.eu-west-1.amazonaws.com';
    expect(await call({ way: 'keep-alive', host, path: '/' })).toMatchObject([
      { status: 200 },
      { status: 200 },
    ]);
  });

  it('to an API of the service itself reaches it without its stage', async () => {
    await call({ way: 'fetch', url: 'https://abc123.execute-api.eu-west-1.amazonaws.com/dev/orders/7?x=1' });
    expect(received).toMatchObject([{ url: '/orders/7?x=1' }]);
  });

  it('of an SDK without any endpoint reaches what serves it here', async () => {
    const answer = await call({
      way: 'sdk',
      module: '@aws-sdk/client-dynamodb',
      client: 'DynamoDBClient',
      command: 'ListTablesCommand',
      input: {},
    });
    expect(answer).toMatchObject({ value: { TableNames: ['orders'] } });
  });

  it.each([
    ['@aws-sdk/client-ssm', 'SSMClient', 'GetParameterCommand', { Name: '/a' }, 'ssm'],
    ['@aws-sdk/client-sts', 'STSClient', 'GetCallerIdentityCommand', {}, 'sts'],
    ['@aws-sdk/client-cloudwatch', 'CloudWatchClient', 'ListMetricsCommand', {}, 'cloudwatch'],
    ['@aws-sdk/client-eventbridge', 'EventBridgeClient', 'ListRulesCommand', {}, 'eventbridge'],
    ['@aws-sdk/client-sfn', 'SFNClient', 'ListActivitiesCommand', {}, 'sfn'],
    ['@aws-sdk/client-api-gateway', 'APIGatewayClient', 'GetAccountCommand', {}, 'apigateway'],
  ])('of %s, which nobody serves, fails at the first attempt with what to set', async (...args) => {
    const [module, client, command, input, service] = args;
    const answer = await call({ way: 'sdk', module, client, command, input });
    expect(answer).toMatchObject({
      message: expect.stringContaining(`custom.lantern.local.endpoints.${service} `) as string,
    });
    expect(answer).toMatchObject({
      message: expect.stringContaining('"Calls to AWS" in docs/local.md') as string,
    });
    expect(answer).toMatchObject({ attempts: 1 });
  });

  it('is said once for each service in the terminal', async () => {
    refused.length = 0;
    for (const path of ['a', 'b'])
      await call({ way: 'fetch', url: `https://kms.eu-west-1.amazonaws.com/${path}` });
    expect(refused).toEqual([expect.stringContaining('Nothing serves kms here')]);
  });

  it.each([
    { way: 'fetch', url: UNSERVED },
    { way: 'https', url: 'https://xyz.execute-api.eu-west-1.amazonaws.com/prod/x' },
    { way: 'http', url: 'http://iam.amazonaws.com/' },
  ])('by $way to $url, which nobody serves, is answered 400', async (event) => {
    expect(await call(event)).toMatchObject({
      status: 400,
      body: expect.stringContaining('Nothing serves') as string,
    });
    expect(received).toEqual([]);
  });

  it.each([
    { way: 'http2', url: 'https://kinesis.eu-west-1.amazonaws.com' },
    { way: 'socket', host: 'orders.abc.eu-west-1.rds.amazonaws.com', port: 5432 },
  ])('by $way, which no front understands, fails at once with what to set', async (event) => {
    expect(await call(event)).toEqual({
      code: 'LANTERN_NO_ENDPOINT',
      message: expect.stringMatching(/custom\.lantern\.local\.endpoints\.(kinesis|rds) /) as string,
    });
  });

  it('by a socket of TLS, and from a worker, stays on this machine', async () => {
    const [host, port] = ['secretsmanager.eu-west-1.amazonaws.com', 443];
    expect(await call({ way: 'tls', host, port })).toContain('Nothing serves secretsmanager');
    expect(await call({ way: 'worker', url: UNSERVED })).toContain('Nothing serves secretsmanager');
  });

  it('says so where the emulator that a setting names does not answer', async () => {
    expect(await call({ way: 'fetch', url: 'https://firehose.eu-west-1.amazonaws.com/' })).toMatchObject({
      status: 400,
      body: expect.stringMatching(
        /http:\/\/127\.0\.0\.1:1, where this call is sent .*ECONNREFUSED/,
      ) as string,
    });
  });

  it.each([
    'https://example.invalid/',
    'https://s3.amazonaws.com.evil.invalid/',
    'https://cognito-idp.eu-west-1.amazonaws.com/',
  ])('is none, or is let through by a setting: %s', async (url) => {
    // There is no network here: the name is looked up, and not found.
    expect(await call({ way: 'https', url })).toMatchObject({
      code: expect.stringMatching(/ENOTFOUND|EAI_AGAIN|ECONN/) as string,
    });
  });
});
