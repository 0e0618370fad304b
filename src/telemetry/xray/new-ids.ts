import { randomFillSync } from 'node:crypto';

/** Bytes of one id. */
const SIZE = 8;
/** Ids that one call of the system makes: what most invocations need. */
const POOLED = 32;

/**
 * Makes ids of subsegments and of exceptions, 16 hexadecimal digits each. Random bytes are asked for many ids at once, which
 * costs little more than for one, and by each invocation anew: what a process had left over would be the same in every copy
 * of it that is restored from a snapshot.
 */
export class NewIds {
  readonly #bytes = Buffer.allocUnsafe(SIZE * POOLED);
  #used = SIZE * POOLED;

  next(): string {
    if (this.#used === this.#bytes.length) {
      randomFillSync(this.#bytes);
      this.#used = 0;
    }
    const at = this.#used;
    this.#used += SIZE;
    return this.#bytes.toString('hex', at, at + SIZE);
  }
}
