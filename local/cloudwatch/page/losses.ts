import { MAX_METRICS, RETENTION_MINUTES, type MetricLosses } from '../metrics/metric-store.ts';
import type { LogLosses } from '../sources/log-metrics.ts';

/** What was measured and is not shown, one sentence for each kind. */
export const lossSentences = (store: MetricLosses, logs: LogLosses): string[] =>
  [
    [store.refusedSamples, `samples were refused: ${MAX_METRICS} metrics are kept`],
    [store.untimelySamples, `samples were older than ${RETENTION_MINUTES} minutes, or lay in the future`],
    [store.unrankedSamples, 'samples are not in the percentiles: too many different values at once'],
    [store.droppedStretches, 'stretches of ten seconds made room for newer ones'],
    [logs.invalidEmbeddedMetrics, 'log lines hold embedded metrics that break the specification'],
    [logs.valuelessMatches, 'log lines match a metric filter, but lack its number or a dimension'],
  ]
    .filter(([count]) => count !== 0)
    .map(([count, what]) => `${String(count)} ${String(what)}.`);
