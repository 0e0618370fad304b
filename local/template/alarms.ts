import {
  COMPARISON_OPERATORS,
  STATIC_COMPARISON_OPERATORS,
  TREATMENTS_OF_MISSING_DATA,
} from '../cloudwatch/alarm-terms.ts';
import { ERROR_LINES_AGGREGATION, ERROR_LINES_QUERY, minutesOf } from '../cloudwatch/logs/error-lines.ts';
import type { ResolvedFields } from './fields.ts';
import type { ResolvedResource, ResolvedResources } from './resources.ts';
import { readOrWarn } from './resources.ts';
import type {
  AlarmActions,
  AlarmDefinition,
  CompositeAlarmDefinition,
  LogAlarmDefinition,
  MetricAlarmDefinition,
  MetricFilterDefinition,
  MetricQueryDefinition,
  MetricStatDefinition,
  WarmUp,
} from './service.ts';

/** The alarms of the template on metrics, on error lines, and the composite ones; what cannot be read or watched is left out with a warning. */
export function alarmsToRun(resources: ResolvedResources): AlarmDefinition[] {
  return [
    ...readOrWarn(resources, 'AWS::CloudWatch::Alarm', readMetricAlarm),
    ...readOrWarn(resources, LOG_ALARM, (resource) => readLogAlarm(resource)),
    ...readOrWarn(resources, 'AWS::CloudWatch::CompositeAlarm', (resource) => [readCompositeAlarm(resource)]),
  ];
}

function readMetricAlarm(resource: ResolvedResource): MetricAlarmDefinition[] {
  const { fields } = resource;
  const single = !fields.has('Metrics');
  const queries = single ? [readSingleMetric(fields)] : fields.each('Metrics').map(readQuery);
  const evaluationPeriods = countIn(fields, 'EvaluationPeriods');
  const threshold = fields.optionalNumber('Threshold');
  const thresholdMetricId = fields.optionalText('ThresholdMetricId');
  const datapointsToAlarm = fields.has('DatapointsToAlarm')
    ? countIn(fields, 'DatapointsToAlarm', evaluationPeriods)
    : undefined;
  checkQueries(fields, queries, { evaluationPeriods, thresholdMetricId });
  const warmUp = readWarmUp(fields.within('WarmUpConfiguration'));
  return [
    {
      ...actionsOf(resource),
      kind: 'metric',
      queries,
      single,
      ...(threshold !== undefined && { threshold }),
      ...(thresholdMetricId !== undefined && { thresholdMetricId }),
      comparisonOperator: oneOf(fields, 'ComparisonOperator', COMPARISON_OPERATORS),
      evaluationPeriods,
      ...(datapointsToAlarm !== undefined && { datapointsToAlarm }),
      treatMissingData: fields.has('TreatMissingData')
        ? oneOf(fields, 'TreatMissingData', TREATMENTS_OF_MISSING_DATA)
        : 'missing',
      ...(fields.within('EvaluationWindow').has('WallClockWindow') && { onTheClock: true }),
      ...(warmUp !== undefined && { warmUp }),
      ...(fields.has('EvaluateLowSampleCountPercentile') && {
        evaluateLowSampleCountPercentile: oneOf(fields, 'EvaluateLowSampleCountPercentile', [
          'evaluate',
          'ignore',
        ]),
      }),
    },
  ];
}

/** PutMetricAlarm: a whole number from 1 on. */
function countIn(fields: ResolvedFields, name: string, most = Number.POSITIVE_INFINITY): number {
  const count = fields.optionalNumber(name);
  if (count !== undefined && Number.isInteger(count) && count >= 1 && count <= most) return count;
  const range = Number.isFinite(most) ? `from 1 to EvaluationPeriods, which is ${most}` : 'from 1 on';
  throw new Error(`${fields.pathOf(name)}: expected a whole number ${range}, got ${count ?? 'nothing'}`);
}

/** PutMetricAlarm: seconds that an alarm may look back, and with periods below an hour. */
const MAX_RANGE = 7 * 86_400;
const MAX_RANGE_OF_SHORT_PERIODS = 86_400;

/** What CloudWatch would refuse to watch, though each query alone can be read. */
function checkQueries(
  fields: ResolvedFields,
  queries: readonly MetricQueryDefinition[],
  {
    evaluationPeriods,
    thresholdMetricId,
  }: { readonly evaluationPeriods: number; readonly thresholdMetricId: string | undefined },
): void {
  const path = fields.pathOf('Metrics');
  const ids = queries.map(({ id }) => id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) throw new Error(`${path}: expected ids that differ, got ${twice} twice`);
  const returned = queries.filter(({ id, returnData }) => returnData && id !== thresholdMetricId);
  if (returned.length !== 1) {
    const got = returned.length === 0 ? 'none' : returned.map(({ id }) => id).join(', ');
    throw new Error(
      `${path}: expected one query that the alarm compares, the only one whose ReturnData is not false, got ${got}`,
    );
  }
  const periods = new Set(queries.flatMap((query) => ('stat' in query ? [query.stat.period] : [])));
  if (periods.size > 1) {
    throw new Error(`${path}: expected metrics of one period, got ${[...periods].join(' s and ')} s`);
  }
  const [period = DEFAULT_PERIOD] = periods;
  const most = period < 3600 ? MAX_RANGE_OF_SHORT_PERIODS : MAX_RANGE;
  if (period * evaluationPeriods > most) {
    throw new Error(
      `${fields.pathOf('EvaluationPeriods')}: expected at most ${Math.floor(most / period)} periods of ${period} s, got ${evaluationPeriods}`,
    );
  }
}

function readWarmUp(fields: ResolvedFields): WarmUp | undefined {
  const minutes = fields.optionalNumber('WarmUpPeriodDurationInMinutes');
  if (minutes === undefined) return undefined;
  return { minutes, whole: fields.optionalBoolean('OnlyStartEvaluatingAfterWarmUpPeriodEnds') ?? false };
}

/** @throws Error for an alarm on something other than a metric. */
function readSingleMetric(fields: ResolvedFields): MetricQueryDefinition {
  const metricName = fields.optionalText('MetricName');
  if (metricName === undefined) throw new Error(ONLY_METRICS);
  const extended = fields.optionalText('ExtendedStatistic');
  if (extended !== undefined && fields.has('Statistic')) {
    throw new Error(`${fields.path}: expected Statistic or ExtendedStatistic, got both`);
  }
  const statistic = extended ?? fields.text('Statistic');
  return { id: 'm1', returnData: true, stat: readStat(fields, fields, metricName, statistic) };
}

const ONLY_METRICS = 'only metrics, their statistics and metric math are evaluated here';

/** @throws Error for a query of another kind, such as most of Metrics Insights. */
function readQuery(fields: ResolvedFields): MetricQueryDefinition {
  const label = fields.optionalText('Label');
  const common = {
    id: fields.text('Id'),
    returnData: fields.optionalBoolean('ReturnData') ?? true,
    ...(label !== undefined && { label }),
  };
  const expression = fields.optionalText('Expression');
  if (expression !== undefined) {
    const period = fields.optionalNumber('Period');
    if (!/^\s*SELECT\s/i.test(expression))
      return { ...common, expression, ...(period !== undefined && { period }) };
    const asked = readInsightsQuery(expression);
    if (asked === undefined) throw new Error(ONLY_METRICS);
    return {
      ...common,
      expression,
      matching: true,
      stat: { ...asked, period: period ?? DEFAULT_PERIOD },
    };
  }
  const stat = fields.within('MetricStat');
  const metric = stat.within('Metric');
  return { ...common, stat: readStat(stat, metric, metric.text('MetricName'), stat.text('Stat')) };
}

const INSIGHTS_STATISTICS: Readonly<Record<string, string>> = {
  AVG: 'Average',
  COUNT: 'SampleCount',
  MAX: 'Maximum',
  MIN: 'Minimum',
  SUM: 'Sum',
};

/**
 * `SELECT MAX(CPUUtilization) FROM "AWS/Lambda" WHERE CapacityProviderName = 'a'`: one value, without groups, order and schema; and of
 * something, as what stands in the rest of the account nobody knows here.
 */
const INSIGHTS_QUERY =
  /^\s*SELECT\s+(\w+)\s*\(\s*"?([^\s")]+)"?\s*\)\s+FROM\s+"([^"]+)"\s+WHERE\s+(.+?)\s*$/is;
const INSIGHTS_CONDITION = /^\s*"?([^\s"=]+)"?\s*=\s*'([^']*)'\s*$/;

/** Undefined for a query of another form, which only CloudWatch answers. */
function readInsightsQuery(query: string): Omit<MetricStatDefinition, 'period'> | undefined {
  const [, name = '', metricName = '', namespace = '', where = ''] = INSIGHTS_QUERY.exec(query) ?? [];
  const statistic = INSIGHTS_STATISTICS[name.toUpperCase()];
  const conditions = where.split(/\s+AND\s+/i).map((part) => INSIGHTS_CONDITION.exec(part));
  if (statistic === undefined || conditions.includes(null)) return undefined;
  const dimensions = conditions.map((found) => ({ name: found?.[1] ?? '', value: found?.[2] ?? '' }));
  return { namespace, metricName, dimensions, statistic };
}

function readStat(
  fields: ResolvedFields,
  metric: ResolvedFields,
  metricName: string,
  statistic: string,
): MetricStatDefinition {
  const unit = fields.optionalText('Unit');
  const period = fields.optionalNumber('Period') ?? DEFAULT_PERIOD;
  if (!isPeriod(period)) {
    throw new Error(`${fields.path}.Period: expected 10, 20, 30 or a multiple of 60, got ${period}`);
  }
  return {
    namespace: metric.text('Namespace'),
    metricName,
    dimensions: readDimensions(metric),
    statistic,
    period,
    ...(unit !== undefined && { unit }),
  };
}

/** Seconds. */
const DEFAULT_PERIOD = 60;

/** PutMetricAlarm, "Period". */
function isPeriod(period: number): boolean {
  return [10, 20, 30].includes(period) || (period > 0 && period % 60 === 0);
}

function readDimensions(fields: ResolvedFields): MetricStatDefinition['dimensions'] {
  return fields
    .each('Dimensions')
    .map((dimension) => ({ name: dimension.text('Name'), value: dimension.text('Value') }));
}

export const LOG_ALARM = 'AWS::CloudWatch::LogAlarm';

/** Whether a log alarm asks what can be answered here. */
export function isEvaluatedHere({ fields }: Pick<ResolvedResource, 'fields'>): boolean {
  const query = fields.within('ScheduledQueryConfiguration');
  return (
    query.optionalText('QueryString') === ERROR_LINES_QUERY &&
    query.optionalText('AggregationExpression') === ERROR_LINES_AGGREGATION
  );
}

/** None for one with another query: `warnAboutWhatIsNotRun` names it. */
function readLogAlarm(resource: ResolvedResource): LogAlarmDefinition[] {
  const { fields } = resource;
  if (!isEvaluatedHere(resource)) return [];
  const query = fields.within('ScheduledQueryConfiguration');
  const timing = query.within('ScheduleConfiguration');
  const schedule = timing.text('ScheduleExpression');
  const everyMinutes = minutesOf(schedule);
  if (everyMinutes === undefined) {
    const path = timing.pathOf('ScheduleExpression');
    throw new Error(`${path}: expected a rate, such as rate(5 minutes), got "${schedule}"`);
  }
  const endOffset = timing.optionalNumber('EndTimeOffset') ?? 0;
  const warmUp = readWarmUp(fields.within('WarmUpConfiguration'));
  return [
    {
      ...actionsOf(resource),
      kind: 'log',
      query: ERROR_LINES_QUERY,
      aggregation: ERROR_LINES_AGGREGATION,
      logGroups: query.list('LogGroupIdentifiers').map((group) => logGroupName(String(group))),
      schedule,
      everyMinutes,
      startOffset: timing.optionalNumber('StartTimeOffset') ?? endOffset + everyMinutes * 60,
      endOffset,
      threshold: fields.optionalNumber('Threshold') ?? 0,
      comparisonOperator: oneOf(fields, 'ComparisonOperator', STATIC_COMPARISON_OPERATORS),
      queryResultsToEvaluate: fields.optionalNumber('QueryResultsToEvaluate') ?? 1,
      queryResultsToAlarm: fields.optionalNumber('QueryResultsToAlarm') ?? 1,
      treatMissingData: fields.has('TreatMissingData')
        ? oneOf(fields, 'TreatMissingData', TREATMENTS_OF_MISSING_DATA)
        : 'missing',
      lines: fields.optionalNumber('ActionLogLineCount') ?? 0,
      ...(warmUp !== undefined && { warmUp }),
    },
  ];
}

/** A log group is named, or given by its ARN. */
function logGroupName(identifier: string): string {
  return /^arn:[^:]*:logs:[^:]*:[^:]*:log-group:([^:]+)/.exec(identifier)?.[1] ?? identifier;
}

function readCompositeAlarm(resource: ResolvedResource): CompositeAlarmDefinition {
  const { fields } = resource;
  const actionsSuppressor = fields.optionalText('ActionsSuppressor');
  return {
    ...actionsOf(resource),
    kind: 'composite',
    rule: fields.text('AlarmRule'),
    ...(actionsSuppressor !== undefined && { actionsSuppressor }),
    suppressorWaitPeriod: fields.optionalNumber('ActionsSuppressorWaitPeriod') ?? 0,
    suppressorExtensionPeriod: fields.optionalNumber('ActionsSuppressorExtensionPeriod') ?? 0,
  };
}

function actionsOf({ fields, ref, attribute }: ResolvedResource): AlarmActions {
  const description = fields.optionalText('AlarmDescription');
  const actions = (name: string): string[] => fields.list(name).map(String);
  return {
    name: ref(),
    arn: attribute('Arn'),
    ...(description !== undefined && { description }),
    actionsEnabled: fields.optionalBoolean('ActionsEnabled') ?? true,
    alarmActions: actions('AlarmActions'),
    okActions: actions('OKActions'),
    insufficientDataActions: actions('InsufficientDataActions'),
  };
}

function oneOf<Choice extends string>(
  fields: ResolvedFields,
  name: string,
  choices: readonly Choice[],
): Choice {
  const text = fields.text(name);
  const choice = choices.find((candidate) => candidate === text);
  if (choice !== undefined) return choice;
  throw new Error(`${fields.pathOf(name)}: expected one of ${choices.join(', ')}, got "${text}"`);
}

/** The metrics that CloudWatch Logs makes of log lines. */
export function metricFiltersToRun(resources: ResolvedResources): MetricFilterDefinition[] {
  return readOrWarn(resources, 'AWS::Logs::MetricFilter', (resource) => [readMetricFilter(resource)]);
}

function readMetricFilter({ fields, ref }: ResolvedResource): MetricFilterDefinition {
  return {
    name: ref(),
    logGroup: fields.text('LogGroupName'),
    pattern: fields.optionalText('FilterPattern') ?? '',
    transformations: fields.each('MetricTransformations').map((transformation) => {
      const defaultValue = transformation.optionalNumber('DefaultValue');
      const unit = transformation.optionalText('Unit');
      return {
        namespace: transformation.text('MetricNamespace'),
        metricName: transformation.text('MetricName'),
        value: transformation.text('MetricValue'),
        ...(defaultValue !== undefined && { defaultValue }),
        ...(unit !== undefined && { unit }),
        dimensions: transformation
          .each('Dimensions')
          .map((dimension) => ({ name: dimension.text('Key'), value: dimension.text('Value') })),
      };
    }),
  };
}
