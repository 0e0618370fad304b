import { describe, expect, it } from 'vitest';
import { planAlarms } from '../../../plugin/alarms/plan-alarms.ts';
import { alarmsJson, alarmsReport } from '../../../plugin/alarms-command/alarms-report.ts';
import { functionResources, inventoryOf, readTemplate } from '../../helpers/inventory.ts';

const everything = inventoryOf(readTemplate('every-event').Resources);

describe('alarmsReport', () => {
  it('shows thresholds and reasons in columns, by resource', () => {
    const inventory = inventoryOf({
      ...functionResources('Pay', 'pay', { LoggingConfig: { LogFormat: 'JSON', SystemLogLevel: 'WARN' } }),
    });
    const plan = planAlarms(inventory, {
      functions: { pay: { duration: { share: 0.25 }, errors: false, throttles: { anomaly: 2 } } },
    });
    expect(alarmsReport(inventory, plan)).toBe(
      [
        'Alarms of shop in the stage dev, eu-west-1: 4',
        'A name begins with shop-dev-. Symptoms are marked with *: users feel them, or work is lost.',
        'shop-dev-unhealthy is in ALARM as soon as one of the 3 symptoms is.',
        '',
        'function pay',
        '  * duration   > 1500 ms       3 of 5 min  25 % of its timeout of 6 s (set in serverless.yml)',
        '  * errorRate  > 5 %           2 of 3 min  of minutes with 20 invocations or more',
        '  * throttles  above the band  2 of 5 min  above a band of 2 standard deviations around what CloudWatch expects',
        '',
        'account',
        "    concurrency  > 80 %  5 of 10 min  of the account's quota of concurrent executions in this region",
        '',
        'Not watched',
        '  function pay, memory, timeouts: its system log level is WARN, which leaves platform.report out of the log; set',
        '    systemLogLevel to INFO',
      ].join('\n'),
    );
  });

  it('fits a terminal of 120 columns', () => {
    const lines = alarmsReport(everything, planAlarms(everything)).split('\n');
    expect(lines.length).toBeGreaterThan(80);
    expect(lines.filter((line) => line.length > 120)).toEqual([]);
  });

  it('says so where there are none', () => {
    expect(alarmsReport(everything, planAlarms(everything, false))).toBe(
      'Alarms of shop in the stage dev, eu-west-1: 0. They are switched off, or there is nothing to watch.',
    );
  });
});

describe('alarmsJson', () => {
  it('is the plan with the service', () => {
    const plan = planAlarms(everything);
    expect(JSON.parse(alarmsJson(everything, plan))).toEqual(
      JSON.parse(JSON.stringify({ service: 'shop', stage: 'dev', region: 'eu-west-1', ...plan })),
    );
  });
});
