import type { MetricChart } from '../../cloudwatch/view.ts';
import { formatMetricValue } from '../format/metric-value.ts';
import { plural } from '../format/plural.ts';
import { formatClock } from '../format/time.ts';
import type { Moment } from './moments.ts';

/** A period as it is said aloud: `13:45:00, p99 5.2 s, breaching`. */
export function momentText(chart: MetricChart, { at, points, breaching }: Moment): string {
  const values = points.flatMap((point, index) => {
    if (point === undefined) return [];
    const value = formatMetricValue(point.value, chart.unit);
    return chart.series.length > 1 ? [`${chart.series[index]?.label ?? ''} ${value}`] : [value];
  });
  return [formatClock(at), ...values, ...(breaching ? ['breaching'] : [])].join(', ');
}

/** A chart as it is said aloud before a period is chosen. */
export function latestText(chart: MetricChart, moments: readonly Moment[]): string {
  const latest = moments.at(-1);
  const breaching = moments.filter((moment) => moment.breaching).length;
  return [
    plural(moments.length, 'period'),
    ...(breaching > 0 ? [`${breaching} breaching`] : []),
    ...(latest === undefined ? [] : [`latest ${momentText(chart, latest)}`]),
  ].join(', ');
}
