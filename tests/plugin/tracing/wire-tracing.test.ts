import { describe, expect, it } from 'vitest';
import type { Properties } from '../../../local/template/index.ts';
import type { ResourceMap } from '../../../plugin/alarms/alarm-resources.ts';
import { wireTracing } from '../../../plugin/tracing/wire-tracing.ts';

const defaultRole = { 'Fn::GetAtt': ['IamRoleLambdaExecution', 'Arn'] };

function lambda(name: string, more: Properties = {}) {
  return {
    Type: 'AWS::Lambda::Function',
    Properties: {
      FunctionName: `shop-dev-${name}`,
      Timeout: 60,
      Role: defaultRole,
      Environment: { Variables: { TABLE: { Ref: 'Table' } } },
      ...more,
    },
  };
}

function role(statements: readonly unknown[] = [], more: Properties = {}) {
  return {
    Type: 'AWS::IAM::Role',
    Properties: { Policies: [{ PolicyName: 'own', PolicyDocument: { Statement: statements } }], ...more },
  };
}

const template: ResourceMap = {
  IamRoleLambdaExecution: role([], { Path: '/shop/', PermissionsBoundary: 'arn:aws:iam::1:policy/boundary' }),
  Pay: lambda('pay'),
  Refund: lambda('refund', { Tags: [{ Key: 'team', Value: 'money' }] }),
  OnAlarm: lambda('on-alarm'),
  LanternAlarmTopic: { Type: 'AWS::SNS::Topic', Properties: {} },
};

const names = new Map(['pay', 'refund', 'on-alarm'].map((key) => [key, `shop-dev-${key}`]));

function wire(resources = template, settings = {}, more = {}) {
  return wireTracing(resources, {
    service: 'shop',
    stage: 'dev',
    settings: { onAlarm: 'on-alarm', ...settings },
    names,
    topic: { Ref: 'LanternAlarmTopic' },
    ...more,
  });
}

function arn(name: string) {
  return {
    'Fn::Sub': `arn:\${AWS::Partition}:lambda:\${AWS::Region}:\${AWS::AccountId}:function:shop-dev-${name}`,
  };
}

interface Statement {
  readonly Sid?: string;
  readonly Action: readonly string[];
  readonly Resource: unknown;
}

function statementsOf(resources: ResourceMap, logicalId: string): readonly Statement[] {
  const { Policies: policies } = resources[logicalId]?.Properties as {
    Policies: ReadonlyArray<{ PolicyDocument: { Statement: readonly Statement[] } }>;
  };
  return policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
}

/** The logical ids that a resource needs before it can be made. */
function needs(resource: unknown): string[] {
  const text = JSON.stringify(resource);
  return [...text.matchAll(/"Ref":"(\w+)"|"Fn::GetAtt":\["(\w+)"/g)].map(([, ref, att]) => ref ?? att ?? '');
}

describe('the function that alarms call', () => {
  it('may change the functions of the service, end their tracing and write its log, and nothing else', () => {
    const { resources, warnings } = wire();
    expect(warnings).toEqual([]);
    const statements = statementsOf(resources, 'LanternTracingRole');
    expect(statements.map(({ Sid, Action }) => [Sid, Action])).toEqual([
      ['Logs', ['logs:CreateLogStream', 'logs:PutLogEvents']],
      [
        'SwitchTracing',
        ['lambda:GetFunctionConfiguration', 'lambda:ListTags', 'lambda:UpdateFunctionConfiguration'],
      ],
      ['RememberAlarms', ['lambda:TagResource', 'lambda:UntagResource']],
      ['EndOfTracing', ['scheduler:CreateSchedule', 'scheduler:GetSchedule', 'scheduler:UpdateSchedule']],
      ['RoleOfTheSchedules', ['iam:PassRole']],
    ]);
    expect(statements[1]?.Resource).toEqual([arn('pay'), arn('refund')]);
    expect(statements[2]).toMatchObject({
      Resource: [arn('pay'), arn('refund')],
      Condition: { 'ForAllValues:StringLike': { 'aws:TagKeys': ['lantern:tracing:*'] } },
    });
    expect(JSON.stringify(statements)).not.toMatch(/"Resource":\[?"\*"/);
    expect(JSON.stringify(statements[3]?.Resource)).toContain(':schedule/shop-dev-tracing/*');
    expect(resources.LanternTracingRole?.Properties).toMatchObject({
      Path: '/shop/',
      PermissionsBoundary: 'arn:aws:iam::1:policy/boundary',
    });
    expect(resources.OnAlarm?.Properties.Role).toEqual({ 'Fn::GetAtt': ['LanternTracingRole', 'Arn'] });
  });

  it('is called by the topic of the alarms, and by the schedules through a role of theirs', () => {
    const { resources } = wire();
    expect(resources.LanternTracingSubscription?.Properties).toEqual({
      TopicArn: { Ref: 'LanternAlarmTopic' },
      Protocol: 'lambda',
      Endpoint: { 'Fn::GetAtt': ['OnAlarm', 'Arn'] },
    });
    expect(resources.LanternTracingPermission?.Properties).toMatchObject({
      Principal: 'sns.amazonaws.com',
      SourceArn: { Ref: 'LanternAlarmTopic' },
    });
    expect(statementsOf(resources, 'LanternTracingScheduleRole')).toEqual([
      { Effect: 'Allow', Action: ['lambda:InvokeFunction'], Resource: arn('on-alarm') },
    ]);
    expect(resources.LanternTracingScheduleGroup?.Properties).toEqual({ Name: 'shop-dev-tracing' });
    expect(resources.LanternTracingScheduleRole?.Properties.AssumeRolePolicyDocument).toMatchObject({
      Statement: [
        {
          Principal: { Service: 'scheduler.amazonaws.com' },
          Condition: {
            StringEquals: {
              'aws:SourceAccount': { Ref: 'AWS::AccountId' },
              'aws:SourceArn': {
                'Fn::Sub':
                  'arn:${AWS::Partition}:scheduler:${AWS::Region}:${AWS::AccountId}:schedule-group/shop-dev-tracing',
              },
            },
          },
        },
      ],
    });
  });

  it('hears from EventBridge of alarms that tell no topic, and of no other service', () => {
    const alarm = (AlarmName: string) => ({ Type: 'AWS::CloudWatch::Alarm', Properties: { AlarmName } });
    const { resources } = wire({ ...template, Own: alarm('pay is slow') });
    const arnOf = (name: string) => ({
      'Fn::Sub': `arn:\${AWS::Partition}:cloudwatch:\${AWS::Region}:\${AWS::AccountId}:alarm:${name}`,
    });
    expect(resources.LanternTracingRule?.Properties).toMatchObject({
      EventPattern: {
        source: ['aws.cloudwatch'],
        'detail-type': ['CloudWatch Alarm State Change'],
        resources: [{ prefix: arnOf('shop-dev-') }, arnOf('pay is slow')],
        detail: { state: { value: ['ALARM', 'OK'] } },
      },
      Targets: [{ Arn: { 'Fn::GetAtt': ['OnAlarm', 'Arn'] } }],
    });
    expect(resources.LanternTracingRulePermission?.Properties).toMatchObject({
      Principal: 'events.amazonaws.com',
      SourceArn: { 'Fn::GetAtt': ['LanternTracingRule', 'Arn'] },
    });
  });

  it('hears of the alarms of the service only, where others use the topic too', () => {
    const alarm = (AlarmName: string) => ({ Type: 'AWS::CloudWatch::Alarm', Properties: { AlarmName } });
    const shared = wire(
      { ...template, Own: alarm('pay is slow'), Usual: alarm('shop-dev-pay-errors') },
      {},
      {
        topic: 'arn:aws:sns:eu-west-1:1:everybody',
      },
    );
    const alarmArn = (name: string) => ({
      'Fn::Sub': `arn:\${AWS::Partition}:cloudwatch:\${AWS::Region}:\${AWS::AccountId}:alarm:${name}`,
    });
    expect(shared.resources.LanternTracingSubscription?.Properties).toMatchObject({
      FilterPolicyScope: 'MessageBody',
      FilterPolicy: { AlarmArn: [{ prefix: alarmArn('shop-dev-') }, alarmArn('pay is slow')] },
    });
  });

  it('is told the group, the role and the longest time, and keeps its own variables', () => {
    const { resources } = wire(template, { longest: '15m' });
    expect(resources.OnAlarm?.Properties.Environment).toEqual({
      Variables: {
        TABLE: { Ref: 'Table' },
        LANTERN_TRACING_SCHEDULE_GROUP: { Ref: 'LanternTracingScheduleGroup' },
        LANTERN_TRACING_SCHEDULE_ROLE: { 'Fn::GetAtt': ['LanternTracingScheduleRole', 'Arn'] },
        LANTERN_TRACING_LONGEST: '15',
      },
    });
  });

  it('needs nothing that needs it', () => {
    // A function that calls the switch: its ARN in a role of the switch would close a circle.
    const calling = lambda('pay', {
      Environment: { Variables: { SWITCH: { 'Fn::GetAtt': ['OnAlarm', 'Arn'] } } },
    });
    const { resources } = wire({ ...template, Pay: calling });
    const reach = (logicalId: string, path: readonly string[]): void => {
      expect(path).not.toContain(logicalId);
      for (const next of needs(resources[logicalId]))
        if (Object.hasOwn(resources, next)) reach(next, [...path, logicalId]);
    };
    for (const logicalId of Object.keys(resources)) reach(logicalId, []);
  });

  it('keeps a role of its own, with a warning', () => {
    const own = { 'Fn::GetAtt': ['MyRole', 'Arn'] };
    const { resources, warnings } = wire({
      ...template,
      MyRole: role(),
      OnAlarm: lambda('on-alarm', { Role: own }),
    });
    expect(resources.OnAlarm?.Properties.Role).toEqual(own);
    expect(resources.LanternTracingRole).toBeUndefined();
    expect(warnings).toEqual([expect.stringContaining('on-alarm has a role of its own')]);
  });

  it('may do what serverless.yml says about it: dead letters, a network, tracing', () => {
    const onAlarm = lambda('on-alarm', {
      DeadLetterConfig: { TargetArn: { 'Fn::GetAtt': ['Dead', 'Arn'] } },
      VpcConfig: { SubnetIds: ['s'] },
      TracingConfig: { Mode: 'Active' },
    });
    const { resources } = wire({ ...template, OnAlarm: onAlarm });
    const actions = statementsOf(resources, 'LanternTracingRole').flatMap(({ Action }) => Action);
    expect(actions).toEqual(expect.arrayContaining(['sqs:SendMessage', 'xray:PutTraceSegments']));
    expect(JSON.stringify(resources.LanternTracingRole)).toContain('AWSLambdaVPCAccessExecutionRole');
  });

  it('is warned about when its time is short', () => {
    const { warnings } = wire({ ...template, OnAlarm: lambda('on-alarm', { Timeout: 6 }) });
    expect(warnings).toEqual([expect.stringContaining('give it a timeout of 60')]);
  });

  it('may use the keys with which functions encrypt their environment', () => {
    const { resources } = wire({ ...template, Pay: lambda('pay', { KmsKeyArn: { Ref: 'Key' } }) });
    const statement = statementsOf(resources, 'LanternTracingRole').find(({ Action }) =>
      Action.includes('kms:Decrypt'),
    );
    expect(statement?.Resource).toEqual([{ Ref: 'Key' }]);
    expect(JSON.stringify(statement)).toContain('kms:ViaService');
  });
});

describe('the other functions', () => {
  it('may be traced: their roles allow it, once', () => {
    const own = { 'Fn::GetAtt': ['PayRole', 'Arn'] };
    const traced = role([{ Effect: 'Allow', Action: ['xray:PutTraceSegments'], Resource: ['*'] }]);
    const { resources } = wire({ ...template, PayRole: traced, Pay: lambda('pay', { Role: own }) });
    expect(resources.PayRole).toEqual(traced);
    const statements = statementsOf(resources, 'IamRoleLambdaExecution');
    expect(statements.filter(({ Action }) => Action.includes('xray:PutTraceSegments'))).toHaveLength(1);
  });

  it('are named in a warning when their role is elsewhere', () => {
    const { warnings } = wire({ ...template, Pay: lambda('pay', { Role: 'arn:aws:iam::1:role/theirs' }) });
    expect(warnings).toEqual([expect.stringContaining('The role of shop-dev-pay is not in the template')]);
  });

  it('that are never to be traced are tagged, and may be looked at only; the switch is one of them', () => {
    const { resources } = wire(template, { never: ['refund'] });
    const tagsOf = (logicalId: string) => resources[logicalId]?.Properties.Tags;
    expect(tagsOf('Pay')).toBeUndefined();
    expect(tagsOf('Refund')).toEqual([
      { Key: 'team', Value: 'money' },
      { Key: 'lantern:tracing', Value: 'never' },
    ]);
    expect(tagsOf('OnAlarm')).toEqual([{ Key: 'lantern:tracing', Value: 'never' }]);
    const [, change, remember, look] = statementsOf(resources, 'LanternTracingRole');
    expect([change?.Resource, remember?.Resource]).toEqual([[arn('pay')], [arn('pay')]]);
    expect([look?.Sid, look?.Action, look?.Resource]).toEqual([
      'LookOnly',
      ['lambda:GetFunctionConfiguration', 'lambda:ListTags'],
      [arn('refund')],
    ]);
  });

  it('are not too many for a role to name', () => {
    const many = new Map([
      ...names,
      ...Array.from({ length: 80 }, (_, i) => [`f${i}`, `shop-dev-f${i}`] as const),
    ]);
    expect(() => wire(template, {}, { names: many })).toThrow(
      'can name 70 functions, but the service has 82 others',
    );
  });
});

describe('the template', () => {
  it('that was given is not changed', () => {
    const before = structuredClone(template);
    wire(template, { never: ['refund'] });
    expect(template).toEqual(before);
  });

  it('that lacks the function is refused', () => {
    const { OnAlarm: _onAlarm, ...others } = template;
    expect(_onAlarm).toBeDefined();
    expect(() => wire(others)).toThrow('no function with the name shop-dev-on-alarm');
  });
});
