/** What to show of something that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Tells texts in which every word of a query occurs, in whatever case; an empty query is in every text. */
export function containsWordsOf(query: string): (text: string) => boolean {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return (text) => {
    const lower = text.toLowerCase();
    return words.every((word) => lower.includes(word));
  };
}

/** `1 trace`, `2 traces`. */
export function plural(count: number, singular: string, several = `${singular}s`): string {
  return `${count} ${count === 1 ? singular : several}`;
}

/** A piece of a text: words, or an address that may be followed. */
interface TextPiece {
  readonly text: string;
  readonly href?: string;
}

/** An address in running text: punctuation at its end belongs to the sentence. */
const HTTPS_ADDRESS = /https:\/\/[^\s<>"'`]+[^\s<>"'`.,;:!?)\]}]/g;

/** Finds the https addresses of a text; any other scheme stays words, because anyone may have written the text. */
export function linkedText(text: string): readonly TextPiece[] {
  const pieces: TextPiece[] = [];
  let end = 0;
  for (const { 0: address, index } of text.matchAll(HTTPS_ADDRESS)) {
    const url = URL.parse(address);
    // Names and passwords in an address serve to hide where it leads.
    if (url === null || url.username !== '' || url.password !== '') continue;
    if (index > end) pieces.push({ text: text.slice(end, index) });
    pieces.push({ text: address, href: url.href });
    end = index + address.length;
  }
  if (end < text.length) pieces.push({ text: text.slice(end) });
  return pieces;
}

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
