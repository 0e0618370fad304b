import type { Inventory } from 'lambda-lantern-local/template';
import type { AlarmPlan, PlannedAlarm } from '../alarm-plan.ts';
import { formProblems, planProblems } from './check-form.ts';
import { knownMetric, metricProblems, statsOf } from './check-metrics.ts';
import { thresholdProblems } from './check-threshold.ts';

/**
 * The plugin's check of its own work, before anything is deployed: that the metric of every alarm exists for that resource with
 * exactly those dimensions, that its statistic means something, that its threshold can be crossed and is not always, and that
 * missing data is treated on purpose. A wrong dimension would otherwise be an alarm that is OK for ever. Pure.
 *
 * @returns one sentence per problem, beginning with the name of the alarm; empty when there is none.
 */
export function checkAlarms(plan: AlarmPlan, inventory: Inventory): readonly string[] {
  return [
    ...plan.alarms.flatMap((alarm) =>
      [
        ...metricProblems(alarm, plan, inventory),
        ...thresholdProblems(alarm, inventory),
        ...missingDataProblems(alarm),
        ...formProblems(alarm),
      ].map((problem) => `${alarm.name}: ${problem}`),
    ),
    ...planProblems(plan),
  ];
}

/** That missing data is treated on purpose: what would come of it otherwise. */
function missingDataProblems(alarm: PlannedAlarm): readonly string[] {
  const { treatMissingData: treatment, missingReason, comparisonOperator, overridden, metric } = alarm;
  if (missingReason.trim() === '') return ['nothing says why missing data is treated as it is'];
  if (overridden.includes('treatMissingData')) return [];
  if (comparisonOperator.startsWith('LessThan') && treatment === 'notBreaching') {
    return [
      'it waits for too little, and notBreaching makes silence good: it would miss that everything stopped',
    ];
  }
  if (comparisonOperator.startsWith('GreaterThan') && treatment === 'breaching') {
    return ['breaching makes silence an alarm, and there is silence whenever nothing runs'];
  }
  if (metric.kind === 'stat' && metric.namespace === 'AWS/DynamoDB') {
    return [
      'CloudWatch ignores missing data of AWS/DynamoDB whatever is set, and these metrics are silent when all is well: ' +
        'it would stay in ALARM. Metric math with FILL(…, 0) has data',
    ];
  }
  const onlyWhenItHappens = statsOf(alarm).every(
    (stat) => knownMetric(alarm.resource.kind, stat)?.emitted === 'when it happens',
  );
  return onlyWhenItHappens && treatment !== 'notBreaching'
    ? [`the metric is silent when all is well, and with ${treatment} the alarm would not be OK again`]
    : [];
}
