import { describe, expect, it } from 'vitest';
import { newRecord } from '../../../../local/cloudwatch/alarms/alarm-record.ts';
import { MetricStore } from '../../../../local/cloudwatch/metrics/metric-store.ts';
import { alarmChart } from '../../../../local/cloudwatch/page/alarm-chart.ts';
import { alarmSummary, byUrgency, settingsOf } from '../../../../local/cloudwatch/page/alarm-summary.ts';
import { metricsPage, lossSentences } from '../../../../local/cloudwatch/page/metrics-page.ts';
import type { AlarmState } from '../../../../local/cloudwatch/view.ts';
import type { ServiceDefinition } from '../../../../local/template/service.ts';
import { functionDefinition } from '../../lambda/definition.ts';
import { metricAlarm, stat } from '../alarms/metric-alarm.ts';

const MINUTE = 1000;
const clock = { minuteMs: MINUTE };
const NOW = 1_800_000_000_000;

const service = {
  functions: [functionDefinition({ name: 'shop-local-pay' })],
  apis: [{ id: 'abc', name: 'local-shop', kind: 'HTTP', stage: 'local' }],
  queues: [{ name: 'jobs' }],
  topics: [{ name: 'news' }],
} as unknown as ServiceDefinition;

function storeWith(values: ReadonlyArray<readonly [minutesAgo: number, value: number]>) {
  const store = new MetricStore(clock, () => NOW);
  const { namespace, metricName: name, dimensions } = stat();
  for (const [ago, value] of values)
    store.record({ namespace, name, dimensions }, { at: NOW - ago * MINUTE, value }, 'Milliseconds');
  return store;
}

describe('the chart of an alarm', () => {
  const store = storeWith([
    [90, 500],
    [10, 50],
    [9, 150],
  ]);

  it('shows the last hour of CloudWatch, with threshold and breaching points', () => {
    expect(alarmChart(metricAlarm(), { store, clock, now: NOW })).toEqual({
      title: 'Duration Maximum',
      unit: 'Milliseconds',
      range: { from: NOW - 60 * MINUTE, to: NOW },
      periodMs: MINUTE,
      series: [
        {
          label: 'Duration Maximum',
          points: [
            { at: NOW - 10 * MINUTE, value: 50, breaching: false },
            { at: NOW - 9 * MINUTE, value: 150, breaching: true },
          ],
        },
      ],
      threshold: { value: 100, comparisonOperator: 'GreaterThanThreshold' },
    });
  });

  it('shows the range that is asked for, and no more points than fit on a page', () => {
    const points = (from: number, to: number) =>
      alarmChart(metricAlarm(), { store, clock, now: NOW }, { from, to }).series[0]?.points.length;
    expect(points(NOW - 100 * MINUTE, NOW - 80 * MINUTE)).toBe(1);
    expect(points(NOW + MINUTE, NOW + 9 * MINUTE)).toBe(0);
    expect(points(0, NOW)).toBe(3);
  });

  it('is empty of an alarm that cannot be evaluated', () => {
    const alarm = metricAlarm({ queries: [{ id: 'e', returnData: true, expression: 'nonsense(' }] });
    expect(alarmChart(alarm, { store, clock, now: NOW }).series[0]?.points).toEqual([]);
  });
});

describe('the summary of an alarm', () => {
  it('says its condition and what it watches', () => {
    const summary = alarmSummary(newRecord(metricAlarm(), NOW), service);
    expect(summary).toEqual({
      name: 'pay-duration',
      kind: 'metric',
      description: 'Payments are slow.',
      state: 'INSUFFICIENT_DATA',
      reason: 'Unchecked: Initial alarm creation',
      since: NOW,
      condition: 'Duration Maximum > 100 for 2 of 3 periods of 60 s',
      resource: { kind: 'function', name: 'pay' },
      actionsEnabled: true,
    });
  });

  it.each([
    [20, '20 s'],
    [60, '60 s'],
    [300, '5 min'],
    [5400, '90 min'],
    [3600, '1 h'],
    [86_400, '24 h'],
  ])('says a period of %s seconds as people do', (period, said) => {
    const stat = { namespace: 'Shop', metricName: 'Late', dimensions: [], statistic: 'Sum', period };
    const alarm = metricAlarm({ queries: [{ id: 'm1', returnData: true, stat }] });
    expect(alarmSummary(newRecord(alarm, NOW), service).condition).toMatch(
      new RegExp(` periods of ${said}$`),
    );
  });

  it('says which band the value of an anomaly alarm leaves', () => {
    const alarm = metricAlarm({ comparisonOperator: 'GreaterThanUpperThreshold', thresholdMetricId: 'ad1' });
    Reflect.deleteProperty(alarm, 'threshold');
    expect(alarmSummary(newRecord(alarm, NOW), service).condition).toBe(
      'Duration Maximum above the band of ad1 for 2 of 3 periods of 60 s',
    );
  });

  it.each([
    [
      { namespace: 'LambdaLantern/shop-local-pay', dimensions: [] },
      { kind: 'function', name: 'pay' },
    ],
    [
      {
        namespace: 'AWS/ApiGateway',
        dimensions: [
          { name: 'Stage', value: 'local' },
          { name: 'ApiId', value: 'abc' },
        ],
      },
      { kind: 'api', name: 'local-shop' },
    ],
    [
      { namespace: 'AWS/SQS', dimensions: [{ name: 'QueueName', value: 'jobs' }] },
      { kind: 'queue', name: 'jobs' },
    ],
    [{ namespace: 'shop', dimensions: [{ name: 'service', value: 'x' }] }, undefined],
  ])('knows the resource of %j', (of, resource) => {
    const alarm = metricAlarm({ queries: [{ id: 'm', returnData: true, stat: stat(of) }] });
    expect(alarmSummary(newRecord(alarm, NOW), service).resource).toEqual(resource);
  });

  it('comes before others by state, then by name', () => {
    const of = (name: string, state: AlarmState) => ({
      ...alarmSummary(newRecord(metricAlarm({ name }), NOW), service),
      state,
    });
    const sorted = [of('b', 'OK'), of('a', 'OK'), of('z', 'ALARM'), of('m', 'INSUFFICIENT_DATA')].sort(
      byUrgency,
    );
    expect(sorted.map(({ name }) => name)).toEqual(['z', 'm', 'a', 'b']);
  });

  it('lists how the alarm is set', () => {
    expect(settingsOf({ ...newRecord(metricAlarm(), NOW), forgotten: 4 })).toEqual([
      { name: 'metric', value: 'Maximum of AWS/Lambda Duration (FunctionName shop-local-pay) over 60 s' },
      { name: 'treats missing data as', value: 'missing' },
      { name: 'on ALARM', value: 'arn:aws:sns:eu-west-1:000000000000:alarms' },
      { name: 'older transitions, no longer kept', value: '4' },
    ]);
  });
});

describe('the page of metrics', () => {
  it('has charts of everything in the service, in its order, and of its own metrics', () => {
    const store = storeWith([[10, 50]]);
    store.record({ namespace: 'shop', name: 'orders', dimensions: [] }, { at: NOW - 1, value: 3 }, 'Count');
    store.record({ namespace: 'shop', name: 'total', dimensions: [] }, { at: NOW - 1, value: 12.5 });
    const page = metricsPage({ service, store, clock, now: NOW, losses: [] });
    expect(
      page.groups.map(({ kind, name, charts }) => [kind, name, charts.map(({ title }) => title)]),
    ).toEqual([
      [
        'function',
        'pay',
        ['Invocations', 'Duration', 'Concurrent executions', 'Memory used', 'Init duration'],
      ],
      ['api', 'local-shop', ['Requests', 'Latency']],
      ['queue', 'jobs', ['Messages', 'Age of the oldest message']],
      ['topic', 'news', ['Messages published']],
      ['namespace', 'shop', ['orders', 'total']],
    ]);
    expect(page.groups[0]?.charts[1]?.series.map(({ label, points }) => [label, points])).toEqual([
      ['p50', [{ at: NOW - 10 * MINUTE, value: 50 }]],
      ['p99', [{ at: NOW - 10 * MINUTE, value: 50 }]],
      ['maximum', [{ at: NOW - 10 * MINUTE, value: 50 }]],
    ]);
    expect(page.groups[4]?.charts[1]?.series.map(({ label }) => label)).toEqual(['Average', 'Maximum']);
    expect(page).not.toHaveProperty('losses');
  });

  it('takes longer periods for a longer range', () => {
    const page = (minutes: number) =>
      metricsPage(
        { service, store: storeWith([]), clock, now: NOW, losses: ['x'] },
        { from: NOW - minutes * MINUTE, to: NOW },
      );
    expect(page(60).groups[0]?.charts[0]?.periodMs).toBe(MINUTE);
    expect(page(1000).groups[0]?.charts[0]?.periodMs).toBe(5 * MINUTE);
    expect(page(100_000).groups[0]?.charts[0]?.periodMs).toBe(60 * MINUTE);
    expect(page(60).losses).toEqual(['x']);
  });

  it('says what was lost', () => {
    const none = { refusedSamples: 0, untimelySamples: 0, unrankedSamples: 0, droppedBuckets: 0 };
    expect(lossSentences(none, { invalidEmbeddedMetrics: 0, valuelessMatches: 0 })).toEqual([]);
    expect(
      lossSentences({ ...none, refusedSamples: 3 }, { invalidEmbeddedMetrics: 0, valuelessMatches: 1 }),
    ).toEqual([
      '3 samples were refused: 2000 metrics are kept.',
      '1 log lines match a metric filter, but lack its number or a dimension.',
    ]);
  });
});
