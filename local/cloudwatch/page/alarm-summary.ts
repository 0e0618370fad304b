import type {
  AlarmDefinition,
  CompositeAlarmDefinition,
  MetricAlarmDefinition,
  ServiceDefinition,
  MetricStatDefinition,
} from '../../template/service.ts';
import type { AlarmRecord } from '../alarms/alarm-record.ts';
import { alarmPeriod, watchedQuery } from '../alarms/read-datapoints.ts';
import type { AlarmState } from '../alarm-terms.ts';
import { comparisonSign } from '../alarm-terms.ts';
import type { AlarmSummary } from '../view.ts';

export function alarmSummary(
  { definition, state }: AlarmRecord,
  service: Pick<ServiceDefinition, 'functions' | 'apis'>,
): AlarmSummary {
  const resource = definition.kind === 'metric' ? resourceOf(definition, service) : undefined;
  return {
    name: definition.name,
    kind: definition.kind,
    ...(definition.description !== undefined && { description: definition.description }),
    state: state.value,
    reason: state.reason,
    since: state.at,
    condition: conditionOf(definition),
    ...(resource !== undefined && { resource }),
    actionsEnabled: definition.actionsEnabled,
  };
}

const ORDER: readonly AlarmState[] = ['ALARM', 'INSUFFICIENT_DATA', 'OK'];

/** ALARM first, then INSUFFICIENT_DATA, then OK; by name within. */
export function byUrgency(a: AlarmSummary, b: AlarmSummary): number {
  return ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || a.name.localeCompare(b.name, 'en');
}

/** `Duration p99`, or the label of an expression. */
export function watchedName(alarm: MetricAlarmDefinition): string {
  const query = watchedQuery(alarm);
  if ('stat' in query) return query.label ?? `${query.stat.metricName} ${query.stat.statistic}`;
  return query.label ?? query.expression;
}

export function settingsOf({ definition, forgotten }: AlarmRecord): { name: string; value: string }[] {
  const actions = (name: string, arns: readonly string[]) => arns.map((arn) => ({ name, value: arn }));
  return [
    ...ownSettings(definition),
    ...actions('on ALARM', definition.alarmActions),
    ...actions('on OK', definition.okActions),
    ...actions('on INSUFFICIENT_DATA', definition.insufficientDataActions),
    ...(forgotten === 0 ? [] : [{ name: 'older transitions, no longer kept', value: String(forgotten) }]),
  ];
}

function conditionOf(alarm: AlarmDefinition): string {
  if (alarm.kind === 'composite') return alarm.rule;
  if (alarm.kind === 'log') {
    const { comparisonOperator, threshold, queryResultsToAlarm, queryResultsToEvaluate, everyMinutes } =
      alarm;
    const results = `${queryResultsToAlarm} of ${queryResultsToEvaluate} periods of ${shortTime(everyMinutes * 60)}`;
    return `error lines ${comparisonSign(comparisonOperator)} ${threshold} for ${results}`;
  }
  const { comparisonOperator, threshold, thresholdMetricId, evaluationPeriods, datapointsToAlarm } = alarm;
  const limit = threshold ?? `of ${thresholdMetricId ?? ''}`;
  const periods = `${datapointsToAlarm ?? evaluationPeriods} of ${evaluationPeriods} periods of ${shortTime(alarmPeriod(alarm))}`;
  return `${watchedName(alarm)} ${comparisonSign(comparisonOperator)} ${limit} for ${periods}`;
}

/** `60 s`, `5 min`, `24 h`. */
function shortTime(seconds: number): string {
  if (seconds % 3600 === 0) return `${seconds / 3600} h`;
  return seconds > 60 && seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}

function ownSettings(alarm: AlarmDefinition): { name: string; value: string }[] {
  switch (alarm.kind) {
    case 'metric':
      return metricSettings(alarm);
    case 'log':
      return [
        ...alarm.logGroups.map((logGroup) => ({ name: 'log group', value: logGroup })),
        { name: 'query', value: alarm.query },
        { name: 'lines that it tells', value: String(alarm.lines) },
        { name: 'treats missing data as', value: alarm.treatMissingData },
      ];
    case 'composite':
      return compositeSettings(alarm);
  }
}

function metricSettings(alarm: MetricAlarmDefinition): { name: string; value: string }[] {
  return [
    ...alarm.queries.map((query) => ({
      name: alarm.single ? 'metric' : query.id,
      value: 'stat' in query ? metricText(query.stat) : query.expression,
    })),
    { name: 'treats missing data as', value: alarm.treatMissingData },
    ...(alarm.evaluateLowSampleCountPercentile === undefined
      ? []
      : [{ name: 'percentiles of few samples', value: alarm.evaluateLowSampleCountPercentile }]),
  ];
}

function compositeSettings(alarm: CompositeAlarmDefinition): { name: string; value: string }[] {
  return alarm.actionsSuppressor === undefined
    ? []
    : [
        { name: 'actions are held back by', value: alarm.actionsSuppressor },
        { name: 'waits for it', value: `${alarm.suppressorWaitPeriod} s` },
        { name: 'holds back after it', value: `${alarm.suppressorExtensionPeriod} s` },
      ];
}

function metricText({ namespace, metricName, dimensions, statistic, period }: MetricStat): string {
  const of = dimensions.map(({ name, value }) => `${name} ${value}`).join(', ');
  return `${statistic} of ${namespace} ${metricName}${of === '' ? '' : ` (${of})`} over ${period} s`;
}

type MetricStat = Extract<MetricAlarmDefinition['queries'][number], { stat: unknown }>['stat'];

function resourceOf(
  alarm: MetricAlarmDefinition,
  service: Pick<ServiceDefinition, 'functions' | 'apis'>,
): AlarmSummary['resource'] {
  for (const query of alarm.queries) {
    const resource = 'stat' in query ? watchedResource(query.stat, service) : undefined;
    if (resource !== undefined) return resource;
  }
  return undefined;
}

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
function watchedResource(
  { namespace, dimensions }: Pick<MetricStatDefinition, 'namespace' | 'dimensions'>,
  { functions, apis }: Pick<ServiceDefinition, 'functions' | 'apis'>,
): Resource | undefined {
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
}
