import type { PlannedAlarm } from '../../alarms/alarm-plan.ts';
import type { Panel } from '../body.ts';
import type { Line, MetricLine } from '../lines.ts';
import type { ChartOptions } from '../panels.ts';
import { alarmChart, chart } from '../panels.ts';
import type { Threshold } from '../thresholds.ts';
import { alarmTitle, watch } from '../thresholds.ts';

export interface WatchedChart extends Omit<ChartOptions, 'lines' | 'thresholds'> {
  readonly lines: readonly MetricLine[];
  /** Metric math over the lines. */
  readonly math?: ReadonlyArray<Exclude<Line, MetricLine>>;
  /** Bounds to draw beside those of the alarms. */
  readonly limits?: readonly Threshold[];
}

/**
 * The charts of one resource with the thresholds of its alarms, and after them a chart for each alarm that is on none of
 * them: one over metric math, an anomaly band, or another statistic. No alarm of the resource is without its chart.
 */
export function watchedCharts(
  charts: readonly WatchedChart[],
  alarms: readonly PlannedAlarm[],
): readonly Panel[] {
  const shown = new Set<PlannedAlarm>();
  const panels = charts.map(({ lines, math = [], limits = [], ...options }) => {
    const watched = watch(lines, alarms);
    for (const alarm of watched.shown) shown.add(alarm);
    return chart({
      ...options,
      ...(watched.period !== undefined && { period: watched.period }),
      lines: [...lines, ...math],
      thresholds: [...limits, ...watched.thresholds],
    });
  });
  const others = alarms.filter((alarm) => !shown.has(alarm));
  return [
    ...panels,
    ...others.map((alarm) => alarmChart(alarm, `${alarm.resource.key}: ${alarmTitle(alarm)}`)),
  ];
}
