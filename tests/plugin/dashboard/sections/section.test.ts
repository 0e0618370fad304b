import { describe, expect, it } from 'vitest';
import { linesOf } from '../../../../plugin/dashboard/lines.ts';
import { thresholdsOn } from '../../../../plugin/dashboard/sections/section.ts';
import { alarmOn, functionNamed, mathAlarmOn } from '../inventories.ts';

const pay = functionNamed('pay');
const line = linesOf('AWS/Lambda', { FunctionName: pay.name });
const lines = [line('Duration', 'p50'), line('Duration', 'p99'), line('Errors', 'Sum', { yAxis: 'right' })];

describe('the thresholds of alarms on a chart', () => {
  it('draws the alarm that looks at a line of the chart, on the side of the line', () => {
    const slow = alarmOn(pay, { metricName: 'Duration', statistic: 'p99' });
    const failing = alarmOn(pay, { metricName: 'Errors', statistic: 'Sum' }, { threshold: 0 });

    const { thresholds, shown } = thresholdsOn(lines, [slow, failing]);

    expect(shown).toEqual([slow, failing]);
    expect(thresholds).toMatchObject([
      { value: 4_800, label: 'alarm Duration.p99.60 > 4800 ms', fill: 'above' },
      { value: 0, yAxis: 'right' },
    ]);
  });

  it('shades below the threshold of an alarm on too little', () => {
    const idle = alarmOn(
      pay,
      { metricName: 'Duration', statistic: 'p99' },
      { comparisonOperator: 'LessThanOrEqualToThreshold', threshold: 1 },
    );

    expect(thresholdsOn(lines, [idle]).thresholds).toMatchObject([
      { fill: 'below', label: 'alarm Duration.p99.60 <= 1 ms' },
    ]);
  });

  it.each([
    ['another statistic', alarmOn(pay, { metricName: 'Duration', statistic: 'p90' })],
    ['another function', alarmOn(functionNamed('other'), { metricName: 'Duration', statistic: 'p99' })],
    ['metric math', mathAlarmOn(pay)],
  ])('leaves an alarm on %s to a chart of its own', (_what, alarm) => {
    expect(thresholdsOn(lines, [alarm])).toEqual({ thresholds: [], shown: [] });
  });

  it('leaves an anomaly band to a chart of its own, because it has no threshold to draw', () => {
    const alarm = alarmOn(pay, { metricName: 'Duration', statistic: 'p99' });
    const banded = Object.fromEntries(
      Object.entries(alarm).filter(([field]) => field !== 'threshold'),
    ) as unknown as typeof alarm;

    expect(thresholdsOn(lines, [banded]).shown).toEqual([]);
  });

  it('gives the chart the period of its alarms, and leaves an alarm with another period out', () => {
    const five = alarmOn(pay, { metricName: 'Errors', statistic: 'Sum', period: 300 });
    const hour = alarmOn(pay, { metricName: 'Errors', statistic: 'Sum', period: 3_600 });

    const watched = thresholdsOn(lines, [five, hour]);

    expect(watched.period).toBe(300);
    expect(watched.shown).toEqual([five]);
  });

  it('knows a metric whatever the order of its dimensions', () => {
    const onAlias = linesOf('AWS/Lambda', { FunctionName: pay.name, Resource: 'pay:live' });
    const watched = onAlias('Duration', 'p99');
    const alarm = alarmOn(pay, { metricName: 'Duration', statistic: 'p99' });
    const turned = {
      ...alarm,
      metric: { ...alarm.metric, dimensions: watched.metric.dimensions.toReversed() },
    } as typeof alarm;

    expect(thresholdsOn([watched], [turned]).shown).toEqual([turned]);
  });
});
