import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import type { Segment, Subsegment } from 'aws-xray-sdk-core';
import emitter from 'aws-xray-sdk-core/dist/lib/segment_emitter.js';
import { fitDocument, withoutChildren } from './fit-document.ts';

/** What the SDK's emitter calls of a socket. */
interface EmitterSocket {
  send(
    message: Buffer,
    offset: number,
    length: number,
    port: number,
    address: string,
    callback: (error: Error | null) => void,
  ): void;
}

/**
 * Sends documents through the SDK's emitter, over a socket of ours. The SDK's own opens one socket per batch in Lambda
 * and cannot say when a document has left; what has not left when the response is returned freezes with the process.
 */
export class DocumentSender implements EmitterSocket {
  readonly #onFailure: (error: Error) => void;
  #socket: Socket | undefined;
  #underway = 0;
  readonly #waiting: Array<() => void> = [];

  /** @param onFailure told of each document that could not be sent. */
  constructor(onFailure: (error: Error) => void) {
    this.#onFailure = onFailure;
    (emitter as { socket?: EmitterSocket }).socket = this;
  }

  /**
   * Sends a subsegment as it stands.
   *
   * @returns its bytes.
   * @throws Error when it cannot be made to fit.
   */
  sendDocument(subsegment: Subsegment): number {
    // What the SDK has put below it leaves on its own, as it closes.
    const document = fitDocument(withoutChildren(subsegment));
    const { id, segment } = subsegment;
    // All that the emitter reads of a segment.
    emitter.send({
      id,
      trace_id: segment.trace_id,
      type: 'subsegment',
      format: () => document,
    } as unknown as Segment);
    return Buffer.byteLength(document);
  }

  /** Settles when everything handed over so far has left the process or failed; undefined when it has already. */
  drained(): Promise<void> | undefined {
    if (this.#underway === 0) return undefined;
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Called by the emitter. */
  send(...[message, offset, length, port, address, callback]: Parameters<EmitterSocket['send']>): void {
    this.#underway += 1;
    const done = (error: Error | null): void => {
      this.#underway -= 1;
      if (error !== null) this.#fail(error);
      callback(null);
      if (this.#underway === 0) for (const resolve of this.#waiting.splice(0)) resolve();
    };
    try {
      this.#open().send(message, offset, length, port, address, done);
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #open(): Socket {
    if (this.#socket === undefined) {
      this.#socket = createSocket('udp4');
      // Sending must not keep a process alive whose work is done.
      this.#socket.unref();
      this.#socket.on('error', (error) => this.#fail(error));
    }
    return this.#socket;
  }

  /** A socket that failed may have lost its network with the last freeze: the next document gets a new one. */
  #fail(error: Error): void {
    const failed = this.#socket;
    this.#socket = undefined;
    // Not at once: datagrams of the same turn may still be under way on it.
    setImmediate(() => failed?.close());
    this.#onFailure(error);
  }
}
