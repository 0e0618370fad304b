import type { PlannedAlarm } from '../alarms/alarm-plan.ts';
import { PRICES } from './prices.ts';

/** Below this period, in seconds, an alarm is billed as one of high resolution. */
const STANDARD_RESOLUTION = 60;

/** Metrics that alarms are billed for, by resolution. */
export interface BilledAlarmMetrics {
  readonly standard: number;
  readonly highResolution: number;
}

/** CloudWatch bills an alarm by its metrics: each metric of metric math counts, and an anomaly band adds its two bounds. */
export function billedAlarmMetrics(alarms: readonly PlannedAlarm[]): BilledAlarmMetrics {
  const of = (isHigh: boolean): number =>
    alarms
      .filter(({ metric }) => metric.period < STANDARD_RESOLUTION === isHigh)
      .reduce((sum, alarm) => sum + metricsOf(alarm), 0);
  return { standard: of(false), highResolution: of(true) };
}

function metricsOf({ metric }: PlannedAlarm): number {
  if (metric.kind === 'stat') return 1;
  const stats = metric.metrics.filter((part) => 'stat' in part).length;
  const bands = metric.metrics.filter(
    (part) => 'expression' in part && part.expression.includes('ANOMALY_DETECTION_BAND'),
  ).length;
  return stats + bands * PRICES.metricsOfAnomalyBand;
}
