import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { CloudWatch } from '../../../local/cloudwatch/cloudwatch.ts';
import type { InvokeResponse } from '../../../local/lambda/invocation.ts';
import { LambdaService } from '../../../local/lambda/lambda-service.ts';
import { EventBridge } from '../../../local/events/event-bridge.ts';
import { targetsOf } from '../../helpers/targets.ts';
import { MessagingServer } from '../../../local/messaging/messaging-server.ts';
import { freePorts } from '../../helpers/local-stack.ts';
import { readResources } from '../template/read-template.ts';
import { until } from '../../helpers/until.ts';

const fixtures = join(import.meta.dirname, '../../fixtures/lambda-functions');

export function actionsFunction(name: string, properties: Record<string, unknown> = {}): object {
  return {
    Type: 'AWS::Lambda::Function',
    Properties: {
      FunctionName: name,
      Handler: 'actions.handler',
      Runtime: 'nodejs24.x',
      MemorySize: 256,
      Timeout: 30,
      LoggingConfig: { LogFormat: 'JSON', LogGroup: `/aws/lambda/${name}` },
      ...properties,
    },
  };
}

/** An alarm that is in ALARM when a metric was above zero in the last minute, as a template has it. */
export function alarmAboveZero(
  AlarmName: string,
  metric: { Namespace: string; MetricName: string; Dimensions: object[]; Statistic: string },
  properties: Record<string, unknown> = {},
): object {
  return {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      AlarmName,
      ...metric,
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 0,
      ComparisonOperator: 'GreaterThanThreshold',
      ...properties,
    },
  };
}

/** The parts of a service that alarms have to do with, on a fast clock, and put together as `serverless local` does. */
export async function startWatched(resources: Record<string, unknown>, minuteMs: number) {
  const { service } = readResources(resources, { codeDirectoryOf: () => fixtures });
  const transitions: string[] = [];
  const problems: string[] = [];
  const messages: string[] = [];
  const port = await freePorts(1);
  const cloudWatch: CloudWatch = new CloudWatch({
    service,
    minuteMs,
    onProblem: (message) => problems.push(message),
    onTransitions: (changes) => {
      for (const { alarm, previous, state } of changes)
        transitions.push(`${alarm.name}: ${previous.value} -> ${state.value}`);
    },
    onMessage: (message) => messages.push(message),
    changes: () => [{ at: Date.now(), what: 'the code of work was renewed' }],
    invoke: (request) => invoke(request),
    snsEndpoint: `http://127.0.0.1:${port}`,
    putEvent: (event) => eventBridge.put('default', event),
    depthOf: (queueName) => messaging.depthOf(queueName),
  });
  const lambda = new LambdaService({
    ...service,
    endpoints: {},
    daemonAddress: '127.0.0.1:2000',
    onLog: cloudWatch.log,
    onReport: cloudWatch.report,
    onSegment: () => undefined,
  });
  const invoke = cloudWatch.observeInvoke(lambda.invoke);
  const messaging = new MessagingServer({
    ...service,
    port,
    invoke,
    onError: (message) => problems.push(message),
    onMessages: cloudWatch.messages,
    onPublished: cloudWatch.published,
    onAsyncEvent: cloudWatch.asyncEvent,
  });
  const messagingUrl = `http://127.0.0.1:${port}`;
  const eventBridge = new EventBridge({
    ...service,
    buses: service.eventBuses,
    targets: targetsOf({ invoke, messagingUrl, onAsyncEvent: cloudWatch.asyncEvent }),
    measure: cloudWatch.measure,
    onProblem: (message) => problems.push(message),
  });
  await messaging.start();
  await lambda.start();
  cloudWatch.start();
  onTestFinished(async () => {
    await cloudWatch.stop();
    await eventBridge.stop();
    await lambda.stop();
    await messaging.stop();
  });
  return {
    service: service,
    cloudWatch,
    transitions,
    problems,
    messages,
    messagingUrl,
    lambdaService: lambda,
    call: (functionName: string, event: object): Promise<InvokeResponse> =>
      invoke({ functionName, payload: JSON.stringify(event) }),
  };
}

/** Runs `work` again and again, until the condition holds. */
export async function during(
  work: () => Promise<unknown>,
  holds: () => boolean,
  what: string,
): Promise<void> {
  await until(async () => {
    if (!holds()) await work();
    return holds();
  }, what);
}
