import type { PlannedAlarm, MetricStat } from './alarm-plan.ts';

/**
 * Compares a metric with what CloudWatch expects of it, from up to two weeks of its past, in place of a threshold.
 *
 * @param width of the band, in standard deviations.
 */
export function anomalyBand(
  stat: MetricStat,
  width: number,
): Pick<PlannedAlarm, 'metric' | 'comparisonOperator' | 'thresholdMetricId'> {
  return {
    metric: {
      kind: 'math',
      metrics: [
        { id: 'value', stat },
        { id: 'band', expression: `ANOMALY_DETECTION_BAND(value, ${width})`, label: 'Expected' },
      ],
      returns: 'value',
      period: stat.period,
    },
    comparisonOperator: 'GreaterThanUpperThreshold',
    thresholdMetricId: 'band',
  };
}
