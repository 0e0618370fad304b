import type { Message } from '@aws-sdk/client-sqs';
import {
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { lastNameIn } from '../template/arns.ts';

/** Most messages in one request of SQS ("Amazon SQS quotas"). */
const MAX_ENTRIES = 10;

/** Tries to delete a message that SQS could not delete through no fault of ours. */
const DELETE_ATTEMPTS = 3;

/** Longest long poll of SQS, seconds. */
export const MAX_WAIT_TIME = 20;

export interface QueueClientOptions {
  readonly queueArn: string;
  readonly endpoint: string;
  readonly region: string;
}

/** The few requests that a poller makes of its queue. */
export class QueueClient {
  readonly #client: SQSClient;
  readonly #queueName: string;
  #queueUrl: string | undefined;

  constructor({ queueArn, endpoint, region }: QueueClientOptions) {
    this.#queueName = lastNameIn(queueArn);
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    this.#client = new SQSClient({ endpoint, region, credentials });
  }

  /** Finds the queue, and its visibility timeout in seconds. */
  async open(abortSignal: AbortSignal): Promise<number> {
    const find = new GetQueueUrlCommand({ QueueName: this.#queueName });
    this.#queueUrl = (await this.#client.send(find, { abortSignal })).QueueUrl;
    const ask = new GetQueueAttributesCommand({
      QueueUrl: this.#queueUrl,
      AttributeNames: ['VisibilityTimeout'],
    });
    return Number((await this.#client.send(ask, { abortSignal })).Attributes?.VisibilityTimeout ?? 0);
  }

  /** Waits up to `seconds` for up to `most` messages, never more than SQS allows of either. */
  async receive(most: number, seconds: number, abortSignal: AbortSignal): Promise<Message[]> {
    const command = new ReceiveMessageCommand({
      QueueUrl: this.#queueUrl,
      MaxNumberOfMessages: Math.min(most, MAX_ENTRIES),
      WaitTimeSeconds: Math.min(Math.ceil(seconds), MAX_WAIT_TIME),
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
    });
    return (await this.#client.send(command, { abortSignal })).Messages ?? [];
  }

  /** @throws Error when some could not be deleted: they will be received again. */
  async delete(messages: readonly Message[]): Promise<void> {
    for (let start = 0; start < messages.length; start += MAX_ENTRIES) {
      await this.#deleteTen(messages.slice(start, start + MAX_ENTRIES));
    }
  }

  close(): void {
    this.#client.destroy();
  }

  async #deleteTen(messages: readonly Message[]): Promise<void> {
    let entries = messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
    for (let attempt = 1; entries.length > 0; attempt += 1) {
      const command = new DeleteMessageBatchCommand({ QueueUrl: this.#queueUrl, Entries: entries });
      const { Failed = [] } = await this.#client.send(command);
      if (
        Failed.length > 0 &&
        (attempt === DELETE_ATTEMPTS || Failed.some(({ SenderFault }) => SenderFault))
      ) {
        const reasons = new Set(Failed.map(({ Code, Message: text }) => text ?? Code));
        throw new Error(`${Failed.length} messages could not be deleted: ${[...reasons].join(', ')}`);
      }
      const again = new Set(Failed.map(({ Id }) => Id));
      entries = entries.filter(({ Id }) => again.has(Id));
    }
  }
}
