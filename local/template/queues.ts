import type { FunctionResource, QueueResource } from './inventory.ts';
import { watched } from './inventory.ts';
import { logicalIdIn } from './expressions.ts';
import type { Resource, ResolvedResources, WrittenResource, WrittenResources } from './resources.ts';
import type { QueueDefinition } from './service.ts';

/** SQS' defaults where the template says nothing, in seconds: four days, and half a minute. */
const DEFAULTS = { retention: 345_600, visibilityTimeout: 30 } as const;

function isFifo({ fields }: Resource): boolean {
  return fields.optionalBoolean('FifoQueue') === true;
}

/** Properties of AWS::SQS::Queue that CreateQueue takes as attributes of the same name. */
const ATTRIBUTES = [
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

export function queuesToRun(resources: ResolvedResources): QueueDefinition[] {
  return resources.ofType('AWS::SQS::Queue').map((queue) => ({
    name: queue.name(),
    arn: queue.attribute('Arn'),
    attributes: {
      // SQS refuses FifoQueue 'false': a standard queue must not have the attribute.
      ...(isFifo(queue) && { FifoQueue: 'true' }),
      ...queue.fields.attributes(ATTRIBUTES),
    },
  }));
}

export function queuesToWatch(
  resources: WrittenResources,
  functions: readonly FunctionResource[],
): readonly QueueResource[] {
  const deadLetters = resources.all.flatMap((from) => deadLetterQueuesOf(from).map((to) => ({ from, to })));
  return resources.ofType('AWS::SQS::Queue').map((queue) => {
    const { logicalId, fields } = queue;
    const redrive = fields.within('RedrivePolicy');
    const maxReceiveCount = redrive.optionalNumber('maxReceiveCount');
    return {
      ...watched(queue),
      fifo: isFifo(queue),
      retention: fields.optionalNumber('MessageRetentionPeriod') ?? DEFAULTS.retention,
      visibilityTimeout: fields.optionalNumber('VisibilityTimeout') ?? DEFAULTS.visibilityTimeout,
      deadLettersOf: deadLetters.filter(({ to }) => to === logicalId).map(({ from }) => from.logicalId),
      hasDeadLetterQueue: redrive.has('deadLetterTargetArn'),
      ...(maxReceiveCount !== undefined && { maxReceiveCount }),
      consumers: functions.filter(({ queues }) => queues.includes(logicalId)).map(({ key }) => key),
    };
  });
}

/** Where a resource sends what it cannot deliver or handle: queues, subscriptions, functions, rules and schedules do. */
function deadLetterQueuesOf({ fields }: WrittenResource): readonly string[] {
  return [
    fields.within('RedrivePolicy').value('deadLetterTargetArn'),
    fields.within('DeadLetterConfig').value('TargetArn'),
    fields.within('Target').within('DeadLetterConfig').value('Arn'),
    ...fields.each('Targets').map((target) => target.within('DeadLetterConfig').value('Arn')),
    fields.within('DestinationConfig').within('OnFailure').value('Destination'),
  ]
    .map(logicalIdIn)
    .filter((logicalId) => logicalId !== undefined);
}
