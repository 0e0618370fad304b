import { GetRestApisCommand } from '@aws-sdk/client-api-gateway';
import { DescribeStacksCommand, ListStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DescribeTableCommand, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { GetRolePolicyCommand, ListRolePoliciesCommand, ListRolesCommand } from '@aws-sdk/client-iam';
import { GetFunctionConfigurationCommand, ListEventSourceMappingsCommand } from '@aws-sdk/client-lambda';
import { ListSubscriptionsCommand, ListTopicsCommand } from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand, GetQueueUrlCommand } from '@aws-sdk/client-sqs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inventoryOf } from './account.ts';
import { EMAIL, itHasItsAlarms } from './alarms.ts';
import { itHasItsDashboards } from './dashboards.ts';
import type { Deployment } from './deployment.ts';
import { prepareDeployment } from './deployment.ts';

const STACK = 'order-shop-dev';
const FUNCTIONS = ['create-order', 'get-order', 'fulfil-order', 'take-payment'];
/** Its conditions mean nothing to moto's S3: see aws/server.py. */
const LEFT_OUT_BY_MOTO = ['ServerlessDeploymentBucketPolicy'];

let deployment: Deployment;

beforeAll(async () => {
  deployment = await prepareDeployment();
  await addEmail(deployment.directory);
  await deployment.serverless('deploy', '--stage', 'dev');
});
afterAll(() => deployment.stop());

function configuration(name: string) {
  return deployment.aws.lambda.send(
    new GetFunctionConfigurationCommand({ FunctionName: `${STACK}-${name}` }),
  );
}

async function queue(name: string): Promise<Record<string, string>> {
  const { sqs } = deployment.aws;
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: `${STACK}-${name}` }));
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
  return Attributes ?? {};
}

/** Somebody who is to hear of the alarms; in the service itself there is nobody. */
async function addEmail(directory: string): Promise<void> {
  const file = join(directory, 'serverless.yml');
  const settings = await readFile(file, 'utf8');
  // Of `custom.lantern`, by its indentation.
  const alarms = '\n    alarms:\n';
  expect(settings.includes(alarms)).toBe(true);
  await writeFile(file, settings.replace(alarms, `${alarms}      actions: { email: [${EMAIL}] }\n`));
}

describe('serverless deploy of the shop', () => {
  it('makes every resource of the template but the policy of the bucket, which moto leaves out', async () => {
    const { aws } = deployment;
    const { Stacks } = await aws.cloudFormation.send(new DescribeStacksCommand({ StackName: STACK }));
    expect(Stacks).toMatchObject([{ StackStatus: 'UPDATE_COMPLETE' }]);

    const { StackResourceSummaries = [] } = await aws.cloudFormation.send(
      new ListStackResourcesCommand({ StackName: STACK }),
    );
    const made = new Set(StackResourceSummaries.map(({ LogicalResourceId }) => LogicalResourceId));
    const wanted = Object.keys(await deployment.template());
    expect(wanted.length).toBeGreaterThan(20);
    expect(wanted.filter((id) => !made.has(id))).toEqual(LEFT_OUT_BY_MOTO);
  });

  it('gives the functions their settings, with tracing off and every reference resolved', async () => {
    const { aws } = deployment;
    const [table] = (await aws.dynamodb.send(new ListTablesCommand())).TableNames ?? [];
    const [topic] = (await aws.sns.send(new ListTopicsCommand())).Topics ?? [];
    const [api] = (await aws.apiGateway.send(new GetRestApisCommand())).items ?? [];
    for (const name of FUNCTIONS) {
      const { Environment, ...rest } = await configuration(name);
      expect(rest).toMatchObject({
        Runtime: 'nodejs24.x',
        Handler: `src/handlers/${name}.handler`,
        MemorySize: 512,
        TracingConfig: { Mode: 'PassThrough' },
      });
      expect(Environment?.Variables).toMatchObject({ POWERTOOLS_TRACE_ENABLED: 'false' });
    }
    expect((await configuration('create-order')).Environment?.Variables).toMatchObject({
      ORDERS_TABLE: table,
      ORDER_PLACED_TOPIC: topic?.TopicArn,
    });
    expect((await configuration('fulfil-order')).Environment?.Variables).toMatchObject({
      PAYMENTS_URL: `https://${api?.id}.execute-api.eu-west-1.amazonaws.com/dev`,
    });
  });

  it('leads from the topic through the queue to fulfil-order, and to dead letters', async () => {
    const { aws } = deployment;
    const [fulfilment, deadLetters] = [await queue('fulfilment'), await queue('fulfilment-dead-letters')];
    expect(JSON.parse(fulfilment.RedrivePolicy ?? '')).toMatchObject({
      deadLetterTargetArn: deadLetters.QueueArn,
      maxReceiveCount: 3,
    });
    expect(fulfilment.VisibilityTimeout).toBe('60');
    expect(deadLetters.MessageRetentionPeriod).toBe('1209600');

    const { Subscriptions } = await aws.sns.send(new ListSubscriptionsCommand());
    const subscription = Subscriptions?.find(({ Endpoint }) => Endpoint === fulfilment.QueueArn);
    expect(subscription).toMatchObject({ Protocol: 'sqs' });
    expect(JSON.parse(fulfilment.Policy ?? '')).toMatchObject({
      Statement: [{ Condition: { ArnEquals: { 'aws:SourceArn': subscription?.TopicArn } } }],
    });

    const { EventSourceMappings } = await aws.lambda.send(new ListEventSourceMappingsCommand());
    expect(EventSourceMappings).toMatchObject([
      {
        EventSourceArn: fulfilment.QueueArn,
        BatchSize: 10,
        FunctionArn: (await configuration('fulfil-order')).FunctionArn,
      },
    ]);
  });

  it('keeps orders in a table that can be restored, and logs for a month', async () => {
    const { aws } = deployment;
    const [TableName] = (await aws.dynamodb.send(new ListTablesCommand())).TableNames ?? [];
    const { Table } = await aws.dynamodb.send(new DescribeTableCommand({ TableName }));
    expect(Table).toMatchObject({
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
    });
    const { logGroups = [] } = await aws.logs.send(new DescribeLogGroupsCommand());
    expect(logGroups.map(({ retentionInDays }) => retentionInDays)).toEqual(logGroups.map(() => 30));
    expect(logGroups.map(({ logGroupName }) => logGroupName)).toEqual(
      expect.arrayContaining(FUNCTIONS.map((name) => `/aws/lambda/${STACK}-${name}`)),
    );
  });

  it('grants rights on resources of this stack only, but where AWS has none to name', async () => {
    const { iam } = deployment.aws;
    const { Roles = [] } = await iam.send(new ListRolesCommand());
    const statements: Array<{ Action: string | string[]; Resource: string | string[] }> = [];
    for (const { RoleName } of Roles) {
      const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
      for (const PolicyName of PolicyNames) {
        const { PolicyDocument = '' } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
        const document = JSON.parse(decodeURIComponent(PolicyDocument)) as { Statement: typeof statements };
        statements.push(...document.Statement);
      }
    }
    expect(statements.length).toBeGreaterThan(3);
    const elsewhere = statements.filter(({ Resource }) =>
      [Resource].flat().some((arn) => !arn.includes('order-shop-dev')),
    );
    expect(elsewhere).toMatchObject([
      { Action: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], Resource: ['*'] },
    ]);
  });

  it('switches tracing on with a second deployment', async () => {
    await deployment.serverless('deploy', '--stage', 'dev', '--param', 'tracing=on');
    for (const name of FUNCTIONS) {
      // moto changes no TracingConfig of a function that is there.
      const { Environment } = await configuration(name);
      expect(Environment?.Variables).toMatchObject({ POWERTOOLS_TRACE_ENABLED: 'true' });
    }
  });
});

describe('the deployed shop', () => {
  itHasItsAlarms(() => deployment, STACK, 'dev');
  itHasItsDashboards(() => deployment, STACK);
});

describe('serverless remove of the shop', () => {
  it('leaves nothing but the table of orders, which is to be retained', async () => {
    expect(Object.keys(await inventoryOf(deployment.aws))).toEqual(
      expect.arrayContaining([
        ...['alarms', 'buckets', 'functions', 'keys', 'logGroups', 'metricFilters', 'queues', 'roles'],
        ...['dashboards', 'scheduleGroups', 'stacks', 'subscriptions', 'topics'],
      ]),
    );
    await deployment.serverless('remove', '--stage', 'dev');
    expect(await inventoryOf(deployment.aws)).toEqual({
      tables: [expect.stringMatching(/^order-shop-dev-OrdersTable-/)],
    });
  });
});
