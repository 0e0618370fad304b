/** DynamoDB as its clients see it: dynalite, with transactions and streams, which it has none of, in front of it. */
import { parseJsonBody } from '../http/body.ts';
import type { JsonObject } from '../json.ts';
import { isObject, objectsIn, parseObject } from '../json.ts';
import type { TableDefinition } from '../template/service.ts';
import type { ChangeStreams } from './change-streams.ts';
import { Expiry } from './expiry.ts';
import type { Item } from './items.ts';
import { canonical, keyOf, readItem } from './items.ts';
import type { EngineAnswer, EngineRequest, TableEngine } from './table-engine.ts';
import { EngineError } from './table-engine.ts';
import { TransactionCancelledError, Transactions } from './transactions.ts';

const CONTENT_TYPE = 'application/x-amz-json-1.0';

export class TableFront {
  readonly #engine: TableEngine;
  readonly #streams: ChangeStreams;
  readonly #transactions: Transactions;
  readonly #expiry: Expiry;
  readonly #turns = new Turns();

  constructor(engine: TableEngine, streams: ChangeStreams) {
    this.#engine = engine;
    this.#streams = streams;
    this.#transactions = new Transactions(engine);
    this.#expiry = new Expiry(engine);
  }

  /** Has the items of a table expire as its definition says. */
  setTimeToLive(table: TableDefinition): void {
    this.#expiry.set(table);
  }

  /** Removes the items whose time is over at `now` (epoch milliseconds), each as one change. */
  async expire(now: number): Promise<void> {
    for (const { tableName, key, attribute, until } of await this.#expiry.expired(now)) {
      await this.#turns.alone(async () => {
        const before = await readItem(this.#engine, tableName, key);
        // Whoever has given it more time meanwhile keeps it.
        if (canonical(before?.[attribute]) !== canonical(until)) return;
        await this.#engine.call('DeleteItem', { TableName: tableName, Key: key });
        this.#streams.add({ tableName, key, before, after: undefined, expired: true });
      });
    }
  }

  /** @throws AwsApiError, RequestError */
  async handle(request: EngineRequest): Promise<EngineAnswer> {
    const input = parseJsonBody(request.body.toString());
    const [service = '', operation = ''] = String(request.headers['x-amz-target'] ?? '').split('.');
    if (service.startsWith('DynamoDBStreams_')) return answered(this.#streams.answer(operation, input));
    try {
      switch (operation) {
        case 'TransactWriteItems':
          return await this.#turns.alone(() => this.#transact(input));
        case 'TransactGetItems':
          return await this.#turns.alone(async () => answered(await this.#transactions.read(input)));
        case 'DescribeTimeToLive':
          return answered(await this.#expiry.describe(input));
        case 'UpdateTimeToLive':
          return answered(await this.#expiry.update(input));
        case 'DescribeTable':
          return this.#described(await this.#engine.send(request), input);
        default:
          return await this.#forward(request, operation, input);
      }
    } catch (error) {
      if (error instanceof EngineError) return error.answer;
      if (error instanceof TransactionCancelledError) return cancelled(error);
      throw error;
    }
  }

  /** A write to a table with a stream goes alone, so that what is read before and after it is what it has changed. */
  #forward(request: EngineRequest, operation: string, input: JsonObject): Promise<EngineAnswer> {
    const written = this.#writtenBy(operation, input);
    if (written.length === 0) return this.#turns.beside(() => this.#engine.send(request));
    return this.#turns.alone(async () => {
      const before = await Promise.all(
        written.map(({ tableName, key }) => readItem(this.#engine, tableName, key)),
      );
      const answer = await this.#engine.send(request);
      if (answer.status === 200) {
        for (const [index, item] of written.entries())
          await this.#changed({ ...item, before: before[index] });
      }
      return answer;
    });
  }

  async #transact(input: JsonObject): Promise<EngineAnswer> {
    for (const item of await this.#transactions.write(input)) await this.#changed(item);
    return answered({});
  }

  async #changed({
    tableName,
    key,
    before,
  }: {
    tableName: unknown;
    key: Item;
    before: Item | undefined;
  }): Promise<void> {
    if (this.#streams.keyNames(tableName) === undefined) return;
    const after = await readItem(this.#engine, tableName, key);
    this.#streams.add({ tableName: String(tableName), key, before, after });
  }

  /** The items that a request writes, of tables that have a stream. */
  #writtenBy(operation: string, input: JsonObject): { readonly tableName: unknown; readonly key: Item }[] {
    switch (operation) {
      case 'PutItem':
        return this.#ofStreamed(input.TableName, (names) => keyOf(input.Item, names));
      case 'UpdateItem':
      case 'DeleteItem':
        return this.#ofStreamed(input.TableName, () => (isObject(input.Key) ? input.Key : {}));
      case 'BatchWriteItem':
        return Object.entries(isObject(input.RequestItems) ? input.RequestItems : {}).flatMap(
          ([tableName, requests]) =>
            objectsIn(requests).flatMap(({ PutRequest, DeleteRequest }) =>
              this.#ofStreamed(tableName, (names) =>
                isObject(DeleteRequest)
                  ? keyOf(DeleteRequest.Key, names)
                  : keyOf(isObject(PutRequest) ? PutRequest.Item : undefined, names),
              ),
            ),
        );
      default:
        return [];
    }
  }

  #ofStreamed(
    tableName: unknown,
    key: (names: readonly string[]) => Item,
  ): { readonly tableName: unknown; readonly key: Item }[] {
    const names = this.#streams.keyNames(tableName);
    return names === undefined ? [] : [{ tableName, key: key(names) }];
  }

  #described(answer: EngineAnswer, { TableName }: JsonObject): EngineAnswer {
    const body = parseObject(answer.body);
    const stream = this.#streams.describe(TableName);
    if (answer.status !== 200 || !isObject(body?.Table) || Object.keys(stream).length === 0) return answer;
    return answered({ ...body, Table: { ...body.Table, ...stream } });
  }
}

/** Lets some work run alone, and other work beside its like: each waits for what came before it and must not overlap. */
class Turns {
  #alone: Promise<unknown> = Promise.resolve();
  readonly #beside = new Set<Promise<unknown>>();

  beside<Result>(work: () => Promise<Result>): Promise<Result> {
    const running = this.#alone.then(work);
    const settled = running
      .catch(() => undefined)
      .finally(() => {
        this.#beside.delete(settled);
      });
    this.#beside.add(settled);
    return running;
  }

  alone<Result>(work: () => Promise<Result>): Promise<Result> {
    const running = Promise.all([this.#alone, ...this.#beside]).then(work);
    this.#alone = running.catch(() => undefined);
    return running;
  }
}

function answered(output: JsonObject): EngineAnswer {
  return { status: 200, headers: { 'Content-Type': CONTENT_TYPE }, body: JSON.stringify(output) };
}

function cancelled({ message, reasons }: TransactionCancelledError): EngineAnswer {
  const type = 'com.amazonaws.dynamodb.v20120810#TransactionCanceledException';
  const body = JSON.stringify({ __type: type, CancellationReasons: reasons, Message: message });
  return { status: 400, headers: { 'Content-Type': CONTENT_TYPE }, body };
}
