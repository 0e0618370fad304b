import type { Clients } from './account.ts';
import { inventoryOf } from './account.ts';

/** Dimensions of metrics whose values are names of resources. */
export const NAMES_OF_RESOURCES = ['FunctionName', 'QueueName', 'TopicName', 'TableName', 'ApiName'];

/** What those dimensions can have for a value: the names of what is deployed. */
export async function resourceNames(aws: Clients): Promise<ReadonlySet<string>> {
  const { functions = [], queues = [], topics = [], tables = [], apis = [] } = await inventoryOf(aws);
  const last = (name: string): string => name.split(/[:/]/).at(-1) ?? '';
  return new Set([...functions, ...queues, ...topics, ...tables, ...apis].map(last));
}
