/**
 * A text whose control characters are visible. Whoever sends a request or a trace chooses its texts, and these must not move
 * the cursor of a terminal, or colour it. Tabs and line breaks stay; see `printableLine`.
 */
export function printable(text: string): string {
  return text.replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, escaped);
}

/** The same on one line: without tabs, line breaks and what turns the direction of writing around. */
export function printableLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, escaped);
}

/** The same, with at most so many characters of the text. */
export function shortLine(text: string, length: number): string {
  if (text.length <= length) return printableLine(text);
  // No half of a character that has two.
  return `${printableLine(text.slice(0, length - 1).replace(/[\ud800-\udbff]$/, ''))}…`;
}

function escaped(character: string): string {
  const short = JSON.stringify(character).slice(1, -1);
  // JSON leaves what is above ASCII as it is, the sequences of a terminal among it.
  return short === character ? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}` : short;
}
