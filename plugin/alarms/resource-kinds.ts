import type {
  ApiResource,
  CapacityProviderResource,
  FunctionResource,
  Inventory,
  QueueResource,
  RuleResource,
  ScheduleResource,
  StateMachineResource,
  TableResource,
  TopicResource,
} from 'lambda-lantern-local/template';

/** What alarms are put on, by the name that settings use. */
export interface Resources {
  readonly function: FunctionResource;
  readonly capacityProvider: CapacityProviderResource;
  readonly api: ApiResource;
  readonly queue: QueueResource;
  readonly topic: TopicResource;
  readonly table: TableResource;
  readonly rule: RuleResource;
  readonly schedule: ScheduleResource;
  readonly stateMachine: StateMachineResource;
  /** The account, of which an alarm is put on once. */
  readonly account: Inventory;
}

export type ResourceKind = keyof Resources;

/** All of an inventory, in the order in which alarms are listed. */
export function resourcesByKind(inventory: Inventory): {
  readonly [Kind in ResourceKind]: ReadonlyArray<Resources[Kind]>;
} {
  return {
    function: inventory.functions,
    capacityProvider: inventory.capacityProviders,
    api: inventory.apis,
    queue: inventory.queues,
    topic: inventory.topics,
    table: inventory.tables,
    rule: inventory.rules,
    schedule: inventory.schedules,
    stateMachine: inventory.stateMachines,
    account: [inventory],
  };
}

/** Schedules that EventBridge Scheduler measures together; there is at least one. */
export type ScheduleGroup = readonly [ScheduleResource, ...ScheduleResource[]];

export function scheduleGroups(schedules: readonly ScheduleResource[]): readonly ScheduleGroup[] {
  const groups = new Map<string, [ScheduleResource, ...ScheduleResource[]]>();
  for (const schedule of schedules) {
    const name = JSON.stringify(schedule.group);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [schedule]);
    else group.push(schedule);
  }
  return [...groups.values()];
}
