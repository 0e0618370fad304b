import type { PlannedAlarm } from '../../alarms/alarm-plan.ts';
import { consoleLink, joinTexts, markdownLink } from '../../alarms/console-links.ts';
import type { ResourceKind, Resources } from '../../alarms/resource-kinds.ts';
import { thresholdInWords } from '../../alarms/wording.ts';
import type { Panel, Section } from '../body.ts';
import type { MathLine, MetricLine } from '../lines.ts';
import { COLOR, isSameMetric } from '../lines.ts';
import type { ChartOptions, Threshold } from '../panels.ts';
import { alarmChart, alarmTitle, chart, text } from '../panels.ts';

export interface SectionOptions<Kind extends ResourceKind> extends HeadingOptions<Kind> {
  readonly charts: readonly ResourceChart[];
  /** Of this resource. */
  readonly alarms: readonly PlannedAlarm[];
}

interface HeadingOptions<Kind extends ResourceKind> {
  readonly kind: Kind;
  readonly resource: Resources[Kind];
  readonly region: string;
  readonly title: string;
  /** What the charts below do not say, in one line. */
  readonly about?: string;
}

/** A chart of one resource, on which its alarms have their thresholds. */
export interface ResourceChart extends Omit<ChartOptions, 'lines' | 'thresholds'> {
  readonly lines: readonly MetricLine[];
  /** Metric math over the lines. */
  readonly math?: readonly MathLine[];
  /** Bounds to draw beside those of the alarms. */
  readonly limits?: readonly Threshold[];
}

/** One function or resource: a heading, and its charts with the thresholds of its alarms. */
export function section<Kind extends ResourceKind>({
  charts,
  alarms,
  ...heading
}: SectionOptions<Kind>): Section {
  return { panels: [sectionHeading(heading), ...chartsWithAlarms(charts, alarms)] };
}

/** The line above the charts, with a link to the page of the console. */
function sectionHeading<Kind extends ResourceKind>({
  kind,
  resource,
  region,
  title,
  about = '',
}: HeadingOptions<Kind>): Panel {
  const condition = 'condition' in resource ? resource.condition : undefined;
  const facts = [about, condition === undefined ? '' : `deployed only where ${condition} holds`];
  const link = markdownLink('console', consoleLink(kind, resource, { region }));
  return text(
    joinTexts(`## ${title}\n`, ...facts.filter((fact) => fact !== '').map((fact) => `${fact} · `), link),
    2,
  );
}

/**
 * The charts with the thresholds of the alarms, and after them a chart for each alarm that is on none of them: one over metric
 * math, an anomaly band, or another statistic. No alarm of the resource is without its chart.
 */
function chartsWithAlarms(
  charts: readonly ResourceChart[],
  alarms: readonly PlannedAlarm[],
): readonly Panel[] {
  const shown = new Set<PlannedAlarm>();
  const panels = charts.map(({ lines, math = [], limits = [], ...options }) => {
    const found = thresholdsOn(lines, alarms);
    for (const alarm of found.shown) shown.add(alarm);
    return chart({
      ...options,
      ...(found.period !== undefined && { period: found.period }),
      lines: [...lines, ...math],
      thresholds: [...limits, ...found.thresholds],
    });
  });
  const others = alarms.filter((alarm) => !shown.has(alarm));
  return [
    ...panels,
    ...others.map((alarm) => alarmChart(alarm, `${alarm.resource.key}: ${alarmTitle(alarm)}`)),
  ];
}

/** What the alarms of a chart's lines make of it. */
export interface AlarmThresholds {
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
export function thresholdsOn(lines: readonly MetricLine[], alarms: readonly PlannedAlarm[]): AlarmThresholds {
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

function thresholdOf(alarm: PlannedAlarm, value: number, line: MetricLine): Threshold {
  return {
    value,
    label: `${alarmTitle(alarm)} ${thresholdInWords(alarm)}`,
    color: COLOR.failure,
    fill: alarm.comparisonOperator.startsWith('Greater') ? 'above' : 'below',
    ...(line.yAxis === 'right' && { yAxis: 'right' }),
  };
}

function isWatchedBy(line: MetricLine, { metric }: PlannedAlarm): boolean {
  return metric.kind === 'stat' && line.statistic === metric.statistic && isSameMetric(line.metric, metric);
}
