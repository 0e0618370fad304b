/** Asynchronous invocations (`InvocationType: Event`), with the retries of "Error handling for asynchronous invocation". */
import { ThrottledError, type AsyncEventSink, type Invoke, type InvokeRequest } from './invocation.ts';
import { ASYNC_MAX_EVENT_AGE_MS, ASYNC_RETRY_DELAYS_MS, ASYNC_THROTTLE_BACKOFF_MS } from './limits.ts';

export interface AsyncInvocationsOptions {
  readonly invoke: Invoke;
  /**
   * Milliseconds before each retry of an event whose function failed.
   *
   * @default [60000, 120000], as in Lambda
   */
  readonly retryDelaysMs?: readonly number[];
  /** Told when an event is given up: after the last retry, after six hours of throttling, or when stopped before. */
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

interface Progress {
  readonly acceptedAt: number;
  readonly retries: number;
  /** Milliseconds before the next try, if this one is throttled. */
  readonly backoff: number;
}

export class AsyncInvocations {
  readonly #options: AsyncInvocationsOptions;
  readonly #waiting = new Map<NodeJS.Timeout, Event>();
  readonly #running = new Set<Promise<void>>();
  #stopped = false;

  constructor(options: AsyncInvocationsOptions) {
    this.#options = options;
  }

  /** Takes an event and returns at once. */
  accept(event: Event): void {
    const progress = { acceptedAt: Date.now(), retries: 0, backoff: ASYNC_THROTTLE_BACKOFF_MS.first };
    this.#tell('received', event, progress);
    this.#try(event, progress);
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
    const { invoke, retryDelaysMs = ASYNC_RETRY_DELAYS_MS } = this.#options;
    this.#tell('tried', event, progress);
    try {
      const response = await invoke(event);
      if (response.functionError === undefined) return;
      const delay = retryDelaysMs[progress.retries];
      if (delay === undefined)
        this.#giveUp(event, progress, `It failed ${progress.retries + 1} times: ${response.payload}`);
      else this.#later(event, { ...progress, retries: progress.retries + 1 }, delay);
    } catch (error) {
      const { backoff } = progress;
      const inTime = Date.now() + backoff - progress.acceptedAt <= ASYNC_MAX_EVENT_AGE_MS;
      if (!(error instanceof ThrottledError) || !inTime) this.#giveUp(event, progress, String(error));
      else this.#later(event, { ...progress, backoff: nextBackoff(backoff) }, backoff);
    }
  }

  #later(event: Event, progress: Progress, delay: number): void {
    if (this.#stopped) {
      this.#drop(event, 'Lantern stopped before its next retry.');
      return;
    }
    const timer = setTimeout(() => {
      this.#waiting.delete(timer);
      this.#try(event, progress);
    }, delay);
    timer.unref();
    this.#waiting.set(timer, event);
  }

  #giveUp(event: Event, progress: Progress, reason: string): void {
    this.#tell('dropped', event, progress);
    this.#drop(event, reason);
  }

  #tell(kind: 'received' | 'tried' | 'dropped', { functionName }: Event, { acceptedAt }: Progress): void {
    this.#options.onAsyncEvent?.({ functionName, kind, age: Date.now() - acceptedAt });
  }

  #drop({ functionName, requestId }: Event, reason: string): void {
    this.#options.onDropped({ functionName, requestId, reason });
  }
}

function nextBackoff(backoff: number): number {
  return Math.min(backoff * 2, ASYNC_THROTTLE_BACKOFF_MS.longest);
}
