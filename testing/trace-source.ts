import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { RunningInstance } from '../local/running-instance.ts';
import { assembleTrace } from '../local/xray/assemble.ts';
import type { SegmentDocument } from '../local/xray/document.ts';
import { matchesFilter } from '../local/xray/filter/matches-filter.ts';
import { parseFilter } from '../local/xray/filter/parse-filter.ts';
import { filterForCorrelation } from '../local/xray/filter/write-filter.ts';
import { parseDocument } from '../local/xray/parse-document.ts';
import { summarizeTrace } from '../local/xray/summary.ts';
import type { Trace } from '../local/xray/trace.ts';

/** Which trace is meant. */
export type TraceQuestion =
  | { readonly correlationId: string; readonly filter?: undefined; readonly traceId?: undefined }
  | { readonly filter: string; readonly correlationId?: undefined; readonly traceId?: undefined }
  | { readonly traceId: string; readonly correlationId?: undefined; readonly filter?: undefined };

/** Where traces arrive. */
export interface TraceSource {
  /** What of it is there now, with the traces that are linked with it; empty when nothing is. */
  find(question: TraceQuestion): Promise<readonly Trace[]>;
  /** How long nothing has to come until nothing more will, in milliseconds. */
  quietFor(traces: readonly Trace[]): number;
  /** For the message of an error: where was looked, and what went wrong there. */
  describe(): string;
}

/** Traces with one correlation id: an order has a handful. */
const MAX_OF_ONE_ID = 100;

/** The Lambda service and API Gateway report last, and a moment after the function. */
const QUIET_MS = 300;
/** A parent that has not come may still come; where its sender does not report it never does. */
const QUIET_PARTIAL_MS = 1500;

/** The traces of a Lantern local that runs already. */
export function tracesOfInstance(url: string | undefined): TraceSource {
  const instance = new RunningInstance(url);
  const idsOf = async ({ traceId, filter, correlationId }: TraceQuestion): Promise<readonly string[]> => {
    if (traceId !== undefined) return [traceId];
    if (filter !== undefined) return (await instance.traces({ filter, limit: 1 })).traces.map(({ id }) => id);
    const found = await instance.traces({
      filter: filterForCorrelation(correlationId),
      limit: MAX_OF_ONE_ID,
    });
    // The newest stand first.
    return found.traces.map(({ id }) => id).reverse();
  };
  return {
    async find(question) {
      const traces = new Map<string, Trace>();
      const linked: Trace[] = [];
      for (const id of await idsOf(question)) {
        const page = await instance.trace(id);
        if (page === undefined) continue;
        traces.set(id, page.trace);
        linked.push(...page.linked);
      }
      for (const trace of linked) if (!traces.has(trace.id)) traces.set(trace.id, trace);
      return [...traces.values()];
    },
    quietFor: (traces) =>
      traces.some((trace) => summarizeTrace(trace, []).isPartial) ? QUIET_PARTIAL_MS : QUIET_MS,
    describe: () => `at ${instance.url}`,
  };
}

/** Takes the traces of functions that run in the process of a test, or are started by it. */
export interface TraceCollector extends TraceSource {
  /** For `AWS_XRAY_DAEMON_ADDRESS`, which has to be set before the X-Ray SDK is loaded: `127.0.0.1:50123`. */
  readonly address: string;
  /** Forgets what has come so far, between tests. */
  clear(): void;
  /** Frees the port. */
  stop(): Promise<void>;
}

/** Senders burst, and what does not fit is dropped unseen. The system may grant less. */
const RECEIVE_BUFFER_BYTES = 8 * 1024 * 1024;

/** Of what was no document so many reasons are told. */
const MAX_REASONS = 5;

/**
 * Listens as X-Ray's daemon does, on a free port of this machine, and keeps what comes: X-Ray's documents, of the X-Ray SDK,
 * Powertools' Tracer or the middlewares.
 *
 * @example
 * const collector = await collectTraces();
 * process.env.AWS_XRAY_DAEMON_ADDRESS = collector.address;
 * const { handler } = await import('../src/handlers/create-order.js');
 * await handler(event, context);
 * expectNoFault(await waitForTrace({ collector, correlationId: 'o-1' }));
 */
export async function collectTraces(): Promise<TraceCollector> {
  const collected = new Map<string, { readonly documents: Map<string, SegmentDocument>; revision: number }>();
  const reasons: string[] = [];
  let refused = 0;
  const socket = createSocket('udp4', (datagram) => {
    const text = datagram.toString('utf8');
    // A line of the protocol's own stands before the document.
    const parsed = parseDocument(text.slice(text.indexOf('\n') + 1));
    if ('error' in parsed) {
      refused += 1;
      if (reasons.length < MAX_REASONS) reasons.push(parsed.error.message);
      return;
    }
    const { document } = parsed;
    const trace = collected.get(document.trace_id) ?? { documents: new Map(), revision: 0 };
    collected.set(document.trace_id, trace);
    trace.documents.set(document.id, document);
    trace.revision += 1;
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  socket.setRecvBufferSize(RECEIVE_BUFFER_BYTES);
  const { port } = socket.address();

  const all = (): Trace[] =>
    Array.from(collected, ([id, { documents, revision }]) =>
      assembleTrace(id, documents.values(), { revision, dropped: 0 }),
    ).sort(byBegin);
  return {
    address: `127.0.0.1:${port}`,
    find(question) {
      const traces = all();
      const meant = select(traces, question);
      return Promise.resolve(withLinked(meant, traces));
    },
    // What the Lambda service would report is nobody's here: parents are missing for good.
    quietFor: () => QUIET_MS,
    describe() {
      const lost = `; ${refused} datagrams were no documents of X-Ray: ${reasons.join('; ')}`;
      return `by the collector on ${port}, which has ${collected.size} traces${refused === 0 ? '' : lost}`;
    },
    clear() {
      collected.clear();
      reasons.length = refused = 0;
    },
    async stop() {
      socket.close();
      await once(socket, 'close');
    },
  };
}

function byBegin(one: Trace, other: Trace): number {
  return summarizeTrace(one, []).startTime - summarizeTrace(other, []).startTime;
}

/** @param traces oldest first. */
function select(
  traces: readonly Trace[],
  { traceId, filter, correlationId }: TraceQuestion,
): readonly Trace[] {
  if (traceId !== undefined) return traces.filter(({ id }) => id === traceId);
  const expression = parseFilter(filter ?? filterForCorrelation(correlationId));
  const found = traces.filter((trace) =>
    matchesFilter(expression, { trace, summary: summarizeTrace(trace, []) }),
  );
  return filter === undefined ? found : found.slice(-1);
}

function withLinked(meant: readonly Trace[], all: readonly Trace[]): readonly Trace[] {
  const reached = [...meant];
  const linksOf = ({ segments }: Trace): string[] =>
    segments.flatMap(({ links = [] }) => links.map(({ trace_id: id }) => id));
  // Grows while it is walked.
  for (const trace of reached) {
    for (const other of all) {
      if (reached.includes(other)) continue;
      if (linksOf(trace).includes(other.id) || linksOf(other).includes(trace.id)) reached.push(other);
    }
  }
  return reached;
}
