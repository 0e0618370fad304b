import { describe, expect, it } from 'vitest';
import { lambdaFunction, readResources } from './read-template.ts';

describe('a rule of EventBridge', () => {
  const rule = (EventPattern: unknown, more: Record<string, unknown> = {}) =>
    readResources({
      Work: lambdaFunction({ FunctionName: 'work' }),
      Rule: {
        Type: 'AWS::Events::Rule',
        Properties: {
          Name: 'on-alarm',
          EventPattern,
          Targets: [
            { Id: '1', Arn: { 'Fn::GetAtt': ['Work', 'Arn'] } },
            { Id: '2', Arn: 'arn:aws:sqs:x:1:queue' },
          ],
          ...more,
        },
      },
    });
  const onAlarms = { source: ['aws.cloudwatch'], 'detail-type': ['CloudWatch Alarm State Change'] };

  it('on changes of alarms takes them to functions', () => {
    const { service, warnings } = rule(onAlarms);
    expect(service.alarmEventRules).toEqual([
      {
        name: 'on-alarm',
        arn: 'arn:aws:events:eu-central-1:000000000000:rule/on-alarm',
        pattern: onAlarms,
        functionNames: ['work'],
      },
    ]);
    expect(warnings).toEqual([]);
  });

  it.each([
    [{ source: ['aws.s3'] }, {}],
    [undefined, { ScheduleExpression: 'rate(1 minute)' }],
    [onAlarms, { EventBusName: 'orders' }],
  ])('on anything else is named as not run: %j', (pattern, more) => {
    const { service, warnings } = rule(pattern, more);
    expect(service.alarmEventRules).toEqual([]);
    expect(warnings).toEqual([
      'Rule (AWS::Events::Rule) is not run locally: its schedule or events call no function',
    ]);
  });

  it('whose pattern cannot be resolved is named as not run', () => {
    const { service, warnings } = rule({ source: [{ Ref: 'Nobody' }] });
    expect(service.alarmEventRules).toEqual([]);
    expect(warnings).toHaveLength(1);
  });

  it('that is disabled takes nothing anywhere', () => {
    expect(rule(onAlarms, { State: 'DISABLED' }).service.alarmEventRules).toEqual([]);
  });
});
