import {
  given,
  invalidRequest,
  optionalChoice,
  optionalNumber,
  optionalObject,
  optionalObjects,
  optionalText,
  optionalTexts,
  requiredNumber,
  requiredObjects,
  requiredRange,
  requiredText,
  requiredTime,
} from '../../http/api-input.ts';
import type { JsonObject } from '../../json.ts';
import type { MetricQueryDefinition, MetricStatDefinition } from '../../template/service.ts';
import { PLAIN_STATISTICS } from '../alarm-terms.ts';
import { evaluateQueries, readPeriods } from '../alarms/read-datapoints.ts';
import type { Value } from '../math/series.ts';
import { MathError } from '../math/series.ts';
import type { MetricClock } from '../metrics/clock.ts';
import { beginOf, periodMs } from '../metrics/clock.ts';
import type { MetricId } from '../metrics/metric.ts';
import type { MetricStore } from '../metrics/metric-store.ts';
import { statisticOf } from '../metrics/statistic.ts';
import { checkStatistic, dimensionsIn, metricIn, periodIn, queriesIn } from './metric-input.ts';
import { page } from './paging.ts';

/** "GetMetricData", "GetMetricStatistics", "ListMetrics" and "PutMetricData" of the API reference. */
const MAX_DATAPOINTS = 100_800;
const MAX_STATISTICS_DATAPOINTS = 1440;
const METRICS_OF_A_PAGE = 500;
const MAX_DATA_OF_A_PUT = 1000;
const MAX_VALUES_OF_A_DATUM = 150;

/** `RecentlyActive: PT3H`. */
const RECENT_MINUTES = 3 * 60;

interface Span {
  /** Epoch milliseconds, begins of periods. */
  readonly from: number;
  readonly to: number;
}

/** The operations on metrics. Times are real ones; on a fast clock, a period of 60 seconds is as long as a minute of it. */
export class MetricsApi {
  readonly #store: MetricStore;
  readonly #clock: MetricClock;

  constructor(store: MetricStore, clock: MetricClock) {
    this.#store = store;
    this.#clock = clock;
  }

  getMetricData(input: JsonObject): object {
    const queries = queriesIn(input);
    const { from, to } = requiredRange(input);
    const order = optionalChoice(input, 'ScanBy', ['TimestampDescending', 'TimestampAscending']);
    const size =
      optionalNumber(input, 'MaxDatapoints', { from: 1, to: MAX_DATAPOINTS, whole: true }) ?? MAX_DATAPOINTS;
    const results = queries
      .filter(({ returnData }) => returnData)
      .flatMap((query) => this.#results(query, queries, from * 1000, to * 1000));
    if (order !== 'TimestampAscending') for (const { points } of results) points.reverse();

    const all = results.flatMap((result) => result.points.map((point) => ({ result, point })));
    const { items, ...next } = page(input, all, size);
    const inPage = Map.groupBy(items, ({ result }) => result);
    return {
      MetricDataResults: results.map((result) => {
        const points = (inPage.get(result) ?? []).map(({ point }) => point);
        const isWhole = points.length === 0 || points.at(-1) === result.points.at(-1);
        return {
          Id: result.id,
          Label: result.label,
          Timestamps: points.map(({ at }) => new Date(at)),
          Values: points.map(({ value }) => value),
          StatusCode: isWhole ? 'Complete' : 'PartialData',
        };
      }),
      Messages: [],
      ...next,
    };
  }

  getMetricStatistics(input: JsonObject): object {
    const id = metricIn(input);
    const period = periodIn(input);
    const { from, to } = requiredRange(input);
    const span = this.#span(period, from * 1000, to * 1000);
    const plain = optionalTexts(input, 'Statistics') ?? [];
    const unknown = plain.find((name) => !PLAIN_STATISTICS.some((known) => known === name));
    if (unknown !== undefined) {
      throw invalidRequest(
        `Statistics are of ${PLAIN_STATISTICS.join(', ')}; got ${JSON.stringify(unknown)}.`,
      );
    }
    const extended = optionalTexts(input, 'ExtendedStatistics') ?? [];
    extended.forEach(checkStatistic);
    if (plain.length + extended.length === 0) {
      throw invalidRequest('Statistics or ExtendedStatistics is required; got neither.');
    }
    const periods = Math.round((span.to - span.from) / periodMs(period, this.#clock));
    if (periods > MAX_STATISTICS_DATAPOINTS) {
      throw invalidRequest(
        `You asked for ${periods} datapoints; at most ${MAX_STATISTICS_DATAPOINTS} are given. Take a longer Period or a shorter time.`,
      );
    }
    const datapoints = new Map<number, Record<string, unknown>>();
    const unit = this.#store.find(id)?.unit ?? 'None';
    const read = (name: string, enter: (datapoint: Record<string, unknown>, value: number) => void): void => {
      const statistic = statisticOf(name);
      if (statistic === undefined) return;
      for (const { at, value } of this.#store.datapoints(id, statistic, period, span)) {
        const datapoint = datapoints.get(at) ?? { Timestamp: new Date(at), Unit: unit };
        enter(datapoint, value);
        datapoints.set(at, datapoint);
      }
    };
    for (const name of plain) read(name, (datapoint, value) => (datapoint[name] = value));
    for (const name of extended) {
      read(name, (datapoint, value) => {
        const others = datapoint['ExtendedStatistics'];
        datapoint['ExtendedStatistics'] = new Map([...(others instanceof Map ? others : []), [name, value]]);
      });
    }
    return { Label: id.name, Datapoints: [...datapoints.values()] };
  }

  listMetrics(input: JsonObject): object {
    const namespace = optionalText(input, 'Namespace', 255);
    const metricName = optionalText(input, 'MetricName', 255);
    const wanted = (optionalObjects(input, 'Dimensions') ?? []).map((dimension) => ({
      name: requiredText(dimension, 'Name', 255),
      value: optionalText(dimension, 'Value', 1024),
    }));
    const recently = optionalChoice(input, 'RecentlyActive', ['PT3H']) !== undefined;
    const since = Date.now() - RECENT_MINUTES * this.#clock.minuteMs;
    const metrics = this.#store
      .list()
      .filter(
        ({ id }) =>
          (namespace === undefined || id.namespace === namespace) &&
          (metricName === undefined || id.name === metricName) &&
          wanted.every(({ name, value }) =>
            id.dimensions.some((each) => each.name === name && (value ?? each.value) === each.value),
          ) &&
          (!recently || this.#store.hasDataSince(id, since)),
      )
      .map(({ id }) => metricOutput(id));
    const { items, ...next } = page(input, metrics, METRICS_OF_A_PAGE);
    return { Metrics: items, ...next };
  }

  putMetricData(input: JsonObject): object {
    const namespace = requiredText(input, 'Namespace', 255);
    if (namespace.startsWith('AWS/'))
      throw invalidRequest('Namespaces that begin with AWS/ are those of AWS.');
    const data = requiredObjects(input, 'MetricData');
    if (data.length > MAX_DATA_OF_A_PUT) {
      throw invalidRequest(`MetricData has at most ${MAX_DATA_OF_A_PUT} data; got ${data.length}.`);
    }
    // All are read before any is recorded: what is refused leaves nothing behind.
    const samples = data.flatMap((datum) => samplesIn(namespace, datum));
    for (const { id, unit, ...sample } of samples) this.#store.record(id, sample, unit);
    return {};
  }

  /** One result for each series: an expression can give several. */
  #results(
    query: MetricQueryDefinition,
    queries: readonly MetricQueryDefinition[],
    from: number,
    to: number,
  ): Array<{ id: string; label: string; points: Array<{ at: number; value: number }> }> {
    const period = periodOf(query, queries);
    const span = this.#span(period, from, to);
    const length = periodMs(period, this.#clock);
    const periods = Math.round((span.to - span.from) / length);
    const read = (stat: MetricStatDefinition): (number | undefined)[] =>
      readPeriods(this.#store, stat, { ...span, period, length }).map((point) => point?.value);
    const label = query.label ?? ('stat' in query ? query.stat.metricName : query.id);
    const beginOf = (index: number): number => span.from + index * length;
    return seriesOf(valueOf(query, queries, { period, length: periods, beginOf, read }), periods).map(
      ({ id, points }) => ({
        id: query.id,
        label: id === undefined || id === query.id ? label : `${label} ${id}`,
        points: points.flatMap((value, index) =>
          value === undefined ? [] : [{ at: beginOf(index), value }],
        ),
      }),
    );
  }

  /** The periods that a time touches, whole. */
  #span(period: number, from: number, to: number): Span {
    const length = periodMs(period, this.#clock);
    const last = beginOf(to, length);
    return { from: beginOf(from, length), to: last < to ? last + length : last };
  }
}

/** Of an expression: the longest of all metrics in the call, which is what CloudWatch takes. */
function periodOf(query: MetricQueryDefinition, queries: readonly MetricQueryDefinition[]): number {
  if ('stat' in query) return query.stat.period;
  if (query.period !== undefined) return query.period;
  return Math.max(60, ...queries.flatMap((each) => ('stat' in each ? [each.stat.period] : [])));
}

function valueOf(
  query: MetricQueryDefinition,
  queries: readonly MetricQueryDefinition[],
  options: Parameters<typeof evaluateQueries>[1],
): Value {
  try {
    return evaluateQueries(queries, options)(query.id) ?? Number.NaN;
  } catch (error) {
    if (!(error instanceof MathError)) throw error;
    throw invalidRequest(`The expression ${query.id} cannot be evaluated here: ${error.message}`, {
      cause: error,
    });
  }
}

function seriesOf(
  value: Value,
  length: number,
): ReadonlyArray<{ readonly id?: string; readonly points: ReadonlyArray<number | undefined> }> {
  if (typeof value !== 'number') return value.kind === 'list' ? value.items : [value];
  const point = Number.isFinite(value) ? value : undefined;
  return [{ points: Array.from({ length }, () => point) }];
}

export function metricOutput({ namespace, name, dimensions }: MetricId): object {
  return {
    Namespace: namespace,
    MetricName: name,
    Dimensions: dimensions.map((dimension) => ({ Name: dimension.name, Value: dimension.value })),
  };
}

interface PutSample {
  readonly id: MetricId;
  readonly unit?: string;
  readonly at: number;
  readonly value: number;
  readonly count: number;
}

const FINITE = { from: -(2 ** 360), to: 2 ** 360 };

/** A datum is one value, several with their counts, or what is known of many: then they are taken for even. */
function samplesIn(namespace: string, datum: JsonObject): PutSample[] {
  const id = { namespace, name: requiredText(datum, 'MetricName', 255), dimensions: dimensionsIn(datum) };
  const unit = optionalText(datum, 'Unit');
  const at = given(datum, 'Timestamp') === undefined ? Date.now() : requiredTime(datum, 'Timestamp') * 1000;
  const sample = (value: number, count: number): PutSample => ({
    id,
    at,
    value,
    count,
    ...(unit && { unit }),
  });
  const statistics = optionalObject(datum, 'StatisticValues');
  const values = given(datum, 'Values');
  const single = optionalNumber(datum, 'Value', FINITE);
  const forms = [statistics, values, single].filter((form) => form !== undefined).length;
  if (forms !== 1) {
    throw invalidRequest(`${id.name} has one of Value, Values and StatisticValues; it has ${forms} of them.`);
  }
  if (single !== undefined) return [sample(single, 1)];
  if (statistics !== undefined) return spread(statistics).map(([value, count]) => sample(value, count));
  const numbers = numbersIn(datum, 'Values') ?? [];
  const counts = numbersIn(datum, 'Counts') ?? numbers.map(() => 1);
  if (counts.length !== numbers.length || counts.some((count) => count < 0)) {
    throw invalidRequest(`${id.name} has as many Counts as Values, none below 0.`);
  }
  return numbers.map((value, index) => sample(value, counts[index] ?? 1));
}

function numbersIn(datum: JsonObject, name: string): readonly number[] | undefined {
  const values = given(datum, name);
  if (values === undefined) return undefined;
  const fits =
    Array.isArray(values) && values.every((value) => typeof value === 'number' && Number.isFinite(value));
  if (fits && values.length <= MAX_VALUES_OF_A_DATUM) return values as number[];
  throw invalidRequest(
    `${name} has at most ${MAX_VALUES_OF_A_DATUM} numbers; got ${JSON.stringify(values).slice(0, 100)}.`,
  );
}

/** Values with the same minimum, maximum, sum and count: the rest lies evenly at what is left of the sum. */
function spread(statistics: JsonObject): ReadonlyArray<readonly [value: number, count: number]> {
  const [count, sum, minimum, maximum] = ['SampleCount', 'Sum', 'Minimum', 'Maximum'].map((name) =>
    requiredNumber(statistics, name, FINITE),
  ) as [number, number, number, number];
  const tolerance = 1e-6 * Math.max(1, Math.abs(sum));
  const fits =
    count === 2 ? Math.abs(minimum + maximum - sum) : Math.max(minimum * count - sum, sum - maximum * count);
  if (count <= 0 || minimum > maximum || fits > tolerance) {
    throw invalidRequest(
      `StatisticValues fit together: got ${count} samples between ${minimum} and ${maximum} with the sum ${sum}.`,
    );
  }
  if (count < 2 || minimum === maximum) return [[sum / count, count]];
  const rest = count - 2;
  if (rest === 0)
    return [
      [minimum, 1],
      [maximum, 1],
    ];
  return [
    [minimum, 1],
    [maximum, 1],
    [(sum - minimum - maximum) / rest, rest],
  ];
}
