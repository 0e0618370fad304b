/** Schedules that end tracing when its longest time is over, one for each function, in a group of the service's own. */
import type { SchedulerClient } from '@aws-sdk/client-scheduler';
import {
  CreateScheduleCommand,
  DeleteScheduleCommand,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler';
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

  /** Has the tracing of a function turned off then; it replaces the time that was set before. */
  async set(functionName: string, until: number): Promise<void> {
    const { client, group, roleArn, switchArn, deadline } = this.#options;
    const schedule = {
      // The names of functions are names of schedules too, and no longer.
      Name: functionName,
      GroupName: group,
      Description: `Turns the tracing of ${functionName} off`,
      ScheduleExpression: `at(${isoSeconds(until).slice(0, -1)})`,
      FlexibleTimeWindow: { Mode: 'OFF' as const },
      ActionAfterCompletion: 'DELETE' as const,
      Target: { Arn: switchArn, RoleArn: roleArn, Input: timeOverInput({ functionName, until }) },
    };
    await patiently(deadline, async (options) => {
      try {
        await client.send(new CreateScheduleCommand(schedule), options);
      } catch (error) {
        if ((error as Error).name !== 'ConflictException') throw error;
        await client.send(new UpdateScheduleCommand(schedule), options);
      }
    });
  }

  /** Forgets the time that was set, if one was. */
  async clear(functionName: string): Promise<void> {
    const { client, group, deadline } = this.#options;
    await patiently(deadline, async (options) => {
      try {
        await client.send(new DeleteScheduleCommand({ Name: functionName, GroupName: group }), options);
      } catch (error) {
        if ((error as Error).name !== 'ResourceNotFoundException') throw error;
      }
    });
  }
}
