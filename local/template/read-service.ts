import { alarmsToRun, metricFiltersToRun } from './alarms.ts';
import { localApiUrls } from './apis/api-urls.ts';
import { apisToRun } from './apis/apis.ts';
import type { AuthorizerSettings } from './apis/authorizers.ts';
import { bucketsToRun } from './buckets.ts';
import { deploymentOf } from './deployment.ts';
import { warnAboutDestinations } from './destinations.ts';
import { asyncSettingsToRun, mappingsToRun } from './event-sources.ts';
import { eventsToRun, scheduleGroupsToRun, schedulesToRun } from './events.ts';
import { exportsOf } from './exports.ts';
import { functionUrlsToRun } from './function-urls.ts';
import type { FunctionOptions } from './functions.ts';
import { functionsToRun, layersInUse } from './functions.ts';
import { muteRulesToRun } from './mute-rules.ts';
import { warnAboutWhatIsNotRun } from './not-run-locally.ts';
import { queuesToRun } from './queues.ts';
import { resolvedResources } from './resources.ts';
import { TemplateScope } from './scope.ts';
import type { FunctionDefinition, ServiceDefinition } from './service.ts';
import { tablesToRun } from './tables.ts';
import type { Template } from './template.ts';
import { parseTemplate } from './template.ts';
import { subscriptionsToRun, topicsToRun } from './topics.ts';

export interface ReadServiceOptions extends FunctionOptions {
  /** The compiled CloudFormation template, as the Serverless Framework writes it into `.serverless`. */
  readonly template: unknown;
  readonly serviceName: string;
  readonly stage: string;
  readonly region: string;
  readonly accountId: string;
  /** Values for the template's Parameters; the others take their defaults. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** What `Ref` of a queue gives. */
  readonly queueUrlOf: (queueName: string) => string;
  /**
   * Where the API at this position of the service answers, for example `http://127.0.0.1:3000`; function URLs come after APIs.
   * It stands for the AWS address
   * in the environment of functions. The address stays where this gives undefined.
   */
  readonly endpointOf?: (index: number) => string | undefined;
  /**
   * Whether REST stages are traced where the template does not say: the Serverless Framework leaves
   * `provider.tracing.apiGateway` out of the template, and turns tracing on after the deployment.
   *
   * @default false
   */
  readonly restApiTracing?: boolean;
  /**
   * Whether functions and REST stages are traced although nothing in the template says a word of tracing.
   *
   * @default false, as in AWS
   */
  readonly traceUnasked?: boolean;
  /** What only AWS has, by the names of the placeholders that stand for it otherwise: `ssm:/shop/key`, `import:name`. */
  readonly values?: Readonly<Record<string, unknown>>;
  /** What is set for authorizers on this machine, by their names. */
  readonly authorizers?: Readonly<Record<string, AuthorizerSettings>>;
}

/** What a reading of the template's functions and their layers takes. */
export type ReadLayersOptions = Omit<ReadServiceOptions, keyof FunctionOptions>;

export interface ReadServiceResult {
  readonly service: ServiceDefinition;
  /** What will differ from AWS, one sentence each, without repetitions. */
  readonly warnings: readonly string[];
  /** What other services can ask for, by the names that `values` has: see `exportsOf`. */
  readonly exports: Readonly<Record<string, string>>;
}

/**
 * Reads what can run locally out of a CloudFormation template, with every reference resolved.
 *
 * @throws Error that begins with the path in the template, for references that cannot be resolved and values of
 * the wrong kind in what is read.
 */
export function readService(options: ReadServiceOptions): ReadServiceResult {
  const { serviceName, stage, region, accountId, restApiTracing = false } = options;
  const template = parseTemplate(options.template);
  const deployment = deploymentOf(options);
  const newScope = (): TemplateScope => scopeOf(template, options);
  const scope = newScope();
  const resources = resolvedResources(template, scope);

  const isTracedUnasked = options.traceUnasked === true && !speaksOfTracing(template);
  const { functions, notRun } = functionsToRun(resources, options);
  const asynchronous = asyncSettingsToRun(resources);
  const functionNames = new Set(functions.map(({ name }) => name));
  const queues = queuesToRun(resources);
  const topics = topicsToRun(resources);
  const { authorizers } = options;
  const apis = apisToRun(resources, {
    stage,
    restApiTracing: restApiTracing || isTracedUnasked,
    functionNames,
    namesNotRun: new Set(notRun.map(({ name }) => name)),
    ...(authorizers !== undefined && { authorizers }),
  });
  const tables = tablesToRun(resources);
  const muteRules = muteRulesToRun(resources);
  const functionUrls = functionUrlsToRun(resources, functionNames);
  const localUrls = localApiUrls([...apis, ...functionUrls], options.endpointOf ?? (() => undefined));
  const service: ServiceDefinition = {
    name: serviceName,
    stage,
    region,
    accountId,
    functions: functions.map((definition) => ({
      ...withLocalUrls(definition, localUrls),
      ...(isTracedUnasked && { tracingMode: 'Active' }),
      ...(asynchronous.has(definition.name) && { asynchronous: asynchronous.get(definition.name) ?? {} }),
    })),
    ...(notRun.length > 0 && { functionsNotRun: notRun }),
    ...(isTracedUnasked && { isTracedUnasked }),
    apis,
    functionUrls,
    queues,
    topics,
    subscriptions: subscriptionsToRun(resources, { topics, queues, functions }),
    tables,
    buckets: bucketsToRun(resources, { queues, topics, functions, region }),
    ...mappingsToRun(resources, { queues, tables, functionNames }),
    alarms: alarmsToRun(resources),
    ...(muteRules.length > 0 && { muteRules }),
    metricFilters: metricFiltersToRun(resources),
    ...eventsToRun(resources, { region, accountId, functionNames }),
    scheduleGroups: scheduleGroupsToRun(resources),
    schedules: schedulesToRun(resources),
  };
  warnAboutDestinations(service, resources.warn);
  warnAboutWhatIsNotRun(resources);
  const exports = exportsOf(template, deployment, newScope(), localUrls);
  return { service, warnings: scope.warnings, exports };
}

/** The layers of each function that can run here, by deployed name, in their order. @throws Error as `readService` does. */
export function readLayers(options: ReadLayersOptions): ReturnType<typeof layersInUse> {
  const template = parseTemplate(options.template);
  return layersInUse(resolvedResources(template, scopeOf(template, options)));
}

function scopeOf(template: Template, options: ReadLayersOptions): TemplateScope {
  return new TemplateScope({
    template,
    deployment: deploymentOf(options),
    parameters: options.parameters ?? {},
    queueUrlOf: options.queueUrlOf,
    values: options.values ?? {},
  });
}

/** Whether a function or a stage says that it is traced, or that it is not. */
function speaksOfTracing({ resources }: Template): boolean {
  return [...resources.values()].some(({ type, properties }) => {
    if (type === 'AWS::Lambda::Function') return properties.TracingConfig !== undefined;
    return type === 'AWS::ApiGateway::Stage' && properties.TracingEnabled !== undefined;
  });
}

function withLocalUrls(
  definition: FunctionDefinition,
  localUrls: (text: string) => string,
): FunctionDefinition {
  const { environment } = definition;
  return {
    ...definition,
    environment: Object.fromEntries(
      Object.entries(environment).map(([name, value]) => [name, localUrls(value)]),
    ),
  };
}
