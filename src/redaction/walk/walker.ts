import type { KeyBook, KeyFacts } from './key-book.ts';
import type { Meter } from './meter.ts';
import type { Place } from './place.ts';
import type { ResolvedPolicy } from '../policy/resolve-policy.ts';

export type Shape = Record<string, unknown>;

/** Bytes that every container keeps for the note on what was cut of it, and for the label of its length. */
export const NOTE_BYTES = 64;

/** What the parts of a walk need of it: they treat the members of one object or the items of one array each. */
export interface Walker {
  readonly policy: ResolvedPolicy;
  readonly keys: KeyBook;
  readonly meter: Meter;
  readonly showsValues: boolean;
  /** Values that the policy allowed so far: shapes that show some are not merged. */
  shown: number;
  /**
   * What is shown of a value; `CUT` when the budget has no room for it.
   *
   * @param like in `shape` mode, the shape of the values before in the same place: it comes back itself when it
   *   describes this value too, and merged with this value's shape otherwise.
   */
  visit(value: unknown, key: KeyFacts | undefined, place: Place, depth: number, like?: unknown): unknown;
}

export type ValueAt = (at: number) => unknown;
export type Fields = Readonly<Record<string, unknown>>;
