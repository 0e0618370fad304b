import type { TopicDefinition } from './service.ts';
import { pickAttributes } from './attributes.ts';
import type { Resources } from './resources.ts';

/** Properties of AWS::SNS::Topic that CreateTopic takes as attributes of the same name. */
const topicProperties = [
  'ArchivePolicy',
  'ContentBasedDeduplication',
  'DisplayName',
  'FifoThroughputScope',
  'KmsMasterKeyId',
  'SignatureVersion',
  'TracingConfig',
] as const;

export const readTopics = (resources: Resources): TopicDefinition[] =>
  resources.ofType('AWS::SNS::Topic').map(({ fields, attribute }) => ({
    name: attribute('TopicName'),
    arn: attribute('TopicArn'),
    attributes: {
      // As with queues, a standard topic must not have the attribute.
      ...(fields.optionalBoolean('FifoTopic') === true && { FifoTopic: 'true' }),
      ...pickAttributes(fields, topicProperties),
    },
  }));
