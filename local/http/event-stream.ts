import type { ServerResponse } from 'node:http';

/** What is under construction changes often; a client hears of one thing this often at most. */
const FLUSH_INTERVAL_MS = 250;

/** Proxies and browsers give up on a connection that stays silent. */
const HEARTBEAT_INTERVAL_MS = 15_000;

/** What a client may leave unread; after that it is let go, and its browser connects anew. */
const MAX_UNREAD_BYTES = 4 * 1024 * 1024;

/** Server-sent events: the clients that are connected, and what is told to all of them, by the event's name. */
export class EventStream<Events extends object> {
  readonly #clients = new Set<ServerResponse>();
  readonly #heartbeat: NodeJS.Timeout;
  /** Tells what changed since the last flush, each thing once. */
  readonly #changed = new Map<string, () => void>();
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
  tell<Name extends keyof Events & string>(name: Name, data: Events[Name]): void {
    // JSON has no raw line breaks, so one data line holds it.
    this.#write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  /**
   * Tells soon: of many changes of one thing only the last. `read` is called when it is told, and gives undefined when
   * there is nothing to tell of it any more.
   */
  tellSoon<Name extends keyof Events & string>(
    name: Name,
    id: string,
    read: () => Events[Name] | undefined,
  ): void {
    if (this.#clients.size === 0) return;
    this.#changed.set(`${name} ${id}`, () => {
      const data = read();
      if (data !== undefined) this.tell(name, data);
    });
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
    for (const tell of changed) tell();
  }

  #write(text: string): void {
    for (const client of this.#clients) {
      client.write(text);
      if (client.writableLength > MAX_UNREAD_BYTES) client.destroy();
    }
  }
}
