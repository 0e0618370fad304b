import type { MetricFilterSpec } from '../../alarms/alarm-spec.ts';
import type { FunctionResource } from '../../../local/template/index.ts';
import type { MetricLine } from '../lines.ts';
import { COLOR, linesOf } from '../lines.ts';
import { limit } from '../thresholds.ts';
import type { WatchedChart } from './watched-charts.ts';

/**
 * Charts of the metrics that filters make of Lambda's reports in the log: memory, init durations, and how often something
 * was reported. None without the filters.
 */
export function reportCharts(
  resource: FunctionResource,
  filters: readonly MetricFilterSpec[],
): readonly WatchedChart[] {
  const own = filters.filter(({ functionLogicalId }) => functionLogicalId === resource.logicalId);
  const linesOfUnit = (unit: string, shown: readonly Shown[]): readonly MetricLine[] =>
    own
      .filter((filter) => filter.unit === unit)
      .flatMap(({ namespace, metricName }) =>
        shown.map(({ statistic, color, label = metricName }) =>
          linesOf(namespace, [])(metricName, statistic, { label, color }),
        ),
      );
  const charts: readonly WatchedChart[] = [
    {
      title: `${resource.key}: memory`,
      lines: linesOfUnit('Megabytes', MAXIMUM_AND_MEDIAN),
      limits: [limit(resource.memorySize, `memory size ${resource.memorySize} MB`)],
      leftLabel: 'MB',
    },
    {
      title: `${resource.key}: init duration`,
      lines: linesOfUnit('Milliseconds', MAXIMUM_AND_MEDIAN),
      leftLabel: 'ms',
    },
    {
      title: `${resource.key}: reported in the log`,
      lines: [
        ...linesOfUnit('Count', [{ statistic: 'Sum', color: COLOR.failure }]),
        // Each report with an init duration is one cold start.
        ...linesOfUnit('Milliseconds', [
          { statistic: 'SampleCount', color: COLOR.traffic, label: 'cold starts' },
        ]),
      ],
      leftLabel: 'per {period}',
    },
  ];
  return charts.filter(({ lines }) => lines.length > 0);
}

interface Shown {
  readonly statistic: string;
  readonly color: string;
  /** The name of the metric where absent. */
  readonly label?: string;
}

const MAXIMUM_AND_MEDIAN: readonly Shown[] = [
  { statistic: 'Maximum', color: COLOR.slow, label: 'at most' },
  { statistic: 'p50', color: COLOR.typical, label: 'p50' },
];
