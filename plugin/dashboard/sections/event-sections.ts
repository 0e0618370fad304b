import type { AlarmSpec, Dimension } from '../../alarms/alarm-spec.ts';
import type { RuleResource, ScheduleResource, StateMachineResource } from '../../../local/template/index.ts';
import type { Section } from '../lay-out.ts';
import { COLOR, linesOf } from '../lines.ts';
import { sectionHeading } from './section-heading.ts';
import { watchedCharts } from './watched-charts.ts';

export function ruleSection(rule: RuleResource, region: string, alarms: readonly AlarmSpec[]): Section {
  const line = linesOf('AWS/Events', ruleDimensions(rule));
  return {
    panels: [
      sectionHeading({
        kind: 'rule',
        resource: rule,
        region,
        title: `${rule.scheduled ? 'Scheduled rule' : 'Event rule'} ${rule.key}`,
        about: '',
      }),
      ...watchedCharts(
        [
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
      ),
    ],
  };
}

/** Rules of a bus of one's own are measured per bus. */
export const ruleDimensions = ({ name, eventBusName }: RuleResource): readonly Dimension[] => [
  ...(eventBusName === undefined ? [] : [{ name: 'EventBusName', value: eventBusName }]),
  { name: 'RuleName', value: name },
];

/** Schedules that EventBridge Scheduler measures together; there is at least one. */
export type ScheduleGroup = readonly [ScheduleResource, ...ScheduleResource[]];

export function scheduleGroups(schedules: readonly ScheduleResource[]): readonly ScheduleGroup[] {
  const groups = new Map<string, [ScheduleResource, ...ScheduleResource[]]>();
  for (const schedule of schedules) {
    const name = JSON.stringify(schedule.group);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [schedule]);
    else group.push(schedule);
  }
  return [...groups.values()];
}

/** EventBridge Scheduler measures groups: schedules of one group share their section. */
export function scheduleGroupSection(
  schedules: ScheduleGroup,
  region: string,
  alarms: readonly AlarmSpec[],
): Section {
  const keys = schedules.map(({ key }) => key).join(', ');
  const line = linesOf('AWS/Scheduler', [{ name: 'ScheduleGroup', value: schedules[0].group }]);
  return {
    panels: [
      sectionHeading({
        kind: 'schedule',
        resource: schedules[0],
        region,
        title: `Schedules ${keys}`,
        about: 'measured together with every other schedule of their group',
      }),
      ...watchedCharts(
        [
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
      ),
    ],
  };
}

export function stateMachineSection(
  stateMachine: StateMachineResource,
  region: string,
  alarms: readonly AlarmSpec[],
): Section {
  const { key, name } = stateMachine;
  const line = linesOf('AWS/States', [{ name: 'StateMachineArn', value: name }]);
  return {
    panels: [
      sectionHeading({
        kind: 'stateMachine',
        resource: stateMachine,
        region,
        title: `State machine ${key}`,
        about: '',
      }),
      ...watchedCharts(
        [
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
      ),
    ],
  };
}
