import type { Expression } from 'lambda-lantern-local/template';
import { comparisonSign, DESCRIPTION_PARTS } from 'lambda-lantern-local/template';
import type { PlannedAlarm } from './alarm-plan.ts';
import { joinTexts } from './console-links.ts';

/** `> 1500 ms`; for an anomaly, `above the band`. */
export function thresholdInWords({
  comparisonOperator,
  threshold,
  unit,
}: Pick<PlannedAlarm, 'comparisonOperator' | 'threshold' | 'unit'>): string {
  const sign = comparisonSign(comparisonOperator);
  return threshold === undefined ? sign : `${sign} ${Number(threshold.toFixed(3))} ${unit}`;
}

/** `3 of 5 min`, `1 of 1 x 5 min`, `1 of 1 x 24 h`. */
export function periodsInWords(
  { datapointsToAlarm, evaluationPeriods }: Pick<PlannedAlarm, 'datapointsToAlarm' | 'evaluationPeriods'>,
  period: number,
): string {
  return `${datapointsToAlarm} of ${evaluationPeriods} ${eachPeriod(period)}`;
}

function eachPeriod(seconds: number): string {
  if (seconds === 60) return 'min';
  if (seconds % 3600 === 0) return `x ${seconds / 3600} h`;
  return seconds % 60 === 0 ? `x ${seconds / 60} min` : `x ${seconds} s`;
}

/** What whoever is woken reads: what it means, the likely cause and what to look at first, from when on, and where. */
export function alarmDescription(
  alarm: Pick<
    PlannedAlarm,
    | 'meaning'
    | 'cause'
    | 'reason'
    | 'link'
    | 'next'
    | 'comparisonOperator'
    | 'threshold'
    | 'unit'
    | 'evaluationPeriods'
    | 'datapointsToAlarm'
    | 'metric'
  >,
): Expression {
  return joinTexts(
    `${alarm.meaning}\n${DESCRIPTION_PARTS.cause}${alarm.cause}\n` +
      `${DESCRIPTION_PARTS.threshold}${thresholdInWords(alarm)} in ${periodsInWords(alarm, alarm.metric.period)}: ${alarm.reason}.\n`,
    alarm.next ?? alarm.link,
  );
}

/** `80 %` for 0.8. */
export function percent(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`;
}

/** `a minute`, `5 minutes`, `6 hours`, `4 days`, `90 s`. */
export function duration(seconds: number): string {
  if (seconds === 60) return 'a minute';
  const [size, unit] = UNITS.find(([unitSize]) => seconds >= 2 * unitSize && seconds % unitSize === 0) ?? [
    1,
    's',
  ];
  return `${seconds / size} ${unit}`;
}

const UNITS: ReadonlyArray<readonly [number, string]> = [
  [86_400, 'days'],
  [3600, 'hours'],
  [60, 'minutes'],
];

/** Characters of a description: CloudWatch, "PutMetricAlarm" and "PutCompositeAlarm". */
export const MAX_DESCRIPTION_LENGTH = 1024;

/** What a reference in a description may become: an ARN is the longest. */
const MAX_REFERENCE_LENGTH = 160;

/** How long a text may become when its references are resolved. */
export function maxLength(text: unknown): number {
  if (typeof text === 'string') return text.length;
  const parts = (text as { readonly 'Fn::Join'?: readonly [string, readonly unknown[]] })['Fn::Join']?.[1];
  return parts?.reduce<number>((sum, part) => sum + maxLength(part), 0) ?? MAX_REFERENCE_LENGTH;
}
