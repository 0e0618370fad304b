import type { FunctionResource, QueueResource, TopicResource } from './inventory.ts';
import type { TemplateResource } from './template.ts';
import { asObject, getAttribute, isTrue, logicalIdIn, numberOr, textOr } from './template.ts';

/** SQS' defaults where the template says nothing: four days, and half a minute. */
const DEFAULT_RETENTION_SECONDS = 345_600;
const DEFAULT_VISIBILITY_SECONDS = 30;

export function readQueues(
  resources: readonly TemplateResource[],
  functions: readonly FunctionResource[],
): readonly QueueResource[] {
  const redrives = deadLetterQueues(resources);
  return resources
    .filter(({ type }) => type === 'AWS::SQS::Queue')
    .map(({ logicalId, properties }) => {
      const maxReceiveCount = numberOr(redrivePolicy(properties).maxReceiveCount, undefined);
      return {
        logicalId,
        key: logicalId,
        name: textOr(properties.QueueName, getAttribute(logicalId, 'QueueName')),
        fifo: isTrue(properties.FifoQueue),
        retention: numberOr(properties.MessageRetentionPeriod, DEFAULT_RETENTION_SECONDS),
        visibilityTimeout: numberOr(properties.VisibilityTimeout, DEFAULT_VISIBILITY_SECONDS),
        deadLettersOf: redrives.filter(({ to }) => to === logicalId).map(({ from }) => from),
        hasDeadLetterQueue: redrivePolicy(properties).deadLetterTargetArn !== undefined,
        ...(maxReceiveCount !== undefined && { maxReceiveCount }),
        consumers: functions.filter(({ queues }) => queues.includes(logicalId)).map(({ key }) => key),
      };
    });
}

export function readTopics(resources: readonly TemplateResource[]): readonly TopicResource[] {
  const redriving = new Set(
    resources
      .filter(({ type, properties }) => type === 'AWS::SNS::Subscription' && hasRedrive(properties))
      .map(({ properties }) => logicalIdIn(properties.TopicArn)),
  );
  return resources
    .filter(({ type }) => type === 'AWS::SNS::Topic')
    .map(({ logicalId, properties }) => ({
      logicalId,
      key: logicalId,
      name: textOr(properties.TopicName, getAttribute(logicalId, 'TopicName')),
      fifo: isTrue(properties.FifoTopic),
      redrives: redriving.has(logicalId),
    }));
}

/** What sends what it cannot deliver or handle to which queue: queues, subscriptions, functions, rules and schedules. */
function deadLetterQueues(
  resources: readonly TemplateResource[],
): ReadonlyArray<{ readonly from: string; readonly to: string }> {
  return resources.flatMap(({ logicalId, properties }) => {
    const targets = [
      redrivePolicy(properties).deadLetterTargetArn,
      asObject(properties.DeadLetterConfig).TargetArn,
      asObject(asObject(properties.Target).DeadLetterConfig).Arn,
      ...ruleTargets(properties).map((target) => asObject(asObject(target).DeadLetterConfig).Arn),
      asObject(asObject(properties.DestinationConfig).OnFailure).Destination,
    ];
    return targets.flatMap((target) => {
      const to = logicalIdIn(target);
      return to === undefined ? [] : [{ from: logicalId, to }];
    });
  });
}

const ruleTargets = ({ Targets: targets }: Readonly<Record<string, unknown>>): readonly unknown[] =>
  Array.isArray(targets) ? targets : [];

const redrivePolicy = (properties: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  asObject(properties.RedrivePolicy);

const hasRedrive = (properties: Readonly<Record<string, unknown>>): boolean =>
  redrivePolicy(properties).deadLetterTargetArn !== undefined;
