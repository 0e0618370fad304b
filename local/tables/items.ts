/** Items of tables, in DynamoDB's JSON: read by their keys, and compared. */
import type { JsonObject } from '../json.ts';
import { asText, isObject, objectsIn } from '../json.ts';
import type { TableEngine } from './table-engine.ts';

/** Attributes by name, each as `{ S: 'text' }` and the like. */
export type Item = JsonObject;

/** The names of a table's key attributes; none of a table that there is not. */
export async function keyNamesOf(engine: TableEngine, TableName: unknown): Promise<string[]> {
  const { Table } = await engine.call('DescribeTable', { TableName }).catch((): JsonObject => ({}));
  return objectsIn(isObject(Table) ? Table.KeySchema : undefined).flatMap(
    ({ AttributeName }) => asText(AttributeName) ?? [],
  );
}

/** Undefined where there is no such item, and where the key is none of this table's. */
export async function readItem(
  engine: TableEngine,
  TableName: unknown,
  Key: unknown,
): Promise<Item | undefined> {
  const { Item: found } = await engine
    .call('GetItem', { TableName, Key, ConsistentRead: true })
    .catch((): JsonObject => ({}));
  return isObject(found) ? found : undefined;
}

export function keyOf(item: unknown, names: readonly string[]): Item {
  return Object.fromEntries(names.map((name) => [name, isObject(item) ? item[name] : undefined]));
}

/** The same text for the same value: neither the order of attributes counts, nor that of the elements of a set. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value ?? null);
  const members = Object.keys(value)
    .sort()
    .map((name) => {
      const member = value[name];
      const isSet = /^[SNB]S$/.test(name) && Array.isArray(member);
      return `${JSON.stringify(name)}:${canonical(isSet ? member.map(String).sort() : member)}`;
    });
  return `{${members.join(',')}}`;
}
