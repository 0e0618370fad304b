import type { LongRuns, TryAt } from './places.ts';
import type { Traits } from './traits.ts';

export const CATEGORIES = [
  'credentials',
  'contact',
  'identity',
  'financial',
  'health',
  'location',
  'network',
] as const;

/** What kind of data a detector or a denied name stands for; replacements and deny lists are chosen by it. */
export type Category = (typeof CATEGORIES)[number];

/**
 * Finds one kind of personal or secret value in text.
 *
 * @example
 * const customerNumber: Detector = {
 *   name: 'customer-number',
 *   category: 'identity',
 *   hint: (text) => text.includes('CU-'),
 *   pattern: /\bCU-\d{8}\b/g,
 * };
 */
export interface Detector {
  /** Name in the label that takes the value's place (`[customer-number]`) and in the counts. */
  readonly name: string;
  readonly category: Category;
  /** Cheap test before the pattern: `false` means that the text cannot hold such a value. */
  readonly hint: (text: string, traits: Traits) => boolean;
  /**
   * Global, and linear: every quantifier bounded, no run of characters that may start anywhere. What it matches is the value;
   * with a group named `value` that ends the match, the value is that group, and what stands before it announces it.
   */
  readonly pattern: RegExp;
  /**
   * Whether what was matched is such a value, by checksum or by what stands around it; `start` is where the value begins. A
   * number says how many characters of it are the value.
   */
  readonly valid?: (value: string, text: string, start: number) => boolean | number;
}

/** A detector of ours, which may say more: a pattern that is tried at every character of a long text costs too much. */
export interface OwnDetector extends Detector {
  /** Tries the pattern where a value may begin, from the start of the text to its end, and nowhere else. */
  readonly places?: (runs: LongRuns, tryAt: TryAt) => void;
  /** Where the value begins that the pattern found the end of; behind `at`, or there when there is none. */
  readonly begins?: (text: string, at: number) => number;
}
