import { describe, expect, it } from 'vitest';
import { eventBridgeEvent, lambdaActionEvent } from '../../../../local/cloudwatch/actions/alarm-event.ts';
import { snsMessage, snsSubject } from '../../../../local/cloudwatch/actions/sns-message.ts';
import type { Transition } from '../../../../local/cloudwatch/actions/transition.ts';
import type { AlarmDefinition } from '../../../../local/template/service.ts';
import { metricAlarm, stat } from '../alarms/metric-alarm.ts';

const AT = Date.UTC(2026, 1, 1, 12, 5, 1, 25);
const account = { region: 'eu-west-1', accountId: '000000000000' };

function transitionOf(alarm: AlarmDefinition, more: Partial<Transition> = {}): Transition {
  return {
    alarm,
    state: { value: 'ALARM', reason: 'too slow', reasonData: '{"version":"1.0"}', at: AT },
    previous: { value: 'OK', reason: 'fine', at: AT - 60_000 },
    createdAt: AT - 3_600_000,
    ...more,
  };
}

const math = metricAlarm({
  single: false,
  queries: [
    { id: 'e', returnData: false, stat: stat({ metricName: 'Errors', statistic: 'Sum' }) },
    { id: 'rate', returnData: true, expression: 'e * 2', label: 'Rate' },
  ],
});

const composite: AlarmDefinition = {
  kind: 'composite',
  name: 'unhealthy',
  arn: 'arn:aws:cloudwatch:eu-west-1:000000000000:alarm:unhealthy',
  actionsEnabled: true,
  alarmActions: [],
  okActions: [],
  insufficientDataActions: [],
  rule: 'ALARM("pay-duration")',
  actionsSuppressor: 'deploying',
  suppressorWaitPeriod: 60,
  suppressorExtensionPeriod: 120,
};

describe('what a topic gets', () => {
  it("is in CloudWatch's form, for an alarm on one metric", () => {
    expect(JSON.parse(snsMessage(transitionOf(metricAlarm()), account))).toEqual({
      AlarmName: 'pay-duration',
      AlarmDescription: 'Payments are slow.',
      AWSAccountId: '000000000000',
      AlarmConfigurationUpdatedTimestamp: '2026-02-01T11:05:01.025+0000',
      NewStateValue: 'ALARM',
      NewStateReason: 'too slow',
      StateChangeTime: '2026-02-01T12:05:01.025+0000',
      Region: 'EU (Ireland)',
      AlarmArn: 'arn:aws:cloudwatch:eu-west-1:000000000000:alarm:pay-duration',
      OldStateValue: 'OK',
      OKActions: [],
      AlarmActions: ['arn:aws:sns:eu-west-1:000000000000:alarms'],
      InsufficientDataActions: [],
      Trigger: {
        MetricName: 'Duration',
        Namespace: 'AWS/Lambda',
        StatisticType: 'Statistic',
        Statistic: 'MAXIMUM',
        Unit: null,
        Dimensions: [{ value: 'shop-local-pay', name: 'FunctionName' }],
        Period: 60,
        EvaluationPeriods: 3,
        DatapointsToAlarm: 2,
        ComparisonOperator: 'GreaterThanThreshold',
        Threshold: 100,
        TreatMissingData: 'missing',
        EvaluateLowSampleCountPercentile: '',
      },
    });
  });

  it('has the queries of an alarm on an expression', () => {
    const { Trigger } = JSON.parse(snsMessage(transitionOf(math), account)) as { Trigger: object };
    expect(Trigger).toEqual({
      Period: 60,
      EvaluationPeriods: 3,
      DatapointsToAlarm: 2,
      ComparisonOperator: 'GreaterThanThreshold',
      Threshold: 100,
      TreatMissingData: 'missing',
      EvaluateLowSampleCountPercentile: '',
      Metrics: [
        {
          Id: 'e',
          MetricStat: {
            Metric: {
              Dimensions: [{ value: 'shop-local-pay', name: 'FunctionName' }],
              MetricName: 'Errors',
              Namespace: 'AWS/Lambda',
            },
            Period: 60,
            Stat: 'Sum',
          },
          ReturnData: false,
        },
        { Expression: 'e * 2', Id: 'rate', Label: 'Rate', ReturnData: true },
      ],
    });
  });

  it('has rule and children of a composite alarm, in the place of a trigger', () => {
    const child = { arn: metricAlarm().arn, state: { value: 'ALARM', reason: '', at: AT } } as const;
    const message = JSON.parse(snsMessage(transitionOf(composite, { trigger: child }), account)) as object;
    expect(message).not.toHaveProperty('Trigger');
    expect(message).toMatchObject({
      AlarmDescription: null,
      AlarmRule: 'ALARM("pay-duration")',
      TriggeringChildren: [
        { Arn: metricAlarm().arn, State: { Value: 'ALARM', Timestamp: '2026-02-01T12:05:01.025+0000' } },
      ],
    });
  });

  it('has a subject that SNS takes', () => {
    expect(snsSubject(transitionOf(metricAlarm()), account)).toBe('ALARM: "pay-duration" in EU (Ireland)');
    const long = snsSubject(transitionOf(metricAlarm({ name: 'n'.repeat(200) })), account);
    expect(long).toHaveLength(100);
    expect(long).toMatch(/^ALARM: "n+\.\.\." in EU \(Ireland\)$/);
    expect(snsSubject(transitionOf(metricAlarm()), { ...account, region: 'mars-north-1' })).toContain(
      'in mars-north-1',
    );
  });
});

describe('what a function gets', () => {
  it('is the event of a Lambda action', () => {
    expect(lambdaActionEvent(transitionOf(metricAlarm()), account)).toEqual({
      source: 'aws.cloudwatch',
      alarmArn: metricAlarm().arn,
      accountId: '000000000000',
      time: '2026-02-01T12:05:01.025+0000',
      region: 'eu-west-1',
      alarmData: {
        alarmName: 'pay-duration',
        state: {
          value: 'ALARM',
          reason: 'too slow',
          reasonData: '{"version":"1.0"}',
          timestamp: '2026-02-01T12:05:01.025+0000',
        },
        previousState: { value: 'OK', reason: 'fine', timestamp: '2026-02-01T12:04:01.025+0000' },
        configuration: {
          description: 'Payments are slow.',
          metrics: [
            {
              id: 'm1',
              metricStat: {
                metric: {
                  namespace: 'AWS/Lambda',
                  name: 'Duration',
                  dimensions: { FunctionName: 'shop-local-pay' },
                },
                period: 60,
                stat: 'Maximum',
              },
              returnData: true,
            },
          ],
        },
      },
    });
  });

  it('is the event of EventBridge, with what holds the actions back', () => {
    const event = eventBridgeEvent(transitionOf(composite, { suppressedBy: 'WaitPeriod' }), account);
    expect(event).toMatchObject({
      version: '0',
      'detail-type': 'CloudWatch Alarm State Change',
      source: 'aws.cloudwatch',
      account: '000000000000',
      time: '2026-02-01T12:05:01Z',
      region: 'eu-west-1',
      resources: [composite.arn],
      detail: {
        alarmName: 'unhealthy',
        configuration: {
          alarmRule: 'ALARM("pay-duration")',
          actionsSuppressor: 'deploying',
          actionsSuppressorWaitPeriod: 60,
          actionsSuppressorExtensionPeriod: 120,
        },
        state: {
          value: 'ALARM',
          actionsSuppressedBy: 'WaitPeriod',
          actionsSuppressedReason: 'Actions suppressed by WaitPeriod',
        },
      },
    });
  });
});
