import { setTimeout as sleep } from 'node:timers/promises';
import type { MetricSink } from '../cloudwatch/metrics/metric.ts';
import type { Invoke, InvokeResponse } from '../lambda/invocation.ts';
import { ThrottledError } from '../lambda/invocation.ts';
import type { EventSourceMappingDefinition } from '../template/service.ts';
import { recordFilter } from '../events/filter-criteria.ts';
import { asText, isObject, parseObject } from '../json.ts';
import { readBatchResponse } from './batch-response.ts';
import type { QueueMessage } from './queue-client.ts';
import { MAX_WAIT_TIME, QueueClient } from './queue-client.ts';
import type { SqsRecord } from './sqs-event.ts';
import { MAX_PAYLOAD_BYTES, splitByPayload, sqsEvent, sqsRecord } from './sqs-event.ts';

export interface QueuePollerOptions {
  readonly mapping: EventSourceMappingDefinition;
  /** Where SQS answers. */
  readonly endpoint: string;
  readonly region: string;
  readonly invoke: Invoke;
  /** Told what keeps messages from being processed, other than the function's own failures. */
  readonly onError: (message: string, cause: unknown) => void;
  /** Told what becomes of the events, where the mapping has them counted. */
  readonly measure?: MetricSink;
  /** Told of every batch that a function was given. */
  readonly onBatch?: (batch: ProcessedBatch) => void;
  /**
   * Milliseconds that `stop` lets running batches go on.
   *
   * @default 2000
   */
  readonly stopGrace?: number;
}

export interface ProcessedBatch {
  readonly functionName: string;
  readonly queueArn: string;
  readonly messageIds: readonly string[];
  /** Those that stay in the queue and reappear after its visibility timeout. */
  readonly failedMessageIds: readonly string[];
  /** Undefined when the function could not be invoked. */
  readonly response?: InvokeResponse;
}

/** Batches at once where the mapping sets no maximum: what Lambda starts with ("SQS scaling"). */
const DEFAULT_CONCURRENCY = 5;

/** Milliseconds to wait after SQS did not answer, and before a throttled batch is tried again; they double. */
const FIRST_DELAY = 100;
const MAX_DELAY = 5_000;

/**
 * An event source mapping: feeds one queue to one function, in batches. A batch that succeeds is deleted; what
 * fails stays, and comes back when its visibility timeout ends.
 */
export class QueuePoller {
  readonly #options: QueuePollerOptions;
  readonly #queue: QueueClient;
  readonly #passes: (record: SqsRecord) => boolean;
  readonly #stopping = new AbortController();
  readonly #running = new Set<Promise<void>>();
  #polling: Promise<void> | undefined;
  /** Set when `stop` no longer waits: batches that end later change nothing. */
  #gaveUp = false;
  #visibilityTimeout = 0;

  constructor(options: QueuePollerOptions) {
    this.#options = options;
    const { mapping, endpoint } = options;
    const { filters = [] } = mapping;
    const passes = recordFilter(filters, 'body');
    this.#passes = ({ json }) => filters.length === 0 || passes(parseObject(json) ?? {});
    this.#queue = new QueueClient({ queueArn: mapping.queueArn, endpoint });
  }

  /** Begins to poll, unless the mapping is disabled. */
  start(): void {
    if (this.#options.mapping.enabled) this.#polling ??= this.#poll();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    const timeUp = new AbortController();
    const ended = Promise.all([this.#polling, ...this.#running]);
    await Promise.race([ended, pause(this.#options.stopGrace ?? 2_000, timeUp.signal)]);
    timeUp.abort();
    this.#gaveUp = true;
  }

  async #poll(): Promise<void> {
    const { mapping } = this.#options;
    const { signal } = this.#stopping;
    const stopped = new Promise((resolve) => signal.addEventListener('abort', resolve));
    const concurrency = mapping.maximumConcurrency ?? DEFAULT_CONCURRENCY;
    await this.#untilItWorks(async () => {
      this.#visibilityTimeout = await this.#queue.open(signal);
    });
    while (!this.#isStopping()) {
      let records: SqsRecord[] = [];
      // One batch that cannot be read or processed must not end the loop, and with it every later message.
      await this.#untilItWorks(async () => {
        records = await this.#collect();
      });
      if (this.#isStopping()) return;
      if (records.length === 0) continue;
      const batch = this.#process(records)
        .catch((cause: unknown) => this.#report('could not process a batch: its messages come again', cause))
        .finally(() => this.#running.delete(batch));
      this.#running.add(batch);
      while (this.#running.size >= concurrency && !this.#isStopping()) {
        await Promise.race([...this.#running, stopped]);
      }
    }
  }

  /**
   * A batch: what one request gives, or several when there is a batching window or a large batch size. What the mapping's
   * filters leave out is deleted, as Lambda does.
   */
  async #collect(): Promise<SqsRecord[]> {
    const { mapping, region } = this.#options;
    const records: SqsRecord[] = [];
    let windowEnds: number | undefined;
    let bytes = 0;
    do {
      const wait = windowEnds === undefined ? MAX_WAIT_TIME : (windowEnds - performance.now()) / 1000;
      const messages = await this.#receive(mapping.batchSize - records.length, wait);
      const received = messages.map((message) => sqsRecord(message, { queueArn: mapping.queueArn, region }));
      const passed = received.filter(this.#passes);
      this.#count('PolledEventCount', received.length);
      this.#count('FilteredOutEventCount', received.length - passed.length);
      await this.#delete(
        received.filter((record) => !passed.includes(record)).map(({ message }) => message),
        'did not delete messages that no filter lets through',
      );
      records.push(...passed);
      bytes += passed.reduce((sum, { json }) => sum + Buffer.byteLength(json), 0);
      windowEnds ??= performance.now() + mapping.maximumBatchingWindow * 1000;
    } while (
      records.length > 0 &&
      records.length < mapping.batchSize &&
      bytes < MAX_PAYLOAD_BYTES &&
      performance.now() < windowEnds &&
      !this.#isStopping()
    );
    return records;
  }

  async #receive(most: number, seconds: number): Promise<QueueMessage[]> {
    let messages: QueueMessage[] = [];
    await this.#untilItWorks(async () => {
      messages = await this.#queue.receive(most, seconds, this.#stopping.signal);
    });
    return messages;
  }

  /** Reports the first failure of a row; the others would say the same. */
  async #untilItWorks(attempt: () => Promise<void>): Promise<void> {
    for (let delay = FIRST_DELAY; !this.#isStopping(); delay = Math.min(delay * 2, MAX_DELAY)) {
      try {
        await attempt();
        return;
      } catch (cause) {
        if (this.#isStopping()) return;
        if (delay === FIRST_DELAY) this.#report('cannot be polled, trying on', cause);
        await pause(delay, this.#stopping.signal);
      }
    }
  }

  async #process(records: readonly SqsRecord[]): Promise<void> {
    const visibleAgain = (records[0]?.receivedAt ?? 0) + this.#visibilityTimeout * 1000;
    const isFifo = this.#options.mapping.queueArn.endsWith('.fifo');
    for (const part of splitByPayload(records)) {
      const isComplete = await this.#processPart(part, visibleAgain);
      // What follows a failure in its message group must not overtake it.
      if (this.#isStopping() || (isFifo && !isComplete)) return;
    }
  }

  /** @returns whether every message succeeded. */
  async #processPart(records: readonly SqsRecord[], visibleAgain: number): Promise<boolean> {
    const { mapping, onBatch } = this.#options;
    const response = await this.#invoke(records, visibleAgain);
    if (this.#gaveUp) return false;

    const messages = records.map(({ message }) => message);
    const failed = response === undefined ? idsOf(messages) : this.#failedOf(messages, response);
    const succeeded = messages.filter(({ MessageId }) => !failed.has(MessageId));
    this.#count('FailedInvokeEventCount', failed.size);
    const isDeleted = await this.#delete(
      succeeded,
      'did not delete messages that the function had processed: it will get them again',
    );
    this.#count('DeletedEventCount', isDeleted ? succeeded.length : 0);
    onBatch?.({
      functionName: mapping.functionName,
      queueArn: mapping.queueArn,
      messageIds: [...idsOf(messages)],
      failedMessageIds: [...failed],
      ...(response === undefined ? {} : { response }),
    });
    return failed.size === 0;
  }

  /** @returns whether they are deleted. */
  async #delete(messages: readonly QueueMessage[], otherwise: string): Promise<boolean> {
    try {
      await this.#queue.delete(messages);
      return true;
    } catch (cause) {
      this.#report(otherwise, cause);
      return false;
    }
  }

  /** A throttled batch is offered again until its messages would be visible again. Undefined when none took it. */
  async #invoke(records: readonly SqsRecord[], visibleAgain: number): Promise<InvokeResponse | undefined> {
    const { mapping, invoke } = this.#options;
    const linkedTraceHeaders = records.flatMap(({ message }) => traceHeaderOf(message) ?? []);
    const request = { functionName: mapping.functionName, payload: sqsEvent(records), linkedTraceHeaders };
    for (let delay = FIRST_DELAY; ; delay = Math.min(delay * 2, MAX_DELAY)) {
      try {
        const response = await invoke(request);
        this.#count('InvokedEventCount', records.length);
        return response;
      } catch (cause) {
        const isWorthRetrying = cause instanceof ThrottledError && performance.now() + delay < visibleAgain;
        if (this.#isStopping()) return undefined;
        if (!isWorthRetrying) {
          this.#report(`could not invoke ${mapping.functionName}: the messages stay in the queue`, cause);
          return undefined;
        }
        await pause(delay, this.#stopping.signal);
      }
    }
  }

  /** The ids of the messages that the function did not process. */
  #failedOf(
    messages: readonly QueueMessage[],
    { functionError, payload }: InvokeResponse,
  ): ReadonlySet<string> {
    const ids = idsOf(messages);
    if (functionError !== undefined) return ids;
    if (!this.#options.mapping.reportBatchItemFailures) return new Set();
    const outcome = readBatchResponse(payload, ids);
    if ('failed' in outcome) return outcome.failed;
    this.#report(
      'counts a whole batch as failed, as its response reports failures wrongly',
      outcome.malformed,
    );
    return ids;
  }

  #count(name: string, value: number): void {
    const { mapping, measure } = this.#options;
    if (mapping.countsEvents !== true) return;
    const dimensions = { EventSourceMappingUUID: mapping.uuid };
    measure?.({ namespace: 'AWS/Lambda', name, dimensions, value });
  }

  #isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  #report(what: string, cause: unknown): void {
    this.#options.onError(`${this.#options.mapping.queueArn} ${what}.`, cause);
  }
}

function idsOf(messages: readonly QueueMessage[]): ReadonlySet<string> {
  return new Set(messages.map(({ MessageId }) => MessageId));
}

function traceHeaderOf({ Attributes }: QueueMessage): string | undefined {
  return isObject(Attributes) ? asText(Attributes.AWSTraceHeader) : undefined;
}

/** Sleeps, or less when aborted. */
async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch(() => undefined);
}
