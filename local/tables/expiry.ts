/** Which items have lived their time, by the attribute that a table has for it ("Time to Live" of the developer guide). */
import { validationException } from '../http/aws-error.ts';
import type { JsonObject } from '../json.ts';
import { asText, isObject, objectsIn } from '../json.ts';
import type { TableDefinition } from '../template/service.ts';
import type { Item } from './items.ts';
import { keyNamesOf, keyOf } from './items.ts';
import type { TableEngine } from './table-engine.ts';

/** Seconds: what should have gone longer ago than five years is taken for a mistake, and stays. */
const OLDEST = 5 * 365 * 24 * 3600;

export interface ExpiredItem {
  readonly tableName: string;
  readonly key: Item;
  readonly attribute: string;
  /** The value of the attribute, as it was when it was found. */
  readonly until: unknown;
}

export class Expiry {
  readonly #engine: TableEngine;
  /** The attribute by table. */
  readonly #attributes = new Map<string, string>();

  constructor(engine: TableEngine) {
    this.#engine = engine;
  }

  /** Has the items of a table expire as its definition says. */
  set({ name, timeToLive }: TableDefinition): void {
    if (timeToLive === undefined) this.#attributes.delete(name);
    else this.#attributes.set(name, timeToLive);
  }

  /** @param now epoch milliseconds */
  async expired(now: number): Promise<ExpiredItem[]> {
    const seconds = Math.floor(now / 1000);
    const found: ExpiredItem[] = [];
    for (const [tableName, attribute] of this.#attributes) {
      const keyNames = await keyNamesOf(this.#engine, tableName);
      let ExclusiveStartKey: unknown;
      do {
        const page = await this.#engine
          .call('Scan', {
            TableName: tableName,
            // A text that looks like a number is none: it compares with numbers as false.
            FilterExpression: '#time < :now AND #time > :oldest',
            ExpressionAttributeNames: { '#time': attribute },
            ExpressionAttributeValues: {
              ':now': { N: `${seconds}` },
              ':oldest': { N: `${seconds - OLDEST}` },
            },
            ...(ExclusiveStartKey !== undefined && { ExclusiveStartKey }),
          })
          // A table that was deleted has nothing that could expire.
          .catch((): JsonObject => ({}));
        for (const item of objectsIn(page.Items))
          found.push({ tableName, key: keyOf(item, keyNames), attribute, until: item[attribute] });
        ExclusiveStartKey = page.LastEvaluatedKey;
      } while (ExclusiveStartKey !== undefined);
    }
    return found;
  }

  /** @throws EngineError where there is no such table. */
  async describe({ TableName }: JsonObject): Promise<JsonObject> {
    await this.#engine.call('DescribeTable', { TableName });
    const attribute = this.#attributes.get(String(TableName));
    return {
      TimeToLiveDescription:
        attribute === undefined
          ? { TimeToLiveStatus: 'DISABLED' }
          : { TimeToLiveStatus: 'ENABLED', AttributeName: attribute },
    };
  }

  /** @throws EngineError where there is no such table, AwsApiError for what changes nothing. */
  async update({ TableName, TimeToLiveSpecification }: JsonObject): Promise<JsonObject> {
    await this.#engine.call('DescribeTable', { TableName });
    const name = String(TableName);
    const { Enabled, AttributeName } = isObject(TimeToLiveSpecification) ? TimeToLiveSpecification : {};
    const attribute = asText(AttributeName);
    if (typeof Enabled !== 'boolean' || attribute === undefined) {
      throw validationException(
        `Expected TimeToLiveSpecification with Enabled and AttributeName, got ${JSON.stringify(TimeToLiveSpecification)}`,
      );
    }
    if (this.#attributes.has(name) === Enabled) {
      const message = `TimeToLive is already ${Enabled ? 'enabled' : 'disabled'}`;
      throw validationException(message);
    }
    if (Enabled) this.#attributes.set(name, attribute);
    else this.#attributes.delete(name);
    return { TimeToLiveSpecification: { Enabled, AttributeName: attribute } };
  }
}
