import type { FunctionDefinition, ServiceDefinition } from './service.ts';
import { readAlarmEventRules } from './alarm-event-rules.ts';
import { readAlarms } from './alarms.ts';
import { localApiUrls } from './api-urls.ts';
import { readRestApis } from './apis.ts';
import { readEventSourceMappings } from './event-source-mappings.ts';
import type { FunctionOptions } from './functions.ts';
import { readFunctions } from './functions.ts';
import { readHttpApis } from './http-apis.ts';
import { readMetricFilters } from './metric-filters.ts';
import { warnAboutWhatIsNotRun } from './not-run-locally.ts';
import { placeOf } from './place.ts';
import { readQueues } from './queues.ts';
import { resourcesOf } from './resources.ts';
import { readSubscriptions } from './subscriptions.ts';
import { readTables } from './tables.ts';
import { parseTemplate } from './template.ts';
import { TemplateScope } from './template-scope.ts';
import { readTopics } from './topics.ts';

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
   * Where an API answers, for example `http://127.0.0.1:3000`: takes the place of its AWS address in the
   * environment of functions. The address stays where this gives undefined.
   */
  readonly endpointOf?: (kind: 'REST' | 'HTTP', logicalId: string) => string | undefined;
  /**
   * Whether REST stages are traced where the template does not say: the Serverless Framework leaves
   * `provider.tracing.apiGateway` out of the template, and turns tracing on after the deployment.
   *
   * @default false
   */
  readonly restApiTracing?: boolean;
}

export interface ReadServiceResult {
  readonly service: ServiceDefinition;
  /** What will differ from AWS, one sentence each, without repetitions. */
  readonly warnings: readonly string[];
}

/**
 * Reads what can run locally out of a CloudFormation template, with every reference resolved.
 *
 * @throws Error that begins with the place in the template, for references that cannot be resolved and values of
 * the wrong kind in what is read.
 */
export const readService = (options: ReadServiceOptions): ReadServiceResult => {
  const { serviceName, stage, region, accountId, restApiTracing = false } = options;
  const template = parseTemplate(options.template);
  const scope = new TemplateScope({
    template,
    place: placeOf(options),
    parameters: options.parameters ?? {},
    queueUrlOf: options.queueUrlOf,
  });
  const resources = resourcesOf(template, scope);

  const functions = readFunctions(resources, options);
  const functionNames = new Set(functions.map(({ name }) => name));
  const queues = readQueues(resources);
  const topics = readTopics(resources);
  const apis = [readRestApis, readHttpApis].flatMap((read) =>
    read(resources, { stage, restApiTracing, functionNames }),
  );
  const localUrls = localApiUrls(apis, options.endpointOf ?? (() => undefined));
  const service: ServiceDefinition = {
    name: serviceName,
    stage,
    region,
    accountId,
    functions: functions.map((definition) => withLocalUrls(definition, localUrls)),
    apis: apis.map(({ definition }) => definition),
    queues,
    topics,
    subscriptions: readSubscriptions(resources, { topics, queues, functions }),
    tables: readTables(resources),
    eventSourceMappings: readEventSourceMappings(resources, { queues, functionNames }),
    alarms: readAlarms(resources),
    metricFilters: readMetricFilters(resources),
    alarmEventRules: readAlarmEventRules(resources, functionNames),
    scheduleGroups: resources.ofType('AWS::Scheduler::ScheduleGroup').map(({ ref }) => ref()),
  };
  warnAboutWhatIsNotRun(resources);
  return { service, warnings: scope.warnings };
};

const withLocalUrls = (
  definition: FunctionDefinition,
  localUrls: (text: string) => string,
): FunctionDefinition => ({
  ...definition,
  environment: Object.fromEntries(
    Object.entries(definition.environment).map(([name, value]) => [name, localUrls(value)]),
  ),
});
