import type { MetricAlarmDefinition } from '../../template/service.ts';
import type { AlarmState } from '../alarm-terms.ts';
import { isStaticComparison } from '../alarm-terms.ts';
import { MathError } from '../math/series.ts';
import type { MetricClock } from '../metrics/clock.ts';
import type { MetricStore } from '../metrics/metric-store.ts';
import { percentileOf } from '../metrics/statistic.ts';
import type { EvaluationSettings, Verdict } from '../verdict.ts';
import { evaluationRange, judge } from '../verdict.ts';
import type { AlarmDatapoint } from './read-datapoints.ts';
import { readDatapoints, watchedQuery, whyNotEvaluated, windowEnd } from './read-datapoints.ts';
import { stateReason, stateReasonData } from './state-reason.ts';

export interface AlarmEvaluation {
  readonly state: AlarmState;
  readonly reason: string;
  readonly reasonData?: string;
}

export interface EvaluationMoment {
  readonly store: MetricStore;
  readonly clock: MetricClock;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Up to when the metrics are complete: no running invocation began before. */
  readonly completeUntil: number;
  readonly previousState: AlarmState;
  /** @default 'locally' */
  readonly measured?: 'locally' | 'anywhere';
  /** Whether the alarm does nothing yet, when it has enough data or not. */
  readonly isWarmingUp?: (hasEnoughData: () => boolean) => boolean;
}

/**
 * The state that an alarm gets now. Undefined where it keeps its state and reason: too few samples of a percentile, or
 * missing data that is ignored.
 */
export function evaluateMetricAlarm(
  alarm: MetricAlarmDefinition,
  { store, clock, now, completeUntil, previousState, measured, isWarmingUp }: EvaluationMoment,
): AlarmEvaluation | undefined {
  const settings = settingsOf(alarm);
  const obstacle = whyNotEvaluated(alarm, measured);
  if (settings === undefined || obstacle !== undefined) {
    return notEvaluated(obstacle ?? `${alarm.comparisonOperator} compares with an anomaly band`);
  }
  try {
    const end = windowEnd(alarm, completeUntil, clock);
    const count = evaluationRange(settings.evaluationPeriods);
    const datapoints = readDatapoints(alarm, { store, clock, end, count });
    if (
      isWarmingUp?.(() => datapoints.slice(-settings.evaluationPeriods).every(({ value }) => value !== null))
    )
      return warmingUp(alarm);
    const verdict = judge(
      datapoints.map(({ value }) => value),
      settings,
      previousState,
    );
    if (hasTooFewSamples(alarm, datapoints, verdict) || isRetained(settings, verdict)) return undefined;
    const judged = { alarm, settings, datapoints, verdict };
    return {
      state: verdict.state,
      // Most evaluations change nothing, and then nobody asks why.
      get reason() {
        return stateReason(judged);
      },
      get reasonData() {
        return stateReasonData(judged, now);
      },
    };
  } catch (error) {
    if (error instanceof MathError) return notEvaluated(error.message.replace(/\.$/, ''));
    throw error;
  }
}

export function warmingUp({ warmUp }: Pick<MetricAlarmDefinition, 'warmUp'>): AlarmEvaluation {
  const until = warmUp?.whole === true ? '' : ', or there are enough data';
  return {
    state: 'INSUFFICIENT_DATA',
    reason: `Warming up: not evaluated before ${warmUp?.minutes ?? 0} min have passed${until}.`,
  };
}

/** Undefined for an alarm on an anomaly band. */
export function settingsOf(alarm: MetricAlarmDefinition): EvaluationSettings | undefined {
  const { threshold, comparisonOperator, evaluationPeriods, datapointsToAlarm = evaluationPeriods } = alarm;
  const { treatMissingData } = alarm;
  if (threshold === undefined || !isStaticComparison(comparisonOperator)) return undefined;
  return { threshold, comparisonOperator, evaluationPeriods, datapointsToAlarm, treatMissingData };
}

function notEvaluated(why: string): AlarmEvaluation {
  return {
    state: 'INSUFFICIENT_DATA',
    reason: `Not evaluated locally: ${why}.`,
  };
}

/** AWS does not say which period decides: here it is the newest one with data. */
function hasTooFewSamples(
  alarm: MetricAlarmDefinition,
  datapoints: readonly AlarmDatapoint[],
  { considered }: Verdict,
): boolean {
  if (alarm.evaluateLowSampleCountPercentile !== 'ignore') return false;
  const watched = watchedQuery(alarm);
  const percentile = 'stat' in watched ? percentileOf(watched.stat.statistic) : undefined;
  const newest = datapoints[considered.at(-1) ?? -1];
  if (percentile === undefined || newest?.sampleCount === undefined) return false;
  return percentile > 0 && percentile < 100 && newest.sampleCount < minimumSamples(percentile);
}

/** `ignore`, with no datapoints or only breaching ones, fewer than needed. */
function isRetained(
  { treatMissingData, datapointsToAlarm }: EvaluationSettings,
  { considered, breaching, filled }: Verdict,
): boolean {
  return (
    treatMissingData === 'ignore' &&
    filled > 0 &&
    breaching === considered.length &&
    breaching < datapointsToAlarm
  );
}

/**
 * The fewest samples of which CloudWatch takes a percentile for significant: 10/(1 - p) from the median upwards, 10/p
 * below it ("Percentiles and low data samples", CloudWatch user guide). Fewer make an alarm keep its state, when it is set
 * to `EvaluateLowSampleCountPercentile: ignore`.
 *
 * @param percentile 99 for p99; above 0 and below 100.
 */
export function minimumSamples(percentile: number): number {
  const away = percentile >= 50 ? 100 - percentile : percentile;
  // In hundredths of a percent, lest 10/(1 - 0.99) be 999.9999999999991.
  return Math.ceil(100_000 / Math.round(away * 100));
}
