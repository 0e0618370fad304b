/**
 * The compiled CloudFormation template as others read it: the whole of what the plugin may use of this package before its
 * `local` command runs. Nothing in here starts a server, opens a socket or loads the AWS SDK.
 */
export type { Expression } from './expressions.ts';
export { getAttribute, logicalIdIn, ref } from './expressions.ts';
export type {
  ApiResource,
  FunctionResource,
  Inventory,
  ProvisionedConcurrency,
  QueueResource,
  RuleResource,
  ScheduleResource,
  StateMachineResource,
  StreamSource,
  TableResource,
  TopicResource,
} from './inventory.ts';
export { readInventory } from './read-inventory.ts';
export type { ReadInventoryOptions } from './read-inventory.ts';
export type { Properties, TemplateResource } from './template.ts';
export { asObject, parseResources } from './template.ts';
export { isObject } from '../json.ts';
