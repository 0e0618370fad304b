import type { Server } from 'node:http';
import { isDeepStrictEqual } from 'node:util';
import type { PortOptions } from '../http/loopback.ts';
import { close, listen } from '../http/loopback.ts';
import type { QueueDepth, QueueTraffic } from '../cloudwatch/sources/queue-metrics.ts';
import type { AsyncInvocationsOptions } from '../lambda/async-invocations.ts';
import type { AsyncEventSink, Invoke } from '../lambda/invocation.ts';
import type { QueueDefinition, SubscriptionDefinition, TopicDefinition } from '../template/service.ts';
import { FAUXQS_ACCOUNT_ID, FauxqsBackend } from './fauxqs-backend.ts';
import { createMessagingHttpServer } from './http-front.ts';
import { parseObject, without } from '../json.ts';
import { SnsFront } from './sns-front.ts';
import { SqsFront } from './sqs-front.ts';
import { TopicToFunction } from './topic-to-function.ts';
import { TraceHeaders } from './trace-headers.ts';

export interface MessagingServerOptions extends PortOptions {
  readonly queues: readonly QueueDefinition[];
  readonly topics: readonly TopicDefinition[];
  readonly subscriptions: readonly SubscriptionDefinition[];
  readonly region: string;
  /** `000000000000`: fauxqs knows no other. */
  readonly accountId: string;
  /** Delivers to subscriptions with the protocol `lambda`. */
  readonly invoke: Invoke;
  /** Told of each message that a topic could not deliver to a function. */
  readonly onError: (message: string, cause: unknown) => void;
  /**
   * Milliseconds before each retry of a function that failed on a topic's message.
   *
   * @default [60000, 120000], as in Lambda
   */
  readonly retryDelaysMs?: readonly number[];
  /** Told of messages that came through the API of SQS: sent, received or deleted. */
  readonly onMessages?: (queueName: string, traffic: QueueTraffic, count: number) => void;
  /** What becomes of them in the end. */
  readonly destinations?: AsyncInvocationsOptions['destinations'];
  /** Told of messages that topics bring to functions: Lambda takes them asynchronously. */
  readonly onAsyncEvent?: AsyncEventSink;
  /** Told of messages that a topic took. */
  readonly onPublished?: (topicName: string, count: number) => void;
}

const HIDDEN_QUEUE_PREFIX = 'lantern-topic-to-function-';

type Resources = Pick<MessagingServerOptions, 'queues' | 'topics' | 'subscriptions'>;

/** A subscription that was made, by what it was made of. */
interface Subscribed {
  readonly subscription: SubscriptionDefinition;
  /** What takes its messages to a function. */
  readonly delivery?: TopicToFunction;
  readonly end: () => Promise<void>;
}

/**
 * SNS and SQS on one port of 127.0.0.1, with the service's queues, topics and subscriptions in them. A trace
 * header that comes with a message stays with it, as in AWS.
 */
export class MessagingServer {
  readonly #options: MessagingServerOptions;
  readonly #backend: FauxqsBackend;
  readonly #traceHeaders = new TraceHeaders();
  readonly #http: Server;
  /** Those of now; queues and topics that nobody has any more stay behind. */
  #resources: Resources = { queues: [], topics: [], subscriptions: [] };
  /** Every queue that was made here, by name. */
  readonly #queues = new Map<string, QueueDefinition>();
  #subscribed: readonly Subscribed[] = [];
  #hiddenQueues = 0;

  /** @throws Error when a definition belongs to another account or region. */
  constructor(options: MessagingServerOptions) {
    refuseForeign(options, options);
    this.#options = options;
    this.#backend = new FauxqsBackend(options.region);
    const isHidden = (queueName: string): boolean => queueName.startsWith(HIDDEN_QUEUE_PREFIX);
    const { onMessages = () => undefined, onPublished = () => undefined } = options;
    this.#http = createMessagingHttpServer(
      new SqsFront(this.#backend, this.#traceHeaders, isHidden, onMessages),
      new SnsFront(this.#backend, this.#traceHeaders, isHidden, onPublished),
    );
  }

  /**
   * Creates the resources and listens.
   *
   * @returns the endpoint of both services, and what of the definitions has no effect here.
   * @throws Error when the port is taken or a definition is refused.
   */
  async start(): Promise<{ url: string; warnings: string[] }> {
    const port = await listen(this.#http, 'SNS and SQS', this.#options);
    const url = `http://127.0.0.1:${port}`;
    try {
      return { url, warnings: await this.update(this.#options) };
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    const subscribed = this.#subscribed;
    this.#subscribed = [];
    await Promise.all(subscribed.flatMap(({ delivery }) => delivery?.stop() ?? []));
    // Callers first: a long poll that still had one would begin anew when fauxqs ends it.
    await close(this.#http);
    await this.#backend.close();
  }

  /** What a queue holds at this moment. */
  async depthOf(queueName: string): Promise<QueueDepth> {
    const { visible, notVisible, delayed } = await this.#backend.contentsOf(queueName);
    const times = [...visible, ...notVisible, ...delayed].map(({ sentTimestamp }) => sentTimestamp);
    return {
      visible: visible.length,
      notVisible: notVisible.length,
      delayed: delayed.length,
      ...(times.length > 0 && { oldestSentAt: Math.min(...times) }),
    };
  }

  /**
   * Makes queues and topics that are missing, and has these subscriptions and no others. Queues stay with their messages, also when no
   * service has them any more: whose service starts again finds them. Only one that is to be another queue now is made anew.
   *
   * @returns what of the new definitions has no effect here.
   * @throws Error when a definition is refused.
   */
  async update(resources: Resources): Promise<string[]> {
    refuseForeign(this.#options, resources);
    const { queues, topics, subscriptions } = resources;
    const before = this.#resources;
    this.#resources = resources;
    const added = queues.filter((queue) => !isDeepStrictEqual(this.#queues.get(queue.name), queue));
    for (const queue of added) await this.#createQueue(queue);
    for (const { name, attributes } of topics.filter((topic) => !isIn(before.topics, topic))) {
      await this.#backend.sns('CreateTopic', { Name: name, ...asParameters(attributes) });
    }
    const gone = this.#subscribed.filter(({ subscription }) => !isIn(subscriptions, subscription));
    this.#subscribed = this.#subscribed.filter((each) => !gone.includes(each));
    for (const { end } of gone) await end();
    const warnings = added.flatMap((queue) => this.#deadLetterWarning(queue));
    for (const subscription of subscriptions) {
      if (this.#subscribed.some((each) => isDeepStrictEqual(each.subscription, subscription))) continue;
      warnings.push(...(await this.#subscribe(subscription)));
    }
    return warnings;
  }

  async #createQueue(queue: QueueDefinition): Promise<void> {
    const { name, attributes } = queue;
    if (this.#queues.delete(name)) await this.#backend.sqs('DeleteQueue', { QueueUrl: queueUrl(name) });
    // fauxqs adds what is missing to the attributes that it is given.
    await this.#backend.sqs('CreateQueue', { QueueName: name, Attributes: { ...attributes } });
    this.#queues.set(name, queue);
  }

  /** @returns a warning when nothing will be delivered. */
  async #subscribe(subscription: SubscriptionDefinition): Promise<string[]> {
    const { topicArn, protocol, endpoint, attributes } = subscription;
    if (protocol !== 'sqs' && protocol !== 'lambda') {
      return [
        `${topicArn} has a subscription with the protocol ${protocol}, which is not delivered locally.`,
      ];
    }
    const listed = await this.#subscribeAs(protocol, topicArn, endpoint, attributes);
    if (protocol === 'sqs') {
      this.#subscribed = [...this.#subscribed, { subscription, end: () => this.#unsubscribe(listed) }];
      return this.#hasQueue(endpoint)
        ? []
        : [
            `${topicArn} delivers to ${endpoint}, which is not a queue of this service: those messages go nowhere.`,
          ];
    }

    const hiddenQueue = `${HIDDEN_QUEUE_PREFIX}${this.#hiddenQueues++}`;
    await this.#backend.sqs('CreateQueue', { QueueName: hiddenQueue });
    const hiddenArn = `arn:aws:sqs:${this.#options.region}:${FAUXQS_ACCOUNT_ID}:${hiddenQueue}`;
    const filter = without(attributes, 'RawMessageDelivery', 'RedrivePolicy');
    const hidden = await this.#subscribeAs('sqs', topicArn, hiddenArn, filter);
    const delivery = new TopicToFunction(hiddenQueue, {
      ...this.#options,
      subscription,
      subscriptionArn: listed,
      backend: this.#backend,
      traceHeaders: this.#traceHeaders,
    });
    const end = async (): Promise<void> => {
      await this.#unsubscribe(hidden);
      await this.#unsubscribe(listed);
      await delivery.stop();
      await this.#backend.sqs('DeleteQueue', { QueueUrl: queueUrl(hiddenQueue) });
    };
    this.#subscribed = [...this.#subscribed, { subscription, delivery, end }];
    delivery.start();
    return [];
  }

  async #unsubscribe(SubscriptionArn: string): Promise<void> {
    await this.#backend.sns('Unsubscribe', { SubscriptionArn });
  }

  /** @returns the ARN of the subscription. */
  async #subscribeAs(
    protocol: string,
    topicArn: string,
    endpoint: string,
    attributes: Readonly<Record<string, string>>,
  ): Promise<string> {
    const parameters = {
      TopicArn: topicArn,
      Protocol: protocol,
      Endpoint: endpoint,
      ...asParameters(attributes),
    };
    const answer = await this.#backend.sns('Subscribe', parameters);
    return /<SubscriptionArn>([^<]*)</.exec(answer)?.[1] ?? '';
  }

  #deadLetterWarning({ name, attributes }: QueueDefinition): string[] {
    const target = parseObject(attributes.RedrivePolicy ?? '')?.deadLetterTargetArn;
    if (attributes.RedrivePolicy === undefined || this.#hasQueue(target)) return [];
    return [
      `${name} names a dead-letter queue that is not of this service (${String(target)}): nothing moves there.`,
    ];
  }

  #hasQueue(arn: unknown): boolean {
    return this.#resources.queues.some((queue) => queue.arn === arn);
  }
}

/** SNS's form of a map in the query protocol. */
function asParameters(attributes: Readonly<Record<string, string>>): Record<string, string> {
  const parameters: Record<string, string> = {};
  for (const [index, [key, value]] of Object.entries(attributes).entries()) {
    parameters[`Attributes.entry.${index + 1}.key`] = key;
    parameters[`Attributes.entry.${index + 1}.value`] = value;
  }
  return parameters;
}

function isIn<Definition>(definitions: readonly Definition[], wanted: Definition): boolean {
  return definitions.some((each) => isDeepStrictEqual(each, wanted));
}

function queueUrl(queueName: string): string {
  return `http://127.0.0.1/${FAUXQS_ACCOUNT_ID}/${queueName}`;
}

function refuseForeign(
  { accountId, region }: Pick<MessagingServerOptions, 'accountId' | 'region'>,
  { queues, topics }: Pick<Resources, 'queues' | 'topics'>,
): void {
  if (accountId !== FAUXQS_ACCOUNT_ID) {
    throw new Error(`Local SNS and SQS are of the account ${FAUXQS_ACCOUNT_ID} only, not of ${accountId}.`);
  }
  const expected = [
    ...queues.map(({ name, arn }) => ({ arn, here: `arn:aws:sqs:${region}:${accountId}:${name}` })),
    ...topics.map(({ name, arn }) => ({ arn, here: `arn:aws:sns:${region}:${accountId}:${name}` })),
  ];
  for (const { arn, here } of expected) {
    if (arn !== here)
      throw new Error(`A resource is defined as ${arn}, but its ARN here can only be ${here}.`);
  }
}
