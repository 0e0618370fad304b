import type { AlarmState, Expression, Inventory } from 'lambda-lantern-local/template';
import { getAttribute } from 'lambda-lantern-local/template';
import type { ResourceMap } from '../alarms/alarm-resources.ts';
import { invokePermission } from '../own-role.ts';
import type { ActionSettings } from '../settings/settings.ts';
import { alarmArnPrefix } from './alarm-topic.ts';

const RULE = 'LanternAlarmRule';

/**
 * A rule for the events that CloudWatch sends to the default bus for every change of state, with no action on the alarm:
 * those of this service's alarms, and of the states that are notified.
 */
export function eventRuleResources(
  { service, stage, functions }: Pick<Inventory, 'service' | 'stage' | 'functions'>,
  { events }: ActionSettings,
  states: readonly AlarmState[],
): ResourceMap {
  const fn = functions.find(({ key }) => key === events?.function);
  const target: Expression | undefined =
    fn === undefined ? events?.target : getAttribute(fn.logicalId, 'Arn');
  if (target === undefined) return {};
  return {
    [RULE]: {
      Type: 'AWS::Events::Rule',
      Properties: {
        Description: `Changes of state of the alarms of ${service} in the stage ${stage}`,
        EventPattern: {
          source: ['aws.cloudwatch'],
          'detail-type': ['CloudWatch Alarm State Change'],
          resources: [{ prefix: { 'Fn::Sub': alarmArnPrefix(service, stage) } }],
          detail: { state: { value: states } },
        },
        Targets: [
          {
            Id: 'alarms',
            Arn: target,
            ...(events?.role !== undefined && { RoleArn: events.role }),
          },
        ],
      },
    },
    ...(fn !== undefined && {
      [`${RULE}Permission`]: invokePermission(target, 'events.amazonaws.com', getAttribute(RULE, 'Arn')),
    }),
  };
}
