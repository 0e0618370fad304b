/**
 * What CloudWatch publishes to a topic, in the form that was recorded from AWS ("Acting on alarm changes", user guide).
 * Pure.
 */
import type {
  MetricAlarmDefinition,
  MetricQueryDefinition,
  MetricStatDefinition,
} from '../../template/service.ts';
import { alarmPeriod } from '../alarms/read-datapoints.ts';
import { timestamp } from '../alarms/timestamps.ts';
import type { Account, Transition } from './transition.ts';

/** Characters of a subject (Publish, "Subject"). */
const MAX_SUBJECT = 100;

/** `ALARM: "name" in EU (Ireland)`; a long name is cut. */
export function snsSubject({ alarm, state }: Transition, { region }: Account): string {
  const [before, after] = [`${state.value}: "`, `" in ${regionName(region)}`];
  const room = MAX_SUBJECT - before.length - after.length;
  const name = alarm.name.length <= room ? alarm.name : `${alarm.name.slice(0, room - 3)}...`;
  return `${before}${name}${after}`;
}

/** JSON. */
export function snsMessage(transition: Transition, { region, accountId }: Account): string {
  const { alarm, state, previous, createdAt } = transition;
  const common = {
    AlarmName: alarm.name,
    AlarmDescription: alarm.description ?? null,
    AWSAccountId: accountId,
    AlarmConfigurationUpdatedTimestamp: timestamp(createdAt),
    NewStateValue: state.value,
    NewStateReason: state.reason,
    StateChangeTime: timestamp(state.at),
    Region: regionName(region),
    AlarmArn: alarm.arn,
    OldStateValue: previous.value,
    OKActions: alarm.okActions,
    AlarmActions: alarm.alarmActions,
    InsufficientDataActions: alarm.insufficientDataActions,
  };
  switch (alarm.kind) {
    case 'metric':
      return JSON.stringify({ ...common, Trigger: triggerOf(alarm) });
    case 'log':
      // Nobody has published a recorded one: what it has in common with the others, and the lines in its reason.
      return JSON.stringify(common);
    case 'composite':
      return JSON.stringify({
        ...common,
        AlarmRule: alarm.rule,
        TriggeringChildren: triggeringChildren(transition),
      });
  }
}

function triggerOf(alarm: MetricAlarmDefinition): object {
  const { queries, datapointsToAlarm, threshold, thresholdMetricId } = alarm;
  const evaluation = {
    Period: alarmPeriod(alarm),
    EvaluationPeriods: alarm.evaluationPeriods,
    ...(datapointsToAlarm !== undefined && { DatapointsToAlarm: datapointsToAlarm }),
    ComparisonOperator: alarm.comparisonOperator,
    ...(threshold !== undefined && { Threshold: threshold }),
    ...(thresholdMetricId !== undefined && { ThresholdMetricId: thresholdMetricId }),
    TreatMissingData: alarm.treatMissingData,
    EvaluateLowSampleCountPercentile: alarm.evaluateLowSampleCountPercentile ?? '',
  };
  const [first] = queries;
  if (!alarm.single || first === undefined || !('stat' in first))
    return { ...evaluation, Metrics: queries.map(metricOf) };
  const { stat } = first;
  return { MetricName: stat.metricName, Namespace: stat.namespace, ...statisticOf(stat), ...evaluation };
}

function statisticOf({ statistic, unit, dimensions }: MetricStatDefinition): object {
  return {
    ...(SIMPLE_STATISTICS.includes(statistic)
      ? { StatisticType: 'Statistic', Statistic: UPPER_CASE[statistic] ?? statistic.toUpperCase() }
      : { StatisticType: 'ExtendedStatistic', ExtendedStatistic: statistic }),
    Unit: unit ?? null,
    Dimensions: dimensions.map(({ name, value }) => ({ value, name })),
  };
}

const SIMPLE_STATISTICS = ['Sum', 'Average', 'Minimum', 'Maximum', 'SampleCount'];
const UPPER_CASE: Readonly<Record<string, string>> = { SampleCount: 'SAMPLE_COUNT' };

function metricOf(query: MetricQueryDefinition): object {
  const { id, label, returnData } = query;
  const named = { Id: id, ...(label !== undefined && { Label: label }) };
  if ('expression' in query) return { Expression: query.expression, ...named, ReturnData: returnData };
  const { namespace, metricName, dimensions, period, statistic, unit } = query.stat;
  return {
    ...named,
    MetricStat: {
      Metric: {
        Dimensions: dimensions.map(({ name, value }) => ({ value, name })),
        MetricName: metricName,
        Namespace: namespace,
      },
      Period: period,
      Stat: statistic,
      ...(unit !== undefined && { Unit: unit }),
    },
    ReturnData: returnData,
  };
}

function triggeringChildren({ trigger }: Transition): object[] {
  return trigger === undefined
    ? []
    : [{ Arn: trigger.arn, State: { Value: trigger.state.value, Timestamp: timestamp(trigger.state.at) } }];
}

/** The names of regions that CloudWatch writes into notifications. */
const names: ReadonlyMap<string, string> = new Map([
  ['af-south-1', 'Africa (Cape Town)'],
  ['ap-east-1', 'Asia Pacific (Hong Kong)'],
  ['ap-northeast-1', 'Asia Pacific (Tokyo)'],
  ['ap-northeast-2', 'Asia Pacific (Seoul)'],
  ['ap-northeast-3', 'Asia Pacific (Osaka)'],
  ['ap-south-1', 'Asia Pacific (Mumbai)'],
  ['ap-southeast-1', 'Asia Pacific (Singapore)'],
  ['ap-southeast-2', 'Asia Pacific (Sydney)'],
  ['ca-central-1', 'Canada (Central)'],
  ['eu-central-1', 'EU (Frankfurt)'],
  ['eu-north-1', 'EU (Stockholm)'],
  ['eu-south-1', 'EU (Milan)'],
  ['eu-west-1', 'EU (Ireland)'],
  ['eu-west-2', 'EU (London)'],
  ['eu-west-3', 'EU (Paris)'],
  ['me-south-1', 'Middle East (Bahrain)'],
  ['sa-east-1', 'South America (Sao Paulo)'],
  ['us-east-1', 'US East (N. Virginia)'],
  ['us-east-2', 'US East (Ohio)'],
  ['us-west-1', 'US West (N. California)'],
  ['us-west-2', 'US West (Oregon)'],
]);

/** The region itself where its name is not known. */
function regionName(region: string): string {
  return names.get(region) ?? region;
}
