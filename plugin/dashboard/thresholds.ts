import type { PlannedAlarm } from '../alarms/alarm-plan.ts';
import { thresholdInWords } from '../alarms/wording.ts';
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
export function limit(value: number, label: string): Threshold {
  return { value, label, color: COLOR.limit };
}

/** What the alarms of a chart's lines make of it. */
export interface Watched {
  /** Seconds; absent where no alarm looks at a line. */
  readonly period?: number;
  readonly thresholds: readonly Threshold[];
  /** The alarms that are now seen on this chart. */
  readonly shown: readonly PlannedAlarm[];
}

/**
 * The thresholds of the alarms that look at just these lines. The chart takes their period, because a sum over five minutes
 * can not be held against one over a minute, and all of its lines do, because they are divided by each other. Alarms with
 * another period than the first are left to charts of their own.
 */
export function watch(lines: readonly MetricLine[], alarms: readonly PlannedAlarm[]): Watched {
  const matches = alarms.flatMap((alarm) => {
    const line = lines.find((candidate) => isWatchedBy(candidate, alarm));
    return line === undefined || alarm.threshold === undefined
      ? []
      : [{ alarm, line, value: alarm.threshold }];
  });
  const period = matches[0]?.alarm.metric.period;
  if (period === undefined) return { thresholds: [], shown: [] };
  const drawn = matches.filter(({ alarm }) => alarm.metric.period === period);
  return {
    period,
    thresholds: drawn.map(({ alarm, line, value }) => thresholdOf(alarm, value, line)),
    shown: drawn.map(({ alarm }) => alarm),
  };
}

/** `alarm duration`: which of the alarms of its resource it is. */
export const alarmTitle = ({ id }: Pick<PlannedAlarm, 'id'>): string =>
  `alarm ${id.slice(id.indexOf('.') + 1)}`;

const thresholdOf = (alarm: PlannedAlarm, value: number, line: MetricLine): Threshold => ({
  value,
  label: `${alarmTitle(alarm)} ${thresholdInWords(alarm)}`,
  color: COLOR.failure,
  fill: alarm.comparisonOperator.startsWith('Greater') ? 'above' : 'below',
  ...(line.yAxis === 'right' && { yAxis: 'right' }),
});

const isWatchedBy = (line: MetricLine, { metric }: PlannedAlarm): boolean =>
  metric.kind === 'stat' && line.statistic === metric.statistic && isSameMetric(line.metric, metric);
