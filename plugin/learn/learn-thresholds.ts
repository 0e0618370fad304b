/** Which alarms are learned, and from what. */
import type { FunctionResource, Inventory } from 'lambda-lantern-local/template';
import { isStaticComparison } from 'lambda-lantern-local/template';
import type { AlarmPlan, MetricStat, PlannedAlarm } from '../alarms/alarm-plan.ts';
import { shareOfDayTime } from './distribution.ts';
import type { MeasuredMetric, Observations } from './metric-reader.ts';
import type { Learned } from './propose.ts';
import { proposeCeiling, proposeFloor } from './propose.ts';

const HOUR = 3600;

/** Our judgement: when the time of day explains half of the differences, a fixed number fits no hour. */
const SEASONAL_SHARE = 0.5;

export type LearnedAlarmName = 'duration' | 'memory' | 'concurrency' | 'traffic';

export interface LearnedAlarm extends Learned {
  readonly name: LearnedAlarmName;
  /** Of the threshold: `ms`, `MB`. */
  readonly unit: string;
  /** Of the alarm's metric. */
  readonly period: number;
  /** How much of its differences the time of day explains, where that is a half or more. */
  readonly season?: number;
}

export interface LearnedFunction {
  /** The key in `serverless.yml`. */
  readonly key: string;
  readonly alarms: readonly LearnedAlarm[];
  /** Why nothing can be learned of it. */
  readonly unknown?: string;
}

interface Question {
  readonly fn: FunctionResource;
  readonly name: LearnedAlarmName;
  readonly unit: string;
  readonly metric: MeasuredMetric;
  readonly answer: (observations: Observations, days: number) => Learned;
}

/**
 * Proposes thresholds for the alarms of functions from what was measured.
 *
 * @param read the observations of each metric, of the last `days` days
 */
export async function learnThresholds(
  { functions }: Pick<Inventory, 'functions'>,
  { alarms }: Pick<AlarmPlan, 'alarms'>,
  days: number,
  read: (metrics: readonly MeasuredMetric[]) => Promise<readonly Observations[]>,
): Promise<LearnedFunction[]> {
  const questions = functions.flatMap((fn) => questionsOf(fn, alarms));
  const answers = await read(questions.map(({ metric }) => metric));
  return functions.map((fn) => {
    if (typeof fn.name !== 'string') {
      return { key: fn.key, alarms: [], unknown: 'its name is known only when it is deployed' };
    }
    const learned = questions.flatMap((question, index): LearnedAlarm[] => {
      if (question.fn !== fn) return [];
      const observations = answers[index] ?? [];
      const { name, unit, metric } = question;
      const season = name === 'traffic' ? shareOfDayTime(observations) : undefined;
      return [
        {
          name,
          unit,
          period: metric.period,
          ...question.answer(observations, days),
          ...(season !== undefined && season >= SEASONAL_SHARE && { season }),
        },
      ];
    });
    return { key: fn.key, alarms: learned };
  });
}

function questionsOf(fn: FunctionResource, alarms: readonly PlannedAlarm[]): Question[] {
  if (typeof fn.name !== 'string') return [];
  const own = alarms.filter(({ resource }) => resource.logicalId === fn.logicalId);
  const ceilings: ReadonlyArray<readonly [LearnedAlarmName, number]> = [
    ['duration', fn.timeout * 1000],
    ['memory', fn.memorySize],
    ['concurrency', fn.reservedConcurrency ?? 0],
  ];
  return [
    ...ceilings.flatMap(([name, limit]) => {
      const alarm = own.find(({ id }) => id === `function.${name}`);
      return alarm === undefined ? [] : ceiling(fn, name, alarm, limit);
    }),
    floor(
      fn,
      own.find(({ id }) => id === 'function.traffic'),
    ),
  ];
}

function ceiling(
  fn: FunctionResource,
  name: LearnedAlarmName,
  alarm: PlannedAlarm,
  limit: number,
): Question[] {
  const { metric, threshold, comparisonOperator } = alarm;
  const measured = metric.kind === 'stat' ? measuredAs(metric) : undefined;
  if (measured === undefined || threshold === undefined || !isStaticComparison(comparisonOperator)) return [];
  const { evaluationPeriods, datapointsToAlarm, treatMissingData, unit } = alarm;
  const settings = { threshold, comparisonOperator, evaluationPeriods, datapointsToAlarm, treatMissingData };
  return [
    {
      fn,
      name,
      unit,
      metric: measured,
      answer: (observations, days) => proposeCeiling({ observations, settings, limit, days }),
    },
  ];
}

function floor(fn: FunctionResource, alarm: PlannedAlarm | undefined): Question {
  const settings = {
    threshold: 0,
    comparisonOperator: 'LessThanThreshold',
    evaluationPeriods: 1,
    datapointsToAlarm: 1,
    treatMissingData: 'breaching',
  } as const;
  return {
    fn,
    name: 'traffic',
    unit: 'invocations',
    metric: {
      namespace: 'AWS/Lambda',
      metricName: 'Invocations',
      dimensions: { FunctionName: fn.name as string },
      statistic: 'Sum',
      period: HOUR,
    },
    answer: (observations) => proposeFloor(observations, settings, alarm?.threshold),
  };
}

/** Undefined where a name is known only when it is deployed. */
function measuredAs({
  namespace,
  metricName,
  dimensions,
  statistic,
  period,
}: MetricStat): MeasuredMetric | undefined {
  if (typeof namespace !== 'string') return undefined;
  const named = dimensions.flatMap(({ name, value }) =>
    typeof value === 'string' ? [[name, value] as const] : [],
  );
  if (named.length < dimensions.length) return undefined;
  return { namespace, metricName, dimensions: Object.fromEntries(named), statistic, period };
}

/** Settings in the form of `custom.lantern.alarms.learned`; undefined where there is nothing to be set. */
export function learnedSettings(
  functions: readonly LearnedFunction[],
  { anomaly }: { readonly anomaly: boolean },
): Readonly<Record<string, Readonly<Record<string, object>>>> | undefined {
  const settings = functions.flatMap(({ key, alarms }) => {
    const own = alarms.flatMap((alarm): Array<readonly [string, object]> => {
      if (anomaly && alarm.season !== undefined) return [[alarm.name, { anomaly: BAND_WIDTH }]];
      return alarm.proposed === undefined ? [] : [[alarm.name, { threshold: alarm.proposed.threshold }]];
    });
    return own.length === 0 ? [] : [[key, Object.fromEntries(own)] as const];
  });
  return settings.length === 0 ? undefined : Object.fromEntries(settings);
}

/** Standard deviations on either side: wide enough that a quiet day is not news. */
const BAND_WIDTH = 3;
