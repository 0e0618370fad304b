import { clearTimeout, setTimeout } from 'node:timers';
import type { DatagramSender } from '../../daemon/datagram-sender.ts';
import { attempt } from '../guarded-span.ts';
import { LIMIT } from './fit-document.ts';

/** A subsegment that has been written. */
export interface Written {
  readonly id: string;
  readonly parentId: string;
  /** Its document, less what {@link Outbox} puts before it. */
  readonly json: string;
  /** Whether it must travel alone: X-Ray has, or may have, an earlier document of it. */
  readonly alone: boolean;
}

/** How long what has ended waits for what it is a part of, in milliseconds. */
const MOST_WAIT = 100;
/** Bytes that wait at most: less than a datagram, so that most of it still fits below its parent. */
const MOST_WAITING = 48_000;
/** How deep subsegments are packed into each other; readers of JSON have limits of their own. */
const MOST_DEPTH = 24;

interface Parcel extends Written {
  readonly at: number;
  /** Bytes of it and of what has been packed below it. */
  bytes: number;
  /** Documents below it. */
  readonly below: string[];
  /** How many levels they have. */
  depth: number;
}

/**
 * What an invocation has recorded and not sent yet. Subsegments that have ended wait for their parent and are sent as a part of its
 * document: when the invocation ends, after 100 ms, or when much has gathered. A datagram for each costs as much as all else
 * that is recorded. What waits leaves too when the process exits; what a `SIGKILL` can take is what ended within the last 100 ms, because
 * {@link flush} is called before a timeout is near.
 */
export class Outbox {
  readonly #sender: DatagramSender;
  readonly #traceId: string;
  #waiting: Parcel[] = [];
  #bytes = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(sender: DatagramSender, traceId: string) {
    this.#sender = sender;
    this.#traceId = traceId;
  }

  /**
   * Takes a subsegment that has ended.
   *
   * @returns its bytes.
   */
  put(written: Written): number {
    const parcel = this.#parcel(written);
    this.#waiting.push(parcel);
    this.#bytes += parcel.bytes;
    if (this.#bytes > MOST_WAITING) this.flush();
    else if (this.#timer === undefined) {
      whenProcessExits(this);
      this.#timer = setTimeout(() => this.flush(), MOST_WAIT).unref();
    }
    return parcel.bytes;
  }

  /**
   * Sends a subsegment at once, alone, and before it what waits.
   *
   * @returns its bytes.
   */
  sendNow(written: Written): number {
    this.flush();
    const parcel = this.#parcel(written);
    this.#send(parcel);
    return parcel.bytes;
  }

  /** Sends what waits. */
  flush(): void {
    if (this.#timer !== undefined) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      exiting.delete(this);
    }
    const parcels = this.#waiting;
    if (parcels.length === 0) return;
    this.#waiting = [];
    this.#bytes = 0;
    const byId = new Map(parcels.map((parcel) => [parcel.id, parcel]));
    // They stand in the order in which they ended: what is below one has been packed when its turn comes.
    for (const parcel of parcels) {
      const parent = parcel.alone ? undefined : byId.get(parcel.parentId);
      if (parent === undefined || !packInto(parent, parcel)) {
        attempt('send a document', () => this.#send(parcel));
      }
    }
  }

  #parcel(written: Written): Parcel {
    return {
      ...written,
      at: this.#waiting.length,
      bytes: Buffer.byteLength(written.json),
      below: [],
      depth: 0,
    };
  }

  #send(parcel: Parcel): void {
    const { parentId } = parcel;
    const head = `{"type":"subsegment","trace_id":"${this.#traceId}","parent_id":"${parentId}",`;
    this.#sender.send(head + textOf(parcel).slice(1));
  }
}

/** Not below one that ended before it, and may have been sent by now. */
function packInto(parent: Parcel, child: Parcel): boolean {
  const bytes = parent.bytes + child.bytes + SUBSEGMENTS.length + 3;
  if (parent.at <= child.at || child.depth >= MOST_DEPTH || bytes > LIMIT) return false;
  parent.below.push(textOf(child));
  parent.bytes = bytes;
  parent.depth = Math.max(parent.depth, child.depth + 1);
  return true;
}

const SUBSEGMENTS = ',"subsegments":[';

function textOf({ json, below }: Parcel): string {
  return below.length === 0 ? json : `${json.slice(0, -1)}${SUBSEGMENTS}${below.join(',')}]}`;
}

/** Invocations with something that waits. A datagram still leaves while a process exits: its send needs no other turn. */
const exiting = new Set<Outbox>();
let listens = false;

function whenProcessExits(outbox: Outbox): void {
  exiting.add(outbox);
  if (listens) return;
  listens = true;
  process.on('exit', () => {
    for (const each of exiting) attempt('send what waits', () => each.flush());
  });
}
