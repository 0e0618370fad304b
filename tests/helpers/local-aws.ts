/** Lantern's local Lambda and Scheduler with one function, for what speaks to them through the AWS SDK. */
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, request as forward } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  ListTagsCommand,
  TagResourceCommand,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionUpdated,
} from '@aws-sdk/client-lambda';
import { GetScheduleCommand, SchedulerClient, UpdateScheduleCommand } from '@aws-sdk/client-scheduler';
import type { InvokeRequest } from '../../local/lambda/invocation.ts';
import { LambdaApi } from '../../local/lambda/lambda-api.ts';
import { SchedulerApi } from '../../local/scheduler/scheduler-api.ts';
import type { FunctionDefinition } from '../../local/template/service.ts';
import { functionDefinition } from '../local/lambda/definition.ts';
import { targetsOf } from './targets.ts';

export const GROUP = 'shop-test-tracing';
export const SWITCH = 'shop-test-on-alarm';

export interface LocalAws {
  readonly lambdaUrl: string;
  readonly schedulerUrl: string;
  readonly lambda: LambdaClient;
  readonly scheduler: SchedulerClient;
  /** Every call of the Lambda API, as `PUT /2015-03-31/…`. */
  readonly calls: string[];
  /** Every call of a function by a schedule. */
  readonly invoked: InvokeRequest[];
  /** Refuses the next calls that match, as the Lambda API would. */
  readonly refuse: (match: RegExp, type: string, status: number, times?: number) => void;
  /** Refuses no more. */
  readonly allow: () => void;
  /** Runs before the next call that matches is passed on. */
  readonly before: (match: RegExp, action: () => Promise<unknown>) => void;
  configuration(name: string): Promise<{ mode: unknown; variables: Readonly<Record<string, string>> }>;
  tags(name: string): Promise<Readonly<Record<string, string>>>;
  tag(name: string, tags: Record<string, string>): Promise<void>;
  /** Changes a function as a deployment would, and waits until it is in force. */
  update(name: string, variables: Record<string, string>, mode?: 'Active' | 'PassThrough'): Promise<void>;
  settled(name: string): Promise<void>;
  /** When the schedule of a function runs; undefined without one. */
  scheduled(name: string): Promise<string | undefined>;
  /** Has the schedule of a function run now. */
  bringForward(name: string): Promise<void>;
  stop(): Promise<void>;
}

export function arnOf(name: string): string {
  return functionDefinition({ name }).arn;
}

export async function startLocalAws(
  functions: readonly FunctionDefinition[],
  { updateDurationMs = 20 } = {},
): Promise<LocalAws> {
  const invoked: InvokeRequest[] = [];
  const invoke = (request: InvokeRequest) => {
    invoked.push(request);
    return Promise.resolve({ requestId: '', payload: 'null', traceId: '' });
  };
  const common = { invoke, port: 0, howToChoosePort: 'none', onDropped: () => undefined };
  const lambdaApi = new LambdaApi({
    ...common,
    functions,
    onConfigurationChanged: () => undefined,
    updateDurationMs,
  });
  const schedulerApi = new SchedulerApi({
    ...common,
    targets: targetsOf({ invoke }),
    region: 'eu-central-1',
    accountId: '000000000000',
    groups: [GROUP],
  });
  const { url: behind } = await lambdaApi.start();
  const { url: schedulerUrl } = await schedulerApi.start();
  const front = await startFront(behind);
  const client = {
    region: 'eu-central-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  };
  // Past the front: what a test does itself is neither counted nor refused.
  const lambda = new LambdaClient({ ...client, endpoint: behind });
  const scheduler = new SchedulerClient({ ...client, endpoint: schedulerUrl });
  const settled = async (FunctionName: string): Promise<void> => {
    await waitUntilFunctionUpdated({ client: lambda, maxWaitTime: 10, minDelay: 0.01 }, { FunctionName });
  };
  return {
    lambdaUrl: front.url,
    schedulerUrl,
    lambda,
    scheduler,
    calls: front.calls,
    invoked,
    refuse: front.refuse,
    allow: front.allow,
    before: front.before,
    async configuration(FunctionName) {
      const read = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
      return { mode: read.TracingConfig?.Mode, variables: read.Environment?.Variables ?? {} };
    },
    tags: async (name) => (await lambda.send(new ListTagsCommand({ Resource: arnOf(name) }))).Tags ?? {},
    async tag(name, Tags) {
      await lambda.send(new TagResourceCommand({ Resource: arnOf(name), Tags }));
    },
    async update(FunctionName, Variables, Mode = 'PassThrough') {
      await lambda.send(
        new UpdateFunctionConfigurationCommand({
          FunctionName,
          Environment: { Variables },
          TracingConfig: { Mode },
        }),
      );
      await settled(FunctionName);
    },
    settled,
    async scheduled(Name) {
      try {
        const { ScheduleExpression } = await scheduler.send(
          new GetScheduleCommand({ Name, GroupName: GROUP }),
        );
        return ScheduleExpression;
      } catch (error) {
        if ((error as Error).name === 'ResourceNotFoundException') return undefined;
        throw error;
      }
    },
    async bringForward(Name) {
      const { Target, FlexibleTimeWindow, ActionAfterCompletion } = await scheduler.send(
        new GetScheduleCommand({ Name, GroupName: GROUP }),
      );
      const ScheduleExpression = `at(${new Date().toISOString().slice(0, 19)})`;
      const sooner = { Target, FlexibleTimeWindow, ActionAfterCompletion, ScheduleExpression };
      await scheduler.send(new UpdateScheduleCommand({ Name, GroupName: GROUP, ...sooner }));
    },
    async stop() {
      lambda.destroy();
      scheduler.destroy();
      await front.stop();
      await lambdaApi.stop();
      await schedulerApi.stop();
    },
  };
}

/** Stands before the Lambda API and passes on what it is not told to refuse. */
async function startFront(target: string) {
  const calls: string[] = [];
  let refusals: Array<{ match: RegExp; type: string; status: number; times: number }> = [];
  let actions: Array<{ match: RegExp; action: () => Promise<unknown> }> = [];
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const call = `${request.method ?? ''} ${request.url ?? ''}`;
    calls.push(call);
    const refusal = refusals.find(({ match, times }) => times > 0 && match.test(call));
    if (refusal !== undefined) {
      refusal.times -= 1;
      request.resume();
      response.writeHead(refusal.status, { 'x-amzn-errortype': refusal.type });
      response.end(JSON.stringify({ Type: 'User', Message: 'refused by the test' }));
      return;
    }
    const waiting = actions.find(({ match }) => match.test(call));
    actions = actions.filter((each) => each !== waiting);
    await waiting?.action();
    const { method, headers } = request;
    const passed = forward(new URL(request.url ?? '/', target), {
      ...(method !== undefined && { method }),
      headers,
    });
    passed.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    request.pipe(passed);
  };
  const server = createServer((request, response) => void serve(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    refuse: (match: RegExp, type: string, status: number, times = 1): void => {
      refusals = [...refusals, { match, type, status, times }];
    },
    allow: (): void => {
      refusals = [];
    },
    before: (match: RegExp, action: () => Promise<unknown>): void => {
      actions = [...actions, { match, action }];
    },
    async stop(): Promise<void> {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
