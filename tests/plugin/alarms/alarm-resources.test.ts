import { describe, expect, it } from 'vitest';
import { alarmResources } from '../../../plugin/alarms/alarm-resources.ts';
import { joinTexts } from '../../../plugin/alarms/console-links.ts';
import { planAlarms } from '../../../plugin/alarms/plan-alarms.ts';
import type { AlarmSettings } from '../../../plugin/settings/settings.ts';
import { functionResources, inventoryOf } from '../../helpers/inventory.ts';

const inventory = inventoryOf({
  ...functionResources('Pay', 'pay'),
  Work: { Type: 'AWS::SQS::Queue', Properties: {} },
});
const actions = {
  each: { AlarmActions: ['arn:each'] },
  service: { AlarmActions: ['arn:root'] },
  page: { AlarmActions: ['arn:page'] },
  ticket: { AlarmActions: ['arn:ticket'] },
};
function resourcesWith(settings?: AlarmSettings) {
  return alarmResources(planAlarms(inventory, settings), actions);
}

describe('alarmResources', () => {
  it('writes an alarm on a percentile as CloudFormation wants it', () => {
    expect(resourcesWith().LanternAlarmPayLambdaFunctionDuration).toEqual({
      Type: 'AWS::CloudWatch::Alarm',
      Properties: {
        AlarmName: 'shop-dev-pay-duration',
        AlarmDescription: joinTexts(
          'The slowest invocations come close to the timeout; beyond it they are killed.\n' +
            'Likely cause: A slow dependency, more data than before, or too little memory, which means too little CPU. ' +
            'Look at a trace of the slowest invocation.\n' +
            'Threshold: > 4800 ms in 3 of 5 min: 80 % of its timeout of 6 s.\n' +
            'Next:\n1. https://eu-west-1.console.aws.amazon.com/lambda/home?region=eu-west-1#/functions/shop-dev-pay?tab=monitoring\n' +
            '2. aws logs tail ',
          { Ref: 'PayLogGroup' },
          ' --since 30m --filter-pattern ERROR --region eu-west-1\n3. npx serverless deploy list --stage dev',
        ),
        Namespace: 'AWS/Lambda',
        MetricName: 'Duration',
        Dimensions: [{ Name: 'FunctionName', Value: 'shop-dev-pay' }],
        Period: 60,
        ExtendedStatistic: 'p99',
        ComparisonOperator: 'GreaterThanThreshold',
        Threshold: 4800,
        EvaluationPeriods: 5,
        DatapointsToAlarm: 3,
        TreatMissingData: 'notBreaching',
        EvaluateLowSampleCountPercentile: 'evaluate',
      },
    });
  });

  it('returns the data of the expression only, in metric math', () => {
    const properties = resourcesWith().LanternAlarmPayLambdaFunctionErrorRate?.Properties;
    expect(properties).toMatchObject({
      Metrics: [
        { Id: 'errors', MetricStat: { Stat: 'Sum', Period: 60 }, ReturnData: false },
        { Id: 'invocations', ReturnData: false },
        { Id: 'value', Label: 'Error rate (%)', ReturnData: true },
      ],
      Threshold: 5,
    });
    for (const name of ['Namespace', 'Period', 'Statistic']) expect(properties).not.toHaveProperty(name);
  });

  it('compares an anomaly with its band, and has no threshold', () => {
    const properties = resourcesWith({ resources: { Work: { age: { anomaly: 2 } } } }).LanternAlarmWorkAge
      ?.Properties;
    expect(properties).toMatchObject({
      ThresholdMetricId: 'band',
      ComparisonOperator: 'GreaterThanUpperThreshold',
      Metrics: [
        { Id: 'value', MetricStat: { Stat: 'Maximum' }, ReturnData: true },
        { Id: 'band', Expression: 'ANOMALY_DETECTION_BAND(value, 2)', ReturnData: true },
      ],
    });
    expect(properties).not.toHaveProperty('Threshold');
  });

  it('puts filters on the log group of their function', () => {
    expect(resourcesWith().LanternPayLambdaFunctionTimeoutsFilter).toEqual({
      Type: 'AWS::Logs::MetricFilter',
      Properties: {
        LogGroupName: { Ref: 'PayLogGroup' },
        FilterPattern: '{ $.type = "platform.report" && $.record.status = "timeout" }',
        MetricTransformations: [
          {
            MetricNamespace: 'LambdaLantern/shop-dev-pay',
            MetricName: 'Timeouts',
            MetricValue: '1',
            Unit: 'Count',
          },
        ],
      },
    });
  });

  it('makes the composite after its children, and lets it act by itself', () => {
    const { LanternServiceUnhealthy: composite } = resourcesWith();
    expect(composite?.DependsOn).toContain('LanternAlarmPayLambdaFunctionDuration');
    expect(composite?.Properties).toMatchObject({
      AlarmName: 'shop-dev-unhealthy',
      AlarmActions: ['arn:root'],
    });
  });
});
