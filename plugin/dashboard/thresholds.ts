import { thresholdInWords } from '../alarms/wording.ts';
import type { AlarmSpec } from '../alarms/alarm-spec.ts';
import type { MetricLine } from './lines.ts';
import { COLOR, isSameMetric } from './lines.ts';

/** A horizontal line of a chart, as CloudWatch documents it. */
export interface Threshold {
  readonly value: number;
  readonly label: string;
  readonly color: string;
  readonly fill?: 'above' | 'below';
  readonly yAxis?: 'left' | 'right';
}

/** A fixed bound of a resource, such as the timeout of a function. */
export function limit(value: number, label: string, yAxis?: 'right'): Threshold {
  return { value, label, color: COLOR.limit, ...(yAxis !== undefined && { yAxis }) };
}

/** Lines whose alarms are drawn on them, and what is drawn. */
export interface Watched {
  readonly lines: readonly MetricLine[];
  readonly thresholds: readonly Threshold[];
  /** The alarms that are now seen on this chart. */
  readonly shown: readonly AlarmSpec[];
}

/**
 * Draws the thresholds of the alarms that look at just these lines. A line whose alarm has another period takes that
 * period, because a sum over five minutes can not be held against one over a minute; a second alarm with yet another
 * period is left to a chart of its own.
 */
export function watch(lines: readonly MetricLine[], alarms: readonly AlarmSpec[]): Watched {
  const shown: AlarmSpec[] = [];
  const thresholds: Threshold[] = [];
  const watchedLines = lines.map((line) => {
    const watching = alarms.filter((alarm) => alarm.threshold !== undefined && isWatchedBy(line, alarm));
    const period = watching[0]?.metric.period;
    for (const alarm of watching.filter((candidate) => candidate.metric.period === period)) {
      if (alarm.threshold === undefined || shown.includes(alarm)) continue;
      shown.push(alarm);
      thresholds.push(drawn(alarm, alarm.threshold, line));
    }
    return period === undefined ? line : { ...line, period };
  });
  return { lines: watchedLines, thresholds, shown };
}

/** `alarm duration`: which of the alarms of its resource it is. */
export const alarmTitle = ({ id }: Pick<AlarmSpec, 'id'>): string => `alarm ${id.slice(id.indexOf('.') + 1)}`;

const drawn = (alarm: AlarmSpec, value: number, line: MetricLine): Threshold => ({
  value,
  label: `${alarmTitle(alarm)} ${thresholdInWords(alarm)}`,
  color: COLOR.failure,
  fill: alarm.comparisonOperator.startsWith('Greater') ? 'above' : 'below',
  ...(line.yAxis === 'right' && { yAxis: 'right' }),
});

const isWatchedBy = (line: MetricLine, { metric }: AlarmSpec): boolean =>
  metric.kind === 'stat' && line.statistic === metric.statistic && isSameMetric(line.metric, metric);
