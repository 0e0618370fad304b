/** What arrives is written this much later at most, so that what comes together is written together. */
const INTERVAL_MS = 200;

/**
 * So long may writing hold up what else happens, and so long others have their turn then: datagrams that nobody reads are
 * dropped, and Node reads a few dozen of them at a time.
 */
const SLICE_MS = 4;

/** Writes a moment after it was asked to, in slices between which others have their turn. */
export class BackgroundWriting {
  readonly #writeUntil: (isLate: () => boolean) => boolean;
  #next: NodeJS.Timeout | undefined;
  #hasEnded = false;

  /** @param writeUntil writes until it is late, at least something; whether nothing is left. */
  constructor(writeUntil: (isLate: () => boolean) => boolean) {
    this.#writeUntil = writeUntil;
  }

  /** There is something to write. */
  begin(): void {
    this.#writeIn(INTERVAL_MS);
  }

  /** Writes nothing from now on. */
  end(): void {
    clearTimeout(this.#next);
    this.#hasEnded = true;
  }

  #writeIn(delay: number): void {
    if (this.#hasEnded || this.#next !== undefined) return;
    this.#next = setTimeout(() => this.#writeSlice(), delay);
    // Alone it is no reason to stay alive.
    this.#next.unref();
  }

  #writeSlice(): void {
    this.#next = undefined;
    const deadline = performance.now() + SLICE_MS;
    if (!this.#writeUntil(() => performance.now() > deadline)) this.#writeIn(SLICE_MS);
  }
}
