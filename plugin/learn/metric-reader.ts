/** Reads what CloudWatch has measured of a deployed stage. */
import type { CloudWatchClient, MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import { paginateGetMetricData } from '@aws-sdk/client-cloudwatch';

/** A metric with names that are known before anything is deployed. */
export interface MeasuredMetric {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: string;
  /** Seconds. */
  readonly period: number;
}

/** One value for each period, oldest first; null where nothing was measured. */
export type Observations = ReadonlyArray<number | null>;

export interface TimeSpan {
  /** Epoch milliseconds. */
  readonly from: number;
  readonly to: number;
}

/** GetMetricData takes so many queries at once ("CloudWatch service quotas"). */
const MAX_QUERIES = 500;

/** The last so many days, up to the begin of this hour: what is read twice in an hour is the same. */
export function lastDays(days: number, now = Date.now()): TimeSpan {
  const hour = 3_600_000;
  const to = Math.floor(now / hour) * hour + hour;
  return { from: to - days * 24 * hour, to };
}

/**
 * The observations of each metric, in the same order.
 *
 * @throws Error for a CloudWatch whose minutes are not a minute long, and whatever the client throws.
 */
export async function readMetrics(
  client: CloudWatchClient,
  metrics: readonly MeasuredMetric[],
  { from, to }: TimeSpan,
): Promise<Observations[]> {
  const series = metrics.map(({ period }) =>
    Array.from({ length: Math.ceil((to - from) / (period * 1000)) }, (): number | null => null),
  );
  for (let first = 0; first < metrics.length; first += MAX_QUERIES) {
    const pages = paginateGetMetricData(
      { client },
      {
        StartTime: new Date(from),
        EndTime: new Date(to),
        ScanBy: 'TimestampAscending',
        MetricDataQueries: metrics.slice(first, first + MAX_QUERIES).map(queryOf),
      },
    );
    for await (const { MetricDataResults = [] } of pages) {
      for (const { Id = '', Timestamps = [], Values = [] } of MetricDataResults) {
        const index = first + Number(Id.slice(1));
        const [values, period] = [series[index], metrics[index]?.period ?? 60];
        Timestamps.forEach((at, place) =>
          enter(values, (at.getTime() - from) / (period * 1000), Values[place]),
        );
      }
    }
  }
  return series;
}

function enter(values: (number | null)[] | undefined, position: number, value: number | undefined): void {
  const index = Math.floor(position);
  if (values === undefined || value === undefined || index < 0 || index >= values.length) return;
  if (values[index] !== null) {
    throw new Error(
      'CloudWatch answered with several datapoints for one period: its minutes are shorter than a minute. ' +
        'Run "serverless local" without --minute to learn from it.',
    );
  }
  values[index] = value;
}

function queryOf(metric: MeasuredMetric, index: number): MetricDataQuery {
  const { namespace, metricName, dimensions, statistic, period } = metric;
  return {
    Id: `m${index}`,
    MetricStat: {
      Metric: {
        Namespace: namespace,
        MetricName: metricName,
        Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
      },
      Stat: statistic,
      Period: period,
    },
  };
}
