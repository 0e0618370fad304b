import type { MetricAlarmDefinition } from '../../template/service.ts';
import { settingsOf } from '../alarms/evaluate-metric-alarm.ts';
import { alarmPeriod, readDatapoints, watchedQuery, windowEnd } from '../alarms/read-datapoints.ts';
import { isBreaching } from '../alarm-terms.ts';
import { MathError } from '../math/series.ts';
import type { MetricClock } from '../metrics/clock.ts';
import { periodMs } from '../metrics/clock.ts';
import type { MetricStore } from '../metrics/metric-store.ts';
import { evaluationRange } from '../verdict.ts';
import type { MetricChart, TimeRange } from '../view.ts';
import { watchedName } from './alarm-summary.ts';

/** Periods of a chart: what fits on a page. */
const MAX_POINTS = 500;

/** Periods that are shown where nobody asks for a range: enough to see what the alarm compares, and what was before. */
const DEFAULT_PERIODS = 60;

/** What an alarm watches, with its threshold; without datapoints where its expression cannot be evaluated here. */
export function alarmChart(
  alarm: MetricAlarmDefinition,
  { store, clock, now }: { readonly store: MetricStore; readonly clock: MetricClock; readonly now: number },
  range?: TimeRange,
): MetricChart {
  const length = periodMs(alarmPeriod(alarm), clock);
  const periods = Math.max(DEFAULT_PERIODS, 2 * evaluationRange(alarm.evaluationPeriods));
  const shown = range ?? { from: now - periods * length, to: now };
  const end = windowEnd(alarm, Math.min(shown.to, now), clock);
  const count = Math.min(MAX_POINTS, Math.max(0, Math.ceil((end - shown.from) / length)));
  const settings = settingsOf(alarm);
  const points = datapointsOf(alarm, { store, clock, end, count }).flatMap(({ at, value }) => {
    if (value === null) return [];
    const breaching =
      settings !== undefined && isBreaching(value, settings.comparisonOperator, settings.threshold);
    return [{ at, value, breaching }];
  });
  const unit = unitOf(alarm, store);
  return {
    title: watchedName(alarm),
    ...(unit !== undefined && { unit }),
    range: shown,
    periodMs: length,
    series: [{ label: watchedName(alarm), points }],
    ...(alarm.threshold !== undefined && {
      threshold: { value: alarm.threshold, comparisonOperator: alarm.comparisonOperator },
    }),
  };
}

function datapointsOf(...parameters: Parameters<typeof readDatapoints>): ReturnType<typeof readDatapoints> {
  try {
    return readDatapoints(...parameters);
  } catch (error) {
    // Said in the reason of the alarm.
    if (error instanceof MathError) return [];
    throw error;
  }
}

/** A count of samples has no unit of the metric; nor has an expression. */
function unitOf(alarm: MetricAlarmDefinition, store: MetricStore): string | undefined {
  const watched = watchedQuery(alarm);
  if (!('stat' in watched)) return undefined;
  const { namespace, metricName: name, dimensions, statistic, unit } = watched.stat;
  if (statistic === 'SampleCount') return 'Count';
  return unit ?? store.find({ namespace, name, dimensions })?.unit;
}
