import { randomUUID } from 'node:crypto';
import { AsyncInvocations } from '../lambda/async-invocations.ts';
import type { AsyncInvocationsOptions } from '../lambda/async-invocations.ts';
import { functionNameOf, lastNameIn } from '../template/arns.ts';
import { FAUXQS_ACCOUNT_ID } from './fauxqs-backend.ts';
import { asText, parseObject } from '../json.ts';
import type { Notification } from './notification.ts';
import { envelopeOf, eventOf, queueAttributesOf } from './notification.ts';
import type { SqsFront } from './sqs-front.ts';

/** Where a topic delivers to, and how. */
export interface Subscription {
  readonly arn: string;
  /** `sqs` and `lambda` are delivered. */
  readonly protocol: string;
  readonly endpoint: string;
  /** Whether a queue gets the text alone, with the attributes as its own. */
  readonly isRaw: boolean;
  /** The queue that gets what the endpoint does not take. */
  readonly deadLetterArn: string | undefined;
}

export interface TopicDeliveriesOptions extends Omit<AsyncInvocationsOptions, 'onDropped'> {
  readonly sqs: SqsFront;
  /** Told of each message that did not reach an endpoint. */
  readonly onError: (message: string, cause: unknown) => void;
}

/**
 * Brings messages of topics to their endpoints: into queues by the API of SQS, and to functions asynchronously, so that
 * Lambda answers for them from then on.
 */
export class TopicDeliveries {
  readonly #options: TopicDeliveriesOptions;
  /** By topic, which a report of a loss names. */
  readonly #invocations = new Map<string, AsyncInvocations>();
  #stopped = false;

  constructor(options: TopicDeliveriesOptions) {
    this.#options = options;
  }

  /** Resolves when the endpoint has the message, its dead-letter queue has it, or its loss was told. */
  async deliver(
    notification: Notification,
    subscription: Subscription,
    traceHeader: string | undefined,
  ): Promise<void> {
    if (subscription.protocol === 'lambda') this.#invoke(notification, subscription, traceHeader);
    if (subscription.protocol !== 'sqs') return;
    const { endpoint, deadLetterArn } = subscription;
    const refusal = await this.#send(endpoint, notification, subscription, traceHeader);
    if (refusal === undefined) return;
    if (deadLetterArn === undefined) {
      this.#lost(notification, `${endpoint} did not take it`, refusal);
      return;
    }
    const last = await this.#send(deadLetterArn, notification, subscription, traceHeader);
    if (last !== undefined)
      this.#lost(notification, `${endpoint} and ${deadLetterArn} did not take it`, last);
  }

  /** Invokes nothing more, and waits for functions that run. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all([...this.#invocations.values()].map((invocations) => invocations.stop()));
  }

  #invoke(
    notification: Notification,
    { arn, endpoint }: Subscription,
    traceHeader: string | undefined,
  ): void {
    const functionName = functionNameOf(endpoint);
    if (this.#stopped) {
      this.#lost(notification, `${functionName} did not get it`, 'Lantern is stopping.');
      return;
    }
    this.#invocationsOf(notification.topicArn).accept({
      functionName,
      requestId: randomUUID(),
      payload: JSON.stringify(eventOf(notification, arn)),
      ...(traceHeader !== undefined && { traceHeader }),
    });
  }

  #invocationsOf(topicArn: string): AsyncInvocations {
    const known = this.#invocations.get(topicArn);
    if (known !== undefined) return known;
    const made = new AsyncInvocations({
      ...this.#options,
      onDropped: ({ functionName, reason }) =>
        this.#lost({ topicArn }, `${functionName} did not take it`, reason),
    });
    this.#invocations.set(topicArn, made);
    return made;
  }

  /** @returns why SQS refused, if it did. */
  async #send(
    queueArn: string,
    notification: Notification,
    { arn, isRaw }: Subscription,
    traceHeader: string | undefined,
  ): Promise<string | undefined> {
    const queue = lastNameIn(queueArn);
    const input = {
      QueueUrl: `http://127.0.0.1/${FAUXQS_ACCOUNT_ID}/${queue}`,
      MessageBody: isRaw ? notification.textFor('sqs') : JSON.stringify(envelopeOf(notification, 'sqs', arn)),
      ...(isRaw && { MessageAttributes: queueAttributesOf(notification) }),
      ...(queue.endsWith('.fifo') && {
        MessageGroupId: notification.groupId,
        MessageDeduplicationId: notification.deduplicationId,
      }),
    };
    const { statusCode, body } = await this.#options.sqs.handle({
      target: 'AmazonSQS.SendMessage',
      body: JSON.stringify(input),
      input,
      traceHeader,
      origin: '',
      signal: new AbortController().signal,
    });
    if (statusCode === 200) return undefined;
    const { message, Message = message } = parseObject(body) ?? {};
    return asText(Message) ?? body;
  }

  #lost({ topicArn }: Pick<Notification, 'topicArn'>, what: string, reason: unknown): void {
    this.#options.onError(`A message of ${topicArn} is given up: ${what}`, reason);
  }
}
