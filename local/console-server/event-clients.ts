import type { ServerResponse } from 'node:http';

/** A trace under construction changes with every document; the page hears of one thing this often at most. */
const FLUSH_INTERVAL_MS = 250;

/** Proxies and browsers give up on a connection that stays silent. */
const HEARTBEAT_INTERVAL_MS = 15_000;

/** What a client may leave unread; after that it is let go, and its browser connects anew. */
const MAX_UNREAD_BYTES = 4 * 1024 * 1024;

/** Something to tell, read when it is told; undefined when there is nothing to tell of it any more. */
type Read = () => object | undefined;

/** The pages that are connected, and what is sent to all of them as server-sent events. */
export class EventClients {
  readonly #clients = new Set<ServerResponse>();
  readonly #heartbeat: NodeJS.Timeout;
  /** What changed since the last flush, each thing once. */
  readonly #changed = new Map<string, { readonly name: string; readonly read: Read }>();
  #flushTimer: NodeJS.Timeout | undefined;

  constructor() {
    this.#heartbeat = setInterval(() => this.#write(': still here\n\n'), HEARTBEAT_INTERVAL_MS);
  }

  /** Keeps the response open until the client leaves or the events are closed. */
  connect(response: ServerResponse): void {
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
    response.write('retry: 1000\n\n');
    this.#clients.add(response);
    response.on('close', () => this.#clients.delete(response));
  }

  /** Tells at once. */
  tell(name: string, data: object): void {
    // JSON has no raw line breaks, so one data line holds it.
    this.#write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  /** Tells soon: of many changes of one thing only the last. */
  tellSoon(name: string, id: string, read: Read): void {
    if (this.#clients.size === 0) return;
    this.#changed.set(`${name} ${id}`, { name, read });
    this.#flushTimer ??= setTimeout(() => this.#flush(), FLUSH_INTERVAL_MS);
  }

  close(): void {
    clearInterval(this.#heartbeat);
    clearTimeout(this.#flushTimer);
    for (const client of this.#clients) client.end();
  }

  #flush(): void {
    this.#flushTimer = undefined;
    const changed = [...this.#changed.values()];
    this.#changed.clear();
    for (const { name, read } of changed) {
      const data = read();
      if (data !== undefined) this.tell(name, data);
    }
  }

  #write(text: string): void {
    for (const client of this.#clients) {
      client.write(text);
      if (client.writableLength > MAX_UNREAD_BYTES) client.destroy();
    }
  }
}
