/** What a line of a card has room for, in small letters. */
const LINE = 19;

/** How much wider a capital or … is than a small letter, in the fonts of the page; CJK letters are two wide. */
const CAPITAL = 1.35;

/**
 * A name in at most two lines: broken behind a dash, a slash, a dot or the like, or anywhere. What is too long loses its middle,
 * because names of one service begin alike and end apart.
 */
export function nameLines(name: string): readonly string[] {
  const characters = Array.from(name);
  if (widthOf(characters) <= LINE) return [name];
  const kept =
    // One less: where nothing fits exactly, the first line leaves a part of a letter free.
    widthOf(characters) <= 2 * LINE - 1
      ? characters
      : [...fitting(characters, LINE - 1), '…', ...fitting(characters.toReversed(), LINE - 2).reverse()];
  const breaks = [...kept.keys()].filter((index) => /[-_/.:\s]/.test(kept[index - 1] ?? ''));
  const fits = (index: number): boolean =>
    widthOf(kept.slice(0, index)) <= LINE && widthOf(kept.slice(index)) <= LINE;
  // The longest first line that leaves a second that fits.
  const at = breaks.filter(fits).at(-1) ?? fitting(kept, LINE).length;
  return [kept.slice(0, at).join(''), kept.slice(at).join('')];
}

/** As many of the first characters as have room. */
function fitting(characters: readonly string[], room: number): string[] {
  let width = 0;
  const end = characters.findIndex((character) => (width += widthOf([character])) > room);
  return characters.slice(0, end === -1 ? undefined : end);
}

function widthOf(characters: readonly string[]): number {
  return characters.reduce(
    (width, character) =>
      width + (/[\p{Lu}…]/u.test(character) ? CAPITAL : /[\u2e80-\uffef]/.test(character) ? 2 : 1),
    0,
  );
}
