import { describe, expect, it } from 'vitest';
import { checked } from './checked-dashboards.ts';
import { alarmOn, compositeNamed, EMPTY, everything, functionNamed, NO_ALARMS } from './inventories.ts';
import { alarmArn } from './resolve-body.ts';

describe('the service at a glance', () => {
  const functions = [functionNamed('pay'), functionNamed('get')];
  const glance = checked(everything(functions), NO_ALARMS).LanternServiceDashboard;

  it('has the row of each question in its order', () => {
    const titles = glance?.widgets.map(
      ({ properties }) => properties.title ?? properties.markdown?.split('\n')[0],
    );

    expect(titles).toEqual([
      '# shop, stage dev',
      'APIs: requests',
      'APIs: error rate',
      'APIs: latency',
      'Functions: invocations',
      'Functions: errors, and the error rate of all',
      'Functions: duration p99',
      'Functions: duration p50',
      'Functions: throttles',
      'Functions: concurrency',
      'Queues: age of the oldest message',
      'Dead letters waiting',
      'Not delivered',
      'Tables throttled, executions failed',
      '## Cost of tracing',
      'Traces recorded, whole account',
      'Traced invocations of this service',
      '## How to read this',
    ]);
  });

  it('counts recorded traces by the group of X-Ray that holds them all', () => {
    expect(glance?.metrics.filter(({ namespace }) => namespace === 'AWS/X-Ray')).toMatchObject([
      { metricName: 'ApproximateTraceCount', dimensions: { GroupName: 'Default' }, style: { stat: 'Sum' } },
    ]);
  });

  it('asks the logs of every function for its traced invocations', () => {
    const [query = ''] = glance?.widgets.flatMap(({ properties }) => properties.query ?? []) ?? [];

    expect(query.split('\n')[0]).toBe(
      `SOURCE 'payLogGroup-ref' | SOURCE 'getLogGroup-ref' | ${query.split(' | ')[2]?.split('\n')[0]}`,
    );
  });

  it('shows the composite alarm before the others, a hundred in a widget', () => {
    const alarms = Array.from({ length: 205 }, (_, index) =>
      alarmOn(functionNamed(`fn${index}`), { metricName: 'Duration', statistic: 'p99' }),
    );
    const many = checked(
      { ...EMPTY, functions },
      {
        ...NO_ALARMS,
        alarms,
        composites: [compositeNamed('Branch', false), compositeNamed('Unhealthy', true)],
      },
    );
    const widgets = many.LanternServiceDashboard?.widgets.filter(({ type }) => type === 'alarm');

    expect(widgets?.map(({ properties }) => properties.alarms?.length)).toEqual([2, 100, 100, 5]);
    expect(widgets?.[0]?.properties.alarms).toEqual([alarmArn('Unhealthy'), alarmArn('Branch')]);
  });

  it('links to the dashboards of the resources', () => {
    expect(glance?.widgets[0]?.properties.markdown).toContain(
      '#dashboards/dashboard/shop-dev-eu-west-1-resources)',
    );
  });
});
