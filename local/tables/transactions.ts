/** Transactions, which dynalite has none of: all or nothing, as "Managing complex workflows with DynamoDB transactions" has it. */
import { AwsApiError, validationException } from '../http/aws-error.ts';
import type { JsonObject } from '../json.ts';
import { asText, isObject, objectsIn } from '../json.ts';
import type { Item } from './items.ts';
import { canonical, keyNamesOf, keyOf, readItem } from './items.ts';
import type { TableEngine } from './table-engine.ts';
import { EngineError } from './table-engine.ts';

/** Items of one transaction ("TransactWriteItems" in the API reference). */
const MAX_ITEMS = 100;

/** Milliseconds for which a request with the same token is the same request (the same page: ten minutes). */
const TOKEN_LIFE_MS = 10 * 60_000;

/** What a transaction would do to one item, or asks of it. */
interface Action {
  readonly kind: 'Put' | 'Update' | 'Delete' | 'ConditionCheck';
  readonly input: JsonObject;
  readonly tableName: unknown;
  readonly key: Item;
}

/** Why a transaction was cancelled, as far as one of its items goes. */
interface CancellationReason {
  readonly Code: string;
  readonly Message?: string;
  readonly Item?: Item;
}

/** The answer to a transaction that was cancelled: nothing of it has happened. */
export class TransactionCancelledError extends Error {
  override readonly name = 'TransactionCancelledError';
  readonly reasons: readonly CancellationReason[];

  constructor(reasons: readonly CancellationReason[]) {
    const codes = reasons.map(({ Code }) => Code).join(', ');
    super(`Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`);
    this.reasons = reasons;
  }
}

/** An item that a transaction wrote. */
export interface WrittenItem {
  readonly tableName: unknown;
  readonly key: Item;
  readonly before: Item | undefined;
}

export class Transactions {
  readonly #engine: TableEngine;
  readonly #tokens = new Map<string, { readonly request: string; readonly until: number }>();

  constructor(engine: TableEngine) {
    this.#engine = engine;
  }

  /**
   * Carries out TransactWriteItems. Nobody else may read or write meanwhile.
   *
   * @returns what was written; nothing for a request that is repeated with its token.
   * @throws TransactionCancelledError, with everything as it was before
   * @throws AwsApiError for a request that DynamoDB would not begin with, EngineError for one that dynalite refuses as written
   */
  async write(input: JsonObject): Promise<WrittenItem[]> {
    const actions = await this.#actionsIn(input);
    if (this.#isRepeated(input)) return [];
    const written: WrittenItem[] = [];
    const reasons: CancellationReason[] = [];
    try {
      for (const action of actions) {
        const before = await readItem(this.#engine, action.tableName, action.key);
        const reason = await this.#attempt(action, before);
        reasons.push(reason ?? { Code: 'None' });
        if (reason === undefined && action.kind !== 'ConditionCheck') written.push({ ...action, before });
      }
      if (reasons.some(({ Code }) => Code !== 'None')) throw new TransactionCancelledError(reasons);
    } catch (error) {
      await this.#undo(written);
      throw error;
    }
    this.#remember(input);
    return written;
  }

  /** Carries out TransactGetItems. Nobody may write meanwhile. */
  async read(input: JsonObject): Promise<JsonObject> {
    const gets = objectsIn(input.TransactItems).map(({ Get }) => (isObject(Get) ? Get : {}));
    checkCount(gets.length);
    const responses: JsonObject[] = [];
    for (const get of gets)
      responses.push(await this.#engine.call('GetItem', { ...get, ConsistentRead: true }));
    return { Responses: responses.map(({ Item: item }) => (item === undefined ? {} : { Item: item })) };
  }

  async #actionsIn({ TransactItems }: JsonObject): Promise<Action[]> {
    const items = objectsIn(TransactItems);
    checkCount(items.length);
    const actions = await Promise.all(items.map((item) => this.#actionOf(item)));
    const keys = actions.map(({ tableName, key }) => canonical([tableName, key]));
    if (new Set(keys).size < keys.length)
      throw validationException('Transaction request cannot include multiple operations on one item');
    return actions;
  }

  async #actionOf(item: JsonObject): Promise<Action> {
    const kinds = (['Put', 'Update', 'Delete', 'ConditionCheck'] as const).filter((kind) =>
      isObject(item[kind]),
    );
    const [kind] = kinds;
    const input = kind === undefined ? undefined : item[kind];
    if (kind === undefined || kinds.length > 1 || !isObject(input))
      throw validationException('TransactItems can only contain one of Check, Put, Update or Delete');
    if (kind === 'ConditionCheck' && input.ConditionExpression === undefined)
      throw validationException(
        "1 validation error detected: Value null at 'conditionExpression' failed to satisfy constraint: Member must not be null",
      );
    const names = await keyNamesOf(this.#engine, input.TableName);
    if (names.length === 0) {
      // Says that there is no such table, in dynalite's words.
      await this.#engine.call('DescribeTable', { TableName: input.TableName });
    }
    const key = kind === 'Put' ? keyOf(input.Item, names) : isObject(input.Key) ? input.Key : {};
    return { kind, input, tableName: input.TableName, key };
  }

  /** Does it, or says why not. */
  async #attempt(action: Action, before: Item | undefined): Promise<CancellationReason | undefined> {
    const { kind, input } = action;
    const { ReturnValuesOnConditionCheckFailure, ...own } = input;
    try {
      if (kind === 'ConditionCheck') await this.#check(action, own, before);
      else await this.#engine.call(`${kind}Item`, own);
      return undefined;
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      if (error.type === 'ConditionalCheckFailedException') {
        return {
          Code: 'ConditionalCheckFailed',
          Message: 'The conditional request failed',
          ...(ReturnValuesOnConditionCheckFailure === 'ALL_OLD' && before !== undefined && { Item: before }),
        };
      }
      if (error.type === 'ValidationException' && !isWrittenWrongly(error.message)) {
        return { Code: 'ValidationError', Message: error.message };
      }
      throw error;
    }
  }

  /** A condition alone: what is there is written as it is, or what is not there is deleted. */
  async #check({ key, tableName }: Action, input: JsonObject, before: Item | undefined): Promise<void> {
    const { ConditionExpression, ExpressionAttributeNames, ExpressionAttributeValues } = input;
    const condition = {
      TableName: tableName,
      ConditionExpression,
      ...(ExpressionAttributeNames !== undefined && { ExpressionAttributeNames }),
      ...(ExpressionAttributeValues !== undefined && { ExpressionAttributeValues }),
    };
    if (before === undefined) await this.#engine.call('DeleteItem', { ...condition, Key: key });
    else await this.#engine.call('PutItem', { ...condition, Item: before });
  }

  async #undo(written: readonly WrittenItem[]): Promise<void> {
    for (const { tableName: TableName, key: Key, before } of written.toReversed()) {
      if (before === undefined) await this.#engine.call('DeleteItem', { TableName, Key });
      else await this.#engine.call('PutItem', { TableName, Item: before });
    }
  }

  /** @throws AwsApiError when the token was used for something else. */
  #isRepeated({ ClientRequestToken: token, ...input }: JsonObject): boolean {
    const now = Date.now();
    for (const [known, { until }] of this.#tokens) if (until < now) this.#tokens.delete(known);
    const known = this.#tokens.get(asText(token) ?? '');
    if (known === undefined) return false;
    if (known.request === canonical(input)) return true;
    throw new AwsApiError(
      400,
      'IdempotentParameterMismatchException',
      'The provided client token has been used with different request parameters.',
    );
  }

  #remember({ ClientRequestToken: token, ...input }: JsonObject): void {
    if (typeof token !== 'string') return;
    this.#tokens.set(token, { request: canonical(input), until: Date.now() + TOKEN_LIFE_MS });
  }
}

function checkCount(count: number): void {
  if (count >= 1 && count <= MAX_ITEMS) return;
  const bound = count === 0 ? 'greater than or equal to 1' : `less than or equal to ${MAX_ITEMS}`;
  throw validationException(
    `1 validation error detected: Value at 'transactItems' failed to satisfy constraint: Member must have length ${bound}`,
  );
}

/** Whether a request is refused for how it is written, before any item is looked at: then nothing is cancelled. */
function isWrittenWrongly(message: string): boolean {
  return /^(Invalid |Value provided in |ExpressionAttribute|One or more parameter values were invalid: (?!Type mismatch|Missing the key)|\d+ validation error|Supplied AttributeValue)/.test(
    message,
  );
}
