import type { MetricChart, TimeRange } from '../../cloudwatch/view.ts';

/** The newest period in which a chart breaches its threshold. */
export function latestBreach({ series, periodMs }: MetricChart): TimeRange | undefined {
  const times = series.flatMap(({ points }) =>
    points.filter(({ breaching }) => breaching === true).map(({ at }) => at),
  );
  if (times.length === 0) return undefined;
  const from = times.reduce((latest, at) => Math.max(latest, at));
  return { from, to: from + periodMs };
}
