import type { MetricAlarmDefinition, MetricStatDefinition } from '../../../../local/template/service.ts';

export function stat(overrides: Partial<MetricStatDefinition> = {}): MetricStatDefinition {
  return {
    namespace: 'AWS/Lambda',
    metricName: 'Duration',
    dimensions: [{ name: 'FunctionName', value: 'shop-local-pay' }],
    statistic: 'Maximum',
    period: 60,
    ...overrides,
  };
}

/** Duration above 100 in 2 of 3 minutes, as PutMetricAlarm takes it. */
export function metricAlarm(overrides: Partial<MetricAlarmDefinition> = {}): MetricAlarmDefinition {
  return {
    kind: 'metric',
    name: 'pay-duration',
    arn: 'arn:aws:cloudwatch:eu-west-1:000000000000:alarm:pay-duration',
    description: 'Payments are slow.',
    actionsEnabled: true,
    alarmActions: ['arn:aws:sns:eu-west-1:000000000000:alarms'],
    okActions: [],
    insufficientDataActions: [],
    queries: [{ id: 'm1', returnData: true, stat: stat() }],
    single: true,
    threshold: 100,
    comparisonOperator: 'GreaterThanThreshold',
    evaluationPeriods: 3,
    datapointsToAlarm: 2,
    treatMissingData: 'missing',
    ...overrides,
  };
}
