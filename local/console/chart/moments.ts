import type { MetricChart, MetricPoint, TimeRange } from '../../cloudwatch/view.ts';
import { formatMetricValue } from '../format/metric-value.ts';
import { plural } from '../format/text.ts';
import { formatClock } from '../format/time.ts';

/** One period of a chart that has data. */
export interface Moment {
  /** Begin of the period, in epoch milliseconds. */
  readonly at: number;
  /** The point of each series, in the order of the series; undefined where it has none. */
  readonly points: ReadonlyArray<MetricPoint | undefined>;
  readonly breaching: boolean;
}

/** The periods in which any series has data, oldest first. */
export function momentsOf({ series }: MetricChart): readonly Moment[] {
  const byTime = new Map<number, Array<MetricPoint | undefined>>();
  for (const [index, { points }] of series.entries()) {
    for (const point of points) {
      if (!Number.isFinite(point.value) || !Number.isFinite(point.at)) continue;
      const moment = byTime.get(point.at) ?? series.map(() => undefined);
      moment[index] = point;
      byTime.set(point.at, moment);
    }
  }
  return [...byTime]
    .sort(([one], [other]) => one - other)
    .map(([at, points]) => ({ at, points, breaching: points.some((point) => point?.breaching === true) }));
}

/** The index of the moment whose begin is nearest to a time; -1 when there is none. */
export function nearestMoment(moments: readonly Moment[], at: number): number {
  if (moments.length === 0) return -1;
  let [low, high] = [0, moments.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((moments[middle]?.at ?? 0) < at) low = middle + 1;
    else high = middle;
  }
  const [before, after] = [moments[low - 1], moments[low]];
  return before !== undefined && after !== undefined && at - before.at < after.at - at ? low - 1 : low;
}

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

/** The newest period in which a chart breaches its threshold. */
export function latestBreach({ series, periodMs }: MetricChart): TimeRange | undefined {
  const times = series.flatMap(({ points }) =>
    points.filter(({ breaching }) => breaching === true).map(({ at }) => at),
  );
  if (times.length === 0) return undefined;
  const from = times.reduce((latest, at) => Math.max(latest, at));
  return { from, to: from + periodMs };
}
