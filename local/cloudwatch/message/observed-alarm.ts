/**
 * An alarm as CloudWatch speaks of it, in whatever form: what a topic is told, the event of EventBridge, the event of a Lambda action,
 * and the answer of "DescribeAlarms". Pure.
 *
 * CloudWatch's reason is never quoted: whoever sets a state by hand writes it, and an alarm on log lines puts those into it. Numbers and
 * times are read from it. Nor are the values of dimensions, but for the names of functions.
 */
import type { JsonObject } from '../../json.ts';
import { asNumber, asObject, asText, isObject, objectsIn, parseObject } from '../../json.ts';
import type { AlarmState, ComparisonOperator } from '../alarm-terms.ts';
import { ERROR_LINES_QUERY } from '../logs/error-lines.ts';
import { ALARM_STATES, COMPARISON_OPERATORS, isBreaching, isStaticComparison } from '../alarm-terms.ts';

export interface ObservedAlarm {
  readonly name: string;
  readonly arn?: string;
  readonly state: AlarmState;
  /** When the state changed, epoch milliseconds. */
  readonly at: number;
  readonly description?: string;
  /** Of a composite alarm. */
  readonly rule?: string;
  /** What is compared, for people: `p99 of Duration`, or the label of an expression. */
  readonly what?: string;
  /** CloudWatch's unit of one metric. */
  readonly unit?: string;
  readonly operator?: ComparisonOperator;
  /** The threshold, or the bound of an anomaly band that was crossed. */
  readonly limit?: number;
  /** Seconds. */
  readonly period?: number;
  /** What was judged, oldest first; only periods that have a value. */
  readonly datapoints: readonly Datapoint[];
  /** Deployed names of the functions whose metrics or logs it looks at. */
  readonly functions: readonly string[];
  /** Of an alarm on log lines. */
  readonly query?: LogQuery;
}

/** What an alarm on log lines asks of CloudWatch Logs. */
export interface LogQuery {
  /** In the query language of Logs Insights. */
  readonly text: string;
  /** Names. */
  readonly logGroups: readonly string[];
  /** How far back it looks from the moment at which it runs: seconds. */
  readonly seconds: number;
}

export interface Datapoint {
  /** Begin of its period, epoch milliseconds. */
  readonly at: number;
  readonly value: number;
}

/** A change of an alarm's state. */
export interface AlarmChange {
  readonly alarm: ObservedAlarm;
  readonly previousState?: AlarmState;
}

/**
 * Reads what a topic is told of an alarm (the JSON of its message), the EventBridge event "CloudWatch Alarm State Change", or the
 * event of an alarm's Lambda action. Undefined when it is none of them.
 */
export function readAlarmChange(message: unknown): AlarmChange | undefined {
  if (!isObject(message)) return undefined;
  const detail = isObject(message.detail) ? message.detail : message.alarmData;
  const alarm = readAlarm(
    isObject(detail)
      ? fromEvent(detail, message)
      : {
          ...asObject(message.Trigger),
          ...message,
          StateValue: message.NewStateValue,
          StateReason: message.NewStateReason,
          StateTransitionedTimestamp: message.StateChangeTime,
        },
  );
  if (alarm === undefined) return undefined;
  const previous = isObject(detail) ? asObject(detail.previousState).value : message.OldStateValue;
  const previousState = ALARM_STATES.find((state) => state === previous);
  return { alarm, ...(previousState !== undefined && { previousState }) };
}

/** Reads an alarm of "DescribeAlarms". Undefined when it has no name or no state. */
export function readAlarm(alarm: JsonObject): ObservedAlarm | undefined {
  const name = asText(alarm.AlarmName);
  const state = ALARM_STATES.find((known) => known === alarm.StateValue);
  const at = timeOf(alarm.StateTransitionedTimestamp) ?? timeOf(alarm.StateUpdatedTimestamp);
  if (name === undefined || state === undefined || at === undefined) return undefined;
  const data = parseObject(asText(alarm.StateReasonData) ?? '') ?? {};
  const reason = asText(alarm.StateReason) ?? '';
  const metrics = objectsIn(alarm.Metrics);
  const operator =
    COMPARISON_OPERATORS.find((known) => known === alarm.ComparisonOperator) ?? operatorIn(reason);
  const evaluated = datapointsOf(data);
  const found = {
    arn: asText(alarm.AlarmArn),
    description: asText(alarm.AlarmDescription),
    rule: asText(alarm.AlarmRule),
    what: whatOf(alarm, metrics),
    unit: asText(alarm.Unit) ?? asText(data.unit),
    operator,
    limit: numberOf(alarm.Threshold) ?? numberOf(data.threshold) ?? boundIn(reason),
    period: numberOf(alarm.Period) ?? numberOf(data.period) ?? periodOf(metrics),
    query: queryOf(alarm),
  };
  return {
    name,
    state,
    at,
    ...Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined)),
    datapoints: evaluated.length > 0 ? evaluated : datapointsIn(reason),
    functions: functionsOf(alarm, metrics),
  };
}

/** The datapoints beyond the limit. What a reason lists of an anomaly band is, as the band itself is not known. */
export function breachesOf({ datapoints, operator, limit }: ObservedAlarm): readonly Datapoint[] {
  if (operator === undefined || limit === undefined) return datapoints;
  if (isStaticComparison(operator))
    return datapoints.filter(({ value }) => isBreaching(value, operator, limit));
  const isBelow = operator === 'LessThanLowerThreshold' || datapoints.every(({ value }) => value < limit);
  return datapoints.filter(({ value }) => (isBelow ? value < limit : value > limit));
}

/** An event of EventBridge or of a Lambda action, with the names of "DescribeAlarms". */
function fromEvent(detail: JsonObject, event: JsonObject): JsonObject {
  const { value, reason, reasonData, timestamp } = asObject(detail.state);
  const { description, alarmRule, metrics } = asObject(detail.configuration);
  const [resource] = Array.isArray(event.resources) ? (event.resources as unknown[]) : [];
  return {
    AlarmName: detail.alarmName,
    AlarmArn: event.alarmArn ?? resource,
    AlarmDescription: description,
    AlarmRule: alarmRule,
    StateValue: value,
    StateReason: reason,
    StateReasonData: reasonData,
    StateTransitionedTimestamp: timestamp,
    Metrics: objectsIn(metrics).map(({ id, label, expression, returnData, metricStat }) => {
      const { metric, period, stat } = asObject(metricStat);
      const { namespace, name, dimensions } = asObject(metric);
      return {
        Id: id,
        Label: label,
        Expression: expression,
        ReturnData: returnData,
        ...(isObject(metricStat) && {
          MetricStat: {
            Metric: {
              Namespace: namespace,
              MetricName: name,
              Dimensions: Object.entries(asObject(dimensions)).map(([Name, Value]) => ({ Name, Value })),
            },
            Period: period,
            Stat: stat,
          },
        }),
      };
    }),
  };
}

function whatOf(alarm: JsonObject, metrics: readonly JsonObject[]): string | undefined {
  const single = asText(alarm.MetricName);
  if (single !== undefined)
    return statisticOf(single, asText(alarm.ExtendedStatistic) ?? asText(alarm.Statistic));
  const query = queryOf(alarm);
  if (query !== undefined) return query.text === ERROR_LINES_QUERY ? 'Error lines' : 'What its query finds';
  const watched = metrics.find(
    ({ Id, ReturnData }) => ReturnData !== false && Id !== alarm.ThresholdMetricId,
  );
  if (watched === undefined) return undefined;
  const { Metric, Stat } = asObject(watched.MetricStat);
  const name = asText(asObject(Metric).MetricName);
  return (
    asText(watched.Label) ??
    (name === undefined ? 'What its expression computes' : statisticOf(name, asText(Stat)))
  );
}

/** Seconds, where the schedule of a query does not say how far it looks back. */
const DEFAULT_LOOK_BACK = 3600;

function queryOf(alarm: JsonObject): LogQuery | undefined {
  const asked = asObject(alarm.ScheduledQueryConfiguration);
  const text = asText(asked.QueryString);
  if (text === undefined) return undefined;
  const groups = Array.isArray(asked.LogGroupIdentifiers) ? (asked.LogGroupIdentifiers as unknown[]) : [];
  return {
    text,
    // A log group is named, or given by its ARN.
    logGroups: groups.map((group) => /:log-group:([^:]+)/.exec(String(group))?.[1] ?? String(group)),
    seconds: numberOf(asObject(asked.ScheduleConfiguration).StartTimeOffset) ?? DEFAULT_LOOK_BACK,
  };
}

/** A topic is told of statistics in capital letters. A sum is just so many of what the metric counts. */
function statisticOf(name: string, statistic: string | undefined): string {
  if (statistic === undefined || /^(sum|sample_?count)$/i.test(statistic)) return name;
  const word = /^[A-Z_]+$/.test(statistic)
    ? statistic.charAt(0) + statistic.slice(1).toLowerCase()
    : statistic;
  return `${word} of ${name}`;
}

function periodOf(metrics: readonly JsonObject[]): number | undefined {
  const periods = metrics.flatMap(
    ({ MetricStat, Period }) => numberOf(asObject(MetricStat).Period) ?? numberOf(Period) ?? [],
  );
  return periods.length === 0 ? undefined : Math.max(...periods);
}

/** Lambda's own dimension, and the one of Lambda Insights and of Powertools Metrics; what is made of log lines has neither. */
const FUNCTION_DIMENSIONS = ['FunctionName', 'function_name'];
const LOG_NAMESPACE = /^LambdaLantern\/([\w-]+)$/;

function functionsOf(alarm: JsonObject, metrics: readonly JsonObject[]): readonly string[] {
  const names = [alarm, ...metrics.map(({ MetricStat }) => asObject(asObject(MetricStat).Metric))].flatMap(
    ({ Namespace, Dimensions }) => {
      const dimension = objectsIn(Dimensions).find((each) =>
        FUNCTION_DIMENSIONS.includes(asText(each.Name ?? each.name) ?? ''),
      );
      return (
        asText(dimension?.Value ?? dimension?.value) ?? LOG_NAMESPACE.exec(asText(Namespace) ?? '')?.[1] ?? []
      );
    },
  );
  const logging = (queryOf(alarm)?.logGroups ?? []).flatMap(
    (group) => /^\/aws\/lambda\/([\w-]+)$/.exec(group)?.[1] ?? [],
  );
  return [...new Set([...names, ...logging])];
}

function datapointsOf(reasonData: JsonObject): readonly Datapoint[] {
  return objectsIn(reasonData.evaluatedDatapoints)
    .flatMap(({ timestamp, value }) => {
      const at = timeOf(timestamp);
      return at === undefined || typeof value !== 'number' ? [] : [{ at, value }];
    })
    .sort((a, b) => a.at - b.at);
}

/** `7.2 (30/11/26 11:38:00)`, as a reason lists values and when their periods began, in UTC. */
const LISTED = /(-?[\d.]+(?:E-?\d+)?) \((\d\d)\/(\d\d)\/(\d\d) (\d\d:\d\d:\d\d)\)/g;

function datapointsIn(reason: string): readonly Datapoint[] {
  return [...reason.matchAll(LISTED)]
    .flatMap(([, value, day, month, year, time]) => {
      const at = Date.parse(`20${year ?? ''}-${month ?? ''}-${day ?? ''}T${time ?? ''}Z`);
      return Number.isNaN(at) ? [] : [{ at, value: Number(value) }];
    })
    .sort((a, b) => a.at - b.at);
}

/** CloudWatch's words for its operators; the event of EventBridge does not name the operator otherwise. */
const WORDS: ReadonlyArray<readonly [RegExp, ComparisonOperator]> = [
  [/greater than the upper threshold/, 'GreaterThanUpperThreshold'],
  [/less than the lower threshold/, 'LessThanLowerThreshold'],
  [/greater than or equal to the threshold/, 'GreaterThanOrEqualToThreshold'],
  [/less than or equal to the threshold/, 'LessThanOrEqualToThreshold'],
  [/greater than the threshold/, 'GreaterThanThreshold'],
  [/less than the threshold/, 'LessThanThreshold'],
];

function operatorIn(reason: string): ComparisonOperator | undefined {
  return WORDS.find(([words]) => words.test(reason))?.[1];
}

/** The newest bound of an anomaly band that was crossed. */
function boundIn(reason: string): number | undefined {
  const [, first] = /(?:upper|lower) thresholds? \[(-?[\d.]+(?:E-?\d+)?)/.exec(reason) ?? [];
  return first === undefined ? undefined : Number(first);
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? asNumber(value) : undefined;
}

/** CloudWatch writes +0000, which is not ISO 8601; clients of AWS give a Date. */
function timeOf(value: unknown): number | undefined {
  if (value instanceof Date) return value.getTime();
  const at = Date.parse(String(value).replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
  return Number.isNaN(at) ? undefined : at;
}
