import type { AlarmDefinition } from '../../template/service.ts';
import type { AlarmState, AlarmTransition } from '../view.ts';
import { INITIAL_REASON } from './state-reason.ts';

/** The state of an alarm, as of one moment. */
export interface StateSnapshot {
  readonly value: AlarmState;
  readonly reason: string;
  /** JSON. */
  readonly reasonData?: string;
  /** When it came about, epoch milliseconds. */
  readonly at: number;
}

/** An alarm and what has become of it; the alarm service alone changes it. */
export interface AlarmRecord {
  readonly definition: AlarmDefinition;
  /** When the alarm was made, epoch milliseconds. */
  readonly createdAt: number;
  /** The same by a clock that nobody sets back. */
  readonly warmingSince: number;
  /** Whether its warm-up is over; an alarm without one never had any. */
  isWarm: boolean;
  /** Since the last transition; its reason is that of the last evaluation. */
  state: StateSnapshot;
  /** Newest first. */
  readonly history: HistoryEntry[];
  /** Entries that made room for newer ones. */
  forgotten: number;
}

/** A transition; what came of its actions is added as it is known. */
export interface HistoryEntry extends AlarmTransition {
  readonly actions: string[];
}

/** Transitions that are kept of one alarm; CloudWatch keeps 14 days. */
export const MAX_HISTORY = 100;

/**
 * @param at epoch milliseconds
 * @param warmingSince the same by a clock that nobody sets back
 */
export function newRecord(definition: AlarmDefinition, at: number, warmingSince = at): AlarmRecord {
  return {
    definition,
    createdAt: at,
    warmingSince,
    isWarm: definition.kind === 'composite' || definition.warmUp === undefined,
    state: { value: 'INSUFFICIENT_DATA', reason: INITIAL_REASON, at },
    history: [],
    forgotten: 0,
  };
}

/** Enters a transition into the history. */
export function remember(record: AlarmRecord, from: StateSnapshot): HistoryEntry {
  const { value: to, reason, at } = record.state;
  const entry: HistoryEntry = { at, from: from.value, to, reason, actions: [] };
  record.history.unshift(entry);
  if (record.history.length > MAX_HISTORY) {
    record.history.pop();
    record.forgotten += 1;
  }
  return entry;
}
