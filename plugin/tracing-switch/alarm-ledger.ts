/**
 * What was last heard of each alarm of a function: what keeps its tracing on, and what tells a message that comes twice or
 * too late from a new one.
 *
 * Each entry is a tag of its own, whose key holds all that makes it different from others. So whoever writes one overwrites
 * none, whatever happens at the same time, and the order of writing does not matter: the newest of an alarm counts, by the
 * time at which CloudWatch changed its state.
 */
import { createHash } from 'node:crypto';
import { MAX_ENTRIES } from './limits.ts';
import { ENTRY_PREFIX } from './names.ts';
import { isoSeconds, tagValue } from './tracing-state.ts';

export interface LedgerEntry {
  /** {@link alarmKey}, {@link BY_HAND} or {@link EVERYTHING}. */
  readonly key: string;
  readonly state: 'on' | 'off';
  /** When the alarm changed its state, in epoch milliseconds. */
  readonly at: number;
  /** From when on it means nothing, in epoch milliseconds; absent for never. */
  readonly until?: number;
  readonly by: string;
  readonly reason: string;
}

/** In no order, with entries that others have overtaken. */
export type Ledger = readonly LedgerEntry[];

/** Who keeps tracing on by hand. */
export const BY_HAND = 'by-hand';

/** What was turned off by hand: all that kept tracing on until then. */
export const EVERYTHING = 'everything';

const KEY = /^([0-9a-z-]+):(on|off):(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)$/;
const VALUE = /^(\S+) (.*?)(?:: (.*))?$/;
const NO_END = 'never';

/** Ten hexadecimal digits for an alarm's name, which may have characters that no tag takes. */
export function alarmKey(alarmName: string): string {
  return createHash('sha256').update(alarmName).digest('hex').slice(0, 10);
}

/** What cannot be read, because somebody changed the tag, is left out. */
export function readLedger(tags: Readonly<Record<string, string>>): Ledger {
  return Object.entries(tags).flatMap(([name, value]): LedgerEntry[] => {
    if (!name.startsWith(ENTRY_PREFIX)) return [];
    const [, key, state, time = ''] = KEY.exec(name.slice(ENTRY_PREFIX.length)) ?? [];
    const [, end = NO_END, by = '', reason = ''] = VALUE.exec(value) ?? [];
    const at = Date.parse(time);
    const until = Date.parse(end);
    if (key === undefined || Number.isNaN(at) || (Number.isNaN(until) && end !== NO_END)) return [];
    return [{ key, state: state === 'on' ? 'on' : 'off', at, ...(end !== NO_END && { until }), by, reason }];
  });
}

export function tagKeyOf({ key, state, at }: LedgerEntry): string {
  return `${ENTRY_PREFIX}${key}:${state}:${new Date(at).toISOString()}`;
}

export function tagValueOf({ until, by, reason }: LedgerEntry): string {
  return tagValue(`${until === undefined ? NO_END : isoSeconds(until)} ${by}: ${reason}`);
}

/** The last that was heard of an alarm. */
export function newestOf(ledger: Ledger, key: string): LedgerEntry | undefined {
  return ledger.filter((entry) => entry.key === key).reduce<LedgerEntry | undefined>(newer, undefined);
}

/** Whether something that was heard of the same alarm is as new, or all was turned off since. */
export function isOld(ledger: Ledger, entry: LedgerEntry): boolean {
  const newest = newestOf(ledger, entry.key);
  return (newest !== undefined && newer(newest, entry) === newest) || isEnded(ledger, entry);
}

/** What keeps tracing on, the oldest first. */
export function holding(ledger: Ledger, now: number): readonly LedgerEntry[] {
  return ledger
    .filter((entry) => entry.state === 'on' && counts(ledger, entry, now))
    .toSorted((a, b) => a.at - b.at);
}

/** When the last of what keeps tracing on ends; undefined for never. */
export function endOf(holds: readonly LedgerEntry[]): number | undefined {
  const ends = holds.map(({ until }) => until ?? Infinity);
  const last = Math.max(...ends);
  return Number.isFinite(last) ? last : undefined;
}

/**
 * Entries that may go: they were overtaken, or are over, so that a message as old as they are means nothing either. When there
 * are too many others, those that keep nothing on are forgotten first, then the oldest.
 */
export function superfluous(ledger: Ledger, now: number, room: number = MAX_ENTRIES): Ledger {
  const needed = ledger
    .filter((entry) => counts(ledger, entry, now))
    .toSorted((a, b) => Number(b.state === 'on') - Number(a.state === 'on') || b.at - a.at)
    .slice(0, Math.min(room, MAX_ENTRIES));
  return ledger.filter((entry) => !needed.includes(entry));
}

/** Whether nothing has overtaken an entry, and its time is not over. */
function counts(ledger: Ledger, entry: LedgerEntry, now: number): boolean {
  return newestOf(ledger, entry.key) === entry && !isEnded(ledger, entry) && !isOver(entry, now);
}

function isEnded(ledger: Ledger, { key, at }: LedgerEntry): boolean {
  const ended = newestOf(ledger, EVERYTHING);
  return key !== EVERYTHING && ended !== undefined && ended.at >= at;
}

function isOver({ until }: LedgerEntry, now: number): boolean {
  return until !== undefined && until <= now;
}

/** Of two with the same time, that which keeps nothing on. */
function newer(a: LedgerEntry | undefined, b: LedgerEntry): LedgerEntry {
  if (a === undefined) return b;
  if (a.at !== b.at) return a.at > b.at ? a : b;
  return a.state === 'off' ? a : b.state === 'off' ? b : a;
}
