import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { ProjectCopy } from '../helpers/project-copy.ts';
import { copyProject } from '../helpers/project-copy.ts';
import { runServerless } from '../helpers/run.ts';

interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

let project: ProjectCopy;
/** The template of each variant that is packaged. */
const templates: Record<'off' | 'on', Readonly<Record<string, Resource>>> = { off: {}, on: {} };

async function readResources(folder: string): Promise<Readonly<Record<string, Resource>>> {
  const file = join(folder, 'cloudformation-template-update-stack.json');
  return (JSON.parse(await readFile(file, 'utf8')) as { Resources: Record<string, Resource> }).Resources;
}

beforeAll(async () => {
  templates.off = await readResources(inject('packagedShop'));
  project = await copyProject();
  const run = runServerless(['package', '--stage', 'prod', '--param', 'tracing=on'], project.directory);
  if ((await run.exited) !== 0) throw new Error(run.output());
  templates.on = await readResources(join(project.directory, '.serverless'));
});
afterAll(() => project.remove());

function ofType(type: string, tracing: 'off' | 'on' = 'off'): ReadonlyArray<Resource['Properties']> {
  return Object.values(templates[tracing])
    .filter(({ Type }) => Type === type)
    .map(({ Properties }) => Properties);
}

function functions(tracing: 'off' | 'on' = 'off') {
  return Object.fromEntries(
    ofType('AWS::Lambda::Function', tracing).map((properties) => [
      String(properties.FunctionName).replace('order-shop-prod-', ''),
      properties as Record<string, never> & {
        Environment: { Variables: Record<string, unknown> };
        TracingConfig: { Mode: string };
      },
    ]),
  );
}

describe('the packaged template', () => {
  it('has the five functions with their handlers, runtime and JSON logs', () => {
    expect(Object.keys(functions()).sort()).toEqual([
      'create-order',
      'fulfil-order',
      'get-order',
      'on-alarm',
      'take-payment',
    ]);
    for (const [name, definition] of Object.entries(functions())) {
      expect(definition).toMatchObject({
        Handler: `src/handlers/${name}.handler`,
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        LoggingConfig: { LogFormat: 'JSON' },
      });
    }
  });

  it('traces nothing unless told so', () => {
    for (const { TracingConfig, Environment } of Object.values(functions('off'))) {
      expect(TracingConfig.Mode).toBe('PassThrough');
      expect(Environment.Variables.POWERTOOLS_TRACE_ENABLED).toBe('false');
    }
    for (const { TracingConfig, Environment } of Object.values(functions('on'))) {
      expect(TracingConfig.Mode).toBe('Active');
      expect(Environment.Variables.POWERTOOLS_TRACE_ENABLED).toBe('true');
    }
  });

  it('routes the three requests to their functions, over a REST API', () => {
    const methods = ofType('AWS::ApiGateway::Method').map(({ HttpMethod, Integration }) => [
      HttpMethod,
      /\{"Fn::GetAtt":\["(\w+)LambdaFunction"/.exec(JSON.stringify(Integration))?.[1],
    ]);
    expect(methods.sort()).toEqual([
      ['GET', 'GetDashorder'],
      ['POST', 'CreateDashorder'],
      ['POST', 'TakeDashpayment'],
    ]);
    expect(ofType('AWS::ApiGateway::Resource').map(({ PathPart }) => PathPart)).toEqual([
      'orders',
      '{orderId}',
      'payments',
    ]);
    expect(ofType('AWS::ApiGatewayV2::Api')).toEqual([]);
  });

  it('feeds the queue to fulfil-order, which reports the messages that failed', () => {
    expect(ofType('AWS::Lambda::EventSourceMapping')).toMatchObject([
      {
        EventSourceArn: { 'Fn::GetAtt': ['FulfilmentQueue', 'Arn'] },
        FunctionName: { 'Fn::GetAtt': ['FulfilDashorderLambdaFunction', 'Arn'] },
        BatchSize: 10,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
      },
    ]);
    expect(templates.off.FulfilmentQueue?.Properties).toMatchObject({
      VisibilityTimeout: 60,
      RedrivePolicy: {
        deadLetterTargetArn: { 'Fn::GetAtt': ['FulfilmentDeadLetterQueue', 'Arn'] },
        maxReceiveCount: 3,
      },
    });
    expect(ofType('AWS::SNS::Subscription').filter(({ Protocol }) => Protocol === 'sqs')).toMatchObject([
      {
        TopicArn: { Ref: 'OrderPlacedTopic' },
        Protocol: 'sqs',
        Endpoint: { 'Fn::GetAtt': ['FulfilmentQueue', 'Arn'] },
      },
    ]);
  });

  it('grants what the functions use, on the resources they use it on', () => {
    const statements = ofType('AWS::IAM::Role').flatMap(({ Policies }) =>
      (
        Policies as Array<{ PolicyDocument: { Statement: Array<{ Action: string[]; Resource: unknown }> } }>
      ).flatMap(({ PolicyDocument }) => PolicyDocument.Statement),
    );
    const resourceOf = (action: string): unknown =>
      statements.find(({ Action }) => [Action].flat().includes(action))?.Resource;

    expect(resourceOf('dynamodb:PutItem')).toEqual({ 'Fn::GetAtt': ['OrdersTable', 'Arn'] });
    expect(resourceOf('sns:Publish')).toEqual({ Ref: 'OrderPlacedTopic' });
    expect(resourceOf('sqs:ReceiveMessage')).toEqual([{ 'Fn::GetAtt': ['FulfilmentQueue', 'Arn'] }]);
    const actions = statements.flatMap(({ Action }) => Action);
    expect(actions.filter((action) => action.includes('*'))).toEqual([]);
    // X-Ray has no resources that a policy could name.
    const everywhere = statements.filter(({ Resource }) => [Resource].flat().includes('*'));
    expect(everywhere.flatMap(({ Action }) => Action).every((action) => action.startsWith('xray:'))).toBe(
      true,
    );
  });

  it('lets alarms turn tracing on and off, in a role of its own that reaches the functions of the service only', () => {
    const onAlarm = functions()['on-alarm'];
    expect(onAlarm).toMatchObject({
      Role: { 'Fn::GetAtt': ['LanternTracingRole', 'Arn'] },
      Timeout: 60,
      Tags: [{ Key: 'lantern:tracing', Value: 'never' }],
      Environment: { Variables: { LANTERN_TRACING_LONGEST: '60', POWERTOOLS_SERVICE_NAME: 'order-shop' } },
    });
    expect(ofType('AWS::SNS::Subscription').filter(({ Protocol }) => Protocol === 'lambda')).toEqual([
      {
        TopicArn: { Ref: 'LanternAlarmTopic' },
        Protocol: 'lambda',
        Endpoint: { 'Fn::GetAtt': ['OnDashalarmLambdaFunction', 'Arn'] },
      },
    ]);
    const policy = JSON.stringify(templates.off.LanternTracingRole?.Properties);
    const named = new Set([...policy.matchAll(/function:([\w-]+)/g)].map(([, name]) => name));
    const ofTheService = ['create-order', 'fulfil-order', 'get-order', 'take-payment'];
    expect(named).toEqual(new Set(ofTheService.map((key) => `order-shop-prod-${key}`)));
  });

  it('keeps logs for as long as the stage says', () => {
    const groups = ofType('AWS::Logs::LogGroup');
    expect(groups).toHaveLength(5);
    expect(groups.every(({ RetentionInDays }) => RetentionInDays === 365)).toBe(true);
  });

  it('holds bundles that start, with X-Ray in a chunk of its own', async () => {
    const archive = await readFile(join(inject('packagedShop'), 'create-order.zip'));
    const files = Object.entries(unzipSync(archive)).filter(([name]) => name.endsWith('.mjs'));
    const sources = Object.fromEntries(
      files.map(([name, content]) => [name, Buffer.from(content).toString()]),
    );

    const handler = sources['src/handlers/create-order.mjs'] ?? '';
    expect(handler).not.toContain('AWS_XRAY_DAEMON_ADDRESS');
    const importing = (form: RegExp) => Object.values(sources).filter((code) => form.test(code));
    expect(importing(/import\("\.\/xray-tracer-\w+\.mjs"\)/)).not.toEqual([]);
    expect(importing(/from\s*"\.\/xray-tracer-/)).toEqual([]);
    expect(
      Object.entries(sources).some(
        ([name, code]) => name.includes('xray-tracer') && code.includes('AWS_XRAY_DAEMON_ADDRESS'),
      ),
    ).toBe(true);
  });
});
