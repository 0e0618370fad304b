import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { FAUXQS_ACCOUNT_ID, FauxqsBackend } from '../../../local/messaging/fauxqs-backend.ts';
import { until } from '../../helpers/until.ts';

it('answers a long poll that was on its way when it closes', { timeout: 10_000 }, async () => {
  const backend = new FauxqsBackend('eu-west-1');
  await backend.sqs('CreateQueue', { QueueName: 'orders' });
  const QueueUrl = `http://127.0.0.1/${FAUXQS_ACCOUNT_ID}/orders`;

  const poll = backend.sqs('ReceiveMessage', { QueueUrl, WaitTimeSeconds: 20 });
  await backend.close();

  expect(await poll).toEqual({});
});

describe('a clock that is set back', () => {
  const HOUR_MS = 3_600_000;

  /** As often as it is called, by as much more. */
  function setBack(milliseconds: number): void {
    const offset = Date.now() - performance.now() - milliseconds;
    const clock = vi.spyOn(Date, 'now').mockImplementation(() => Math.round(performance.now() + offset));
    onTestFinished(() => clock.mockRestore());
  }

  async function startQueue(attributes: Record<string, string>) {
    const isFifo = attributes.FifoQueue === 'true';
    const QueueName = isFifo ? 'orders.fifo' : 'orders';
    const backend = new FauxqsBackend('eu-west-1');
    onTestFinished(() => backend.close());
    await backend.sqs('CreateQueue', { QueueName, Attributes: attributes });
    const QueueUrl = `http://127.0.0.1/${FAUXQS_ACCOUNT_ID}/${QueueName}`;
    return {
      send: (MessageBody: string, more: object = {}) =>
        backend.sqs('SendMessage', {
          QueueUrl,
          MessageBody,
          ...(isFifo && { MessageGroupId: MessageBody, MessageDeduplicationId: MessageBody }),
          ...more,
        }),
      receive: async (more: object = {}): Promise<string[]> => {
        const { Messages = [] } = await backend.sqs('ReceiveMessage', {
          QueueUrl,
          WaitTimeSeconds: 0,
          ...more,
        });
        return (Messages as { Body: string }[]).map(({ Body }) => Body);
      },
      contents: () => backend.contentsOf(QueueName),
    };
  }

  it.each([
    ['of a queue', { VisibilityTimeout: '30' }],
    ['of a FIFO queue', { VisibilityTimeout: '30', FifoQueue: 'true' }],
  ])('lets messages %s wait no longer than before', async (_what, attributes) => {
    const { send, receive } = await startQueue(attributes);
    await send('received');
    expect(await receive({ VisibilityTimeout: 1 })).toEqual(['received']);
    if (!('FifoQueue' in attributes)) await send('delayed', { DelaySeconds: 1 });
    setBack(HOUR_MS);
    const expected = 'FifoQueue' in attributes ? ['received'] : ['received', 'delayed'];
    const seen = new Set<string>();
    await until(async () => {
      for (const body of await receive()) seen.add(body);
      return seen.size === expected.length;
    }, 'the messages');
    expect([...seen].sort()).toEqual(expected.sort());
  });

  it('lets messages wait no longer than before where the whole queue has a delay', async () => {
    const { send, receive } = await startQueue({ DelaySeconds: '1', FifoQueue: 'true' });
    await send('delayed');
    setBack(HOUR_MS);
    expect(await receive()).toEqual([]);
    await until(async () => (await receive()).length === 1, 'the message');
  });

  it('lets nothing be visible before its time', async () => {
    const { send, receive, contents } = await startQueue({ VisibilityTimeout: '30' });
    for (const body of ['usual', 'long', 'later'])
      await send(body, body === 'later' ? { DelaySeconds: 20 } : {});
    expect(await receive({ MaxNumberOfMessages: 1 })).toEqual(['usual']);
    expect(await receive({ VisibilityTimeout: 600 })).toEqual(['long']);
    setBack(HOUR_MS);
    await send('new');
    expect(await receive({ MaxNumberOfMessages: 10 })).toEqual(['new']);
    setBack(2000);
    expect(await receive({ MaxNumberOfMessages: 10 })).toEqual([]);
    const { visible, notVisible, delayed } = await contents();
    expect([visible, notVisible, delayed].map(({ length }) => length)).toEqual([0, 3, 1]);
  });
});
