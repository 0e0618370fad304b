import type { Expression } from 'lambda-lantern-local/template';
import type { Dimension } from '../alarms/alarm-plan.ts';
import type { Dimensions } from '../alarms/metrics.ts';
import { joinTexts } from '../alarms/console-links.ts';
import { insightsQuery, listed } from '../alarms/metrics.ts';

/** One line of a chart: a metric, or metric math over the metrics of the same chart. */
export type Line = MetricLine | MathLine;

export interface MetricLine extends LineStyle {
  readonly metric: Metric;
  readonly statistic: string;
  /** Seconds; the chart's where absent. */
  readonly period?: number;
}

export interface Metric {
  readonly namespace: Expression;
  readonly metricName: string;
  readonly dimensions: readonly Dimension[];
}

export interface MathLine extends LineStyle {
  /** Metric math, or a query of Metrics Insights. */
  readonly expression: Expression;
}

interface LineStyle {
  /** What metric math calls it; begins with a lower-case letter. */
  readonly id?: string;
  readonly label?: Expression;
  readonly color?: string;
  readonly yAxis?: 'left' | 'right';
  /** False for what only metric math needs. */
  readonly visible?: boolean;
}

/** The same meaning has the same colour on every chart. */
export const COLOR = {
  failure: '#d13212',
  warning: '#ff9900',
  traffic: '#1f77b4',
  typical: '#2ca02c',
  slow: '#9467bd',
  limit: '#7f7f7f',
} as const;

/** Makes lines of one resource: the metrics of its namespace with its dimensions. */
export function linesOf(namespace: Expression, dimensions: Dimensions) {
  return (
    metricName: string,
    statistic: string,
    style: Omit<MetricLine, 'metric' | 'statistic'> = {},
  ): MetricLine => ({
    metric: { namespace, metricName, dimensions: listed(dimensions) },
    statistic,
    ...style,
  });
}

/** Makes lines of metrics of Lambda that are counted by one more dimension: a line for each value of it. */
export function queriesOf(dimensions: Dimensions, by: string) {
  return (metricName: string, statistic: string): MathLine => ({
    expression: joinTexts(
      insightsQuery({ namespace: 'AWS/Lambda', metricName, dimensions: listed(dimensions), statistic }),
      ` GROUP BY ${by}`,
    ),
    label: metricName,
  });
}

/** Whether both are one metric of CloudWatch, whatever the order of their dimensions. */
export function isSameMetric(one: Metric, other: Metric): boolean {
  return identityOf(one) === identityOf(other);
}

function identityOf({ namespace, metricName, dimensions }: Metric): string {
  return JSON.stringify([
    namespace,
    metricName,
    dimensions.map(({ name, value }) => [name, value] as const).sort(([a], [b]) => (a < b ? -1 : 1)),
  ]);
}

/** The `metrics` of a widget; metric math comes last, where CloudWatch's documentation has it. */
export function metricsArray(lines: readonly Line[]): ReadonlyArray<readonly unknown[]> {
  const metrics = lines.filter((line) => 'metric' in line);
  const math = lines.filter((line) => 'expression' in line);
  return [...abbreviated(metrics.map(metricEntry)), ...math.map((line) => [{ ...line }])];
}

function metricEntry({ metric, statistic, ...style }: MetricLine): readonly unknown[] {
  return [
    metric.namespace,
    metric.metricName,
    ...metric.dimensions.flatMap(({ name, value }) => [name, value]),
    { stat: statistic, ...style },
  ];
}

/** `.` stands for what the entry before has at the same place: a body of many charts is a third shorter with it. */
function abbreviated(entries: ReadonlyArray<readonly unknown[]>): ReadonlyArray<readonly unknown[]> {
  return entries.map((entry, index) => {
    const before = entries[index - 1];
    if (before?.length !== entry.length) return entry;
    return entry.map((part, place) => (isSame(part, before[place]) && !isStyle(part) ? '.' : part));
  });
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function isStyle(part: unknown): boolean {
  return typeof part === 'object' && part !== null && 'stat' in part;
}
