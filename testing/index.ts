/** What users import in their own tests. */
export { evaluateAlarm } from '../local/cloudwatch/evaluate-alarm.ts';
export type { EvaluateAlarmInput } from '../local/cloudwatch/evaluate-alarm.ts';
export type { AlarmState } from '../local/cloudwatch/view.ts';
export { expectNoLeak } from './expect-no-leak.ts';
export type { ExpectNoLeakOptions } from './expect-no-leak.ts';
