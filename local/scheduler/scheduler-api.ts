/** EventBridge Scheduler's API on a port of 127.0.0.1, as `@aws-sdk/client-scheduler` and the AWS CLI call it. */
import type { IncomingMessage, Server } from 'node:http';
import { sendJson } from '../http/answer.ts';
import { AwsApiError, sendAwsError, toAwsApiError } from '../http/aws-error.ts';
import { readJsonBody } from '../http/body.ts';
import { createGuardedServer, POLICIES } from '../http/guard.ts';
import type { PortOptions } from '../http/loopback.ts';
import { close, listen } from '../http/loopback.ts';
import { decodePercent, targetOf } from '../http/target.ts';
import type { JsonObject } from '../json.ts';
import { MAX_REQUEST, MAX_RESULTS } from './limits.ts';
import { invalid, parseScheduleRequest } from './schedule.ts';
import type { Schedule, ScheduleGroup, SchedulesOptions } from './schedules.ts';
import { Schedules } from './schedules.ts';
import type { Times } from './timetable.ts';

export interface SchedulerApiOptions extends SchedulesOptions, PortOptions {}

const ERROR_TYPES = {
  tooLarge: 'ValidationException',
  malformed: 'ValidationException',
  fault: 'InternalServerException',
};

interface Call {
  /** The last part of the path; empty for a list. */
  readonly name: string;
  readonly query: URLSearchParams;
  readonly body: JsonObject;
}

type Operation = (schedules: Schedules, call: Call) => object;

const operations: Readonly<Record<string, Operation>> = {
  'POST schedules/': (schedules, { name, body }) => ({
    ScheduleArn: schedules.create(parseScheduleRequest(name, body)).arn,
  }),
  'PUT schedules/': (schedules, { name, body }) => ({
    ScheduleArn: schedules.update(parseScheduleRequest(name, body)).arn,
  }),
  'GET schedules/': (schedules, { name, query }) => ({
    ...summaryOf(schedules.get(query.get('groupName') ?? 'default', name)),
    ...detailsOf(schedules.get(query.get('groupName') ?? 'default', name)),
  }),
  'DELETE schedules/': (schedules, { name, query }) => {
    schedules.delete(query.get('groupName') ?? 'default', name);
    return {};
  },
  'GET schedules': (schedules, { query }) => {
    const group = query.get('ScheduleGroup') ?? undefined;
    const { page, next } = pageOf(schedules.list(group), query);
    return { Schedules: page.map(summaryOf), ...next };
  },
  'POST schedule-groups/': (schedules, { name }) => ({ ScheduleGroupArn: schedules.createGroup(name).arn }),
  'GET schedule-groups/': (schedules, { name }) => groupOf(schedules.group(name)),
  'DELETE schedule-groups/': (schedules, { name }) => {
    schedules.deleteGroup(name);
    return {};
  },
  'GET schedule-groups': (schedules, { query }) => {
    const { page, next } = pageOf(schedules.groups(), query);
    return { ScheduleGroups: page.map(groupOf), ...next };
  },
};

export class SchedulerApi {
  readonly #options: SchedulerApiOptions;
  readonly #schedules: Schedules;
  readonly #server: Server;

  constructor(options: SchedulerApiOptions) {
    this.#options = options;
    this.#schedules = new Schedules(options);
    this.#server = createGuardedServer({
      policy: POLICIES.awsApi,
      handle: async (request, response) => sendJson(response, 200, await this.#answer(request)),
      fail: (error, response) => sendAwsError(response, toAwsApiError(error, ERROR_TYPES)),
    });
  }

  /**
   * Listens, and runs the schedules that exist from the start.
   *
   * @returns the endpoint, and what of the schedules does not run here.
   * @throws Error that names the port, when it is taken.
   */
  async start(): Promise<{ readonly url: string; readonly warnings: readonly string[] }> {
    const port = await listen(this.#server, 'EventBridge Scheduler', this.#options);
    return { url: `http://127.0.0.1:${port}`, warnings: this.#schedules.start() };
  }

  /** Has these schedules of templates: see `Schedules.declare`. */
  update(services: Pick<SchedulesOptions, 'groups' | 'schedules'>): string[] {
    return this.#schedules.declare(services);
  }

  /** Every schedule of every group, with when it runs. */
  list(): (Schedule & Times)[] {
    return this.#schedules.list().map((schedule) => ({ ...schedule, ...this.#schedules.timesOf(schedule) }));
  }

  /** Runs a schedule now. @throws AwsApiError when there is none. */
  runNow(group: string, name: string): void {
    this.#schedules.runNow(group, name);
  }

  async stop(): Promise<void> {
    await close(this.#server);
    await this.#schedules.stop();
  }

  async #answer(request: IncomingMessage): Promise<object> {
    const url = targetOf(request);
    const [, collection = '', encoded = ''] = url.pathname.split('/');
    const key = `${request.method ?? ''} ${collection}${encoded === '' ? '' : '/'}`;
    const operation = new Map(Object.entries(operations)).get(key);
    if (operation === undefined) {
      const message = `Lantern's scheduler has no ${request.method ?? ''} ${url.pathname}: only schedules and schedule groups.`;
      throw new AwsApiError(404, 'UnknownOperationException', message);
    }
    const name = decodePercent(encoded);
    const body = await readJsonBody(request, MAX_REQUEST);
    return operation(this.#schedules, { name, query: url.searchParams, body });
  }
}

function pageOf<T>(items: readonly T[], query: URLSearchParams): { page: readonly T[]; next: object } {
  const first = Number(query.get('NextToken') ?? 0);
  const asked = Number(query.get('MaxResults') ?? MAX_RESULTS);
  if (!Number.isInteger(first) || first < 0 || !Number.isInteger(asked) || asked < 1 || asked > MAX_RESULTS)
    throw invalid(
      `NextToken is expected to be that of the answer before, MaxResults from 1 to ${MAX_RESULTS}.`,
    );
  const end = first + asked;
  return { page: items.slice(first, end), next: end < items.length ? { NextToken: String(end) } : {} };
}

function summaryOf(schedule: Schedule): object {
  return {
    Arn: schedule.arn,
    Name: schedule.name,
    GroupName: schedule.group,
    State: schedule.enabled ? 'ENABLED' : 'DISABLED',
    CreationDate: schedule.created.getTime() / 1000,
    LastModificationDate: schedule.modified.getTime() / 1000,
    Target: { Arn: schedule.target.Arn },
  };
}

function detailsOf(schedule: Schedule): object {
  return {
    ScheduleExpression: schedule.expression,
    ScheduleExpressionTimezone: schedule.timezone,
    ...(schedule.start !== undefined && { StartDate: schedule.start / 1000 }),
    ...(schedule.end !== undefined && { EndDate: schedule.end / 1000 }),
    ActionAfterCompletion: schedule.deleteAfterCompletion ? 'DELETE' : 'NONE',
    Target: schedule.target,
    FlexibleTimeWindow: schedule.flexibleTimeWindow,
    ...(schedule.description !== undefined && { Description: schedule.description }),
  };
}

function groupOf(group: ScheduleGroup): object {
  return {
    Arn: group.arn,
    Name: group.name,
    State: 'ACTIVE',
    CreationDate: group.created.getTime() / 1000,
    LastModificationDate: group.created.getTime() / 1000,
  };
}
