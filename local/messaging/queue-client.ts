import { unsignedFor } from '../aws/unsigned.ts';
import type { JsonObject } from '../json.ts';
import { asText, isObject, objectsIn, parseObject, stringsIn } from '../json.ts';
import { lastNameIn } from '../template/arns.ts';
import type { QueueDefinition } from '../template/service.ts';

/** Most messages in one request of SQS ("Amazon SQS quotas"). */
const MAX_ENTRIES = 10;

/** Tries to delete a message that SQS could not delete through no fault of ours. */
const DELETE_ATTEMPTS = 3;

/** Longest long poll of SQS, seconds. */
export const MAX_WAIT_TIME = 20;

export interface QueueClientOptions {
  readonly queueArn: string;
  readonly endpoint: string;
}

/** A message as SQS gives it; what else it has goes to the function as it came. */
export interface QueueMessage extends JsonObject {
  readonly MessageId: string;
  readonly ReceiptHandle: string;
}

/**
 * The few requests that a poller makes of its queue, as plain JSON: the SDK loses a message attribute that is named
 * `__proto__`, which a function in AWS would get.
 */
export class QueueClient {
  readonly #endpoint: string;
  readonly #queueArn: string;
  readonly #queueName: string;
  #queueUrl: string | undefined;

  constructor({ queueArn, endpoint }: QueueClientOptions) {
    this.#queueArn = queueArn;
    this.#queueName = lastNameIn(queueArn);
    this.#endpoint = endpoint;
  }

  /** Finds the queue, and its visibility timeout in seconds. */
  async open(abortSignal: AbortSignal): Promise<number> {
    const { QueueUrl } = await this.#send('GetQueueUrl', { QueueName: this.#queueName }, abortSignal);
    this.#queueUrl = asText(QueueUrl);
    const asked = { QueueUrl, AttributeNames: ['VisibilityTimeout'] };
    const { Attributes } = await this.#send('GetQueueAttributes', asked, abortSignal);
    return Number(isObject(Attributes) ? Attributes.VisibilityTimeout : 0);
  }

  /** Waits up to `seconds` for up to `most` messages, never more than SQS allows of either. */
  async receive(most: number, seconds: number, abortSignal: AbortSignal): Promise<QueueMessage[]> {
    const request = {
      QueueUrl: this.#queueUrl,
      MaxNumberOfMessages: Math.min(most, MAX_ENTRIES),
      WaitTimeSeconds: Math.min(Math.ceil(seconds), MAX_WAIT_TIME),
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
    };
    const { Messages } = await this.#send('ReceiveMessage', request, abortSignal);
    return objectsIn(Messages).map((message) => ({
      ...message,
      MessageId: String(message.MessageId),
      ReceiptHandle: String(message.ReceiptHandle),
    }));
  }

  /** @throws Error when some could not be deleted: they will be received again. */
  async delete(messages: readonly QueueMessage[]): Promise<void> {
    for (let start = 0; start < messages.length; start += MAX_ENTRIES) {
      await this.#deleteTen(messages.slice(start, start + MAX_ENTRIES));
    }
  }

  async #deleteTen(messages: readonly QueueMessage[]): Promise<void> {
    let entries = messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
    for (let attempt = 1; entries.length > 0; attempt += 1) {
      const answer = await this.#send('DeleteMessageBatch', { QueueUrl: this.#queueUrl, Entries: entries });
      const failed = objectsIn(answer.Failed);
      const isLast = attempt === DELETE_ATTEMPTS || failed.some(({ SenderFault }) => SenderFault === true);
      if (failed.length > 0 && isLast) {
        const reasons = new Set(stringsIn(failed.map(({ Code, Message }) => Message ?? Code)));
        throw new Error(`${failed.length} messages could not be deleted: ${[...reasons].join(', ')}`);
      }
      const again = new Set(failed.map(({ Id }) => Id));
      entries = entries.filter(({ Id }) => again.has(Id));
    }
  }

  async #send(action: string, input: JsonObject, signal?: AbortSignal): Promise<JsonObject> {
    return send(this.#endpoint, this.#queueArn, action, input, signal);
  }
}

/** Makes a queue, unless there is one with these attributes. @throws Error with the message of SQS when it refuses. */
export async function createQueue(
  endpoint: string,
  { name, arn, attributes }: QueueDefinition,
): Promise<void> {
  await send(endpoint, arn, 'CreateQueue', { QueueName: name, Attributes: attributes });
}

/** @throws Error with the message of SQS when it refuses. */
async function send(
  endpoint: string,
  queueArn: string,
  action: string,
  input: JsonObject,
  signal?: AbortSignal,
): Promise<JsonObject> {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/x-amz-json-1.0',
      'X-Amz-Target': `AmazonSQS.${action}`,
      Authorization: unsignedFor(queueArn),
    },
    body: JSON.stringify(input),
    ...(signal !== undefined && { signal }),
  });
  const text = await response.text();
  const answer = parseObject(text) ?? {};
  if (response.ok) return answer;
  throw new Error(asText(answer.message ?? answer.Message) ?? `SQS answered ${response.status}: ${text}`);
}
