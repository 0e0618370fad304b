/** The functions of metric math that are evaluated here. Missing datapoints stay missing unless a function says else. */
import type { Series, SeriesValue, Value } from './series.ts';
import { pointOf, series, MathError } from './series.ts';

export interface FunctionContext {
  /** Seconds. */
  readonly period: number;
  /** Of a metric's id; undefined where there is no quota for it that is known here. */
  readonly quotaOf: (id: string) => number | undefined;
}

type MathFunction = (values: readonly Value[], context: FunctionContext) => Value;

function sum(points: readonly number[]): number {
  return points.reduce((total, point) => total + point, 0);
}

function average(points: readonly number[]): number {
  return sum(points) / points.length;
}

/** Of one series a number; of several a series: the aggregate of those that have a datapoint in the period. */
function aggregate(name: string, of: (points: readonly number[]) => number): MathFunction {
  return ([value]) => {
    if (value === undefined || typeof value === 'number')
      throw wrongArguments(name, 'a series or a list of them');
    if (value.kind === 'series') {
      const present = value.points.filter((point) => point !== undefined);
      return present.length === 0 ? Number.NaN : of(present);
    }
    const length = Math.max(0, ...value.items.map(({ points }) => points.length));
    return series(
      Array.from({ length }, (_, index) => {
        const present = value.items.map(({ points }) => points[index]).filter((point) => point !== undefined);
        return present.length === 0 ? undefined : pointOf(of(present));
      }),
    );
  };
}

/** Applies to each series of a list. */
function perSeries(
  name: string,
  of: (points: Series, others: readonly Value[], context: FunctionContext) => Series,
): MathFunction {
  return ([value, ...others], context) => {
    if (value === undefined || typeof value === 'number') throw wrongArguments(name, 'a series');
    if (value.kind === 'series') return series(of(value.points, others, context));
    return { kind: 'list', items: value.items.map(({ points }) => series(of(points, others, context))) };
  };
}

function perPoint(name: string, of: (point: number) => number): [string, MathFunction] {
  return [
    name,
    ([value], context) =>
      typeof value === 'number'
        ? of(value)
        : perSeries(name, (points) =>
            points.map((point) => (point === undefined ? undefined : pointOf(of(point)))),
          )(value === undefined ? [] : [value], context),
  ];
}

function runningSum(points: Series): Series {
  let total = 0;
  return points.map((point) => (point === undefined ? undefined : (total += point)));
}

function difference(points: Series): Series {
  return points.map((point, index) => {
    const before = points[index - 1];
    return point === undefined || before === undefined ? undefined : point - before;
  });
}

const functions: ReadonlyMap<string, MathFunction> = new Map<string, MathFunction>([
  ['SUM', aggregate('SUM', sum)],
  ['AVG', aggregate('AVG', average)],
  ['MIN', aggregate('MIN', (points) => Math.min(...points))],
  ['MAX', aggregate('MAX', (points) => Math.max(...points))],
  [
    'STDDEV',
    aggregate('STDDEV', (points) => {
      const mean = average(points);
      return Math.sqrt(average(points.map((point) => (point - mean) ** 2)));
    }),
  ],
  ['DATAPOINT_COUNT', aggregate('DATAPOINT_COUNT', (points) => points.length)],
  perPoint('ABS', Math.abs),
  perPoint('CEIL', Math.ceil),
  perPoint('FLOOR', Math.floor),
  perPoint('LOG', Math.log),
  perPoint('LOG10', Math.log10),
  ['DIFF', perSeries('DIFF', difference)],
  [
    'RATE',
    perSeries('RATE', (points, _, { period }) =>
      difference(points).map((point) => (point === undefined ? undefined : point / period)),
    ),
  ],
  ['RUNNING_SUM', perSeries('RUNNING_SUM', runningSum)],
  ['PERIOD', (_, { period }) => period],
  [
    'TIME_SERIES',
    ([value]) => {
      if (typeof value !== 'number') throw wrongArguments('TIME_SERIES', 'a number');
      return value;
    },
  ],
  [
    'SERVICE_QUOTA',
    ([value], { quotaOf }) => {
      const id = typeof value === 'object' && value.kind === 'series' ? value.id : undefined;
      if (id === undefined) throw wrongArguments('SERVICE_QUOTA', 'the id of a metric');
      const quota = quotaOf(id);
      if (quota === undefined)
        throw new MathError(`There is no quota here for the metric ${id} of SERVICE_QUOTA.`);
      return quota;
    },
  ],
]);

/** Why a function of CloudWatch is not evaluated here. */
const elsewhere: ReadonlyMap<string, string> = new Map([
  ['ANOMALY_DETECTION_BAND', "CloudWatch's own model makes anomaly bands"],
  ['SEARCH', 'searching metrics is not part of an alarm'],
  ['INSIGHT_RULE_METRIC', 'there are no Contributor Insights here'],
]);

/** @throws MathError for a function that is not evaluated here, or its arguments. */
export function callFunction(name: string, values: readonly Value[], context: FunctionContext): Value {
  const found = functions.get(name.toUpperCase());
  if (found !== undefined) return found(values, context);
  const why = elsewhere.get(name.toUpperCase());
  throw new MathError(`${name}() is not evaluated locally${why === undefined ? '' : `: ${why}`}.`);
}

export function wrongArguments(name: string, expected: string): MathError {
  return new MathError(`${name}() takes ${expected}.`);
}

/** Missing datapoints become a number, those of another series, or what their neighbours say. */
export function fill(value: SeriesValue, filling: Value | 'REPEAT' | 'LINEAR'): SeriesValue {
  const { points } = value;
  if (typeof filling === 'number') return series(points.map((point) => point ?? filling));
  if (filling === 'REPEAT') {
    let last: number | undefined;
    return series(points.map((point) => (last = point ?? last)));
  }
  if (filling !== 'LINEAR') {
    if (filling.kind !== 'series')
      throw wrongArguments('FILL', 'a series, and a number, a series, REPEAT or LINEAR');
    return series(points.map((point, index) => point ?? filling.points[index]));
  }
  return series(points.map((point, index) => point ?? between(points, index)));
}

function between(points: Series, index: number): number | undefined {
  const before = points.findLastIndex((point, other) => other < index && point !== undefined);
  const after = points.findIndex((point, other) => other > index && point !== undefined);
  const [low, high] = [points[before], points[after]];
  if (low === undefined || high === undefined) return low ?? high;
  return low + ((high - low) * (index - before)) / (after - before);
}
