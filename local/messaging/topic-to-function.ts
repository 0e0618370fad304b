import {
  type AsyncEvent,
  type AsyncEventSink,
  type Invoke,
  ThrottledError,
  UnknownFunctionError,
} from '../lambda/invocation.ts';
import type { SubscriptionDefinition } from '../template/service.ts';
import { FAUXQS_ACCOUNT_ID, type FauxqsBackend } from './fauxqs-backend.ts';
import { type JsonObject, isObject, objectsIn, parseObject } from '../json.ts';
import type { TraceHeaders } from './trace-headers.ts';

/** Longest invisibility that SQS allows, seconds: messages come back only when we say so. */
const NEVER = 43_200;

/** Seconds before a throttled message is offered again, doubling ("Asynchronous invocation", Lambda guide). */
const FIRST_THROTTLE_DELAY = 1;
const LONGEST_THROTTLE_DELAY = 300;

export interface TopicToFunctionOptions {
  readonly subscription: SubscriptionDefinition;
  readonly subscriptionArn: string;
  readonly backend: FauxqsBackend;
  readonly traceHeaders: TraceHeaders;
  readonly invoke: Invoke;
  /** Seconds before each new try of a function that failed; as many tries as elements. */
  readonly retryDelays: readonly number[];
  readonly onError: (message: string, cause: unknown) => void;
  readonly onAsyncEvent?: AsyncEventSink;
}

/**
 * A topic's subscription with the protocol `lambda`. A queue of its own, subscribed with the same filter policy,
 * collects what the topic lets through; this takes the messages out and invokes the function with each, as
 * SNS does: one message an event, retried as Lambda retries asynchronous invocations.
 */
export class TopicToFunction {
  readonly #options: TopicToFunctionOptions;
  readonly #queueUrl: string;
  readonly #functionName: string;
  readonly #failures = new Map<string, number>();
  #stopped = false;

  constructor(queueName: string, options: TopicToFunctionOptions) {
    this.#options = options;
    this.#queueUrl = `http://127.0.0.1/${FAUXQS_ACCOUNT_ID}/${queueName}`;
    this.#functionName = functionNameOf(options.subscription.endpoint);
  }

  start(): void {
    this.#watch(this.#run());
  }

  /** Takes no further message. An invocation under way goes on, but its outcome changes nothing here. */
  stop(): void {
    this.#stopped = true;
  }

  async #run(): Promise<void> {
    const request = {
      QueueUrl: this.#queueUrl,
      MaxNumberOfMessages: 10,
      WaitTimeSeconds: 20,
      VisibilityTimeout: NEVER,
      AttributeNames: ['ApproximateReceiveCount', 'SentTimestamp'],
    };
    while (!this.#stopped) {
      const { Messages } = await this.#options.backend.sqs('ReceiveMessage', request);
      await this.#options.traceHeaders.attached();
      for (const message of objectsIn(Messages)) this.#watch(this.#deliver(message));
    }
  }

  async #deliver(message: JsonObject): Promise<void> {
    if (receiveCount(message) === 1) this.#tell('received', message);
    this.#tell('tried', message);
    const failure = await this.#invoke(message);
    if (this.#stopped) return;
    if (failure === undefined) await this.#done(message);
    else if (failure instanceof ThrottledError) await this.#again(message, throttleDelay(message));
    else if (failure instanceof UnknownFunctionError) await this.#lost(message, failure);
    else await this.#failed(message, failure);
  }

  /** Why it failed, or undefined when it did not. */
  async #invoke(message: JsonObject): Promise<Error | undefined> {
    const { subscriptionArn, traceHeaders, invoke } = this.#options;
    const traceHeader = traceHeaders.received(String(message.MessageId), String(message.ReceiptHandle));
    try {
      const { functionError, payload } = await invoke({
        functionName: this.#functionName,
        payload: JSON.stringify(snsEvent(message, subscriptionArn)),
        ...(traceHeader === undefined ? {} : { traceHeader }),
      });
      return functionError === undefined ? undefined : new Error(`${this.#functionName} failed: ${payload}`);
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  async #failed(message: JsonObject, cause: Error): Promise<void> {
    const id = String(message.MessageId);
    const failures = this.#failures.get(id) ?? 0;
    const delay = this.#options.retryDelays[failures];
    if (delay === undefined) return this.#lost(message, cause);
    this.#failures.set(id, failures + 1);
    await this.#again(message, delay);
  }

  async #lost(message: JsonObject, cause: Error): Promise<void> {
    const { subscription, onError } = this.#options;
    this.#tell('dropped', message);
    onError(
      `A message of ${subscription.topicArn} was dropped: ${this.#functionName} did not take it.`,
      cause,
    );
    await this.#done(message);
  }

  async #again({ ReceiptHandle }: JsonObject, seconds: number): Promise<void> {
    const visibility = { QueueUrl: this.#queueUrl, ReceiptHandle, VisibilityTimeout: seconds };
    await this.#options.backend.sqs('ChangeMessageVisibility', visibility);
  }

  #tell(kind: AsyncEvent['kind'], message: JsonObject): void {
    const sentAt = Number(attributesOf(message).SentTimestamp ?? Date.now());
    this.#options.onAsyncEvent?.({ functionName: this.#functionName, kind, age: Date.now() - sentAt });
  }

  /** A queue that is closed under us while stopping is no news. */
  #watch(work: Promise<void>): void {
    work.catch((cause: unknown) => {
      if (!this.#stopped) this.#options.onError(`Messages no longer reach ${this.#functionName}.`, cause);
    });
  }

  async #done({ MessageId, ReceiptHandle }: JsonObject): Promise<void> {
    this.#failures.delete(String(MessageId));
    await this.#options.backend.sqs('DeleteMessage', { QueueUrl: this.#queueUrl, ReceiptHandle });
    this.#options.traceHeaders.deleted(String(ReceiptHandle));
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

/** The name in a function's ARN, which may end in a version or an alias. */
function functionNameOf(endpoint: string): string {
  return /:function:([^:]+)/.exec(endpoint)?.[1] ?? endpoint;
}

function throttleDelay(message: JsonObject): number {
  return Math.min(FIRST_THROTTLE_DELAY * 2 ** (receiveCount(message) - 1), LONGEST_THROTTLE_DELAY);
}

function receiveCount(message: JsonObject): number {
  return Number(attributesOf(message).ApproximateReceiveCount ?? 1);
}

function attributesOf({ Attributes }: JsonObject): JsonObject {
  return isObject(Attributes) ? Attributes : {};
}
