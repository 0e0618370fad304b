import type { Expression, Properties } from 'lambda-lantern-local/template';
import type { AlarmPlan, PlannedAlarm, PlannedComposite, PlannedFilter, MetricStat } from './alarm-plan.ts';
import { joinTexts } from './console-links.ts';
import { insightsQuery } from './metrics.ts';
import { alarmDescription } from './wording.ts';

/** A resource of CloudFormation, as it stands in a template. */
export interface CloudFormationResource {
  readonly Type: string;
  readonly Condition?: string;
  readonly DependsOn?: readonly string[];
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly Properties: Properties;
}

/** By logical id. */
export type ResourceMap = Readonly<Record<string, CloudFormationResource>>;

/** What an alarm does when it changes its state, as properties of `AWS::CloudWatch::Alarm`. */
export interface AlarmActions {
  readonly AlarmActions?: readonly Expression[];
  readonly OKActions?: readonly Expression[];
  readonly InsufficientDataActions?: readonly Expression[];
}

/** Whom the alarms of a plan tell. */
export interface ActionsOfAlarms {
  /** What each alarm does that speaks for itself or for a resource. */
  readonly each: AlarmActions;
  /** What the alarm that stands for the service does. */
  readonly service: AlarmActions;
  /** What the fast burn of an error budget does. */
  readonly page: AlarmActions;
  /** What the slow burn of an error budget does. */
  readonly ticket: AlarmActions;
  /** The function that composes messages: what its own alarms do, as it may be what is broken. */
  readonly messenger?: { readonly logicalId: string; readonly actions: AlarmActions };
}

/** The alarms, composites and metric filters of a plan, as CloudFormation resources by logical id. */
export function alarmResources(plan: AlarmPlan, actions: ActionsOfAlarms): ResourceMap {
  return Object.fromEntries([
    ...plan.filters.map((filter) => [filter.logicalId, metricFilter(filter)] as const),
    ...plan.alarms.map((alarm) => [alarm.logicalId, metricAlarm(alarm, actionsOf(alarm, actions))] as const),
    ...plan.composites.map(
      (composite) => [composite.logicalId, compositeAlarm(composite, actionsOf(composite, actions))] as const,
    ),
  ]);
}

function actionsOf(
  { tells, resource }: Pick<PlannedComposite, 'tells' | 'resource'>,
  actions: ActionsOfAlarms,
): AlarmActions {
  if (tells === undefined) return {};
  const { messenger } = actions;
  return resource !== undefined && resource.logicalId === messenger?.logicalId
    ? messenger.actions
    : actions[tells];
}

function conditionOf({ condition }: { readonly condition?: string }): Partial<CloudFormationResource> {
  return condition === undefined ? {} : { Condition: condition };
}

function metricAlarm(alarm: PlannedAlarm, actions: AlarmActions): CloudFormationResource {
  const { thresholdMetricId, threshold, evaluateLowSampleCountPercentile: lowSamples } = alarm;
  return {
    Type: 'AWS::CloudWatch::Alarm',
    ...conditionOf(alarm),
    Properties: {
      AlarmName: alarm.name,
      AlarmDescription: alarmDescription(alarm),
      ...metricProperties(alarm),
      ComparisonOperator: alarm.comparisonOperator,
      ...(thresholdMetricId === undefined
        ? { Threshold: threshold }
        : { ThresholdMetricId: thresholdMetricId }),
      EvaluationPeriods: alarm.evaluationPeriods,
      DatapointsToAlarm: alarm.datapointsToAlarm,
      TreatMissingData: alarm.treatMissingData,
      ...(lowSamples !== undefined && { EvaluateLowSampleCountPercentile: lowSamples }),
      ...(alarm.warmUp !== undefined && {
        WarmUpConfiguration: { WarmUpPeriodDurationInMinutes: alarm.warmUp },
      }),
      ...actions,
    },
  };
}

function metricProperties({ metric, thresholdMetricId }: PlannedAlarm): Readonly<Record<string, unknown>> {
  if (metric.kind === 'stat' && metric.matching === true) {
    const query = { Id: 'value', Expression: insightsQuery(metric), Period: metric.period, ReturnData: true };
    return { Metrics: [query] };
  }
  if (metric.kind === 'stat') {
    const isPlain = /^[A-Z]/.test(metric.statistic);
    return {
      ...metricOf(metric),
      Period: metric.period,
      [isPlain ? 'Statistic' : 'ExtendedStatistic']: metric.statistic,
      ...(metric.unit !== undefined && { Unit: metric.unit }),
    };
  }
  return {
    Metrics: metric.metrics.map((part) => ({
      ...('stat' in part ? metricDataQuery(part) : { Id: part.id, Expression: part.expression }),
      ...(part.label !== undefined && { Label: part.label }),
      // An alarm on an anomaly returns both what it compares and the band.
      ReturnData: part.id === metric.returns || part.id === thresholdMetricId,
    })),
  };
}

/** A metric by its id, as metric math takes it. */
export function metricDataQuery({ id, stat }: { readonly id: string; readonly stat: MetricStat }): object {
  return {
    Id: id,
    MetricStat: {
      Metric: metricOf(stat),
      Period: stat.period,
      Stat: stat.statistic,
      ...(stat.unit !== undefined && { Unit: stat.unit }),
    },
  };
}

function metricOf({ namespace, metricName, dimensions }: MetricStat): Readonly<Record<string, unknown>> {
  return {
    Namespace: namespace,
    MetricName: metricName,
    ...(dimensions.length > 0 && {
      Dimensions: dimensions.map(({ name, value }) => ({ Name: name, Value: value })),
    }),
  };
}

function compositeAlarm(composite: PlannedComposite, actions: AlarmActions): CloudFormationResource {
  const { name, rule, children, description, next, tags, suppressor } = composite;
  return {
    Type: 'AWS::CloudWatch::CompositeAlarm',
    ...conditionOf(composite),
    // The rule names them by text, which tells CloudFormation nothing.
    DependsOn: suppressor === undefined ? children : [...new Set([...children, suppressor.logicalId])],
    Properties: {
      AlarmName: name,
      AlarmDescription: next === undefined ? description : joinTexts(`${description}\n`, next),
      AlarmRule: rule,
      ...(suppressor !== undefined && {
        ActionsSuppressor: suppressor.name,
        ActionsSuppressorWaitPeriod: suppressor.wait,
        ActionsSuppressorExtensionPeriod: suppressor.extension,
      }),
      ...(tags !== undefined && {
        Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
        ActionConfiguration: { AlarmTagsPropagation: { Enabled: true } },
      }),
      ...actions,
    },
  };
}

function metricFilter(filter: PlannedFilter): CloudFormationResource {
  return {
    Type: 'AWS::Logs::MetricFilter',
    ...conditionOf(filter),
    Properties: {
      LogGroupName: filter.logGroup,
      FilterPattern: filter.pattern,
      MetricTransformations: [
        {
          MetricNamespace: filter.namespace,
          MetricName: filter.metricName,
          MetricValue: filter.metricValue,
          Unit: filter.unit,
        },
      ],
    },
  };
}
