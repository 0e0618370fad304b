/** How reports for people are set: lines that fit a terminal, and columns. */

/** Characters that fit a terminal without breaking lines. */
export const WIDTH = 120;

/** Breaks a text between words into lines of at most so many characters. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/**
 * A table as lines: columns as wide as their longest cell, two blanks apart.
 *
 * @param align of all columns but the first, which is the name of a row; figures stand at the right.
 */
export function table(
  rows: ReadonlyArray<readonly string[]>,
  align: 'left' | 'right' = 'left',
): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 || align === 'left'
          ? cell.padEnd(widths[column] ?? 0)
          : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
}

/** `1 day`, `2 days`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
