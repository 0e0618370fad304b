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
import { MAX_RECORD_BYTES, TumblingWindow } from './tumbling-window.ts';

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
  /** Milliseconds of `performance.now()`, by which its age is measured: a clock that nobody sets. */
  readonly begun: number;
}

/** The records of a batch or of a window, as a destination hears of them. */
interface Extent {
  readonly first: StreamRecord | undefined;
  readonly last: StreamRecord | undefined;
  readonly size: number;
}

/** A tumbling window that is open, and the records that its function has done; undefined before it was invoked. */
interface OpenWindow {
  readonly window: TumblingWindow;
  extent?: Extent;
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
  #open?: OpenWindow | undefined;
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
    await this.#openShard(mapping.startingPosition).catch((cause: unknown) => {
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
        else await this.#endWindow('final');
        failures = 0;
      } catch (cause) {
        if (this.#isStopping()) return;
        if (failures === 0) this.#report('cannot be read, trying on', cause);
        failures += 1;
        await this.#pause(Math.min(POLL_INTERVAL_MS * 2 ** failures, MAX_DELAY_MS));
      }
    }
  }

  /** A batch: full, or what there is when its time ends. None when nothing more comes for the tumbling window that is open. */
  async #collect(): Promise<StreamRecord[]> {
    const { batchSize, maximumBatchingWindow } = this.#options.mapping;
    let batchingEnds: number | undefined;
    for (;;) {
      // Before the stream is read: what is written later belongs to another window.
      const isWindowOver = this.#open?.window.isOver() ?? false;
      const isAtEnd = await this.#read();
      if (this.#isStopping()) return [];
      const [first] = this.#waiting;
      if (first !== undefined && this.#windowFor(first)?.window.holds(first.createdAt) === false) return [];
      const count = this.#countOfBatch();
      const isFull = count < this.#waiting.length || count === batchSize;
      if (count > 0) batchingEnds ??= performance.now() + maximumBatchingWindow * 1000;
      const isTimeOver = batchingEnds !== undefined && performance.now() >= batchingEnds;
      if (isFull || isTimeOver || (isWindowOver && isAtEnd)) return this.#waiting.splice(0, count);
      await this.#pause(
        Math.min(POLL_INTERVAL_MS, batchingEnds === undefined ? Infinity : batchingEnds - performance.now()),
      );
    }
  }

  /** How many of the records that wait make one batch: of a tumbling window only those that are of it. */
  #countOfBatch(): number {
    const waiting = this.#waiting.slice(0, this.#options.mapping.batchSize);
    const window = this.#open?.window;
    if (window === undefined) return fitting(waiting, MAX_PAYLOAD_BYTES - 100);
    const another = waiting.findIndex(({ createdAt }) => !window.holds(createdAt));
    return fitting(another === -1 ? waiting : waiting.slice(0, another), MAX_RECORD_BYTES);
  }

  /** The tumbling window that is open, else one that opens for a record; undefined where the mapping has none. */
  #windowFor(record: StreamRecord): OpenWindow | undefined {
    const { tumblingWindow } = this.#options.mapping;
    if (tumblingWindow === undefined) return undefined;
    this.#open ??= { window: new TumblingWindow(record.createdAt, tumblingWindow) };
    return this.#open;
  }

  /** @returns whether it has found the end of the stream */
  async #read(): Promise<boolean> {
    if (this.#waiting.length >= this.#options.mapping.batchSize) return false;
    const { streamArn, startingPosition } = this.#options.mapping;
    if (this.#iterator === undefined) await this.#openShard(startingPosition);
    const answer = await this.#ask('GetRecords', { ShardIterator: this.#iterator, Limit: MAX_RECORDS_READ });
    if (answer.__type !== undefined) {
      this.#report(
        'has lost records that were not read in time, and is read on from its oldest',
        answer.message,
      );
      await this.#openShard('TRIM_HORIZON');
      return false;
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
      const createdAt = Number(ApproximateCreationDateTime) * 1000;
      this.#waiting.push({
        json: JSON.stringify(record),
        sequenceNumber: String(SequenceNumber),
        createdAt,
        begun: performance.now() - Math.max(0, Date.now() - createdAt),
      });
    }
    return records.length === 0;
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
        if (this.#open?.window.hasTooMuch()) await this.#endWindow('early');
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
    const oldest = performance.now() - maximumRecordAge * 1000;
    const young = batch.filter(({ begun }) => begun >= oldest);
    const old = batch.filter((record) => !young.includes(record));
    if (old.length > 0) await this.#giveUp(old, 'RecordAgeExceeded', { invokeCount: failures });
    return young;
  }

  #invoke(batch: readonly StreamRecord[]): Promise<InvokeResponse | undefined> {
    this.#measureAge(batch);
    const records = batch.map(({ json }) => json);
    const [first] = batch;
    const open = first && this.#windowFor(first);
    if (open === undefined) return this.#call(`{"Records":[${records.join(',')}]}`);
    open.extent ??= { first, last: first, size: 0 };
    return this.#call(open.window.event('records', records, this.#source()));
  }

  /** @returns undefined when no environment was free, or the service was at fault: that takes no retry away. */
  async #call(payload: string): Promise<InvokeResponse | undefined> {
    const {
      mapping: { functionName },
      invoke,
    } = this.#options;
    try {
      return await Promise.race([invoke({ functionName, payload }), this.#stopped.then(() => undefined)]);
    } catch (cause) {
      if (!(cause instanceof ThrottledError))
        this.#report(`could not invoke ${functionName}, trying on`, cause);
      return undefined;
    }
  }

  /**
   * Lets the function make of the state of a window what it was kept for, and forgets it then. Until that has succeeded nothing
   * further is processed. What it answers does not matter: no invocation comes that a state could be for ("Using AWS Lambda for
   * streaming analytics", AWS Compute Blog).
   */
  async #endWindow(purpose: 'final' | 'early'): Promise<void> {
    const { window, extent } = this.#open ?? {};
    this.#open = undefined;
    if (window === undefined || extent === undefined) return;
    const { mapping, firstRetryDelayMs = POLL_INTERVAL_MS } = this.#options;
    const { functionName, maximumRetryAttempts = Infinity, maximumRecordAge = Infinity } = mapping;
    if (purpose === 'early')
      this.#report(
        `ends the ${window.toString()} early, with what ${functionName} has made of it so far`,
        'Lambda keeps a state of at most 1 MB',
      );
    const begun = performance.now();
    let failures = 0;
    for (let delay = firstRetryDelayMs; !this.#isStopping();) {
      const response = await this.#call(window.event(purpose, [], this.#source()));
      if (response !== undefined && response.functionError === undefined) return;
      if (response !== undefined) failures += 1;
      const isTooOld = performance.now() - begun > maximumRecordAge * 1000;
      if (failures > maximumRetryAttempts || isTooOld) {
        const condition = isTooOld ? 'RecordAgeExceeded' : 'RetryAttemptsExhausted';
        this.#report(`gives up what ${functionName} has made of the ${window.toString()}`, condition);
        await this.#tell(extent, condition, { response, invokeCount: failures });
        return;
      }
      await this.#pause(delay);
      delay = Math.min(delay * 2, MAX_DELAY_MS);
    }
  }

  #source(): { readonly streamArn: string; readonly shardId: string } {
    return { streamArn: this.#options.mapping.streamArn, shardId: this.#shardId };
  }

  /** From the first record on that the function did not process: what comes after it has to wait, whatever became of it. */
  #failedOf(batch: readonly StreamRecord[], response: InvokeResponse): readonly StreamRecord[] {
    if (response.functionError !== undefined) return batch;
    const failed = this.#reportedOf(batch, response);
    if (this.#open === undefined || failed === undefined) return failed ?? batch;
    const wrong = this.#open.window.takeState(response.payload);
    if (wrong !== undefined) {
      this.#report(
        'counts a whole batch as failed, as a function with a tumbling window has to answer with its state',
        wrong,
      );
      return batch;
    }
    const done = batch.slice(0, batch.length - failed.length);
    const { first, last, size } = this.#open.extent ?? { first: done[0], size: 0 };
    this.#open.extent = { first, last: done.at(-1) ?? last, size: size + done.length };
    return failed;
  }

  /** @returns undefined where the response cannot be understood */
  #reportedOf(batch: readonly StreamRecord[], response: InvokeResponse): readonly StreamRecord[] | undefined {
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
      return undefined;
    }
    const first = batch.findIndex(({ sequenceNumber }) => outcome.failed.has(sequenceNumber));
    return first === -1 ? [] : batch.slice(first);
  }

  async #giveUp(
    batch: readonly StreamRecord[],
    condition: Condition,
    tried: { readonly response?: InvokeResponse; readonly invokeCount: number },
  ): Promise<void> {
    const numbers = [...new Set([batch[0]?.sequenceNumber, batch.at(-1)?.sequenceNumber])].join(' to ');
    const records = batch.length === 1 ? 'a record' : `${batch.length} records`;
    this.#report(
      `gives up ${records} (${numbers}) that ${this.#options.mapping.functionName} did not take`,
      condition,
    );
    const extent = { first: batch[0], last: batch.at(-1), size: batch.length };
    const isTold = await this.#tell(extent, condition, tried);
    this.#count(isTold ? 'OnFailureDestinationDeliveredEventCount' : 'DroppedEventCount', batch.length);
  }

  /** @returns whether there is a destination that has heard of it */
  async #tell(
    extent: Extent,
    condition: Condition,
    {
      response,
      invokeCount,
    }: { readonly response?: InvokeResponse | undefined; readonly invokeCount: number },
  ): Promise<boolean> {
    const { mapping, deliver } = this.#options;
    const { onFailure } = mapping;
    if (onFailure === undefined) return false;
    try {
      const payload = JSON.stringify(this.#failureRecord(extent, { condition, response, invokeCount }));
      await deliver({ arn: onFailure, payload });
      return true;
    } catch (cause) {
      this.#measure('DestinationDeliveryFailures', 1, 'Count');
      this.#report(`could not tell ${onFailure} of records that are given up`, cause);
      return false;
    }
  }

  /** What a destination hears ("Retaining discarded batches for a DynamoDB event source"): where the records are, not what. */
  #failureRecord(
    { first, last, size }: Extent,
    failure: {
      readonly condition: Condition;
      readonly response: InvokeResponse | undefined;
      readonly invokeCount: number;
    },
  ): object {
    const { mapping, region, accountId } = this.#options;
    const { condition, response, invokeCount } = failure;
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
        batchSize: size,
        streamArn: mapping.streamArn,
      },
    };
  }

  /** How old the newest record of a batch is when the function gets it. */
  #measureAge(batch: readonly StreamRecord[]): void {
    const now = performance.now();
    this.#measure('IteratorAge', Math.round(now - (batch.at(-1)?.begun ?? now)), 'Milliseconds');
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

  async #openShard(ShardIteratorType: StreamMappingDefinition['startingPosition']): Promise<void> {
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

/** How many of the records an invocation takes: one at least. */
function fitting(records: readonly StreamRecord[], limit: number): number {
  let bytes = 0;
  let count = 0;
  for (const { json } of records) {
    bytes += Buffer.byteLength(json) + 1;
    if (count > 0 && bytes > limit) break;
    count += 1;
  }
  return count;
}
