import type { AlarmDefinition } from '../../template/service.ts';
import type { StateSnapshot } from '../alarms/alarm-record.ts';
import type { Suppressor } from '../composite/suppression.ts';

/** A change of an alarm's state, as those who are told of it need it. */
export interface Transition {
  readonly alarm: AlarmDefinition;
  readonly state: StateSnapshot;
  readonly previous: StateSnapshot;
  /** When the alarm was made, epoch milliseconds. */
  readonly createdAt: number;
  /** Of a composite alarm: the alarm whose change made the difference. */
  readonly trigger?: { readonly arn: string; readonly state: StateSnapshot };
  /** Of a composite alarm whose actions are held back. */
  readonly suppressedBy?: Suppressor;
}

export interface Account {
  readonly region: string;
  readonly accountId: string;
}

/** Whom an alarm tells of its new state, when its actions are enabled and not held back. */
export function actionsOf({ alarm, state }: Pick<Transition, 'alarm' | 'state'>): readonly string[] {
  switch (state.value) {
    case 'ALARM':
      return alarm.alarmActions;
    case 'OK':
      return alarm.okActions;
    case 'INSUFFICIENT_DATA':
      return alarm.insufficientDataActions;
  }
}
