import type { GridLine } from './rows.ts';

/** What a key does in the grid, as the ARIA treegrid pattern describes it. */
export type GridCommand =
  | { readonly type: 'move'; readonly to: number }
  | { readonly type: 'expand' | 'collapse'; readonly key: string }
  | { readonly type: 'open'; readonly line: GridLine };

/** Undefined for keys that are not the grid's, and where there is nothing to do. */
export function commandFor(
  key: string,
  lines: readonly GridLine[],
  active: number,
  collapsed: ReadonlySet<string>,
): GridCommand | undefined {
  const line = lines[active];
  if (line === undefined) return undefined;
  switch (key) {
    case 'ArrowDown':
      return moveTo(active + 1, lines);
    case 'ArrowUp':
      return moveTo(active - 1, lines);
    case 'Home':
      return moveTo(0, lines);
    case 'End':
      return moveTo(lines.length - 1, lines);
    case 'PageDown':
      return moveTo(Math.min(active + 10, lines.length - 1), lines);
    case 'PageUp':
      return moveTo(Math.max(active - 10, 0), lines);
    case 'ArrowRight':
      return isParent(line) && collapsed.has(line.key)
        ? { type: 'expand', key: line.key }
        : isParent(line)
          ? moveTo(active + 1, lines)
          : undefined;
    case 'ArrowLeft':
      return isParent(line) && !collapsed.has(line.key)
        ? { type: 'collapse', key: line.key }
        : moveTo(
            lines.findIndex((candidate) => candidate.key === parentKeyOf(line)),
            lines,
          );
    case 'Enter':
    case ' ':
      return { type: 'open', line };
    default:
      return undefined;
  }
}

function moveTo(index: number, lines: readonly GridLine[]): GridCommand | undefined {
  return index >= 0 && index < lines.length ? { type: 'move', to: index } : undefined;
}

function isParent(line: GridLine): boolean {
  return line.kind === 'row' && line.row.childCount > 0;
}

function parentKeyOf(line: GridLine): string | undefined {
  return line.kind === 'row' ? line.row.parentKey : undefined;
}
