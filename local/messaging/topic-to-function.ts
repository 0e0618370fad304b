import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { AsyncInvocations } from '../lambda/async-invocations.ts';
import type { AsyncInvocationsOptions } from '../lambda/async-invocations.ts';
import { functionNameOf } from '../template/arns.ts';
import type { SubscriptionDefinition } from '../template/service.ts';
import type { FauxqsBackend } from './fauxqs-backend.ts';
import { FAUXQS_ACCOUNT_ID } from './fauxqs-backend.ts';
import type { JsonObject } from '../json.ts';
import { objectsIn, parseObject } from '../json.ts';
import type { TraceHeaders } from './trace-headers.ts';

/** Milliseconds to wait after SQS did not answer; they double. */
const FIRST_DELAY = 50;
const MAX_DELAY = 5_000;

export interface TopicToFunctionOptions extends Omit<AsyncInvocationsOptions, 'onDropped'> {
  readonly subscription: SubscriptionDefinition;
  readonly subscriptionArn: string;
  readonly backend: FauxqsBackend;
  readonly traceHeaders: TraceHeaders;
  readonly onError: (message: string, cause: unknown) => void;
}

/**
 * A topic's subscription with the protocol `lambda`. A queue of its own, subscribed with the same filter policy,
 * collects what the topic lets through; this takes the messages out and gives each to the function as an event, as SNS
 * does: asynchronously, so that Lambda answers for it from then on.
 */
export class TopicToFunction {
  readonly #options: TopicToFunctionOptions;
  readonly #queueUrl: string;
  readonly #functionName: string;
  readonly #invocations: AsyncInvocations;
  #stopped = false;

  constructor(queueName: string, options: TopicToFunctionOptions) {
    const { subscription, onError } = options;
    this.#options = options;
    this.#queueUrl = `http://127.0.0.1/${FAUXQS_ACCOUNT_ID}/${queueName}`;
    this.#functionName = functionNameOf(subscription.endpoint);
    this.#invocations = new AsyncInvocations({
      ...options,
      onDropped: ({ functionName, reason }) =>
        onError(`A message of ${subscription.topicArn} is given up: ${functionName} did not take it`, reason),
    });
  }

  start(): void {
    void this.#run();
  }

  /** Takes no further message, and waits for the function where it runs. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#invocations.stop();
  }

  /** Goes on whatever happens; of failures in a row the first is told, for the others would say the same. */
  async #run(): Promise<void> {
    let failures = 0;
    while (!this.#stopped) {
      try {
        await this.#receive();
        failures = 0;
      } catch (cause) {
        // A queue that is closed under us while stopping is no news.
        if (this.#isStopped()) return;
        if (failures === 0) {
          this.#options.onError(`Messages do not reach ${this.#functionName}, trying on`, cause);
        }
        failures += 1;
        await sleep(Math.min(FIRST_DELAY * 2 ** failures, MAX_DELAY), undefined, { ref: false });
      }
    }
  }

  async #receive(): Promise<void> {
    const { backend, traceHeaders } = this.#options;
    const request = { QueueUrl: this.#queueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 20 };
    const { Messages } = await backend.sqs('ReceiveMessage', request);
    await traceHeaders.attached();
    for (const message of objectsIn(Messages)) {
      if (this.#stopped) return;
      this.#invoke(message);
      await backend.sqs('DeleteMessage', {
        QueueUrl: this.#queueUrl,
        ReceiptHandle: message.ReceiptHandle,
      });
      traceHeaders.deleted(String(message.ReceiptHandle));
    }
  }

  #isStopped(): boolean {
    return this.#stopped;
  }

  #invoke(message: JsonObject): void {
    const { subscriptionArn, traceHeaders } = this.#options;
    const traceHeader = traceHeaders.received(String(message.MessageId), String(message.ReceiptHandle));
    this.#invocations.accept({
      functionName: this.#functionName,
      requestId: randomUUID(),
      payload: JSON.stringify(snsEvent(message, subscriptionArn)),
      ...(traceHeader !== undefined && { traceHeader }),
    });
  }
}

/** The event of "Using Lambda with Amazon SNS", made of the envelope that SNS puts into a queue. */
function snsEvent(message: JsonObject, subscriptionArn: string): JsonObject {
  const envelope = parseObject(String(message.Body)) ?? {};
  const sns = {
    Type: envelope.Type,
    MessageId: envelope.MessageId,
    TopicArn: envelope.TopicArn,
    Subject: envelope.Subject ?? null,
    Message: envelope.Message,
    Timestamp: envelope.Timestamp,
    SignatureVersion: envelope.SignatureVersion,
    Signature: envelope.Signature,
    SigningCertUrl: envelope.SigningCertURL,
    UnsubscribeUrl: envelope.UnsubscribeURL,
    MessageAttributes: envelope.MessageAttributes ?? {},
  };
  return {
    Records: [
      { EventSource: 'aws:sns', EventVersion: '1.0', EventSubscriptionArn: subscriptionArn, Sns: sns },
    ],
  };
}
