import type { AlarmPlan } from './alarms/alarm-spec.ts';

/** CloudFormation, "AWS CloudFormation quotas": resources of a template. */
export const MOST_RESOURCES = 500;

/** How many of the alarms that add most are named. */
const NAMED = 5;

/**
 * Whether a template has more resources than CloudFormation takes, which it would say only when the deployment fails.
 *
 * @returns one message with the count, what adds most, and how to have less; nothing below the limit.
 */
export function resourceLimitProblems(
  resources: Readonly<Record<string, unknown>>,
  { alarms, filters, composites }: AlarmPlan,
): readonly string[] {
  const count = Object.keys(resources).length;
  if (count <= MOST_RESOURCES) return [];
  const ours = Object.keys(resources).filter((logicalId) => logicalId.startsWith('Lantern')).length;
  const byId = new Map<string, number>();
  for (const { id } of alarms) byId.set(id, (byId.get(id) ?? 0) + 1);
  const most = [...byId].sort(([, a], [, b]) => b - a).slice(0, NAMED);
  return [
    `the template has ${count} resources, ${count - MOST_RESOURCES} more than the ${MOST_RESOURCES} that CloudFormation takes: ` +
      `${count - ours} of the service, and ${ours} of Lambda Lantern (${alarms.length} alarms, ${filters.length} metric ` +
      `filters, ${composites.length} composite alarms, what they tell, and the dashboards).`,
    `most are added by: ${most.map(([id, times]) => `${id} (${times})`).join(', ')}.`,
    'to have less, switch off an alarm you can do without, for all (custom.lantern.alarms.defaults.function.memory: false takes ' +
      'its metric filters away as well), for functions that matter less (custom.lantern.alarms.functions.<key>: false), or ' +
      'split the service.',
  ];
}
