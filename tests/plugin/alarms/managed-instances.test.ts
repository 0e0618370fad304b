import { describe, expect, it } from 'vitest';
import { replayAlarms } from 'lambda-lantern/testing';
import { alarmResources } from '../../../plugin/alarms/alarm-resources.ts';
import { checkAlarms } from '../../../plugin/alarms/check/check-alarms.ts';
import { planAlarms } from '../../../plugin/alarms/plan-alarms.ts';
import type { AlarmSettings } from '../../../plugin/settings/settings.ts';
import { functionResources, inventoryOf } from '../../helpers/inventory.ts';

const TOPIC = 'arn:aws:sns:eu-west-1:123456789012:on-call';
const PROVIDER = { 'Fn::GetAtt': ['Machines', 'Arn'] };

function managed(config: object = {}, properties: object = {}) {
  const resources = {
    ...functionResources('Pay', 'pay', {
      Runtime: 'nodejs24.x',
      CapacityProviderConfig: {
        LambdaManagedInstancesCapacityProviderConfig: { CapacityProviderArn: PROVIDER, ...config },
      },
      ...properties,
    }),
    Machines: {
      Type: 'AWS::Lambda::CapacityProvider',
      Properties: { CapacityProviderName: 'shop-machines' },
    },
  };
  return { resources, inventory: inventoryOf(resources) };
}

function alarmsOf(config: object = {}, properties: object = {}, settings?: AlarmSettings) {
  const { inventory } = managed(config, properties);
  const plan = planAlarms(inventory, settings);
  expect(checkAlarms(plan, inventory)).toEqual([]);
  return plan;
}

describe('the capacity provider of a function', () => {
  it.each([
    [PROVIDER, 'shop-machines'],
    [{ 'Fn::Sub': '${Machines.Arn}' }, 'shop-machines'],
    ['arn:aws:lambda:eu-west-1:123456789012:capacity-provider:common', 'common'],
    [
      { 'Fn::ImportValue': 'provider' },
      { 'Fn::Select': [6, { 'Fn::Split': [':', { 'Fn::ImportValue': 'provider' }] }] },
    ],
  ])('has its name from %j', (CapacityProviderArn, name) => {
    const [fn] = managed({ CapacityProviderArn }).inventory.functions;
    expect(fn?.managed?.capacityProvider).toEqual(name);
  });

  it.each([
    [{ PerExecutionEnvironmentMaxConcurrency: 10 }, {}, 10],
    [{}, { MemorySize: 2048 }, 64],
    [{}, { MemorySize: 16_384, Runtime: 'nodejs26.x' }, 512],
    [{ ExecutionEnvironmentMemoryGiBPerVCpu: 8 }, { MemorySize: 16_384 }, 128],
    [{}, { Runtime: 'python3.14' }, undefined],
    [{}, { MemorySize: { Ref: 'Size' } }, undefined],
    [{ PerExecutionEnvironmentMaxConcurrency: { Ref: 'Most' } }, { Runtime: 'java25' }, undefined],
  ])(
    'with %j and %j runs so many invocations at once in an environment: %j, %j -> %j',
    (config, properties, most) => {
      const [fn] = managed(config, properties).inventory.functions;
      expect(fn?.managed?.concurrencyOfEnvironment).toBe(most);
    },
  );
});

describe('the alarms of managed instances', () => {
  it('watch CPU and memory of the provider, over all of its types of instances', () => {
    const { alarms } = alarmsOf();
    expect(alarms.filter(({ resource }) => resource.kind === 'capacityProvider')).toMatchObject(
      ['CPUUtilization', 'MemoryUtilization'].map((metricName) => ({
        threshold: 90,
        metric: {
          metricName,
          matching: true,
          statistic: 'Maximum',
          period: 300,
          dimensions: [{ name: 'CapacityProviderName', value: 'shop-machines' }],
        },
      })),
    );
  });

  it('are queries of Metrics Insights in the template', () => {
    const plan = alarmsOf();
    const resources = alarmResources(plan, { each: {}, service: {}, page: {}, ticket: {} });
    expect(resources.LanternAlarmMachinesCpu?.Properties).toMatchObject({
      Metrics: [
        {
          Id: 'value',
          Expression: `SELECT MAX(CPUUtilization) FROM "AWS/Lambda" WHERE CapacityProviderName = 'shop-machines'`,
          Period: 300,
          ReturnData: true,
        },
      ],
    });
    expect(JSON.stringify(resources.LanternAlarmPayLambdaFunctionEnvironmentCpu?.Properties)).toContain(
      `WHERE CapacityProviderName = 'shop-machines' AND FunctionName = 'shop-dev-pay'`,
    );
  });

  it('watch environments in the place of what only one invocation at a time has', () => {
    const ids = (properties: Record<string, unknown>): string[] =>
      planAlarms(inventoryOf(functionResources('Pay', 'pay', properties)), {
        defaults: { function: { initDuration: true, coldStarts: true } },
      }).alarms.map(({ id }) => id);
    const ofManaged = alarmsOf(
      {},
      {},
      {
        defaults: { function: { initDuration: true, coldStarts: true } },
      },
    ).alarms.map(({ id }) => id);
    const alone = ['function.memory', 'function.initDuration', 'function.coldStarts'];
    const shared = ['Concurrency', 'Cpu', 'Memory'].map((name) => `function.environment${name}`);
    expect(ids({})).toEqual(expect.arrayContaining(alone));
    expect(ofManaged.filter((id) => alone.includes(id))).toEqual([]);
    expect(ofManaged).toEqual(expect.arrayContaining(shared));
    expect(ids({}).filter((id) => shared.includes(id))).toEqual([]);
  });

  it('compare the invocations at once with what an environment may have', () => {
    const found = alarmsOf({ PerExecutionEnvironmentMaxConcurrency: 40 }).alarms.find(
      ({ id }) => id === 'function.environmentConcurrency',
    );
    expect(found).toMatchObject({
      threshold: 36,
      comparisonOperator: 'GreaterThanOrEqualToThreshold',
      reason: '90 % of the 40 that an environment runs at once',
    });
    expect(alarmsOf({}, { Runtime: 'python3.14' }).skipped).toMatchObject([
      {
        id: 'function.environmentConcurrency',
        why: expect.stringContaining('PerExecutionEnvironmentMaxConcurrency') as string,
      },
    ]);
  });

  it('take timeouts of an hour and a half', () => {
    const found = alarmsOf({}, { Timeout: 5400 }).alarms.find(({ id }) => id === 'function.duration');
    expect(found).toMatchObject({ threshold: 4_320_000, reason: '80 % of its timeout of 5400 s' });
  });

  it.each([
    [{ statistic: 'p99' }, 'which has no p99, only: Average, Maximum, Minimum, SampleCount, Sum'],
    [{ anomaly: 2 }, 'an anomaly band needs a single metric'],
    [{ threshold: 100 }, 'it can never ring: the value is from 0 to 100 %'],
  ])('are refused with %j', (cpu, problem) => {
    const { inventory } = managed();
    const plan = planAlarms(inventory, { resources: { Machines: { cpu } } });
    expect(checkAlarms(plan, inventory).join('\n')).toContain(problem);
  });

  it('ring in a replay when one type of instance is full', () => {
    const { resources } = managed();
    const plan = alarmsOf();
    const template = {
      Resources: {
        ...resources,
        ...alarmResources(plan, { each: { AlarmActions: [TOPIC] }, service: {}, page: {}, ticket: {} }),
      },
    };
    const series = (InstanceType: string, value: number, CapacityProviderName = 'shop-machines') => ({
      namespace: 'AWS/Lambda',
      metricName: 'CPUUtilization',
      dimensions: { CapacityProviderName, InstanceType },
      start: '2026-11-02T00:00:00Z',
      minutes: Array.from({ length: 30 }, (_, minute) => (minute % 5 === 0 ? [value] : null)),
    });
    const alarmed = (...given: ReturnType<typeof series>[]): string[] =>
      replayAlarms(template, given)
        .filter(({ to }) => to === 'ALARM')
        .map(({ alarm }) => alarm);
    expect(alarmed(series('m7g.large', 20), series('c7g.large', 95))).toEqual(['shop-dev-Machines-cpu']);
    expect(alarmed(series('m7g.large', 80), series('c7g.large', 99, 'another'))).toEqual([]);
  });
});
