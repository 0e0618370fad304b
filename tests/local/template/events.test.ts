import { describe, expect, it } from 'vitest';
import { arn, lambdaFunction, readResources } from './read-template.ts';

describe('a rule of EventBridge', () => {
  const rule = (properties: Record<string, unknown>, resources: Record<string, unknown> = {}) =>
    readResources({
      Work: lambdaFunction({ FunctionName: 'work' }),
      Rule: {
        Type: 'AWS::Events::Rule',
        Properties: {
          Name: 'on-order',
          Targets: [{ Id: '1', Arn: { 'Fn::GetAtt': ['Work', 'Arn'] } }],
          ...properties,
        },
      },
      ...resources,
    });
  const pattern = { source: ['shop'], detail: { total: [{ numeric: ['>', 0] }] } };

  it('takes events of the default bus to its function', () => {
    const { service, warnings } = rule({ EventPattern: pattern });
    expect(service.rules).toEqual([
      {
        name: 'on-order',
        arn: arn('events', 'rule/on-order'),
        busName: 'default',
        enabled: true,
        pattern,
        targets: [{ id: '1', arn: arn('lambda', 'function:work') }],
      },
    ]);
    expect(warnings).toEqual([]);
  });

  it('may have a schedule, be disabled, and say what its target gets', () => {
    const Target = { Id: 'a', Arn: { 'Fn::GetAtt': ['Work', 'Arn'] } };
    const { service } = rule({
      ScheduleExpression: 'rate(5 minutes)',
      State: 'DISABLED',
      Targets: [
        { ...Target, Input: '{"a":1}' },
        { ...Target, InputPath: '$.detail' },
        {
          ...Target,
          InputTransformer: { InputPathsMap: { id: '$.detail.id' }, InputTemplate: '{"id":<id>}' },
        },
        { ...Target, DeadLetterConfig: { Arn: 'arn:dead' }, SqsParameters: { MessageGroupId: 'g' } },
      ],
    });
    expect(service.rules).toMatchObject([
      {
        enabled: false,
        schedule: 'rate(5 minutes)',
        targets: [
          { input: '{"a":1}' },
          { inputPath: '$.detail' },
          { inputTransformer: { paths: { id: '$.detail.id' }, template: '{"id":<id>}' } },
          { deadLetterArn: 'arn:dead', groupId: 'g' },
        ],
      },
    ]);
  });

  it.each([
    ['its name', { Ref: 'Bus' }],
    ['its ARN', { 'Fn::GetAtt': ['Bus', 'Arn'] }],
  ])('is on a bus of its own, by %s', (_what, EventBusName) => {
    const { service } = rule(
      { EventPattern: pattern, EventBusName },
      { Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'orders' } } },
    );
    expect(service.rules).toMatchObject([
      { name: 'on-order', busName: 'orders', arn: arn('events', 'rule/orders/on-order') },
    ]);
    expect(service.eventBuses.map(({ name }) => name)).toEqual(['default', 'orders']);
  });

  it('reaches queues, topics and buses of the template; the other targets are named', () => {
    const { service, warnings } = rule(
      {
        EventPattern: pattern,
        Targets: [
          { Id: '1', Arn: { 'Fn::GetAtt': ['Queue', 'Arn'] } },
          { Id: '2', Arn: { Ref: 'Topic' } },
          { Id: '3', Arn: { 'Fn::GetAtt': ['Bus', 'Arn'] } },
          { Id: '4', Arn: arn('states', 'stateMachine:approve') },
          { Id: '5', Arn: arn('sqs', 'of-another-team') },
        ],
      },
      {
        Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'q' } },
        Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 't' } },
        Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'b' } },
      },
    );
    expect(service.rules[0]?.targets.map(({ id }) => id)).toEqual(['1', '2', '3']);
    expect(warnings).toEqual([
      expect.stringContaining('The rule on-order takes nothing to arn:aws:states:'),
      expect.stringContaining('of-another-team'),
    ]);
  });

  it.each([
    [{ source: 'shop' }, 'Resources.Rule.Properties.EventPattern: source: expected a list of values'],
    [{ source: [{ Ref: 'Nobody' }] }, 'Nobody'],
    [{ detail: { a: [{ like: 'x' }] } }, 'detail.a: expected one of the operators'],
  ])('whose pattern is %j is left out, and the place is named', (EventPattern, why) => {
    const { service, warnings } = rule({ EventPattern });
    expect(service.rules).toEqual([]);
    expect(warnings).toEqual([expect.stringContaining('Rule (AWS::Events::Rule) is left out')]);
    expect(warnings[0]).toContain(why);
  });
});

describe('a schedule of EventBridge Scheduler', () => {
  it('is read as the request that would create it', () => {
    const { service, warnings } = readResources({
      Work: lambdaFunction({ FunctionName: 'work' }),
      Nightly: {
        Type: 'AWS::Scheduler::Schedule',
        Properties: {
          Name: 'nightly',
          GroupName: { Ref: 'Group' },
          ScheduleExpression: 'cron(0 3 * * ? *)',
          ScheduleExpressionTimezone: 'Europe/Berlin',
          FlexibleTimeWindow: { Mode: 'OFF' },
          State: { Ref: 'AWS::NoValue' },
          Target: { Arn: { 'Fn::GetAtt': ['Work', 'Arn'] }, RoleArn: 'arn:role', Input: '{"job":"clean"}' },
        },
      },
      Group: { Type: 'AWS::Scheduler::ScheduleGroup', Properties: { Name: 'jobs' } },
    });
    expect(service.schedules).toEqual([
      {
        name: 'nightly',
        properties: {
          Name: 'nightly',
          GroupName: 'jobs',
          ScheduleExpression: 'cron(0 3 * * ? *)',
          ScheduleExpressionTimezone: 'Europe/Berlin',
          FlexibleTimeWindow: { Mode: 'OFF' },
          Target: { Arn: arn('lambda', 'function:work'), RoleArn: 'arn:role', Input: '{"job":"clean"}' },
        },
      },
    ]);
    expect([service.scheduleGroups, warnings]).toEqual([['jobs'], []]);
  });
});

describe('asynchronous invocations of a function', () => {
  it('are kept, retried and ended as the template says', () => {
    const { service, warnings } = readResources({
      Work: lambdaFunction({ DeadLetterConfig: { TargetArn: { 'Fn::GetAtt': ['Dead', 'Arn'] } } }),
      Other: lambdaFunction({ FunctionName: 'other' }),
      Dead: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'dead' } },
      Config: {
        Type: 'AWS::Lambda::EventInvokeConfig',
        Properties: {
          FunctionName: { Ref: 'Work' },
          Qualifier: '$LATEST',
          MaximumRetryAttempts: 0,
          MaximumEventAgeInSeconds: '60',
          DestinationConfig: {
            OnSuccess: { Destination: { 'Fn::GetAtt': ['Other', 'Arn'] } },
            OnFailure: { Destination: { 'Fn::GetAtt': ['Dead', 'Arn'] } },
          },
        },
      },
    });
    expect(service.functions.map(({ asynchronous }) => asynchronous)).toEqual([
      {
        maximumRetryAttempts: 0,
        maximumEventAge: 60,
        onSuccess: arn('lambda', 'function:other'),
        onFailure: arn('sqs', 'dead'),
        deadLetterArn: arn('sqs', 'dead'),
      },
      undefined,
    ]);
    expect(warnings).toEqual([]);
  });
});
