import type { EventSourceMappingDefinition, QueueDefinition } from './service.ts';
import { functionNameOf } from './function-reference.ts';
import type { Resource, Resources } from './resources.ts';

/** Lambda's defaults for queues, from the reference of CreateEventSourceMapping. */
const defaults = { batchSize: 10, maximumBatchingWindow: 0 } as const;

/** The mappings of the template's queues; mappings of other sources give a warning each. */
export const readEventSourceMappings = (
  resources: Resources,
  ends: { readonly queues: readonly QueueDefinition[]; readonly functionNames: ReadonlySet<string> },
): EventSourceMappingDefinition[] =>
  resources.ofType('AWS::Lambda::EventSourceMapping').flatMap((resource) => {
    const { fields } = resource;
    const functionName = functionNameOf(fields.text('FunctionName'));
    const source = fields.optionalText('EventSourceArn') ?? 'a self-managed source';
    const queue = ends.queues.find(({ arn }) => arn === source);
    if (queue === undefined) {
      resources.warn(
        `${functionName} receives nothing from ${source}: only queues of the template are polled locally`,
      );
      return [];
    }
    if (!ends.functionNames.has(functionName)) {
      resources.warn(`The queue ${queue.name} is not polled for ${functionName}, which is not run locally`);
      return [];
    }
    if (fields.within('FilterCriteria').list('Filters').length > 0) {
      resources.warn(
        `${functionName} receives every message of ${queue.name}: filters are not applied locally`,
      );
    }
    return [readMapping(resource, functionName)];
  });

const readMapping = ({ fields, ref }: Resource, functionName: string): EventSourceMappingDefinition => {
  const maximumConcurrency = fields.within('ScalingConfig').optionalNumber('MaximumConcurrency');
  return {
    uuid: ref(),
    queueArn: fields.text('EventSourceArn'),
    functionName,
    enabled: fields.optionalBoolean('Enabled') ?? true,
    batchSize: fields.optionalNumber('BatchSize') ?? defaults.batchSize,
    maximumBatchingWindow:
      fields.optionalNumber('MaximumBatchingWindowInSeconds') ?? defaults.maximumBatchingWindow,
    reportBatchItemFailures: fields.list('FunctionResponseTypes').includes('ReportBatchItemFailures'),
    ...(maximumConcurrency !== undefined && { maximumConcurrency }),
  };
};
