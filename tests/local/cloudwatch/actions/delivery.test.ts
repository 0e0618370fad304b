import { describe, expect, it } from 'vitest';
import { actionsFunction, alarmAboveZero, startWatched } from '../harness.ts';
import { until } from '../../../helpers/until.ts';

const WORK = 'shop-local-work';
const WATCHER = 'shop-local-watcher';
/** Long enough that a busy machine looks at each of them: an error is in one minute only. */
const MINUTE = 1000;

function onErrors(AlarmActions: unknown[]): object {
  return alarmAboveZero(
    'work-errors',
    {
      Namespace: 'AWS/Lambda',
      MetricName: 'Errors',
      Dimensions: [{ Name: 'FunctionName', Value: WORK }],
      Statistic: 'Sum',
    },
    { TreatMissingData: 'notBreaching', AlarmActions },
  );
}

describe('the actions of an alarm', () => {
  it('invoke functions: the one of the action, and those of rules of EventBridge', async () => {
    const { call, cloudWatch, problems } = await startWatched(
      {
        Work: actionsFunction(WORK),
        Watcher: actionsFunction(WATCHER),
        Errors: onErrors([{ 'Fn::GetAtt': ['Watcher', 'Arn'] }]),
        Unhealthy: {
          Type: 'AWS::CloudWatch::CompositeAlarm',
          Properties: {
            AlarmName: 'unhealthy',
            AlarmRule: 'ALARM("work-errors")',
            AlarmActions: [{ 'Fn::GetAtt': ['Watcher', 'Arn'] }],
          },
        },
        Rule: {
          Type: 'AWS::Events::Rule',
          Properties: {
            Name: 'on-alarm',
            EventPattern: {
              source: ['aws.cloudwatch'],
              'detail-type': ['CloudWatch Alarm State Change'],
              detail: { state: { value: ['ALARM'] }, alarmName: [{ prefix: 'work-' }] },
            },
            Targets: [{ Id: 'watcher', Arn: { 'Fn::GetAtt': ['Watcher', 'Arn'] } }],
          },
        },
      },
      MINUTE,
    );
    const actionsOf = (name: string) => cloudWatch.alarm(name)?.history[0]?.actions ?? [];
    const invocationsOf = (name: string) =>
      cloudWatch
        .metrics()
        .groups.find((group) => group.name === name)
        ?.charts[0]?.series[0]?.points.reduce((sum, { value }) => sum + value, 0) ?? 0;
    await until(() => cloudWatch.alarms().alarms.every(({ state }) => state === 'OK'), 'OK');
    await call(WORK, { action: 'throw' });
    await until(() => invocationsOf('watcher') === 3, 'three invocations of the watcher');

    expect(actionsOf('work-errors')).toEqual([
      `sent to ${WATCHER} by the rule on-alarm`,
      `sent to ${WATCHER}`,
    ]);
    expect(actionsOf('unhealthy')).toEqual([`sent to ${WATCHER}`]);
    expect(cloudWatch.alarm('unhealthy')?.children.map(({ name }) => name)).toEqual(['work-errors']);
    expect(problems).toEqual([]);
  });

  it('that fail are told, and stand in the history', async () => {
    const arns = [
      'arn:aws:sns:eu-central-1:000000000000:nobody',
      'arn:aws:lambda:eu-central-1:000000000000:function:nobody',
      'arn:aws:automate:eu-central-1:ec2:stop',
    ];
    const { call, cloudWatch, problems } = await startWatched(
      { Work: actionsFunction(WORK), Errors: onErrors(arns) },
      MINUTE,
    );
    const actions = () => cloudWatch.alarm('work-errors')?.history[0]?.actions ?? [];
    await call(WORK, { action: 'throw' });
    await until(() => actions().length === 3, 'three outcomes');

    expect([...actions()].sort()).toEqual([
      'arn:aws:automate:eu-central-1:ec2:stop is neither a topic nor a function: it is not called locally',
      'arn:aws:lambda:eu-central-1:000000000000:function:nobody is not a function that runs here',
      expect.stringMatching(/^not published to arn:aws:sns:eu-central-1:000000000000:nobody: /),
    ]);
    expect(problems).toHaveLength(3);
    expect(problems[0]).toMatch(/^An action of an alarm failed: arn:aws:lambda/);
  });
});
