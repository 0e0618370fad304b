/** The schedules of a service, in their groups, and the timers that run them. */
import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { AwsApiError } from '../http/aws-error.ts';
import type { Targets } from '../events/targets.ts';
import { asText } from '../json.ts';
import { arnOf } from '../template/arns.ts';
import type { ScheduleDefinition } from '../template/service.ts';
import type { MetricSink } from '../cloudwatch/metrics/metric.ts';
import { NAME } from './limits.ts';
import type { ScheduleRequest } from './schedule.ts';
import { invalid, parseScheduleRequest } from './schedule.ts';
import type { Times } from './timetable.ts';
import { Timetable } from './timetable.ts';

export interface SchedulesOptions {
  readonly region: string;
  readonly accountId: string;
  /** Groups that exist from the start, beside `default`. */
  readonly groups: readonly string[];
  /** Schedules that exist from the start. */
  readonly schedules?: readonly ScheduleDefinition[];
  readonly targets: Pick<Targets, 'deliver'>;
  /** Told of each event that its target did not take. */
  readonly onDropped: (message: string) => void;
  /** Gets what CloudWatch counts of schedules, by their groups. */
  readonly measure?: MetricSink;
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
  readonly #groups = new Map<string, ScheduleGroup>();
  /** By group and name. */
  readonly #schedules = new Map<string, Schedule>();
  readonly #timetable = new Timetable();
  readonly #running = new Set<Promise<void>>();
  /** Those of templates, by name. */
  #declared: ReadonlyMap<string, ScheduleDefinition> = new Map();

  constructor(options: SchedulesOptions) {
    this.#options = options;
    for (const name of ['default', ...options.groups]) this.createGroup(name);
  }

  /**
   * Makes the schedules that exist from the start.
   *
   * @returns what of them does not run, and why.
   */
  start(): string[] {
    return this.declare({ groups: [], schedules: this.#options.schedules ?? [] });
  }

  /**
   * Has these schedules and no others of templates; those that were made by the API stay, and so does one that is the same as before.
   *
   * @returns what of the new ones does not run, and why.
   */
  declare({ groups, schedules = [] }: Pick<SchedulesOptions, 'groups' | 'schedules'>): string[] {
    for (const name of groups) if (!this.#groups.has(name)) this.createGroup(name);
    const before = this.#declared;
    this.#declared = new Map(schedules.map((schedule) => [keyIn(schedule), schedule]));
    for (const key of before.keys()) if (!this.#declared.has(key)) this.#forget(key);
    return [...this.#declared].flatMap(([key, declared]) =>
      isDeepStrictEqual(before.get(key), declared) ? [] : this.#make(key, declared),
    );
  }

  #make(key: string, { name, properties }: ScheduleDefinition): string[] {
    try {
      const request = parseScheduleRequest(name, properties);
      // A group that is made elsewhere is as good as one of the template.
      if (!this.#groups.has(request.group)) this.createGroup(request.group);
      this.#forget(key);
      this.create(request);
      return [];
    } catch (error) {
      if (!(error instanceof AwsApiError)) throw error;
      return [`The schedule ${name} does not run: ${error.message}`];
    }
  }

  list(group?: string): Schedule[] {
    return [...this.#schedules.values()].filter(
      (schedule) => group === undefined || schedule.group === group,
    );
  }

  timesOf({ group, name }: Schedule): Times {
    return this.#timetable.timesOf(keyOf(group, name));
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

  /**
   * Runs a schedule now, whatever its times are and whether it is enabled or not.
   *
   * @throws AwsApiError when there is none.
   */
  runNow(group: string, name: string): void {
    this.#run(this.get(group, name), Date.now());
  }

  /** Runs nothing more, and waits for what is being delivered. */
  async stop(): Promise<void> {
    this.#timetable.stop();
    await Promise.all(this.#running);
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
    this.#timetable.delete(key);
    if (request.enabled) {
      const entry = { ...request, since: modified.getTime(), runsAtOnce: true };
      this.#timetable.set(key, entry, (time, isLast) => {
        this.#run(schedule, time);
        if (isLast && schedule.deleteAfterCompletion) this.#schedules.delete(key);
      });
    }
    return schedule;
  }

  #run(schedule: Schedule, time: number): void {
    this.#timetable.runs(keyOf(schedule.group, schedule.name));
    const running = this.#deliver(schedule, time).finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  /** A target of this machine that refuses once would refuse again: there are no retries. */
  async #deliver(schedule: Schedule, time: number): Promise<void> {
    const { name, targetArn: arn, groupId, deadLetterArn } = schedule;
    const { targets, onDropped } = this.#options;
    const payload = this.#payload(schedule, time);
    this.#count(schedule, 'InvocationAttemptCount');
    try {
      await targets.deliver({ arn, payload, groupId });
      return;
    } catch (error) {
      this.#count(schedule, 'TargetErrorCount');
      onDropped(`${arn} did not take what the schedule ${name} sent: ${(error as Error).message}`);
    }
    if (deadLetterArn === undefined) {
      this.#count(schedule, 'InvocationDroppedCount');
      return;
    }
    try {
      await targets.deliver({ arn: deadLetterArn, payload });
      this.#count(schedule, 'InvocationsSentToDeadLetterCount');
    } catch (error) {
      this.#count(schedule, 'InvocationDroppedCount');
      this.#count(schedule, 'InvocationsFailedToBeSentToDeadLetterCount');
      onDropped(`The dead-letter queue of the schedule ${name} did not take it: ${(error as Error).message}`);
    }
  }

  /** What a target without input gets, and what its input may name ("Adding context attributes" of the user guide). */
  #payload(schedule: Schedule, time: number): string {
    const { arn, input, event } = schedule;
    const scheduled = new Date(time).toISOString().replace(/\.\d+Z$/, 'Z');
    const values: Readonly<Record<string, string>> = {
      'schedule-arn': arn,
      'scheduled-time': scheduled,
      'execution-id': randomUUID(),
      'attempt-number': '1',
    };
    const filled = input?.replaceAll(/<aws\.scheduler\.([\w-]+)>/g, (all, name: string) =>
      Object.hasOwn(values, name) ? (values[name] ?? all) : all,
    );
    const own = {
      version: '0',
      id: randomUUID(),
      account: this.#options.accountId,
      time: scheduled,
      region: this.#options.region,
      resources: [arn],
    };
    if (event !== undefined) {
      const detail: unknown = JSON.parse(filled ?? '{}');
      return JSON.stringify({ ...own, source: event.source, 'detail-type': event.detailType, detail });
    }
    return (
      filled ??
      JSON.stringify({ ...own, 'detail-type': 'Scheduled Event', source: 'aws.scheduler', detail: '{}' })
    );
  }

  #count({ group }: Schedule, name: string): void {
    this.#options.measure?.({ namespace: 'AWS/Scheduler', name, dimensions: { ScheduleGroup: group } });
  }

  #forget(key: string): void {
    this.#timetable.delete(key);
    this.#schedules.delete(key);
  }

  #arn(type: string, path: string): string {
    return arnOf(this.#options, 'scheduler', `${type}/${path}`);
  }
}

function keyOf(group: string, name: string): string {
  return `${group}/${name}`;
}

/** Of a schedule that may not be readable. */
function keyIn({ name, properties }: ScheduleDefinition): string {
  return keyOf(asText(properties.GroupName) ?? 'default', name);
}

function missing(what: string): never {
  throw new AwsApiError(404, 'ResourceNotFoundException', `${what} does not exist.`);
}
