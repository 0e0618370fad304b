/** The functions of metric math that are evaluated here. Missing datapoints stay missing unless a function says else. */
import type { Series, SeriesValue, Value } from './series.ts';
import { pointOf, series, MathError } from './series.ts';

export interface FunctionContext {
  /** Seconds. */
  readonly period: number;
  /** How many periods. */
  readonly length: number;
  /** When a period begins, epoch milliseconds. @param index from 0, the oldest */
  readonly beginOf: (index: number) => number;
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

/**
 * Of one series a number; of several a series: the aggregate of those that have a datapoint in the period.
 *
 * @param of is told how many there would be with those that are missing
 */
function aggregate(name: string, of: (points: readonly number[], all: number) => number): MathFunction {
  return ([value]) => {
    if (value === undefined || typeof value === 'number')
      throw wrongArguments(name, 'a series or a list of them');
    if (value.kind === 'series') {
      const present = value.points.filter((point) => point !== undefined);
      return present.length === 0 ? Number.NaN : of(present, value.points.length);
    }
    const length = Math.max(0, ...value.items.map(({ points }) => points.length));
    return series(
      Array.from({ length }, (_, index) => {
        const present = value.items.map(({ points }) => points[index]).filter((point) => point !== undefined);
        return present.length === 0 ? undefined : pointOf(of(present, value.items.length));
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

/** What each datapoint makes of the datapoint before it, however many periods lie between. */
function afterEach(
  points: Series,
  of: (change: { readonly difference: number; readonly periods: number }) => number,
): Series {
  let before: { readonly point: number; readonly index: number } | undefined;
  return points.map((point, index) => {
    if (point === undefined) return undefined;
    const change = before && { difference: point - before.point, periods: index - before.index };
    before = { point, index };
    return change && of(change);
  });
}

/** Of each period, whether or not it has a datapoint: something of the time when it begins, in UTC. */
function ofTime(name: string, of: (date: Date) => number): [string, MathFunction] {
  return [
    name,
    ([value], { length, beginOf }) => {
      if (typeof value !== 'object' || value.kind !== 'series') throw wrongArguments(name, 'a series');
      return series(Array.from({ length }, (_, index) => of(new Date(beginOf(index)))));
    },
  ];
}

function listIn(name: string, [value, ...numbers]: readonly Value[], most: number): readonly SeriesValue[] {
  const isList = typeof value === 'object' && value.kind === 'list';
  if (!isList || numbers.length > most || numbers.some((number) => typeof number !== 'number'))
    throw wrongArguments(name, most === 0 ? 'several series' : 'several series and one or two numbers');
  return value.items;
}

/** The first or the last of several series. */
function oneOf(name: string, position: 0 | -1): [string, MathFunction] {
  return [name, (values) => listIn(name, values, 0).at(position) ?? series([])];
}

const functions: ReadonlyMap<string, MathFunction> = new Map<string, MathFunction>([
  ['SUM', aggregate('SUM', sum)],
  // Its own row of the user guide: "Missing values are treated as 0".
  ['AVG', aggregate('AVG', (points, all) => sum(points) / all)],
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
  ['DIFF', perSeries('DIFF', (points) => afterEach(points, ({ difference }) => difference))],
  [
    'DIFF_TIME',
    perSeries('DIFF_TIME', (points, _, { period }) => afterEach(points, ({ periods }) => periods * period)),
  ],
  [
    'RATE',
    perSeries('RATE', (points, _, { period }) =>
      afterEach(points, ({ difference, periods }) => difference / (periods * period)),
    ),
  ],
  ofTime('MINUTE', (date) => date.getUTCMinutes()),
  ofTime('HOUR', (date) => date.getUTCHours()),
  // Monday is 1, Sunday 7.
  ofTime('DAY', (date) => date.getUTCDay() || 7),
  ofTime('DATE', (date) => date.getUTCDate()),
  ofTime('MONTH', (date) => date.getUTCMonth() + 1),
  ofTime('YEAR', (date) => date.getUTCFullYear()),
  ofTime('EPOCH', (date) => Math.floor(date.getTime() / 1000)),
  ['METRIC_COUNT', (values) => listIn('METRIC_COUNT', values, 0).length],
  oneOf('FIRST', 0),
  oneOf('LAST', -1),
  [
    'REMOVE_EMPTY',
    (values) => ({
      kind: 'list',
      items: listIn('REMOVE_EMPTY', values, 0).filter(({ points }) =>
        points.some((point) => point !== undefined),
      ),
    }),
  ],
  [
    'SLICE',
    (values) => {
      const items = listIn('SLICE', values, 2);
      const [from, to] = values.slice(1).filter((value) => typeof value === 'number');
      if (from === undefined) throw wrongArguments('SLICE', 'several series and one or two numbers');
      return { kind: 'list', items: items.slice(from, to) };
    },
  ],
  ['RUNNING_SUM', perSeries('RUNNING_SUM', runningSum)],
  ['PERIOD', (_, { period }) => period],
  [
    'TIME_SERIES',
    ([value], { length }) => {
      if (typeof value !== 'number') throw wrongArguments('TIME_SERIES', 'a number');
      return series(Array.from({ length }, () => pointOf(value)));
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
  ['DB_PERF_INSIGHTS', 'there is no Performance Insights here'],
  ['LAMBDA', 'no function is asked for metrics here'],
]);

/** @throws MathError for a function that is not evaluated here, or its arguments. */
export function callFunction(name: string, values: readonly Value[], context: FunctionContext): Value {
  const found = functions.get(name);
  if (found !== undefined) return found(values, context);
  const why = functions.has(name.toUpperCase()) ? 'functions are written in capitals' : elsewhere.get(name);
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
