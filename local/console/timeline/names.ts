/** Pixels that the first levels are set in, each against the one above it. */
const STEP = 16;

/** Of the column, so much at most is indentation: the rest is for the name. */
const MOST_INDENT = 0.34;

/** Characters that a name keeps at its end, where its siblings differ: `…-take-payment`. */
const TAIL = 12;

/** A name of fewer characters is left in one piece. */
const SHORT = 18;

/** Code units of what the eye takes for one character, such as a family of four with its joiners. */
const LONGEST = 32;

/** Letters of scripts that are written from right to left. */
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/**
 * Pixels that a row is set in. The first levels stand a full step apart, deeper ones closer and closer together, so that a
 * child always stands to the right of its parent and names never run out of room.
 *
 * @param columnWidth pixels
 */
export function indentOf(depth: number, columnWidth: number): number {
  const most = Math.max(0, columnWidth) * MOST_INDENT;
  return most === 0 ? 0 : most * (1 - Math.exp((-STEP * depth) / most));
}

/**
 * Where a name is cut when it is too long for its column: in its middle, between the two parts, because the names of one
 * service begin alike. What the eye takes for one character is not torn apart; nor is a name in which anything is written from right to left,
 * because two parts side by side would not be read in their order.
 */
export function splitName(name: string): readonly [head: string, tail: string] {
  if (RIGHT_TO_LEFT.test(name)) return [name, ''];
  // What stands further in front cannot matter, however long the name is.
  const from = Math.max(0, name.length - SHORT * LONGEST);
  const marks = Array.from(graphemes.segment(name.slice(from)), ({ index }) => from + index);
  const at = marks.length < SHORT ? name.length : (marks.at(-TAIL) ?? name.length);
  return [name.slice(0, at), name.slice(at)];
}
