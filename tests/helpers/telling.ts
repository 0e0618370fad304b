/** The function that composes the messages of alarms, between what it asks and whom it tells: for tests that have it tell. */
import { vi } from 'vitest';
import { AlarmService } from '../../local/cloudwatch/alarms/alarm-service.ts';
import { CloudWatchApi } from '../../local/cloudwatch/api/cloudwatch-api.ts';
import type { Transition } from '../../local/cloudwatch/actions/transition.ts';
import { MetricStore } from '../../local/cloudwatch/metrics/metric-store.ts';
import { ConsoleServer } from '../../local/console-server/console-server.ts';
import type { AlarmDefinition, FunctionDefinition } from '../../local/template/service.ts';
import { TraceStore } from '../../local/xray/trace-store.ts';
import type * as TellAlarm from '../../plugin/tell-alarm.ts';
import type { AwsEndpoint, WireAnswer } from './aws-endpoint.ts';
import { startAwsEndpoint } from './aws-endpoint.ts';
import type { LocalAws } from './local-aws.ts';
import { startLocalAws } from './local-aws.ts';

export interface TellingOptions {
  readonly alarms: readonly AlarmDefinition[];
  readonly functions: readonly FunctionDefinition[];
  readonly place: { readonly service: string; readonly stage: string; readonly region: string };
  /** The id of the stack. */
  readonly stack: string;
  /** The ARN of the topic that people subscribe to, and the name of the bus. */
  readonly topic: string;
  readonly bus: string;
  /** Where SNS and EventBridge answer. */
  readonly snsUrl: string;
  readonly eventsUrl: string;
  /** Told of every change of an alarm's state. */
  readonly onTransition?: (transition: Transition) => void;
}

export interface Telling {
  /** The alarms, whose states can be set; CloudWatch answers by them. */
  readonly service: AlarmService;
  readonly aws: LocalAws;
  /** What it answers next is set by the test, such as {@link stackEvents}. */
  readonly cloudFormation: AwsEndpoint;
  /** Reads the environment anew, as a cold start does. */
  load(): Promise<Pick<typeof TellAlarm, 'tellAlarm'>>;
  stop(): Promise<void>;
}

export async function startTelling(options: TellingOptions): Promise<Telling> {
  const { alarms, functions, place, stack, topic, bus, snsUrl, eventsUrl } = options;
  const aws = await startLocalAws(functions);
  const clock = { minuteMs: 60_000 };
  const store = new MetricStore(clock);
  const service = new AlarmService({
    alarms,
    store,
    clock,
    actions: { act: () => undefined, emit: (transition) => options.onTransition?.(transition) },
    onChange: () => undefined,
    onTransitions: () => undefined,
    createdAt: Date.now() - 60_000,
  });
  const traces = new TraceStore();
  const page = new ConsoleServer({
    store: traces,
    cloudWatchApi: new CloudWatchApi({ store, clock, alarms: service }),
    port: 0,
    staticDirectory: import.meta.dirname,
    serviceInfo: () => {
      throw new Error('Nobody asks for it.');
    },
  });
  const { url: cloudWatchUrl } = await page.start();
  const cloudFormation = await startAwsEndpoint();
  const variables = {
    AWS_ENDPOINT_URL_LAMBDA: aws.lambdaUrl,
    AWS_ENDPOINT_URL_SNS: snsUrl,
    AWS_ENDPOINT_URL_EVENTBRIDGE: eventsUrl,
    AWS_ENDPOINT_URL_CLOUDWATCH: cloudWatchUrl,
    AWS_ENDPOINT_URL_CLOUDFORMATION: cloudFormation.url,
    AWS_REGION: place.region,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_MAX_ATTEMPTS: '1',
    LANTERN_MESSAGE_TOPIC: topic,
    LANTERN_MESSAGE_SERVICE: place.service,
    LANTERN_MESSAGE_STAGE: place.stage,
    LANTERN_MESSAGE_STACK: stack,
    LANTERN_MESSAGE_BUS: bus,
  };
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  return {
    service,
    aws,
    cloudFormation,
    async load() {
      vi.resetModules();
      return import('../../plugin/tell-alarm.ts');
    },
    async stop() {
      await page.stop();
      traces.close();
      await cloudFormation.stop();
      await aws.stop();
      vi.unstubAllEnvs();
    },
  };
}

/** A deployment of a function that was over at this time, as CloudFormation answers. */
export function stackEvents(stack: string, functionName: string, ended: Date): WireAnswer {
  const stackName = stack.split('/')[1] ?? '';
  const event = (type: string, id: string, status: string, seconds: number): string =>
    `<member><StackId>${stack}</StackId><StackName>${stackName}</StackName><EventId>${id}${status}</EventId>` +
    `<LogicalResourceId>${id}</LogicalResourceId><PhysicalResourceId>${id}</PhysicalResourceId><ResourceType>${type}</ResourceType>` +
    `<Timestamp>${new Date(ended.getTime() - seconds * 1000).toISOString()}</Timestamp><ResourceStatus>${status}</ResourceStatus></member>`;
  const type = 'AWS::CloudFormation::Stack';
  const body =
    event(type, stack, 'UPDATE_COMPLETE', 0) +
    event('AWS::Lambda::Function', functionName, 'UPDATE_COMPLETE', 10) +
    event(type, stack, 'UPDATE_IN_PROGRESS', 30);
  return {
    status: 200,
    headers: { 'content-type': 'text/xml' },
    body: `<DescribeStackEventsResponse><DescribeStackEventsResult><StackEvents>${body}</StackEvents></DescribeStackEventsResult></DescribeStackEventsResponse>`,
  };
}

/** What SNS answers to a message that it publishes. */
export const PUBLISHED: WireAnswer = {
  status: 200,
  headers: { 'content-type': 'text/xml' },
  body: '<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>',
};
