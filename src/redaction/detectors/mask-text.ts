import { isBenignForm } from './benign-forms.ts';
import { defaultDetectors } from './default-detectors.ts';
import type { Category, Detector } from './detector.ts';
import { AT, COLON, digitsOf, EQUALS, longestTokenOf, PERCENT, scan, SPACE, traitsOf } from './traits.ts';

/** One value that a detector found. */
export interface Found {
  readonly detector: string;
  readonly category: Category;
  /** The value itself: for a replacement that is computed from it. */
  readonly text: string;
}

export interface MaskOptions {
  /**
   * What to look for. Where two detectors find overlapping values, the one named first gives the replacement, and the
   * whole stretch is replaced.
   *
   * @default defaultDetectors
   */
  readonly detectors?: readonly Detector[];
  /**
   * What takes the place of a value.
   *
   * @default the detector's name in brackets, such as `[email]`
   */
  readonly replace?: (found: Found) => string;
}

export interface MaskedText {
  readonly text: string;
  /** How many values each detector found, by its name; detectors that found nothing are absent. */
  readonly found: Readonly<Record<string, number>>;
}

interface Span {
  start: number;
  end: number;
  rank: number;
}

/** Nothing that a detector looks for is shorter: `a@b.io`. */
const SHORTEST_VALUE = 6;
const NOTHING: Readonly<Record<string, number>> = Object.freeze({});

/**
 * Replaces every value that the detectors find in a text; the same string comes back when they find nothing. Takes
 * time linear in the text.
 *
 * @example
 * maskText('write to jane@example.com'); // { text: 'write to [email]', found: { email: 1 } }
 */
export function maskText(text: string, options: MaskOptions = {}): MaskedText {
  const { detectors = defaultDetectors, replace = label } = options;
  const spans = spansOf(text, detectors);
  if (spans.length === 0) return { text, found: NOTHING };

  const counts = new Map<string, number>();
  const pieces: string[] = [];
  let at = 0;
  for (const { start, end, rank } of merge(spans)) {
    const detector = detectors[rank];
    if (detector === undefined) continue;
    const { name, category } = detector;
    counts.set(name, (counts.get(name) ?? 0) + 1);
    pieces.push(text.slice(at, start), replace({ detector: name, category, text: text.slice(start, end) }));
    at = end;
  }
  pieces.push(text.slice(at));
  return { text: pieces.join(''), found: Object.fromEntries(counts) };
}

function label({ detector }: Found): string {
  return `[${detector}]`;
}

/**
 * Whether none of our detectors can find anything in a text, by what {@link scan} tells of it: without digits, signs and
 * long words there is nothing but what its name announces.
 */
export function isPlain(text: string, scanned: number): boolean {
  if ((scanned & (AT | COLON | EQUALS | PERCENT)) !== 0) return false;
  if (digitsOf(scanned) >= FEWEST_DIGITS || longestTokenOf(scanned) >= SHORTEST_TOKEN) return false;
  return (scanned & SPACE) === 0 || longestTokenOf(scanned) < SHORTEST_ANNOUNCED || !ANNOUNCED.test(text);
}

/** An IPv4 address. */
const FEWEST_DIGITS = 4;
/** The shortest base64 that can hold a value that a detector knows. */
const SHORTEST_TOKEN = 12;
/** `Basic`. */
const SHORTEST_ANNOUNCED = 5;
const ANNOUNCED = /bearer|basic|bic|swift/i;

function spansOf(text: string, detectors: readonly Detector[]): Span[] {
  const spans: Span[] = [];
  if (detectors === defaultDetectors && text.length < SHORTEST_VALUE) return spans;
  const scanned = scan(text);
  const oursMayFind = text.length >= SHORTEST_VALUE && !isPlain(text, scanned) && !isBenignForm(text);
  if (!oursMayFind && detectors === defaultDetectors) return spans;
  const traits = traitsOf(text, scanned);
  for (let rank = 0; rank < detectors.length; rank += 1) {
    const detector = detectors[rank];
    if (detector === undefined || (!oursMayFind && OURS.has(detector))) continue;
    if (detector.hint(text, traits)) collect(text, detector, rank, spans);
  }
  return spans;
}

const OURS: ReadonlySet<Detector> = new Set(defaultDetectors);

function collect(text: string, { pattern, valid }: Detector, rank: number, spans: Span[]): void {
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const [value] = match;
    const start = match.index;
    const verdict = valid === undefined || valid(value, text, start);
    const length = verdict === true ? value.length : Number(verdict);
    if (length > 0) spans.push({ start, end: start + length, rank });
    // What only looked like a value may hide the start of a real one.
    pattern.lastIndex = start + Math.max(length, 1);
  }
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
