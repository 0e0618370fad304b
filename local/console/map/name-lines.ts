/** Characters that a line of a card has room for. */
const LINE = 19;

/**
 * A name in at most two lines: broken behind a dash, a slash, a dot or the like, or anywhere. What is too long loses its middle,
 * because names of one service begin alike and end apart.
 */
export function nameLines(name: string): readonly string[] {
  const characters = Array.from(name);
  if (characters.length <= LINE) return [name];
  const kept =
    characters.length <= 2 * LINE
      ? characters
      : [...characters.slice(0, LINE - 1), '…', ...characters.slice(-(LINE - 2))];
  const breaks = [...kept.keys()].filter((index) => /[-_/.:\s]/.test(kept[index - 1] ?? ''));
  const fitting = breaks.filter((index) => index <= LINE && kept.length - index <= LINE);
  // The longest first line that leaves a second that fits.
  const at = fitting.at(-1) ?? LINE;
  return [kept.slice(0, at).join(''), kept.slice(at).join('')];
}
