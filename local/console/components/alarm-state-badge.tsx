import type { AlarmState } from '../../cloudwatch/view.ts';
import type { EntityStatus } from '../../xray/trace.ts';
import { alarmStateLabels, alarmStateMeanings } from './alarm-state.ts';
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
