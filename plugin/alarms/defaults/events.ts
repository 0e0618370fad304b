import type { Expression } from 'lambda-lantern-local/template';
import type { WrittenAlarm } from '../default-alarm.ts';
import { defaultAlarms, ONE_IS_ENOUGH, SEVERAL_MINUTES } from '../default-alarm.ts';
import { metric, ruleDimensions } from '../metrics.ts';

const ONLY_WHEN = 'The metric exists only when it happened.';

export const RULE_ALARMS = defaultAlarms<'rule'>([
  {
    name: 'failed',
    tuning: ONE_IS_ENOUGH,
    unit: 'invocations',
    severity: 'symptom',
    meaning: 'EventBridge gave up on an event: a target of the rule did not get it.',
    cause: 'A target that is gone, or whose policy does not let EventBridge in.',
    numbers:
      'Our judgement: EventBridge counts only what failed after all retries, so that one event is one too many.',
    missing: ONLY_WHEN,
    watch: (rule, tuning) => ({
      metric: metric('AWS/Events', 'FailedInvocations', ruleDimensions(rule), tuning),
      reason: 'every event that does not reach a target counts',
    }),
  },
  {
    name: 'throttled',
    tuning: SEVERAL_MINUTES,
    unit: 'events',
    severity: 'warning',
    meaning: 'The rule matches more events than EventBridge invokes targets for; they come late.',
    cause:
      "More events than the account's quota of invocations per second, often from a pattern that matches too much.",
    numbers:
      'Our judgement: throttled events are delivered later, so that 3 of 15 minutes are worth a look, and one is not.',
    missing: ONLY_WHEN,
    watch: (rule, tuning) => ({
      metric: metric('AWS/Events', 'ThrottledRules', ruleDimensions(rule), tuning),
      reason: 'every throttled event counts',
    }),
  },
]);

/** Put on a group once: CloudWatch has no metrics of a single schedule. */
export const SCHEDULE_ALARMS = defaultAlarms<'schedule'>([
  {
    name: 'dropped',
    tuning: ONE_IS_ENOUGH,
    unit: 'invocations',
    severity: 'symptom',
    meaning: 'EventBridge Scheduler gave up on an invocation of a schedule of this group.',
    cause: 'A target that fails or refuses, and no dead-letter queue to take the event.',
    numbers: 'Above 0 in a minute is what AWS recommends; ours stays in ALARM for five.',
    missing: ONLY_WHEN,
    watch: ({ group }, tuning) => ({
      metric: metric('AWS/Scheduler', 'InvocationDroppedCount', { ScheduleGroup: group }, tuning),
      reason: ofGroup(group),
    }),
  },
  {
    name: 'targetErrors',
    tuning: SEVERAL_MINUTES,
    unit: 'errors',
    severity: 'warning',
    meaning: 'Targets of schedules of this group answer with errors.',
    cause: 'A role without permission for the target, a target that is gone, or throttling.',
    numbers:
      'Our judgement: Scheduler retries, so that 3 of 15 minutes are worth a look; what is lost in the end, dropped says.',
    missing: ONLY_WHEN,
    watch: ({ group }, tuning) => ({
      metric: metric('AWS/Scheduler', 'TargetErrorCount', { ScheduleGroup: group }, tuning),
      reason: ofGroup(group),
    }),
  },
]);

function ofGroup(group: Expression): string {
  return group === 'default'
    ? 'every one counts, of the group default, which all schedules of the account share that name no group'
    : 'every one counts, of its group of schedules';
}

export const STATE_MACHINE_ALARMS = defaultAlarms<'stateMachine'>([
  {
    name: 'failed',
    tuning: ONE_IS_ENOUGH,
    unit: 'executions',
    severity: 'symptom',
    meaning: 'An execution failed.',
    cause: 'A state whose error nothing catches. Look at the failed execution: it names the state.',
    numbers: 'Our judgement: an execution that failed left its work half done, so that one is enough.',
    ...onExecutions('ExecutionsFailed', 'every execution that fails counts'),
  },
  {
    name: 'timedOut',
    tuning: ONE_IS_ENOUGH,
    unit: 'executions',
    severity: 'symptom',
    meaning: 'An execution took longer than it may.',
    cause: 'A state that waits for something that does not come, or a timeout that is too short.',
    numbers: 'Our judgement: an execution that was stopped left its work half done, so that one is enough.',
    ...onExecutions('ExecutionsTimedOut', 'every execution that times out counts'),
  },
  {
    name: 'throttled',
    tuning: SEVERAL_MINUTES,
    unit: 'transitions',
    severity: 'warning',
    meaning: 'Executions wait, because the account makes more state transitions than it may.',
    cause: 'Many executions at once, or a loop. Look at what started them.',
    numbers: 'Our judgement: throttled transitions are retried, so that 3 of 15 minutes are worth a look.',
    ...onExecutions('ExecutionThrottled', 'every throttled transition counts'),
  },
]);

function onExecutions(
  metricName: string,
  reason: string,
): Pick<WrittenAlarm<'stateMachine'>, 'missing' | 'watch'> {
  return {
    missing: 'No data means no executions.',
    watch: ({ name }, tuning) => ({
      metric: metric('AWS/States', metricName, { StateMachineArn: name }, tuning),
      reason,
    }),
  };
}
