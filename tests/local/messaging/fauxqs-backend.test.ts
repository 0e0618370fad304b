import { expect, it } from 'vitest';
import { FAUXQS_ACCOUNT_ID, FauxqsBackend } from '../../../local/messaging/fauxqs-backend.ts';

it('answers a long poll that was on its way when it closes', { timeout: 10_000 }, async () => {
  const backend = new FauxqsBackend('eu-west-1');
  await backend.sqs('CreateQueue', { QueueName: 'orders' });
  const QueueUrl = `http://127.0.0.1/${FAUXQS_ACCOUNT_ID}/orders`;

  const poll = backend.sqs('ReceiveMessage', { QueueUrl, WaitTimeSeconds: 20 });
  await backend.close();

  expect(await poll).toEqual({});
});
