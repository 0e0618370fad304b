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
import { AwsApiError } from '../http/aws-error.ts';
import { parseObject } from '../json.ts';
import { asParameters } from './send-message.ts';
import { SnsFront } from './sns-front.ts';
import { SqsFront } from './sqs-front.ts';
import { TopicDeliveries } from './topic-deliveries.ts';
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
  /** Told of each message that a topic could not deliver. */
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

type Resources = Pick<MessagingServerOptions, 'queues' | 'topics' | 'subscriptions'>;

/** A subscription that was made, by what it was made of. */
interface Subscribed {
  readonly subscription: SubscriptionDefinition;
  readonly arn: string;
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
  readonly #sns: SnsFront;
  readonly #deliveries: TopicDeliveries;
  /** Those of now; queues and topics that nobody has any more stay behind. */
  #resources: Resources = { queues: [], topics: [], subscriptions: [] };
  /** Every queue that was made here, by name. */
  readonly #queues = new Map<string, QueueDefinition>();
  #subscribed: readonly Subscribed[] = [];

  /** @throws Error when a definition belongs to another account or region. */
  constructor(options: MessagingServerOptions) {
    refuseForeign(options, options);
    this.#options = options;
    this.#backend = new FauxqsBackend(options.region);
    const { onMessages = () => undefined, onPublished = () => undefined } = options;
    const sqs = new SqsFront(this.#backend, this.#traceHeaders, onMessages);
    this.#deliveries = new TopicDeliveries({ ...options, sqs });
    this.#sns = new SnsFront(this.#backend, this.#deliveries, onPublished);
    this.#http = createMessagingHttpServer(sqs, this.#sns);
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
    await this.#deliveries.stop();
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
    for (const { arn } of gone) await this.#ask({ Action: 'Unsubscribe', SubscriptionArn: arn });
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
    try {
      const answer = await this.#ask({
        Action: 'Subscribe',
        TopicArn: topicArn,
        Protocol: protocol,
        Endpoint: endpoint,
        ...asParameters(attributes),
      });
      const [, arn = ''] = /<SubscriptionArn>([^<]*)</.exec(answer) ?? [];
      this.#subscribed = [...this.#subscribed, { subscription, arn }];
    } catch (error) {
      if (!(error instanceof AwsApiError)) throw error;
      return [
        `${topicArn} delivers nothing to ${endpoint}, as SNS would refuse the subscription: ${error.message}`,
      ];
    }
    if (protocol === 'lambda' || this.#hasQueue(endpoint)) return [];
    return [
      `${topicArn} delivers to ${endpoint}, which is not a queue of this service: those messages go nowhere.`,
    ];
  }

  async #ask(parameters: Readonly<Record<string, string>>): Promise<string> {
    const body = new URLSearchParams(parameters).toString();
    const answer = await this.#sns.handle({ body, traceHeader: undefined });
    if (answer.statusCode !== 200) throw new Error(`SNS refused ${parameters.Action}: ${answer.body}`);
    return answer.body;
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
