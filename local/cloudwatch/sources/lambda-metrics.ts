import type { AsyncEvent, InvocationReport, Invoke } from '../../lambda/invocation.ts';
import { ThrottledError } from '../../lambda/invocation.ts';
import type { FunctionDefinition } from '../../template/service.ts';
import type { MetricId } from '../metrics/metric.ts';
import { dimensionsOf } from '../metrics/metric.ts';
import type { MetricStore } from '../metrics/metric-store.ts';

const NAMESPACE = 'AWS/Lambda';

/** What of asynchronous events is counted, by CloudWatch's name. */
const ASYNC_COUNTS: Readonly<Record<Exclude<AsyncEvent['kind'], 'tried'>, string>> = {
  received: 'AsyncEventsReceived',
  dropped: 'AsyncEventsDropped',
  'destination-error': 'DestinationDeliveryFailures',
  'dead-letter-error': 'DeadLetterErrors',
};

/** Of what only Lantern measures, for its page: Lambda has no metrics of memory and init. */
export const LANTERN_NAMESPACE = 'Lantern';

/**
 * Milliseconds after which an invocation under way no longer keeps its minute from being judged. On a fast clock a minute
 * may be over long before its invocations are: without this, the newest minute would only ever show the quick ones.
 */
export const MAX_COMPLETION_LAG = 10_000;

/**
 * The metrics of AWS/Lambda ("Types of metrics for Lambda functions"), of each function and of all together. As in AWS,
 * what belongs to an invocation is stamped with its begin, and Duration leaves init out.
 */
export class LambdaMetrics {
  readonly #store: MetricStore;
  #reserved: ReadonlyMap<string, number> = new Map();
  readonly #running = new Set<{ readonly functionName: string; readonly since: number }>();

  constructor(store: MetricStore, functions: readonly FunctionDefinition[]) {
    this.#store = store;
    this.update(functions);
  }

  /** Counts the concurrency that these functions reserve. */
  update(functions: readonly FunctionDefinition[]): void {
    this.#reserved = new Map(
      functions.flatMap(({ name, reservedConcurrency }) =>
        reservedConcurrency === undefined ? [] : [[name, reservedConcurrency]],
      ),
    );
  }

  /** Counts what runs at once, and what was throttled. */
  observe(invoke: Invoke): Invoke {
    return async (request) => {
      const running = { functionName: request.functionName, since: Date.now() };
      this.#running.add(running);
      const atOnce = this.#concurrency();
      try {
        const response = await invoke(request);
        this.#recordConcurrency(atOnce, running.functionName, running.since);
        return response;
      } catch (error) {
        if (error instanceof ThrottledError) {
          this.#record('Throttles', running.functionName, running.since, 1, 'Count');
        }
        throw error;
      } finally {
        this.#running.delete(running);
      }
    };
  }

  report({ functionName, startedAt, duration, status, ...report }: InvocationReport): void {
    this.#record('Invocations', functionName, startedAt, 1, 'Count');
    this.#record('Errors', functionName, startedAt, status === 'success' ? 0 : 1, 'Count');
    this.#record('Throttles', functionName, startedAt, 0, 'Count');
    this.#record('Duration', functionName, startedAt, duration, 'Milliseconds');
    const { maxMemoryUsed, initDuration } = report;
    const own = (name: string): MetricId => ({
      ...metricOf(name, functionName),
      namespace: LANTERN_NAMESPACE,
    });
    this.#store.record(own('MaxMemoryUsed'), { at: startedAt, value: maxMemoryUsed }, 'Megabytes');
    if (initDuration === undefined) return;
    this.#store.record(own('InitDuration'), { at: startedAt, value: initDuration }, 'Milliseconds');
  }

  /** Metrics of asynchronous events; the age is that of an event when the function is invoked with it. */
  asyncEvent({ functionName, kind, age }: AsyncEvent): void {
    const at = Date.now();
    if (kind === 'tried') this.#record('AsyncEventAge', functionName, at, age, 'Milliseconds');
    else this.#record(ASYNC_COUNTS[kind], functionName, at, 1, 'Count');
  }

  /** What runs at this moment: a function that is busy all the time is seen before it ends. */
  sample(at: number): void {
    const atOnce = this.#concurrency();
    for (const functionName of atOnce.keys()) this.#recordConcurrency(atOnce, functionName, at);
  }

  /** Up to when the metrics are complete, epoch milliseconds: the begin of the oldest invocation under way. */
  completeUntil(now: number): number {
    const oldest = Math.min(now, ...[...this.#running].map(({ since }) => since));
    return Math.max(oldest, now - MAX_COMPLETION_LAG);
  }

  #concurrency(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const { functionName } of this.#running)
      counts.set(functionName, (counts.get(functionName) ?? 0) + 1);
    return counts;
  }

  #recordConcurrency(atOnce: ReadonlyMap<string, number>, functionName: string, at: number): void {
    const name = 'ConcurrentExecutions';
    this.#store.record(metricOf(name, functionName), { at, value: atOnce.get(functionName) ?? 0 }, 'Count');
    const all = [...atOnce.values()].reduce((sum, count) => sum + count, 0);
    const unreserved = [...atOnce]
      .filter(([other]) => !this.#reserved.has(other))
      .reduce((sum, [, count]) => sum + count, 0);
    const reserved = [...this.#reserved.values()].reduce((sum, count) => sum + count, 0);
    this.#store.record(metricOf(name), { at, value: all }, 'Count');
    this.#store.record(metricOf('UnreservedConcurrentExecutions'), { at, value: unreserved }, 'Count');
    this.#store.record(metricOf('ClaimedAccountConcurrency'), { at, value: unreserved + reserved }, 'Count');
  }

  #record(name: string, functionName: string, at: number, value: number, unit: string): void {
    this.#store.record(metricOf(name, functionName), { at, value }, unit);
    this.#store.record(metricOf(name), { at, value }, unit);
  }
}

function metricOf(name: string, functionName?: string): MetricId {
  return {
    namespace: NAMESPACE,
    name,
    dimensions: functionName === undefined ? [] : dimensionsOf({ FunctionName: functionName }),
  };
}
