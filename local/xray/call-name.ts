import type { Entity, Subsegment } from './document.ts';
import { resourceOf } from './graph/resource.ts';
import { isObject } from '../json.ts';

/** A call of another service, as people name it. */
export interface CallName {
  /** `DynamoDB`, a host, or a database. */
  readonly service: string;
  /** `PutItem`, `POST`, or the first word of a statement: `SELECT`. Undefined where the call does not say. */
  readonly operation?: string;
  /** What it works on, where that has a name of its own: a table, a queue. */
  readonly resource?: string;
}

/** Undefined for work inside of the service. */
export function callName(entity: Entity): CallName | undefined {
  const resource = resourceOf(entity);
  if (resource === undefined) return undefined;
  const operation = operationOf(entity);
  return {
    service: entity.name,
    ...(operation !== undefined && { operation }),
    ...(resource.name !== entity.name && { resource: resource.name }),
  };
}

function operationOf({ aws, http, sql }: Subsegment): string | undefined {
  const operation = aws?.['operation'];
  if (typeof operation === 'string' && operation !== '') return operation;
  const query = isObject(sql) ? sql['sanitized_query'] : undefined;
  const statement = typeof query === 'string' ? /^[\s(]*([a-z]+)/i.exec(query)?.[1] : undefined;
  return statement?.toUpperCase() ?? http?.request?.method;
}
