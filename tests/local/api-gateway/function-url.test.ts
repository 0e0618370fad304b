import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ApiGateway } from '../../../local/api-gateway/api-gateway.ts';
import type { AccessLogEntry } from '../../../local/api-gateway/api-gateway.ts';
import { ThrottledError } from '../../../local/lambda/invocation.ts';
import type { Invoke } from '../../../local/lambda/invocation.ts';
import type { ApiDefinition } from '../../../local/template/service.ts';
import { extractCorrelation } from '../../../src/index.ts';
import { until } from '../../helpers/until.ts';
import { functionDefinition } from '../lambda/definition.ts';
import { sharedService } from '../lambda/harness.ts';
import { readResources, lambdaFunction } from '../template/read-template.ts';

const NAMES = ['echo', 'fails', 'inTwoParts', 'plain', 'breaks', 'misses'];
const harness = sharedService([
  ...NAMES.map((name) =>
    functionDefinition({ name, handler: `function-url.${name}`, tracingMode: 'Active' }),
  ),
  functionDefinition({ name: 'page', handler: 'streaming.page' }),
]);

/** The URL of a function as the template has it, in front of the real function. */
async function serveUrl(functionName: string, properties: Record<string, unknown> = {}, invoke?: Invoke) {
  const { service, warnings } = readResources({
    Work: lambdaFunction({ FunctionName: functionName }),
    Url: {
      Type: 'AWS::Lambda::Url',
      Properties: { TargetFunctionArn: { 'Fn::GetAtt': ['Work', 'Arn'] }, AuthType: 'NONE', ...properties },
    },
  });
  expect(warnings).toEqual([]);
  const [definition] = service.functionUrls as [ApiDefinition];
  const log: AccessLogEntry[] = [];
  const gateway = new ApiGateway({
    api: definition,
    invoke: invoke ?? harness.service.invoke,
    region: 'eu-central-1',
    accountId: '000000000000',
    onSegment: () => expect.fail('The URL of a function has no segment of its own.'),
    onRequest: (entry) => log.push(entry),
    port: 0,
  });
  const { url } = await gateway.start();
  onTestFinished(() => gateway.stop());
  return { url, log, definition };
}

const STREAM = { InvokeMode: 'RESPONSE_STREAM' };

describe('the URL of a function', () => {
  it('gives it the event of version 2.0, with its own name and the id of the invocation', async () => {
    const { url, definition } = await serveUrl('echo');
    const response = await fetch(`${url}/orders/a%20b?x=1&x=2`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json', cookie: 'k=v', 'x-correlation-id': 'c-1' },
      body: '{"a":1}',
    });
    const event = (await response.json()) as Record<string, Record<string, unknown>>;
    const { host } = definition.functionUrl ?? {};

    expect(event).toMatchObject({
      version: '2.0',
      routeKey: '$default',
      rawPath: '/orders/a%20b',
      rawQueryString: 'x=1&x=2',
      cookies: ['k=v'],
      queryStringParameters: { x: '1,2' },
      requestContext: {
        accountId: 'anonymous',
        apiId: definition.id,
        domainName: host,
        domainPrefix: definition.id,
        http: { method: 'PUT', path: '/orders/a b' },
        routeKey: '$default',
        stage: '$default',
      },
      body: '{"a":1}',
      isBase64Encoded: false,
    });
    expect(host).toBe(`${definition.id}.lambda-url.eu-central-1.on.aws`);
    expect(event).not.toHaveProperty('pathParameters');
    expect(event.requestContext?.requestId).toBe(harness.reports[0]?.requestId);
    expect(extractCorrelation(event, {})).toMatchObject({ correlationId: 'c-1', source: 'function-url' });
  });

  it('answers as the function says, and continues the trace of its caller', async () => {
    const { url } = await serveUrl('echo');
    const root = '1-67891233-abcdef012345678912345678';
    const response = await fetch(url, {
      headers: { 'X-Amzn-Trace-Id': `Root=${root};Parent=1234567890abcdef;Sampled=1` },
    });
    expect([response.status, response.headers.get('x-kind')]).toEqual([201, 'echo']);
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(response.headers.get('x-amzn-requestid')).toBe(harness.reports[0]?.requestId);
    const segments = harness.segments();
    expect(segments.map(({ origin }) => origin)).toEqual(['AWS::Lambda', 'AWS::Lambda::Function']);
    expect(segments[0]).toMatchObject({ trace_id: root, parent_id: '1234567890abcdef' });
  });

  it('answers 502 when the function fails, 429 when it is throttled, 413 when the event is too large', async () => {
    const failing = await serveUrl('fails');
    const response = await fetch(failing.url);
    expect([response.status, await response.text()]).toEqual([502, 'Internal Server Error']);
    expect(failing.log[0]?.reason).toContain('TypeError');
    const throttled = await serveUrl('echo', {}, () => Promise.reject(new ThrottledError('busy')));
    expect((await fetch(throttled.url)).status).toBe(429);
    const { url } = await serveUrl('echo');
    expect((await fetch(url, { method: 'POST', body: 'x'.repeat(7_000_000) })).status).toBe(413);
  });

  it('with IAM takes signed requests only, and tells the function who signed', async () => {
    const { url, log } = await serveUrl('echo', { AuthType: 'AWS_IAM' });
    expect((await fetch(url)).status).toBe(403);
    const authorization =
      'AWS4-HMAC-SHA256 Credential=AKIA/20261130/eu-central-1/lambda/aws4_request, SignedHeaders=host, Signature=0';
    const response = await fetch(url, { headers: { authorization } });
    expect(await response.json()).toMatchObject({
      requestContext: { accountId: '000000000000', authorizer: { iam: { accessKey: 'AKIA' } } },
    });
    expect(log.at(-1)?.reason).toContain('the signature is not checked');
  });

  it('answers CORS as the template has it, whatever the function says of it', async () => {
    const { url } = await serveUrl('echo', {
      Cors: {
        AllowOrigins: ['https://shop.example'],
        AllowMethods: ['PUT'],
        AllowHeaders: ['x-a'],
        MaxAge: 60,
      },
    });
    const origin = 'https://shop.example';
    const preflight = await fetch(url, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'PUT' },
    });
    expect(Object.fromEntries(preflight.headers)).toMatchObject({
      'access-control-allow-origin': origin,
      'access-control-allow-methods': 'PUT',
      'access-control-allow-headers': 'x-a',
      'access-control-max-age': '60',
    });
    const response = await fetch(url, { headers: { origin } });
    expect(response.headers.get('access-control-allow-origin')).toBe(origin);
  });
});

describe('the URL of a function that streams', () => {
  it('sends what the function writes as it comes', async () => {
    const { url, log } = await serveUrl('inTwoParts', STREAM);
    let goOn: (() => void) | undefined;
    const gate = createServer((_request, response) => {
      goOn = () => response.end();
    }).listen(0, '127.0.0.1');
    onTestFinished(() => void gate.close());
    await until(() => gate.listening, 'the gate');

    const response = await fetch(`${url}/?until=http://127.0.0.1:${(gate.address() as AddressInfo).port}`);
    expect([response.status, response.headers.get('x-kind')]).toEqual([202, 'stream']);
    expect(response.headers.getSetCookie()).toEqual(['c=3']);
    const reader = response.body?.getReader() as ReadableStreamDefaultReader<Uint8Array> | undefined;
    expect(new TextDecoder().decode((await reader?.read())?.value)).toBe('one ');
    // The function still waits.
    (await until(() => goOn, 'the function at the gate'))();
    expect(new TextDecoder().decode((await reader?.read())?.value)).toBe('two');
    expect((await reader?.read())?.done).toBe(true);
    await until(() => log.length === 1, 'the log');
    expect(log[0]).toMatchObject({ status: 202, functionName: 'inTwoParts' });
  });

  it('answers 200 with the type that the function gives', async () => {
    const { url } = await serveUrl('plain', STREAM);
    const response = await fetch(url);
    expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
      200,
      'text/csv',
      'a,b',
    ]);
  });

  it('breaks off when the function fails in the middle, and answers 502 when it fails before', async () => {
    const { url, log } = await serveUrl('breaks', STREAM);
    expect((await fetch(`${url}/at-once`)).status).toBe(502);
    const response = await fetch(url);
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow('terminated');
    await until(() => log.length === 2, 'the log');
    expect(log[1]?.reason).toContain('broken off: the function failed (TypeError)');
  });

  it('answers 502 to metadata that is no response', async () => {
    const { url, log } = await serveUrl('misses', STREAM);
    expect((await fetch(url)).status).toBe(502);
    expect(log[0]?.reason).toContain('statusCode must be an integer from 200 to 599');
  });

  it('sends the result of a function that does not stream as it is, and says so', async () => {
    const { url, log } = await serveUrl('echo', STREAM);
    const response = await fetch(url);
    expect([response.status, response.headers.get('content-type')]).toEqual([
      200,
      'application/octet-stream',
    ]);
    expect(await response.json()).toMatchObject({ statusCode: 201 });
    expect(log[0]?.reason).toContain('does not stream');
  });

  it('is a plain answer where the URL is buffered', async () => {
    const { url } = await serveUrl('page');
    const response = await fetch(url);
    expect([response.status, await response.text()]).toEqual([201, '<h1>Grüße</h1>']);
  });
});

describe('function URLs of a template', () => {
  it('have addresses that become local ones in the environment of functions', () => {
    const { service } = readResources(
      {
        Work: lambdaFunction({
          Environment: { Variables: { SELF: { 'Fn::GetAtt': ['Url', 'FunctionUrl'] } } },
        }),
        Other: lambdaFunction({
          FunctionName: 'other',
          Environment: { Variables: { NEXT: { 'Fn::Sub': '${Url.FunctionUrl}orders?a=1' } } },
        }),
        Url: { Type: 'AWS::Lambda::Url', Properties: { TargetFunctionArn: 'work', AuthType: 'NONE' } },
      },
      { endpointOf: (index) => `http://127.0.0.1:${3000 + index}` },
    );
    // `Work` and its URL refer to each other in AWS's way: by name.
    expect(service.functions.map(({ environment }) => environment)).toEqual([
      { SELF: 'http://127.0.0.1:3000/' },
      { NEXT: 'http://127.0.0.1:3000/orders?a=1' },
    ]);
  });

  it('of functions that do not run here are named', () => {
    const { service, warnings } = readResources({
      Work: lambdaFunction({ Runtime: 'python3.13' }),
      Url: { Type: 'AWS::Lambda::Url', Properties: { TargetFunctionArn: { Ref: 'Work' }, AuthType: 'NONE' } },
    });
    expect(service.functionUrls).toEqual([]);
    expect(warnings).toContain('The URL of the function work is not served: the function is not run locally');
  });
});
