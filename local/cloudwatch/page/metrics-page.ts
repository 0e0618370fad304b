import type { ServiceDefinition } from '../../template/service.ts';
import type { MetricClock } from '../metrics/clock.ts';
import { beginOf, periodMs } from '../metrics/clock.ts';
import { metricKey } from '../metrics/metric.ts';
import type { MetricStore, StoredMetric, MetricLosses } from '../metrics/metric-store.ts';
import { MAX_METRICS, RETENTION_MINUTES } from '../metrics/metric-store.ts';
import { statisticOf } from '../metrics/statistic.ts';
import { LANTERN_NAMESPACE } from '../sources/lambda-metrics.ts';
import type { MetricChart, MetricGroup, MetricsPage, TimeRange } from '../view.ts';
import type { ChartPlan } from './chart-plans.ts';
import { apiCharts, functionCharts, queueCharts, topicCharts } from './chart-plans.ts';
import type { LogLosses } from '../sources/log-metrics.ts';

/** Minutes that are shown where nobody asks for a range. */
const DEFAULT_MINUTES = 60;

/** Seconds; the shortest of them with which a chart has at most this many points. */
const PERIODS = [60, 300, 900, 3600];
const MAX_POINTS = 240;

export interface MetricsPageOptions {
  readonly service: ServiceDefinition;
  readonly store: MetricStore;
  readonly clock: MetricClock;
  readonly now: number;
  /** What is not shown, one sentence each. */
  readonly losses: readonly string[];
}

/** The metrics of everything in the service, and then those that its functions make themselves. */
export function metricsPage(
  { service, store, clock, now, losses }: MetricsPageOptions,
  range: TimeRange = { from: now - DEFAULT_MINUTES * clock.minuteMs, to: now },
): MetricsPage {
  const planned = [
    ...service.functions.map((fn) => ({ kind: 'function', name: fn.key, plans: functionCharts(fn) })),
    ...service.apis.map((api) => ({ kind: 'api', name: api.name, plans: apiCharts(api) })),
    ...service.queues.map((queue) => ({ kind: 'queue', name: queue.name, plans: queueCharts(queue) })),
    ...service.topics.map((topic) => ({ kind: 'topic', name: topic.name, plans: topicCharts(topic) })),
  ];
  const own = store
    .list()
    .filter(({ id }) => !id.namespace.startsWith('AWS/') && id.namespace !== LANTERN_NAMESPACE);
  const draw = (plan: ChartPlan): MetricChart => chartOf(plan, { store, clock, range });
  return {
    groups: [
      ...planned.map(({ kind, name, plans }): MetricGroup => ({ kind, name, charts: plans.map(draw) })),
      ...byNamespace(own).map(({ namespace, metrics }) => ({
        kind: 'namespace',
        name: namespace,
        charts: metrics.map(ownPlan).map(draw),
      })),
    ],
    range,
    minuteMs: clock.minuteMs,
    ...(losses.length > 0 && { losses }),
  };
}

function chartOf(
  { title, unit, series }: ChartPlan,
  {
    store,
    clock,
    range,
  }: { readonly store: MetricStore; readonly clock: MetricClock; readonly range: TimeRange },
): MetricChart {
  const period =
    PERIODS.find((seconds) => (range.to - range.from) / periodMs(seconds, clock) <= MAX_POINTS) ?? 3600;
  const length = periodMs(period, clock);
  // On the grid of the minutes; no more than a chart holds, whatever range is asked for.
  const from = Math.max(beginOf(range.from, length), beginOf(range.to - MAX_POINTS * length, length));
  return {
    title,
    ...(unit !== undefined && { unit }),
    range,
    periodMs: length,
    series: series.map(({ id, statistic, label }) => {
      const compute = statisticOf(statistic);
      const points =
        compute === undefined ? [] : store.datapoints(id, compute, period, { from, to: range.to });
      return { label, points: points.map(({ at, value }) => ({ at, value })) };
    }),
  };
}

/** A count is added up; of anything else the average says little without the maximum. */
function ownPlan({ id, unit }: StoredMetric): ChartPlan {
  const of = id.dimensions.map(({ name, value }) => `${name} ${value}`).join(', ');
  const statistics = unit === 'Count' ? ['Sum'] : ['Average', 'Maximum'];
  return {
    title: of === '' ? id.name : `${id.name} (${of})`,
    ...(unit !== undefined && unit !== 'None' && { unit }),
    series: statistics.map((statistic) => ({ id, statistic, label: statistic })),
  };
}

function byNamespace(metrics: readonly StoredMetric[]): { namespace: string; metrics: StoredMetric[] }[] {
  const groups = Map.groupBy(metrics, ({ id }) => id.namespace);
  return [...groups]
    .sort(([a], [b]) => a.localeCompare(b, 'en'))
    .map(([namespace, members]) => ({
      namespace,
      metrics: members.sort((a, b) => metricKey(a.id).localeCompare(metricKey(b.id), 'en')),
    }));
}

/** What was measured and is not shown, one sentence for each kind. */
export function lossSentences(store: MetricLosses, logs: LogLosses): string[] {
  return [
    [store.refusedSamples, `samples were refused: ${MAX_METRICS} metrics are kept`],
    [store.untimelySamples, `samples were older than ${RETENTION_MINUTES} minutes, or lay in the future`],
    [store.unrankedSamples, 'samples are not in the percentiles: too many different values at once'],
    [store.droppedBuckets, 'buckets of ten seconds made room for newer ones'],
    [logs.invalidEmbeddedMetrics, 'log lines hold embedded metrics that break the specification'],
    [logs.valuelessMatches, 'log lines match a metric filter, but lack its number or a dimension'],
  ]
    .filter(([count]) => count !== 0)
    .map(([count, what]) => `${String(count)} ${String(what)}.`);
}
