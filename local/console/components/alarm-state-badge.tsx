import type { AlarmState } from '../../cloudwatch/view.ts';
import type { EntityStatus } from '../../xray/trace.ts';
import { StatusIcon } from './status-icon.tsx';

/** The status whose shape and colour a state has. */
const statuses: Readonly<Record<AlarmState, EntityStatus>> = {
  ALARM: 'fault',
  INSUFFICIENT_DATA: 'in_progress',
  OK: 'ok',
};

export interface AlarmStateBadgeProps {
  readonly state: AlarmState;
}

export function AlarmStateBadge({ state }: AlarmStateBadgeProps) {
  return (
    <span class={`status-badge status-${statuses[state]}`} title={alarmStateMeanings[state]}>
      <StatusIcon status={statuses[state]} />
      {alarmStateLabels[state]}
    </span>
  );
}

/** CloudWatch's words for the states of its alarms. */
export const alarmStateLabels: Readonly<Record<AlarmState, string>> = {
  ALARM: 'In alarm',
  INSUFFICIENT_DATA: 'Insufficient data',
  OK: 'OK',
};

const alarmStateMeanings: Readonly<Record<AlarmState, string>> = {
  ALARM: 'The metric is outside of its threshold',
  INSUFFICIENT_DATA: 'The alarm has just started, or there is not enough data to tell',
  OK: 'The metric is within its threshold',
};
