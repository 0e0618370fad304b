import type { TimelineRow } from '../../xray/timeline.ts';

/** One line of the grid: a row, or the heading above the first row of a trace where several share the axis. */
export type GridLine =
  | {
      readonly kind: 'heading';
      readonly key: string;
      readonly depth: number;
      readonly traceId: string;
      readonly row: TimelineRow;
    }
  | { readonly kind: 'row'; readonly key: string; readonly depth: number; readonly row: TimelineRow };

/** The lines to show: all but those below a collapsed row. */
export function visibleLines(
  rows: readonly TimelineRow[],
  collapsed: ReadonlySet<string>,
): readonly GridLine[] {
  const several = new Set(rows.map(({ traceId }) => traceId)).size > 1;
  const lines: GridLine[] = [];
  let hiddenBelow = Infinity;
  let traceId: string | undefined;
  for (const row of rows) {
    if (row.depth > hiddenBelow) continue;
    hiddenBelow = collapsed.has(row.key) ? row.depth : Infinity;
    if (several && (row.link !== undefined || row.traceId !== traceId)) {
      lines.push({ kind: 'heading', key: `heading ${row.key}`, depth: row.depth, traceId: row.traceId, row });
    }
    traceId = row.traceId;
    lines.push({ kind: 'row', key: row.key, depth: row.depth, row });
  }
  return lines;
}

/** Keys of the rows above `key`, nearest first: what must be open for it to be seen. */
export function ancestorsOf(rows: readonly TimelineRow[], key: string): readonly string[] {
  const parents = new Map(rows.map((row) => [row.key, row.parentKey]));
  const ancestors: string[] = [];
  for (let parent = parents.get(key); parent !== undefined; parent = parents.get(parent)) {
    if (ancestors.includes(parent)) break;
    ancestors.push(parent);
  }
  return ancestors;
}
