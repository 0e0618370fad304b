import { PublishCommand } from '@aws-sdk/client-sns';
import { afterEach, describe, expect, it } from 'vitest';
import { ThrottledError, UnknownFunctionError } from '../../../local/lambda/invocation.ts';
import type { MessagingServerOptions } from '../../../local/messaging/messaging-server.ts';
import { until } from '../../helpers/until.ts';
import {
  recorder,
  region,
  startMessaging,
  subscription,
  succeeded,
  threw,
  topic,
  topicArn,
} from './messaging-fixture.ts';

const header = 'Root=1-67891233-abcdef012345678912345678;Parent=463ac35c9f6413ad;Sampled=1';
const functionArn = `arn:aws:lambda:${region}:000000000000:function:shop-mail`;

let messaging: Awaited<ReturnType<typeof startMessaging>> | undefined;
afterEach(() => messaging?.stop());

async function start(
  { invoke }: Pick<MessagingServerOptions, 'invoke'>,
  attributes: Record<string, string> = {},
  endpoint = functionArn,
) {
  messaging = await startMessaging({
    topics: [topic('news')],
    subscriptions: [subscription('news', 'lambda', endpoint, attributes)],
    retryDelaysMs: [0, 0],
    invoke,
  });
  return messaging;
}

function publish(text: string) {
  return messaging?.sns(header).send(
    new PublishCommand({
      TopicArn: topicArn('news'),
      Subject: 'Greetings',
      Message: text,
      MessageAttributes: {
        kind: { DataType: 'String', StringValue: text },
        bytes: { DataType: 'Binary', BinaryValue: Buffer.from('xyz') },
      },
    }),
  );
}

describe('a topic that delivers to a function', () => {
  it('sends one event a message, and continues the trace', async () => {
    const { requests, invoke } = recorder(() => succeeded());
    await start({ invoke });

    const sent = await publish('hello');

    const request = await until(() => requests[0], 'the invocation');
    expect(request).toMatchObject({ functionName: 'shop-mail', traceHeader: header });
    expect(JSON.parse(request.payload)).toEqual({
      Records: [
        {
          EventSource: 'aws:sns',
          EventVersion: '1.0',
          EventSubscriptionArn: expect.stringContaining(`${topicArn('news')}:`) as unknown,
          Sns: {
            Type: 'Notification',
            MessageId: sent?.MessageId,
            TopicArn: topicArn('news'),
            Subject: 'Greetings',
            Message: 'hello',
            Timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as unknown,
            SignatureVersion: '1',
            Signature: expect.any(String) as unknown,
            SigningCertUrl: expect.any(String) as unknown,
            UnsubscribeUrl: expect.any(String) as unknown,
            MessageAttributes: {
              kind: { Type: 'String', Value: 'hello' },
              bytes: { Type: 'Binary', Value: Buffer.from('xyz').toString('base64') },
            },
          },
        },
      ],
    });
  });

  it('honours the filter policy, and calls a version or alias by the name of its function', async () => {
    const { requests, invoke } = recorder(() => succeeded());
    await start({ invoke }, { FilterPolicy: '{"kind":["wanted"]}' }, `${functionArn}:live`);

    await publish('unwanted');
    await publish('wanted');

    await until(() => requests[0], 'the invocation');
    expect(requests).toHaveLength(1);
    expect(requests[0]?.functionName).toBe('shop-mail');
    expect(requests[0]?.payload).toContain('"Message":"wanted"');
  });

  it('tries a function that fails three times, and then reports the loss', async () => {
    const { requests, invoke } = recorder(() => threw());
    const { errors } = await start({ invoke });

    await publish('hello');

    await until(() => errors[0], 'the report');
    expect(requests).toHaveLength(3);
    expect(errors[0]).toContain(topicArn('news'));
  });

  it('waits for a function that is throttled', async () => {
    let throttles = 1;
    const { requests, invoke } = recorder(() => {
      if (throttles-- > 0) throw new ThrottledError('busy');
      return succeeded();
    });
    const { errors } = await start({ invoke });

    await publish('hello');

    await until(() => requests.length === 2, 'the second invocation');
    expect(requests[1]).toEqual(requests[0]);
    expect(errors).toEqual([]);
  });

  it('reports at once that a function does not exist', async () => {
    const { requests, invoke } = recorder(() => {
      throw new UnknownFunctionError('no such function');
    });
    const { errors } = await start({ invoke });

    await publish('hello');

    await until(() => errors[0], 'the report');
    expect(requests).toHaveLength(1);
  });
});
