import { DENIED_NAMES } from '../../src/redaction/names/denied-names.ts';
import type { GeneratedResponse } from './generate-responses.ts';
import type { LabelledText } from './labelled-text.ts';
import { isCovered, isTelling, maskedRanges } from './masked-ranges.ts';
import type { Place } from './response-tree.ts';
import { shownAt } from './response-tree.ts';

/** So many of so many. */
export interface Share {
  part: number;
  of: number;
}

/** What was found in `values` mode. */
export interface ValuesResult {
  /** Personal values hidden, by kind, then by place. */
  readonly recall: Map<string, Map<Place, Share>>;
  /** Benign values that are not shown as they are, by kind. */
  readonly altered: Map<string, Share>;
  /** Replacements of personal values in the place of such a value, by label. */
  readonly precision: Map<string, Share>;
  /** Letters and digits outside of personal values that are not shown. */
  readonly masked: Share;
  /** Some altered benign values and some missed personal ones, a few of each kind, to look into. */
  readonly examples: readonly Example[];
}

export interface Example {
  readonly kind: string;
  readonly text: string;
  readonly shown: string;
}

const EXAMPLES_PER_KIND = 3;

/** Holds what is shown of each response against what is known of it. */
export function measureValues(
  responses: readonly GeneratedResponse[],
  show: (value: unknown) => unknown,
): ValuesResult {
  const recall: ValuesResult['recall'] = new Map();
  const altered: ValuesResult['altered'] = new Map();
  const precision: ValuesResult['precision'] = new Map();
  const masked = { part: 0, of: 0 };
  const examples: Example[] = [];
  const keep = (example: Example): void => {
    if (examples.filter(({ kind }) => kind === example.kind).length < EXAMPLES_PER_KIND) {
      examples.push(example);
    }
  };
  for (const { value, leaves } of responses) {
    const output = show(value);
    for (const { path, leaf } of leaves) {
      const { text, about } = leaf;
      const shown = textOf(shownAt(output, path), text.text);
      // Under a key that is denied the whole value goes, whatever of it is personal.
      if (!('place' in about && about.place === 'own key')) countMasked(masked, text, shown);
      if ('benign' in about) {
        const isAltered = shown !== text.text;
        count(altered, about.benign, isAltered);
        if (isAltered) keep({ kind: about.benign, text: text.text, shown });
      }
      for (const range of maskedRanges(text.text, shown) ?? []) {
        const isRight = text.spans.some(
          ({ kind, start, end }) => isOf(range.label, kind) && start < range.end && range.start < end,
        );
        if (!DENIED_LABELS.has(range.label)) count(precision, range.label, isRight);
      }
      for (const { kind, start, end } of text.spans) {
        const places = recall.get(kind) ?? new Map<Place, Share>();
        recall.set(kind, places);
        const hidden = isHidden(text.text, shown, start, end);
        if ('place' in about) count(places, about.place, hidden);
        if (!hidden) keep({ kind, text: text.text, shown });
      }
    }
  }
  return { recall, altered, precision, masked, examples };
}

/** Labels of what the name of the key denies: the value is not looked at. */
const DENIED_LABELS: ReadonlySet<string> = new Set(Object.keys(DENIED_NAMES));

/** Kinds of this evaluation that a label of a detector speaks of, where their names differ. */
const KINDS_OF_LABELS: Readonly<Record<string, readonly string[]>> = {
  phone: ['phone, international', 'phone, national'],
  ip: ['ipv4', 'ipv6'],
  'national-id': ['ssn'],
  'url-credentials': ['url credentials'],
};

function isOf(label: string, kind: string): boolean {
  return KINDS_OF_LABELS[label]?.includes(kind) ?? label === kind;
}

/** Whether nothing of the part of a text is in what is shown of the text. */
export function isHidden(text: string, shown: string, start: number, end: number): boolean {
  const ranges = maskedRanges(text, shown);
  return ranges === undefined ? !shown.includes(text.slice(start, end)) : isCovered(text, ranges, start, end);
}

/** Counts the letters and digits outside of the spans, and those of them that are not shown. */
export function countMasked(masked: Share, { text, spans }: LabelledText, shown: string): void {
  const ranges = maskedRanges(text, shown) ?? [{ start: 0, end: text.length, label: '' }];
  const isIn = (all: ReadonlyArray<{ start: number; end: number }>, at: number): boolean =>
    all.some(({ start, end }) => start <= at && at < end);
  for (let at = 0; at < text.length; at += 1) {
    if (!isTelling(text, at) || isIn(spans, at)) continue;
    masked.of += 1;
    if (isIn(ranges, at)) masked.part += 1;
  }
}

/** Adds one to a share. */
export function count<Key>(shares: Map<Key, Share>, key: Key, counts: boolean): void {
  const share = shares.get(key) ?? { part: 0, of: 0 };
  share.of += 1;
  if (counts) share.part += 1;
  shares.set(key, share);
}

/** What is shown of a text, as a text. */
function textOf(shown: unknown, text: string): string {
  // A quoted text is a JSON string in a string, and is shown without its quotes.
  if (typeof shown === 'string') return JSON.stringify(shown) === text ? text : shown;
  return shown === undefined ? '' : JSON.stringify(shown);
}
