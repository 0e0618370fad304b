import type { Inventory } from 'lambda-lantern-local/template';
import type { AlarmPlan, PlannedAlarm } from '../alarms/alarm-plan.ts';
import type { ResourceKind } from '../alarms/resource-kinds.ts';
import { scheduleGroups } from '../alarms/resource-kinds.ts';
import type { Section } from './body.ts';
import { alarmChart, alarmTitle, text } from './panels.ts';
import { apiSection } from './sections/api-section.ts';
import { capacityProviderSection } from './sections/capacity-provider-section.ts';
import { ruleSection, scheduleGroupSection, stateMachineSection } from './sections/event-sections.ts';
import { functionSection } from './sections/function-section.ts';
import { queueSection, topicSection } from './sections/messaging-sections.ts';
import { tableSection } from './sections/table-section.ts';

/** A section for each function and resource, and one for the alarms that belong to none: those of the account. */
export function resourceSections(inventory: Inventory, plan: AlarmPlan): readonly Section[] {
  // A window of an error budget says nothing alone: the service's dashboard has the composites.
  const left = new Set(plan.alarms.filter(({ isPart }) => isPart !== true));
  const alarmsOf = (kind: ResourceKind, keys: readonly string[]): readonly PlannedAlarm[] => {
    const own = [...left].filter(({ resource }) => resource.kind === kind && keys.includes(resource.key));
    for (const alarm of own) left.delete(alarm);
    return own;
  };
  const { region } = inventory;
  const sections: Section[] = [
    ...inventory.functions.map((item) =>
      functionSection(item, region, { ...plan, alarms: alarmsOf('function', [item.key]) }),
    ),
    ...inventory.capacityProviders.map((item) =>
      capacityProviderSection(item, region, alarmsOf('capacityProvider', [item.key])),
    ),
    ...inventory.apis.map((item) => apiSection(item, region, alarmsOf('api', [item.key]))),
    ...inventory.queues.map((item) => queueSection(item, region, alarmsOf('queue', [item.key]))),
    ...inventory.topics.map((item) => topicSection(item, region, alarmsOf('topic', [item.key]))),
    ...inventory.tables.map((item) => tableSection(item, region, alarmsOf('table', [item.key]))),
    ...inventory.rules.map((item) => ruleSection(item, region, alarmsOf('rule', [item.key]))),
    ...scheduleGroups(inventory.schedules).map((group) => {
      const keys = group.map(({ key }) => key);
      return scheduleGroupSection(group, region, alarmsOf('schedule', keys));
    }),
    ...inventory.stateMachines.map((item) =>
      stateMachineSection(item, region, alarmsOf('stateMachine', [item.key])),
    ),
  ];
  return left.size === 0 ? sections : [...sections, otherAlarms([...left])];
}

function otherAlarms(alarms: readonly PlannedAlarm[]): Section {
  return {
    panels: [
      text('## Account\nwhat the service shares with everything else in the account and region', 2),
      ...alarms.map((alarm) => alarmChart(alarm, `account: ${alarmTitle(alarm)}`)),
    ],
  };
}
