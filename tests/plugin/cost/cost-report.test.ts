import { describe, expect, it } from 'vitest';
import { costJson, costReport } from '../../../plugin/cost/cost-report.ts';
import { estimateCost } from '../../../plugin/cost/estimate-cost.ts';
import { PRICES } from '../../../plugin/cost/prices.ts';
import { alarmOn, functionNamed } from '../dashboard/inventories.ts';

const estimate = estimateCost({
  added: {
    alarms: Array.from({ length: 12 }, () =>
      alarmOn(functionNamed('pay'), { metricName: 'Duration', statistic: 'p99' }),
    ),
    compositeAlarms: 1,
    metricFilters: 0,
    eventSourceMetrics: 0,
    dashboards: [],
    protectedShare: 0,
    errorLinesShare: 0,
    logAlarms: 0,
    keys: 1,
    emailSubscriptions: 0,
  },
  traffic: { requestsPerMonth: 10_000_000, sampling: 0.05 },
  region: 'us-east-1',
});

describe('the report of an estimate', () => {
  it('is a table with a line of quantity, price and free tier for each, and the total', () => {
    const table = costReport(estimate).split('\n').slice(3, 11);

    expect(table).toMatchInlineSnapshot(`
      [
        "                         quantity   USD each     free  USD a month  after free tier",
        "Metrics of alarms              12        0.1       10         1.20             0.20",
        "Composite alarms                1        0.5        -         0.50             0.50",
        "Traces recorded           500,000   0.000005  100,000         2.50             2.00",
        "Keys of KMS                     1          1        -         1.00             1.00",
        "Requests to KMS                52   0.000003       52         0.00             0.00",
        "Notifications published        52  0.0000005       52         0.00             0.00",
        "Total                                                         5.20             3.70",
      ]
    `);
  });

  it('says what it is about and how old the prices are', () => {
    const report = costReport(estimate);

    expect(report.split('\n').slice(0, 2)).toEqual([
      "What the alarms, dashboards and traces add to the month's bill in us-east-1, estimated for 10,000,000 requests of which",
      '5 % are traced:',
    ]);
    expect(report.split('\n').every((line) => line.length <= 120)).toBe(true);
    expect(report).toMatch(/List prices .* seen between 2025-10-28 and 2026-11-30/);
    for (const { page } of Object.values(PRICES.sources)) expect(report).toContain(page);
  });

  it('is for machines the same figures', () => {
    expect(JSON.parse(costJson(estimate))).toMatchObject({
      currency: 'USD',
      region: 'us-east-1',
      total: { full: 5.200182, afterFree: 3.7 },
      sources: PRICES.sources,
    });
  });
});
