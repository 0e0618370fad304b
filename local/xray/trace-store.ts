import { assembleTrace } from './assemble.ts';
import type { SegmentDocument } from './document.ts';
import { LinkIndex, MAX_LINKS_PER_TRACE } from './link-index.ts';
import { isInProgress } from './status.ts';
import { summarizeTrace } from './summary.ts';
import type { Losses, Trace, TracePage, TraceSummary } from './trace.ts';

const NO_LOSSES: Losses = {
  invalid: 0,
  invalidReasons: {},
  evictedTraces: 0,
  refusedDocuments: 0,
  droppedDatagrams: 0,
};

export interface TraceStoreOptions {
  /** The oldest trace gives way to the next one after these. @default 1000 */
  readonly maxTraces?: number;
  /** X-Ray's own limit (AWS General Reference, "X-Ray endpoints and quotas"). @default 500_000 */
  readonly maxTraceBytes?: number;
  /** Of all traces together; the oldest give way. @default 256_000_000 */
  readonly maxTotalBytes?: number;
}

export type TraceStoreEvent =
  | { readonly type: 'changed'; readonly traceId: string }
  | { readonly type: 'losses' }
  | { readonly type: 'cleared' };

export type TraceStoreListener = (event: TraceStoreEvent) => void;

interface StoredDocument {
  readonly document: SegmentDocument;
  readonly bytes: number;
}

interface StoredTrace {
  readonly documents: Map<string, StoredDocument>;
  bytes: number;
  dropped: number;
  revision: number;
  /** Built when first asked for, and forgotten with the next document. */
  trace?: Trace | undefined;
  summary?: TraceSummary | undefined;
}

/**
 * Keeps the newest traces in memory. Everything it lets go is counted. Documents are trusted to have the types of
 * `document.ts`: what comes from outside goes through `parseDocument` first.
 */
export class TraceStore {
  readonly #maxTraces: number;
  readonly #maxTraceBytes: number;
  readonly #maxTotalBytes: number;
  /** Oldest first, by when its first document arrived. */
  readonly #traces = new Map<string, StoredTrace>();
  readonly #links = new LinkIndex();
  readonly #listeners = new Set<TraceStoreListener>();
  #losses: Losses = NO_LOSSES;
  #bytes = 0;
  #revision = 0;

  constructor({
    maxTraces = 1000,
    maxTraceBytes = 500_000,
    maxTotalBytes = 256_000_000,
  }: TraceStoreOptions = {}) {
    this.#maxTraces = maxTraces;
    this.#maxTraceBytes = maxTraceBytes;
    this.#maxTotalBytes = maxTotalBytes;
  }

  put(document: SegmentDocument): void {
    const { id, trace_id: traceId } = document;
    const stored = this.#traces.get(traceId) ?? newTrace();
    const known = stored.documents.get(id);
    // The first half of a document that is already complete has nothing to add.
    if (known !== undefined && isInProgress(document) && !isInProgress(known.document)) return;
    const bytes = Buffer.byteLength(JSON.stringify(document));
    const growth = bytes - (known?.bytes ?? 0);
    if (stored.bytes + growth > this.#maxTraceBytes) {
      stored.dropped += 1;
      this.#lose('refusedDocuments');
    } else {
      this.#traces.set(traceId, stored);
      stored.documents.set(id, { document, bytes });
      stored.bytes += growth;
      this.#bytes += growth;
      this.#addLinks(document);
    }
    this.#changed(traceId);
    this.#evict();
  }

  /**
   * Counts what arrived and was not kept.
   *
   * @param kind why, as one of few texts: `InvalidTraceId`
   */
  countInvalid(kind: string, count = 1): void {
    const { invalidReasons: reasons } = this.#losses;
    this.#losses = { ...this.#losses, invalidReasons: { ...reasons, [kind]: (reasons[kind] ?? 0) + count } };
    this.#lose('invalid', count);
  }

  /** Counts what was sent and never arrived. */
  countDropped(datagrams: number): void {
    this.#lose('droppedDatagrams', datagrams);
  }

  get(id: string): Trace | undefined {
    const stored = this.#traces.get(id);
    if (stored === undefined) return undefined;
    stored.trace ??= this.#assemble(id, stored);
    return stored.trace;
  }

  summary(id: string): TraceSummary | undefined {
    const stored = this.#traces.get(id);
    if (stored === undefined) return undefined;
    // A trace is assembled once more when it is viewed: keeping each beside its documents would double the memory.
    stored.summary ??= summarizeTrace(stored.trace ?? this.#assemble(id, stored), this.#links.of(id));
    return stored.summary;
  }

  /** Newest first. */
  list(limit: number): TraceSummary[] {
    return [...this.#traces.keys()]
      .flatMap((id) => this.summary(id) ?? [])
      .sort((one, other) => other.startTime - one.startTime || (one.id < other.id ? -1 : 1))
      .slice(0, limit);
  }

  page(id: string): TracePage | undefined {
    const trace = this.get(id);
    if (trace === undefined) return undefined;
    const linked = this.#reachableFrom(id)
      .flatMap((linkedId) => this.get(linkedId) ?? [])
      .sort((one, other) => startOf(one) - startOf(other));
    return { trace, linked };
  }

  losses(): Losses {
    return this.#losses;
  }

  /** Forgets every trace, and the losses with them. */
  clear(): void {
    this.#traces.clear();
    this.#links.clear();
    this.#bytes = 0;
    this.#losses = NO_LOSSES;
    this.#emit({ type: 'cleared' });
  }

  /** Calls the listener on every change until the returned function is called. */
  subscribe(listener: TraceStoreListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #assemble(id: string, { documents, revision, dropped }: StoredTrace): Trace {
    const newest = Array.from(documents.values(), ({ document }) => document);
    return assembleTrace(id, newest, { revision, dropped });
  }

  #addLinks(document: SegmentDocument): void {
    for (const { trace_id: target } of document.links ?? []) {
      if (this.#links.add(document.trace_id, target)) this.#changed(target);
    }
  }

  /** Breadth first, so that of too many the nearest are kept. */
  #reachableFrom(id: string): string[] {
    const reached = [id];
    const seen = new Set(reached);
    // Grows while it is walked.
    for (const from of reached) {
      for (const linkedId of this.#links.of(from)) {
        if (reached.length > MAX_LINKS_PER_TRACE) return reached.slice(1);
        if (seen.has(linkedId) || !this.#traces.has(linkedId)) continue;
        seen.add(linkedId);
        reached.push(linkedId);
      }
    }
    return reached.slice(1);
  }

  #evict(): void {
    for (const [id, stored] of this.#traces) {
      const isFull = this.#traces.size > this.#maxTraces || this.#bytes > this.#maxTotalBytes;
      if (!isFull || this.#traces.size === 1) return;
      this.#traces.delete(id);
      this.#bytes -= stored.bytes;
      this.#lose('evictedTraces');
      for (const target of this.#links.removeFrom(id)) this.#changed(target);
    }
  }

  #changed(traceId: string): void {
    const stored = this.#traces.get(traceId);
    if (stored === undefined) return;
    stored.trace = undefined;
    stored.summary = undefined;
    // Of the whole store, so that a trace that comes back after `clear` does not start again at a revision seen before.
    stored.revision = this.#revision += 1;
    this.#emit({ type: 'changed', traceId });
  }

  #lose(kind: Exclude<keyof Losses, 'invalidReasons'>, count = 1): void {
    this.#losses = { ...this.#losses, [kind]: this.#losses[kind] + count };
    this.#emit({ type: 'losses' });
  }

  #emit(event: TraceStoreEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

function newTrace(): StoredTrace {
  return { documents: new Map(), bytes: 0, dropped: 0, revision: 0 };
}

function startOf({ segments, orphans }: Trace): number {
  return Math.min(segments[0]?.start_time ?? Infinity, orphans[0]?.start_time ?? Infinity);
}
