import type { Inventory } from '../../../local/template/index.ts';
import type { AlarmPlan } from '../alarm-spec.ts';
import { formProblems, planProblems } from './check-form.ts';
import { metricProblems } from './check-metrics.ts';
import { missingDataProblems } from './check-missing-data.ts';
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
