import type { ScheduleEntry } from '../console-contract.ts';
import { scheduleId } from '../console-contract.ts';
import type { ScheduleRunner } from '../console-server/serve-api.ts';
import type { EventBridge } from '../events/event-bridge.ts';
import type { SchedulerApi } from '../scheduler/scheduler-api.ts';
import type { Times } from '../scheduler/timetable.ts';
import { lastNameIn } from '../template/arns.ts';

/** What runs by the clock, of both kinds, to be run by hand. */
export function schedulesByHand(eventBridge: EventBridge, scheduler: SchedulerApi): ScheduleRunner {
  const entries = (): (readonly [ScheduleEntry, run: () => void])[] => [
    ...eventBridge
      .rules()
      .flatMap(({ busName, name, schedule, targets, ...rule }): [ScheduleEntry, () => void][] =>
        schedule === undefined
          ? []
          : [
              [
                entryOf(
                  scheduleId('rule', busName, name),
                  schedule,
                  targets.map(({ arn }) => arn),
                  rule,
                ),
                () => eventBridge.runNow(busName, name),
              ],
            ],
      ),
    ...scheduler
      .list()
      .map(({ group, name, expression, targetArn, ...schedule }): [ScheduleEntry, () => void] => [
        entryOf(scheduleId('schedule', group, name), expression, [targetArn], schedule),
        () => scheduler.runNow(group, name),
      ]),
  ];
  return {
    list: () => entries().map(([entry]) => entry),
    run: (id) => {
      const [, run] = entries().find(([entry]) => entry.id === id) ?? [];
      run?.();
    },
  };
}

function entryOf(
  id: string,
  expression: string,
  targetArns: readonly string[],
  { enabled, next, last }: { readonly enabled: boolean } & Times,
): ScheduleEntry {
  return {
    id,
    expression,
    enabled,
    targets: targetArns.map(lastNameIn),
    ...(next !== undefined && { next }),
    ...(last !== undefined && { last }),
  };
}
