import type { Expression } from '../../local/template/index.ts';
import type { AlarmSpec } from './alarm-spec.ts';
import { joinTexts } from './console-links.ts';

const OPERATORS: Readonly<Record<AlarmSpec['comparisonOperator'], string>> = {
  GreaterThanThreshold: '>',
  GreaterThanOrEqualToThreshold: '>=',
  LessThanThreshold: '<',
  LessThanOrEqualToThreshold: '<=',
  GreaterThanUpperThreshold: 'above the band',
  LessThanLowerThreshold: 'below the band',
  LessThanLowerOrGreaterThanUpperThreshold: 'outside of the band',
};

/** `> 1500 ms`; for an anomaly, `above the band`. */
export const thresholdInWords = ({
  comparisonOperator,
  threshold,
  unit,
}: Pick<AlarmSpec, 'comparisonOperator' | 'threshold' | 'unit'>): string =>
  threshold === undefined
    ? OPERATORS[comparisonOperator]
    : `${OPERATORS[comparisonOperator]} ${Number(threshold.toFixed(3))} ${unit}`;

/** `3 of 5 min`, `1 of 1 x 5 min`. */
export function periodsInWords(
  { datapointsToAlarm, evaluationPeriods }: Pick<AlarmSpec, 'datapointsToAlarm' | 'evaluationPeriods'>,
  period: number,
): string {
  const each = period === 60 ? 'min' : period % 60 === 0 ? `x ${period / 60} min` : `x ${period} s`;
  return `${datapointsToAlarm} of ${evaluationPeriods} ${each}`;
}

/** What whoever is woken reads: what it means, the likely cause and what to look at first, from when on, and where. */
export const alarmDescription = (
  alarm: Pick<
    AlarmSpec,
    | 'meaning'
    | 'cause'
    | 'reason'
    | 'link'
    | 'comparisonOperator'
    | 'threshold'
    | 'unit'
    | 'evaluationPeriods'
    | 'datapointsToAlarm'
    | 'metric'
  >,
): Expression =>
  joinTexts(
    `${alarm.meaning}\nLikely cause: ${alarm.cause}\n` +
      `Threshold: ${thresholdInWords(alarm)} in ${periodsInWords(alarm, alarm.metric.period)}: ${alarm.reason}.\n`,
    alarm.link,
  );
