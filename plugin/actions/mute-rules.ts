import type { Inventory } from 'lambda-lantern-local/template';
import type { AlarmPlan } from '../alarms/alarm-plan.ts';
import type { ResourceMap } from '../alarms/alarm-resources.ts';
import type { MuteSettings } from '../settings/settings.ts';
import { isoDuration } from '../settings/vocabulary.ts';

/** Alarms that one rule may name: CloudWatch, "PutAlarmMuteRule". */
const ALARMS_OF_RULE = 100;

/**
 * Rules for planned work: while their windows are open, the alarms of the service take no actions. They change their states all the
 * same, and those that are in ALARM when a window closes take their actions then.
 */
export function muteRuleResources(
  { service, stage }: Pick<Inventory, 'service' | 'stage'>,
  { alarms, logAlarms, composites }: Pick<AlarmPlan, 'alarms' | 'logAlarms' | 'composites'>,
  mute: readonly MuteSettings[],
): ResourceMap {
  const telling = [...alarms, ...logAlarms, ...composites].filter(({ tells }) => tells !== undefined);
  const windows = mute.flatMap((window, index) =>
    Array.from({ length: Math.ceil(telling.length / ALARMS_OF_RULE) }, (_, part) => {
      const muted = telling.slice(part * ALARMS_OF_RULE, (part + 1) * ALARMS_OF_RULE);
      const id = `${index + 1}${part === 0 ? '' : `Part${part + 1}`}`;
      return [
        `LanternAlarmMute${id}`,
        {
          Type: 'AWS::CloudWatch::AlarmMuteRule',
          Properties: {
            Name: `${service}-${stage}-mute-${id}`,
            Description: `Planned work on ${service} in the stage ${stage}: its alarms tell nobody`,
            Rule: {
              Schedule: {
                Expression: window.schedule,
                Duration: isoDuration(window.duration),
                ...(window.timezone !== undefined && { Timezone: window.timezone }),
              },
            },
            MuteTargets: { AlarmNames: muted.map(({ name }) => name) },
          },
        },
      ] as const;
    }),
  );
  return Object.fromEntries(windows);
}
