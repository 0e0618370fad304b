import type { InvocationReport, LogEvent } from '../lambda/invocation.ts';
import type { LogLine, LogListing, LogQuery, ReadLine } from './log-line.ts';
import { rankOf, readLogLine } from './log-line.ts';

export interface LogStoreOptions {
  /** The oldest line gives way to the next one after these. @default 100_000 */
  readonly maxLines?: number;
  /** Of all lines together, in UTF-8; the oldest give way. @default 64_000_000 */
  readonly maxBytes?: number;
}

/** One answer takes no more than this, in characters; there is a cursor then. */
const MAX_ANSWER = 4_000_000;

/** A batch of messages has so many correlation ids at most: SQS hands over 10,000 messages at once (`BatchSize`). */
const MAX_CORRELATION_IDS = 10_000;

interface KeptLine extends ReadLine {
  readonly id: number;
}

/** What lines of one invocation have in common, as far as any of them, or its report, says it. */
interface KnownRequest {
  lines: number;
  traceId?: string;
  /** Undefined until its report comes; a trace that is not recorded cannot be looked at. */
  sampled?: boolean;
  readonly correlationIds: Set<string>;
}

/**
 * Keeps the newest log lines of every function, in memory. What a line does not say itself it has from its invocation: the
 * trace, the correlation ids.
 */
export class LogStore {
  readonly #maxLines: number;
  readonly #maxBytes: number;
  /** Oldest first, from `#first` on. */
  #lines: KeptLine[] = [];
  #first = 0;
  #bytes = 0;
  #lastId = 0;
  #evicted = 0;
  #requests = new Map<string, KnownRequest>();
  readonly #listeners = new Set<(newest: number) => void>();

  constructor({ maxLines = 100_000, maxBytes = 64_000_000 }: LogStoreOptions = {}) {
    this.#maxLines = maxLines;
    this.#maxBytes = maxBytes;
  }

  add(event: LogEvent): void {
    const line = { ...readLogLine(event), id: ++this.#lastId };
    this.#lines.push(line);
    this.#bytes += Buffer.byteLength(line.text);
    if (line.requestId !== undefined) {
      const request = this.#requestOf(line.requestId);
      request.lines += 1;
      if (line.traceId !== undefined) request.traceId ??= line.traceId;
      for (const id of line.correlationIds) {
        if (request.correlationIds.size < MAX_CORRELATION_IDS) request.correlationIds.add(id);
      }
    }
    while (this.#lines.length - this.#first > this.#maxLines || this.#bytes > this.#maxBytes) this.#evict();
    for (const listener of this.#listeners) listener(this.#lastId);
  }

  /** Says which trace an invocation belongs to, and whether it was recorded. */
  report({ requestId, traceId, sampled }: InvocationReport): void {
    const request = this.#requests.get(requestId);
    if (request === undefined) return;
    request.traceId = traceId;
    request.sampled = sampled;
  }

  find(query: LogQuery): LogListing {
    const wanted = this.#matcher(query);
    const { before = Infinity, after = 0, limit } = query;
    const lines: LogLine[] = [];
    let characters = 0;
    let cursor: number | undefined;
    for (let index = this.#lines.length - 1; index >= this.#first; index -= 1) {
      const line = this.#lines[index];
      if (line === undefined || line.id <= after) break;
      if (line.id >= before || !wanted(line)) continue;
      if (lines.length >= limit || (lines.length > 0 && characters + line.text.length > MAX_ANSWER)) {
        cursor = lines.at(-1)?.id;
        break;
      }
      characters += line.text.length;
      lines.push(this.#shown(line));
    }
    return {
      lines,
      ...(cursor !== undefined && { cursor }),
      newest: this.#lastId,
      evicted: this.#evicted,
    };
  }

  /** Forgets the lines of invocations that were traced: what else there is tells of no trace, and stays. */
  clearTraced(): void {
    const kept = this.#lines
      .slice(this.#first)
      .filter(({ traceId, requestId }) => this.#traceOf(traceId, requestId) === undefined);
    const requests = new Map<string, KnownRequest>();
    this.#bytes = 0;
    for (const { text, requestId = '' } of kept) {
      this.#bytes += Buffer.byteLength(text);
      const known = this.#requests.get(requestId);
      if (known === undefined) continue;
      const lines = (requests.get(requestId)?.lines ?? 0) + 1;
      requests.set(requestId, { ...known, lines });
    }
    this.#lines = kept;
    this.#first = 0;
    this.#requests = requests;
  }

  /** Hears the id of each line that comes. Returns the function that ends the subscription. */
  subscribe(listener: (newest: number) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #requestOf(requestId: string): KnownRequest {
    const known = this.#requests.get(requestId);
    if (known !== undefined) return known;
    const request: KnownRequest = { lines: 0, correlationIds: new Set() };
    this.#requests.set(requestId, request);
    return request;
  }

  #evict(): void {
    const line = this.#lines[this.#first];
    this.#first += 1;
    this.#evicted += 1;
    if (line !== undefined) {
      this.#bytes -= Buffer.byteLength(line.text);
      const request = this.#requests.get(line.requestId ?? '');
      if (request !== undefined && --request.lines === 0) this.#requests.delete(line.requestId ?? '');
    }
    // What is let go is copied away now and then, and not each time.
    if (this.#first <= this.#lines.length / 2) return;
    this.#lines = this.#lines.slice(this.#first);
    this.#first = 0;
  }

  #matcher(query: LogQuery): (line: KeptLine) => boolean {
    const {
      level,
      functionKey,
      text = '',
      correlationId,
      requestId,
      traceId,
      platform = true,
      range,
    } = query;
    const least = level === undefined ? 0 : rankOf(level);
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    return (line) => {
      if (!platform && line.kind === 'platform') return false;
      if (functionKey !== undefined && line.functionKey !== functionKey) return false;
      if (requestId !== undefined && line.requestId !== requestId) return false;
      if (range !== undefined && !(line.time >= range.from && line.time < range.to)) return false;
      if (rankOf(line.level) < least) return false;
      if (traceId !== undefined && this.#traceOf(line.traceId, line.requestId) !== traceId) return false;
      if (correlationId !== undefined && !this.#hasCorrelationId(line, correlationId)) return false;
      if (words.length === 0) return true;
      const lower = line.text.toLowerCase();
      return words.every((word) => lower.includes(word));
    };
  }

  #hasCorrelationId({ correlationIds, requestId }: KeptLine, id: string): boolean {
    if (correlationIds.length > 0) return correlationIds.includes(id);
    return this.#requests.get(requestId ?? '')?.correlationIds.has(id) === true;
  }

  #traceOf(own: string | undefined, requestId: string | undefined): string | undefined {
    const request = this.#requests.get(requestId ?? '');
    return request?.sampled === false ? undefined : (request?.traceId ?? own);
  }

  #shown(line: KeptLine): LogLine {
    const { traceId: own, ...shown } = line;
    const traceId = this.#traceOf(own, line.requestId);
    const known = this.#requests.get(line.requestId ?? '')?.correlationIds;
    return {
      ...shown,
      correlationIds:
        line.correlationIds.length > 0 ? line.correlationIds : [...(known ?? [])].slice(0, MAX_SHOWN_IDS),
      ...(traceId !== undefined && { traceId }),
    };
  }
}

/** Ids of its invocation that a line without one of its own is shown with. */
const MAX_SHOWN_IDS = 20;
