/** What users import in their own tests. */
export { evaluateAlarm } from '../local/cloudwatch/evaluate-alarm.ts';
export type { EvaluateAlarmInput } from '../local/cloudwatch/evaluate-alarm.ts';
export { replayAlarms } from '../local/cloudwatch/replay-alarms.ts';
export type {
  ReplayedLines,
  ReplayedSeries,
  ReplayedTransition,
  ReplayOptions,
} from '../local/cloudwatch/replay-alarms.ts';
export type { AlarmState } from '../local/cloudwatch/view.ts';
export { expectNoLeak } from './expect-no-leak.ts';
export type { ExpectNoLeakOptions } from './expect-no-leak.ts';
export {
  expectCalls,
  expectNoFault,
  expectNoPersonalData,
  expectNothingSlower,
  expectServices,
} from './expect-trace.ts';
export type {
  ExpectCallsOptions,
  ExpectNoFaultOptions,
  ExpectNoPersonalDataOptions,
  ExpectNothingSlowerOptions,
  ExpectServicesOptions,
} from './expect-trace.ts';
export type { ObservedTrace } from './observed-trace.ts';
export { collectTraces } from './trace-source.ts';
export type { TraceCollector, TraceQuestion } from './trace-source.ts';
export { waitForTrace } from './wait-for-trace.ts';
export type { WaitForTraceOptions } from './wait-for-trace.ts';
