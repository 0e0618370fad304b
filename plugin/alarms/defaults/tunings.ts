import type { Tuning } from '../default-alarm.ts';

/** For what must not happen at all: the first time is an alarm, within the minute. */
export const ONE_IS_ENOUGH: Tuning = {
  threshold: 0,
  statistic: 'Sum',
  period: 60,
  evaluationPeriods: 1,
  datapointsToAlarm: 1,
  treatMissingData: 'notBreaching',
};

/** For what AWS tries again: worth a look when it goes on. */
export const SEVERAL_MINUTES: Tuning = { ...ONE_IS_ENOUGH, evaluationPeriods: 15, datapointsToAlarm: 3 };
