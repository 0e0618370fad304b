import { describe, expect, it } from 'vitest';
import { planAlarms } from '../../../plugin/alarms/plan-alarms.ts';
import { serviceLevelObjectives } from '../../../plugin/alarms/service-level-objectives.ts';
import { functionResources, inventoryOf, readTemplate } from '../../helpers/inventory.ts';

const inventory = inventoryOf(readTemplate('shop').Resources);

describe('the objectives of Application Signals', () => {
  it('are one for each promise, of the same metrics and with the windows of the alarms', () => {
    const { objectives } = planAlarms(
      inventory,
      {},
      {
        resources: { HttpApi: { availability: 99.5, latency: { under: '750ms', target: 95 } } },
      },
    );
    const resources = serviceLevelObjectives(objectives);
    expect(Object.keys(resources)).toEqual([
      'LanternObjectiveHttpApiAvailability',
      'LanternObjectiveHttpApiLatency',
    ]);
    expect(resources.LanternObjectiveHttpApiAvailability?.Properties).toMatchObject({
      Name: 'shop-dev-HttpApi-availability',
      RequestBasedSli: {
        RequestBasedSliMetric: {
          TotalRequestCountMetric: [
            {
              Id: 'requests',
              MetricStat: { Metric: { MetricName: 'Count' }, Stat: 'SampleCount' },
              ReturnData: false,
            },
            { Id: 'value', Expression: 'FILL(requests, 0)', ReturnData: true },
          ],
          MonitoredRequestCountMetric: {
            BadCountMetric: [
              { Id: 'failed', MetricStat: { Metric: { MetricName: '5xx' }, Stat: 'Sum' }, ReturnData: false },
              { Id: 'value', Expression: 'FILL(failed, 0)', ReturnData: true },
            ],
          },
        },
      },
      Goal: { AttainmentGoal: 99.5, Interval: { RollingInterval: { Duration: 30, DurationUnit: 'DAY' } } },
      BurnRateConfigurations: [5, 30, 60, 120, 360, 1440].map((LookBackWindowMinutes) => ({
        LookBackWindowMinutes,
      })),
    });
    expect(JSON.stringify(resources.LanternObjectiveHttpApiLatency?.Properties)).toContain('"PR(:750)"');
  });

  it('are deployed under the condition of their resource', () => {
    const { PayLambdaFunction, ...others } = functionResources('Pay', 'pay');
    const conditional = inventoryOf({
      ...others,
      PayLambdaFunction: { ...(PayLambdaFunction as object), Condition: 'IsProd' },
    });
    const { objectives } = planAlarms(conditional, {}, { functions: { pay: { availability: 99.9 } } });
    expect(Object.values(serviceLevelObjectives(objectives)).map(({ Condition }) => Condition)).toEqual([
      'IsProd',
    ]);
  });
});
