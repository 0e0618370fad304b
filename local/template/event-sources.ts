/** What feeds functions: event source mappings, which poll, and services that invoke without waiting for the answer. */
import { EventPatternError, parseEventPattern } from '../events/event-pattern.ts';
import type { JsonObject } from '../json.ts';
import { asObject, parseObject, present } from '../json.ts';
import { ASYNC_MAX_EVENT_AGE_MS } from '../lambda/limits.ts';
import { functionNameOf } from './arns.ts';
import { invoked } from './not-run-locally.ts';
import type { EventSource, FunctionResource, StreamSource } from './inventory.ts';
import type {
  Resource,
  ResolvedResource,
  ResolvedResources,
  WrittenResource,
  WrittenResources,
} from './resources.ts';
import type {
  AsyncDefinition,
  EventSourceMappingDefinition,
  QueueDefinition,
  ServiceDefinition,
  StreamMappingDefinition,
  TableDefinition,
} from './service.ts';
import { readOrWarn } from './resources.ts';
import { shown } from './template.ts';

/** Lambda's defaults for queues, from the reference of CreateEventSourceMapping. */
const DEFAULTS = { batchSize: 10, maximumBatchingWindow: 0 } as const;

/** The same reference, of streams. */
const STREAM_BATCH_SIZE = 100;

/** Seconds, the same reference; 0 is no window. */
const MAX_TUMBLING_WINDOW = 900;

/** Seconds that Lambda keeps an asynchronous event where `MaximumEventAgeInSeconds` does not say. */
const DEFAULT_MAXIMUM_EVENT_AGE = ASYNC_MAX_EVENT_AGE_MS / 1000;

/** Seconds that Lambda may wait for a batch to fill. */
function batchingWindowOf({ fields }: Resource): number {
  return fields.optionalNumber('MaximumBatchingWindowInSeconds') ?? DEFAULTS.maximumBatchingWindow;
}

function countsEvents({ fields }: Resource): boolean {
  return fields.within('MetricsConfig').list('Metrics').includes('EventCount');
}

interface MappingEnds {
  readonly queues: readonly QueueDefinition[];
  readonly tables: readonly TableDefinition[];
  readonly functionNames: ReadonlySet<string>;
}

/** The mappings of the template's queues and of the streams of its tables; mappings of other sources give a warning each. */
export function mappingsToRun(
  resources: ResolvedResources,
  ends: MappingEnds,
): Pick<ServiceDefinition, 'eventSourceMappings' | 'streamMappings'> {
  const mappings = mappingsOf(resources, ends);
  return {
    eventSourceMappings: mappings.filter((mapping) => 'queueArn' in mapping),
    streamMappings: mappings.filter((mapping) => 'streamArn' in mapping),
  };
}

function mappingsOf(
  resources: ResolvedResources,
  ends: MappingEnds,
): (EventSourceMappingDefinition | StreamMappingDefinition)[] {
  return readOrWarn<EventSourceMappingDefinition | StreamMappingDefinition>(
    resources,
    'AWS::Lambda::EventSourceMapping',
    (resource) => {
      const { fields } = resource;
      const functionName = functionNameOf(fields.text('FunctionName'));
      const source = fields.optionalText('EventSourceArn') ?? 'a self-managed source';
      const queue = ends.queues.find(({ arn }) => arn === source);
      const table = ends.tables.find(({ stream }) => stream?.arn === source);
      if (queue === undefined && table === undefined) {
        resources.warn(
          `${functionName} receives nothing from ${source}: only queues and streams of tables of the template are polled locally; ${invoked('a batch of it')}`,
        );
        return [];
      }
      if (!ends.functionNames.has(functionName)) {
        const name = queue === undefined ? `stream of the table ${table?.name ?? ''}` : `queue ${queue.name}`;
        resources.warn(`The ${name} is not polled for ${functionName}, which is not run locally`);
        return [];
      }
      return [
        queue === undefined
          ? streamMappingToRun(resource, functionName)
          : mappingToRun(resource, functionName),
      ];
    },
  );
}

function mappingToRun(resource: ResolvedResource, functionName: string): EventSourceMappingDefinition {
  const { fields, ref } = resource;
  const maximumConcurrency = fields.within('ScalingConfig').optionalNumber('MaximumConcurrency');
  return {
    uuid: ref(),
    queueArn: fields.text('EventSourceArn'),
    functionName,
    enabled: fields.optionalBoolean('Enabled') ?? true,
    batchSize: fields.optionalNumber('BatchSize') ?? DEFAULTS.batchSize,
    maximumBatchingWindow: batchingWindowOf(resource),
    reportBatchItemFailures: fields.list('FunctionResponseTypes').includes('ReportBatchItemFailures'),
    ...(maximumConcurrency !== undefined && { maximumConcurrency }),
    ...(countsEvents(resource) && { countsEvents: true }),
    ...filtersOf(resource),
  };
}

function streamMappingToRun(resource: ResolvedResource, functionName: string): StreamMappingDefinition {
  const { fields, ref } = resource;
  // -1 stands for no limit.
  const limit = (name: string): number | undefined => {
    const number = fields.optionalNumber(name);
    return number === -1 ? undefined : number;
  };
  return present<StreamMappingDefinition>({
    uuid: ref(),
    streamArn: fields.text('EventSourceArn'),
    functionName,
    enabled: fields.optionalBoolean('Enabled') ?? true,
    batchSize: fields.optionalNumber('BatchSize') ?? STREAM_BATCH_SIZE,
    maximumBatchingWindow: batchingWindowOf(resource),
    tumblingWindow: tumblingWindowOf(resource),
    startingPosition: fields.optionalText('StartingPosition') === 'LATEST' ? 'LATEST' : 'TRIM_HORIZON',
    reportBatchItemFailures: fields.list('FunctionResponseTypes').includes('ReportBatchItemFailures'),
    bisectOnError: fields.optionalBoolean('BisectBatchOnFunctionError') ?? false,
    maximumRetryAttempts: limit('MaximumRetryAttempts'),
    maximumRecordAge: limit('MaximumRecordAgeInSeconds'),
    onFailure: fields.within('DestinationConfig').within('OnFailure').optionalText('Destination'),
    countsEvents: countsEvents(resource) ? true : undefined,
    filters: filtersOf(resource).filters,
  });
}

/** @throws Error where AWS refuses to deploy it. */
function tumblingWindowOf({ fields }: ResolvedResource): number | undefined {
  const seconds = fields.optionalNumber('TumblingWindowInSeconds') ?? 0;
  if (!Number.isInteger(seconds) || seconds < 0 || seconds > MAX_TUMBLING_WINDOW) {
    throw new Error(
      `${fields.pathOf('TumblingWindowInSeconds')}: expected whole seconds from 0 to ${MAX_TUMBLING_WINDOW}, got ${seconds}`,
    );
  }
  return seconds === 0 ? undefined : seconds;
}

/** @throws Error that says where a filter is none: AWS refuses to deploy it. */
function filtersOf({ fields }: ResolvedResource): { readonly filters?: readonly JsonObject[] } {
  const filters = fields
    .within('FilterCriteria')
    .each('Filters')
    .map((filter) => {
      const path = filter.pathOf('Pattern');
      const text = filter.text('Pattern');
      const pattern = parseObject(text);
      if (pattern === undefined) throw new Error(`${path}: expected a pattern as JSON, got ${shown(text)}`);
      try {
        parseEventPattern(pattern);
      } catch (cause) {
        if (!(cause instanceof EventPatternError)) throw cause;
        throw new Error(`${path}: ${cause.message}`, { cause });
      }
      return pattern;
    });
  return filters.length === 0 ? {} : { filters };
}

/** What a function is fed with by polling. */
export function pollersOf(
  functionId: string,
  resources: WrittenResources,
): Pick<FunctionResource, 'streams' | 'queues' | 'eventSources'> {
  const mappings = resources
    .ofType('AWS::Lambda::EventSourceMapping')
    .filter(({ fields }) => resources.functionIn(fields.value('FunctionName'))?.logicalId === functionId);
  return {
    streams: mappings.flatMap((mapping) => streamOf(mapping, resources) ?? []),
    queues: mappings.flatMap(({ fields }) => {
      const source = resources.referredIn(fields.value('EventSourceArn'));
      return source?.type === 'AWS::SQS::Queue' ? [source.logicalId] : [];
    }),
    eventSources: mappings.flatMap((mapping) => eventSourceOf(mapping, resources) ?? []),
  };
}

/** What stands in the ARN of a source, or is the type of the resource that the ARN is taken from. */
const SOURCE_KINDS: ReadonlyArray<readonly [StreamSource['kind'] | 'queue', RegExp]> = [
  ['queue', /:sqs:|^AWS::SQS::/],
  ['kinesis', /:kinesis:|^AWS::Kinesis::/],
  ['dynamodb', /:dynamodb:|^AWS::DynamoDB::/],
  ['kafka', /:kafka:|^AWS::MSK::/],
  ['documentdb', /:rds:|^AWS::DocDB::/],
];

function kindOf(
  { fields }: WrittenResource,
  resources: WrittenResources,
): StreamSource['kind'] | 'queue' | undefined {
  if (fields.has('SelfManagedEventSource') || fields.has('SelfManagedKafkaEventSourceConfig')) return 'kafka';
  const source = fields.value('EventSourceArn');
  const described = resources.referredIn(source)?.type ?? JSON.stringify(source ?? '');
  return SOURCE_KINDS.find(([, pattern]) => pattern.test(described))?.[0];
}

function streamOf(mapping: WrittenResource, resources: WrittenResources): StreamSource | undefined {
  const kind = kindOf(mapping, resources);
  if (kind === undefined || kind === 'queue') return undefined;
  return { kind, mapping: mapping.logicalId, batchingWindow: batchingWindowOf(mapping) };
}

/** Of DocumentDB and brokers Lambda counts nothing ("Event source mapping metrics" in the developer guide). */
function eventSourceOf(mapping: WrittenResource, resources: WrittenResources): EventSource | undefined {
  const kind = kindOf(mapping, resources);
  if (kind === undefined || kind === 'documentdb') return undefined;
  const { logicalId, condition, fields } = mapping;
  // An expression may be a limit; -1 is none.
  const isLimited = (name: string): boolean => fields.has(name) && fields.optionalNumber(name) !== -1;
  return {
    kind,
    mapping: logicalId,
    ...(condition !== undefined && { condition }),
    reportsFailures: fields.list('FunctionResponseTypes').includes('ReportBatchItemFailures'),
    givesUp:
      kind !== 'queue' && (isLimited('MaximumRetryAttempts') || isLimited('MaximumRecordAgeInSeconds')),
    hasDestination:
      kind !== 'queue' && fields.within('DestinationConfig').within('OnFailure').has('Destination'),
  };
}

/** What the template sets of asynchronous invocations, by the name of the function; of `$LATEST`, or of any version. */
export function asyncSettingsToRun(resources: ResolvedResources): ReadonlyMap<string, AsyncDefinition> {
  const settings = new Map<string, AsyncDefinition>();
  readOrWarn(resources, 'AWS::Lambda::EventInvokeConfig', ({ fields }) => {
    const destinations = fields.within('DestinationConfig');
    settings.set(
      functionNameOf(fields.text('FunctionName')),
      present<AsyncDefinition>({
        maximumRetryAttempts: fields.optionalNumber('MaximumRetryAttempts'),
        maximumEventAge: fields.optionalNumber('MaximumEventAgeInSeconds'),
        onSuccess: destinations.within('OnSuccess').optionalText('Destination'),
        onFailure: destinations.within('OnFailure').optionalText('Destination'),
      }),
    );
    return [];
  });
  for (const resource of resources.ofType('AWS::Lambda::Function')) {
    const deadLetterArn = resource.fields.within('DeadLetterConfig').optionalText('TargetArn');
    const name = resource.name();
    if (deadLetterArn !== undefined) settings.set(name, { ...settings.get(name), deadLetterArn });
  }
  return settings;
}

type AsyncInvocation = Pick<
  FunctionResource,
  'isAsync' | 'isToldByTopicOrBucket' | 'maximumEventAge' | 'hasDestination'
>;

/** How each function, by its logical id, is invoked asynchronously, if anything does. */
export function asyncInvocations(resources: WrittenResources): (functionId: string) => AsyncInvocation {
  const never = { isAsync: false, maximumEventAge: DEFAULT_MAXIMUM_EVENT_AGE, hasDestination: false };
  const found = new Map<string, AsyncInvocation>();
  for (const resource of resources.all) {
    for (const target of asyncTargetsOf(resource)) {
      const id = resources.functionIn(target)?.logicalId;
      if (id === undefined) continue;
      found.set(id, {
        ...configured(resource, found.get(id) ?? never),
        isAsync: true,
        ...(LOOP_PRINCIPALS.has(principalOf(resource.fields.value('Principal'))) && {
          isToldByTopicOrBucket: true,
        }),
      });
    }
  }
  return (functionId) => found.get(functionId) ?? never;
}

/**
 * The services that invoke a function without waiting for its answer, as the Lambda Developer Guide has it under "Invoking
 * Lambda with events from other AWS services".
 */
const ASYNC_PRINCIPALS: ReadonlySet<unknown> = new Set([
  'cloudformation.amazonaws.com',
  'codecommit.amazonaws.com',
  'codepipeline.amazonaws.com',
  'config.amazonaws.com',
  'events.amazonaws.com',
  'iotevents.amazonaws.com',
  'lambda.alarms.cloudwatch.amazonaws.com',
  's3.amazonaws.com',
  'scheduler.amazonaws.com',
  'ses.amazonaws.com',
  'sns.amazonaws.com',
]);

/** Those of them through which Lambda notices that a function is fed by what it sends itself. */
const LOOP_PRINCIPALS: ReadonlySet<unknown> = new Set(['s3.amazonaws.com', 'sns.amazonaws.com']);

/** What a resource invokes asynchronously, as it is written there. */
function asyncTargetsOf({ type, fields }: WrittenResource): readonly unknown[] {
  switch (type) {
    case 'AWS::Lambda::EventInvokeConfig':
      return [fields.value('FunctionName')];
    case 'AWS::Scheduler::Schedule':
      return [fields.within('Target').value('Arn')];
    case 'AWS::Lambda::Permission':
      return ASYNC_PRINCIPALS.has(principalOf(fields.value('Principal')))
        ? [fields.value('FunctionName')]
        : [];
    // IoT also asks functions and waits, before it registers a device: only its rules tell.
    case 'AWS::IoT::TopicRule':
      return fields
        .within('TopicRulePayload')
        .each('Actions')
        .map((action) => action.within('Lambda').value('FunctionArn'));
    // CloudWatch Logs names the region in its principal, in an expression; that it is subscribed says the same.
    case 'AWS::Logs::SubscriptionFilter':
      return [fields.value('DestinationArn')];
    default:
      return [];
  }
}

/** China has service names of its own; the framework writes them as `sns.${AWS::URLSuffix}`. */
function principalOf(principal: unknown): unknown {
  const { 'Fn::Sub': substitution, 'Fn::Join': join } = asObject(principal);
  const [, parts] = [join].flat();
  const name = substitution ?? (Array.isArray(parts) ? (parts[0] as unknown) : undefined) ?? principal;
  if (typeof name !== 'string') return undefined;
  return name.replace(/\.(\$\{AWS::URLSuffix\})?$/, '.amazonaws.com');
}

function configured({ type, fields }: WrittenResource, before: AsyncInvocation): AsyncInvocation {
  if (type !== 'AWS::Lambda::EventInvokeConfig') return before;
  return {
    ...before,
    maximumEventAge: fields.optionalNumber('MaximumEventAgeInSeconds') ?? before.maximumEventAge,
    hasDestination: before.hasDestination || fields.within('DestinationConfig').names().length > 0,
  };
}
