/**
 * What was last heard of each alarm of a function, in the value of one tag: which alarms keep tracing on, and what tells a
 * message that comes twice or too late from a new one.
 */
import { createHash } from 'node:crypto';
import { MAX_ALARMS } from './limits.ts';

/** `ENDED`: in ALARM when tracing was turned off for another reason; its message does not turn it on again. */
export type LedgerState = 'ALARM' | 'OK' | 'ENDED';

export interface LedgerEntry {
  readonly state: LedgerState;
  /** When the alarm changed to it, in epoch milliseconds. */
  readonly at: number;
}

/** By {@link alarmKey}. */
export type Ledger = ReadonlyMap<string, LedgerEntry>;

/** Who keeps tracing on by hand. No alarm's key has capital letters. */
export const BY_HAND = 'MANUAL';

const LETTERS = { ALARM: 'A', OK: 'O', ENDED: 'E' } as const;
const ENTRY = /^(\w{6})([AOE])([0-9a-z]{1,11})$/;

/** Six letters and digits for an alarm's name, which would be too long. */
export function alarmKey(alarmName: string): string {
  const digest = createHash('sha256').update(alarmName).digest('hex');
  return BigInt(`0x${digest}`).toString(36).slice(-6);
}

/** What cannot be read, because somebody changed the tag, is left out. */
export function parseLedger(text: string): Ledger {
  const entries = text.split(' ').flatMap((part): Array<[string, LedgerEntry]> => {
    const [, key, letter, at] = ENTRY.exec(part) ?? [];
    if (key === undefined || at === undefined) return [];
    const state = letter === LETTERS.ALARM ? 'ALARM' : letter === LETTERS.OK ? 'OK' : 'ENDED';
    return [[key, { state, at: Number.parseInt(at, 36) }]];
  });
  return new Map(entries);
}

/** At most 256 characters of what a tag may hold. */
export function formatLedger(ledger: Ledger): string {
  return [...ledger].map(([key, { state, at }]) => `${key}${LETTERS[state]}${at.toString(36)}`).join(' ');
}

/** With the entry. When there are too many, those that keep nothing on go first, then the oldest. */
export function withEntry(ledger: Ledger, key: string, entry: LedgerEntry): Ledger {
  const others = [...ledger].filter(([other]) => other !== key);
  const byWorth = others.sort(
    ([, a], [, b]) => Number(b.state === 'ALARM') - Number(a.state === 'ALARM') || b.at - a.at,
  );
  return new Map([[key, entry], ...byWorth.slice(0, MAX_ALARMS - 1)]);
}

/** With every alarm that kept tracing on ended. */
export function withAllEnded(ledger: Ledger): Ledger {
  return new Map(
    [...ledger].map(([key, entry]) => [key, entry.state === 'ALARM' ? { ...entry, state: 'ENDED' } : entry]),
  );
}

/** How many alarms keep tracing on. */
export function countInAlarm(ledger: Ledger): number {
  return [...ledger.values()].filter(({ state }) => state === 'ALARM').length;
}
