import type { AlarmRecord } from '../alarms/alarm-record.ts';
import type { AlarmEvaluation } from '../alarms/evaluate-metric-alarm.ts';
import { longDate, timestamp } from '../alarms/timestamps.ts';
import type { CompositeAlarmDefinition } from '../../template/service.ts';
import { AlarmRuleError, parseAlarmRule } from './alarm-rule.ts';

export interface CompositeMoment {
  readonly previous: AlarmRecord;
  /** The alarm of a name; undefined where there is none. */
  readonly alarmOf: (name: string) => AlarmRecord | undefined;
  /** Whether the alarm waits for itself through other composite alarms: AWS does not evaluate it then. */
  readonly isCyclic: boolean;
}

/** ALARM while its rule holds, OK otherwise: a composite alarm is INSUFFICIENT_DATA only before its first evaluation. */
export function evaluateCompositeAlarm(
  alarm: CompositeAlarmDefinition,
  { previous, alarmOf, isCyclic }: CompositeMoment,
): AlarmEvaluation {
  if (isCyclic) return notEvaluated('its rule leads back to itself');
  try {
    const { holds } = parseAlarmRule(alarm.rule);
    const state = holds((name) => alarmOf(name)?.state.value) ? 'ALARM' : 'OK';
    if (state === previous.state.value) {
      const { reason, reasonData } = previous.state;
      return { state, reason, ...(reasonData !== undefined && { reasonData }) };
    }
    const trigger = triggerOf(alarm, alarmOf);
    return { state, reason: reasonOf(alarm, state, trigger, previous), ...reasonDataOf(trigger) };
  } catch (error) {
    if (error instanceof AlarmRuleError) return notEvaluated(error.message.replace(/\.$/, ''));
    throw error;
  }
}

/** The alarm of the rule that changed last: the one that made the difference. */
export function triggerOf(
  { rule }: CompositeAlarmDefinition,
  alarmOf: (name: string) => AlarmRecord | undefined,
): AlarmRecord | undefined {
  return parseAlarmRule(rule)
    .alarms.flatMap((name) => alarmOf(name) ?? [])
    .filter(({ history }) => history.length > 0)
    .reduce<AlarmRecord | undefined>(
      (latest, record) => (latest === undefined || record.state.at > latest.state.at ? record : latest),
      undefined,
    );
}

function reasonOf(
  { arn }: CompositeAlarmDefinition,
  state: string,
  trigger: AlarmRecord | undefined,
  previous: AlarmRecord,
): string {
  return trigger === undefined || previous.history.length === 0
    ? `${arn} was created and its alarm rule evaluates to ${state}`
    : `${trigger.definition.arn} transitioned to ${trigger.state.value} at ${longDate(trigger.state.at)}`;
}

function reasonDataOf(trigger: AlarmRecord | undefined): { reasonData?: string } {
  if (trigger === undefined) return {};
  const { definition, state } = trigger;
  const triggeringAlarms = [
    { arn: definition.arn, state: { value: state.value, timestamp: timestamp(state.at) } },
  ];
  return { reasonData: JSON.stringify({ triggeringAlarms }) };
}

function notEvaluated(why: string): AlarmEvaluation {
  return {
    state: 'INSUFFICIENT_DATA',
    reason: `Not evaluated: ${why}.`,
  };
}
