import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import dns from 'node:dns';
import { isIP } from 'node:net';
// Not the global: tests put another in its place, whose time stands still.
import { setImmediate } from 'node:timers';
import { readDaemonAddress } from './daemon-address.ts';
import type { DaemonAddress } from './daemon-address.ts';
import { DATAGRAM_HEADER, fitDocument } from './fit-document.ts';
import type { Subsegment } from './subsegment.ts';

/** A host that has a name, and what waits for its address. */
interface Host {
  address?: string;
  /** Why it has no address, and since when, in milliseconds. */
  failure?: { readonly error: Error; readonly at: number };
  readonly waiting: Buffer[];
  /** Bytes of it. */
  bytes: number;
}

/** How long a name that was looked up in vain is not looked up again, in milliseconds. */
const RETRY_AFTER = 30_000;
/** What may wait for an address, in bytes: a name server that never answers must not fill the memory. */
const MOST_WAITING = 4 * 1024 * 1024;

/**
 * Sends documents over one lasting socket. The SDK's own opens one per batch in Lambda and cannot say when a document has
 * left; what has not left when the response is returned freezes with the process.
 *
 * The name of a host is looked up once, and not for each document, as a socket would. Where its address is known, a document
 * has left when {@link sendDocument} returns, unless the system's buffer is full.
 */
export class DocumentSender {
  readonly #onFailure: (error: Error) => void;
  #daemon: DaemonAddress | undefined;
  #socket: Socket | undefined;
  readonly #hosts = new Map<string, Host>();
  readonly #waiting: Array<() => void> = [];
  readonly #sent = (error: Error | null): void => {
    if (error !== null) this.#fail(error);
    if (this.#waiting.length > 0) this.#settle();
  };

  /** @param onFailure told of each document that could not be sent. */
  constructor(onFailure: (error: Error) => void) {
    this.#onFailure = onFailure;
  }

  /**
   * Sends a subsegment as it stands.
   *
   * @returns its bytes.
   * @throws Error when it cannot be made to fit, or when nobody can say where the daemon is.
   */
  sendDocument(subsegment: Subsegment): number {
    const datagram = Buffer.from(DATAGRAM_HEADER + fitDocument(subsegment));
    this.#daemon ??= readDaemonAddress();
    this.#send(datagram, this.#daemon.host);
    return datagram.length - DATAGRAM_HEADER.length;
  }

  /** Settles when everything handed over so far has left the process or failed; undefined when it has already. */
  drained(): Promise<void> | undefined {
    if (this.#isDrained()) return undefined;
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #send(datagram: Buffer, name: string): void {
    if (isIP(name) !== 0) {
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
    try {
      dns.lookup(name, 4, found);
    } catch (error) {
      found(asError(error));
    }
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
   * A socket that failed may have lost its network with the last freeze: the next document gets a new one, and its host is
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
