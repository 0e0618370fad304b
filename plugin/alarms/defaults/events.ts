import type { Expression, RuleResource } from '../../../local/template/index.ts';
import type { AlarmDefinition } from '../definition.ts';
import { metric } from '../metrics.ts';
import { ONE_IS_ENOUGH, SEVERAL_MINUTES } from './tunings.ts';

const ONLY_WHEN = 'The metric exists only when it happened.';

export const RULE_ALARMS: ReadonlyArray<AlarmDefinition<'rule'>> = [
  {
    name: 'failed',
    on: true,
    tuning: ONE_IS_ENOUGH,
    comparisonOperator: 'GreaterThanThreshold',
    unit: 'invocations',
    severity: 'symptom',
    numbers:
      'Our judgement: EventBridge counts only what failed after all retries, so that one event is one too many.',
    missing: ONLY_WHEN,
    meaning: 'EventBridge gave up on an event: a target of the rule did not get it.',
    cause: 'A target that is gone, or whose policy does not let EventBridge in.',
    plan: (rule, tuning) => [
      {
        metric: metric('AWS/Events', 'FailedInvocations', dimensionsOf(rule), tuning),
        threshold: tuning.threshold ?? 0,
        reason: 'every event that does not reach a target counts',
      },
    ],
  },
  {
    name: 'throttled',
    on: true,
    tuning: SEVERAL_MINUTES,
    comparisonOperator: 'GreaterThanThreshold',
    unit: 'events',
    severity: 'warning',
    numbers:
      'Our judgement: throttled events are delivered later, so that 3 of 15 minutes are worth a look, and one is not.',
    missing: ONLY_WHEN,
    meaning: 'The rule matches more events than EventBridge invokes targets for; they come late.',
    cause:
      "More events than the account's quota of invocations per second, often from a pattern that matches too much.",
    plan: (rule, tuning) => [
      {
        metric: metric('AWS/Events', 'ThrottledRules', dimensionsOf(rule), tuning),
        threshold: tuning.threshold ?? 0,
        reason: 'every throttled event counts',
      },
    ],
  },
];

/** EventBridge: `RuleName` alone means the default bus; a custom bus has to be named beside it. */
const dimensionsOf = ({ name, eventBusName }: RuleResource): Readonly<Record<string, Expression>> => ({
  ...(eventBusName !== undefined && { EventBusName: eventBusName }),
  RuleName: name,
});

/** Put on a group once: CloudWatch has no metrics of a single schedule. */
export const SCHEDULE_ALARMS: ReadonlyArray<AlarmDefinition<'schedule'>> = [
  {
    name: 'dropped',
    on: true,
    tuning: ONE_IS_ENOUGH,
    comparisonOperator: 'GreaterThanThreshold',
    unit: 'invocations',
    severity: 'symptom',
    numbers: 'Above 0 in 1 of 1 minutes is what AWS recommends.',
    missing: ONLY_WHEN,
    meaning: 'EventBridge Scheduler gave up on an invocation of a schedule of this group.',
    cause: 'A target that fails or refuses, and no dead-letter queue to take the event.',
    plan: ({ group }, tuning) => [
      {
        metric: metric('AWS/Scheduler', 'InvocationDroppedCount', { ScheduleGroup: group }, tuning),
        threshold: tuning.threshold ?? 0,
        reason: ofGroup(group),
      },
    ],
  },
  {
    name: 'targetErrors',
    on: true,
    tuning: SEVERAL_MINUTES,
    comparisonOperator: 'GreaterThanThreshold',
    unit: 'errors',
    severity: 'warning',
    numbers:
      'Our judgement: Scheduler retries, so that 3 of 15 minutes are worth a look; what is lost in the end, dropped says.',
    missing: ONLY_WHEN,
    meaning: 'Targets of schedules of this group answer with errors.',
    cause: 'A role without permission for the target, a target that is gone, or throttling.',
    plan: ({ group }, tuning) => [
      {
        metric: metric('AWS/Scheduler', 'TargetErrorCount', { ScheduleGroup: group }, tuning),
        threshold: tuning.threshold ?? 0,
        reason: ofGroup(group),
      },
    ],
  },
];

const ofGroup = (group: Expression): string =>
  group === 'default'
    ? 'every one counts, of the group default, which all schedules of the account share that name no group'
    : 'every one counts, of its group of schedules';

export const STATE_MACHINE_ALARMS: ReadonlyArray<AlarmDefinition<'stateMachine'>> = [
  stateMachineAlarm('failed', 'ExecutionsFailed', {
    tuning: ONE_IS_ENOUGH,
    unit: 'executions',
    severity: 'symptom',
    numbers: 'Our judgement: an execution that failed left its work half done, so that one is enough.',
    meaning: 'An execution failed.',
    cause: 'A state whose error nothing catches. Look at the failed execution: it names the state.',
    reason: 'every execution that fails counts',
  }),
  stateMachineAlarm('timedOut', 'ExecutionsTimedOut', {
    tuning: ONE_IS_ENOUGH,
    unit: 'executions',
    severity: 'symptom',
    numbers: 'Our judgement: an execution that was stopped left its work half done, so that one is enough.',
    meaning: 'An execution took longer than it may.',
    cause: 'A state that waits for something that does not come, or a timeout that is too short.',
    reason: 'every execution that times out counts',
  }),
  stateMachineAlarm('throttled', 'ExecutionThrottled', {
    tuning: SEVERAL_MINUTES,
    unit: 'transitions',
    severity: 'warning',
    numbers: 'Our judgement: throttled transitions are retried, so that 3 of 15 minutes are worth a look.',
    meaning: 'Executions wait, because the account makes more state transitions than it may.',
    cause: 'Many executions at once, or a loop. Look at what started them.',
    reason: 'every throttled transition counts',
  }),
];

function stateMachineAlarm(
  name: string,
  metricName: string,
  {
    reason,
    ...rest
  }: Pick<AlarmDefinition, 'tuning' | 'unit' | 'severity' | 'numbers' | 'meaning' | 'cause'> & {
    readonly reason: string;
  },
): AlarmDefinition<'stateMachine'> {
  return {
    ...rest,
    name,
    on: true,
    comparisonOperator: 'GreaterThanThreshold',
    missing: 'No data means no executions.',
    plan: (machine, tuning) => [
      {
        metric: metric('AWS/States', metricName, { StateMachineArn: machine.name }, tuning),
        threshold: tuning.threshold ?? 0,
        reason,
      },
    ],
  };
}
