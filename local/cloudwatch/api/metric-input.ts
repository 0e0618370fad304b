/** The parts of inputs that name metrics. */
import {
  invalidRequest,
  optionalBoolean,
  optionalNumber,
  optionalObject,
  optionalObjects,
  optionalText,
  requiredNumber,
  requiredObject,
  requiredText,
} from '../../http/api-input.ts';
import type { JsonObject } from '../../json.ts';
import type { MetricQueryDefinition } from '../../template/service.ts';
import type { Dimension, MetricId } from '../metrics/metric.ts';
import { statisticOf } from '../metrics/statistic.ts';

/** "Quotas" of the CloudWatch user guide. */
const MAX_DIMENSIONS = 30;
const MAX_QUERIES = 500;

const DAY = 86_400;

/** Seconds: the periods below a minute that the store can tell apart. */
const HIGH_RESOLUTION: readonly number[] = [10, 20, 30];

export function dimensionsIn(input: JsonObject): Dimension[] {
  const dimensions = (optionalObjects(input, 'Dimensions') ?? []).map((dimension) => ({
    name: requiredText(dimension, 'Name', 255),
    value: requiredText(dimension, 'Value', 1024),
  }));
  if (dimensions.length <= MAX_DIMENSIONS) return dimensions;
  throw invalidRequest(`A metric has at most ${MAX_DIMENSIONS} dimensions; got ${dimensions.length}.`);
}

/** @param input has `Namespace`, `MetricName` and perhaps `Dimensions` */
export function metricIn(input: JsonObject): MetricId {
  return {
    namespace: requiredText(input, 'Namespace', 255),
    name: requiredText(input, 'MetricName', 255),
    dimensions: dimensionsIn(input),
  };
}

/** Seconds: 10, 20, 30 or a multiple of 60. CloudWatch takes 1 and 5 too, which nothing here is kept in. */
export function periodIn(input: JsonObject): number {
  const period = requiredNumber(input, 'Period', { from: 1, to: DAY, whole: true });
  if (period % 60 === 0 || HIGH_RESOLUTION.includes(period)) return period;
  throw invalidRequest(`Period is 10, 20, 30 or a multiple of 60 here, in seconds; got ${period}.`);
}

/** @throws RequestError for a statistic that CloudWatch does not have, or that is not known here. */
export function checkStatistic(name: string): void {
  if (statisticOf(name) !== undefined) return;
  throw invalidRequest(
    `The statistic ${name} is not known here. Sum, Average, Minimum, Maximum, SampleCount, percentiles such as p99, ` +
      'and trimmed means, counts and sums such as tm95 are.',
  );
}

/** `MetricDataQueries`, in the form in which alarms have them. */
export function queriesIn(input: JsonObject): MetricQueryDefinition[] {
  const queries = optionalObjects(input, 'MetricDataQueries') ?? [];
  if (queries.length === 0 || queries.length > MAX_QUERIES) {
    throw invalidRequest(`MetricDataQueries has 1 to ${MAX_QUERIES} queries; got ${queries.length}.`);
  }
  const ids = new Set<string>();
  return queries.map((query) => {
    const definition = queryIn(query);
    if (ids.has(definition.id)) throw invalidRequest(`Two queries have the Id ${definition.id}.`);
    ids.add(definition.id);
    return definition;
  });
}

function queryIn(query: JsonObject): MetricQueryDefinition {
  const id = requiredText(query, 'Id', 255);
  if (!/^[a-z][a-zA-Z0-9_]*$/.test(id)) {
    throw invalidRequest(
      `Id begins with a small letter, then letters, digits and _; got ${JSON.stringify(id)}.`,
    );
  }
  const stat = optionalObject(query, 'MetricStat');
  const expression = optionalText(query, 'Expression', 2048);
  if ((stat === undefined) === (expression === undefined)) {
    throw invalidRequest(
      `The query ${id} has a MetricStat or an Expression; it has ${stat ? 'both' : 'neither'}.`,
    );
  }
  const label = optionalText(query, 'Label');
  const common = {
    id,
    ...(label !== undefined && { label }),
    returnData: optionalBoolean(query, 'ReturnData') ?? true,
  };
  if (stat === undefined) {
    const period = optionalNumber(query, 'Period', { from: 1, to: DAY, whole: true });
    return {
      ...common,
      expression: expression ?? '',
      ...(period !== undefined && { period: periodIn(query) }),
    };
  }
  const { namespace, name: metricName, dimensions } = metricIn(requiredObject(stat, 'Metric'));
  const statistic = requiredText(stat, 'Stat');
  checkStatistic(statistic);
  return { ...common, stat: { namespace, metricName, dimensions, statistic, period: periodIn(stat) } };
}
