/** Alarms of a template that ring, as CloudWatch would describe them: for what reads that. */
import type { AlarmRecord, StateSnapshot } from '../../../../local/cloudwatch/alarms/alarm-record.ts';
import { newRecord } from '../../../../local/cloudwatch/alarms/alarm-record.ts';
import { settingsOf } from '../../../../local/cloudwatch/alarms/evaluate-metric-alarm.ts';
import { alarmPeriod } from '../../../../local/cloudwatch/alarms/read-datapoints.ts';
import { stateReason, stateReasonData } from '../../../../local/cloudwatch/alarms/state-reason.ts';
import { describedAlarm } from '../../../../local/cloudwatch/api/alarms-api.ts';
import type { ObservedAlarm } from '../../../../local/cloudwatch/message/observed-alarm.ts';
import { readAlarm } from '../../../../local/cloudwatch/message/observed-alarm.ts';
import { judge } from '../../../../local/cloudwatch/verdict.ts';
import type { AlarmDefinition, MetricAlarmDefinition } from '../../../../local/template/service.ts';

/** When they ring. */
export const AT = Date.UTC(2026, 10, 30, 11, 42, 7);

/** The state of an alarm whose last periods, oldest first, had these values. */
export function stateWith(
  alarm: MetricAlarmDefinition,
  values: ReadonlyArray<number | null>,
  at = AT,
): StateSnapshot {
  const settings = settingsOf(alarm);
  const period = alarmPeriod(alarm) * 1000;
  const end = Math.floor(at / 60_000) * 60_000;
  const datapoints = values.map((value, index) => ({ at: end - (values.length - index) * period, value }));
  if (settings === undefined) return { value: 'ALARM', reason: bandReason(datapoints), at };
  const judged = { alarm, settings, datapoints, verdict: judge(values, settings, 'OK') };
  return {
    value: judged.verdict.state,
    reason: stateReason(judged),
    reasonData: stateReasonData(judged, at),
    at,
  };
}

/** In CloudWatch's words, of a band that goes up to 300. */
function bandReason(datapoints: ReadonlyArray<{ at: number; value: number | null }>): string {
  const listed = datapoints.map(({ at, value }) => {
    const [year = '', month, day] = new Date(at).toISOString().slice(0, 10).split('-');
    return `${value} (${day}/${month}/${year.slice(2)} ${new Date(at).toISOString().slice(11, 19)})`;
  });
  const bounds = datapoints.map(() => '300.0').join(', ');
  return (
    `Thresholds Crossed: ${datapoints.length} out of the last 5 datapoints [${listed.join(', ')}] were greater than the upper ` +
    `thresholds [${bounds}] (minimum 3 datapoints for OK -> ALARM transition).`
  );
}

/** As many periods beyond the limit as it takes to ring, the last with this value. */
export function ringing(definition: AlarmDefinition, value?: number, at = AT): AlarmRecord {
  const record = newRecord(definition, at - 86_400_000);
  if (definition.kind !== 'metric') {
    record.state = { value: 'ALARM', reason: 'its rule holds', at };
    return record;
  }
  const { threshold = 300, comparisonOperator, treatMissingData, evaluationPeriods } = definition;
  const isFloor = comparisonOperator.startsWith('Less');
  const beyond = value ?? (isFloor ? threshold / 2 : threshold * 4 + 2);
  const values = Array.from({ length: evaluationPeriods }, () =>
    treatMissingData === 'breaching' && value === undefined ? null : beyond,
  );
  record.state = stateWith(definition, values, at);
  return record;
}

export function observed(record: AlarmRecord): ObservedAlarm {
  const alarm = readAlarm(describedAlarm(record));
  if (alarm === undefined) throw new Error(`${record.definition.name} cannot be read`);
  return alarm;
}
