import { describe, expect, it } from 'vitest';
import { lambdaFunction, readResources } from './read-template.ts';

function alarm(properties: Record<string, unknown>): Record<string, unknown> {
  return {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      AlarmName: 'slow',
      Namespace: 'AWS/Lambda',
      MetricName: 'Duration',
      Statistic: 'Maximum',
      Period: 300,
      EvaluationPeriods: 3,
      Threshold: '100',
      ComparisonOperator: 'GreaterThanThreshold',
      ...properties,
    },
  };
}

function readAlarm(properties: Record<string, unknown>) {
  return readResources({ Slow: alarm(properties) });
}

describe('a mute rule', () => {
  function read(schedule: object, more: object = {}) {
    const { service, warnings } = readResources({
      Slow: alarm({}),
      Mute: {
        Type: 'AWS::CloudWatch::AlarmMuteRule',
        Properties: {
          Name: 'planned',
          Rule: { Schedule: schedule },
          MuteTargets: { AlarmNames: [{ Ref: 'Slow' }, 'other'] },
          ...more,
        },
      },
    });
    return { rules: service.muteRules, warnings };
  }

  it('is read with the names of its alarms', () => {
    const schedule = { Expression: 'cron(0 2 * * SUN)', Duration: 'PT2H', Timezone: 'Europe/Berlin' };
    expect(read(schedule, { StartDate: '2026-11-01T00:00:00Z' })).toEqual({
      rules: [
        {
          name: 'planned',
          alarms: ['slow', 'other'],
          expression: 'cron(0 2 * * SUN)',
          duration: 'PT2H',
          timezone: 'Europe/Berlin',
          from: Date.UTC(2026, 10, 1),
        },
      ],
      warnings: [],
    });
  });

  it.each([
    [{ Expression: 'cron(0 2 L * *)', Duration: 'PT2H' }, /field of cron from 1 to 31, got "L"/],
    [{ Expression: 'rate(1 hour)', Duration: 'PT2H' }, /expected cron\(\)/],
    [{ Expression: 'cron(0 2 * * *)', Duration: '2h' }, /expected a duration such as PT2H, got "2h"/],
    [{ Expression: 'cron(0 2 * * *)', Duration: 'PT2H', Timezone: 'Mars/Olympus' }, /Mars\/Olympus/],
  ])('is left out with a warning: %j', (schedule, expected) => {
    const { rules, warnings } = read(schedule);
    expect(rules).toBeUndefined();
    expect(warnings).toEqual([expect.stringMatching(expected)]);
  });
});

describe('an alarm', () => {
  it('is read with its warm-up', () => {
    const { service } = readAlarm({ WarmUpConfiguration: { WarmUpPeriodDurationInMinutes: 10 } });
    expect(service.alarms).toMatchObject([{ warmUp: { minutes: 10, whole: false } }]);
  });

  it('is read with its metric, and with defaults of CloudWatch', () => {
    const { service } = readResources({
      Work: lambdaFunction({ FunctionName: 'work' }),
      Alarms: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'alarms' } },
      Slow: alarm({
        AlarmName: undefined,
        AlarmDescription: { 'Fn::Sub': 'Slow in ${AWS::Region}' },
        Dimensions: [{ Name: 'FunctionName', Value: { Ref: 'Work' } }],
        Unit: 'Milliseconds',
        AlarmActions: [{ Ref: 'Alarms' }],
      }),
    });
    expect(service.alarms).toEqual([
      {
        kind: 'metric',
        name: expect.stringMatching(/^shop-local-Slow-/) as string,
        arn: expect.stringMatching(
          /^arn:aws:cloudwatch:eu-central-1:000000000000:alarm:shop-local-Slow-/,
        ) as string,
        description: 'Slow in eu-central-1',
        actionsEnabled: true,
        alarmActions: ['arn:aws:sns:eu-central-1:000000000000:alarms'],
        okActions: [],
        insufficientDataActions: [],
        single: true,
        queries: [
          {
            id: 'm1',
            returnData: true,
            stat: {
              namespace: 'AWS/Lambda',
              metricName: 'Duration',
              dimensions: [{ name: 'FunctionName', value: 'work' }],
              statistic: 'Maximum',
              period: 300,
              unit: 'Milliseconds',
            },
          },
        ],
        threshold: 100,
        comparisonOperator: 'GreaterThanThreshold',
        evaluationPeriods: 3,
        treatMissingData: 'missing',
      },
    ]);
  });

  it('is read with its expressions', () => {
    const { service } = readAlarm({
      Metrics: [
        {
          Id: 'errors',
          ReturnData: false,
          MetricStat: { Metric: { Namespace: 'AWS/Lambda', MetricName: 'Errors' }, Period: 60, Stat: 'Sum' },
        },
        { Id: 'rate', Expression: 'errors * 2', Label: 'Rate' },
      ],
      DatapointsToAlarm: 2,
      TreatMissingData: 'notBreaching',
      EvaluateLowSampleCountPercentile: 'ignore',
      ActionsEnabled: false,
    });
    expect(service.alarms[0]).toMatchObject({
      single: false,
      queries: [
        {
          id: 'errors',
          returnData: false,
          stat: { metricName: 'Errors', statistic: 'Sum', period: 60, dimensions: [] },
        },
        { id: 'rate', returnData: true, expression: 'errors * 2', label: 'Rate' },
      ],
      datapointsToAlarm: 2,
      treatMissingData: 'notBreaching',
      evaluateLowSampleCountPercentile: 'ignore',
      actionsEnabled: false,
    });
  });

  it.each([
    [
      `SELECT MAX(CPUUtilization) FROM "AWS/Lambda" WHERE CapacityProviderName = 'a' AND InstanceType='m7g.large'`,
      'Maximum',
      [
        { name: 'CapacityProviderName', value: 'a' },
        { name: 'InstanceType', value: 'm7g.large' },
      ],
    ],
    [
      `select avg("Duration") from "AWS/Lambda" where FunctionName = 'pay' `,
      'Average',
      [{ name: 'FunctionName', value: 'pay' }],
    ],
    [
      `SELECT COUNT(Errors) FROM "AWS/Lambda" WHERE "FunctionName" = 'pay'`,
      'SampleCount',
      [{ name: 'FunctionName', value: 'pay' }],
    ],
  ])('is read with a query of Metrics Insights: %s', (Expression, statistic, dimensions) => {
    const { service, warnings } = readAlarm({
      MetricName: undefined,
      Metrics: [{ Id: 'q', Expression, Period: 300 }],
    });
    expect(warnings).toEqual([]);
    expect(service.alarms[0]).toMatchObject({
      queries: [
        { id: 'q', expression: Expression, matching: true, stat: { statistic, dimensions, period: 300 } },
      ],
    });
  });

  it.each([
    `SELECT MAX(CPUUtilization) FROM "AWS/Lambda" GROUP BY InstanceType`,
    `SELECT MAX(CPUUtilization) FROM SCHEMA("AWS/Lambda", CapacityProviderName)`,
    `SELECT MAX(CPUUtilization) FROM "AWS/Lambda" WHERE CapacityProviderName != 'a'`,
    `SELECT MAX(CPUUtilization) FROM "AWS/Lambda" WHERE A = 'a' OR B = 'b'`,
    `SELECT STDDEV(CPUUtilization) FROM "AWS/Lambda"`,
  ])('is left out with a warning where only CloudWatch answers its query: %s', (Expression) => {
    const { service, warnings } = readAlarm({ MetricName: undefined, Metrics: [{ Id: 'q', Expression }] });
    expect(service.alarms).toEqual([]);
    expect(warnings).toEqual([expect.stringContaining('is left out')]);
  });

  it.each([
    [
      { TreatMissingData: 'maybe' },
      'TreatMissingData: expected one of missing, ignore, breaching, notBreaching, got "maybe"',
    ],
    [{ Period: 45 }, 'Period: expected 10, 20, 30 or a multiple of 60, got 45'],
    [{ Threshold: 'high' }, 'Threshold: expected a number, got "high"'],
    [{ ComparisonOperator: undefined }, 'ComparisonOperator: expected text, got nothing'],
    [
      { ComparisonOperator: 'GreaterThan' },
      'ComparisonOperator: expected one of GreaterThanThreshold, GreaterThanOrEqualToThreshold, LessThanThreshold, ' +
        'LessThanOrEqualToThreshold, GreaterThanUpperThreshold, LessThanLowerThreshold, ' +
        'LessThanLowerOrGreaterThanUpperThreshold, got "GreaterThan"',
    ],
    [{ Statistic: undefined }, 'Statistic: expected text, got nothing'],
    [{ EvaluationPeriods: undefined }, 'EvaluationPeriods: expected a whole number from 1 on, got nothing'],
    [{ EvaluationPeriods: 2.5 }, 'EvaluationPeriods: expected a whole number from 1 on, got 2.5'],
    [
      { EvaluationPeriods: 4, DatapointsToAlarm: 5 },
      'DatapointsToAlarm: expected a whole number from 1 to EvaluationPeriods, which is 4, got 5',
    ],
    [
      { EvaluationPeriods: 29, Period: 3000 },
      'EvaluationPeriods: expected at most 28 periods of 3000 s, got 29',
    ],
    [
      { EvaluateLowSampleCountPercentile: 'ignroe' },
      'EvaluateLowSampleCountPercentile: expected one of evaluate, ignore, got "ignroe"',
    ],
  ])('that cannot be read is left out, with a warning that names the property: %j', (properties, message) => {
    const { service, warnings } = readAlarm(properties);
    expect(service.alarms).toEqual([]);
    expect(warnings).toEqual([
      `Slow (AWS::CloudWatch::Alarm) is left out: Resources.Slow.Properties.${message}`,
    ]);
  });

  it('on something other than metrics is left out with a warning', () => {
    const { service, warnings } = readAlarm({
      Metrics: [{ Id: 'q', Expression: 'SELECT AVG(Duration) FROM "AWS/Lambda"' }],
    });
    expect(service.alarms).toEqual([]);
    expect(warnings).toEqual([
      'Slow (AWS::CloudWatch::Alarm) is left out: only metrics, their statistics and metric math are evaluated here',
    ]);
  });

  it('made of others is read with its rule', () => {
    const { service } = readResources({
      Slow: alarm({}),
      Unhealthy: {
        Type: 'AWS::CloudWatch::CompositeAlarm',
        Properties: {
          AlarmName: 'unhealthy',
          AlarmRule: { 'Fn::Sub': 'ALARM("${Slow}")' },
          ActionsSuppressor: { 'Fn::GetAtt': ['Slow', 'Arn'] },
          ActionsSuppressorWaitPeriod: 60,
          ActionsSuppressorExtensionPeriod: '120',
        },
      },
    });
    expect(service.alarms[1]).toMatchObject({
      kind: 'composite',
      arn: 'arn:aws:cloudwatch:eu-central-1:000000000000:alarm:unhealthy',
      rule: 'ALARM("slow")',
      actionsSuppressor: 'arn:aws:cloudwatch:eu-central-1:000000000000:alarm:slow',
      suppressorWaitPeriod: 60,
      suppressorExtensionPeriod: 120,
    });
  });
});

describe('a metric filter', () => {
  it('is read with its transformations', () => {
    const { service, warnings } = readResources({
      Group: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: '/aws/lambda/work' } },
      Filter: {
        Type: 'AWS::Logs::MetricFilter',
        Properties: {
          LogGroupName: { Ref: 'Group' },
          FilterPattern: '{ $.level = "ERROR" }',
          MetricTransformations: [
            { MetricNamespace: 'shop', MetricName: 'errors', MetricValue: 1, DefaultValue: 0, Unit: 'Count' },
            {
              MetricNamespace: 'shop',
              MetricName: 'slow',
              MetricValue: '$.ms',
              Dimensions: [{ Key: 'op', Value: '$.op' }],
            },
          ],
        },
      },
    });
    expect(service.metricFilters).toEqual([
      {
        name: expect.stringMatching(/^shop-local-Filter-/) as string,
        logGroup: '/aws/lambda/work',
        pattern: '{ $.level = "ERROR" }',
        transformations: [
          {
            namespace: 'shop',
            metricName: 'errors',
            value: '1',
            defaultValue: 0,
            unit: 'Count',
            dimensions: [],
          },
          {
            namespace: 'shop',
            metricName: 'slow',
            value: '$.ms',
            dimensions: [{ name: 'op', value: '$.op' }],
          },
        ],
      },
    ]);
    expect(warnings).toEqual([]);
  });
});
