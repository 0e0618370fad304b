import type { AlarmState } from '../../cloudwatch/view.ts';

/** CloudWatch's words for the states of its alarms. */
export const alarmStateLabels: Readonly<Record<AlarmState, string>> = {
  ALARM: 'In alarm',
  INSUFFICIENT_DATA: 'Insufficient data',
  OK: 'OK',
};

export const alarmStateMeanings: Readonly<Record<AlarmState, string>> = {
  ALARM: 'The metric is outside of its threshold',
  INSUFFICIENT_DATA: 'The alarm has just started, or there is not enough data to tell',
  OK: 'The metric is within its threshold',
};
