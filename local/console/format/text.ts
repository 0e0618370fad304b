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
