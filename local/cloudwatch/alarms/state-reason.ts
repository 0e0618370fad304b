/** `StateReason` and `StateReasonData`, in CloudWatch's words. Pure. */
import type { MetricAlarmDefinition } from '../../template/service.ts';
import { comparisonWords, isBreaching } from '../alarm-terms.ts';
import type { EvaluationSettings, Verdict } from '../verdict.ts';
import type { AlarmDatapoint } from './read-datapoints.ts';
import { alarmPeriod, watchedQuery } from './read-datapoints.ts';
import { javaNumber, shortDate, timestamp } from './timestamps.ts';

export const INITIAL_REASON = 'Unchecked: Initial alarm creation';

export interface Judged {
  readonly alarm: MetricAlarmDefinition;
  readonly settings: EvaluationSettings;
  /** What was judged. */
  readonly datapoints: readonly AlarmDatapoint[];
  readonly verdict: Verdict;
}

/** Datapoints are listed newest first, and only those that speak for the state. */
export function stateReason({ alarm, settings, datapoints, verdict }: Judged): string {
  const { evaluationPeriods, datapointsToAlarm, treatMissingData, threshold, comparisonOperator } = settings;
  const { state, considered, filled, breaching } = verdict;
  if (state === 'INSUFFICIENT_DATA' || considered.length + filled === 0) {
    return `Insufficient Data: ${counted(evaluationPeriods, 'datapoint')} unknown.`;
  }
  const treatment = { breaching: 'Breaching', notBreaching: 'NonBreaching', missing: '', ignore: '' }[
    treatMissingData
  ];
  const isDecidedByData = state === 'ALARM' && breaching >= datapointsToAlarm;
  if (filled > 0 && treatment !== '' && !isDecidedByData) {
    const received = considered.length === 0 ? 'no datapoints were' : counted(considered.length, 'datapoint');
    return (
      `Threshold Crossed: ${received} received for ${plural(evaluationPeriods, 'period')} and ` +
      `${counted(filled, 'missing datapoint')} treated as [${treatment}].`
    );
  }
  const alarming = state === 'ALARM';
  const speaking = considered
    .flatMap((position) => datapoints[position] ?? [])
    .filter(({ value }) => value !== null && isBreaching(value, comparisonOperator, threshold) === alarming)
    .reverse();
  const listed = speaking.map(({ at, value }) => `${javaNumber(value ?? 0)} (${shortDate(at)})`).join(', ');
  const verb = speaking.length === 1 ? 'was' : 'were';
  const comparison =
    `[${listed}] ${verb} ${alarming ? '' : 'not '}${comparisonWords(comparisonOperator)} ` +
    `the threshold (${javaNumber(threshold)})`;
  if (alarm.datapointsToAlarm === undefined) {
    return `Threshold Crossed: ${plural(speaking.length, 'datapoint')} ${comparison}.`;
  }
  const minimum = alarming ? datapointsToAlarm : evaluationPeriods - datapointsToAlarm + 1;
  const transition = alarming ? 'OK -> ALARM' : 'ALARM -> OK';
  const count = alarming ? breaching : speaking.length;
  return (
    `Threshold Crossed: ${count} out of the last ${evaluationPeriods} datapoints ${comparison} ` +
    `(minimum ${plural(minimum, 'datapoint')} for ${transition} transition).`
  );
}

/** JSON, version 1.0. */
export function stateReasonData({ alarm, settings, datapoints, verdict }: Judged, queryDate: number): string {
  const watched = watchedQuery(alarm);
  const evaluated = verdict.considered.flatMap((position) => datapoints[position] ?? []);
  const stat = 'stat' in watched ? watched.stat : undefined;
  return JSON.stringify({
    version: '1.0',
    queryDate: timestamp(queryDate),
    ...(evaluated[0] !== undefined && { startDate: timestamp(evaluated[0].at) }),
    ...(stat?.unit !== undefined && { unit: stat.unit }),
    ...(stat !== undefined && { statistic: stat.statistic }),
    period: alarmPeriod(alarm),
    recentDatapoints: evaluated.map(({ value }) => value),
    threshold: settings.threshold,
    evaluatedDatapoints: evaluated
      .map(({ at, value, sampleCount }) => ({
        timestamp: timestamp(at),
        ...(sampleCount !== undefined && { sampleCount }),
        value,
      }))
      .reverse(),
  });
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function counted(count: number, noun: string): string {
  return `${plural(count, noun)} ${count === 1 ? 'was' : 'were'}`;
}
