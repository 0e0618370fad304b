import type { AlarmState, Expression, Inventory } from 'lambda-lantern-local/template';
import { ref } from 'lambda-lantern-local/template';
import type { AlarmActions, ResourceMap } from '../alarms/alarm-resources.ts';
import type { ActionSettings } from '../settings/settings.ts';
import { ALARM_TOPIC, alarmTopicResources, subscriptions } from './alarm-topic.ts';
import { chatResources } from './chat.ts';
import { eventRuleResources } from './event-rule.ts';

/** An alarm that rang and is over is worth knowing; one that has no data mostly means that nobody is there. */
const DEFAULT_STATES: readonly AlarmState[] = ['ALARM', 'OK'];

export interface ActionPlan {
  readonly resources: ResourceMap;
  /** What each alarm does. */
  readonly each: AlarmActions;
  /** What the alarm that stands for the service does. */
  readonly composite: AlarmActions;
}

/** Whom the alarms tell, and the resources that it takes. */
export function planActions(
  inventory: Pick<Inventory, 'service' | 'stage' | 'functions'>,
  actions: ActionSettings = {},
): ActionPlan {
  const { topic = ref(ALARM_TOPIC), states = DEFAULT_STATES, from = 'each' } = actions;
  const notify = actionsFor(topic, states);
  return {
    resources: {
      ...(actions.topic === undefined && alarmTopicResources(inventory, actions)),
      ...subscriptions(topic, actions),
      ...chatResources(topic, inventory, actions),
      ...eventRuleResources(inventory, actions, states),
    },
    each: from === 'composite' ? {} : notify,
    composite: from === 'each' ? {} : notify,
  };
}

function actionsFor(topic: Expression, states: readonly AlarmState[]): AlarmActions {
  return {
    ...(states.includes('ALARM') && { AlarmActions: [topic] }),
    ...(states.includes('OK') && { OKActions: [topic] }),
    ...(states.includes('INSUFFICIENT_DATA') && { InsufficientDataActions: [topic] }),
  };
}
