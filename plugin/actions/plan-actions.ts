import type { AlarmState, Expression, Inventory } from 'lambda-lantern-local/template';
import { ref } from 'lambda-lantern-local/template';
import type { ActionsOfAlarms, AlarmActions, ResourceMap } from '../alarms/alarm-resources.ts';
import type { ActionSettings, BudgetActionSettings } from '../settings/settings.ts';
import {
  ALARM_TOPIC,
  alarmTopicResources,
  MESSAGE_TOPIC,
  messageTopicResources,
  subscriptions,
} from './alarm-topic.ts';
import { chatResources } from './chat.ts';
import { eventRuleResources } from './event-rule.ts';

/** One cause, one message: that it is over, whoever looks into it sees, and no data mostly means that nobody is there. */
const DEFAULT_STATES: readonly AlarmState[] = ['ALARM'];

/** A program is not disturbed, and mostly undoes when it is over what it did. */
const DEFAULT_EVENT_STATES: readonly AlarmState[] = ['ALARM', 'OK'];

export interface ActionPlan extends ActionsOfAlarms {
  readonly resources: ResourceMap;
}

/** Whom the alarms tell, and the resources that it takes. Error budgets tell the topic of the alarms unless they name another. */
export function planActions(
  inventory: Pick<Inventory, 'service' | 'stage' | 'functions'>,
  actions: ActionSettings = {},
  budgets: BudgetActionSettings = {},
): ActionPlan {
  const { topic = ref(ALARM_TOPIC), states = DEFAULT_STATES, from = 'each', email, https, message } = actions;
  const notify = actionsFor(topic, states);
  const messenger = inventory.functions.find(({ key }) => key === message?.function);
  /** Whom people hear: programs read what CloudWatch says, which they know. */
  const read = messenger === undefined ? topic : ref(MESSAGE_TOPIC);
  return {
    resources: {
      ...(actions.topic === undefined && alarmTopicResources(inventory, actions)),
      ...(messenger !== undefined && messageTopicResources(inventory, actions)),
      ...subscriptions(topic, { ...(https !== undefined && { https }) }),
      ...subscriptions(read, { ...(email !== undefined && { email }) }),
      ...chatResources(read, inventory, actions),
      ...eventRuleResources(inventory, actions, actions.states ?? DEFAULT_EVENT_STATES),
    },
    ...(messenger !== undefined && {
      messenger: { logicalId: messenger.logicalId, actions: actionsFor(read, states) },
    }),
    each: from === 'composite' ? {} : notify,
    service: from === 'each' ? {} : notify,
    page: actionsFor(budgets.page ?? topic, states),
    ticket: actionsFor(budgets.ticket ?? topic, states),
  };
}

function actionsFor(topic: Expression, states: readonly AlarmState[]): AlarmActions {
  return {
    ...(states.includes('ALARM') && { AlarmActions: [topic] }),
    ...(states.includes('OK') && { OKActions: [topic] }),
    ...(states.includes('INSUFFICIENT_DATA') && { InsufficientDataActions: [topic] }),
  };
}
