import { describe, expect, it } from 'vitest';
import { checked } from '../checked-dashboards.ts';
import {
  alarmOn,
  EMPTY,
  FULL_FUNCTION,
  functionNamed,
  mathAlarmOn,
  memoryFilterOf,
  NO_ALARMS,
} from '../inventories.ts';
import { alarmArn } from '../resolve-body.ts';

describe('the section of a function', () => {
  const pay = functionNamed('pay', FULL_FUNCTION);
  const plan = {
    ...NO_ALARMS,
    alarms: [alarmOn(pay, { metricName: 'Duration', statistic: 'p99' }), mathAlarmOn(pay)],
    filters: [memoryFilterOf(pay)],
  };
  const { LanternResourcesDashboard: dashboard } = checked({ ...EMPTY, functions: [pay] }, plan);
  const widget = (title: string) =>
    dashboard?.widgets.find(({ properties }) => properties.title === title)?.properties;

  it('draws the timeout and the alarm on the durations', () => {
    expect(widget('pay: duration')?.annotations?.horizontal).toMatchObject([
      { value: 6_000, label: 'timeout 6 s' },
      { value: 4_800, label: 'alarm Duration.p99.60 > 4800 ms' },
    ]);
    expect(dashboard?.metrics.filter(({ metricName }) => metricName === 'Duration')).toMatchObject([
      { dimensions: { FunctionName: 'payFunction-ref' }, style: { stat: 'p50' } },
      { style: { stat: 'p90' } },
      { style: { stat: 'p99' } },
    ]);
  });

  it.each([
    [{ isolatesTenants: true }, true],
    [{ isolatesTenants: true, logFormat: 'Text' }, false],
    [{}, false],
  ] as const)('shows by tenant what its log knows, and no metric: %j', (over, expected) => {
    const fn = functionNamed('pay', over);
    const { LanternResourcesDashboard: page } = checked({ ...EMPTY, functions: [fn] }, NO_ALARMS);
    const found = page?.widgets.find(({ properties }) => properties.title?.endsWith('by tenant') === true);
    expect(
      found?.properties.query?.includes('by coalesce(record.tenantId, tenantId) as tenant') ?? false,
    ).toBe(expected);
  });

  it('takes the period of its alarm with all lines, or errors of five minutes were divided by invocations of one', () => {
    const alarm = alarmOn(pay, { metricName: 'Errors', statistic: 'Sum', period: 300 });
    const chart = checked({ ...EMPTY, functions: [pay] }, { ...NO_ALARMS, alarms: [alarm] });
    const found = chart.LanternResourcesDashboard?.widgets.find(
      ({ properties }) => properties.title === 'pay: invocations and errors',
    );

    expect(found?.properties).toMatchObject({ period: 300, yAxis: { left: { label: 'per 5 minutes' } } });
    expect(JSON.stringify(found?.properties.metrics)).not.toContain('period');
  });

  it('draws the memory size on the memory that the filter measures', () => {
    expect(widget('pay: memory')?.annotations?.horizontal).toMatchObject([{ value: 512 }]);
    expect(dashboard?.metrics.filter(({ metricName }) => metricName === 'MaxMemoryUsed')).toMatchObject([
      { namespace: 'LambdaLantern/payFunction-ref', dimensions: {}, style: { stat: 'Maximum' } },
      { style: { stat: 'p50' } },
    ]);
  });

  it('has a chart of its own for an alarm over metric math', () => {
    expect(dashboard?.alarms).toEqual([alarmArn('payFunctionErrorRateAlarm')]);
  });

  it('shows alias, asynchronous events and streams where the function has them', () => {
    const titles = dashboard?.widgets.map(({ properties }) => properties.title);

    expect(titles).toEqual(
      expect.arrayContaining([
        'pay: provisioned concurrency (2)',
        'pay: asynchronous events',
        'pay: age of the last record read',
        'pay: records not read yet',
      ]),
    );
    expect(
      dashboard?.metrics.find(({ metricName }) => metricName === 'ProvisionedConcurrencyUtilization')
        ?.dimensions,
    ).toEqual({ FunctionName: 'payFunction-ref', Resource: 'payFunction-ref:live' });
  });

  it('has none of that for a plain function', () => {
    const plain = checked({ ...EMPTY, functions: [functionNamed('get')] }, NO_ALARMS);
    const titles = plain.LanternResourcesDashboard?.widgets.map(({ properties }) => properties.title);

    expect(titles).toEqual([
      undefined,
      undefined,
      'get: invocations and errors',
      'get: duration',
      'get: concurrency and throttles',
      'get: recent errors',
    ]);
  });

  it.each([
    ['JSON', "SOURCE 'payLogGroup-ref' | ", 'type = "platform.report"'],
    ['Text', "SOURCE 'payLogGroup-ref' | ", 'Task timed out'],
  ] as const)('asks its log group for errors in %s logs', (logFormat, source, command) => {
    const inventory = { ...EMPTY, functions: [functionNamed('pay', { logFormat })] };
    const queries = checked(inventory, NO_ALARMS).LanternResourcesDashboard?.widgets.flatMap(
      ({ properties }) => properties.query ?? [],
    );

    expect(queries).toHaveLength(1);
    expect(queries?.[0]?.startsWith(source)).toBe(true);
    expect(queries?.[0]).toContain(command);
    expect(queries?.[0]).toContain('\n| limit 20');
  });
});

describe('a function that CloudFront runs', () => {
  const edge = functionNamed('rewrite', { runsAtEdge: true });
  const dashboards = checked({ ...EMPTY, functions: [edge] }, NO_ALARMS);

  it('has a section that says where its metrics are, and no empty charts', () => {
    const { LanternResourcesDashboard: dig, LanternServiceDashboard: glance } = dashboards;

    expect(dig?.widgets).toHaveLength(2);
    expect(dig?.text).toContain(
      'CloudFront runs it, so its metrics and logs are in the region of each request',
    );
    expect([dig?.metrics, glance?.metrics]).toEqual([[], []]);
  });
});
