import type { RuleResource, StateMachineResource } from 'lambda-lantern-local/template';
import type { PlannedAlarm } from '../../alarms/alarm-plan.ts';
import { ruleDimensions } from '../../alarms/metrics.ts';
import type { ScheduleGroup } from '../../alarms/resource-kinds.ts';
import type { Section } from '../body.ts';
import { COLOR, linesOf } from '../lines.ts';
import { section } from './section.ts';

export function ruleSection(rule: RuleResource, region: string, alarms: readonly PlannedAlarm[]): Section {
  const line = linesOf('AWS/Events', ruleDimensions(rule));
  return section({
    kind: 'rule',
    resource: rule,
    region,
    title: `${rule.scheduled ? 'Scheduled rule' : 'Event rule'} ${rule.key}`,
    charts: [
      {
        title: `${rule.key}: events`,
        lines: [
          line('TriggeredRules', 'Sum', { label: 'matched', color: COLOR.traffic }),
          line('Invocations', 'Sum', { label: 'targets invoked', color: COLOR.typical }),
        ],
        leftLabel: 'per {period}',
      },
      {
        title: `${rule.key}: not delivered`,
        lines: [
          line('FailedInvocations', 'Sum', { label: 'failed', color: COLOR.failure }),
          line('ThrottledRules', 'Sum', { label: 'throttled', color: COLOR.warning }),
        ],
        leftLabel: 'per {period}',
      },
    ],
    alarms,
  });
}

/** EventBridge Scheduler measures groups: schedules of one group share their section. */
export function scheduleGroupSection(
  schedules: ScheduleGroup,
  region: string,
  alarms: readonly PlannedAlarm[],
): Section {
  const keys = schedules.map(({ key }) => key).join(', ');
  const line = linesOf('AWS/Scheduler', { ScheduleGroup: schedules[0].group });
  return section({
    kind: 'schedule',
    resource: schedules[0],
    region,
    title: `Schedules ${keys}`,
    about: 'measured together with every other schedule of their group',
    charts: [
      {
        title: 'Schedules: invocations',
        lines: [
          line('InvocationAttemptCount', 'Sum', { label: 'attempts', color: COLOR.traffic }),
          line('TargetErrorCount', 'Sum', { label: 'target failed', color: COLOR.failure }),
        ],
        leftLabel: 'per {period}',
      },
      {
        title: 'Schedules: given up or held back',
        lines: [
          line('InvocationDroppedCount', 'Sum', { label: 'dropped', color: COLOR.failure }),
          line('InvocationThrottleCount', 'Sum', { label: 'throttled', color: COLOR.warning }),
          line('TargetErrorThrottledCount', 'Sum', { label: 'target throttled', color: COLOR.slow }),
        ],
        leftLabel: 'per {period}',
      },
    ],
    alarms,
  });
}

export function stateMachineSection(
  stateMachine: StateMachineResource,
  region: string,
  alarms: readonly PlannedAlarm[],
): Section {
  const { key, name } = stateMachine;
  const line = linesOf('AWS/States', { StateMachineArn: name });
  return section({
    kind: 'stateMachine',
    resource: stateMachine,
    region,
    title: `State machine ${key}`,
    charts: [
      {
        title: `${key}: executions`,
        lines: [
          line('ExecutionsStarted', 'Sum', { label: 'started', color: COLOR.traffic }),
          line('ExecutionsSucceeded', 'Sum', { label: 'succeeded', color: COLOR.typical }),
        ],
        leftLabel: 'per {period}',
      },
      {
        title: `${key}: not finished`,
        lines: [
          line('ExecutionsFailed', 'Sum', { label: 'failed', color: COLOR.failure }),
          line('ExecutionsTimedOut', 'Sum', { label: 'timed out', color: COLOR.slow }),
          line('ExecutionThrottled', 'Sum', { label: 'throttled', color: COLOR.warning }),
          line('ExecutionsAborted', 'Sum', { label: 'aborted', color: COLOR.limit }),
        ],
        leftLabel: 'per {period}',
      },
      {
        title: `${key}: time of an execution`,
        lines: [
          line('ExecutionTime', 'p50', { label: 'p50', color: COLOR.typical }),
          line('ExecutionTime', 'p99', { label: 'p99', color: COLOR.slow }),
        ],
        leftLabel: 'ms',
      },
    ],
    alarms,
  });
}
