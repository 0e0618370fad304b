import type { CompositeAlarm, MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeMetricFiltersCommand } from '@aws-sdk/client-cloudwatch-logs';
import { GetKeyPolicyCommand, GetKeyRotationStatusCommand } from '@aws-sdk/client-kms';
import { GetFunctionConfigurationCommand, GetPolicyCommand } from '@aws-sdk/client-lambda';
import { GetTopicAttributesCommand, ListSubscriptionsByTopicCommand } from '@aws-sdk/client-sns';
import { beforeAll, expect, it } from 'vitest';
import type { AlarmPlan, PlannedAlarm, MetricStat } from '../../plugin/alarms/alarm-plan.ts';
import { inventoryOf } from './account.ts';
import type { Deployment } from './deployment.ts';
import { NAMES_OF_RESOURCES, resourceNames } from './resource-names.ts';

/** Holds what was deployed against what `serverless alarms --format json` says of the same service and stage. */
export function itHasItsAlarms(deployment: () => Deployment, stack: string, stage: string): void {
  let plan: AlarmPlan;
  let metricAlarms: readonly MetricAlarm[];
  let compositeAlarms: readonly CompositeAlarm[];
  let topic: string;

  beforeAll(async () => {
    const { aws } = deployment();
    plan = JSON.parse(
      await deployment().serverless('alarms', '--stage', stage, '--format', 'json'),
    ) as AlarmPlan;
    const types = ['MetricAlarm', 'CompositeAlarm'] as const;
    const found = await aws.cloudWatch.send(new DescribeAlarmsCommand({ AlarmTypes: [...types] }));
    metricAlarms = found.MetricAlarms ?? [];
    compositeAlarms = found.CompositeAlarms ?? [];
    const { topics = [] } = await inventoryOf(aws);
    topic = topics.find((arn) => arn.endsWith(`:${stack}-alarms`)) ?? 'no topic of alarms';
  });

  const deployed = ({ name }: { readonly name: string }): MetricAlarm =>
    metricAlarms.find(({ AlarmName }) => AlarmName === name) ?? {};

  it('has every alarm that `serverless alarms` lists, and no other', () => {
    expect(plan.alarms.length).toBeGreaterThan(20);
    const names = (alarms: ReadonlyArray<{ AlarmName?: string | undefined }>) =>
      alarms.map(({ AlarmName }) => AlarmName).sort();
    expect(names(metricAlarms)).toEqual(plan.alarms.map(({ name }) => name).sort());
    expect(names(compositeAlarms)).toEqual(plan.composites.map(({ name }) => name).sort());
  });

  it('compares each alarm with its threshold, as listed', () => {
    for (const alarm of plan.alarms) {
      expect(deployed(alarm), alarm.name).toMatchObject({
        ComparisonOperator: alarm.comparisonOperator,
        EvaluationPeriods: alarm.evaluationPeriods,
        DatapointsToAlarm: alarm.datapointsToAlarm,
        TreatMissingData: alarm.treatMissingData,
        ...(alarm.threshold === undefined
          ? { ThresholdMetricId: alarm.thresholdMetricId }
          : { Threshold: alarm.threshold }),
      });
      expect(deployed(alarm).EvaluateLowSampleCountPercentile, alarm.name).toBe(
        alarm.evaluateLowSampleCountPercentile,
      );
      expect(deployed(alarm).AlarmDescription, alarm.name).toContain(alarm.meaning);
      expect(deployed(alarm).AlarmDescription, alarm.name).toMatch(/(^|\n)(1\. )?https:\/\/\S+(\n|$)/);
    }
  });

  it('looks at the metric, the statistic and the dimensions that are listed', () => {
    for (const alarm of plan.alarms) {
      const { metric } = alarm;
      const found = deployed(alarm);
      if (metric.kind === 'stat') {
        expectMetric(alarm, metric, found);
        expect(found, alarm.name).toMatchObject({
          Period: metric.period,
          [/^[A-Z]/.test(metric.statistic) ? 'Statistic' : 'ExtendedStatistic']: metric.statistic,
        });
        continue;
      }
      expect(found.Metrics?.map(({ Id }) => Id)).toEqual(metric.metrics.map(({ id }) => id));
      for (const part of metric.metrics) {
        const query = found.Metrics?.find(({ Id }) => Id === part.id);
        if ('expression' in part) {
          expect(query?.Expression, alarm.name).toBe(part.expression);
        } else {
          expectMetric(alarm, part.stat, query?.MetricStat?.Metric);
          expect(query?.MetricStat, alarm.name).toMatchObject({
            Stat: part.stat.statistic,
            Period: part.stat.period,
          });
        }
      }
    }
  });

  it('names in every dimension something that was deployed', async () => {
    const there = await resourceNames(deployment().aws);
    const values = metricAlarms
      .flatMap(({ Dimensions = [], Metrics = [] }) => [
        ...Dimensions,
        ...Metrics.flatMap(({ MetricStat }) => MetricStat?.Metric?.Dimensions ?? []),
      ])
      .filter(({ Name = '' }) => NAMES_OF_RESOURCES.includes(Name));
    expect(values.length).toBeGreaterThan(20);
    expect(values.filter(({ Value = '' }) => !there.has(Value))).toEqual([]);
  });

  it('says with one composite alarm that the service is unhealthy', () => {
    for (const { name, rule } of plan.composites) {
      const found = compositeAlarms.find(({ AlarmName }) => AlarmName === name);
      expect(found?.AlarmRule).toBe(rule);
      for (const [, child] of rule.matchAll(/ALARM\("([^"]+)"\)/g)) {
        expect([...metricAlarms, ...compositeAlarms].map(({ AlarmName }) => AlarmName)).toContain(child);
      }
    }
  });

  it('tells the topic of ALARM, once for each resource, and nobody of anything else', () => {
    const all = [...metricAlarms, ...compositeAlarms];
    const tell = all.filter(({ AlarmActions = [] }) => AlarmActions.length > 0);
    expect(tell.map(({ AlarmName }) => AlarmName?.replace(`${stack}-`, '')).sort()).toEqual([
      'ApiGatewayRestApi-fastBurn',
      'ApiGatewayRestApi-slowBurn',
      'FulfilmentDeadLetterQueue-unhealthy',
      'OrderPlacedTopic-failed',
      'OrdersTable-throttles',
      'create-order-unhealthy',
      'fulfil-order-fastBurn',
      'fulfil-order-slowBurn',
      'fulfil-order-unhealthy',
      'get-order-unhealthy',
      'on-alarm-unhealthy',
      'take-payment-unhealthy',
    ]);
    for (const { AlarmName, AlarmActions } of tell) expect(AlarmActions, AlarmName).toEqual([topic]);
    for (const { AlarmName, OKActions = [], InsufficientDataActions = [] } of all)
      expect([...OKActions, ...InsufficientDataActions], AlarmName).toEqual([]);
  });

  it('encrypts the topic with a key that CloudWatch may use, for alarms of this service only', async () => {
    const { kms, sns } = deployment().aws;
    const { Attributes } = await sns.send(new GetTopicAttributesCommand({ TopicArn: topic }));
    const alarms = `arn:aws:cloudwatch:eu-west-1:123456789012:alarm:${stack}-*`;
    const fromAlarms = {
      StringEquals: { 'aws:SourceAccount': '123456789012' },
      ArnLike: { 'aws:SourceArn': alarms },
    };
    expect(JSON.parse(Attributes?.Policy ?? '')).toMatchObject({
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Service: 'cloudwatch.amazonaws.com' },
          Action: 'sns:Publish',
          Resource: topic,
          Condition: fromAlarms,
        },
      ],
    });
    const KeyId = Attributes?.KmsMasterKeyId;
    const { KeyRotationEnabled } = await kms.send(new GetKeyRotationStatusCommand({ KeyId }));
    expect(KeyRotationEnabled).toBe(true);
    const { Policy = '' } = await kms.send(new GetKeyPolicyCommand({ KeyId, PolicyName: 'default' }));
    expect((JSON.parse(Policy) as { Statement: unknown[] }).Statement).toContainEqual(
      expect.objectContaining({
        Effect: 'Allow',
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        Condition: fromAlarms,
      }),
    );
  });

  it('calls on-alarm, and mails those who asked for it', async () => {
    const { lambda, sns } = deployment().aws;
    const { FunctionArn = '' } = await lambda.send(
      new GetFunctionConfigurationCommand({ FunctionName: `${stack}-on-alarm` }),
    );
    const { Subscriptions } = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn: topic }));
    expect(Subscriptions?.map(({ Protocol, Endpoint }) => [Protocol, Endpoint]).sort()).toEqual([
      ['email', EMAIL],
      ['lambda', FunctionArn],
    ]);
    const { Policy = '' } = await lambda.send(new GetPolicyCommand({ FunctionName: FunctionArn }));
    expect(JSON.parse(Policy)).toMatchObject({
      Statement: expect.arrayContaining([
        expect.objectContaining({
          Principal: { Service: 'sns.amazonaws.com' },
          Action: 'lambda:InvokeFunction',
        }),
      ]) as unknown,
    });
  });

  it('makes metrics of the log lines that the alarms look at', async () => {
    const { metricFilters = [] } = await deployment().aws.logs.send(new DescribeMetricFiltersCommand());
    const { logGroups = [] } = await inventoryOf(deployment().aws);
    expect(plan.filters.length).toBeGreaterThan(3);
    expect(metricFilters).toHaveLength(plan.filters.length);
    for (const { pattern, namespace, metricName, metricValue, unit } of plan.filters) {
      const found = metricFilters.find(
        ({ metricTransformations: [made] = [] }) =>
          made?.metricNamespace === namespace && made.metricName === metricName,
      );
      expect(found?.metricTransformations, metricName).toMatchObject([{ metricValue, unit }]);
      expect(found?.filterPattern).toBe(pattern);
      expect(logGroups).toContain(found?.logGroupName);
    }
    // What the filters make is what alarms look at.
    const looked = metricAlarms.flatMap(({ Namespace, Metrics = [] }) => [
      Namespace,
      ...Metrics.map(({ MetricStat }) => MetricStat?.Metric?.Namespace),
    ]);
    expect(looked).toEqual(expect.arrayContaining(plan.filters.map(({ namespace }) => namespace)));
  });
}

/** An address that the test adds to the service's settings. */
export const EMAIL = 'on-call@example.com';

interface Metric {
  readonly Namespace?: string | undefined;
  readonly MetricName?: string | undefined;
  readonly Dimensions?: ReadonlyArray<{ Name: string | undefined; Value: string | undefined }> | undefined;
}

function expectMetric(
  { name }: PlannedAlarm,
  { namespace, metricName, dimensions }: MetricStat,
  found?: Metric,
): void {
  expect(found?.MetricName, name).toBe(metricName);
  if (typeof namespace === 'string') expect(found?.Namespace, name).toBe(namespace);
  const given = found?.Dimensions ?? [];
  expect(
    given.map(({ Name }) => Name),
    name,
  ).toEqual(dimensions.map((dimension) => dimension.name));
  for (const { name: dimension, value } of dimensions) {
    const text = given.find(({ Name }) => Name === dimension)?.Value;
    expect(typeof text, `${name}: ${dimension}`).toBe('string');
    if (typeof value === 'string') expect(text, name).toBe(value);
  }
}
