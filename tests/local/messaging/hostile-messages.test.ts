import { afterEach, describe, expect, it } from 'vitest';
import type { InvokeRequest } from '../../../local/lambda/invocation.ts';
import { QueuePoller } from '../../../local/messaging/queue-poller.ts';
import { until } from '../../helpers/until.ts';
import {
  queue,
  queueArn,
  recorder,
  region,
  startMessaging,
  subscription,
  succeeded,
  topic,
  topicArn,
} from './messaging-fixture.ts';

const running: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const part of running.splice(0).reverse()) await part.stop();
});

async function start() {
  const { requests, invoke } = recorder(() => succeeded());
  const errors: string[] = [];
  const messaging = await startMessaging({
    queues: [queue('jobs')],
    topics: [topic('news')],
    subscriptions: [
      subscription('news', 'lambda', 'arn:aws:lambda:eu-central-1:000000000000:function:reader'),
    ],
    invoke,
  });
  running.push(messaging);
  const poller = new QueuePoller({
    mapping: {
      uuid: 'mapping-1',
      queueArn: queueArn('jobs'),
      functionName: 'worker',
      enabled: true,
      batchSize: 1,
      maximumBatchingWindow: 0,
      reportBatchItemFailures: false,
    },
    endpoint: messaging.url,
    region,
    invoke,
    onError: (message) => errors.push(message),
  });
  poller.start();
  running.push(poller);
  const post = async (headers: Record<string, string>, body: string | URLSearchParams) => {
    const response = await fetch(messaging.url, { method: 'POST', headers, body });
    return { status: response.status, text: await response.text() };
  };
  return {
    requests,
    errors,
    queueUrl: messaging.queueUrl('jobs'),
    sqs: (action: string, body: string) =>
      post({ 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `AmazonSQS.${action}` }, body),
    publish: (attribute: string, message = 'hello') =>
      post(
        {},
        new URLSearchParams({
          Action: 'Publish',
          TopicArn: topicArn('news'),
          Message: message,
          'MessageAttributes.entry.1.Name': attribute,
          'MessageAttributes.entry.1.Value.DataType': 'String',
          'MessageAttributes.entry.1.Value.StringValue': 'value',
        }),
      ),
  };
}

function records({ payload }: InvokeRequest): { body?: string; messageAttributes?: object }[] {
  return (JSON.parse(payload) as { Records: object[] }).Records;
}

describe('names that mean something to JavaScript', () => {
  it('arrive as message attributes of a queue, and so does what comes after them', async () => {
    const { requests, sqs, queueUrl } = await start();
    const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];

    for (const name of names) {
      const attributes = `{"${name}":{"DataType":"String","StringValue":"value"}}`;
      const sent = await sqs(
        'SendMessage',
        `{"QueueUrl":"${queueUrl}","MessageBody":"${name}","MessageAttributes":${attributes}}`,
      );
      expect(sent.status).toBe(200);
    }

    await until(() => requests.length === names.length, 'every message');
    const received = requests.flatMap((request) => records(request));
    for (const { body = '', messageAttributes = {} } of received) {
      expect(Object.entries(messageAttributes)).toEqual([
        [body, { stringValue: 'value', stringListValues: [], binaryListValues: [], dataType: 'String' }],
      ]);
    }
    expect(received.map(({ body }) => body).sort()).toEqual([...names].sort());
  });

  it('arrive as message attributes of a topic, or are refused by name', async () => {
    const { requests, publish } = await start();

    const refused = await publish('__proto__');
    const taken = await publish('constructor');

    expect(refused).toMatchObject({ status: 400, text: expect.stringContaining('__proto__') as unknown });
    expect(taken.status).toBe(200);
    await until(() => requests.length === 1, 'the message');
    expect(records(requests[0] as InvokeRequest)).toMatchObject([
      { Sns: { MessageAttributes: { constructor: { Type: 'String', Value: 'value' } } } },
    ]);
  });
});

describe('a request with values of the wrong type', () => {
  it.each([
    '"MessageBody":5',
    '"MessageBody":null',
    '"MessageBody":"b","MessageAttributes":{"a":null}',
    '"MessageBody":"b","MessageAttributes":{"a":"text"}',
    '"MessageBody":"b","MessageAttributes":{"a":{"DataType":"Binary","BinaryValue":5}}',
    '"MessageBody":"b","MessageAttributes":5',
    `"MessageBody":"b","MessageAttributes":${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`,
  ])('is the sender’s fault, not the server’s: %#', async (members) => {
    const { sqs, queueUrl } = await start();

    const { status } = await sqs('SendMessage', `{"QueueUrl":"${queueUrl}",${members}}`);

    expect(status === 200 || (status >= 400 && status < 500)).toBe(true);
  });
});
