/** A part of a text that was replaced, and by which label. */
export interface MaskedRange {
  readonly start: number;
  readonly end: number;
  /** Without its brackets: `email`. */
  readonly label: string;
}

const LABEL = /\[([a-z][a-z -]{0,40})\]/g;

/**
 * What of a text is no longer there in its masked form, found by fitting what stands between the labels into the text
 * again. Where a piece fits at several places the first counts: only separators are that short.
 *
 * @returns undefined when the two do not fit together.
 */
export function maskedRanges(text: string, masked: string): MaskedRange[] | undefined {
  if (masked === text) return [];
  const ranges: MaskedRange[] = [];
  let read = 0;
  let at = 0;
  let label: string | undefined;
  const fit = (piece: string, isLast: boolean): boolean => {
    const place = isLast && label !== undefined ? text.length - piece.length : text.indexOf(piece, at);
    if (place < at || !text.startsWith(piece, place) || (label === undefined && place !== 0)) return false;
    if (label !== undefined) ranges.push({ start: at, end: place, label });
    at = place + piece.length;
    return true;
  };
  for (const match of masked.matchAll(LABEL)) {
    // A text may hold such brackets itself.
    const piece = masked.slice(read, match.index);
    if (text.startsWith(piece + match[0], at) && label === undefined) continue;
    if (!fit(piece, false)) return undefined;
    label = match[1] ?? '';
    read = match.index + match[0].length;
  }
  return fit(masked.slice(read), true) && at === text.length ? ranges : undefined;
}

/** Whether no letter and no digit between `start` and `end` is left. */
export function isCovered(text: string, ranges: readonly MaskedRange[], start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    if (isTelling(text, at) && !ranges.some((range) => range.start <= at && at < range.end)) return false;
  }
  return true;
}

/** Whether the character is a letter or a digit: separators tell nothing. */
export function isTelling(text: string, at: number): boolean {
  return /[\p{L}\p{N}]/u.test(text.charAt(at)) || text.charCodeAt(at) >= 0xd800;
}
