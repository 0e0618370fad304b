/**
 * Asynchronous invocations: events of topics, alarms, rules and schedules, and calls with `InvocationType: Event`. All of
 * them are retried as "Error handling for asynchronous invocation" of Lambda's guide says.
 */
import { formatTraceHeader, newTraceId, parseTraceHeader } from '../xray/trace-header.ts';
import type { AsyncEventSink, Invoke, InvokeRequest } from './invocation.ts';
import { InvalidRequestError, RequestTooLargeError, UnknownFunctionError } from './invocation.ts';
import { ASYNC_BACKOFF_MS, ASYNC_MAX_EVENT_AGE_MS, ASYNC_RETRY_DELAYS_MS } from './limits.ts';

export interface AsyncInvocationsOptions {
  readonly invoke: Invoke;
  /**
   * Milliseconds before each retry of an event whose function failed.
   *
   * @default [60000, 120000], as in Lambda
   */
  readonly retryDelaysMs?: readonly number[];
  /** Told when an event is given up: there is no dead-letter queue, so somebody has to say it. */
  readonly onDropped: (event: DroppedEvent) => void;
  /** Told of each event: what CloudWatch's metrics of asynchronous events count. */
  readonly onAsyncEvent?: AsyncEventSink;
}

export interface DroppedEvent {
  readonly functionName: string;
  readonly requestId: string;
  readonly reason: string;
}

type Event = InvokeRequest & { readonly requestId: string };

/**
 * What came of a try that did not succeed. `failed`: the function ran and failed. `delayed`: it did not run, because it
 * is throttled or the service is at fault. `refused`: it never will.
 */
type Miss = 'failed' | 'delayed' | 'refused';

/** The earlier misses of one event. */
interface Misses {
  readonly failed: number;
  readonly delayed: number;
}

/**
 * Milliseconds until an event is tried again, or undefined when it is given up. Failures and delays are counted apart:
 * a function that failed is tried twice more, and waiting for a free environment takes none of these tries away.
 *
 * @param earlier the misses before this one
 * @param age milliseconds since the event was accepted
 */
function retryDelay(
  miss: Miss,
  earlier: Misses,
  age: number,
  retryDelaysMs: readonly number[] = ASYNC_RETRY_DELAYS_MS,
): number | undefined {
  const { first, max } = ASYNC_BACKOFF_MS;
  const delay = {
    failed: retryDelaysMs[earlier.failed],
    delayed: Math.min(first * 2 ** earlier.delayed, max),
    refused: undefined,
  }[miss];
  return delay !== undefined && age + delay <= ASYNC_MAX_EVENT_AGE_MS ? delay : undefined;
}

interface Progress {
  readonly acceptedAt: number;
  readonly misses: Misses;
}

export class AsyncInvocations {
  readonly #options: AsyncInvocationsOptions;
  readonly #waiting = new Map<NodeJS.Timeout, Event>();
  readonly #running = new Set<Promise<void>>();
  #stopped = false;

  constructor(options: AsyncInvocationsOptions) {
    this.#options = options;
  }

  /** Takes an event and returns at once. All its tries belong to one trace. */
  accept(event: Event): void {
    const progress = { acceptedAt: Date.now(), misses: { failed: 0, delayed: 0 } };
    this.#tell('received', event, progress);
    this.#try({ ...event, traceHeader: rooted(event.traceHeader) }, progress);
  }

  /** Drops what waits for a retry, and waits for what runs. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const [timer, event] of this.#waiting) {
      clearTimeout(timer);
      this.#drop(event, 'Lantern stopped before its next retry.');
    }
    this.#waiting.clear();
    await Promise.all(this.#running);
  }

  #try(event: Event, progress: Progress): void {
    const running = this.#run(event, progress).finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  async #run(event: Event, progress: Progress): Promise<void> {
    this.#tell('tried', event, progress);
    try {
      const { functionError, payload } = await this.#options.invoke(event);
      if (functionError !== undefined) this.#missed(event, progress, 'failed', payload);
    } catch (error) {
      this.#missed(event, progress, isRefusal(error) ? 'refused' : 'delayed', String(error));
    }
  }

  #missed(event: Event, { acceptedAt, misses }: Progress, miss: Miss, reason: string): void {
    const age = Date.now() - acceptedAt;
    const delay = retryDelay(miss, misses, age, this.#options.retryDelaysMs);
    const progress = {
      acceptedAt,
      misses: miss === 'refused' ? misses : { ...misses, [miss]: misses[miss] + 1 },
    };
    if (delay === undefined) {
      const { failed } = progress.misses;
      this.#tell('dropped', event, progress);
      this.#drop(event, miss === 'failed' ? `It failed ${failed} times: ${reason}` : reason);
    } else if (this.#stopped) {
      this.#drop(event, 'Lantern stopped before its next retry.');
    } else {
      const timer = setTimeout(() => {
        this.#waiting.delete(timer);
        this.#try(event, progress);
      }, delay);
      timer.unref();
      this.#waiting.set(timer, event);
    }
  }

  #tell(kind: 'received' | 'tried' | 'dropped', { functionName }: Event, { acceptedAt }: Progress): void {
    this.#options.onAsyncEvent?.({ functionName, kind, age: Date.now() - acceptedAt });
  }

  #drop({ functionName, requestId }: Event, reason: string): void {
    this.#options.onDropped({ functionName, requestId, reason });
  }
}

/** Trying again would not help. */
function isRefusal(error: unknown): boolean {
  return (
    error instanceof UnknownFunctionError ||
    error instanceof InvalidRequestError ||
    error instanceof RequestTooLargeError
  );
}

function rooted(traceHeader: string | undefined): string {
  const parsed = parseTraceHeader(traceHeader);
  return formatTraceHeader({ ...parsed, root: parsed.root ?? newTraceId() });
}
