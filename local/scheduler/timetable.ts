/** What runs at its times: schedules, and rules of EventBridge that have one. */
import { MAX_TIMER_MS } from './limits.ts';
import type { Timing } from './schedule-expression.ts';

export interface Entry {
  readonly timing: Timing;
  /** When it was made, epoch milliseconds. */
  readonly since: number;
  /** Nothing runs before, and a rate begins there; epoch milliseconds. */
  readonly start?: number | undefined;
  /** Nothing runs after, epoch milliseconds. */
  readonly end?: number | undefined;
  /** Whether a rate without a start runs at once, as Scheduler's does, or one interval later, as that of a rule. */
  readonly runsAtOnce: boolean;
}

/**
 * The next time after `moment`; undefined when there is none any more. One that should have run before and never did runs
 * now.
 *
 * @param moment epoch milliseconds; undefined before the first run
 */
export function nextTime(
  { timing, since, start, end, runsAtOnce }: Entry,
  moment?: number,
): number | undefined {
  const time = ((): number | undefined => {
    switch (timing.kind) {
      case 'at':
        return moment === undefined ? timing.time : undefined;
      case 'rate': {
        if (moment !== undefined) return moment + timing.interval;
        const first = runsAtOnce ? since : since + timing.interval;
        if (start === undefined) return first;
        // Of a start that has passed, the next time that is counted from it.
        return start + Math.max(0, Math.ceil((since - start) / timing.interval)) * timing.interval;
      }
      case 'cron':
        // Of the two, `nextAfter` takes only what is later.
        return timing.nextAfter(moment ?? Math.max(since, (start ?? since) - 1));
    }
  })();
  return time !== undefined && end !== undefined && time > end ? undefined : time;
}

/** When something runs next and ran last, epoch milliseconds; absent where it does not, or has not. */
export interface Times {
  readonly next?: number;
  readonly last?: number;
}

export class Timetable {
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #due = new Map<string, number>();
  readonly #ran = new Map<string, number>();

  /**
   * Runs an entry at its times, in the place of the one that had this key.
   *
   * @param run gets the time that it was due, epoch milliseconds, and whether it is the last one
   */
  set(key: string, entry: Entry, run: (time: number, isLast: boolean) => void): void {
    this.delete(key);
    const time = nextTime(entry);
    if (time !== undefined) this.#arm(key, entry, time, run);
  }

  /** It runs no more; when it ran last is still known. */
  delete(key: string): void {
    clearTimeout(this.#timers.get(key));
    this.#timers.delete(key);
    this.#due.delete(key);
  }

  /** Notes that an entry runs now, by the clock or by hand. */
  runs(key: string): void {
    this.#ran.set(key, Date.now());
  }

  timesOf(key: string): Times {
    const [next, last] = [this.#due.get(key), this.#ran.get(key)];
    return { ...(next !== undefined && { next }), ...(last !== undefined && { last }) };
  }

  stop(): void {
    for (const key of [...this.#timers.keys()]) this.delete(key);
  }

  /** A time that has passed is now. */
  #arm(key: string, entry: Entry, time: number, run: (time: number, isLast: boolean) => void): void {
    const wait = Math.max(0, time - Date.now());
    this.#due.set(key, time);
    const timer = setTimeout(
      () => {
        if (wait > MAX_TIMER_MS) {
          this.#arm(key, entry, time, run);
          return;
        }
        this.delete(key);
        const next = nextTime(entry, time);
        // Times that were slept through, for example with the lid of the laptop closed, run once and not one by one.
        const due = next === undefined ? undefined : this.#catchUp(entry, next);
        if (due !== undefined) this.#arm(key, entry, due, run);
        run(time, due === undefined);
      },
      Math.min(wait, MAX_TIMER_MS),
    );
    timer.unref();
    this.#timers.set(key, timer);
  }

  #catchUp(entry: Entry, time: number): number | undefined {
    const now = Date.now();
    const { timing } = entry;
    if (time >= now) return time;
    if (timing.kind === 'rate') {
      const missed = Math.floor((now - time) / timing.interval);
      return nextTime(entry, time + (missed - 1) * timing.interval);
    }
    let last = time;
    for (let next = nextTime(entry, last); next !== undefined && next <= now; next = nextTime(entry, last))
      last = next;
    return last;
  }
}
