import { readAsyncSources } from './async-sources.ts';
import { functionIdOf } from './function-reference.ts';
import type { FunctionResource, ProvisionedConcurrency, StreamSource } from './inventory.ts';
import type { TemplateResource } from './template.ts';
import { asList, asObject, getAttribute, isObject, logicalIdIn, numberOr, ref, textOr } from './template.ts';

/** Lambda's defaults where the template says nothing, as in CloudFormation's page on `AWS::Lambda::Function`. */
const DEFAULT_TIMEOUT_SECONDS = 3;
const DEFAULT_MEMORY_MB = 128;

/** How long Lambda keeps an asynchronous event: the default of `MaximumEventAgeInSeconds`. */
const DEFAULT_MAXIMUM_EVENT_AGE_SECONDS = 21_600;

/** Functions of the framework's own, which run while a stack is deployed and never again. */
const FRAMEWORK_FUNCTION = /^CustomDashresource/;

export function readFunctions(
  resources: readonly TemplateResource[],
  functionKeyOf: (deployedName: string) => string | undefined,
): readonly FunctionResource[] {
  const definitions = resources.filter(
    ({ type, logicalId }) => type === 'AWS::Lambda::Function' && !FRAMEWORK_FUNCTION.test(logicalId),
  );
  const logGroups = definitions.map((definition) => logGroupOf(definition, resources));
  const asyncSources = readAsyncSources(resources);
  const atEdge = functionsAtEdge(resources);
  return definitions.map((definition, index): FunctionResource => {
    const { logicalId, properties } = definition;
    const name = textOr(properties.FunctionName, ref(logicalId));
    const logging = asObject(properties.LoggingConfig);
    const logGroup = logGroups[index];
    const reserved = numberOr(properties.ReservedConcurrentExecutions, undefined);
    const invocation = asyncSources.get(logicalId);
    return {
      logicalId,
      key: (typeof name === 'string' ? functionKeyOf(name) : undefined) ?? logicalId,
      name,
      timeout: numberOr(properties.Timeout, DEFAULT_TIMEOUT_SECONDS),
      memorySize: numberOr(properties.MemorySize, DEFAULT_MEMORY_MB),
      logFormat: logging.LogFormat === 'JSON' ? 'JSON' : 'Text',
      systemLogLevel: levelOf(logging.SystemLogLevel),
      ...(logGroup !== undefined && { logGroup }),
      sharesLogGroup: logGroup !== undefined && logGroups.filter((other) => other === logGroup).length > 1,
      ...(reserved !== undefined && { reservedConcurrency: reserved }),
      provisioned: provisionedOf(logicalId, resources),
      isAsync: invocation !== undefined,
      maximumEventAge: invocation?.maximumEventAge ?? DEFAULT_MAXIMUM_EVENT_AGE_SECONDS,
      hasDeadLetterConfig: isObject(properties.DeadLetterConfig),
      runsAtEdge: atEdge.has(logicalId),
      hasDestination: invocation?.hasDestination ?? false,
      ...sourcesOf(logicalId, resources),
    };
  });
}

function functionsAtEdge(resources: readonly TemplateResource[]): ReadonlySet<string | undefined> {
  const behaviours = resources
    .filter(({ type }) => type === 'AWS::CloudFront::Distribution')
    .map(({ properties }) => asObject(properties.DistributionConfig))
    .flatMap(({ DefaultCacheBehavior: standard, CacheBehaviors: further }) => [standard, ...asList(further)]);
  return new Set(
    behaviours
      .flatMap((behaviour) => asList(asObject(behaviour).LambdaFunctionAssociations))
      .map((association) => functionIdOf(asObject(association).LambdaFunctionARN, resources)),
  );
}

const levelOf = (level: unknown): FunctionResource['systemLogLevel'] =>
  level === 'DEBUG' || level === 'WARN' ? level : 'INFO';

/** The log group that the function writes to, where the template makes it: no filter can be put on any other. */
function logGroupOf(
  { logicalId: functionId, properties }: TemplateResource,
  resources: readonly TemplateResource[],
): string | undefined {
  const configured = asObject(properties.LoggingConfig).LogGroup;
  const name =
    configured ??
    (typeof properties.FunctionName === 'string' ? `/aws/lambda/${properties.FunctionName}` : undefined);
  const referred = logicalIdIn(name);
  return resources.find(
    ({ type, logicalId, properties: group }) =>
      type === 'AWS::Logs::LogGroup' &&
      (logicalId === referred ||
        (typeof name === 'string' && group.LogGroupName === name) ||
        // The function has no name in the template, and its group is named after it by reference.
        (name === undefined && logicalIdIn(group.LogGroupName) === functionId)),
  )?.logicalId;
}

function provisionedOf(
  functionId: string,
  resources: readonly TemplateResource[],
): readonly ProvisionedConcurrency[] {
  return resources.flatMap(({ logicalId, type, properties }) => {
    const isAlias = type === 'AWS::Lambda::Alias';
    if (!isAlias && type !== 'AWS::Lambda::Version') return [];
    const config = asObject(properties.ProvisionedConcurrencyConfig);
    const concurrency = numberOr(config.ProvisionedConcurrentExecutions, undefined);
    if (concurrency === undefined || functionIdOf(properties.FunctionName, resources) !== functionId)
      return [];
    const version = getAttribute(logicalId, 'Version');
    return [{ logicalId, qualifier: isAlias ? textOr(properties.Name, version) : version, concurrency }];
  });
}

function sourcesOf(
  functionId: string,
  resources: readonly TemplateResource[],
): { readonly streams: readonly StreamSource[]; readonly queues: readonly string[] } {
  const mappings = resources.filter(
    ({ type, properties }) =>
      type === 'AWS::Lambda::EventSourceMapping' &&
      functionIdOf(properties.FunctionName, resources) === functionId,
  );
  return {
    streams: mappings.flatMap((mapping) => streamOf(mapping, resources) ?? []),
    queues: mappings.flatMap(({ properties }) => {
      const source = logicalIdIn(properties.EventSourceArn);
      return resources.some(({ logicalId, type }) => logicalId === source && type === 'AWS::SQS::Queue')
        ? [source ?? '']
        : [];
    }),
  };
}

/** What stands in the ARN of a source, or is the type of the resource that the ARN is taken from. */
const STREAM_KINDS: ReadonlyArray<readonly [StreamSource['kind'], RegExp]> = [
  ['kinesis', /:kinesis:|^AWS::Kinesis::/],
  ['dynamodb', /:dynamodb:|^AWS::DynamoDB::/],
  ['kafka', /:kafka:|^AWS::MSK::/],
  ['documentdb', /:rds:|^AWS::DocDB::/],
];

function streamOf(
  { logicalId, properties }: TemplateResource,
  resources: readonly TemplateResource[],
): StreamSource | undefined {
  const batchingWindow = numberOr(properties.MaximumBatchingWindowInSeconds, 0);
  if (
    properties.SelfManagedEventSource !== undefined ||
    properties.SelfManagedKafkaEventSourceConfig !== undefined
  ) {
    return { kind: 'kafka', mapping: logicalId, batchingWindow };
  }
  const source = logicalIdIn(properties.EventSourceArn);
  const described =
    resources.find((resource) => resource.logicalId === source)?.type ??
    JSON.stringify(properties.EventSourceArn ?? '');
  const kind = STREAM_KINDS.find(([, pattern]) => pattern.test(described))?.[0];
  return kind === undefined ? undefined : { kind, mapping: logicalId, batchingWindow };
}
