import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
// Not the global: tests put another in its place, whose time stands still.
import { setImmediate } from 'node:timers';
import { readDaemonAddress } from './daemon-address.ts';
import type { DaemonAddress } from './daemon-address.ts';

/** A host that has a name, and what waits for its address. */
interface Host {
  address?: string;
  /** Why it has no address, and since when, in milliseconds. */
  failure?: { readonly error: Error; readonly at: number };
  readonly waiting: Buffer[];
  /** Bytes of it. */
  bytes: number;
}

/** An address of IPv4, which needs no looking up. Neither `node:net`, which knows, nor `node:dns` is loaded for it. */
const ADDRESS = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:[.](?!$)|$)){4}$/;

/** How long a name that was looked up in vain is not looked up again, in milliseconds. */
const RETRY_AFTER = 30_000;
/** What may wait for an address, in bytes: a name server that never answers must not fill the memory. */
const MOST_WAITING = 4 * 1024 * 1024;

/** The line that precedes what is sent in its datagram. */
const HEADER = '{"format":"json","version":1}\n';

/** Longest payload of a UDP datagram over IPv4, in bytes (RFC 768 and RFC 791: 65,535 less both headers), less our first line. */
export const MAX_CONTENT_BYTES = 65_507 - HEADER.length;

/**
 * Sends to the X-Ray daemon over one lasting socket. One that is opened per document, as the X-Ray SDK has it in Lambda, costs more,
 * and cannot say when a document has left; what has not left when the response is returned freezes with the process.
 *
 * The name of a host is looked up once, and not for each datagram, as a socket would. Where its address is known, a datagram
 * has left when {@link send} returns, unless the system's buffer is full.
 */
export class DatagramSender {
  readonly #onFailure: (error: Error) => void;
  #daemon: DaemonAddress | undefined;
  #socket: Socket | undefined;
  readonly #hosts = new Map<string, Host>();
  readonly #waiting: Array<() => void> = [];
  readonly #sent = (error: Error | null): void => {
    if (error !== null) this.#fail(error);
    if (this.#waiting.length > 0) this.#settle();
  };

  /** @param onFailure told of each datagram that could not be sent. */
  constructor(onFailure: (error: Error) => void) {
    this.#onFailure = onFailure;
  }

  /**
   * Sends a text, which is ASCII or UTF-8 and {@link MAX_CONTENT_BYTES} long at most.
   *
   * @returns its bytes.
   * @throws Error when nobody can say where the daemon is.
   */
  send(content: string): number {
    const datagram = Buffer.from(HEADER + content);
    this.#daemon ??= readDaemonAddress();
    this.#sendToHost(this.#daemon.host, datagram);
    return datagram.length - HEADER.length;
  }

  /** Settles when everything handed over so far has left the process or failed; undefined when it has already. */
  drained(): Promise<void> | undefined {
    if (this.#isDrained()) return undefined;
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #sendToHost(name: string, datagram: Buffer): void {
    if (ADDRESS.test(name)) {
      this.#sendTo(name, datagram);
      return;
    }
    const host = this.#hostOf(name);
    if (host.address !== undefined) this.#sendTo(host.address, datagram);
    else if (host.failure !== undefined) this.#onFailure(host.failure.error);
    else if (host.bytes + datagram.length > MOST_WAITING) {
      this.#onFailure(new Error(`Too much waits for the address of ${name}`));
    } else {
      host.waiting.push(datagram);
      host.bytes += datagram.length;
    }
  }

  #hostOf(name: string): Host {
    const known = this.#hosts.get(name);
    const { failure } = known ?? {};
    if (known !== undefined && (failure === undefined || performance.now() - failure.at < RETRY_AFTER)) {
      return known;
    }
    const host: Host = { waiting: [], bytes: 0 };
    this.#hosts.set(name, host);
    const found = (error: Error | null, address?: string): void => {
      if (error !== null) host.failure = { error, at: performance.now() };
      else if (address !== undefined) host.address = address;
      host.bytes = 0;
      for (const datagram of host.waiting.splice(0)) {
        if (host.address === undefined) this.#onFailure(error ?? new Error(`${name} has no address`));
        else this.#sendTo(host.address, datagram);
      }
      this.#settle();
    };
    import('node:dns')
      .then(({ default: dns }) => dns.lookup(name, 4, found))
      .catch((error: unknown) => found(asError(error)));
    return host;
  }

  #sendTo(address: string, datagram: Buffer): void {
    try {
      this.#open().send(datagram, 0, datagram.length, this.#daemon?.port, address, this.#sent);
    } catch (error) {
      this.#sent(asError(error));
    }
  }

  #isDrained(): boolean {
    const isWaiting = [...this.#hosts.values()].some(({ waiting }) => waiting.length > 0);
    return !isWaiting && (this.#socket === undefined || this.#socket.getSendQueueCount() === 0);
  }

  #settle(): void {
    if (this.#isDrained()) for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #open(): Socket {
    if (this.#socket === undefined) {
      // Only addresses arrive here. Node would go through `process.nextTick` for them, which may be faked.
      this.#socket = createSocket({
        type: 'udp4',
        lookup: (address, _options, found) => found(null, address, 4),
      });
      // Sending must not keep a process alive whose work is done.
      this.#socket.unref();
      this.#socket.on('error', (error) => this.#fail(error));
    }
    return this.#socket;
  }

  /**
   * A socket that failed may have lost its network with the last freeze: the next datagram gets a new one, and its host is
   * looked up again.
   */
  #fail(error: Error): void {
    const failed = this.#socket;
    this.#socket = undefined;
    for (const [name, { address }] of this.#hosts) if (address !== undefined) this.#hosts.delete(name);
    // Not at once: datagrams of the same turn may still be under way on it.
    setImmediate(() => {
      try {
        failed?.close();
      } catch {
        // It is closed already.
      }
    });
    this.#onFailure(error);
  }
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
