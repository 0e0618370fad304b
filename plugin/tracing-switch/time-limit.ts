/** Schedules that end tracing when its longest time is over, one for each function, in a group of the service's own. */
import type { SchedulerClient } from '@aws-sdk/client-scheduler';
import { CreateScheduleCommand, GetScheduleCommand, UpdateScheduleCommand } from '@aws-sdk/client-scheduler';
import { patiently } from './patience.ts';
import { isoSeconds } from './tracing-state.ts';
import { timeOverInput } from './switch-event.ts';

export interface TimeLimitOptions {
  readonly client: SchedulerClient;
  readonly group: string;
  /** With which the schedule calls the function. */
  readonly roleArn: string;
  /** Of the function that turns tracing off. */
  readonly switchArn: string;
  /** Epoch milliseconds, after which nothing is tried again. */
  readonly deadline: number;
}

export class TimeLimit {
  readonly #options: TimeLimitOptions;

  constructor(options: TimeLimitOptions) {
    this.#options = options;
  }

  /**
   * Has the tracing of a function turned off then, in place of the time that was set before. No schedule is removed: one that
   * is not needed any more finds nothing to turn off, and one that is removed by mistake would leave tracing on for ever.
   *
   * @returns whether anything had to be changed.
   */
  async set(functionName: string, until: number): Promise<boolean> {
    const expression = `at(${isoSeconds(until).slice(0, -1)})`;
    const current = await this.#expression(functionName);
    if (current === expression) return false;
    const { client, group, roleArn, switchArn, deadline } = this.#options;
    const schedule = {
      // The names of functions are names of schedules too, and no longer.
      Name: functionName,
      GroupName: group,
      Description: `Turns the tracing of ${functionName} off`,
      ScheduleExpression: expression,
      FlexibleTimeWindow: { Mode: 'OFF' as const },
      ActionAfterCompletion: 'DELETE' as const,
      Target: { Arn: switchArn, RoleArn: roleArn, Input: timeOverInput({ functionName, until }) },
    };
    try {
      await patiently<unknown>(deadline, (options) =>
        current === undefined
          ? client.send(new CreateScheduleCommand(schedule), options)
          : client.send(new UpdateScheduleCommand(schedule), options),
      );
    } catch (error) {
      // Another one made it, or it ran, since it was looked for: it is looked for again.
      const { name } = error as Error;
      if (name !== (current === undefined ? 'ConflictException' : 'ResourceNotFoundException')) throw error;
    }
    return true;
  }

  /** Of the schedule that there is. */
  async #expression(functionName: string): Promise<string | undefined> {
    const { client, group, deadline } = this.#options;
    try {
      const { ScheduleExpression } = await patiently(deadline, (options) =>
        client.send(new GetScheduleCommand({ Name: functionName, GroupName: group }), options),
      );
      return ScheduleExpression;
    } catch (error) {
      if ((error as Error).name === 'ResourceNotFoundException') return undefined;
      throw error;
    }
  }
}
