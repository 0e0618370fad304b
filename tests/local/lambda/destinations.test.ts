import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Destinations } from '../../../local/lambda/destinations.ts';
import type { AsyncEvent, InvokeRequest } from '../../../local/lambda/invocation.ts';
import { LambdaApi } from '../../../local/lambda/lambda-api.ts';
import type { AsyncDefinition } from '../../../local/template/service.ts';
import { targetsOf } from '../../helpers/targets.ts';
import { until } from '../../helpers/until.ts';
import {
  accountId,
  queue,
  queueArn,
  receive,
  region,
  startMessaging,
  subscription,
  topic,
  topicArn,
} from '../messaging/messaging-fixture.ts';
import { functionDefinition } from './definition.ts';
import { startService } from './harness.ts';

const OTHER = functionDefinition({ name: 'shop-local-other' });
const busArn = `arn:aws:events:${region}:${accountId}:event-bus/orders`;

/** The function `shop-local-actions`, invoked through the SDK, which fails, or does not, as its event says. */
async function startFunction(asynchronous: AsyncDefinition) {
  const definition = functionDefinition({ asynchronous: { maximumRetryAttempts: 0, ...asynchronous } });
  const messaging = await startMessaging({
    queues: [queue('ended'), queue('dead'), queue('heard')],
    topics: [topic('news')],
    subscriptions: [subscription('news', 'sqs', queueArn('heard'))],
  });
  const { service } = await startService([definition, OTHER]);
  const told: AsyncEvent[] = [];
  const problems: string[] = [];
  const events: unknown[] = [];
  const invoked: InvokeRequest[] = [];
  const destinations = new Destinations({
    region,
    accountId,
    functions: [definition, OTHER],
    deliver: (delivery) => targets.deliver(delivery),
    onAsyncEvent: (event) => told.push(event),
    onProblem: (message) => problems.push(message),
  });
  const targets = targetsOf({
    invoke: (request) => {
      invoked.push(request);
      return service.invoke(request);
    },
    messagingUrl: messaging.url,
    putEvent: (bus, event) => events.push([bus, event]),
  });
  const api = new LambdaApi({
    functions: [definition, OTHER],
    invoke: service.invoke,
    destinations,
    onAsyncEvent: (event) => told.push(event),
    onConfigurationChanged: () => undefined,
    onDropped: () => undefined,
    port: 0,
  });
  const { url: endpoint } = await api.start();
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new LambdaClient({ endpoint, region, credentials, maxAttempts: 1 });
  onTestFinished(async () => {
    client.destroy();
    await api.stop();
    await messaging.stop();
  });
  return {
    definition,
    told,
    problems,
    events,
    invoked,
    send: async (event: object) => {
      const command = new InvokeCommand({
        FunctionName: definition.name,
        InvocationType: 'Event',
        Payload: JSON.stringify(event),
      });
      const { $metadata } = await client.send(command);
      return $metadata.requestId;
    },
    received: (name: string) => receive(messaging.sqs(), messaging.queueUrl(name)),
  };
}

function parsed(text: string | undefined): Record<string, unknown> {
  return JSON.parse(text ?? '') as Record<string, unknown>;
}

describe('an asynchronous event that the function took', () => {
  it('leaves a record in the destination for success, with event and result', async () => {
    const { send, received, definition } = await startFunction({
      onSuccess: queueArn('ended'),
      onFailure: queueArn('dead'),
    });
    const requestId = await send({ action: 'wait', milliseconds: 1 });

    const [message] = await received('ended');
    expect(parsed(message?.Body)).toEqual({
      version: '1.0',
      timestamp: expect.stringMatching(/^\d{4}-.*Z$/) as string,
      requestContext: {
        requestId,
        functionArn: `${definition.arn}:$LATEST`,
        condition: 'Success',
        approximateInvokeCount: 1,
      },
      requestPayload: { action: 'wait', milliseconds: 1 },
      responseContext: { statusCode: 200, executedVersion: '$LATEST' },
      responsePayload: { pid: expect.any(Number) as number },
    });
    expect(message?.Attributes?.AWSTraceHeader).toMatch(/^Root=1-/);
  });

  it('may go on to another function, with its trace', async () => {
    const { send, invoked } = await startFunction({ onSuccess: `${OTHER.arn}:live` });
    await send({});
    const [request] = await until(() => invoked.length === 1 && invoked, 'the other function');
    expect(request?.functionName).toBe(OTHER.name);
    expect(request?.traceHeader).toMatch(/^Root=1-/);
    expect(parsed(request?.payload)).toMatchObject({ requestContext: { condition: 'Success' } });
  });
});

describe('an asynchronous event that is given up', () => {
  it('leaves a record in the destination for failure, with the error', async () => {
    const { send, received } = await startFunction({ onFailure: topicArn('news') });
    await send({ action: 'throw' });
    const [message] = await received('heard');
    expect(parsed(parsed(message?.Body).Message as string)).toMatchObject({
      requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 1 },
      requestPayload: { action: 'throw' },
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      responsePayload: { errorType: 'TypeError', errorMessage: 'the order has no items' },
    });
  });

  it('becomes an event of EventBridge where the destination is a bus', async () => {
    const { send, events, definition } = await startFunction({ onFailure: busArn });
    await send({ action: 'throw' });
    await until(() => events.length === 1, 'the event');
    expect(events[0]).toEqual([
      'orders',
      expect.objectContaining({
        source: 'lambda',
        'detail-type': 'Lambda Function Invocation Result - Failure',
        resources: [busArn, `${definition.arn}:$LATEST`],
        detail: expect.objectContaining({ requestPayload: { action: 'throw' } }) as object,
      }),
    ]);
  });

  it('lies as it came in the dead-letter queue, with the reason beside it', async () => {
    const { send, received } = await startFunction({ deadLetterArn: queueArn('dead') });
    const requestId = await send({ action: 'throw' });
    const [message] = await received('dead');
    expect(message?.Body).toBe('{"action":"throw"}');
    expect(message?.MessageAttributes).toMatchObject({
      RequestID: { StringValue: requestId },
      ErrorCode: { DataType: 'Number', StringValue: '200' },
      ErrorMessage: { StringValue: 'the order has no items' },
    });
  });

  it('goes to both, and is counted and told where one of them does not take it', async () => {
    const { send, told, problems } = await startFunction({
      onFailure: queueArn('gone'),
      deadLetterArn: topicArn('gone'),
    });
    await send({ action: 'throw' });
    await until(() => problems.length === 2, 'both problems');
    expect(told.map(({ kind }) => kind).sort()).toEqual(
      ['received', 'tried', 'dropped', 'destination-error', 'dead-letter-error'].sort(),
    );
    expect(problems.sort()).toEqual([
      expect.stringContaining(`${topicArn('gone')} did not take an event of shop-local-actions`),
      expect.stringContaining(
        `${queueArn('gone')} did not take the record of an event of shop-local-actions`,
      ),
    ]);
  });
});
