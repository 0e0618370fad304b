import type { MetricChart, MetricPoint } from '../../cloudwatch/view.ts';

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
