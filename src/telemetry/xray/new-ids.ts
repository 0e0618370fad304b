/** Two halves, because a number holds no 64 bits. */
const HALF = 0x1_0000_0000;

/**
 * Makes ids of subsegments and of exceptions, 16 hexadecimal digits each, by the generator that OpenTelemetry's SDK uses for the same:
 * they must differ within a trace, and nobody gains anything by guessing one. What comes out depends on the id of the
 * invocation's parent too, so that processes that began as copies of one snapshot do not give the same.
 */
export class NewIds {
  readonly #high: number;
  readonly #low: number;

  /** @param seed an id of 16 hexadecimal digits, another one for each invocation. */
  constructor(seed: string) {
    this.#high = Number.parseInt(seed.slice(0, 8), 16) >>> 0;
    this.#low = Number.parseInt(seed.slice(8), 16) >>> 0;
  }

  next(): string {
    for (;;) {
      const id = half(this.#high) + half(this.#low);
      // Which stands for no id at all.
      if (id !== '0000000000000000') return id;
    }
  }
}

function half(seed: number): string {
  return (((Math.random() * HALF) ^ seed) >>> 0).toString(16).padStart(8, '0');
}
