import type { MetricPoint } from '../../cloudwatch/view.ts';
import type { Plot } from './plot.ts';

/** Datapoints further apart than this share of a period have a gap between them, where data is missing. */
const GAP_PERIODS = 1.5;

/** Pixels; points nearer to each other than this are drawn as a line only. */
const DOT_DISTANCE = 9;

/** Pixels between breaching points that are marked. */
const MARK_DISTANCE = 7;

export interface Place {
  readonly x: number;
  readonly y: number;
}

export interface DrawnLine {
  /** What the `d` of an SVG path holds. */
  readonly path: string;
  /** Points that need a dot of their own: those with nothing beside them, or all where there is room. */
  readonly dots: readonly Place[];
}

/** A line through the points, broken where data is missing. It has a few points per pixel at most, however many came. */
export function drawLine(points: readonly MetricPoint[], periodMs: number, plot: Plot): DrawnLine {
  const known = points.filter(({ value }) => Number.isFinite(value));
  const runs = runsOf(known, periodMs * GAP_PERIODS).map((run) => run.map((point) => placeOf(point, plot)));
  const roomy = known.length * DOT_DISTANCE <= plot.right - plot.left;
  return {
    path: runs.map((run) => pathOf(thin(run))).join(''),
    dots: runs.flatMap((run) => (roomy || run.length === 1 ? run : [])),
  };
}

/** Where breaching points are marked; of those that would cover each other, the first. */
export function marksOf(points: readonly MetricPoint[], plot: Plot): readonly Place[] {
  const marks: Place[] = [];
  for (const point of points) {
    if (point.breaching !== true || !Number.isFinite(point.value)) continue;
    const place = placeOf(point, plot);
    const before = marks.at(-1);
    if (before === undefined || place.x - before.x >= MARK_DISTANCE) marks.push(place);
  }
  return marks;
}

function placeOf({ at, value }: MetricPoint, plot: Plot): Place {
  return { x: plot.x(at), y: plot.y(value) };
}

function runsOf(points: readonly MetricPoint[], longestMs: number): readonly MetricPoint[][] {
  const runs: MetricPoint[][] = [];
  let before: number | undefined;
  for (const point of points) {
    const run = runs.at(-1);
    if (run === undefined || before === undefined || point.at - before > longestMs) runs.push([point]);
    else run.push(point);
    before = point.at;
  }
  return runs;
}

/** Of the places in one column of pixels the first, the lowest, the highest and the last: the line looks the same. */
function thin(run: readonly Place[]): readonly Place[] {
  const columns = new Map<number, Place[]>();
  for (const place of run) {
    const column = columns.get(Math.round(place.x));
    if (column === undefined) columns.set(Math.round(place.x), [place]);
    else column.push(place);
  }
  if (columns.size === run.length) return run;
  return [...columns.values()].flatMap((column) => {
    const extremes = new Set([0, indexOf(column, Math.min), indexOf(column, Math.max), column.length - 1]);
    return column.filter((_, index) => extremes.has(index));
  });
}

function indexOf(column: readonly Place[], choose: (one: number, other: number) => number): number {
  const wanted = column.reduce((best, { y }) => choose(best, y), column[0]?.y ?? 0);
  return column.findIndex(({ y }) => y === wanted);
}

function pathOf(run: readonly Place[]): string {
  return run.map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${x.toFixed(1)},${y.toFixed(1)}`).join('');
}
