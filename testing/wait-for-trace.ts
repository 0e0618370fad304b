import { setTimeout as sleep } from 'node:timers/promises';
import { readTraceId } from '../local/xray/read-trace-id.ts';
import { entitiesOf } from '../local/xray/entities.ts';
import { isInProgress } from '../local/xray/status.ts';
import type { Trace } from '../local/xray/trace.ts';
import { checkOptions } from './check-options.ts';
import { ObservedTrace } from './observed-trace.ts';
import type { TraceCollector, TraceQuestion, TraceSource } from './trace-source.ts';
import { tracesOfInstance } from './trace-source.ts';

/**
 * What to wait for: a `correlationId` means every trace that has it, a `filter` expression the newest trace that it finds, a
 * `traceId` that one. The traces that are linked with them belong to it.
 */
export type WaitForTraceOptions = TraceQuestion & {
  /** Where a Lantern local runs. @default the variable LANTERN_URL, or http://127.0.0.1:3001 */
  readonly url?: string;
  /** Where traces are collected instead; see {@link collectTraces}. */
  readonly collector?: TraceCollector;
  /** Milliseconds. @default 10_000 */
  readonly timeout?: number;
  /**
   * Also waits until this no longer throws, with any assertion in it: until the queue's receiver has been heard of, for
   * example.
   */
  readonly until?: (trace: ObservedTrace) => void;
};

const DEFAULT_TIMEOUT_MS = 10_000;
const POLL_INTERVAL_MS = 50;

/**
 * Waits for a trace to come and to be whole: nothing in it is in progress, and nothing more comes.
 *
 * @throws Error after the timeout, with what had come by then; at once where no Lantern runs, or a filter cannot be read.
 * @throws TypeError for options that are wrong or contradict each other.
 *
 * @example
 * const { headers } = await fetch(`${api}/orders`, { method: 'POST', body });
 * const trace = await waitForTrace({ correlationId: headers.get('x-correlation-id') });
 */
export async function waitForTrace(options: WaitForTraceOptions): Promise<ObservedTrace> {
  const { url, collector, timeout = DEFAULT_TIMEOUT_MS, until } = options;
  const question = checkedQuestion(options);
  const source = collector ?? tracesOfInstance(url);
  const deadline = performance.now() + timeout;
  let known = '';
  let changed = performance.now();
  for (;;) {
    const traces = await source.find(question);
    const state = stateOf(traces);
    if (state !== known) [known, changed] = [state, performance.now()];
    const isQuiet = performance.now() - changed >= source.quietFor(traces);
    const isWhole = traces.length > 0 && isQuiet && unfinished(traces).length === 0;
    const trace = new ObservedTrace(traces);
    const refusal = isWhole ? refusalOf(until, trace) : undefined;
    if (isWhole && refusal === undefined) return trace;
    if (performance.now() >= deadline) throw tooLate(question, source, trace, timeout, refusal);
    await sleep(POLL_INTERVAL_MS);
  }
}

function checkedQuestion(options: WaitForTraceOptions): TraceQuestion {
  const names = ['correlationId', 'filter', 'traceId', 'url', 'collector', 'timeout', 'until'];
  checkOptions('waitForTrace()', options, names);
  const { correlationId, filter, traceId, url, collector, timeout } = options;
  const given = Object.entries({ correlationId, filter, traceId }).filter(([, value]) => value !== undefined);
  const [[name, text] = ['', undefined]] = given;
  if (given.length !== 1 || typeof text !== 'string' || text === '') {
    const got = given.map(([each, value]) => `${each}: ${JSON.stringify(value)}`).join(', ');
    throw new TypeError(
      `waitForTrace() takes one of correlationId, filter and traceId, as a text that is not empty; got ${got === '' ? 'none' : got}`,
    );
  }
  if (url !== undefined && collector !== undefined) {
    throw new TypeError('waitForTrace() takes url or collector; got both');
  }
  if (timeout !== undefined && !(Number.isFinite(timeout) && timeout >= 0)) {
    throw new TypeError(`The option "timeout" of waitForTrace() takes milliseconds; got ${String(timeout)}`);
  }
  if (name !== 'traceId') return options;
  const id = readTraceId(text);
  if (id === undefined) {
    throw new TypeError(
      `The option "traceId" of waitForTrace() takes an id such as 1-6919f2a1-…; got "${text}"`,
    );
  }
  return { traceId: id };
}

/** Two readings that are the same have the same text. */
function stateOf(traces: readonly Trace[]): string {
  return traces.map(({ id, revision }) => `${id} ${revision}`).join();
}

function unfinished(traces: readonly Trace[]): readonly string[] {
  return traces.flatMap((trace) => [...entitiesOf(trace)].filter(isInProgress).map(({ name }) => name));
}

function refusalOf(until: WaitForTraceOptions['until'], trace: ObservedTrace): Error | undefined {
  try {
    until?.(trace);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function tooLate(
  { correlationId, filter, traceId }: TraceQuestion,
  source: TraceSource,
  trace: ObservedTrace,
  timeout: number,
  refusal: Error | undefined,
): Error {
  const what =
    correlationId !== undefined
      ? `the correlation id ${JSON.stringify(correlationId)}`
      : filter !== undefined
        ? `the filter ${filter}`
        : `the id ${traceId}`;
  if (trace.traces.length === 0) {
    return new Error(
      `No trace with ${what} was found in ${timeout} ms ${source.describe()}. Is tracing on ` +
        '(POWERTOOLS_TRACE_ENABLED=true), and does the function send to that daemon (AWS_XRAY_DAEMON_ADDRESS)?',
    );
  }
  if (refusal !== undefined) {
    return new Error(
      `The trace with ${what} did not become in ${timeout} ms what was waited for: ${refusal.message}`,
      {
        cause: refusal,
      },
    );
  }
  const open = unfinished(trace.traces);
  const why = open.length > 0 ? `${open.slice(0, 5).join(', ')} did not end` : 'more and more of it came';
  return new Error(
    `The trace with ${what} was not whole after ${timeout} ms ${source.describe()}: ${why}.\n\n${trace.text}`,
  );
}
