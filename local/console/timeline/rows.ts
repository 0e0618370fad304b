import type { Standing } from '../../xray/history.ts';
import type { TimelineRow } from '../../xray/timeline.ts';
import { statusLabels } from '../components/status.ts';
import { formatDuration } from '../../xray/format-duration.ts';
import { durationOf } from './bar.ts';
import { isUnusual } from './insights.ts';
import { arrayOf, isRecord } from '../format/value.ts';

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

/** A row in words: name, type, status, duration. What the bar shows to those who see it. */
export function rowLabel(row: TimelineRow, now: number, standing?: Standing): string {
  return [
    row.name,
    row.type,
    statusLabels[row.status],
    row.end === undefined
      ? `${formatDuration(durationOf(row, now))} so far`
      : formatDuration(durationOf(row, now)),
    standing !== undefined && isUnusual(standing) ? 'unusually slow' : undefined,
    row.orphan ? 'parent missing' : undefined,
  ]
    .filter((part) => part !== undefined)
    .join(', ');
}

/**
 * What carried the request from one trace to another. Lambda links the traces of the messages that SQS delivered,
 * and nothing else; other senders link for reasons of their own.
 */
export function channelOf({ traceId, link }: TimelineRow, rows: readonly TimelineRow[]): string {
  const ends = [traceId, link?.fromTraceId];
  const linking = rows.find(
    (row) => ends.includes(row.traceId) && ends.some((end) => end !== row.traceId && linksTo(row, end)),
  );
  return linking?.type?.startsWith('AWS::Lambda') === true ? 'SQS' : 'a link';
}

/** The link may stand on either side: the page follows links both ways. */
function linksTo({ entity }: TimelineRow, traceId: string | undefined): boolean {
  const links = 'links' in entity ? arrayOf(entity.links) : [];
  return links.some((link) => isRecord(link) && link['trace_id'] === traceId);
}
