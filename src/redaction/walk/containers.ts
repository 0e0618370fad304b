import type { ResolvedPolicy } from '../policy/resolve-policy.ts';
import { count } from '../texts/labels.ts';
import type { KeyBook, KeyFacts, Position } from './key-book.ts';
import type { Meter } from './meter.ts';

/** What is shown of the values inside a container, by the walk that has come to it. */
export interface Visitor {
  readonly policy: ResolvedPolicy;
  readonly keys: KeyBook;
  readonly meter: Meter;
  /** Values that the policy allowed so far: shapes that show some are not merged. */
  readonly shown: number;
  /**
   * What is shown of a value; `CUT` when the budget has no room for it.
   *
   * @param like in `shape` mode, the shape of the values before in the same position: it comes back itself when it
   *   describes this value too, and merged with this value's shape otherwise.
   */
  visit(
    value: unknown,
    key: KeyFacts | undefined,
    position: Position,
    depth: number,
    like?: unknown,
  ): unknown;
}

/** Where a container stands. */
export interface Place {
  /** The key that it is under. */
  readonly key: KeyFacts | undefined;
  readonly position: Position;
  /** Levels that may be below it, its own included. */
  readonly depth: number;
  /** The shape of the values before in the same position; see {@link Visitor.visit}. */
  readonly like: unknown;
  /** The container that it is in. */
  readonly parent: object | undefined;
}

/** What there is of the members of an object. */
export interface Extent {
  /** Whether `for … in` may give names of prototypes too, which do not count. */
  readonly mayInherit: boolean;
  /** How many members there are, when the object holds not all of them. */
  readonly total?: number;
}

/** Where items are, and how many there are of them. Each is read once. */
export interface Items {
  readonly total: number;
  /** How many of them can be read, from the first one on. */
  readonly reach: number;
  readonly noun: 'item' | 'key';
  readonly valueAt: (at: number) => unknown;
}

/** How a mode shows what holds other values. */
export interface Containers {
  members(fields: Readonly<Record<string, unknown>>, extent: Extent, place: Place): unknown;
  items(items: Items, place: Place): unknown;
  map(map: ReadonlyMap<unknown, unknown>, place: Place): unknown;
}

/** Bytes that every container keeps for the note on what was cut of it, and for the label of its length. */
export const NOTE_BYTES = 64;

/** Whether a container is a list, whose items are rows. */
export function isList(container: object | undefined): boolean {
  return container !== undefined && (Array.isArray(container) || container instanceof Set);
}

/** The list with a note on what it lacks, for which the budget has kept room. */
export function closed(list: unknown[], total: number, noun: string, meter: Meter): unknown[] {
  if (list.length < total) list.push({ '…': count(total - list.length, `more ${noun}`) });
  else meter.bytes += NOTE_BYTES;
  return list;
}
