import { changeOf } from '../../xray/compare.ts';
import type { ComparedRow } from '../../xray/compare.ts';
import { formatDuration } from '../../xray/format-duration.ts';
import type { Timeline, TimelineRow } from '../../xray/timeline.ts';
import { StatusIcon } from '../components/status-icon.tsx';
import { statusLabels } from '../components/status.ts';
import { TableHead } from '../components/table-head.tsx';
import { durationOf } from '../timeline/bar.ts';
import { indentOf } from '../timeline/names.ts';

export interface CompareTableProps {
  readonly rows: readonly ComparedRow[];
  readonly timelines: readonly [before: Timeline, after: Timeline];
}

const COLUMNS = ['Name', 'A', 'B', 'Change', 'Both on one axis'];

/** Pixels; the names have about as much. */
const NAME_WIDTH = 420;

/** Rows drawn at first: of more, nobody reads all. */
const PAGE_SIZE = 500;

/** Less than this share of the longer trace is no change that one would look for. */
const NOTABLE = 0.02;

/** The roles repeat what a table says by itself, because the narrow layout is no table. */
export function CompareTable({ rows, timelines: [before, after] }: CompareTableProps) {
  const longest = Math.max(before.end - before.start, after.end - after.start);
  const shown = rows.slice(0, PAGE_SIZE);
  return (
    <div class="table-scroll" tabIndex={0} role="group" aria-label="Comparison">
      <table role="table" class="compare-table">
        <TableHead columns={COLUMNS} />
        <tbody role="rowgroup">
          {shown.map((row) => (
            <CompareLine key={row.key} row={row} before={before} after={after} longest={longest} />
          ))}
        </tbody>
      </table>
      {rows.length > shown.length && (
        <p class="hint">{rows.length - shown.length} more rows are not shown.</p>
      )}
      {rows.length === 0 && <p class="hint">Both did the same, and it ended in the same way.</p>}
    </div>
  );
}

interface CompareLineProps {
  readonly row: ComparedRow;
  readonly before: Timeline;
  readonly after: Timeline;
  /** Seconds of the longer trace: the axis that both share. */
  readonly longest: number;
}

function CompareLine({ row, before, after, longest }: CompareLineProps) {
  const one = row.before ?? row.after;
  const change = changeOf(row);
  const only = row.after === undefined ? 'only-a' : row.before === undefined ? 'only-b' : '';
  return (
    <tr role="row" class={only}>
      <th role="rowheader" scope="row" style={{ '--indent': `${indentOf(row.depth, NAME_WIDTH)}px` }}>
        {one?.name} <span class="type">{one?.type?.replace(/^AWS::/, '')}</span>
      </th>
      <SideCell row={row.before} now={before.end} side="a" />
      <SideCell row={row.after} now={after.end} side="b" />
      <td
        role="cell"
        class={change !== undefined && Math.abs(change) > longest * NOTABLE ? 'number notable' : 'number'}
      >
        {changeWords(row, change)}
      </td>
      <td role="cell" class="compare-bars">
        <Bar row={row.before} timeline={before} longest={longest} side="a" />
        <Bar row={row.after} timeline={after} longest={longest} side="b" />
      </td>
    </tr>
  );
}

function changeWords({ before, after }: ComparedRow, change: number | undefined): string {
  if (after === undefined) return 'only in A';
  if (before === undefined) return 'only in B';
  if (change === undefined) return 'in progress';
  if (Math.abs(change) < 0.00005) return '±0';
  return `${change > 0 ? '+' : '−'}${formatDuration(Math.abs(change))}`;
}

interface SideCellProps {
  readonly row: TimelineRow | undefined;
  /** Seconds. */
  readonly now: number;
  readonly side: 'a' | 'b';
}

function SideCell({ row, now, side }: SideCellProps) {
  const look = `number duration-${side}`;
  if (row === undefined) {
    return (
      <td role="cell" class={look}>
        –
      </td>
    );
  }
  return (
    <td role="cell" class={look}>
      <StatusIcon status={row.status} /> <span class="visually-hidden">{statusLabels[row.status]}</span>
      {formatDuration(durationOf(row, now))}
    </td>
  );
}

interface BarProps {
  readonly row: TimelineRow | undefined;
  readonly timeline: Timeline;
  readonly longest: number;
  readonly side: 'a' | 'b';
}

/** From the start of its own trace, so that both lie on one axis. */
function Bar({ row, timeline, longest, side }: BarProps) {
  if (row === undefined || !(longest > 0)) return <span class="compare-bar" />;
  const left = (row.start - timeline.start) / longest;
  const width = durationOf(row, timeline.end) / longest;
  return (
    <span
      class={`compare-bar side-${side} status-${row.status}`}
      style={{ '--left': `${left * 100}%`, '--width': `${width * 100}%` }}
    />
  );
}
