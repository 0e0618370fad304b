import type {
  MetricAlarmDefinition,
  MetricQueryDefinition,
  MetricStatDefinition,
} from '../../template/service.ts';
import { evaluateExpression, pointsOf } from '../math/evaluate-expression.ts';
import { parseExpression } from '../math/parse-expression.ts';
import type { Value } from '../math/series.ts';
import { MathError } from '../math/series.ts';
import type { MetricClock } from '../metrics/clock.ts';
import { beginOf as beginOfBucket, periodMs, MIN_PERIOD } from '../metrics/clock.ts';
import type { Datapoint, MetricStore } from '../metrics/metric-store.ts';
import { statisticOf } from '../metrics/statistic.ts';
import { ACCOUNT_CONCURRENCY } from '../../lambda/limits.ts';
import { whyUnknown } from './known-metrics.ts';

export interface AlarmDatapoint {
  /** Begin of its period, epoch milliseconds. */
  readonly at: number;
  /** Null where there is none. */
  readonly value: number | null;
  /** Of a metric, not of an expression. */
  readonly sampleCount?: number;
}

/** Those that SERVICE_QUOTA() knows: no other quota is known here. */
const CONCURRENCY_METRICS = [
  'ConcurrentExecutions',
  'UnreservedConcurrentExecutions',
  'ClaimedAccountConcurrency',
];

/** The query whose result is compared: the one that returns data, and is no anomaly band. */
export function watchedQuery({ queries, thresholdMetricId }: MetricAlarmDefinition): MetricQueryDefinition {
  const query = queries.find(({ id, returnData }) => returnData && id !== thresholdMetricId) ?? queries[0];
  if (query === undefined) throw new MathError('The alarm has no metric.');
  return query;
}

/** Seconds: all metrics of an alarm have the same period, and an expression has theirs. */
export function alarmPeriod(alarm: MetricAlarmDefinition): number {
  const periods = alarm.queries.flatMap((query) => ('stat' in query ? [query.stat.period] : []));
  const watched = watchedQuery(alarm);
  if ('stat' in watched) return watched.stat.period;
  return periods.length > 0 ? Math.max(...periods) : (watched.period ?? 60);
}

/**
 * Why an alarm can never be evaluated here, as far as its definition tells: undefined where it can. An expression with an
 * unknown metric in it is not evaluated at all.
 *
 * @param measured what measures the metrics: `locally`, which knows only some of those of AWS, or a replay, which is given any
 */
export function whyNotEvaluated(
  alarm: MetricAlarmDefinition,
  measured: 'locally' | 'anywhere' = 'locally',
): string | undefined {
  if (alarm.thresholdMetricId !== undefined) return "anomaly bands are made by CloudWatch's own model";
  if (alarm.threshold === undefined) return 'it has no threshold';
  if (alarm.onTheClock)
    return 'its periods follow the clock on the wall (EvaluationWindow), and here they slide';
  for (const query of alarm.queries) {
    if (!('stat' in query)) continue;
    const unknown = measured === 'locally' ? whyUnknown(query.stat) : undefined;
    if (unknown !== undefined) return unknown;
    if (statisticOf(query.stat.statistic) === undefined) {
      return `the statistic ${query.stat.statistic} is not known locally`;
    }
  }
  return undefined;
}

/**
 * Why its metric math can never be evaluated, whatever the metrics are: undefined where it can. An alarm that is evaluated says so
 * itself, as its state.
 */
export function whyMathFails(alarm: MetricAlarmDefinition): string | undefined {
  try {
    const options = { period: alarmPeriod(alarm), length: 1, beginOf: () => 0, read: () => [] };
    const watched = watchedQuery(alarm);
    const value = evaluateQueries(alarm.queries, options)(watched.id);
    if (typeof value === 'number')
      return `${watched.id} gives a number, and an alarm compares a series: TIME_SERIES() makes one`;
    pointsOf(`the expression ${watched.id}`, value ?? Number.NaN, 1);
    return undefined;
  } catch (error) {
    if (error instanceof MathError) return error.message.replace(/\.$/, '');
    throw error;
  }
}

/** The end of the newest period that an alarm looks at: it slides from minute to minute, or in steps of ten seconds. */
export function windowEnd(alarm: MetricAlarmDefinition, completeUntil: number, clock: MetricClock): number {
  return beginOfBucket(completeUntil, periodMs(alarmPeriod(alarm) < 60 ? MIN_PERIOD : 60, clock));
}

/**
 * Of each of the newest periods up to `end`, oldest first.
 *
 * @throws MathError when an expression cannot be evaluated here.
 */
export function readDatapoints(
  alarm: MetricAlarmDefinition,
  {
    store,
    clock,
    end,
    count,
  }: {
    readonly store: MetricStore;
    readonly clock: MetricClock;
    readonly end: number;
    readonly count: number;
  },
): AlarmDatapoint[] {
  const period = alarmPeriod(alarm);
  const length = periodMs(period, clock);
  // One more than asked for: DIFF and RATE look at the period before.
  const periods = count + 1;
  const from = end - periods * length;
  const sampleCounts = new Map<number, number>();
  const read = (stat: MetricStatDefinition, matching?: true): (number | undefined)[] => {
    const times = { from, to: end, period, length };
    const points = matching === true ? readMatching(store, stat, times) : readPeriods(store, stat, times);
    if ('stat' in watched && watched.stat === stat) {
      for (const [index, point] of points.entries()) if (point) sampleCounts.set(index, point.sampleCount);
    }
    return points.map((point) => point?.value);
  };

  const watched = watchedQuery(alarm);
  const beginOf = (index: number): number => from + index * length;
  const valueOf = evaluateQueries(alarm.queries, { period, length: periods, beginOf, read });
  const points = pointsOf(`The expression ${watched.id}`, valueOf(watched.id) ?? Number.NaN, periods);
  return points
    .map((value, index): AlarmDatapoint => {
      const sampleCount = sampleCounts.get(index);
      return {
        at: beginOf(index),
        value: value ?? null,
        ...(sampleCount !== undefined && { sampleCount }),
      };
    })
    .slice(1);
}

/**
 * The datapoint of each period of a time, undefined where there is none; of a statistic that is not known here there is none.
 *
 * @param times where the first period begins and the last one ends, epoch milliseconds; the seconds of a period, and the real
 * milliseconds that it lasts
 */
export function readPeriods(
  store: MetricStore,
  { namespace, metricName, dimensions, statistic: name }: MetricStatDefinition,
  times: Times,
): (Datapoint | undefined)[] {
  const { from, to, period, length } = times;
  const points: (Datapoint | undefined)[] = Array.from(
    { length: Math.round((to - from) / length) },
    () => undefined,
  );
  const statistic = statisticOf(name);
  if (statistic === undefined) return points;
  for (const point of store.datapoints({ namespace, name: metricName, dimensions }, statistic, period, {
    from,
    to,
  })) {
    points[Math.round((point.at - from) / length)] = point;
  }
  return points;
}

interface Times {
  readonly from: number;
  readonly to: number;
  readonly period: number;
  readonly length: number;
}

/** The same over all metrics that have these dimensions, whatever others they have, as Metrics Insights gives it. */
function readMatching(
  store: MetricStore,
  stat: MetricStatDefinition,
  times: Times,
): (Datapoint | undefined)[] {
  const ids = store
    .list()
    .map(({ id }) => id)
    .filter(
      ({ namespace, name, dimensions }) =>
        namespace === stat.namespace &&
        name === stat.metricName &&
        stat.dimensions.every((one) =>
          dimensions.some((other) => other.name === one.name && other.value === one.value),
        ),
    );
  // An average is not the average of averages.
  const statistic = stat.statistic === 'Average' ? 'Sum' : stat.statistic;
  const all = ids.map(({ dimensions }) => readPeriods(store, { ...stat, dimensions, statistic }, times));
  return Array.from({ length: Math.round((times.to - times.from) / times.length) }, (_, period) => {
    const [first, ...others] = all.flatMap((points) => points[period] ?? []);
    if (first === undefined) return undefined;
    const values = [first, ...others].map(({ value }) => value);
    const sampleCount = [first, ...others].reduce((sum, point) => sum + point.sampleCount, 0);
    return { at: first.at, sampleCount, value: together(stat.statistic, values, sampleCount) };
  });
}

function together(statistic: string, values: readonly number[], sampleCount: number): number {
  if (statistic === 'Maximum') return Math.max(...values);
  if (statistic === 'Minimum') return Math.min(...values);
  const sum = values.reduce((total, value) => total + value, 0);
  return statistic === 'Average' ? sum / sampleCount : sum;
}

/**
 * The value of each query by its id, each computed once and only when it is asked for.
 *
 * @throws MathError, when asked, for an expression that cannot be evaluated here.
 */
export function evaluateQueries(
  queries: readonly MetricQueryDefinition[],
  options: {
    readonly period: number;
    readonly length: number;
    readonly beginOf: (index: number) => number;
    /** @param matching whether all metrics count that have the dimensions, whatever others they have */
    readonly read: (stat: MetricStatDefinition, matching?: true) => (number | undefined)[];
  },
): (id: string) => Value | undefined {
  const values = new Map<string, Value>();
  const running: string[] = [];
  const stats = new Map(queries.flatMap((query) => ('stat' in query ? [[query.id, query.stat]] : [])));
  const compute = (query: MetricQueryDefinition): Value => {
    if ('stat' in query) {
      const matching = 'matching' in query ? query.matching : undefined;
      return { kind: 'series', id: query.id, points: options.read(query.stat, matching) };
    }
    return evaluateExpression(parseExpression(query.expression), {
      ...options,
      valueOf,
      metricIds: [...stats.keys()],
      quotaOf: (id) =>
        CONCURRENCY_METRICS.includes(stats.get(id)?.metricName ?? '') ? ACCOUNT_CONCURRENCY : undefined,
    });
  };
  const valueOf = (id: string): Value | undefined => {
    const query = queries.find((candidate) => candidate.id === id);
    if (query === undefined || values.has(id)) return values.get(id);
    if (running.includes(id))
      throw new MathError(`The expressions ${[...running, id].join(' -> ')} need each other.`);
    running.push(id);
    const value = compute(query);
    running.pop();
    values.set(id, value);
    return value;
  };
  return valueOf;
}
