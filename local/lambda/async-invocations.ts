/**
 * Asynchronous invocations: events of topics, alarms, rules and schedules, and calls with `InvocationType: Event`. All of
 * them are retried as "Error handling for asynchronous invocation" of Lambda's guide says.
 */
import { formatTraceHeader, newTraceId, parseTraceHeader } from '../xray/trace-header.ts';
import type { AsyncDefinition } from '../template/service.ts';
import type { Destinations, EndedEvent } from './destinations.ts';
import type { AsyncEventSink, Invoke, InvokeRequest, InvokeResponse } from './invocation.ts';
import {
  InvalidRequestError,
  RecursiveInvocationError,
  RequestTooLargeError,
  ThrottledError,
  UnknownFunctionError,
} from './invocation.ts';
import { ASYNC_BACKOFF_MS, ASYNC_MAX_EVENT_AGE_MS, ASYNC_RETRY_DELAYS_MS } from './limits.ts';

export interface AsyncInvocationsOptions {
  readonly invoke: Invoke;
  /**
   * Milliseconds before each retry of an event whose function failed.
   *
   * @default [60000, 120000], as in Lambda
   */
  readonly retryDelaysMs?: readonly number[];
  /**
   * How often and how long the events of a function are tried, and what hears how they ended.
   *
   * @default Lambda's own numbers, and nothing
   */
  readonly destinations?: Pick<Destinations, 'settingsOf' | 'ended'> | undefined;
  /** Told when an event is given up, wherever it goes then. */
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
 * Milliseconds until an event is tried again, or why it is given up. Failures and delays are counted apart: a function that
 * failed is tried twice more, unless it is configured otherwise, and waiting for a free environment takes none of these tries
 * away.
 *
 * @param earlier the misses before this one
 * @param age milliseconds since the event was accepted
 */
function afterMiss(
  miss: Miss,
  earlier: Misses,
  age: number,
  { delays, maximumAge }: { readonly delays: readonly number[]; readonly maximumAge: number },
): number | Exclude<EndedEvent['condition'], 'Success'> {
  const { first, max } = ASYNC_BACKOFF_MS;
  const delay = {
    failed: delays[earlier.failed],
    delayed: Math.min(first * 2 ** earlier.delayed, max),
    refused: undefined,
  }[miss];
  if (delay === undefined) return 'RetriesExhausted';
  return age + delay <= maximumAge ? delay : 'EventAgeExceeded';
}

interface Progress {
  readonly acceptedAt: number;
  readonly misses: Misses;
  /** Of the last time that the function ran. */
  readonly response?: InvokeResponse;
}

/** An event between two tries. */
interface Waiting {
  readonly event: Event;
  readonly progress: Progress;
  readonly miss: Miss;
}

export class AsyncInvocations {
  readonly #options: AsyncInvocationsOptions;
  /** The longest first. */
  readonly #waiting = new Map<NodeJS.Timeout, Waiting>();
  readonly #running = new Set<Promise<void>>();
  #stopped = false;

  constructor(options: AsyncInvocationsOptions) {
    this.#options = options;
  }

  /** Takes an event and returns at once. All its tries belong to one trace. */
  accept(event: Event): void {
    const progress = { acceptedAt: performance.now(), misses: { failed: 0, delayed: 0 } };
    this.#tell('received', event, progress);
    this.#try({ ...event, traceHeader: rooted(event.traceHeader) }, progress);
  }

  /** Drops what waits for a retry, and waits for what runs. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const [timer, { event }] of this.#waiting) {
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
      const response = await this.#options.invoke(event);
      this.#tryNextOf(event.functionName);
      const ran = { ...progress, response };
      if (response.functionError === undefined) await this.#end(event, ran, 'Success');
      else await this.#missed(event, ran, 'failed', response.payload);
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown));
      await this.#missed(event, progress, isRefusal(error) ? 'refused' : 'delayed', error);
    }
  }

  /** @param reason the error of the function as JSON, or what kept it from running */
  async #missed(event: Event, before: Progress, miss: Miss, reason: string | Error): Promise<void> {
    const { acceptedAt, misses } = before;
    const next = afterMiss(miss, misses, performance.now() - acceptedAt, this.#boundsOf(event));
    const progress = {
      ...before,
      misses: miss === 'refused' ? misses : { ...misses, [miss]: misses[miss] + 1 },
    };
    if (typeof next === 'string') {
      const { failed } = progress.misses;
      const text = String(reason);
      const when =
        next === 'EventAgeExceeded' && miss === 'failed' ? ' and is too old to be tried again' : '';
      this.#tell('dropped', event, progress);
      this.#drop(
        event,
        miss === 'failed' ? `It failed ${failed === 1 ? 'once' : `${failed} times`}${when}: ${text}` : text,
      );
      await this.#end(event, progress, next, typeof reason === 'string' ? undefined : reason);
    } else if (this.#stopped) {
      this.#drop(event, 'Lantern stopped before its next retry.');
    } else {
      const waiting = { event, progress, miss };
      const timer = setTimeout(() => this.#resume(timer, waiting), next);
      timer.unref();
      this.#waiting.set(timer, waiting);
    }
  }

  /**
   * What has just run has left its place to another one that found none. Without this, of many events at a low concurrency most
   * would be refused together at each of their tries, until they are too old.
   */
  #tryNextOf(functionName: string): void {
    for (const [timer, waiting] of this.#waiting) {
      if (waiting.miss !== 'delayed' || waiting.event.functionName !== functionName) continue;
      clearTimeout(timer);
      this.#resume(timer, waiting);
      return;
    }
  }

  #resume(timer: NodeJS.Timeout, { event, progress }: Waiting): void {
    this.#waiting.delete(timer);
    this.#try(event, progress);
  }

  #boundsOf({ functionName }: Event): { readonly delays: readonly number[]; readonly maximumAge: number } {
    const { retryDelaysMs = ASYNC_RETRY_DELAYS_MS, destinations } = this.#options;
    const settings: AsyncDefinition = destinations?.settingsOf(functionName) ?? {};
    const { maximumRetryAttempts = retryDelaysMs.length, maximumEventAge } = settings;
    return {
      delays: retryDelaysMs.slice(0, maximumRetryAttempts),
      maximumAge: maximumEventAge === undefined ? ASYNC_MAX_EVENT_AGE_MS : maximumEventAge * 1000,
    };
  }

  /** @param refusal why the function did not run, when that was the end of it */
  async #end(
    request: Event,
    { misses, response }: Progress,
    condition: EndedEvent['condition'],
    refusal?: Error,
  ): Promise<void> {
    const status = refusal instanceof ThrottledError ? 429 : 500;
    await this.#options.destinations?.ended({
      request,
      condition,
      invokeCount: misses.failed + (condition === 'Success' ? 1 : 0),
      ...(response !== undefined && { response }),
      ...(refusal !== undefined && {
        refusal: { status, message: refusal.message },
      }),
    });
  }

  #tell(kind: 'received' | 'tried' | 'dropped', { functionName }: Event, { acceptedAt }: Progress): void {
    this.#options.onAsyncEvent?.({ functionName, kind, age: performance.now() - acceptedAt });
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
    error instanceof RecursiveInvocationError ||
    error instanceof RequestTooLargeError
  );
}

function rooted(traceHeader: string | undefined): string {
  const parsed = parseTraceHeader(traceHeader);
  return formatTraceHeader({ ...parsed, root: parsed.root ?? newTraceId() });
}
