import {
  given,
  invalidRequest,
  optionalChoice,
  optionalNumber,
  optionalText,
  optionalTexts,
  requiredText,
  requiredTime,
} from '../../http/api-input.ts';
import { AwsApiError } from '../../http/aws-error.ts';
import type { JsonObject } from '../../json.ts';
import type {
  AlarmDefinition,
  CompositeAlarmDefinition,
  LogAlarmDefinition,
  MetricAlarmDefinition,
  MetricQueryDefinition,
  MetricStatDefinition,
} from '../../template/service.ts';
import { ALARM_STATES, PLAIN_STATISTICS } from '../alarm-terms.ts';
import type { AlarmRecord } from '../alarms/alarm-record.ts';
import type { AlarmService } from '../alarms/alarm-service.ts';
import { parseAlarmRule } from '../composite/alarm-rule.ts';
import { metricOutput } from './metrics-api.ts';
import { page } from './paging.ts';

/** "DescribeAlarms" and "DescribeAlarmHistory" give so many at once, at most. */
const MAX_RECORDS = 100;
const DEFAULT_RECORDS = 50;

const ALARM_TYPES = ['MetricAlarm', 'CompositeAlarm', 'LogAlarm'] as const;
type AlarmType = (typeof ALARM_TYPES)[number];

/** The operations on alarms. Alarms are those of the template: they are looked at and set, not made. */
export class AlarmsApi {
  readonly #alarms: AlarmService;

  constructor(alarms: AlarmService) {
    this.#alarms = alarms;
  }

  describeAlarms(input: JsonObject): object {
    const types = typesIn(input);
    const names = optionalTexts(input, 'AlarmNames');
    const prefix = optionalText(input, 'AlarmNamePrefix');
    const state = optionalChoice(input, 'StateValue', ALARM_STATES);
    const actionPrefix = optionalText(input, 'ActionPrefix');
    const family = this.#family(input);
    const records = this.#alarms.records().filter(({ definition, state: { value } }) => {
      const { name, alarmActions, okActions, insufficientDataActions } = definition;
      const actions = [...alarmActions, ...okActions, ...insufficientDataActions];
      return (
        types.includes(typeOf(definition)) &&
        (names === undefined || names.includes(name)) &&
        (prefix === undefined || name.startsWith(prefix)) &&
        (state === undefined || state === value) &&
        (actionPrefix === undefined || actions.some((action) => action.startsWith(actionPrefix))) &&
        (family === undefined || family.has(name))
      );
    });
    const { items, ...next } = page(input, records.sort(byName), recordsIn(input));
    return {
      MetricAlarms: items.filter(({ definition }) => definition.kind === 'metric').map(describedAlarm),
      CompositeAlarms: items.filter(({ definition }) => definition.kind === 'composite').map(describedAlarm),
      LogAlarms: items.filter(({ definition }) => definition.kind === 'log').map(describedAlarm),
      ...next,
    };
  }

  describeAlarmHistory(input: JsonObject): object {
    const name = optionalText(input, 'AlarmName');
    const types = typesIn(input, ALARM_TYPES);
    const kind = optionalText(input, 'HistoryItemType');
    const [from, to] = ['StartDate', 'EndDate'].map((date) =>
      given(input, date) === undefined ? undefined : requiredTime(input, date) * 1000,
    );
    const order = optionalChoice(input, 'ScanBy', ['TimestampDescending', 'TimestampAscending']);
    const entries = this.#alarms
      .records()
      .filter(
        ({ definition }) =>
          types.includes(typeOf(definition)) && (name ?? definition.name) === definition.name,
      )
      .flatMap(({ definition, history }) => history.map((entry) => ({ definition, entry })))
      .filter(({ entry: { at } }) => at >= (from ?? -Infinity) && at <= (to ?? Infinity))
      .sort((a, b) => (order === 'TimestampAscending' ? a.entry.at - b.entry.at : b.entry.at - a.entry.at));
    const items = entries.flatMap(({ definition, entry }) => {
      const item = {
        AlarmName: definition.name,
        AlarmType: typeOf(definition),
        Timestamp: new Date(entry.at),
      };
      return [
        {
          ...item,
          HistoryItemType: 'StateUpdate',
          HistorySummary: `Alarm updated from ${entry.from} to ${entry.to}`,
          HistoryData: JSON.stringify({
            version: '1.0',
            oldState: { stateValue: entry.from },
            newState: { stateValue: entry.to, stateReason: entry.reason },
          }),
        },
        ...entry.actions.map((action) => ({
          ...item,
          HistoryItemType: 'Action',
          HistorySummary: action,
          HistoryData: JSON.stringify({ version: '1.0', outcome: action }),
        })),
      ];
    });
    const asked = items.filter(({ HistoryItemType }) => kind === undefined || kind === HistoryItemType);
    const { items: AlarmHistoryItems, ...next } = page(input, asked, recordsIn(input));
    return { AlarmHistoryItems, ...next };
  }

  /** The state lasts until the next evaluation; its actions are taken, as in CloudWatch. */
  setAlarmState(input: JsonObject): object {
    const name = requiredText(input, 'AlarmName', 255);
    const state = optionalChoice(input, 'StateValue', ALARM_STATES);
    if (state === undefined)
      throw invalidRequest(`StateValue is one of ${ALARM_STATES.join(', ')}, and required.`);
    const reason = requiredText(input, 'StateReason', 1023);
    const reasonData = optionalText(input, 'StateReasonData', 4000);
    const evaluation = { state, reason, ...(reasonData !== undefined && { reasonData }) };
    if (!this.#alarms.set(name, evaluation, Date.now())) {
      throw new AwsApiError(404, 'ResourceNotFound', `There is no alarm ${name}.`);
    }
    return {};
  }

  /** The names of the alarms that one alarm is made of, or of those that are made of it. */
  #family(input: JsonObject): ReadonlySet<string> | undefined {
    const parent = optionalText(input, 'ChildrenOfAlarmName');
    const child = optionalText(input, 'ParentsOfAlarmName');
    if (parent === undefined && child === undefined) return undefined;
    if (parent !== undefined && child !== undefined) {
      throw invalidRequest('ChildrenOfAlarmName and ParentsOfAlarmName exclude each other.');
    }
    if (parent !== undefined) return new Set(childrenOf(this.#alarms.find(parent)?.definition));
    const all = this.#alarms.records().map(({ definition }) => definition);
    const parents = all.filter((each) => childrenOf(each).includes(child ?? ''));
    return new Set(parents.map(({ name }) => name));
  }
}

function childrenOf(alarm: AlarmDefinition | undefined): readonly string[] {
  if (alarm?.kind !== 'composite') return [];
  try {
    return parseAlarmRule(alarm.rule).alarms;
  } catch {
    // A rule that cannot be read is said in the reason of its alarm.
    return [];
  }
}

const TYPES: Readonly<Record<AlarmDefinition['kind'], AlarmType>> = {
  metric: 'MetricAlarm',
  composite: 'CompositeAlarm',
  log: 'LogAlarm',
};

function typeOf({ kind }: AlarmDefinition): AlarmType {
  return TYPES[kind];
}

/** Without types, only metric alarms are meant ("DescribeAlarms"). */
function typesIn(input: JsonObject, otherwise: readonly AlarmType[] = ['MetricAlarm']): readonly AlarmType[] {
  const types = optionalTexts(input, 'AlarmTypes') ?? otherwise;
  const known = ALARM_TYPES.filter((type) => types.includes(type));
  if (known.length === new Set(types).size && known.length > 0) return known;
  throw invalidRequest(`AlarmTypes are of ${ALARM_TYPES.join(', ')}; got ${JSON.stringify(types)}.`);
}

function recordsIn(input: JsonObject): number {
  return optionalNumber(input, 'MaxRecords', { from: 1, to: MAX_RECORDS, whole: true }) ?? DEFAULT_RECORDS;
}

function byName({ definition: a }: AlarmRecord, { definition: b }: AlarmRecord): number {
  return a.name < b.name ? -1 : 1;
}

type Moments = Omit<AlarmRecord, 'definition'>;

function everyAlarm(alarm: AlarmDefinition, { state, createdAt }: Moments): object {
  return {
    AlarmName: alarm.name,
    AlarmArn: alarm.arn,
    AlarmDescription: alarm.description,
    AlarmConfigurationUpdatedTimestamp: new Date(createdAt),
    ActionsEnabled: alarm.actionsEnabled,
    OKActions: alarm.okActions,
    AlarmActions: alarm.alarmActions,
    InsufficientDataActions: alarm.insufficientDataActions,
    StateValue: state.value,
    StateReason: state.reason,
    StateReasonData: state.reasonData,
    StateUpdatedTimestamp: new Date(state.at),
    StateTransitionedTimestamp: new Date(state.at),
  };
}

/** An alarm as "DescribeAlarms" has it. */
export function describedAlarm({ definition, ...record }: AlarmRecord): JsonObject {
  switch (definition.kind) {
    case 'metric':
      return metricAlarm(definition, record);
    case 'log':
      return logAlarm(definition, record);
    case 'composite':
      return compositeAlarm(definition, record);
  }
}

function metricAlarm(alarm: MetricAlarmDefinition, record: Moments): JsonObject {
  const [query] = alarm.queries;
  const stat = alarm.single && query !== undefined && 'stat' in query ? query.stat : undefined;
  return {
    ...everyAlarm(alarm, record),
    ...(stat === undefined ? { Metrics: alarm.queries.map(queryOutput) } : singleMetric(stat)),
    EvaluationPeriods: alarm.evaluationPeriods,
    DatapointsToAlarm: alarm.datapointsToAlarm,
    Threshold: alarm.threshold,
    ThresholdMetricId: alarm.thresholdMetricId,
    ComparisonOperator: alarm.comparisonOperator,
    TreatMissingData: alarm.treatMissingData,
    EvaluateLowSampleCountPercentile: alarm.evaluateLowSampleCountPercentile,
  };
}

function singleMetric(stat: MetricStatDefinition): object {
  const { namespace, metricName: name, dimensions, statistic } = stat;
  const isPlain = PLAIN_STATISTICS.some((plain) => plain === statistic);
  return {
    ...metricOutput({ namespace, name, dimensions }),
    ...(isPlain ? { Statistic: statistic } : { ExtendedStatistic: statistic }),
    Period: stat.period,
    Unit: stat.unit,
  };
}

function queryOutput(query: MetricQueryDefinition): object {
  const common = { Id: query.id, Label: query.label, ReturnData: query.returnData };
  if (!('stat' in query)) return { ...common, Expression: query.expression, Period: query.period };
  const { namespace, metricName: name, dimensions, statistic, period, unit } = query.stat;
  return {
    ...common,
    MetricStat: {
      Metric: metricOutput({ namespace, name, dimensions }),
      Period: period,
      Stat: statistic,
      Unit: unit,
    },
  };
}

function logAlarm(alarm: LogAlarmDefinition, record: Moments): JsonObject {
  return {
    ...everyAlarm(alarm, record),
    ScheduledQueryConfiguration: {
      QueryString: alarm.query,
      AggregationExpression: alarm.aggregation,
      LogGroupIdentifiers: alarm.logGroups,
      ScheduleConfiguration: {
        ScheduleExpression: alarm.schedule,
        StartTimeOffset: alarm.startOffset,
        EndTimeOffset: alarm.endOffset,
      },
    },
    QueryResultsToEvaluate: alarm.queryResultsToEvaluate,
    QueryResultsToAlarm: alarm.queryResultsToAlarm,
    Threshold: alarm.threshold,
    ComparisonOperator: alarm.comparisonOperator,
    TreatMissingData: alarm.treatMissingData,
    ActionLogLineCount: alarm.lines,
  };
}

function compositeAlarm(alarm: CompositeAlarmDefinition, record: Moments): JsonObject {
  return {
    ...everyAlarm(alarm, record),
    AlarmRule: alarm.rule,
    ...(alarm.actionsSuppressor !== undefined && {
      ActionsSuppressor: alarm.actionsSuppressor,
      ActionsSuppressorWaitPeriod: alarm.suppressorWaitPeriod,
      ActionsSuppressorExtensionPeriod: alarm.suppressorExtensionPeriod,
    }),
  };
}
