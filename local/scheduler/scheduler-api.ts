/** EventBridge Scheduler's API on a port of 127.0.0.1, as `@aws-sdk/client-scheduler` and the AWS CLI call it. */
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { close, listen } from '../http/loopback.ts';
import { readBody } from '../http/read-body.ts';
import { foreignHost, foreignPage } from '../http/request-guard.ts';
import { parseObject } from '../json.ts';
import { MAX_REQUEST, MAX_RESULTS } from './limits.ts';
import { parseScheduleRequest } from './schedule.ts';
import type { Schedule, ScheduleGroup, SchedulesOptions } from './schedules.ts';
import { Schedules } from './schedules.ts';
import { invalid, SchedulerError } from './scheduler-error.ts';

export interface SchedulerApiOptions extends SchedulesOptions {
  /** 0 takes any free one. */
  readonly port: number;
  /** How a user chooses another port; stands in the error when this one is taken. */
  readonly howToChoosePort: string;
}

interface Call {
  /** The last part of the path; empty for a list. */
  readonly name: string;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
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
  #port = 0;

  constructor(options: SchedulerApiOptions) {
    this.#options = options;
    this.#schedules = new Schedules(options);
    this.#server = createServer((request, response) => void this.#handle(request, response));
  }

  /** @throws Error that names the port, when it is taken. */
  async start(): Promise<{ readonly url: string }> {
    const { port: wanted, howToChoosePort: howToChoose } = this.#options;
    this.#port = await listen(this.#server, { port: wanted, purpose: 'EventBridge Scheduler', howToChoose });
    return { url: `http://127.0.0.1:${this.#port}` };
  }

  async stop(): Promise<void> {
    await close(this.#server);
    await this.#schedules.stop();
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const answer = await this.#answer(request);
      response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(answer));
    } catch (error) {
      const { status, type, message } = toSchedulerError(error);
      response.writeHead(status, { 'Content-Type': 'application/json', 'x-amzn-errortype': type });
      response.end(JSON.stringify({ Message: message }));
    }
  }

  async #answer(request: IncomingMessage): Promise<object> {
    const refusal = foreignHost(request, this.#port) ?? foreignPage(request, this.#port);
    if (refusal !== undefined) throw new SchedulerError(403, 'AccessDeniedException', refusal);
    const url = new URL(request.url ?? '/', 'http://localhost');
    const [, collection = '', encoded = ''] = url.pathname.split('/');
    const key = `${request.method ?? ''} ${collection}${encoded === '' ? '' : '/'}`;
    const operation = new Map(Object.entries(operations)).get(key);
    if (operation === undefined) {
      const message = `Lantern's scheduler has no ${request.method ?? ''} ${url.pathname}: only schedules and schedule groups.`;
      throw new SchedulerError(404, 'UnknownOperationException', message);
    }
    const name = decodeURIComponent(encoded);
    return operation(this.#schedules, { name, query: url.searchParams, body: await bodyOf(request) });
  }
}

async function bodyOf(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  const body = await readBody(request, MAX_REQUEST);
  if (typeof body === 'string') throw invalid(`The request body is ${body}.`);
  const value = parseObject(body.text === '' ? '{}' : body.text);
  if (value === undefined) throw invalid('The request body is expected to be a JSON object.');
  return value;
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
    ScheduleExpressionTimezone: 'UTC',
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

function toSchedulerError(error: unknown): SchedulerError {
  if (error instanceof SchedulerError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new SchedulerError(500, 'InternalServerException', message, { cause: error });
}
