import { describe, expect, it } from 'vitest';
import type { AlarmPlan, PlannedAlarm } from '../../../plugin/alarms/alarm-plan.ts';
import { alarmsReport } from '../../../plugin/alarms-command/alarms-report.ts';
import { replayAlarms } from 'lambda-lantern/testing';
import { alarmResources } from '../../../plugin/alarms/alarm-resources.ts';
import { planAlarms } from '../../../plugin/alarms/plan-alarms.ts';
import type { AlarmSettings } from '../../../plugin/settings/settings.ts';
import { functionResources, inventoryOf, readTemplate } from '../../helpers/inventory.ts';

function pay(
  properties: Readonly<Record<string, unknown>> = {},
  others: Readonly<Record<string, unknown>> = {},
) {
  return inventoryOf({ ...functionResources('Pay', 'pay', properties), ...others });
}

function alarm(plan: AlarmPlan, id: string): PlannedAlarm {
  const found = plan.alarms.find((one) => one.id === id);
  if (found === undefined) throw new Error(`no ${id} among ${plan.alarms.map((one) => one.id).join(', ')}`);
  return found;
}

function ids(plan: AlarmPlan): string[] {
  return plan.alarms.map(({ id }) => id);
}

function expressionOf({ metric }: PlannedAlarm): string | undefined {
  return metric.kind === 'math'
    ? metric.metrics.flatMap((part) => ('expression' in part ? [part.expression] : []))[0]
    : undefined;
}

describe('planAlarms', () => {
  it('gives every alarm a name with service and stage, and a logical id of letters', () => {
    const plan = planAlarms(inventoryOf(readTemplate('every-event').Resources));
    expect(plan.alarms.length).toBeGreaterThan(60);
    for (const { name, logicalId } of plan.alarms) {
      expect(name).toMatch(/^shop-dev-/);
      expect(logicalId).toMatch(/^LanternAlarm[A-Za-z0-9]+$/);
    }
  });

  it('measures the slowest invocations by the share of the own timeout of the function', () => {
    expect(alarm(planAlarms(pay({ Timeout: 20 })), 'function.duration')).toMatchObject({
      threshold: 16_000,
      reason: '80 % of its timeout of 20 s',
      metric: {
        namespace: 'AWS/Lambda',
        metricName: 'Duration',
        statistic: 'p99',
        dimensions: [{ name: 'FunctionName', value: 'shop-dev-pay' }],
      },
      evaluateLowSampleCountPercentile: 'evaluate',
    });
    const settings: AlarmSettings = { functions: { pay: { duration: { share: 0.25 } } } };
    expect(alarm(planAlarms(pay(), settings), 'function.duration')).toMatchObject({
      threshold: 1500,
      reason: '25 % of its timeout of 6 s (set in serverless.yml)',
      overridden: ['share'],
    });
  });

  it('measures a function behind an API by the time that the API waits, where that is shorter', () => {
    const method = {
      Type: 'AWS::ApiGateway::Method',
      Properties: { Integration: { Type: 'AWS_PROXY', Uri: { 'Fn::GetAtt': ['PayLambdaFunction', 'Arn'] } } },
    };
    for (const [timeout, threshold, reason] of [
      [300, 23_200, '80 % of the 29 s that its API waits'],
      [10, 8000, '80 % of its timeout of 10 s'],
    ] as const) {
      const plan = planAlarms(pay({ Timeout: timeout }, { Method: method }));
      expect(alarm(plan, 'function.duration')).toMatchObject({ threshold, reason });
    }
  });

  it('guards the rate of errors by a number of invocations, and counts every error below it', () => {
    const plan = planAlarms(pay());
    expect(expressionOf(alarm(plan, 'function.errorRate'))).toBe(
      'IF(invocations >= 20, 100 * errors / invocations, 0)',
    );
    expect(expressionOf(alarm(plan, 'function.errors'))).toBe('IF(invocations < 100, errors, 0)');
  });

  it('makes metrics of memory and timeouts out of JSON reports, in a namespace of the function', () => {
    const plan = planAlarms(pay());
    expect(plan.filters).toEqual([
      {
        logicalId: 'LanternPayLambdaFunctionMaxMemoryUsedFilter',
        functionLogicalId: 'PayLambdaFunction',
        logGroup: { Ref: 'PayLogGroup' },
        pattern: '{ $.type = "platform.report" && $.record.metrics.maxMemoryUsedMB > 0 }',
        namespace: 'LambdaLantern/shop-dev-pay',
        metricName: 'MaxMemoryUsed',
        metricValue: '$.record.metrics.maxMemoryUsedMB',
        unit: 'Megabytes',
      },
      expect.objectContaining({
        pattern: '{ $.type = "platform.report" && $.record.status = "timeout" }',
        metricName: 'Timeouts',
        metricValue: '1',
      }),
    ]);
    expect(alarm(plan, 'function.memory')).toMatchObject({
      threshold: 460.8,
      metric: { namespace: 'LambdaLantern/shop-dev-pay', dimensions: [] },
    });
  });

  it('reads text reports word by word', () => {
    const plan = planAlarms(pay({ LoggingConfig: { LogFormat: 'Text' } }), {
      functions: { pay: { initDuration: true, coldStarts: true } },
    });
    expect(plan.filters.map(({ metricName, metricValue }) => [metricName, metricValue])).toEqual([
      ['MaxMemoryUsed', '$maxMemoryUsed'],
      ['Timeouts', '1'],
      ['InitDuration', '$initDuration'],
    ]);
    expect(plan.filters[0]?.pattern).toMatch(/^\[report="REPORT", .*maxMemoryUsed, usedUnit="MB", \.\.\.\]$/);
    expect(plan.filters[1]?.pattern).toBe('"Task timed out after"');
  });

  it.each([
    [
      'the report is not logged',
      { LoggingConfig: { LogFormat: 'JSON', SystemLogLevel: 'WARN' } },
      /set systemLogLevel to INFO/,
    ],
    ['the log group is made elsewhere', { LoggingConfig: { LogGroup: 'everyones' } }, /not in the template/],
  ])('says why it watches no reports where %s', (_what, properties, why) => {
    const plan = planAlarms(pay(properties));
    expect(plan.filters).toEqual([]);
    expect(plan.skipped.map(({ id }) => id)).toEqual(['function.memory', 'function.timeouts']);
    expect(plan.skipped[0]?.why).toMatch(why);
  });

  it('counts cold starts by the samples of one metric, with no second filter', () => {
    const plan = planAlarms(pay(), { defaults: { function: { initDuration: true, coldStarts: true } } });
    expect(plan.filters.map(({ metricName }) => metricName)).toEqual([
      'MaxMemoryUsed',
      'Timeouts',
      'InitDuration',
    ]);
    expect(alarm(plan, 'function.coldStarts').metric).toMatchObject({
      metrics: [
        { id: 'inits', stat: { metricName: 'InitDuration', statistic: 'SampleCount' } },
        { id: 'invocations', stat: { metricName: 'Invocations', statistic: 'Sum' } },
        { expression: 'IF(invocations >= 100, 100 * inits / invocations, 0)' },
      ],
    });
    expect(alarm(plan, 'function.initDuration').threshold).toBe(5000);
  });

  it('holds concurrency against what is reserved, else against the quota of the account, once', () => {
    const reserved = planAlarms(pay({ ReservedConcurrentExecutions: 50 }));
    expect(alarm(reserved, 'function.concurrency')).toMatchObject({
      threshold: 45,
      comparisonOperator: 'GreaterThanOrEqualToThreshold',
    });
    expect(
      alarm(planAlarms(pay({ ReservedConcurrentExecutions: 1 })), 'function.concurrency').threshold,
    ).toBe(1);
    const plan = planAlarms(pay());
    expect(ids(plan)).not.toContain('function.concurrency');
    expect(expressionOf(alarm(plan, 'account.concurrency'))).toBe(
      '100 * concurrency / SERVICE_QUOTA(concurrency)',
    );
    const off = planAlarms(pay({ ReservedConcurrentExecutions: 0 }));
    expect(ids(off)).not.toContain('function.concurrency');
    expect(off.skipped).toMatchObject([{ id: 'function.throttles', why: /switched off/ }]);
  });

  it('watches provisioned concurrency on the alias that has it', () => {
    const plan = planAlarms(
      pay(
        {},
        {
          Live: {
            Type: 'AWS::Lambda::Alias',
            Properties: {
              FunctionName: { Ref: 'PayLambdaFunction' },
              Name: 'live',
              ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: 5 },
            },
          },
        },
      ),
    );
    expect(alarm(plan, 'function.provisionedUtilization')).toMatchObject({
      name: 'shop-dev-pay-provisionedUtilization-live',
      threshold: 0.9,
      metric: {
        statistic: 'Maximum',
        dimensions: [
          { name: 'FunctionName', value: 'shop-dev-pay' },
          { name: 'Resource', value: 'shop-dev-pay:live' },
        ],
      },
    });
    expect(ids(plan)).toContain('function.provisionedSpillover');
  });

  it('watches events that nobody waits for, by the age at which they are dropped', () => {
    expect(ids(planAlarms(pay()))).not.toContain('function.asyncDropped');
    const invoked = {
      It: {
        Type: 'AWS::Lambda::EventInvokeConfig',
        Properties: {
          FunctionName: { Ref: 'PayLambdaFunction' },
          MaximumEventAgeInSeconds: 120,
          DestinationConfig: { OnFailure: { Destination: 'arn:aws:sqs:eu-west-1:123456789012:failed' } },
        },
      },
    };
    const plan = planAlarms(pay({ DeadLetterConfig: { TargetArn: 'arn' } }, invoked));
    expect(alarm(plan, 'function.asyncAge').threshold).toBe(60_000);
    expect(ids(plan)).toEqual(
      expect.arrayContaining([
        'function.asyncDropped',
        'function.deadLetterErrors',
        'function.destinationFailures',
      ]),
    );
  });

  it('measures the age of messages by the attempts at them, and at most by half of their retention', () => {
    const queue = (properties: Readonly<Record<string, unknown>>, isRead = true) =>
      alarm(
        planAlarms(
          pay(
            {},
            {
              Work: { Type: 'AWS::SQS::Queue', Properties: properties },
              ...(isRead && {
                Mapping: {
                  Type: 'AWS::Lambda::EventSourceMapping',
                  Properties: {
                    FunctionName: { Ref: 'PayLambdaFunction' },
                    EventSourceArn: { 'Fn::GetAtt': ['Work', 'Arn'] },
                  },
                },
              }),
            },
          ),
        ),
        'queue.age',
      ).threshold;
    const redriven = { RedrivePolicy: { deadLetterTargetArn: 'arn', maxReceiveCount: 3 } };
    expect(queue({ VisibilityTimeout: 60, ...redriven })).toBe(180);
    expect(queue({ VisibilityTimeout: 60 })).toBe(300);
    expect(queue({ VisibilityTimeout: 10, ...redriven })).toBe(120);
    expect(queue({ VisibilityTimeout: 600, MessageRetentionPeriod: 1200, ...redriven })).toBe(600);
    expect(queue({ MessageRetentionPeriod: 1000 }, false)).toBe(500);
  });

  it('rings for the first dead letter, and stays so while SQS is silent', () => {
    const plan = planAlarms(
      inventoryOf({
        Dead: { Type: 'AWS::SQS::Queue' },
        Work: {
          Type: 'AWS::SQS::Queue',
          Properties: { RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['Dead', 'Arn'] } } },
        },
      }),
    );
    expect(alarm(plan, 'queue.deadLetters')).toMatchObject({
      threshold: 0,
      treatMissingData: 'ignore',
      resource: { key: 'Dead' },
    });
    expect(plan.alarms.filter(({ id }) => id === 'queue.age').map(({ resource }) => resource.key)).toEqual([
      'Work',
    ]);
  });

  it('has of what alarms call only what others of its alarms do not say as soon, unless asked for', () => {
    const inventory = pay();
    const [fn] = inventory.functions;
    const called = {
      ...inventory,
      functions: fn === undefined ? [] : [{ ...fn, isAsync: true, isCalledByAlarms: true as const }],
    };
    const ofFunction = (settings?: AlarmSettings) =>
      ids(planAlarms(called, settings)).filter((id) => id.startsWith('function.'));
    expect(ofFunction()).toEqual([
      'function.errorRate',
      'function.errors',
      'function.throttles',
      'function.asyncDropped',
    ]);
    expect(planAlarms(called).filters).toEqual([]);
    expect(ofFunction({ functions: { pay: { duration: true } } })).toContain('function.duration');
    expect(ofFunction({ defaults: { function: { memory: { share: 0.5 } } } })).toContain('function.memory');
    expect(ofFunction({ functions: { pay: true } })).toHaveLength(4);
  });

  it.each([
    ['is killed at its timeout', 1],
    ['is killed again and again', 30],
  ])('of what alarms call rings as soon as before when it %s', (_what, count) => {
    const inventory = pay();
    const functions = inventory.functions.map((fn) => ({ ...fn, isAsync: true }));
    const rings = (isCalled: boolean): number => {
      const plan = planAlarms({
        ...inventory,
        functions: functions.map((fn) => ({ ...fn, ...(isCalled && { isCalledByAlarms: true as const }) })),
      });
      const Resources = {
        ...functionResources('Pay', 'pay'),
        ...alarmResources(plan, {
          each: { AlarmActions: ['arn:people'] },
          service: {},
          page: {},
          ticket: {},
        }),
      };
      const start = Date.UTC(2026, 10, 2, 9);
      const of = (namespace: string, metricName: string) => ({
        namespace,
        metricName,
        ...(namespace === 'AWS/Lambda' && { dimensions: { FunctionName: 'shop-dev-pay' } }),
        start,
        minutes: [[], [], [], Array.from({ length: count }, () => 1), [], []],
      });
      const series = [
        of('AWS/Lambda', 'Invocations'),
        of('AWS/Lambda', 'Errors'),
        of('LambdaLantern/shop-dev-pay', 'Timeouts'),
      ];
      const told = replayAlarms({ Resources }, series).find(({ notifies }) => notifies.length > 0);
      return (Number(told?.at) - start) / 60_000;
    };
    expect(rings(true)).toBe(4);
    expect(rings(true)).toBe(rings(false));
  });

  it('watches a table and each of its indexes, with data where DynamoDB sends none', () => {
    const plan = planAlarms(
      inventoryOf({
        Orders: {
          Type: 'AWS::DynamoDB::Table',
          Properties: { GlobalSecondaryIndexes: [{ IndexName: 'by-day' }] },
        },
      }),
    );
    expect(expressionOf(alarm(plan, 'table.throttles'))).toBe('FILL(reads, 0) + FILL(writes, 0)');
    expect(alarm(plan, 'table.indexThrottles')).toMatchObject({
      name: 'shop-dev-Orders-indexThrottles-by-day',
      metric: {
        metrics: [
          {
            stat: {
              dimensions: [
                { name: 'TableName', value: { Ref: 'Orders' } },
                { name: 'GlobalSecondaryIndexName', value: 'by-day' },
              ],
            },
          },
          {},
          {},
        ],
      },
    });
    expect(expressionOf(alarm(plan, 'table.systemErrors'))).toMatch(/^FILL\(getItem, 0\) \+ /);
  });

  it('knows the metrics of each kind of API', () => {
    const plan = planAlarms(inventoryOf(readTemplate('every-event').Resources));
    const metricsOf = (key: string) =>
      plan.alarms
        .filter(({ id, resource }) => id === 'api.serverErrors' && resource.key === key)
        .flatMap(({ metric }) => (metric.kind === 'math' ? metric.metrics : []))
        .flatMap((part) => ('stat' in part ? [part.stat] : []))
        .map(({ metricName, dimensions }) => [metricName, ...dimensions.map(({ name }) => name)]);
    expect(metricsOf('ApiGatewayRestApi')).toEqual([
      ['5XXError', 'ApiName', 'Stage'],
      ['Count', 'ApiName', 'Stage'],
    ]);
    expect(metricsOf('HttpApi')).toEqual([
      ['5xx', 'ApiId', 'Stage'],
      ['Count', 'ApiId', 'Stage'],
    ]);
    expect(metricsOf('WebsocketsApi')).toEqual([
      ['ExecutionError', 'ApiId', 'Stage'],
      ['MessageCount', 'ApiId', 'Stage'],
    ]);
  });

  it('names the bus of a rule that is on one, and puts an alarm on each group of schedules once', () => {
    const plan = planAlarms(
      inventoryOf({
        Own: { Type: 'AWS::Events::Rule', Properties: { EventBusName: 'parcels', Name: 'moved' } },
        A: { Type: 'AWS::Scheduler::Schedule', Properties: {} },
        B: { Type: 'AWS::Scheduler::Schedule', Properties: {} },
        C: { Type: 'AWS::Scheduler::Schedule', Properties: { GroupName: 'ours' } },
      }),
    );
    expect(alarm(plan, 'rule.failed').metric).toMatchObject({
      dimensions: [
        { name: 'EventBusName', value: 'parcels' },
        { name: 'RuleName', value: 'moved' },
      ],
    });
    const dropped = plan.alarms.filter(({ id }) => id === 'schedule.dropped');
    expect(dropped.map(({ metric }) => metric)).toMatchObject([
      { dimensions: [{ name: 'ScheduleGroup', value: 'default' }] },
      { dimensions: [{ name: 'ScheduleGroup', value: 'ours' }] },
    ]);
  });

  it('takes an anomaly band in place of a threshold', () => {
    const plan = planAlarms(pay(), { functions: { pay: { duration: { anomaly: 3 } } } });
    const found = alarm(plan, 'function.duration');
    expect(found).toMatchObject({
      comparisonOperator: 'GreaterThanUpperThreshold',
      thresholdMetricId: 'band',
      metric: { metrics: [{ id: 'value' }, { id: 'band', expression: 'ANOMALY_DETECTION_BAND(value, 3)' }] },
    });
    expect(found).not.toHaveProperty('threshold');
  });

  it('gives an alarm and its filter the condition of their function, and keeps it out of the composite', () => {
    const resources = functionResources('Pay', 'pay');
    const conditional = { ...(resources.PayLambdaFunction as object), Condition: 'IsProduction' };
    const plan = planAlarms(inventoryOf({ ...resources, PayLambdaFunction: conditional }));
    const ofFunction = plan.alarms.filter(({ resource }) => resource.kind === 'function');
    expect(new Set(ofFunction.map(({ condition }) => condition))).toEqual(new Set(['IsProduction']));
    expect(plan.filters.every(({ condition }) => condition === 'IsProduction')).toBe(true);
    expect(plan.composites.map(({ name, condition }) => [name, condition])).toEqual([
      ['shop-dev-pay-unhealthy', 'IsProduction'],
    ]);
  });

  it('says why a function at the edge is not watched', () => {
    const inventory = pay();
    const plan = planAlarms({
      ...inventory,
      functions: inventory.functions.map((fn) => ({ ...fn, runsAtEdge: true })),
    });
    expect(plan.skipped).toMatchObject([{ id: 'function', why: /CloudFront runs it/ }]);
    expect(ids(plan)).toEqual(['account.concurrency']);
  });

  it('is empty where alarms are off', () => {
    expect(planAlarms(pay(), { stages: { dev: false } })).toEqual({
      alarms: [],
      filters: [],
      eventSources: [],
      logAlarms: [],
      composites: [],
      objectives: [],
      skipped: [],
    });
    expect(planAlarms(pay(), { composite: false }).composites.filter(({ isRoot }) => isRoot)).toEqual([]);
  });

  it.each([
    ['AWS::AppSync::GraphQLApi', 'an AppSync API', 'AWS/AppSync'],
    ['AWS::Lambda::Url', 'a function URL', 'AWS/Lambda'],
    ['AWS::Kinesis::Stream', 'a stream', 'AWS/Kinesis'],
    ['AWS::RDS::DBCluster', 'a database', 'AWS/RDS'],
  ])('lists %s as not watched, with where its metrics are', (Type, what, namespace) => {
    const plan = planAlarms(pay({}, { Other: { Type, Properties: {} } }));
    expect(plan.skipped).toContainEqual({
      id: 'other',
      resource: { kind: 'other', logicalId: 'Other', key: 'Other' },
      why: `no alarm is made for ${what}: put your own on its metrics, in the namespace ${namespace}`,
    });
    expect(
      alarmsReport({ service: 'shop', stage: 'dev', region: 'eu-west-1' }, plan).replaceAll(/\s+/g, ' '),
    ).toContain(`the resource Other, all alarms: no alarm is made for ${what}`);
  });
});
