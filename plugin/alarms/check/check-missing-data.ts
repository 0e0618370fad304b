import type { PlannedAlarm } from '../alarm-plan.ts';
import { knownMetric, statsOf } from './check-metrics.ts';

/** That missing data is treated on purpose: what would come of it otherwise. */
export function missingDataProblems(alarm: PlannedAlarm): readonly string[] {
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
