import { MAX_RULE_ALARMS, MAX_RULE_LENGTH, percentileOf } from 'lambda-lantern-local/template';
import type { AlarmPlan, PlannedAlarm, PlannedComposite, PlannedLogAlarm } from '../alarm-plan.ts';
import { alarmDescription, MAX_DESCRIPTION_LENGTH, maxLength } from '../wording.ts';

/** CloudWatch, "PutMetricAlarm". */
const MAX_NAME_LENGTH = 255;
const MAX_METRICS = 10;
const MAX_RANGE_SECONDS = 7 * 86_400;
const MAX_RANGE_OF_SHORT_PERIODS_SECONDS = 86_400;

/** That CloudWatch takes the alarm: lengths, periods, and the form of metric math. */
export function formProblems(alarm: PlannedAlarm): readonly string[] {
  const { name, metric, evaluationPeriods: n, datapointsToAlarm: m } = alarm;
  const range = metric.period * n;
  const limit = metric.period >= 3600 ? MAX_RANGE_SECONDS : MAX_RANGE_OF_SHORT_PERIODS_SECONDS;
  const description = maxLength(alarmDescription(alarm));
  return [
    ...(name.length > MAX_NAME_LENGTH
      ? [`its name has ${name.length} characters, and may have ${MAX_NAME_LENGTH}`]
      : []),
    ...(description > MAX_DESCRIPTION_LENGTH
      ? [`its description may have ${description} characters, and CloudWatch takes ${MAX_DESCRIPTION_LENGTH}`]
      : []),
    ...(m > n ? [`${m} of ${n} periods can never be: datapointsToAlarm is at most evaluationPeriods`] : []),
    ...(range > limit ? [`it looks at ${range} s, and CloudWatch at no more than ${limit} s`] : []),
    ...mathProblems(alarm),
    ...(metric.kind === 'stat' &&
    percentileOf(metric.statistic) !== undefined &&
    alarm.evaluateLowSampleCountPercentile === undefined
      ? ['nothing says what a percentile of few samples is worth']
      : []),
  ];
}

function mathProblems({ metric, thresholdMetricId }: PlannedAlarm): readonly string[] {
  if (metric.kind === 'stat') return [];
  const ids = metric.metrics.map(({ id }) => id);
  const periods = new Set(metric.metrics.flatMap((part) => ('stat' in part ? [part.stat.period] : [])));
  const unknown = metric.metrics.flatMap((part) =>
    'expression' in part ? variablesOf(part.expression).filter((name) => !ids.includes(name)) : [],
  );
  return [
    ...(metric.metrics.filter((part) => 'stat' in part).length > MAX_METRICS
      ? [`it is made of more than ${MAX_METRICS} metrics`]
      : []),
    ...(new Set(ids).size < ids.length ? ['two of its metrics have the same id'] : []),
    ...ids.filter((id) => !/^[a-z]\w*$/.test(id)).map((id) => `${id} is no id of a metric`),
    ...unknown.map((name) => `its expression names ${name}, which is none of its metrics`),
    ...(periods.size > 1 ? ['its metrics have different periods'] : []),
    ...[...new Set([metric.returns, thresholdMetricId ?? metric.returns])]
      .filter((id) => !ids.includes(id))
      .map((id) => `it compares ${id}, which is none of its metrics`),
  ];
}

/** Ids begin with a small letter, functions with a capital one. */
function variablesOf(expression: string): readonly string[] {
  return expression.match(/\b[a-z]\w*/g) ?? [];
}

/** That no two of a plan get in each other's way, and that a rule is not too long. */
export function planProblems({ alarms, logAlarms, composites }: AlarmPlan): readonly string[] {
  const all = [...alarms, ...logAlarms, ...composites];
  return [
    ...twice(all.map(({ name }) => name)).map((name) => `${name}: two alarms have this name`),
    ...twice(all.map(({ logicalId }) => logicalId)).map(
      (id) => `${id}: two alarms have this logical id; rename one of their resources`,
    ),
    ...logAlarms.flatMap(logAlarmProblems),
    ...composites.flatMap(ruleProblems),
  ];
}

function logAlarmProblems({ name, description }: PlannedLogAlarm): readonly string[] {
  return [
    ...(name.length > MAX_NAME_LENGTH
      ? [`${name}: its name has ${name.length} characters, and may have ${MAX_NAME_LENGTH}`]
      : []),
    ...(description.length > MAX_DESCRIPTION_LENGTH
      ? [
          `${name}: its description has ${description.length} characters, and CloudWatch takes ${MAX_DESCRIPTION_LENGTH}`,
        ]
      : []),
  ];
}

function ruleProblems({ name, rule, children, description, next }: PlannedComposite): readonly string[] {
  const length = description.length + 1 + (next === undefined ? 0 : maxLength(next));
  return [
    ...(length > MAX_DESCRIPTION_LENGTH
      ? [
          `${name}: its description may have ${length} characters, and CloudWatch takes ${MAX_DESCRIPTION_LENGTH}`,
        ]
      : []),
    ...(rule.length > MAX_RULE_LENGTH
      ? [`${name}: its rule has ${rule.length} characters, and may have ${MAX_RULE_LENGTH}`]
      : []),
    ...(children.length > MAX_RULE_ALARMS
      ? [`${name}: its rule names ${children.length} alarms, and may name ${MAX_RULE_ALARMS}`]
      : []),
  ];
}

function twice(texts: readonly string[]): readonly string[] {
  return [...new Set(texts.filter((text, index) => texts.indexOf(text) !== index))];
}
