/** What runs at its times: schedules, and rules of EventBridge that have one. */
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
function nextTime({ timing, since, start, end, runsAtOnce }: Entry, moment?: number): number | undefined {
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

/**
 * How soon a clock that is set is noticed, in milliseconds: the longer it is to wait, the later, because a look has its cost
 * and there may be many schedules.
 */
const LOOK_INTERVAL_MS = { least: 1000, most: 60_000, ofWaiting: 1 / 60 } as const;

/** What a clock may differ from the time that has passed before it counts as set, in milliseconds: it is adjusted all the time. */
const CLOCK_TOLERANCE_MS = 500;

/** When an entry was run last. */
interface LastRun {
  /** The time that it was due, epoch milliseconds. */
  readonly time: number;
  /** By a clock that nobody sets. */
  readonly monotonic: number;
}

/** How far the clock on the wall is ahead of the one that nobody sets, in milliseconds. */
function clockOffset(): number {
  return Date.now() - performance.now();
}

function lookAfter(wait: number): number {
  const { least, most, ofWaiting } = LOOK_INTERVAL_MS;
  return Math.min(wait, most, Math.max(least, wait * ofWaiting));
}

/**
 * The next time of an entry, now that the clock was set back. A rate goes on in its rhythm. By the calendar what comes next is
 * due, unless it would run again sooner than it ever does: then it has run, and only its time comes once more.
 *
 * @param time when it would have been, before; epoch milliseconds
 * @param shift how far the clock went back, in milliseconds, below 0
 */
function afterClockWasSetBack(
  entry: Entry,
  time: number,
  { shift, last }: { readonly shift: number; readonly last: LastRun | undefined },
): number | undefined {
  const { timing } = entry;
  if (timing.kind === 'at') return time;
  if (timing.kind === 'rate') return time + shift;
  if (last === undefined) return nextTime({ ...entry, since: Date.now() });
  const [now, passed] = [Date.now(), performance.now() - last.monotonic];
  const usual = time - last.time;
  for (let next = nextTime(entry, now); next !== undefined && next < time; next = nextTime(entry, next)) {
    if (next - now + passed >= usual - CLOCK_TOLERANCE_MS) return next;
  }
  return time;
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
  #arm(
    key: string,
    entry: Entry,
    time: number,
    run: (time: number, isLast: boolean) => void,
    last?: LastRun,
  ): void {
    const wait = Math.max(0, time - Date.now());
    this.#due.set(key, time);
    const offset = clockOffset();
    const timer = setTimeout(() => {
      const shift = clockOffset() - offset;
      if (shift < -CLOCK_TOLERANCE_MS) {
        const again = afterClockWasSetBack(entry, time, { shift, last });
        if (again === undefined) this.delete(key);
        else this.#arm(key, entry, again, run, last);
        return;
      }
      // A timer may fire a little early.
      if (Date.now() < time) {
        this.#arm(key, entry, time, run, last);
        return;
      }
      this.delete(key);
      const next = nextTime(entry, time);
      // Times that were slept through, for example with the lid of the laptop closed, run once and not one by one.
      const due = next === undefined ? undefined : this.#catchUp(entry, next);
      if (due !== undefined) this.#arm(key, entry, due, run, { time, monotonic: performance.now() });
      run(time, due === undefined);
    }, lookAfter(wait));
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
