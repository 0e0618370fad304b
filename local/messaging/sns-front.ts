import { AwsApiError } from '../http/aws-error.ts';
import { escapeXml, textsIn } from '../http/xml.ts';
import { parseObject, asText } from '../json.ts';
import { lastNameIn } from '../template/arns.ts';
import type { BackendResponse, FauxqsBackend } from './fauxqs-backend.ts';
import { SNS_CONTENT_TYPE } from './fauxqs-backend.ts';
import type { MessageFilter } from './filter-policy.ts';
import { parseFilterPolicy } from './filter-policy.ts';
import { publishedMessages } from './notification.ts';
import type { Subscription, TopicDeliveries } from './topic-deliveries.ts';

export interface SnsRequest {
  /** Form-encoded, the query protocol. */
  readonly body: string;
  /** `X-Amzn-Trace-Id` of the request. */
  readonly traceHeader: string | undefined;
}

/** The attributes of a subscription that decide what it gets. */
const POLICY_ATTRIBUTES = ['FilterPolicy', 'FilterPolicyScope'] as const;
type PolicyAttributes = Partial<Record<(typeof POLICY_ATTRIBUTES)[number], string>>;

/** Takes no message: fauxqs has it for every subscription, so that it delivers nothing. */
const NOTHING_PASSES = JSON.stringify({ lantern: [] });

/**
 * SNS as its clients see it. fauxqs keeps topics and subscriptions and checks what is published; who gets a message is
 * decided here, by the filter policies, and `TopicDeliveries` brings it there.
 */
export class SnsFront {
  readonly #backend: FauxqsBackend;
  readonly #deliveries: TopicDeliveries;
  readonly #onPublished: (topicName: string, count: number) => void;
  /** By the ARN of the subscription: what its clients have given, which fauxqs does not know. */
  readonly #policies = new Map<string, PolicyAttributes>();
  #lastPublish: Promise<unknown> = Promise.resolve();

  constructor(
    backend: FauxqsBackend,
    deliveries: TopicDeliveries,
    onPublished: (topicName: string, count: number) => void,
  ) {
    this.#backend = backend;
    this.#deliveries = deliveries;
    this.#onPublished = onPublished;
  }

  /** @throws AwsApiError where it is not fauxqs that refuses. */
  async handle(request: SnsRequest): Promise<BackendResponse> {
    const parameters = new URLSearchParams(request.body);
    switch (parameters.get('Action') ?? '') {
      case 'Publish':
      case 'PublishBatch':
        return this.#inOrder(() => this.#publish(request, parameters));
      case 'Subscribe':
        return this.#subscribe(parameters);
      case 'SetSubscriptionAttributes':
        return this.#setAttribute(parameters);
      case 'GetSubscriptionAttributes':
        return this.#withPolicy(await this.#forward(parameters), parameters.get('SubscriptionArn') ?? '');
      default:
        return this.#forward(parameters);
    }
  }

  #forward(parameters: URLSearchParams): Promise<BackendResponse> {
    return this.#backend.send({ contentType: SNS_CONTENT_TYPE, body: parameters.toString() });
  }

  /** What is published first arrives first, in every queue. */
  #inOrder<Result>(publish: () => Promise<Result>): Promise<Result> {
    const published = this.#lastPublish.then(publish);
    this.#lastPublish = published.catch(() => undefined);
    return published;
  }

  async #publish({ traceHeader }: SnsRequest, parameters: URLSearchParams): Promise<BackendResponse> {
    refuseProto(parameters);
    const messages = publishedMessages(parameters);
    const response = await this.#forward(parameters);
    if (response.statusCode !== 200) return response;
    const topicArn = parameters.get('TopicArn') ?? '';
    const idOf = messageIdsIn(response.body);
    const notifications = messages.flatMap((message) => {
      const messageId = idOf(message.entryId);
      return messageId === undefined ? [] : [{ ...message, messageId, topicArn, publishedAt: new Date() }];
    });
    if (notifications.length > 0) this.#onPublished(lastNameIn(topicArn), notifications.length);
    const subscriptions = await this.#subscriptionsOf(topicArn);
    for (const notification of notifications) {
      for (const subscription of subscriptions) {
        const { attributes, textFor } = notification;
        if (!subscription.takes({ attributes, text: textFor(subscription.protocol) })) continue;
        await this.#deliveries.deliver(notification, subscription, traceHeader);
      }
    }
    return response;
  }

  async #subscribe(parameters: URLSearchParams): Promise<BackendResponse> {
    const entries = [...parameters].flatMap(([name, key]): [string, string, string][] => {
      const [, entry] = /^(Attributes\.entry\.\d+)\.key$/.exec(name) ?? [];
      return entry === undefined ? [] : [[entry, key, parameters.get(`${entry}.value`) ?? '']];
    });
    const policy: PolicyAttributes = Object.fromEntries(
      entries.filter(([, key]) => isPolicyAttribute(key)).map(([, key, value]) => [key, value]),
    );
    parseFilterPolicy(policy.FilterPolicy, policy.FilterPolicyScope);
    const forwarded = new URLSearchParams(parameters);
    for (const [entry, key] of entries) {
      if (!isPolicyAttribute(key)) continue;
      forwarded.delete(`${entry}.key`);
      forwarded.delete(`${entry}.value`);
    }
    // A number that no other entry has.
    forwarded.set('Attributes.entry.0.key', 'FilterPolicy');
    forwarded.set('Attributes.entry.0.value', NOTHING_PASSES);
    const response = await this.#forward(forwarded);
    const [arn] = textsIn(response.body, 'SubscriptionArn');
    if (response.statusCode === 200 && arn !== undefined) this.#keepPolicy(arn, policy);
    return response;
  }

  /** @throws AwsApiError where the endpoint is subscribed already, with another policy. */
  #keepPolicy(arn: string, policy: PolicyAttributes): void {
    const known = this.#policies.get(arn) ?? policy;
    if (POLICY_ATTRIBUTES.some((name) => known[name] !== policy[name])) {
      const reason = 'Attributes Reason: Subscription already exists with different attributes';
      throw new AwsApiError(400, 'InvalidParameter', `Invalid parameter: ${reason}`);
    }
    this.#policies.set(arn, policy);
  }

  async #setAttribute(parameters: URLSearchParams): Promise<BackendResponse> {
    const name = parameters.get('AttributeName') ?? '';
    if (!isPolicyAttribute(name)) return this.#forward(parameters);
    const arn = parameters.get('SubscriptionArn') ?? '';
    const policy = { ...this.#policies.get(arn), [name]: parameters.get('AttributeValue') ?? '' };
    parseFilterPolicy(policy.FilterPolicy, policy.FilterPolicyScope);
    const unchanged = new URLSearchParams(parameters);
    unchanged.set('AttributeName', 'FilterPolicy');
    unchanged.set('AttributeValue', NOTHING_PASSES);
    const response = await this.#forward(unchanged);
    if (response.statusCode === 200) this.#policies.set(arn, policy);
    return response;
  }

  /** The answer with the policy that its clients have given. */
  #withPolicy(response: BackendResponse, subscriptionArn: string): BackendResponse {
    const given = Object.entries(this.#policies.get(subscriptionArn) ?? {})
      .filter(([, value]) => value !== '')
      .map(([key, value]) => `<entry><key>${key}</key><value>${escapeXml(value)}</value></entry>`);
    const body = response.body.replace(/<entry><key>FilterPolicy<\/key>.*?<\/entry>/s, () => given.join(''));
    return { ...response, body };
  }

  async #subscriptionsOf(topicArn: string): Promise<(Subscription & { readonly takes: MessageFilter })[]> {
    const arns: string[] = [];
    let next: string | undefined;
    do {
      const listing = await this.#backend.sns('ListSubscriptionsByTopic', {
        TopicArn: topicArn,
        ...(next !== undefined && { NextToken: next }),
      });
      arns.push(...textsIn(listing, 'SubscriptionArn'));
      [next] = textsIn(listing, 'NextToken');
    } while (next !== undefined);
    return Promise.all(arns.map((arn) => this.#subscription(arn)));
  }

  async #subscription(arn: string): Promise<Subscription & { readonly takes: MessageFilter }> {
    const answer = await this.#backend.sns('GetSubscriptionAttributes', { SubscriptionArn: arn });
    const keys = textsIn(answer, 'key');
    const values = textsIn(answer, 'value');
    const attributes = new Map(keys.map((key, index) => [key, values[index] ?? '']));
    const { FilterPolicy, FilterPolicyScope } = this.#policies.get(arn) ?? {};
    return {
      arn,
      protocol: attributes.get('Protocol') ?? '',
      endpoint: attributes.get('Endpoint') ?? '',
      isRaw: attributes.get('RawMessageDelivery') === 'true',
      deadLetterArn: asText(parseObject(attributes.get('RedrivePolicy') ?? '')?.deadLetterTargetArn),
      takes: parseFilterPolicy(FilterPolicy, FilterPolicyScope),
    };
  }
}

function isPolicyAttribute(name: string): boolean {
  return POLICY_ATTRIBUTES.some((known) => known === name);
}

/** @throws AwsApiError for a message attribute that fauxqs would lose without a word. */
function refuseProto(parameters: URLSearchParams): void {
  const lost = [...parameters].some(
    ([name, value]) => value === '__proto__' && /MessageAttributes\.entry\.\d+\.Name$/.test(name),
  );
  if (!lost) return;
  const message = "Lantern's SNS takes no message attribute with the name __proto__, which SNS itself would.";
  throw new AwsApiError(400, 'InvalidParameterValue', message);
}

/** The ids that an answer gives: of Publish, or of each entry of a batch that was taken. */
function messageIdsIn(answer: string): (entryId: string | undefined) => string | undefined {
  const ids = textsIn(answer, 'MessageId');
  const entries = textsIn(/<Successful>(.*)<\/Successful>/s.exec(answer)?.[1] ?? '', 'Id');
  return (entryId) => (entryId === undefined ? ids[0] : ids[entries.indexOf(entryId)]);
}
