import { isObject } from '../json.ts';
import {
  MANAGED_TIMEOUT_RANGE,
  MAX_ENVIRONMENT,
  sizeOfEnvironment,
  TIMEOUT_RANGE,
} from '../lambda/limits.ts';
import { functionNameOf } from './arns.ts';
import { asyncInvocations, pollersOf } from './event-sources.ts';
import type { Expression } from './expressions.ts';
import { logicalIdIn } from './expressions.ts';
import type { Fields } from './fields.ts';
import type { LayerReference, LayersHere } from './layers.ts';
import { exceededLayerLimits, layersOfFunction, MissingLayers } from './layers.ts';
import type {
  DurableSettings,
  FunctionResource,
  ManagedInstances,
  ProvisionedConcurrency,
} from './inventory.ts';
import { watched } from './inventory.ts';
import type {
  Resource,
  ResolvedResource,
  ResolvedResources,
  WrittenResource,
  WrittenResources,
} from './resources.ts';
import type { FunctionDefinition, FunctionNotRun } from './service.ts';
import { shown } from './template.ts';

/** Lambda's defaults, from the properties of AWS::Lambda::Function in the CloudFormation template reference. */
const DEFAULTS = { memorySize: 128, timeout: 3 } as const;

/** From the least important on ("Configuring JSON and plain text log formats" in the Lambda developer guide). */
const APPLICATION_LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'] as const;

/** A function writes to the log group of this and its name where the template does not say. */
export const LOG_GROUP_PREFIX = '/aws/lambda/';

/** What the template says of a function, whoever asks. */
function settingsOf({
  fields,
}: Resource): Pick<FunctionDefinition, 'memorySize' | 'timeout' | 'logFormat' | 'reservedConcurrency'> {
  const reservedConcurrency = fields.optionalNumber('ReservedConcurrentExecutions');
  return {
    memorySize: fields.optionalNumber('MemorySize') ?? DEFAULTS.memorySize,
    timeout: fields.optionalNumber('Timeout') ?? DEFAULTS.timeout,
    logFormat: fields.within('LoggingConfig').optionalText('LogFormat') === 'JSON' ? 'JSON' : 'Text',
    ...(reservedConcurrency !== undefined && { reservedConcurrency }),
  };
}

export interface FunctionOptions {
  /** The unpacked deployment package of a function. */
  readonly codeDirectoryOf: (deployed: { readonly logicalId: string; readonly name: string }) => string;
  /** Why the package of a function cannot be run, by its deployed name: undefined where it can. */
  readonly packageProblemOf?: (deployedName: string) => string | undefined;
  /** What of the layers of a function is on this machine, by its deployed name: undefined where nothing is. */
  readonly layersHereOf?: (deployedName: string) => LayersHere | undefined;
  /** The key in `serverless.yml` of a deployed name. */
  readonly functionKeyOf: (deployedName: string) => string;
}

/** The functions that can run here, and the others, each of which gives a warning that says why it cannot. */
export function functionsToRun(
  resources: ResolvedResources,
  options: FunctionOptions,
): { readonly functions: readonly FunctionDefinition[]; readonly notRun: readonly FunctionNotRun[] } {
  const deploymentOnly = calledByTheDeployment(resources);
  const notRun: FunctionNotRun[] = [];
  const missingLayers = new MissingLayers();
  const functions = resources.ofType('AWS::Lambda::Function').flatMap((resource) => {
    const name = resource.name();
    const reason = deploymentOnly.has(name)
      ? 'it only serves the deployment'
      : (obstacleOf(resource) ?? options.packageProblemOf?.(name));
    if (reason !== undefined) {
      resources.warn(`The function ${name} is not run locally: ${reason}`);
      notRun.push({ name, reason });
      return [];
    }
    const layers = layersOfFunction(resource, resources);
    const here = options.layersHereOf?.(name);
    const missing = layers.filter(({ arn }) => here?.arns.includes(arn) !== true);
    missingLayers.add(name, missing);
    for (const limit of exceededLayerLimits(layers, here)) resources.warn(`The function ${name} ${limit}`);
    if (here !== undefined && here.extensions.length > 0) {
      resources.warn(
        `The function ${name} runs without the extensions in its layers: ${here.extensions.join(', ')}`,
      );
    }
    if (resource.fields.list('FileSystemConfigs').length > 0) {
      resources.warn(`The function ${name} runs without its file system: nothing is mounted here`);
    }
    if (resource.fields.has('DurableConfig')) {
      resources.warn(
        `The function ${name} is durable, and there are no durable executions here: steps, waits and replays need Lambda itself. ` +
          'Run its handler with LocalDurableTestRunner of @aws/durable-execution-sdk-js-testing instead',
      );
    }
    const definition: FunctionDefinition = {
      ...functionToRun(resource, name, options),
      ...(layers.length > 0 && {
        layers: layers.map((layer) => ({ arn: layer.arn, isHere: !missing.includes(layer) })),
      }),
    };
    const { AWS_LAMBDA_EXEC_WRAPPER: wrapper } = definition.environment;
    if (missing.length > 0 && wrapper?.startsWith('/opt/') === true) {
      resources.warn(
        `The function ${name} runs without its wrapper ${wrapper} where no layer on this machine holds it`,
      );
    }
    for (const limit of exceededLimits(definition)) resources.warn(`The function ${name} ${limit}`);
    return [definition];
  });
  const warning = missingLayers.warning();
  if (warning !== undefined) resources.warn(warning);
  return { functions, notRun };
}

/** The layers of the functions that can run here, by deployed name. */
export function layersInUse(
  resources: ResolvedResources,
): ReadonlyMap<string, { readonly runtime: string; readonly layers: readonly LayerReference[] }> {
  return new Map(
    resources
      .ofType('AWS::Lambda::Function')
      .filter((resource) => obstacleOf(resource) === undefined)
      .map((resource) => {
        const layers = layersOfFunction(resource, resources);
        return [resource.name(), { runtime: resource.fields.text('Runtime'), layers }] as const;
      })
      .filter(([, { layers }]) => layers.length > 0),
  );
}

function functionToRun(
  resource: ResolvedResource,
  name: string,
  options: FunctionOptions,
): FunctionDefinition {
  const { logicalId, fields, attribute } = resource;
  const logging = fields.within('LoggingConfig');
  const applicationLogLevel = APPLICATION_LEVELS.find(
    (level) => level === logging.optionalText('ApplicationLogLevel')?.toUpperCase(),
  );
  const tags = fields.each('Tags').map((tag) => [tag.text('Key'), tag.text('Value')] as const);
  return {
    ...settingsOf(resource),
    name,
    key: options.functionKeyOf(name),
    arn: attribute('Arn'),
    handler: fields.text('Handler'),
    codeDirectory: options.codeDirectoryOf({ logicalId, name }),
    runtime: fields.text('Runtime'),
    environment: environmentOf(fields),
    tracingMode: fields.within('TracingConfig').optionalText('Mode') === 'Active' ? 'Active' : 'PassThrough',
    ...(applicationLogLevel !== undefined && { applicationLogLevel }),
    ...(logging.has('SystemLogLevel') && { systemLogLevel: levelOf(logging.optionalText('SystemLogLevel')) }),
    logGroup: logging.optionalText('LogGroup') ?? `${LOG_GROUP_PREFIX}${name}`,
    ...(fields.optionalText('RecursiveLoop') === 'Allow' && { allowsLoops: true }),
    ...(isolatesTenants(resource) && { isolatesTenants: true }),
    ...(fields.has('CapacityProviderConfig') && { managedInstances: true }),
    ...(tags.length > 0 && { tags: Object.fromEntries(tags) }),
  };
}

/** What Lambda would refuse to deploy, and runs here. */
function exceededLimits({ timeout, managedInstances, environment }: FunctionDefinition): string[] {
  const { most } = managedInstances === true ? MANAGED_TIMEOUT_RANGE : TIMEOUT_RANGE;
  const size = sizeOfEnvironment(environment);
  return [
    ...(timeout > most
      ? [`has a timeout of ${timeout} s: Lambda takes at most ${most} and refuses to deploy it`]
      : []),
    ...(size > MAX_ENVIRONMENT
      ? [
          `has an environment of ${size} bytes as JSON: Lambda takes at most ${MAX_ENVIRONMENT} and refuses to deploy it. ` +
            'Keep long values elsewhere, for example in SSM parameters',
        ]
      : []),
  ];
}

function environmentOf(fields: ResolvedResource['fields']): Record<string, string> {
  const variables = fields.within('Environment').within('Variables');
  return Object.fromEntries(variables.names().map((variable) => [variable, variables.text(variable)]));
}

function obstacleOf({ fields }: ResolvedResource): string | undefined {
  if (fields.optionalText('PackageType') === 'Image') return 'it is packaged as a container image';
  if (fields.within('Code').has('ZipFile')) return 'its code is inline in the template';
  return obstacleOfRuntime(fields.optionalText('Runtime'));
}

/** Why a function of this runtime does not run here; undefined for one that does. */
export function obstacleOfRuntime(runtime: string | undefined): string | undefined {
  if (runtime?.startsWith('nodejs') === true) return undefined;
  return `its runtime is ${shown(runtime)}, and only Node.js functions run here`;
}

/** Names of functions that CloudFormation calls during a deployment; the Serverless Framework adds some of its own. */
function calledByTheDeployment(resources: ResolvedResources): Set<string> {
  return new Set(
    resources.all
      .filter(({ type }) => type.startsWith('Custom::') || type === 'AWS::CloudFormation::CustomResource')
      .map(({ fields }) => functionNameOf(fields.optionalText('ServiceToken') ?? '')),
  );
}

/** Those that the framework adds, by their logical ids. A service's own are watched, as all that it wrote itself. */
const FRAMEWORK_FUNCTION = /^CustomDashresource/;

export function functionsToWatch(
  resources: WrittenResources,
  functionKeyOf: (deployedName: string) => string | undefined,
): readonly FunctionResource[] {
  const functions = resources
    .ofType('AWS::Lambda::Function')
    .filter(({ logicalId }) => !FRAMEWORK_FUNCTION.test(logicalId));
  const logGroups = functions.map((fn) => logGroupOf(fn, resources));
  const invokedAsync = asyncInvocations(resources);
  const atEdge = functionsAtEdge(resources);
  const apiLimits = limitsOfApis(resources);
  return functions.map((fn, index): FunctionResource => {
    const { logicalId, fields } = fn;
    const name = fn.name();
    const logGroup = logGroups[index];
    const apiLimit = apiLimits.get(logicalId);
    return {
      ...watched(fn, typeof name === 'string' ? functionKeyOf(name) : undefined),
      ...settingsOf(fn),
      ...(apiLimit !== undefined && { apiLimit }),
      systemLogLevel: levelOf(fields.within('LoggingConfig').value('SystemLogLevel')),
      ...(logGroup !== undefined && settingsOfLogGroup(logGroup)),
      sharesLogGroup:
        logGroup !== undefined &&
        logGroups.filter((other) => other?.logicalId === logGroup.logicalId).length > 1,
      provisioned: provisionedOf(logicalId, resources),
      ...invokedAsync(logicalId),
      hasDeadLetterConfig: fields.has('DeadLetterConfig'),
      // Lambda takes a list, of which it allows one.
      architecture: fields.list('Architectures')[0] === 'arm64' ? 'arm64' : 'x86_64',
      runsAtEdge: atEdge.has(logicalId),
      ...pollersOf(logicalId, resources),
      allowsLoops: fields.value('RecursiveLoop') === 'Allow',
      isolatesTenants: isolatesTenants(fn),
      ...(fields.has('DurableConfig') && { durable: durableOf(fn) }),
      ...(fields.has('CapacityProviderConfig') && { managed: managedOf(fn, resources) }),
      refersTo: referencesOf(fields),
    };
  });
}

function isolatesTenants({ fields }: Resource): boolean {
  return fields.within('TenancyConfig').value('TenantIsolationMode') === 'PER_TENANT';
}

function durableOf({ fields }: Resource): DurableSettings {
  const executionTimeout = fields.within('DurableConfig').optionalNumber('ExecutionTimeout');
  return executionTimeout === undefined ? {} : { executionTimeout };
}

/** Lambda's own, for a vCPU ("Node.js runtime for Lambda Managed Instances" in the developer guide). */
const CONCURRENCY_OF_VCPU = 64;

/** GiB of memory for a vCPU where the template does not say: the least that can be set (`ExecutionEnvironmentMemoryGiBPerVCpu`). */
const GIB_OF_VCPU = 2;

function managedOf(fn: WrittenResource, resources: WrittenResources): ManagedInstances {
  const config = fn.fields
    .within('CapacityProviderConfig')
    .within('LambdaManagedInstancesCapacityProviderConfig');
  const concurrencyOfEnvironment =
    config.optionalNumber('PerExecutionEnvironmentMaxConcurrency') ?? concurrencyOfNode(fn, config);
  return {
    capacityProvider: capacityProviderIn(config.optionalText('CapacityProviderArn') ?? '', resources),
    ...(concurrencyOfEnvironment !== undefined && { concurrencyOfEnvironment }),
  };
}

/** What an environment of Node.js runs at once where nothing is set; undefined for what only the deployment knows. */
function concurrencyOfNode(fn: WrittenResource, config: Fields): number | undefined {
  const { fields } = fn;
  const runtime = fields.value('Runtime');
  const memory = fields.has('MemorySize') ? fields.optionalNumber('MemorySize') : DEFAULTS.memorySize;
  const ratio = config.has('ExecutionEnvironmentMemoryGiBPerVCpu')
    ? config.optionalNumber('ExecutionEnvironmentMemoryGiBPerVCpu')
    : GIB_OF_VCPU;
  if (typeof runtime !== 'string' || !runtime.startsWith('nodejs')) return undefined;
  if (memory === undefined || ratio === undefined) return undefined;
  return CONCURRENCY_OF_VCPU * Math.max(1, Math.floor(memory / 1024 / ratio));
}

/** The name in the ARN of a capacity provider, or that of the provider which the template makes. */
function capacityProviderIn(arn: Expression, resources: WrittenResources): Expression {
  const provider = resources.referredIn(arn);
  if (provider?.type === 'AWS::Lambda::CapacityProvider') return provider.name();
  return typeof arn === 'string'
    ? arn.slice(arn.lastIndexOf(':') + 1)
    : { 'Fn::Select': [6, { 'Fn::Split': [':', arn] }] };
}

/** What the environment of a function names, each once. */
function referencesOf(fields: WrittenResource['fields']): readonly string[] {
  const variables = fields.within('Environment').within('Variables');
  const named = variables.names().map((name) => logicalIdIn(variables.value(name)));
  return [...new Set(named.filter((id) => id !== undefined))];
}

/** Seconds that an API waits for a function where the template does not say ("API Gateway quotas"). */
const API_LIMITS = { REST: 29, HTTP: 30, WEBSOCKET: 29 } as const;

/** The shortest limit of the APIs that wait for a function, by its logical id. */
function limitsOfApis(resources: WrittenResources): ReadonlyMap<string, number> {
  const limits = new Map<string, number>();
  const add = (uri: unknown, milliseconds: number | undefined, otherwise: number): void => {
    const fn = resources.functionIn(uri) ?? functionOfReference(uri, resources);
    if (fn === undefined) return;
    const limit = milliseconds === undefined ? otherwise : milliseconds / 1000;
    limits.set(fn.logicalId, Math.min(limit, limits.get(fn.logicalId) ?? limit));
  };
  for (const { fields } of resources.ofType('AWS::ApiGateway::Method')) {
    const integration = fields.within('Integration');
    // What is invoked asynchronously is not waited for.
    if (integration.value('Type') !== 'AWS_PROXY' && integration.value('Type') !== 'AWS') continue;
    add(integration.value('Uri'), integration.optionalNumber('TimeoutInMillis'), API_LIMITS.REST);
  }
  for (const { fields } of resources.ofType('AWS::ApiGatewayV2::Integration')) {
    const api = resources.referredIn(fields.value('ApiId'));
    const kind = api?.fields.value('ProtocolType') === 'WEBSOCKET' ? 'WEBSOCKET' : 'HTTP';
    add(fields.value('IntegrationUri'), fields.optionalNumber('TimeoutInMillis'), API_LIMITS[kind]);
  }
  return limits;
}

/** In the address of an integration, the function stands among other references. */
function functionOfReference(uri: unknown, resources: WrittenResources): WrittenResource | undefined {
  if (Array.isArray(uri)) {
    return uri.map((part) => functionOfReference(part, resources)).find((found) => found !== undefined);
  }
  if (typeof uri === 'string') {
    const name = /:function:([\w-]+)/.exec(uri)?.[1];
    return name === undefined ? undefined : resources.functionIn(name);
  }
  if (!isObject(uri)) return undefined;
  const { 'Fn::Join': join, 'Fn::Sub': substitution } = uri;
  if (Array.isArray(join)) return functionOfReference(join[1], resources);
  if (typeof substitution === 'string') {
    const ids = [...substitution.matchAll(/\$\{(\w+)(?:\.Arn)?\}/g)].map(([, id = '']) => ({ Ref: id }));
    return (
      functionOfReference(ids, resources) ??
      functionOfReference(substitution.replaceAll(/\$\{.*?\}/g, ''), resources)
    );
  }
  return resources.functionIn(uri);
}

function functionsAtEdge(resources: WrittenResources): ReadonlySet<string | undefined> {
  const behaviours = resources
    .ofType('AWS::CloudFront::Distribution')
    .map(({ fields }) => fields.within('DistributionConfig'))
    .flatMap((config) => [config.within('DefaultCacheBehavior'), ...config.each('CacheBehaviors')]);
  return new Set(
    behaviours
      .flatMap((behaviour) => behaviour.each('LambdaFunctionAssociations'))
      .map((association) => resources.functionIn(association.value('LambdaFunctionARN'))?.logicalId),
  );
}

function levelOf(level: unknown): FunctionResource['systemLogLevel'] {
  return level === 'DEBUG' || level === 'WARN' ? level : 'INFO';
}

/** The log group that the function writes to, where the template makes it: no filter can be put on any other. */
function logGroupOf(fn: WrittenResource, resources: WrittenResources): WrittenResource | undefined {
  const functionName = fn.fields.value('FunctionName');
  const name =
    fn.fields.within('LoggingConfig').value('LogGroup') ??
    (typeof functionName === 'string' ? `${LOG_GROUP_PREFIX}${functionName}` : undefined);
  const referred = logicalIdIn(name);
  return resources.ofType('AWS::Logs::LogGroup').find(({ logicalId, fields }) => {
    const groupName = fields.value('LogGroupName');
    return (
      logicalId === referred ||
      (typeof name === 'string' && groupName === name) ||
      // The function has no name in the template, and its group is named after it by reference.
      (name === undefined && logicalIdIn(groupName) === fn.logicalId)
    );
  });
}

function settingsOfLogGroup({
  logicalId,
  condition,
  fields,
}: WrittenResource): Pick<FunctionResource, 'logGroup' | 'logGroupCondition' | 'logGroupClass'> {
  const logGroupClass = fields.value('LogGroupClass');
  return {
    logGroup: logicalId,
    ...(condition !== undefined && { logGroupCondition: condition }),
    ...(typeof logGroupClass === 'string' && { logGroupClass }),
  };
}

function provisionedOf(functionId: string, resources: WrittenResources): readonly ProvisionedConcurrency[] {
  return resources.ofType('AWS::Lambda::Alias', 'AWS::Lambda::Version').flatMap((resource) => {
    const { logicalId, type, fields } = resource;
    const concurrency = fields
      .within('ProvisionedConcurrencyConfig')
      .optionalNumber('ProvisionedConcurrentExecutions');
    if (concurrency === undefined) return [];
    if (resources.functionIn(fields.value('FunctionName'))?.logicalId !== functionId) return [];
    const name = type === 'AWS::Lambda::Alias' ? fields.value('Name') : undefined;
    const qualifier = typeof name === 'string' ? name : resource.attribute('Version');
    return [{ logicalId, qualifier, concurrency }];
  });
}
