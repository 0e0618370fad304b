import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format } from 'prettier';

const FILE = join(import.meta.dirname, '../RESULTS.md');
const [BEGIN, END] = ['<!-- measured: begin -->', '<!-- measured: end -->'];

/**
 * Puts what was measured into RESULTS.md, between its two marks; everything around them is written by hand.
 *
 * @throws Error when the file has not both marks.
 */
export async function writeResults(measured: string): Promise<void> {
  const before = await readFile(FILE, 'utf8');
  const [from, to] = [before.indexOf(BEGIN), before.indexOf(END)];
  if (from === -1 || to < from) {
    throw new Error(`Expected ${FILE} to hold ${BEGIN} and, after it, ${END}; put both back`);
  }
  const after = `${before.slice(0, from)}${BEGIN}\n\n${measured}\n\n${before.slice(to)}`;
  await writeFile(FILE, await format(after, { parser: 'markdown', printWidth: 110 }));
}

/** A table for Markdown: the first column to the left, the others, which are numbers, to the right. */
export function markdownTable(header: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
  const rule = header.map((_, column) => (column === 0 ? '---' : '--:'));
  return [header, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
