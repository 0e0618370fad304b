import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { GetRolePolicyCommand, ListRolePoliciesCommand, ListRolesCommand } from '@aws-sdk/client-iam';
import { GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { ListSubscriptionsCommand } from '@aws-sdk/client-sns';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { EMAIL } from './alarms.ts';
import type { Deployment } from './deployment.ts';
import { prepareDeployment } from './deployment.ts';

const STACK = 'order-shop-dev';
const MESSAGES = `:${STACK}-messages`;

let deployment: Deployment;

beforeAll(async () => {
  deployment = await prepareDeployment();
  const { directory } = deployment;
  const file = join(directory, 'serverless.yml');
  const yml = await readFile(file, 'utf8');
  const changed = yml
    .replace(
      '\n    alarms:\n',
      `\n    alarms:\n      actions: { email: [${EMAIL}], message: { function: tell-alarm, bus: default } }\n`,
    )
    .replace(
      '\nfunctions:\n',
      '\nfunctions:\n  tell-alarm:\n    handler: src/handlers/tell-alarm.handler\n    timeout: 30\n\n',
    );
  expect(changed).toContain('function: tell-alarm');
  await writeFile(file, changed);
  await writeFile(
    join(directory, 'src/handlers/tell-alarm.ts'),
    "export { handler } from 'serverless-lambda-lantern/tell-alarm';\n",
  );
  await deployment.serverless('deploy', '--stage', 'dev');
});
afterAll(() => deployment.stop());

it('deploys a function that composes messages, which knows where to tell and which stack it is of', async () => {
  const { aws } = deployment;
  const { Stacks } = await aws.cloudFormation.send(new DescribeStacksCommand({ StackName: STACK }));
  const { Environment, Timeout } = await aws.lambda.send(
    new GetFunctionConfigurationCommand({ FunctionName: `${STACK}-tell-alarm` }),
  );
  expect(Timeout).toBe(30);
  expect(Environment?.Variables).toMatchObject({
    LANTERN_MESSAGE_TOPIC: expect.stringMatching(new RegExp(`^arn:aws:sns:.*${MESSAGES}$`)) as string,
    LANTERN_MESSAGE_BUS: 'default',
    LANTERN_MESSAGE_SERVICE: 'order-shop',
    LANTERN_MESSAGE_STAGE: 'dev',
    LANTERN_MESSAGE_STACK: Stacks?.[0]?.StackId,
  });
});

it('has the alarms tell that function, and the function people', async () => {
  const { Subscriptions = [] } = await deployment.aws.sns.send(new ListSubscriptionsCommand());
  const topicsOf = (endpoint: RegExp) =>
    Subscriptions.filter(({ Endpoint = '' }) => endpoint.test(Endpoint)).map(({ TopicArn = '' }) =>
      TopicArn.replace(/^.*:/, ':'),
    );
  expect(topicsOf(/tell-alarm$/)).toEqual([`:${STACK}-alarms`]);
  expect(topicsOf(new RegExp(`^${EMAIL}$`))).toEqual([MESSAGES]);
});

it('gives that function a role that may tell and look, and change nothing', async () => {
  const { iam } = deployment.aws;
  const { Roles = [] } = await iam.send(new ListRolesCommand());
  const role = Roles.find(({ RoleName = '' }) => RoleName.includes('LanternMessageRole'))?.RoleName ?? 'none';
  const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName: role }));
  const texts = await Promise.all(
    PolicyNames.map(async (PolicyName) => {
      const { PolicyDocument = '' } = await iam.send(
        new GetRolePolicyCommand({ RoleName: role, PolicyName }),
      );
      return decodeURIComponent(PolicyDocument);
    }),
  );
  const actions = texts.join('\n').match(/"(\w+:\w+)"/g) ?? [];
  expect(new Set(actions.map((action) => action.replaceAll('"', '')))).toEqual(
    new Set([
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      'sns:Publish',
      'kms:Decrypt',
      'kms:GenerateDataKey',
      'kms:ViaService',
      'cloudwatch:DescribeAlarms',
      'cloudwatch:DescribeAlarmHistory',
      'cloudformation:DescribeStackEvents',
      'lambda:GetFunctionConfiguration',
      'lambda:ListTags',
      'events:PutEvents',
      'events:source',
      'xray:PutTraceSegments',
      'xray:PutTelemetryRecords',
    ]),
  );
});
