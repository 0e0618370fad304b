import type { DefaultAlarm } from './default-alarm.ts';
import { API_ALARMS } from './defaults/apis.ts';
import { CAPACITY_PROVIDER_ALARMS } from './defaults/capacity-providers.ts';
import { RULE_ALARMS, SCHEDULE_ALARMS, STATE_MACHINE_ALARMS } from './defaults/events.ts';
import { ACCOUNT_ALARMS, FUNCTION_ALARMS } from './defaults/functions.ts';
import { QUEUE_ALARMS, TOPIC_ALARMS } from './defaults/messaging.ts';
import { TABLE_ALARMS } from './defaults/tables.ts';
import type { ResourceKind } from './resource-kinds.ts';

/**
 * Every alarm, by what it is put on. The numbers, their sources and what an alarm means stand in the files of `defaults/`;
 * `docs/alarms.md` is made of them. Frozen all through: settings are laid over copies.
 */
export const DEFAULTS: { readonly [Kind in ResourceKind]: ReadonlyArray<DefaultAlarm<Kind>> } = freeze({
  function: FUNCTION_ALARMS,
  capacityProvider: CAPACITY_PROVIDER_ALARMS,
  queue: QUEUE_ALARMS,
  topic: TOPIC_ALARMS,
  table: TABLE_ALARMS,
  api: API_ALARMS,
  rule: RULE_ALARMS,
  schedule: SCHEDULE_ALARMS,
  stateMachine: STATE_MACHINE_ALARMS,
  account: ACCOUNT_ALARMS,
});

function freeze<Value extends object>(value: Value): Value {
  for (const inner of Object.values(value) as unknown[]) {
    if (typeof inner === 'object' && inner !== null) freeze(inner);
  }
  return Object.freeze(value);
}
