/** An event source mapping of a stream: feeds the changes of one table to one function, in batches and in order. */
import { setTimeout as sleep } from 'node:timers/promises';
import { unsignedFor } from '../aws/unsigned.ts';
import type { MetricSink } from '../cloudwatch/metrics/metric.ts';
import { recordFilter } from '../events/filter-criteria.ts';
import type { Delivery } from '../events/targets.ts';
import type { JsonObject } from '../json.ts';
import { asText, isObject, objectsIn, parseObject } from '../json.ts';
import type { Invoke, InvokeResponse } from '../lambda/invocation.ts';
import { ThrottledError } from '../lambda/invocation.ts';
import { readBatchResponse } from '../messaging/batch-response.ts';
import { MAX_PAYLOAD_BYTES } from '../messaging/sqs-event.ts';
import { arnOf } from '../template/arns.ts';
import type { StreamMappingDefinition } from '../template/service.ts';

export interface StreamPollerOptions {
  readonly mapping: StreamMappingDefinition;
  /** Where DynamoDB Streams answer. */
  readonly endpoint: string;
  readonly region: string;
  readonly accountId: string;
  readonly invoke: Invoke;
  /** Delivers what is said of batches that are given up. */
  readonly deliver: (delivery: Delivery) => Promise<void>;
  readonly measure?: MetricSink;
  /** Told what keeps records from being processed, other than the function's own failures, and of those that are given up. */
  readonly onError: (message: string, cause: unknown) => void;
  /**
   * Milliseconds before a batch is tried again; they double, up to ten seconds.
   *
   * @default 250
   */
  readonly firstRetryDelayMs?: number;
}

/** Lambda looks for records four times a second ("Polling and batching streams"). */
const POLL_INTERVAL_MS = 250;

/** Records in one request of DynamoDB Streams. */
const MAX_RECORDS_READ = 1000;

const MAX_DELAY_MS = 10_000;

/** A record as a function gets it, and what the poller knows it by. */
interface StreamRecord {
  readonly json: string;
  readonly sequenceNumber: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
}

/** Why a batch is given up, in Lambda's word. */
type Condition = 'RetryAttemptsExhausted' | 'RecordAgeExceeded';

export class StreamPoller {
  readonly #options: StreamPollerOptions;
  readonly #passes: (record: JsonObject) => boolean;
  readonly #stopping = new AbortController();
  readonly #stopped: Promise<unknown>;
  #iterator: string | undefined;
  #shardId = '';
  /** Read from the stream, and not in a batch yet. */
  #waiting: StreamRecord[] = [];
  #polling: Promise<void> | undefined;

  constructor(options: StreamPollerOptions) {
    this.#options = options;
    this.#passes = recordFilter(options.mapping.filters ?? []);
    const { signal } = this.#stopping;
    this.#stopped = new Promise((resolve) => signal.addEventListener('abort', resolve));
  }

  /** Begins to read at the place in the stream where it starts, unless the mapping is disabled. */
  async start(): Promise<void> {
    const { mapping } = this.#options;
    if (!mapping.enabled) return;
    await this.#open(mapping.startingPosition).catch((cause: unknown) => {
      this.#report('cannot be read, trying on', cause);
    });
    this.#polling ??= this.#poll();
  }

  /** Takes no further records. A batch that is under way is waited for no longer than its function runs. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#polling;
  }

  async #poll(): Promise<void> {
    let failures = 0;
    while (!this.#isStopping()) {
      try {
        const batch = await this.#collect();
        if (batch.length > 0) await this.#process(batch);
        failures = 0;
      } catch (cause) {
        if (this.#isStopping()) return;
        if (failures === 0) this.#report('cannot be read, trying on', cause);
        failures += 1;
        await this.#pause(Math.min(POLL_INTERVAL_MS * 2 ** failures, MAX_DELAY_MS));
      }
    }
  }

  /** A batch: full, or what there is when its window ends. */
  async #collect(): Promise<StreamRecord[]> {
    const { batchSize, maximumBatchingWindow } = this.#options.mapping;
    let windowEnds: number | undefined;
    for (;;) {
      await this.#read();
      if (this.#isStopping()) return [];
      const full = fitting(this.#waiting, batchSize);
      const isFull = full < this.#waiting.length || full === batchSize;
      if (this.#waiting.length > 0) windowEnds ??= performance.now() + maximumBatchingWindow * 1000;
      if (isFull || (windowEnds !== undefined && performance.now() >= windowEnds)) {
        return this.#waiting.splice(0, full);
      }
      await this.#pause(
        Math.min(POLL_INTERVAL_MS, windowEnds === undefined ? Infinity : windowEnds - performance.now()),
      );
    }
  }

  async #read(): Promise<void> {
    if (this.#waiting.length >= this.#options.mapping.batchSize) return;
    const { streamArn, startingPosition } = this.#options.mapping;
    if (this.#iterator === undefined) await this.#open(startingPosition);
    const answer = await this.#ask('GetRecords', { ShardIterator: this.#iterator, Limit: MAX_RECORDS_READ });
    if (answer.__type !== undefined) {
      this.#report(
        'has lost records that were not read in time, and is read on from its oldest',
        answer.message,
      );
      await this.#open('TRIM_HORIZON');
      return;
    }
    this.#iterator = asText(answer.NextShardIterator);
    const records = objectsIn(answer.Records).map((record) => ({
      ...record,
      ...identityIn(record),
      eventSourceARN: streamArn,
    }));
    const passed = records.filter((record) => this.#passes(record));
    this.#count('PolledEventCount', records.length);
    this.#count('FilteredOutEventCount', records.length - passed.length);
    for (const record of passed) {
      const changed: unknown = (record as JsonObject).dynamodb;
      const { SequenceNumber, ApproximateCreationDateTime } = isObject(changed) ? changed : {};
      this.#waiting.push({
        json: JSON.stringify(record),
        sequenceNumber: String(SequenceNumber),
        createdAt: Number(ApproximateCreationDateTime) * 1000,
      });
    }
  }

  /** Tries a batch until it is done or given up. Nothing behind it is read meanwhile: the stream keeps its order. */
  async #process(batch: readonly StreamRecord[]): Promise<void> {
    const { mapping, firstRetryDelayMs = POLL_INTERVAL_MS } = this.#options;
    const { maximumRetryAttempts = Infinity, bisectOnError } = mapping;
    let rest = batch;
    let failures = 0;
    for (let delay = firstRetryDelayMs; rest.length > 0 && !this.#isStopping();) {
      rest = await this.#withoutOld(rest, failures);
      if (rest.length === 0) return;
      const response = await this.#invoke(rest);
      if (response !== undefined) {
        const failed = this.#failedOf(rest, response);
        this.#count('InvokedEventCount', rest.length);
        this.#count('FailedInvokeEventCount', failed.length);
        if (failed.length === 0) return;
        const hasProgressed = failed.length < rest.length;
        rest = failed;
        // What was processed before the first failure is done; the retries of what is left begin anew.
        failures = hasProgressed ? 1 : failures + 1;
        if (bisectOnError && !hasProgressed && rest.length > 1) {
          const half = Math.ceil(rest.length / 2);
          await this.#process(rest.slice(0, half));
          await this.#process(rest.slice(half));
          return;
        }
        if (failures > maximumRetryAttempts) {
          await this.#giveUp(rest, 'RetryAttemptsExhausted', { response, invokeCount: failures });
          return;
        }
      }
      await this.#pause(delay);
      delay = Math.min(delay * 2, MAX_DELAY_MS);
    }
  }

  /** The records that may still be tried; the others are given up. */
  async #withoutOld(batch: readonly StreamRecord[], failures: number): Promise<readonly StreamRecord[]> {
    const { maximumRecordAge = Infinity } = this.#options.mapping;
    const oldest = Date.now() - maximumRecordAge * 1000;
    const young = batch.filter(({ createdAt }) => createdAt >= oldest);
    const old = batch.filter((record) => !young.includes(record));
    if (old.length > 0) await this.#giveUp(old, 'RecordAgeExceeded', { invokeCount: failures });
    return young;
  }

  /** @returns undefined when no environment was free, or the service was at fault: that takes no retry away. */
  async #invoke(batch: readonly StreamRecord[]): Promise<InvokeResponse | undefined> {
    const { mapping, invoke } = this.#options;
    this.#measureAge(batch);
    const payload = `{"Records":[${batch.map(({ json }) => json).join(',')}]}`;
    try {
      return await Promise.race([
        invoke({ functionName: mapping.functionName, payload }),
        this.#stopped.then(() => undefined),
      ]);
    } catch (cause) {
      if (!(cause instanceof ThrottledError)) {
        this.#report(`could not invoke ${mapping.functionName}, trying on`, cause);
      }
      return undefined;
    }
  }

  /** From the first record on that the function did not process: what comes after it has to wait, whatever became of it. */
  #failedOf(batch: readonly StreamRecord[], response: InvokeResponse): readonly StreamRecord[] {
    if (response.functionError !== undefined) return batch;
    if (!this.#options.mapping.reportBatchItemFailures) return [];
    const outcome = readBatchResponse(
      response.payload,
      new Set(batch.map(({ sequenceNumber }) => sequenceNumber)),
    );
    if ('malformed' in outcome) {
      this.#report(
        'counts a whole batch as failed, as its response reports failures wrongly',
        outcome.malformed,
      );
      return batch;
    }
    const first = batch.findIndex(({ sequenceNumber }) => outcome.failed.has(sequenceNumber));
    return first === -1 ? [] : batch.slice(first);
  }

  async #giveUp(
    batch: readonly StreamRecord[],
    condition: Condition,
    { response, invokeCount }: { readonly response?: InvokeResponse; readonly invokeCount: number },
  ): Promise<void> {
    const { mapping, deliver } = this.#options;
    const { functionName, onFailure } = mapping;
    const numbers = [...new Set([batch[0]?.sequenceNumber, batch.at(-1)?.sequenceNumber])].join(' to ');
    this.#report(
      `gives up ${batch.length === 1 ? 'a record' : `${batch.length} records`} (${numbers}) that ${functionName} did not take`,
      condition,
    );
    if (onFailure === undefined) {
      this.#count('DroppedEventCount', batch.length);
      return;
    }
    try {
      const payload = JSON.stringify(this.#failureRecord(batch, { condition, response, invokeCount }));
      await deliver({ arn: onFailure, payload });
      this.#count('OnFailureDestinationDeliveredEventCount', batch.length);
    } catch (cause) {
      this.#measure('DestinationDeliveryFailures', 1, 'Count');
      this.#count('DroppedEventCount', batch.length);
      this.#report(`could not tell ${onFailure} of records that are given up`, cause);
    }
  }

  /** What a destination hears ("Retaining discarded batches for a DynamoDB event source"): where the records are, not what. */
  #failureRecord(
    batch: readonly StreamRecord[],
    failure: {
      readonly condition: Condition;
      readonly response: InvokeResponse | undefined;
      readonly invokeCount: number;
    },
  ): object {
    const { mapping, region, accountId } = this.#options;
    const { condition, response, invokeCount } = failure;
    const [first, last] = [batch[0], batch.at(-1)];
    const arrival = (record: StreamRecord | undefined): string =>
      new Date(record?.createdAt ?? 0).toISOString().replace(/\.\d+Z$/, 'Z');
    return {
      requestContext: {
        requestId: response?.requestId ?? '',
        functionArn: arnOf({ region, accountId }, 'lambda', `function:${mapping.functionName}`),
        condition,
        approximateInvokeCount: invokeCount,
      },
      ...(response !== undefined && {
        responseContext: {
          statusCode: 200,
          executedVersion: '$LATEST',
          ...(response.functionError !== undefined && { functionError: response.functionError }),
        },
      }),
      version: '1.0',
      timestamp: new Date().toISOString(),
      DDBStreamBatchInfo: {
        shardId: this.#shardId,
        startSequenceNumber: first?.sequenceNumber,
        endSequenceNumber: last?.sequenceNumber,
        approximateArrivalOfFirstRecord: arrival(first),
        approximateArrivalOfLastRecord: arrival(last),
        batchSize: batch.length,
        streamArn: mapping.streamArn,
      },
    };
  }

  /** How old the newest record of a batch is when the function gets it. */
  #measureAge(batch: readonly StreamRecord[]): void {
    const age = Math.max(0, Date.now() - (batch.at(-1)?.createdAt ?? 0));
    this.#measure('IteratorAge', age, 'Milliseconds');
  }

  #count(name: string, value: number): void {
    const { mapping, measure } = this.#options;
    if (mapping.countsEvents !== true) return;
    const dimensions = { EventSourceMappingUUID: mapping.uuid };
    measure?.({ namespace: 'AWS/Lambda', name, dimensions, value });
  }

  #measure(name: string, value: number, unit: string): void {
    const FunctionName = this.#options.mapping.functionName;
    for (const dimensions of [{ FunctionName }, {}]) {
      this.#options.measure?.({ namespace: 'AWS/Lambda', name, dimensions, value, unit });
    }
  }

  async #open(ShardIteratorType: StreamMappingDefinition['startingPosition']): Promise<void> {
    const StreamArn = await this.#newestStream();
    const { StreamDescription } = await this.#ask('DescribeStream', { StreamArn });
    const shards = objectsIn(isObject(StreamDescription) ? StreamDescription.Shards : undefined);
    const shard = shards.at(-1);
    if (shards.length > 1)
      this.#report(`has ${shards.length} shards`, `Only the newest is read, ${String(shard?.ShardId)}`);
    this.#shardId = asText(shard?.ShardId) ?? '';
    const asked = { StreamArn, ShardId: this.#shardId, ShardIteratorType };
    this.#iterator = asText((await this.#ask('GetShardIterator', asked)).ShardIterator);
  }

  /**
   * What the stream of the table is called where it is read: another engine names it by its own account and time.
   *
   * @throws Error where the table has none
   */
  async #newestStream(): Promise<string> {
    const { streamArn } = this.#options.mapping;
    const [, TableName = ''] = /:table\/([^/]+)\//.exec(streamArn) ?? [];
    const { Streams } = await this.#ask('ListStreams', { TableName });
    const arns = objectsIn(Streams).flatMap(({ StreamArn }) => asText(StreamArn) ?? []);
    const newest = arns.sort().at(-1);
    if (newest !== undefined) return newest;
    throw new Error(`The table ${TableName} has no stream at ${this.#options.endpoint}`);
  }

  /**
   * @returns the answer, or the error of records that are no longer there
   * @throws Error with the message of DynamoDB Streams for every other refusal
   */
  async #ask(operation: string, input: JsonObject): Promise<JsonObject> {
    const response = await fetch(this.#options.endpoint, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/x-amz-json-1.0',
        'X-Amz-Target': `DynamoDBStreams_20120810.${operation}`,
        Authorization: unsignedFor(this.#options.mapping.streamArn),
      },
      body: JSON.stringify(input),
      signal: this.#stopping.signal,
    });
    const text = await response.text();
    const answer = parseObject(text) ?? {};
    const type = asText(answer.__type)?.replace(/^.*#/, '');
    if (response.ok || type === 'TrimmedDataAccessException') return answer;
    throw new Error(
      asText(answer.message ?? answer.Message) ?? `DynamoDB Streams answered ${response.status}: ${text}`,
    );
  }

  #isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  #report(what: string, cause: unknown): void {
    this.#options.onError(`${this.#options.mapping.streamArn} ${what}.`, cause);
  }

  /** Sleeps, or less when it stops. */
  async #pause(milliseconds: number): Promise<void> {
    await sleep(Math.max(0, milliseconds), undefined, { signal: this.#stopping.signal }).catch(
      () => undefined,
    );
  }
}

/** Who has changed an item, where it was a service: Lambda writes it in lower case, and DynamoDB Streams do not. */
function identityIn({ userIdentity }: JsonObject): JsonObject {
  if (!isObject(userIdentity)) return {};
  const { Type = userIdentity.type, PrincipalId = userIdentity.principalId } = userIdentity;
  return { userIdentity: { type: Type, principalId: PrincipalId } };
}

/** How many of the records make one batch: one at least, and no more than an invocation takes. */
function fitting(records: readonly StreamRecord[], batchSize: number): number {
  let bytes = 0;
  let count = 0;
  for (const { json } of records.slice(0, batchSize)) {
    bytes += Buffer.byteLength(json) + 1;
    if (count > 0 && bytes > MAX_PAYLOAD_BYTES - 100) break;
    count += 1;
  }
  return count;
}
