/** The schedules of a service, in their groups, and the timers that run them. */
import { randomUUID } from 'node:crypto';
import { AwsApiError } from '../http/aws-error.ts';
import { AsyncInvocations } from '../lambda/async-invocations.ts';
import type { AsyncEventSink, Invoke } from '../lambda/invocation.ts';
import { arnOf } from '../template/arns.ts';
import { MAX_TIMER_MS, NAME } from './limits.ts';
import type { ScheduleRequest } from './schedule.ts';
import { invalid } from './schedule-expression.ts';

export interface SchedulesOptions {
  readonly region: string;
  readonly accountId: string;
  /** Groups that exist from the start, beside `default`. */
  readonly groups: readonly string[];
  readonly invoke: Invoke;
  /** Told of each event that no try could deliver. */
  readonly onDropped: (message: string) => void;
  readonly onAsyncEvent?: AsyncEventSink;
}

export interface Schedule extends ScheduleRequest {
  readonly arn: string;
  readonly created: Date;
  readonly modified: Date;
}

export interface ScheduleGroup {
  readonly name: string;
  readonly arn: string;
  readonly created: Date;
}

export class Schedules {
  readonly #options: SchedulesOptions;
  readonly #events: AsyncInvocations;
  readonly #groups = new Map<string, ScheduleGroup>();
  /** By group and name. */
  readonly #schedules = new Map<string, Schedule>();
  readonly #timers = new Map<string, NodeJS.Timeout>();

  constructor(options: SchedulesOptions) {
    this.#options = options;
    this.#events = new AsyncInvocations({
      ...options,
      onDropped: ({ functionName, reason }) =>
        options.onDropped(`A schedule's event for ${functionName} is given up: ${reason}`),
    });
    for (const name of ['default', ...options.groups]) this.createGroup(name);
  }

  list(group?: string): Schedule[] {
    return [...this.#schedules.values()].filter(
      (schedule) => group === undefined || schedule.group === group,
    );
  }

  /** @throws AwsApiError when there is none. */
  get(group: string, name: string): Schedule {
    return this.#schedules.get(keyOf(group, name)) ?? missing(`Schedule ${name}`);
  }

  /** @throws AwsApiError when there is one of that name, or no such group. */
  create(request: ScheduleRequest): Schedule {
    this.group(request.group);
    if (this.#schedules.has(keyOf(request.group, request.name)))
      throw new AwsApiError(409, 'ConflictException', `Schedule ${request.name} already exists.`);
    return this.#put(request, new Date());
  }

  /** Replaces a schedule; what is not given takes its default. @throws AwsApiError when there is none. */
  update(request: ScheduleRequest): Schedule {
    return this.#put(request, this.get(request.group, request.name).created);
  }

  /** @throws AwsApiError when there is none. */
  delete(group: string, name: string): void {
    this.get(group, name);
    this.#forget(keyOf(group, name));
  }

  groups(): ScheduleGroup[] {
    return [...this.#groups.values()];
  }

  /** @throws AwsApiError when there is none. */
  group(name: string): ScheduleGroup {
    return this.#groups.get(name) ?? missing(`Schedule group ${name}`);
  }

  /** @throws AwsApiError when there is one of that name. */
  createGroup(name: string): ScheduleGroup {
    if (!NAME.test(name))
      throw invalid(`Name is expected to have 1 to 64 letters, digits, - _ or ., but is ${name}.`);
    if (this.#groups.has(name))
      throw new AwsApiError(409, 'ConflictException', `Schedule group ${name} already exists.`);
    const group = { name, arn: this.#arn('schedule-group', name), created: new Date() };
    this.#groups.set(name, group);
    return group;
  }

  /** With every schedule in it. @throws AwsApiError when there is none, and for `default`. */
  deleteGroup(name: string): void {
    this.group(name);
    if (name === 'default') throw invalid('The default schedule group cannot be deleted.');
    for (const schedule of this.list(name)) this.#forget(keyOf(name, schedule.name));
    this.#groups.delete(name);
  }

  /** Runs nothing more, and waits for the functions that were called. */
  async stop(): Promise<void> {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    await this.#events.stop();
  }

  #put(request: ScheduleRequest, created: Date): Schedule {
    const key = keyOf(request.group, request.name);
    const modified = new Date();
    const schedule: Schedule = {
      ...request,
      arn: this.#arn('schedule', `${request.group}/${request.name}`),
      created,
      modified,
    };
    this.#schedules.set(key, schedule);
    clearTimeout(this.#timers.get(key));
    const { timing } = request;
    if (request.enabled)
      this.#arm(key, schedule, timing.kind === 'at' ? timing.time : modified.getTime() + timing.interval);
    return schedule;
  }

  /** A time that has passed is now. */
  #arm(key: string, schedule: Schedule, time: number): void {
    const wait = Math.max(0, time - Date.now());
    const timer = setTimeout(
      () => {
        if (wait > MAX_TIMER_MS) this.#arm(key, schedule, time);
        else this.#run(key, schedule, time);
      },
      Math.min(wait, MAX_TIMER_MS),
    );
    timer.unref();
    this.#timers.set(key, timer);
  }

  #run(key: string, schedule: Schedule, time: number): void {
    const { functionName, input, timing } = schedule;
    this.#timers.delete(key);
    this.#events.accept({
      functionName,
      payload: input ?? JSON.stringify(this.#event(schedule, time)),
      requestId: randomUUID(),
    });
    if (timing.kind === 'rate') this.#arm(key, schedule, time + timing.interval);
    else if (schedule.deleteAfterCompletion) this.#schedules.delete(key);
  }

  /** What a target without input gets ("Adding context attributes", "Schedule types" of the user guide). */
  #event({ arn }: Schedule, time: number): object {
    return {
      version: '0',
      id: randomUUID(),
      'detail-type': 'Scheduled Event',
      source: 'aws.scheduler',
      account: this.#options.accountId,
      time: new Date(time).toISOString().replace(/\.\d+Z$/, 'Z'),
      region: this.#options.region,
      resources: [arn],
      detail: '{}',
    };
  }

  #forget(key: string): void {
    clearTimeout(this.#timers.get(key));
    this.#timers.delete(key);
    this.#schedules.delete(key);
  }

  #arn(type: string, path: string): string {
    return arnOf(this.#options, 'scheduler', `${type}/${path}`);
  }
}

function keyOf(group: string, name: string): string {
  return `${group}/${name}`;
}

function missing(what: string): never {
  throw new AwsApiError(404, 'ResourceNotFoundException', `${what} does not exist.`);
}
