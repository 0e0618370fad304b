import { MuteWindow } from '../cloudwatch/mute-window.ts';
import type { ResolvedResource, ResolvedResources } from './resources.ts';
import { readOrWarn } from './resources.ts';
import type { MuteRuleDefinition } from './service.ts';

/** The rules by which alarms take no actions during planned work; what cannot be read is left out with a warning. */
export function muteRulesToRun(resources: ResolvedResources): MuteRuleDefinition[] {
  return readOrWarn(resources, 'AWS::CloudWatch::AlarmMuteRule', (resource) => [readMuteRule(resource)]);
}

function readMuteRule({ fields, ref }: ResolvedResource): MuteRuleDefinition {
  const schedule = fields.within('Rule').within('Schedule');
  const timezone = schedule.optionalText('Timezone');
  const from = fields.optionalText('StartDate');
  const until = fields.optionalText('ExpireDate');
  const rule = {
    name: ref(),
    alarms: fields.within('MuteTargets').list('AlarmNames').map(String),
    expression: schedule.text('Expression'),
    duration: schedule.text('Duration'),
    ...(timezone !== undefined && { timezone }),
    ...(from !== undefined && { from: dateOf(from) }),
    ...(until !== undefined && { until: dateOf(until) }),
  };
  // Throws for a schedule that is wrong.
  new MuteWindow(rule);
  return rule;
}

/** Epoch milliseconds. */
function dateOf(text: string): number {
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw new Error(`expected a date and time, got "${text}"`);
  return at;
}
