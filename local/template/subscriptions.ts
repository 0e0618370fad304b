import type {
  FunctionDefinition,
  QueueDefinition,
  SubscriptionDefinition,
  TopicDefinition,
} from './service.ts';
import { pickAttributes } from './attributes.ts';
import type { Fields } from './fields.ts';
import { functionNameOf } from './function-reference.ts';
import type { Resources } from './resources.ts';

/** Properties of AWS::SNS::Subscription that Subscribe takes as attributes of the same name. */
const attributeProperties = [
  'DeliveryPolicy',
  'FilterPolicy',
  'FilterPolicyScope',
  'RawMessageDelivery',
  'RedrivePolicy',
  'ReplayPolicy',
  'SubscriptionRoleArn',
] as const;

/** What subscriptions connect. */
export interface SubscriptionEnds {
  readonly topics: readonly TopicDefinition[];
  readonly queues: readonly QueueDefinition[];
  /** Those that run here. */
  readonly functions: readonly FunctionDefinition[];
}

/** Subscriptions, of their own and inside topics; those that lead out of the template are left out with a warning. */
export const readSubscriptions = (resources: Resources, ends: SubscriptionEnds): SubscriptionDefinition[] => {
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
};

const readSubscription = (
  topicArn: string,
  fields: Fields,
  ends: SubscriptionEnds,
): SubscriptionDefinition => {
  const protocol = fields.text('Protocol');
  const endpoint = fields.text('Endpoint');
  return {
    topicArn,
    protocol,
    endpoint: protocol === 'lambda' ? (functionAt(endpoint, ends)?.arn ?? endpoint) : endpoint,
    attributes: pickAttributes(fields, attributeProperties),
  };
};

const missingEnd = (
  { topicArn, protocol, endpoint }: SubscriptionDefinition,
  ends: SubscriptionEnds,
): string | undefined => {
  if (!ends.topics.some(({ arn }) => arn === topicArn)) return `topic ${topicArn}`;
  if (protocol === 'sqs' && !ends.queues.some(({ arn }) => arn === endpoint)) return `queue ${endpoint}`;
  if (protocol === 'lambda' && functionAt(endpoint, ends) === undefined)
    return `function ${endpoint} that runs here`;
  return undefined;
};

const functionAt = (endpoint: string, { functions }: SubscriptionEnds): FunctionDefinition | undefined =>
  functions.find(({ name }) => name === functionNameOf(endpoint));
