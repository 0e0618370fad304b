import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AlarmPlan } from '../../plugin/alarms/alarm-plan.ts';
import { checkAlarms } from '../../plugin/alarms/check/check-alarms.ts';
import { readInventory } from '../../local/template/index.ts';
import type { ProjectCopy } from '../helpers/project-copy.ts';
import { addService, copyProject } from '../helpers/project-copy.ts';
import type { Run } from '../helpers/run.ts';
import { runServerless } from '../helpers/run.ts';

interface Resource {
  readonly Type: string;
  readonly Condition?: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}
type Resources = Readonly<Record<string, Resource>>;

let project: ProjectCopy;
let warehouse: string;

beforeAll(async () => {
  project = await copyProject();
  warehouse = await addService(project, 'large');
});
afterAll(() => project.remove());

async function serverless(directory: string, ...args: string[]): Promise<string> {
  return (await succeeded(directory, ...args)).stdout();
}

async function succeeded(directory: string, ...args: string[]): Promise<Run> {
  const run = runServerless(args, directory);
  if ((await run.exited) !== 0) throw new Error(run.output());
  return run;
}

async function refused(directory: string, ...args: string[]): Promise<string> {
  const run = runServerless(args, directory);
  expect(await run.exited, run.output()).not.toBe(0);
  return run.output();
}

async function templateIn(directory: string): Promise<{ readonly Resources: Resources }> {
  const file = join(directory, '.serverless/cloudformation-template-update-stack.json');
  return JSON.parse(await readFile(file, 'utf8')) as { Resources: Resources };
}

function ofType(resources: Resources, type: string): readonly Resource[] {
  return Object.values(resources).filter(({ Type }) => Type === type);
}

/** Changes the copy's serverless.yml for as long as `use` runs. */
async function withYml(change: (yml: string) => string, use: () => Promise<void>): Promise<void> {
  const file = join(project.directory, 'serverless.yml');
  const yml = await readFile(file, 'utf8');
  const changed = change(yml);
  expect(changed).not.toBe(yml);
  try {
    await writeFile(file, changed);
    await use();
  } finally {
    await writeFile(file, yml);
  }
}

function underAlarms(lines: string) {
  return (yml: string) => yml.replace('    alarms:\n', `    alarms:\n${lines}\n`);
}

describe('the shop', () => {
  it('has its alarms in the template, with what serverless alarms says', async () => {
    const stdout = await serverless(project.directory, 'alarms', '--format', 'json', '--stage', 'prod');
    const planned = JSON.parse(stdout) as AlarmPlan & { readonly service: string };
    await serverless(project.directory, 'package', '--stage', 'prod');
    const { Resources: resources } = await templateIn(project.directory);

    expect(planned.service).toBe('order-shop');
    const names = ofType(resources, 'AWS::CloudWatch::Alarm').map(({ Properties }) => Properties.AlarmName);
    expect(planned.alarms.map(({ name }) => name)).toEqual(names);
    expect(names).toEqual(
      expect.arrayContaining([
        'order-shop-prod-create-order-errorRate',
        'order-shop-prod-fulfil-order-timeouts',
        // Its alarms call it, though its subscription comes after them.
        'order-shop-prod-on-alarm-asyncDropped',
        'order-shop-prod-ApiGatewayRestApi-serverErrors',
        'order-shop-prod-FulfilmentDeadLetterQueue-deadLetters',
        'order-shop-prod-OrdersTable-throttles',
        'order-shop-prod-account-concurrency',
      ]),
    );
    expect(resources.LanternAlarmTakeDashpaymentLambdaFunctionDuration?.Properties).toMatchObject({
      Threshold: 1500,
      ExtendedStatistic: 'p99',
      Dimensions: [{ Name: 'FunctionName', Value: 'order-shop-prod-take-payment' }],
    });
    // Its symptoms are counted in the budget of the API: what that does not measure is a ticket.
    expect(resources.LanternAlarmTakeDashpaymentLambdaFunctionUnhealthy?.Properties).toMatchObject({
      AlarmActions: [{ Ref: 'LanternAlarmTopic' }],
      ActionsSuppressor: 'order-shop-prod-ApiGatewayRestApi-fastBurn',
    });
    expect(resources.LanternServiceUnhealthy?.Properties.AlarmName).toBe('order-shop-prod-unhealthy');
    expect(planned.skipped).toEqual([]);
  });

  it('prints its alarms as a table on standard output, and nothing else', async () => {
    const stdout = await serverless(project.directory, 'alarms');
    expect(stdout).toMatch(/^Alarms of order-shop in the stage dev, eu-west-1: \d+\n/);
    expect(stdout).toMatch(/^ {2}\* duration +> 1500 ms +3 of 5 min +25 % of its timeout of 6 s/m);
  });

  it('is not packaged with mistakes in the settings, each named by its path', async () => {
    await withYml(
      (yml) =>
        underAlarms('      resources: { OrderTable: false }')(yml).replace(
          '        take-payment:\n',
          '        take-paymnt:\n',
        ),
      async () => {
        const output = await refused(project.directory, 'package');
        expect(output).toContain('The settings of the alarms have mistakes:');
        expect(output).toContain(
          '- custom.lantern.alarms.functions.take-paymnt: there is no such function; did you mean take-payment?',
        );
        expect(output).toContain('did you mean OrdersTable?');
      },
    );
  });

  it('has its logs protected where it is asked for, with the alarms and the price of that', async () => {
    await withYml(
      (yml) =>
        yml.replace(
          '    alarms:\n',
          '    dataProtection: { categories: [contact], findings: { retention: 30 } }\n    alarms:\n',
        ),
      async () => {
        await serverless(project.directory, 'package');
        const { Resources: resources } = await templateIn(project.directory);
        const groups = ofType(resources, 'AWS::Logs::LogGroup').map(({ Properties }) => Properties);
        const functions = ofType(resources, 'AWS::Lambda::Function').length;
        expect(groups.filter((group) => 'DataProtectionPolicy' in group)).toHaveLength(functions);
        expect(resources.LanternFindingsLogGroup?.Properties).toEqual({
          LogGroupName: '/aws/vendedlogs/order-shop-dev-findings',
          RetentionInDays: 30,
        });
        expect(resources.LanternAlarmTakeDashpaymentLambdaFunctionPersonalData?.Properties).toMatchObject({
          AlarmName: 'order-shop-dev-take-payment-personalData',
          AlarmActions: [{ Ref: 'LanternAlarmTopic' }],
        });
        expect(await serverless(project.directory, 'alarms', '--cost')).toMatch(
          /GB of logs that data protection scans +2 +0\.12 /,
        );
      },
    );
  });

  it('has a function compose its messages where it is asked for, with what that needs and what it costs', async () => {
    const handler = join(project.directory, 'src/handlers/tell-alarm.ts');
    await writeFile(handler, `export { handler } from 'serverless-lambda-lantern/tell-alarm';\n`);
    const composed = (yml: string): string =>
      underAlarms(
        '      actions: { email: [on-call@example.com], message: { function: tell-alarm, bus: default } }',
      )(yml).replace(
        '\nfunctions:\n',
        '\nfunctions:\n  tell-alarm:\n    handler: src/handlers/tell-alarm.handler\n    timeout: 30\n\n',
      );
    await withYml(composed, async () => {
      await serverless(project.directory, 'package');
      const { Resources: resources } = await templateIn(project.directory);
      const teller = resources.TellDashalarmLambdaFunction?.Properties;
      expect(teller).toMatchObject({
        Role: { 'Fn::GetAtt': ['LanternMessageRole', 'Arn'] },
        Environment: {
          Variables: {
            LANTERN_MESSAGE_TOPIC: { Ref: 'LanternMessageTopic' },
            LANTERN_MESSAGE_BUS: 'default',
            POWERTOOLS_SERVICE_NAME: 'order-shop',
          },
        },
      });
      const [email] = ofType(resources, 'AWS::SNS::Subscription').filter(
        ({ Properties }) => Properties.Protocol === 'email',
      );
      expect(email?.Properties.TopicArn).toEqual({ Ref: 'LanternMessageTopic' });
      expect(JSON.stringify(resources.LanternMessageRole)).toContain('function:order-shop-dev-take-payment');
      // What tells is watched, and tells of itself without itself.
      expect(resources.LanternAlarmTellDashalarmLambdaFunctionUnhealthy?.Properties).toMatchObject({
        AlarmActions: [{ Ref: 'LanternMessageTopic' }],
      });
      expect(await serverless(project.directory, 'alarms', '--cost')).toMatch(
        /GB-seconds that compose messages/,
      );
    });
    await withYml(
      (yml) => composed(yml).replace('function: tell-alarm', 'function: on-alarm'),
      async () => {
        expect(await refused(project.directory, 'package')).toContain(
          'custom.lantern.alarms.actions.message.function: on-alarm turns tracing on and off',
        );
      },
    );
    await rm(handler);
  });

  it('is not packaged with mistakes in the settings of data protection', async () => {
    await withYml(
      (yml) => yml.replace('    alarms:\n', '    dataProtection: { categories: [emails] }\n    alarms:\n'),
      async () => {
        expect(await refused(project.directory, 'package')).toContain(
          '- custom.lantern.dataProtection.categories.0: expected one of credentials, contact, identity,',
        );
      },
    );
  });

  it('is not packaged with an alarm that could never ring', async () => {
    await withYml(
      (yml) => yml.replace('duration: { share: 0.25 }', 'duration: { threshold: 6000 }'),
      async () => {
        expect(await refused(project.directory, 'package')).toContain(
          '- order-shop-dev-take-payment-duration: it can never ring: the value is from above 0 to 6000 ms',
        );
      },
    );
  });

  it('has the form of its settings checked by the framework', async () => {
    await withYml(
      (yml) => yml.replace('duration: { share: 0.25 }', 'duration: fast'),
      async () => {
        expect(await refused(project.directory, 'package')).toMatch(
          /custom\.lantern\.alarms.*functions.*take-payment.*duration/,
        );
      },
    );
  });

  it('has no alarms where its stage has none, and keeps the topic that something subscribes to', async () => {
    await withYml(
      (yml) =>
        underAlarms('      stages: { dev: false }')(yml).replace(
          '    FulfilmentSubscription:\n',
          `    OnAlarm:
      Type: AWS::SNS::Subscription
      Properties: { TopicArn: !Ref LanternAlarmTopic, Protocol: email, Endpoint: on-call@example.com }

    FulfilmentSubscription:\n`,
        ),
      async () => {
        await serverless(project.directory, 'package');
        const { Resources: resources } = await templateIn(project.directory);
        expect(ofType(resources, 'AWS::CloudWatch::Alarm')).toEqual([]);
        expect(resources.LanternAlarmTopic?.Properties).toEqual({ TopicName: 'order-shop-dev-alarms' });
        expect(resources).not.toHaveProperty('LanternAlarmKey');
      },
    );
  });
});

describe('a service of thirty functions and every event source', () => {
  it('is packaged below the limit of CloudFormation, and every alarm passes the check', async () => {
    const run = await succeeded(warehouse, 'alarms', '--format', 'json');
    expect(run.output()).toMatch(
      /Not everything is watched \(\d+\): "serverless alarms" says what is left out/,
    );
    const planned = JSON.parse(run.stdout()) as AlarmPlan;
    await serverless(warehouse, 'package');
    const { Resources: resources } = await templateIn(warehouse);
    expect(Object.keys(resources).length).toBeLessThanOrEqual(500);
    expect(ofType(resources, 'AWS::Lambda::Function')).toHaveLength(30);

    // Without what was added, as the plugin saw it.
    const before = Object.fromEntries(Object.entries(resources).filter(([id]) => !id.startsWith('Lantern')));
    const inventory = readInventory({
      template: { Resources: before },
      service: 'warehouse',
      stage: 'dev',
      region: 'us-east-1',
      functionKeyOf: (name) => name.replace('warehouse-dev-', ''),
    });
    expect(checkAlarms(planned, inventory)).toEqual([]);
    expect(planned.alarms.length).toBeGreaterThan(200);

    const ids = new Set(planned.alarms.map(({ id }) => id));
    for (const id of [
      'function.iteratorAge',
      'function.offsetLag',
      'function.provisionedUtilization',
      'function.concurrency',
      'function.deadLetterErrors',
      'function.destinationFailures',
      'table.indexThrottles',
      'topic.redriveFailed',
      'schedule.dropped',
      'stateMachine.timedOut',
      'function.executionTimeouts',
      'function.executionStorage',
      'function.environmentCpu',
      'capacityProvider.memory',
      'account.durableExecutions',
      'function.eventsDropped',
      'function.eventsGivenUp',
    ]) {
      expect(ids).toContain(id);
    }
    expect(
      new Set(planned.alarms.filter(({ id }) => id === 'api.latency').map(({ resource }) => resource.key)),
    ).toEqual(new Set(['ApiGatewayRestApi', 'HttpApi', 'WebsocketsApi']));
    expect(planned.skipped[0]).toMatchObject({ id: 'function', resource: { key: 'edge' } });
    expect(new Set(planned.skipped.slice(1).map(({ id }) => id))).toEqual(new Set(['other']));
    // More symptoms than one rule may name.
    expect(ofType(resources, 'AWS::CloudWatch::CompositeAlarm').length).toBeGreaterThan(2);
    expect(resources.LanternAlarmForPartnersAge?.Condition).toBe('IsProduction');
    // Lambda counts the events that alarms watch.
    expect(
      ofType(resources, 'AWS::Lambda::EventSourceMapping').filter(
        ({ Properties }) => 'MetricsConfig' in Properties,
      ),
    ).toHaveLength(2);
    expect(ofType(resources, 'AWS::Chatbot::SlackChannelConfiguration')).toHaveLength(1);
  });

  it('is refused when it would be too large, with what adds most and how to have less', async () => {
    const output = await refused(warehouse, 'package', '--stage', 'everything');
    expect(output).toMatch(/the template has \d+ resources, \d+ more than the 500 that CloudFormation takes/);
    expect(output).toContain('most are added by: function.duration (29)');
    expect(output).toContain('custom.lantern.alarms.defaults.function.memory: false');
  });
});
