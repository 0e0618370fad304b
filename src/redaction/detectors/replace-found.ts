import { SHORTEST_BASE64, startsReadably } from './base64.ts';
import { isBenignForm } from './benign-forms.ts';
import { defaultDetectors } from './default-detectors.ts';
import type { Category, Detector, OwnDetector } from './detector.ts';
import { fold } from './fold.ts';
import { LongRuns, SHORTEST_KEY } from './places.ts';
import {
  AMPERSAND,
  AT,
  COLON,
  digitsOf,
  EQUALS,
  FOREIGN,
  longestTokenOf,
  PERCENT,
  SPACE,
  traitsOf,
} from './traits.ts';

/** One value that a detector found. */
export interface Found {
  readonly detector: string;
  readonly category: Category;
  /** The value itself: for a replacement that is computed from it. */
  readonly text: string;
}

interface Span {
  start: number;
  end: number;
  rank: number;
}

/** Nothing that a detector looks for is shorter: `a@b.io`. */
const SHORTEST_VALUE = 6;

/**
 * Replaces every value that the detectors find in a text; the same string comes back when they find nothing. Takes
 * time linear in the text. Where two detectors find overlapping values, the one named first gives the replacement, and
 * the whole stretch is replaced.
 *
 * @param scanned what `scan` tells of the text.
 */
export function replaceFound(
  text: string,
  scanned: number,
  detectors: readonly Detector[],
  replace: (found: Found) => string,
): string {
  const spans = spansOf(text, scanned, detectors);
  if (spans.length === 0) return text;
  let masked = '';
  let at = 0;
  for (const { start, end, rank } of spans.length === 1 ? spans : merge(spans)) {
    const detector = detectors[rank];
    if (detector === undefined) continue;
    const found = { detector: detector.name, category: detector.category, text: text.slice(start, end) };
    masked += text.slice(at, start) + replace(found);
    at = end;
  }
  return masked + text.slice(at);
}

/** Where the detectors find values in a text, in its order and not overlapping. */
export function whereFound(
  text: string,
  scanned: number,
  detectors: readonly Detector[],
): ReadonlyArray<{ readonly start: number; readonly end: number }> {
  return merge(spansOf(text, scanned, detectors));
}

/**
 * Whether none of our detectors can find anything in a text as it is written, by what `scan` tells of it: without digits, signs and
 * long words there is nothing but what its name announces.
 */
export function isPlain(text: string, scanned: number): boolean {
  if ((scanned & (AT | COLON | EQUALS | PERCENT | AMPERSAND)) !== 0) return false;
  const digits = digitsOf(scanned);
  const token = longestTokenOf(scanned);
  if (digits >= FEWEST_DIGITS || token >= SHORTEST_KEY) return false;
  if (token >= SHORTEST_BASE64) {
    if (digits > 0) return false;
    // A long word, or the text behind base64.
    if (token >= text.length - 2 && startsReadably(text)) return false;
  }
  return (scanned & SPACE) === 0 || token < SHORTEST_ANNOUNCED || !ANNOUNCED.test(text);
}

/** An IPv4 address. */
const FEWEST_DIGITS = 4;
/** `Basic`. */
const SHORTEST_ANNOUNCED = 5;
const ANNOUNCED = /bearer|basic|bic|swift/i;

/**
 * What the detectors find in the text as it is written, and as it is read. Either may hold what the other does not: a space
 * without width keeps words apart for one, and joins the digits of a number for the other.
 */
function spansOf(text: string, scanned: number, detectors: readonly Detector[]): Span[] {
  const spans = spansIn(text, scanned, detectors);
  const folded = (scanned & FOREIGN) === 0 || isWhole(spans, text) ? undefined : fold(text);
  if (folded === undefined) return spans;
  for (const { start, end, rank } of spansIn(folded.text, folded.scanned, detectors)) {
    const [from, to] = folded.original(start, end);
    spans.push({ start: from, end: to, rank });
  }
  return spans;
}

/** Whether all of the text is one value: what is masked whole cannot be masked more. */
function isWhole([first, second]: readonly Span[], text: string): boolean {
  return first !== undefined && second === undefined && first.end - first.start === text.length;
}

function spansIn(text: string, scanned: number, detectors: readonly Detector[]): Span[] {
  const spans: Span[] = [];
  if (detectors === defaultDetectors && text.length < SHORTEST_VALUE) return spans;
  const oursMayFind = text.length >= SHORTEST_VALUE && !isPlain(text, scanned) && !isBenignForm(text);
  if (!oursMayFind && detectors === defaultDetectors) return spans;
  const traits = traitsOf(text, scanned);
  const runs = new LongRuns(text);
  for (let rank = 0; rank < detectors.length; rank += 1) {
    const detector = detectors[rank];
    if (detector === undefined || (!oursMayFind && OURS.has(detector))) continue;
    if (!detector.hint(text, traits)) continue;
    collect(text, runs, detector, rank, spans);
    if (isWhole(spans, text)) break;
  }
  return spans;
}

const OURS: ReadonlySet<Detector> = new Set(defaultDetectors);

function collect(text: string, runs: LongRuns, detector: OwnDetector, rank: number, spans: Span[]): void {
  const { pattern, valid, places, begins } = detector;
  /** Where to go on after a match. */
  const take = (match: RegExpExecArray): number => {
    const end = match.index + match[0].length;
    const start = begins?.(text, match.index) ?? end - (match.groups?.value ?? match[0]).length;
    const verdict = valid === undefined || valid(text.slice(start, end), text, start);
    const length = verdict === true ? end - start : Number(verdict);
    if (length > 0) spans.push({ start, end: start + length, rank });
    // What only looked like a value may hide the start of a real one.
    return Math.max(match.index + 1, length > 0 ? start + length : start);
  };
  if (places === undefined) {
    pattern.lastIndex = 0;
    for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
      pattern.lastIndex = take(match);
    }
    return;
  }
  const sticky = stickyOf(pattern);
  places(runs, (at) => {
    sticky.lastIndex = at;
    const match = sticky.exec(text);
    return match === null ? at : take(match);
  });
}

const STICKY = new WeakMap<RegExp, RegExp>();

function stickyOf(pattern: RegExp): RegExp {
  const known = STICKY.get(pattern);
  if (known !== undefined) return known;
  const sticky = new RegExp(pattern.source, pattern.flags.replace('g', 'y'));
  STICKY.set(pattern, sticky);
  return sticky;
}

/** Spans in order of the text, overlapping ones joined under the detector that was named first. */
function merge(spans: Span[]): Span[] {
  spans.sort((one, other) => one.start - other.start || one.rank - other.rank);
  const merged: Span[] = [];
  for (const span of spans) {
    const last = merged.at(-1);
    if (last === undefined || span.start >= last.end) {
      merged.push({ ...span });
      continue;
    }
    last.end = Math.max(last.end, span.end);
    last.rank = Math.min(last.rank, span.rank);
  }
  return merged;
}
