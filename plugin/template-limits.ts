import { asObject } from 'lambda-lantern-local/template';
import type { AlarmPlan } from './alarms/alarm-plan.ts';
import type { Serverless } from './serverless.ts';
import { refuse } from './serverless.ts';
import type { WatchedService } from './watch-service.ts';

/** CloudFormation, "AWS CloudFormation quotas": resources of a template, and its bytes in S3, where the framework puts it. */
const MAX_RESOURCES = 500;
export const MAX_TEMPLATE_BYTES = 1_000_000;

/** How many of the alarms that add most are named. */
const NAMED = 5;

/**
 * Whether CloudFormation takes the template, with all that was added to it, which it would say only when the deployment
 * fails. Runs last.
 *
 * @throws Serverless' own error, which stops the packaging, when it has too many resources or bytes.
 */
export function checkTemplateLimits(serverless: Serverless, { plan, resources }: WatchedService): void {
  const template = asObject(serverless.service.provider.compiledCloudFormationTemplate);
  const dashboards = Object.values(resources).filter(({ Type }) => Type === 'AWS::CloudWatch::Dashboard');
  refuse(serverless, 'The service is too large:', [
    ...resourceCountProblems(asObject(template.Resources), plan),
    ...templateSizeProblems(template, dashboards),
  ]);
}

/** One message with the count, what adds most, and how to have less; nothing up to the limit. */
export function resourceCountProblems(
  resources: Readonly<Record<string, unknown>>,
  { alarms, logAlarms, filters, composites }: AlarmPlan,
): readonly string[] {
  const count = Object.keys(resources).length;
  if (count <= MAX_RESOURCES) return [];
  const ours = Object.keys(resources).filter((logicalId) => logicalId.startsWith('Lantern')).length;
  const byId = new Map<string, number>();
  for (const { id } of alarms) byId.set(id, (byId.get(id) ?? 0) + 1);
  const most = [...byId].sort(([, a], [, b]) => b - a).slice(0, NAMED);
  return [
    `the template has ${count} resources, ${count - MAX_RESOURCES} more than the ${MAX_RESOURCES} that CloudFormation takes: ` +
      `${count - ours} of the service, and ${ours} of Lambda Lantern (${alarms.length + logAlarms.length} alarms, ${filters.length} metric ` +
      `filters, ${composites.length} composite alarms, what they tell, and the dashboards).`,
    `most are added by: ${most.map(([id, times]) => `${id} (${times})`).join(', ')}.`,
    'to have less, switch off an alarm you can do without, for all (custom.lantern.alarms.defaults.function.memory: false takes ' +
      'its metric filters away as well), for functions that matter less (custom.lantern.alarms.functions.<key>: false), or ' +
      'split the service.',
  ];
}

/** One message with the sizes and how to have less; nothing up to the limit. */
export function templateSizeProblems(
  template: Readonly<Record<string, unknown>>,
  dashboards: unknown,
): readonly string[] {
  const size = sizeOf(template);
  if (size <= MAX_TEMPLATE_BYTES) return [];
  return [
    `the template has ${size} bytes, and CloudFormation takes ${MAX_TEMPLATE_BYTES}; ${sizeOf(dashboards)} of them are the ` +
      'dashboards. To have less, switch off the larger of them (custom.lantern.dashboards.resources: false), or split ' +
      'the service.',
  ];
}

/** As it is uploaded: without white space. */
function sizeOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
