import type { QueueDefinition } from './service.ts';
import { pickAttributes } from './attributes.ts';
import type { Resources } from './resources.ts';

/** Properties of AWS::SQS::Queue that CreateQueue takes as attributes of the same name. */
const attributeProperties = [
  'ContentBasedDeduplication',
  'DeduplicationScope',
  'DelaySeconds',
  'FifoThroughputLimit',
  'KmsDataKeyReusePeriodSeconds',
  'KmsMasterKeyId',
  'MaximumMessageSize',
  'MessageRetentionPeriod',
  'ReceiveMessageWaitTimeSeconds',
  'RedriveAllowPolicy',
  'RedrivePolicy',
  'SqsManagedSseEnabled',
  'VisibilityTimeout',
] as const;

export const readQueues = (resources: Resources): QueueDefinition[] =>
  resources.ofType('AWS::SQS::Queue').map(({ fields, attribute }) => ({
    name: attribute('QueueName'),
    arn: attribute('Arn'),
    attributes: {
      // SQS refuses FifoQueue 'false': a standard queue must not have the attribute.
      ...(fields.optionalBoolean('FifoQueue') === true && { FifoQueue: 'true' }),
      ...pickAttributes(fields, attributeProperties),
    },
  }));
