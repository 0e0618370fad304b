import type { MetricChart } from '../../cloudwatch/view.ts';
import { formatMetricValue } from '../format/metric-value.ts';
import { timeTicks, valueTicks } from './ticks.ts';

/** Pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A mark on an axis, in pixels from the left or the top of the drawing. */
export interface AxisTick {
  readonly at: number;
  readonly label: string;
}

/** Where everything of a chart stands, in pixels. */
export interface Plot extends Size {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  /** Pixels from the left of a period that begins at a time: its middle. */
  readonly x: (at: number) => number;
  readonly y: (value: number) => number;
  /** The time at so many pixels from the left. */
  readonly timeAt: (x: number) => number;
  readonly valueTicks: readonly AxisTick[];
  readonly timeTicks: readonly AxisTick[];
}

/** Pixels: what a character of an axis label needs at most, and what lies between labels. */
const CHARACTER_WIDTH = 6.6;
const TIME_TICK_WIDTH = 72;
const VALUE_TICK_HEIGHT = 44;

const MARGIN = { top: 12, right: 12, bottom: 24, labels: 12 };

export function plotOf(chart: MetricChart, { width, height }: Size): Plot {
  const [top, bottom] = [MARGIN.top, height - MARGIN.bottom];
  const values = valuesOf(chart);
  const low = values.reduce((least, value) => Math.min(least, value), 0);
  const high = values.reduce((most, value) => Math.max(most, value), 0);
  const smallestStep = chart.unit === 'Count' ? 1 : 0;
  const marks = valueTicks(low, high, (bottom - top) / VALUE_TICK_HEIGHT, smallestStep);
  const [first = 0, last = 1] = [marks[0], marks.at(-1)];
  const labels = marks.map((value) => formatMetricValue(value, chart.unit));

  const left = MARGIN.labels + CHARACTER_WIDTH * Math.max(...labels.map(({ length }) => length));
  const right = Math.max(left + 1, width - MARGIN.right);
  const time = timesOf(chart);
  const pixelsPerMs = (right - left) / Math.max(1, time.to - time.from);
  const timeX = (at: number) => left + (at - time.from) * pixelsPerMs;
  const y = (value: number) => bottom - ((value - first) / (last - first)) * (bottom - top);

  return {
    ...{ width, height, left, right, top, bottom, y },
    x: (at) => timeX(at + chart.periodMs / 2),
    timeAt: (x) => time.from + (x - left) / pixelsPerMs,
    valueTicks: marks.map((value, index) => ({ at: y(value), label: labels[index] ?? '' })),
    timeTicks: timeTicks(time.from, time.to, (right - left) / TIME_TICK_WIDTH).map(({ at, label }) => ({
      at: timeX(at),
      label,
    })),
  };
}

function valuesOf({ series, threshold }: MetricChart): number[] {
  const values = series.flatMap(({ points }) => points.map(({ value }) => value));
  return [...values, ...(threshold === undefined ? [] : [threshold.value])].filter(Number.isFinite);
}

/** The range, and the middle of a period that reaches beyond its ends. */
function timesOf({ range, series, periodMs }: MetricChart): { readonly from: number; readonly to: number } {
  let { from, to } = range;
  for (const { points } of series) {
    const [first, last] = [points[0], points.at(-1)];
    if (first !== undefined) from = Math.min(from, first.at + periodMs / 2);
    if (last !== undefined) to = Math.max(to, last.at + periodMs / 2);
  }
  return { from, to };
}

/** How CloudWatch's comparison operators are written (CloudWatch API reference, `PutMetricAlarm`). */
const SIGNS = new Map([
  ['GreaterThanThreshold', '>'],
  ['GreaterThanOrEqualToThreshold', '≥'],
  ['LessThanThreshold', '<'],
  ['LessThanOrEqualToThreshold', '≤'],
]);

/** `>` for `GreaterThanThreshold`; operators without a sign come back as they are. */
export function comparisonSign(operator: string): string {
  return SIGNS.get(operator) ?? operator;
}

/** How many series differ from each other by sight; further ones begin again. */
const STYLES = 6;

/** The class that gives a series its colour, and its dashes, so that colour is never the only sign. */
export function seriesClass(index: number): string {
  return `series-${(index % STYLES) + 1}`;
}
