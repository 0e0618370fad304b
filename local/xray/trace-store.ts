import { assembleTrace } from './assemble.ts';
import type { ComparedTrace, Differences, TraceDetails } from './differences.ts';
import { whatDiffers } from './differences.ts';
import type { SegmentDocument } from './document.ts';
import type { TraceHistory } from './history.ts';
import { durationsByName, historyOf } from './history.ts';
import type { Durations } from './durations.ts';
import type { FilterExpression } from './filter/expression.ts';
import { LinkIndex, MAX_LINKS_PER_TRACE } from './link-index.ts';
import { matchesFilter } from './filter/matches-filter.ts';
import type { TimeSeriesOptions, TimeSeriesStatistics } from './graph/time-series.ts';
import { GrowingTimeSeries } from './graph/time-series.ts';
import type { Service, TraceGraph } from './graph/trace-graph.ts';
import { GrowingGraph } from './graph/trace-graph.ts';
import { isInProgress } from './status.ts';
import { BackgroundWriting } from './store/background-writing.ts';
import { countDurations } from './store/count-durations.ts';
import type { Candidates, FoundTraces } from './store/find-traces.ts';
import { findTraces, selectionCondition } from './store/find-traces.ts';
import type { GraphSource, Part } from './store/graph-parts.ts';
import { GraphParts } from './store/graph-parts.ts';
import type { OpenedTraces } from './store/open-trace-database.ts';
import {
  isDamage,
  isStorageFailure,
  moveAway,
  openInMemory,
  openTraces,
} from './store/open-trace-database.ts';
import type { TimeWindow, TraceSearch, TraceSelection } from './store/search.ts';
import { matchedTime, windowCondition } from './store/search.ts';
import type { TraceDatabase } from './store/trace-database.ts';
import { rowOf } from './store/trace-row.ts';
import { Turns } from './store/turns.ts';
import { summarizeTrace } from './summary.ts';
import type { KnownTerms, Losses, Trace, TracePage, TraceSummary } from './trace.ts';

const NO_LOSSES: Losses = {
  invalid: 0,
  invalidReasons: {},
  evictedTraces: 0,
  refusedDocuments: 0,
  droppedDatagrams: 0,
};

/** Of the traces whose documents are at hand, in bytes of JSON. Those that wait to be written may be more. */
const MAX_BYTES_AT_HAND = 32_000_000;

/** Of all documents together, as JSON, where no file keeps them, and where one does. */
const MAX_BYTES_IN_MEMORY = 256_000_000;
const MAX_BYTES_IN_FILE = 1_000_000_000;

/** So many traces are let go before it is looked which values no trace has any more: that takes a while. */
const TRACES_BETWEEN_CLEANINGS = 10_000;

/** Traces that are read at once for a graph of those that match a filter. */
const PAGE_SIZE = 1000;

/** So long is waited for what has been put, in milliseconds, before a question is answered by what is written at once. */
const MAX_WAIT_MS = 10_000;

/** Service graphs that are kept until something changes. */
const MAX_KEPT_GRAPHS = 20;

/** Traces that a trace's durations are compared with, the newest. */
const MAX_HISTORY = 1000;

/** Traces of either side whose differences are looked for: of more, the shares are no other. */
const MAX_COMPARED = 1000;

const DAY_MS = 86_400_000;

export interface TraceStoreOptions {
  /** Where traces are kept when the process ends. Without it they are kept in memory. */
  readonly file?: string | undefined;
  /** Told what a person should know of the file, for example that it cannot be written. */
  readonly onNotice?: (text: string) => void;
  /** The oldest trace gives way to the next one after these. @default 100_000 */
  readonly maxTraces?: number;
  /** X-Ray's own limit (AWS General Reference, "X-Ray endpoints and quotas"). @default 500_000 */
  readonly maxTraceBytes?: number;
  /** Of all documents together, as JSON; the oldest traces give way. @default 1_000_000_000 in a file, 256_000_000 in memory */
  readonly maxTotalBytes?: number;
  /** How long after its first document a trace is let go. @default 30 days, X-Ray's own retention */
  readonly maxAgeMs?: number;
}

/** A page of what was searched for. */
export interface TraceListPage {
  readonly traces: readonly TraceSummary[];
  /** Of the search that goes on from here; absent when there is nothing more. */
  readonly cursor?: string;
}

export type TraceStoreEvent =
  | { readonly type: 'changed'; readonly traceId: string }
  | { readonly type: 'losses' }
  | { readonly type: 'cleared' };

export type TraceStoreListener = (event: TraceStoreEvent) => void;

/** Whoever reads graphs: those of single traces, and parts of a range, if it can take these. */
interface GraphReader {
  readonly graph: (graph: TraceGraph) => void;
  readonly parts?: (
    parts: readonly Part[],
    source: GraphSource,
    turns: Turns,
    readEach: (keys: readonly number[]) => Promise<void>,
  ) => Promise<void>;
}

interface StoredDocument {
  readonly document: SegmentDocument;
  readonly bytes: number;
}

interface StoredTrace {
  readonly key: number;
  readonly id: string;
  readonly arrived: number;
  updated: number;
  bytes: number;
  dropped: number;
  revision: number;
  /** Whether the database knows of it, and whether it knows what it is found by, be it of before. */
  isWritten: boolean;
  isIndexed: boolean;
  /** When it begins, as it is indexed. */
  start?: number | undefined;
  /** JSON of the documents that are not written yet, by id. */
  unwritten?: Map<string, string> | undefined;
  /** Absent while they are in the database alone. */
  documents?: Map<string, StoredDocument> | undefined;
  /** Built when first asked for, and forgotten with the next document. */
  trace?: Trace | undefined;
  summary?: TraceSummary | undefined;
}

/**
 * Keeps the newest traces, in a file or in memory. Everything it lets go is counted. Documents are trusted to have the
 * types of `document.ts`: what comes from outside goes through `parseDocument` first.
 *
 * What arrives is written a moment later, together with what else arrived, and what a trace is found by once it has been
 * quiet for that moment. Whoever asks sees everything that was put.
 */
export class TraceStore {
  readonly #file: string | undefined;
  readonly #onNotice: (text: string) => void;
  readonly #maxTraces: number;
  readonly #maxTraceBytes: number;
  readonly #maxAgeMs: number;
  #maxTotalBytes: number;
  #database: TraceDatabase;
  #isKept: boolean;
  #fileFailure: string | undefined;
  /** Oldest first, by when its first document arrived. */
  readonly #traces = new Map<string, StoredTrace>();
  /** Those whose documents are at hand, the least recently used first. */
  readonly #atHand = new Set<StoredTrace>();
  #bytesAtHand = 0;
  /** Those with something that is not in the database yet: their head or documents; their row and terms. */
  readonly #unwritten = new Set<StoredTrace>();
  readonly #unindexed = new Set<StoredTrace>();
  /** Keys in the database of traces that were let go. */
  readonly #deleted: number[] = [];
  #deletedSince = 0;
  /** The term up to which it was looked which values no trace has any more; undefined where that is done. */
  #cleanFrom: number | undefined;
  readonly #links = new LinkIndex();
  readonly #listeners = new Set<TraceStoreListener>();
  /** Of what was asked since something changed, also those that are still being made. */
  readonly #graphs = new Map<string, Promise<readonly Service[]>>();
  readonly #parts = new GraphParts();
  #losses: Losses;
  #lossesAreWritten = true;
  #bytes = 0;
  #revision = 0;
  #lastKey = 0;
  /** What waits when the process ends is written by `close`. */
  readonly #writing = new BackgroundWriting((isLate) => this.#writeSlice(isLate));
  #isClosed = false;

  /** @throws Error for people where Node has no SQLite. */
  constructor({
    file,
    onNotice = () => undefined,
    maxTraces = 100_000,
    maxTraceBytes = 500_000,
    maxTotalBytes,
    maxAgeMs = 30 * DAY_MS,
  }: TraceStoreOptions = {}) {
    const opened = openTraces(file, onNotice);
    this.#file = file;
    this.#onNotice = onNotice;
    this.#maxTraces = maxTraces;
    this.#maxTraceBytes = maxTraceBytes;
    this.#maxTotalBytes = maxTotalBytes ?? (opened.isKept ? MAX_BYTES_IN_FILE : MAX_BYTES_IN_MEMORY);
    this.#maxAgeMs = maxAgeMs;
    this.#database = opened.database;
    this.#isKept = opened.isKept;
    this.#fileFailure = opened.failure;
    this.#losses = { ...NO_LOSSES, ...opened.database.losses() };
    this.#load(opened);
    this.#evict();
  }

  /** Where traces are kept when the process ends; undefined when they are in memory alone, be it that the file failed. */
  get file(): string | undefined {
    return this.#isKept ? this.#file : undefined;
  }

  /** @returns whether its trace has room for it; what is refused is counted. */
  put(document: SegmentDocument): boolean {
    const { id, trace_id: traceId } = document;
    const { stored, documents } = this.#ask(() => {
      const found = this.#traces.get(traceId) ?? this.#newTrace(traceId);
      return { stored: found, documents: this.#documentsOf(found) };
    });
    const known = documents.get(id);
    // The first half of a document that is already complete has nothing to add.
    if (known !== undefined && isInProgress(document) && !isInProgress(known.document)) return true;
    const body = JSON.stringify(document);
    const bytes = Buffer.byteLength(body);
    const growth = bytes - (known?.bytes ?? 0);
    const hasRoom = stored.bytes + growth <= this.#maxTraceBytes;
    if (hasRoom) {
      this.#traces.set(traceId, stored);
      stored.updated = Date.now();
      documents.set(id, { document, bytes });
      (stored.unwritten ??= new Map()).set(id, body);
      stored.bytes += growth;
      this.#bytes += growth;
      this.#bytesAtHand += growth;
      this.#addLinks(document);
    } else {
      stored.dropped += 1;
      this.#lose('refusedDocuments');
    }
    this.#changed(traceId);
    this.#evict();
    this.#makeRoom();
    return hasRoom;
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
    const trace = this.#ask(() => {
      const stored = this.#traces.get(id);
      return stored && (stored.trace ??= this.#assemble(stored));
    });
    this.#makeRoom();
    return trace;
  }

  summary(id: string): TraceSummary | undefined {
    return this.#ask(() => {
      const stored = this.#traces.get(id);
      return stored && (stored.summary ??= this.#summarize(stored));
    });
  }

  /** Newest first. */
  list(limit: number): TraceSummary[] {
    this.#write();
    const values = [Number.isFinite(limit) ? limit : -1];
    return this.#ask(() =>
      this.#database.select({ text: 'SELECT id FROM traces ORDER BY start DESC, id LIMIT ?', values }),
    ).flatMap(({ id }) => this.summary(String(id)) ?? []);
  }

  /**
   * The traces that a filter matches, a page at a time. An answer may have fewer than the limit and a cursor: then it was
   * long enough.
   *
   * @throws CursorError for a cursor that is none, or that another question had.
   */
  search(search: TraceSearch): TraceListPage {
    this.#write();
    const { ids, cursor } = this.#ask(() => this.#find(search));
    const traces = ids.flatMap((id) => this.summary(id) ?? []);
    return { traces, ...(cursor !== undefined && { cursor }) };
  }

  /** The traces that a filter matches, by how long they took and by their status. */
  durations(selection: TraceSelection): Durations {
    this.#write();
    return this.#ask(() => countDurations(selection, this.#candidates(selection)));
  }

  /**
   * What distinguishes the traces that a filter matches from the rest, by the newest of both.
   *
   * @param within what the rest must match. @default everything
   */
  differences(selection: TraceSelection, within: FilterExpression = { kind: 'all' }): Differences {
    this.#write();
    const filter = selection.filter ?? { kind: 'all' };
    const others: FilterExpression = { kind: 'and', operands: [within, { kind: 'not', operand: filter }] };
    return this.#ask(() =>
      whatDiffers(this.#compared({ ...selection, filter }), this.#compared({ ...selection, filter: others })),
    );
  }

  /** How many traces lie in a range. */
  count(window: TimeWindow): number {
    this.#write();
    const { text, values } = windowCondition(window);
    const [row] = this.#ask(() =>
      this.#database.select({ text: `SELECT count(*) AS count FROM traces WHERE ${text}`, values }),
    );
    return Number(row?.['count']);
  }

  /** A trace as `GetTraceSummaries` writes it, where it was found in this range. */
  details(id: string, window: TimeWindow): object | undefined {
    this.#write();
    const stored = this.#traces.get(id);
    if (stored === undefined) return undefined;
    return this.#ask(() => {
      const text = this.#database.textOf(stored.key, 'details');
      const times = this.#database.timesOf(stored.key);
      if (text === undefined || times === undefined) return undefined;
      const MatchedEventTime = matchedTime(times, window);
      return { ...(JSON.parse(text) as object), Revision: stored.revision, MatchedEventTime };
    });
  }

  /**
   * The service graph of the traces in a range, those that match a filter if there is one. Asked again before anything has
   * changed, it is there at once; afterwards what has not changed is not read again, unless there is a filter.
   */
  graph(selection: TraceSelection): Promise<readonly Service[]> {
    this.#evict();
    const { filter, ids, from, to, timeRange } = selection;
    const question = JSON.stringify([filter, ids, from, to, timeRange]);
    const kept = this.#graphs.get(question);
    if (kept !== undefined) return kept;
    const growing = new GrowingGraph();
    const graph = this.#readGraphs(selection, {
      graph: (each) => growing.add(each),
      parts: async (parts, source, turns) => growing.merge(await this.#parts.graphOf(parts, source, turns)),
    }).then(() => growing.services());
    const [oldest] = this.#graphs.keys();
    if (this.#graphs.size >= MAX_KEPT_GRAPHS && oldest !== undefined) this.#graphs.delete(oldest);
    this.#graphs.set(question, graph);
    // What went wrong once is tried again.
    graph.catch(() => {
      if (this.#graphs.get(question) === graph) this.#graphs.delete(question);
    });
    return graph;
  }

  /** The service graph of some traces. */
  async graphOf(ids: readonly string[]): Promise<readonly Service[]> {
    const growing = new GrowingGraph();
    await this.#readGraphs({ ids }, { graph: (each) => growing.add(each) });
    return growing.services();
  }

  /** How many requests there were in a range and how they ended, window by window. */
  async timeSeries(
    selection: TraceSelection & { readonly from: number; readonly to: number },
    options: Pick<TimeSeriesOptions, 'period' | 'selector'>,
  ): Promise<readonly TimeSeriesStatistics[]> {
    const { from, to } = selection;
    const growing = new GrowingTimeSeries({ from, to, ...options });
    await this.#readGraphs(selection, {
      graph: (each) => growing.add(each),
      parts: async (parts, source, turns, readEach) => {
        for (const part of parts) {
          const series = await this.#parts.seriesOf(part, source, turns);
          if (series !== undefined && growing.takes(series)) growing.merge(series);
          else await readEach(this.#parts.keysOf(part, source));
        }
      },
    });
    return growing.statistics();
  }

  /**
   * What can be searched for, so that it can be offered.
   *
   * @param containing values that have this text in them, in whatever case, and services whose names have. @default all
   */
  known(containing = ''): KnownTerms {
    this.#write();
    return this.#ask(() => this.#database.known(containing));
  }

  /** Something small that is kept with the traces, and not forgotten with them. */
  setting(name: string): string | undefined {
    return this.#ask(() => this.#database.setting(name));
  }

  writeSetting(name: string, value: string): void {
    // A filter may name a group, which is kept as a setting.
    this.#graphs.clear();
    this.#ask(() => this.#database.writeSetting(name, value));
  }

  page(id: string): TracePage | undefined {
    const trace = this.get(id);
    if (trace === undefined) return undefined;
    const linked = this.#reachableFrom(id)
      .flatMap((linkedId) => this.get(linkedId) ?? [])
      .sort((one, other) => startOf(one) - startOf(other));
    return { trace, linked };
  }

  /** How the durations of a trace compare with those of the newest others with the same services. */
  history(id: string): TraceHistory | undefined {
    this.#write();
    const [stored, trace] = [this.#traces.get(id), this.get(id)];
    if (stored === undefined || trace === undefined) return undefined;
    const services = [...new Set(trace.segments.map(({ name }) => name))];
    return this.#ask(() =>
      historyOf(durationsByName(trace), this.#database.durationsWith(services, stored.key, MAX_HISTORY)),
    );
  }

  losses(): Losses {
    return { ...this.#losses, ...(this.#fileFailure !== undefined && { fileFailure: this.#fileFailure }) };
  }

  /** Forgets every trace, also in the file, and the losses with them. */
  clear(): void {
    this.#forgetAll();
    this.#losses = NO_LOSSES;
    this.#lossesAreWritten = false;
    this.#ask(() => this.#database.clear());
    this.#emit({ type: 'cleared' });
    this.#writing.begin();
  }

  /** Calls the listener on every change until the returned function is called. */
  subscribe(listener: TraceStoreListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Writes what is not written yet, and lets go of the file. What is put afterwards is kept nowhere; nothing may be asked. */
  close(): void {
    if (this.#isClosed) return;
    this.#write();
    this.#writing.end();
    this.#isClosed = true;
    this.#database.close();
  }

  #load({ heads, links }: OpenedTraces): void {
    const ids = new Map<number, string>();
    for (const { indexed, start, ...head } of heads) {
      const stored: StoredTrace = {
        ...head,
        start: start ?? undefined,
        isWritten: true,
        isIndexed: indexed >= 0,
      };
      this.#traces.set(head.id, stored);
      ids.set(head.key, head.id);
      this.#bytes += head.bytes;
      this.#lastKey = head.key;
      this.#revision = Math.max(this.#revision, head.revision);
      // The process ended between writing the documents and what they are found by.
      if (indexed !== head.revision) this.#unindexed.add(stored);
    }
    for (const { source, target } of links) this.#links.add(ids.get(source) ?? '', target);
    for (const stored of this.#unindexed) {
      for (const { document } of this.#documentsOf(stored).values()) this.#addLinks(document);
    }
  }

  #newTrace(id: string): StoredTrace {
    const documents = new Map<string, StoredDocument>();
    const now = Date.now();
    const head = {
      key: (this.#lastKey += 1),
      id,
      arrived: now,
      updated: now,
      bytes: 0,
      dropped: 0,
      revision: 0,
    };
    return { ...head, isWritten: false, isIndexed: false, documents };
  }

  #documentsOf(stored: StoredTrace): Map<string, StoredDocument> {
    if (stored.documents === undefined) {
      const read = this.#database.documentsOf(stored.key);
      stored.documents = new Map(read.map((each) => [each.document.id, each]));
      this.#bytesAtHand += stored.bytes;
    }
    this.#atHand.delete(stored);
    this.#atHand.add(stored);
    return stored.documents;
  }

  /** Lets go of documents that the database has, the least recently used first. */
  #makeRoom(): void {
    if (this.#bytesAtHand <= MAX_BYTES_AT_HAND) return;
    for (const stored of this.#atHand) {
      if (this.#bytesAtHand <= MAX_BYTES_AT_HAND / 2) return;
      if (!this.#unwritten.has(stored) && !this.#unindexed.has(stored)) this.#letGo(stored);
    }
  }

  #letGo(stored: StoredTrace): void {
    if (!this.#atHand.delete(stored)) return;
    this.#bytesAtHand -= stored.bytes;
    stored.documents = stored.trace = stored.summary = undefined;
  }

  #assemble(stored: StoredTrace): Trace {
    const { id, revision, dropped } = stored;
    const newest = Array.from(this.#documentsOf(stored).values(), ({ document }) => document);
    return assembleTrace(id, newest, { revision, dropped });
  }

  #summarize(stored: StoredTrace): TraceSummary {
    const linkedTraceIds = this.#links.of(stored.id);
    if (!this.#unindexed.has(stored)) {
      const text = this.#database.textOf(stored.key, 'summary');
      if (text !== undefined) {
        const summary = JSON.parse(text) as TraceSummary;
        return { ...summary, revision: stored.revision, linkedTraceIds };
      }
    }
    // A trace is assembled once more when it is viewed: keeping each beside its documents would double the memory.
    return summarizeTrace(stored.trace ?? this.#assemble(stored), linkedTraceIds);
  }

  #matches(id: string, { filter, groups }: TraceSearch): boolean {
    const [trace, summary] = [this.get(id), this.summary(id)];
    if (trace === undefined || summary === undefined || filter === undefined) return false;
    return matchesFilter(filter, { trace, summary, ...(groups && { groups }) });
  }

  #find(search: TraceSearch): FoundTraces {
    return findTraces(search, this.#candidates(search));
  }

  #candidates(selection: TraceSelection): Candidates {
    return {
      select: (question) => this.#database.select(question),
      lastKey: this.#lastKey,
      matches: (id) => this.#matches(id, selection),
    };
  }

  #compared(selection: TraceSelection): ComparedTrace[] {
    return this.#find({ ...selection, limit: MAX_COMPARED }).ids.flatMap((id) => {
      const stored = this.#traces.get(id);
      const details = stored && this.#database.textOf(stored.key, 'details');
      const summary = details === undefined ? undefined : this.summary(id);
      if (details === undefined || summary === undefined) return [];
      return [{ summary, details: JSON.parse(details) as TraceDetails }];
    });
  }

  /**
   * Reads the graphs of single traces, one after the other, in turns between which others have theirs. Which traces these are is
   * decided when it begins; of one that changes meanwhile the newest is read, and one that is let go is left out. Where
   * everything in a range is meant, parts of it are read as a whole by whoever can.
   */
  async #readGraphs(selection: TraceSelection, reader: GraphReader): Promise<void> {
    const source = this.#graphSource();
    await this.written();
    const turns = new Turns();
    const readEach = async (keys: readonly number[]): Promise<void> => {
      for (const key of keys) {
        const graph = source.graphOf(key);
        if (graph !== undefined) reader.graph(graph);
        if (turns.isOver) await turns.rest();
      }
    };
    const { filter, ids, timeRange = 'Active', from = -Infinity, to = Infinity } = selection;
    const isEverything = filter === undefined || filter.kind === 'all';
    if (reader.parts !== undefined && isEverything && ids === undefined && timeRange === 'Active') {
      const { parts, keys } = this.#ask(() => this.#parts.within(from, to, source));
      await reader.parts(parts, source, turns, readEach);
      await readEach(keys);
      return;
    }
    for (let cursor: string | undefined; ;) {
      const page = this.#ask(() => this.#keysOf(selection, cursor));
      await readEach(page.keys);
      ({ cursor } = page);
      if (cursor === undefined) return;
    }
  }

  /** Asked between turns: the database may have been left for another one meanwhile, or closed. */
  #graphSource(): GraphSource {
    return {
      select: (question) => this.#askOpen(() => this.#database.select(question)),
      graphOf: (key) => this.#askOpen(() => this.#database.graphOf(key)),
      lastKey: this.#lastKey,
    };
  }

  #askOpen<Answer>(work: () => Answer): Answer {
    if (this.#isClosed) throw new Error('The traces were closed while they were being read.');
    return this.#ask(work);
  }

  /** The keys of traces that are meant: of all of them, or of a page where the indexes do not know for sure. */
  #keysOf(
    selection: TraceSelection,
    cursor: string | undefined,
  ): { readonly keys: readonly number[]; readonly cursor?: string } {
    const { select } = this.#candidates(selection);
    const condition = selectionCondition(selection, select);
    if (condition !== undefined) {
      const { text, values } = condition;
      const rows = select({ text: `SELECT key FROM traces WHERE ${text}`, values });
      return { keys: rows.map(({ key }) => Number(key)) };
    }
    const page = { limit: PAGE_SIZE, ...(cursor !== undefined && { cursor }) };
    const { ids, ...rest } = this.#find({ ...selection, ...page });
    return { keys: ids.flatMap((id) => this.#traces.get(id)?.key ?? []), ...rest };
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
    const tooOld = Date.now() - this.#maxAgeMs;
    for (const stored of this.#traces.values()) {
      const isFull = this.#traces.size > this.#maxTraces || this.#bytes > this.#maxTotalBytes;
      if (stored.arrived > tooOld && (!isFull || this.#traces.size === 1)) return;
      this.#delete(stored);
      this.#lose('evictedTraces');
      for (const target of this.#links.removeFrom(stored.id)) this.#changed(target);
    }
  }

  #delete(stored: StoredTrace): void {
    this.#graphs.clear();
    this.#parts.changed(stored.start, undefined);
    this.#letGo(stored);
    this.#traces.delete(stored.id);
    this.#unwritten.delete(stored);
    this.#unindexed.delete(stored);
    this.#bytes -= stored.bytes;
    if (stored.isWritten) this.#deleted.push(stored.key);
  }

  #forgetAll(): void {
    this.#graphs.clear();
    this.#parts.clear();
    this.#traces.clear();
    this.#atHand.clear();
    this.#unwritten.clear();
    this.#unindexed.clear();
    this.#deleted.length = 0;
    this.#cleanFrom = undefined;
    this.#links.clear();
    this.#bytes = this.#bytesAtHand = 0;
  }

  #changed(traceId: string): void {
    const stored = this.#traces.get(traceId);
    if (stored === undefined) return;
    this.#graphs.clear();
    stored.trace = undefined;
    stored.summary = undefined;
    // Of the whole store, so that a trace that comes back after `clear` does not start again at a revision seen before.
    stored.revision = this.#revision += 1;
    this.#unwritten.add(stored);
    this.#unindexed.add(stored);
    this.#writing.begin();
    this.#emit({ type: 'changed', traceId });
  }

  #lose(kind: Exclude<keyof Losses, 'invalidReasons' | 'fileFailure'>, count = 1): void {
    this.#losses = { ...this.#losses, [kind]: this.#losses[kind] + count };
    this.#lossesAreWritten = false;
    this.#writing.begin();
    this.#emit({ type: 'losses' });
  }

  #emit(event: TraceStoreEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  get #isWritten(): boolean {
    const waiting = this.#unwritten.size + this.#unindexed.size + this.#deleted.length;
    return waiting === 0 && this.#lossesAreWritten && this.#cleanFrom === undefined;
  }

  #writeSlice(isLate: () => boolean): boolean {
    this.#ask(() => this.#writeUntil(isLate));
    this.#makeRoom();
    return this.#isWritten;
  }

  /**
   * Resolves when all that was put is written, in turns between which others have theirs: what is asked then is answered at once.
   * What keeps coming faster than it can be written is not waited for.
   */
  async written(): Promise<void> {
    this.#evict();
    const turns = new Turns();
    const deadline = performance.now() + MAX_WAIT_MS;
    while (!this.#isClosed && !this.#writeSlice(() => turns.isOver) && performance.now() < deadline) {
      await turns.rest();
    }
  }

  /** Writes all that is not written yet, at once; what has become too old meanwhile is nobody's answer. */
  #write(): void {
    this.#evict();
    this.#ask(() => this.#writeUntil(() => false));
  }

  /** Documents first: what they are found by can be made of them again. */
  #writeUntil(isLate: () => boolean): void {
    if (this.#isWritten) return;
    this.#database.transaction(() => {
      for (let key = this.#deleted.pop(); key !== undefined; key = this.#deleted.pop()) {
        this.#database.deleteTrace(key);
        this.#deletedSince += 1;
        if (isLate()) return;
      }
      if (this.#deletedSince >= TRACES_BETWEEN_CLEANINGS) {
        this.#deletedSince = 0;
        this.#cleanFrom = 0;
      }
      while (this.#cleanFrom !== undefined) {
        this.#cleanFrom = this.#database.deleteUnusedTerms(this.#cleanFrom);
        if (isLate()) return;
      }
      for (const stored of this.#unwritten) {
        this.#writeDocuments(stored);
        if (isLate()) return;
      }
      for (const stored of this.#unindexed) {
        this.#writeRow(stored);
        if (isLate()) return;
      }
      this.#database.writeSetting('losses', JSON.stringify(this.#losses));
      this.#lossesAreWritten = true;
    });
  }

  #writeDocuments(stored: StoredTrace): void {
    this.#database.writeHead(stored);
    for (const [id, body] of stored.unwritten ?? []) this.#database.writeDocument(stored.key, id, body);
    stored.isWritten = true;
    stored.unwritten = undefined;
    this.#unwritten.delete(stored);
  }

  #writeRow(stored: StoredTrace): void {
    const trace = stored.trace ?? this.#assemble(stored);
    const row = rowOf(trace, stored.summary ?? summarizeTrace(trace, []));
    this.#database.writeRow(stored, row, this.#links.from(stored.id), !stored.isIndexed);
    this.#parts.changed(stored.start, row.columns.start ?? undefined);
    stored.start = row.columns.start ?? undefined;
    stored.isIndexed = true;
    this.#unindexed.delete(stored);
  }

  /** Does what needs the database; once more without the file, when that turns out not to work. */
  #ask<Answer>(work: () => Answer): Answer {
    try {
      return work();
    } catch (error) {
      if (!this.#isKept || !isStorageFailure(error)) throw error;
      this.#goOnInMemory(error);
      return work();
    }
  }

  /** Takes along what there is room for, and can still be read: the newest. */
  #goOnInMemory(error: Error): void {
    const [broken, { database }] = [this.#database, openInMemory()];
    this.#database = database;
    this.#isKept = false;
    this.#fileFailure = error.message;
    this.#lossesAreWritten = false;
    this.#deleted.length = 0;
    this.#cleanFrom = undefined;
    this.#maxTotalBytes = Math.min(this.#maxTotalBytes, MAX_BYTES_IN_MEMORY);
    let bytes = 0;
    let left = 0;
    database.transaction(() => {
      for (const stored of [...this.#traces.values()].reverse()) {
        stored.isWritten = stored.isIndexed = false;
        bytes += stored.bytes;
        if (bytes > this.#maxTotalBytes || !this.#takeAlong(stored, broken)) {
          this.#delete(stored);
          left += 1;
        }
      }
    });
    closeQuietly(broken);
    const file = String(this.#file);
    const whereabouts = isDamage(error)
      ? `The file is damaged, and was set aside as ${moveAway(file)}`
      : 'What was written before is still there';
    this.#onNotice(
      `Traces cannot be kept in ${file} any more: ${error.message}. They are kept in memory from now on, and end with ` +
        `this process. ${whereabouts}.`,
    );
    if (left > 0) this.#lose('evictedTraces', left);
    else this.#emit({ type: 'losses' });
  }

  /** Whether a trace is in the new database now, with all of its documents. */
  #takeAlong(stored: StoredTrace, from: TraceDatabase): boolean {
    const wasAtHand = stored.documents !== undefined;
    try {
      stored.documents ??= new Map(from.documentsOf(stored.key).map((each) => [each.document.id, each]));
    } catch {
      return false;
    }
    if (!wasAtHand) this.#bytesAtHand += stored.bytes;
    this.#atHand.add(stored);
    stored.unwritten = new Map(
      Array.from(stored.documents, ([id, { document }]) => [id, JSON.stringify(document)]),
    );
    this.#writeDocuments(stored);
    this.#writeRow(stored);
    if (!wasAtHand) this.#letGo(stored);
    return true;
  }
}

function closeQuietly(database: TraceDatabase): void {
  try {
    database.close();
  } catch {
    // It could not be written before; that it cannot be closed tidily says no more.
  }
}

function startOf({ segments, orphans }: Trace): number {
  return Math.min(segments[0]?.start_time ?? Infinity, orphans[0]?.start_time ?? Infinity);
}
