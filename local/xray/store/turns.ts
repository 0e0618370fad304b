import { setImmediate as letOthers } from 'node:timers/promises';

/** So long may reading and writing hold up what else happens, in milliseconds, before others have their turn. */
const TURN_MS = 10;

/** The turns of work that is long: it says where it could stop, and others have their turn there when it has taken too long. */
export class Turns {
  #end = performance.now() + TURN_MS;

  /** Whether this turn has taken long enough. */
  get isOver(): boolean {
    return performance.now() >= this.#end;
  }

  /** Lets others have their turn. */
  async rest(): Promise<void> {
    await letOthers();
    this.#end = performance.now() + TURN_MS;
  }
}
