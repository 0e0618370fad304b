import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { ReadServiceOptions } from '../../../local/template/read-service.ts';
import { arn, lambdaFunction, readResources, readTemplate } from './read-template.ts';

/** Templates that `serverless package` (osls 4.3) wrote, without timestamps, hashes and mapping templates. */
async function readFixture(name: string, options: Partial<ReadServiceOptions> = {}) {
  return readTemplate(
    JSON.parse(await readFile(new URL(`../../fixtures/templates/${name}.json`, import.meta.url), 'utf8')),
    {
      endpointOf: (index) => `http://127.0.0.1:${3000 + index}`,
      ...options,
    },
  );
}

describe('the template of a shop, as the Serverless Framework compiles it', () => {
  it('gives its functions', async () => {
    const { service } = await readFixture('shop');
    const shared = {
      POWERTOOLS_SERVICE_NAME: 'shop',
      TABLE_NAME: 'shop-local-orders',
      ORDERS_TOPIC_ARN: arn('sns', 'shop-local-order-placed'),
    };
    expect(service.functions.map(({ key }) => key)).toEqual([
      'create-order',
      'get-order',
      'charge-payment',
      'send-confirmation',
    ]);
    expect(service.functions[0]).toEqual({
      name: 'shop-local-create-order',
      key: 'create-order',
      arn: arn('lambda', 'function:shop-local-create-order'),
      handler: 'src/handlers/create-order.handler',
      codeDirectory: '/packages/shop-local-create-order',
      runtime: 'nodejs24.x',
      memorySize: 512,
      timeout: 10,
      environment: {
        ...shared,
        PAYMENTS_URL: 'http://127.0.0.1:3000',
        STOCK_URL: 'http://127.0.0.1:3001',
        SELF_URL: 'http://127.0.0.1:3001',
      },
      tracingMode: 'Active',
      logFormat: 'JSON',
      logGroup: '/aws/lambda/shop-local-create-order',
      reservedConcurrency: 5,
    });
    expect(service.functions[3]).toMatchObject({
      tracingMode: 'PassThrough',
      logFormat: 'Text',
      environment: {
        ...shared,
        QUEUE_URL: 'http://127.0.0.1:4100/000000000000/shop-local-confirmations',
        DEAD_LETTER_ARN: service.queues[1]?.arn,
      },
    });
  });

  it.each([
    ['says nothing of tracing', {}, {}, true],
    ['has a function that is not to be traced', { TracingConfig: { Mode: 'PassThrough' } }, {}, false],
    ['has a stage that is not to be traced', {}, { TracingEnabled: false }, false],
  ])('is traced unasked only where the template %s', (_, ofFunction, ofStage, expected) => {
    const resources = {
      One: lambdaFunction({ FunctionName: 'one', ...ofFunction }),
      Two: lambdaFunction({ FunctionName: 'two' }),
      Stage: {
        Type: 'AWS::ApiGateway::Stage',
        Properties: { RestApiId: 'x', StageName: 'local', ...ofStage },
      },
    };
    const { service } = readResources(resources, { traceUnasked: true });
    const mode = expected ? 'Active' : 'PassThrough';
    expect(service.functions.map(({ tracingMode }) => tracingMode)).toEqual([mode, mode]);
    expect(service.isTracedUnasked ?? false).toBe(expected);
    expect(readResources(resources).service.isTracedUnasked).toBeUndefined();
  });

  it('gives its APIs', async () => {
    const { service } = await readFixture('shop', { restApiTracing: true });
    expect(service.apis).toEqual([
      {
        id: expect.stringMatching(/^[a-z0-9]{10}$/) as string,
        name: 'local-shop',
        kind: 'REST',
        stage: 'local',
        tracing: true,
        binaryMediaTypes: ['image/png'],
        routes: [
          { method: 'POST', path: '/orders', functionName: 'shop-local-create-order' },
          { method: 'GET', path: '/orders/{orderId}', functionName: 'shop-local-get-order' },
          { method: 'ANY', path: '/files/{proxy+}', functionName: 'shop-local-get-order' },
          { method: 'POST', path: '/payments', functionName: 'shop-local-charge-payment' },
        ],
        mocks: [
          {
            method: 'OPTIONS',
            path: '/orders',
            requestTemplates: {},
            responses: [],
          },
        ],
      },
      {
        id: expect.stringMatching(/^[a-z0-9]{10}$/) as string,
        name: 'local-shop',
        kind: 'HTTP',
        stage: '$default',
        tracing: false,
        binaryMediaTypes: [],
        routes: [
          { method: 'POST', path: '/payments/{paymentId}/refund', functionName: 'shop-local-charge-payment' },
          { method: 'ANY', path: '$default', functionName: 'shop-local-charge-payment' },
        ],
      },
    ]);
  });

  it('gives its messaging and its table', async () => {
    const { service } = await readFixture('shop');
    const [confirmations, deadLetters] = service.queues;
    expect(deadLetters?.name).toMatch(/^shop-local-ConfirmationsDeadLetterQueue-[0-9A-Z]{12}$/);
    expect(confirmations).toMatchObject({
      name: 'shop-local-confirmations',
      arn: arn('sqs', 'shop-local-confirmations'),
    });
    expect(JSON.parse(confirmations?.attributes.RedrivePolicy ?? '')).toEqual({
      deadLetterTargetArn: deadLetters?.arn,
      maxReceiveCount: 3,
    });
    expect(service.subscriptions).toEqual([
      {
        topicArn: service.topics[0]?.arn,
        protocol: 'sqs',
        endpoint: confirmations?.arn,
        attributes: { RawMessageDelivery: 'true', FilterPolicy: '{"kind":["placed"]}' },
      },
    ]);
    expect(service.eventSourceMappings).toEqual([
      {
        uuid: expect.any(String) as string,
        queueArn: confirmations?.arn,
        functionName: 'shop-local-send-confirmation',
        enabled: true,
        batchSize: 5,
        maximumBatchingWindow: 1,
        reportBatchItemFailures: true,
        maximumConcurrency: 4,
      },
    ]);
    expect(service.tables.map(({ name }) => name)).toEqual(['shop-local-orders']);
  });

  it('warns about nothing', async () => {
    const { warnings } = await readFixture('shop');
    expect(warnings).toEqual([]);
  });

  it('gives the same service each time', async () => {
    expect(await readFixture('shop')).toEqual(await readFixture('shop'));
  });
});

describe('the template of a service with every kind of event', () => {
  const options = {
    serviceName: 'everything',
    functionKeyOf: (name: string) => name.replace('everything-local-', ''),
  };

  it('gives the functions, APIs, queues, subscriptions and pollers that can run here', async () => {
    const { service } = await readFixture('every-event', options);
    expect(service.functions.map(({ key }) => key)).toEqual([
      'on-topic',
      'on-everything-else',
      'web',
      'authorize',
    ]);
    expect(service.apis.map(({ kind, routes }) => [kind, routes.map(({ path }) => path)])).toEqual([
      ['REST', ['/']],
      ['HTTP', ['/v2']],
    ]);
    expect(service.queues.map(({ name }) => name)).toContain('work-blue.fifo');
    expect(service.subscriptions).toHaveLength(3);
    expect(new Set(service.subscriptions.map(({ endpoint }) => endpoint))).toEqual(
      new Set([arn('lambda', 'function:everything-local-on-topic')]),
    );
    expect(service.eventSourceMappings.map(({ functionName }) => functionName)).toEqual([
      'everything-local-on-everything-else',
    ]);
  });

  it('warns about each thing that does not run here, or runs otherwise', async () => {
    const { warnings } = await readFixture('every-event', options);
    const expected = [
      'its runtime is "python3.13"',
      'packaged as a container image',
      'custom-resource-apigw-cw-role is not run locally: it only serves the deployment',
      'runs without its layers',
      'does not serve GET /items/{itemId}, POST /legacy: integrations of type AWS are not run locally',
      'serves GET /v2 to whoever signs',
      'receives nothing from arn:aws:kinesis:',
      'is not polled for everything-local-worker',
      'WorkerProvConcLambdaAlias (AWS::Lambda::Alias) is not run locally: nothing is provisioned',
      'OnDashtopicProvConcLambdaAlias',
      'WebSocket APIs are not served',
      'AWS::Logs::SubscriptionFilter',
      'AWS::Kinesis::Stream',
      'AWS::StepFunctions::StateMachine',
    ];
    expect(warnings).toEqual(expected.map((part) => expect.stringContaining(part) as string));
  });
});
