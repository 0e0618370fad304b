import type { ServerResponse } from 'node:http';
import type { TraceStore, TraceStoreEvent } from './trace-store.ts';

/** A trace under construction changes with every document; the page hears of it this often at most. */
const FLUSH_INTERVAL_MS = 250;

/** Proxies and browsers give up on a connection that stays silent. */
const HEARTBEAT_INTERVAL_MS = 15_000;

/** What a client may leave unread; after that it is let go, and its browser connects anew. */
const MAX_UNREAD_BYTES = 4 * 1024 * 1024;

/**
 * Tells every connected page what changed in the store, as server-sent events: `summary` with a TraceSummary, `losses`
 * with Losses, `cleared`.
 */
export class TraceEvents {
  readonly #store: TraceStore;
  readonly #clients = new Set<ServerResponse>();
  readonly #unsubscribe: () => void;
  readonly #heartbeat: NodeJS.Timeout;
  /** What happened since the last flush. */
  readonly #changed = new Set<string>();
  #lossesChanged = false;
  #flushTimer: NodeJS.Timeout | undefined;

  constructor(store: TraceStore) {
    this.#store = store;
    this.#unsubscribe = store.subscribe((event) => this.#note(event));
    this.#heartbeat = setInterval(() => this.#send(': still here\n\n'), HEARTBEAT_INTERVAL_MS);
  }

  /** Keeps the response open until the client leaves or the events are closed. */
  connect(response: ServerResponse): void {
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
    response.write('retry: 1000\n\n');
    this.#clients.add(response);
    response.on('close', () => this.#clients.delete(response));
  }

  close(): void {
    this.#unsubscribe();
    clearInterval(this.#heartbeat);
    clearTimeout(this.#flushTimer);
    for (const client of this.#clients) client.end();
  }

  #note(event: TraceStoreEvent): void {
    if (this.#clients.size === 0) return;
    if (event.type === 'cleared') this.#sendEvent('cleared', {});
    if (event.type === 'changed') this.#changed.add(event.traceId);
    else this.#lossesChanged = true;
    this.#flushTimer ??= setTimeout(() => this.#flush(), FLUSH_INTERVAL_MS);
  }

  #flush(): void {
    this.#flushTimer = undefined;
    for (const traceId of this.#changed) {
      const summary = this.#store.summary(traceId);
      // Undefined when it was evicted or cleared meanwhile.
      if (summary !== undefined) this.#sendEvent('summary', summary);
    }
    this.#changed.clear();
    if (this.#lossesChanged) this.#sendEvent('losses', this.#store.losses());
    this.#lossesChanged = false;
  }

  #sendEvent(name: 'summary' | 'losses' | 'cleared', data: object): void {
    // JSON has no raw line breaks, so one data line holds it.
    this.#send(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  #send(text: string): void {
    for (const client of this.#clients) {
      client.write(text);
      if (client.writableLength > MAX_UNREAD_BYTES) client.destroy();
    }
  }
}
