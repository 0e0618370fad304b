/**
 * The compiled CloudFormation template as others read it: the whole of what the plugin may use of this package before its
 * `local` command runs. Nothing in here starts a server, opens a socket or loads the AWS SDK.
 */
export type { Expression } from './expressions.ts';
export { getAttribute, intrinsicOf, logicalIdIn, ref } from './expressions.ts';
export { LOG_GROUP_PREFIX, obstacleOfRuntime } from './functions.ts';
export type {
  ApiResource,
  CapacityProviderResource,
  DurableSettings,
  EventSource,
  FunctionResource,
  Inventory,
  ManagedInstances,
  OtherResource,
  ProvisionedConcurrency,
  QueueResource,
  RuleResource,
  ScheduleResource,
  StateMachineResource,
  TableResource,
  TopicResource,
} from './inventory.ts';
export { asObject, isObject, objectsIn, parseObject } from '../json.ts';
export { messageOf } from '../message-of.ts';
export { readInventory } from './read-inventory.ts';
export type { Properties } from './template.ts';
export { parseResources } from './template.ts';

// What AWS says of alarms and functions, from the rooms that go by it: words and limits that stand once.
export type { AlarmState, ComparisonOperator, TreatMissingData } from '../cloudwatch/alarm-terms.ts';
export {
  ALARM_STATES,
  comparisonSign,
  comparisonWords,
  isBreaching,
  isStaticComparison,
  PLAIN_STATISTICS,
} from '../cloudwatch/alarm-terms.ts';
export { DESCRIPTION_PARTS, ownersOf } from '../cloudwatch/message/description.ts';
export type { Pace } from '../cloudwatch/message/error-budget.ts';
export { PACES, windowName } from '../cloudwatch/message/error-budget.ts';
export { ERROR_LINES_AGGREGATION, ERROR_LINES_QUERY, scheduleOf } from '../cloudwatch/logs/error-lines.ts';
export type { EvaluationSettings } from '../cloudwatch/verdict.ts';
export { evaluationRange, judge } from '../cloudwatch/verdict.ts';
export { isMuteSchedule } from '../cloudwatch/mute-window.ts';
export { MAX_RULE_ALARMS, MAX_RULE_LENGTH } from '../cloudwatch/composite/alarm-rule.ts';
export { boundsOf, percentileOf } from '../cloudwatch/metrics/statistic.ts';
// What a message of an alarm says: the function of a service composes it by this, and Lantern local.
export type { AlarmMessage, MessageInput, RecentChange } from '../cloudwatch/message/compose-message.ts';
export { composeMessage } from '../cloudwatch/message/compose-message.ts';
export { chatOf, eventOf, mailOf, subjectOf } from '../cloudwatch/message/forms.ts';
export type { AlarmChange, ObservedAlarm } from '../cloudwatch/message/observed-alarm.ts';
export { readAlarm, readAlarmChange } from '../cloudwatch/message/observed-alarm.ts';
export { INIT_TIMEOUT_MS, MAX_ENVIRONMENT, MAX_TAGS, MAX_TAG_VALUE } from '../lambda/limits.ts';
