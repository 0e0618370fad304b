import { functionNameOf } from './arns.ts';
import { logicalIdIn } from './expressions.ts';
import type { ResolvedFields } from './fields.ts';
import type { TopicResource } from './inventory.ts';
import { watched } from './inventory.ts';
import type { Resource, ResolvedResources, WrittenResources } from './resources.ts';
import type {
  FunctionDefinition,
  QueueDefinition,
  SubscriptionDefinition,
  TopicDefinition,
} from './service.ts';

function isFifo({ fields }: Resource): boolean {
  return fields.optionalBoolean('FifoTopic') === true;
}

/** Properties of AWS::SNS::Topic that CreateTopic takes as attributes of the same name. */
const TOPIC_ATTRIBUTES = [
  'ArchivePolicy',
  'ContentBasedDeduplication',
  'DisplayName',
  'FifoThroughputScope',
  'KmsMasterKeyId',
  'SignatureVersion',
  'TracingConfig',
] as const;

export function topicsToRun(resources: ResolvedResources): TopicDefinition[] {
  return resources.ofType('AWS::SNS::Topic').map((topic) => ({
    name: topic.name(),
    arn: topic.attribute('TopicArn'),
    attributes: {
      // As with queues, a standard topic must not have the attribute.
      ...(isFifo(topic) && { FifoTopic: 'true' }),
      ...topic.fields.attributes(TOPIC_ATTRIBUTES),
    },
  }));
}

export function topicsToWatch(resources: WrittenResources): readonly TopicResource[] {
  const redriving = new Set(
    resources
      .ofType('AWS::SNS::Subscription')
      .filter(({ fields }) => fields.within('RedrivePolicy').has('deadLetterTargetArn'))
      .map(({ fields }) => logicalIdIn(fields.value('TopicArn'))),
  );
  return resources.ofType('AWS::SNS::Topic').map((topic) => ({
    ...watched(topic),
    fifo: isFifo(topic),
    redrives: redriving.has(topic.logicalId),
  }));
}

/** Properties of AWS::SNS::Subscription that Subscribe takes as attributes of the same name. */
const SUBSCRIPTION_ATTRIBUTES = [
  'DeliveryPolicy',
  'FilterPolicy',
  'FilterPolicyScope',
  'RawMessageDelivery',
  'RedrivePolicy',
  'ReplayPolicy',
  'SubscriptionRoleArn',
] as const;

/** What subscriptions connect. */
interface SubscriptionEnds {
  readonly topics: readonly TopicDefinition[];
  readonly queues: readonly QueueDefinition[];
  /** Those that run here. */
  readonly functions: readonly FunctionDefinition[];
}

/** Subscriptions, of their own and inside topics; those that lead out of the template are left out with a warning. */
export function subscriptionsToRun(
  resources: ResolvedResources,
  ends: SubscriptionEnds,
): SubscriptionDefinition[] {
  const inline = resources
    .ofType('AWS::SNS::Topic')
    .flatMap(({ fields, ref }) =>
      fields.each('Subscription').map((item) => ({ topicArn: ref(), fields: item })),
    );
  const separate = resources
    .ofType('AWS::SNS::Subscription')
    .map(({ fields }) => ({ topicArn: fields.text('TopicArn'), fields }));

  return [...inline, ...separate].flatMap(({ topicArn, fields }) => {
    const subscription = readSubscription(topicArn, fields, ends);
    const missing = missingEnd(subscription, ends);
    if (missing === undefined) return [subscription];
    resources.warn(`${fields.path}: the subscription is left out, as the template has no ${missing}`);
    return [];
  });
}

function readSubscription(
  topicArn: string,
  fields: ResolvedFields,
  ends: SubscriptionEnds,
): SubscriptionDefinition {
  const protocol = fields.text('Protocol');
  const endpoint = fields.text('Endpoint');
  return {
    topicArn,
    protocol,
    endpoint: protocol === 'lambda' ? (functionAt(endpoint, ends)?.arn ?? endpoint) : endpoint,
    attributes: fields.attributes(SUBSCRIPTION_ATTRIBUTES),
  };
}

function missingEnd(
  { topicArn, protocol, endpoint }: SubscriptionDefinition,
  ends: SubscriptionEnds,
): string | undefined {
  if (!ends.topics.some(({ arn }) => arn === topicArn)) return `topic ${topicArn}`;
  if (protocol === 'sqs' && !ends.queues.some(({ arn }) => arn === endpoint)) return `queue ${endpoint}`;
  if (protocol === 'lambda' && functionAt(endpoint, ends) === undefined)
    return `function ${endpoint} that runs here`;
  return undefined;
}

function functionAt(endpoint: string, { functions }: SubscriptionEnds): FunctionDefinition | undefined {
  return functions.find(({ name }) => name === functionNameOf(endpoint));
}
