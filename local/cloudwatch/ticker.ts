/** Calls `work` at the end of each period of the wall clock; a call that takes longer lets ends pass. */
export class Ticker {
  readonly #periodMs: number;
  readonly #work: (end: number) => Promise<void>;
  readonly #onError: (error: unknown) => void;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #stopped = false;

  constructor(periodMs: number, work: (end: number) => Promise<void>, onError: (error: unknown) => void) {
    this.#periodMs = periodMs;
    this.#work = work;
    this.#onError = onError;
  }

  start(): void {
    if (this.#stopped) return;
    const end = (Math.floor(Date.now() / this.#periodMs) + 1) * this.#periodMs;
    this.#timer = setTimeout(
      () => {
        // A timer may fire a little early.
        if (Date.now() < end) this.start();
        else this.#running = this.#tick(end);
      },
      Math.ceil(end - Date.now()),
    );
  }

  /** Waits for the call under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  async #tick(end: number): Promise<void> {
    try {
      await this.#work(end);
    } catch (error) {
      this.#onError(error);
    }
    this.start();
  }
}
