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
  /** Global, and linear: every quantifier bounded, no run of characters that may start anywhere. */
  readonly pattern: RegExp;
  /**
   * Whether a match is such a value, by checksum or by what stands around it. A number says how many characters of
   * the match are the value.
   */
  readonly valid?: (match: string, text: string, start: number) => boolean | number;
}
