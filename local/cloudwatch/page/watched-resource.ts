import type { MetricStatDefinition, ServiceDefinition } from '../../template/service.ts';
import type { AlarmSummary } from '../view.ts';

type Resource = NonNullable<AlarmSummary['resource']>;

const KINDS: ReadonlyMap<string, string> = new Map([
  ['FunctionName', 'function'],
  ['QueueName', 'queue'],
  ['TopicName', 'topic'],
  ['TableName', 'table'],
  ['ApiName', 'api'],
  ['ApiId', 'api'],
  ['RuleName', 'rule'],
  ['ScheduleGroup', 'schedule'],
  ['StateMachineArn', 'stateMachine'],
]);

/** Namespaces of metric filters that the plugin puts on a function's log. */
const LOG_NAMESPACE = 'LambdaLantern/';

/** What a metric is of, as far as its dimensions tell; a function by its key in `serverless.yml`. */
export const watchedResource = (
  { namespace, dimensions }: Pick<MetricStatDefinition, 'namespace' | 'dimensions'>,
  { functions, apis }: Pick<ServiceDefinition, 'functions' | 'apis'>,
): Resource | undefined => {
  const found = dimensions.find(({ name }) => KINDS.has(name));
  const kind = KINDS.get(found?.name ?? '');
  const keyOf = (name: string): string => functions.find((fn) => fn.name === name)?.key ?? name;
  if (namespace.startsWith(LOG_NAMESPACE)) {
    return { kind: 'function', name: keyOf(namespace.slice(LOG_NAMESPACE.length)) };
  }
  if (kind === undefined || found === undefined) return undefined;
  if (kind === 'function') return { kind, name: keyOf(found.value) };
  if (kind === 'api') return { kind, name: apis.find(({ id }) => id === found.value)?.name ?? found.value };
  return { kind, name: found.value };
};
