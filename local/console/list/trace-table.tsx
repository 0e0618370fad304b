import { useEffect, useRef } from 'preact/hooks';
import type { SortOrder } from '../../console-contract.ts';
import type { TraceSummary } from '../../xray/trace.ts';
import { useMedia } from '../components/use-media.ts';
import { useNow } from '../components/use-now.ts';
import type { ListSearch } from '../routing/list-search.ts';
import type { TimeSpan } from '../routing/time-span.ts';
import { TraceRow } from './trace-row.tsx';
import { useIsRead } from './use-is-read.ts';
import { useRowsInView } from './use-rows-in-view.ts';

/** A column, and what comes first when it is sorted by: once, and once more. */
interface Column {
  readonly name: string;
  readonly sort?: {
    readonly descending: SortOrder;
    readonly ascending: SortOrder;
    readonly first: readonly [descending: string, ascending: string];
  };
}

const COLUMNS: readonly Column[] = [
  {
    name: 'Status',
    sort: { descending: 'status', ascending: 'status-asc', first: ['the worst', 'the best'] },
  },
  { name: 'Request' },
  {
    name: 'Duration',
    sort: { descending: 'duration', ascending: 'duration-asc', first: ['the longest', 'the shortest'] },
  },
  { name: 'Services' },
  {
    name: 'Started',
    sort: { descending: 'start', ascending: 'start-asc', first: ['the newest', 'the oldest'] },
  },
];

/** Relative times need no more than this. */
const CLOCK_EVERY_MS = 5000;

/** Below this width a row is no line any more. */
const NARROW = '(width < 800px)';
const ROW_HEIGHT = 42;
const NARROW_ROW_HEIGHT = 124;

/** What follows is read this many rows before the end is reached. */
const READ_ON_BEFORE = 100;

export interface TraceTableProps {
  readonly traces: readonly TraceSummary[];
  readonly span: TimeSpan | undefined;
  readonly search: ListSearch;
  /** More traces follow. */
  readonly hasMore: boolean;
  readonly onSort: (sort: SortOrder) => void;
  /** Somebody points out a condition. */
  readonly onCondition: (condition: string) => void;
  readonly onNearEnd: () => void;
  /** Whether somebody reads in the list, rather than watching what arrives at its top. */
  readonly onReading: (isReading: boolean) => void;
}

/** Draws the rows that can be seen, however many there are. */
export function TraceTable({ traces, span, search, hasMore, ...tell }: TraceTableProps) {
  const { onSort, onCondition, onNearEnd, onReading } = tell;
  const body = useRef<HTMLTableSectionElement>(null);
  const rowHeight = useMedia(NARROW) ? NARROW_ROW_HEIGHT : ROW_HEIGHT;
  const { from, to } = useRowsInView(body, traces.length, rowHeight);
  const clock = useNow(CLOCK_EVERY_MS);
  const now = Math.max(clock, ...traces.slice(0, 1).map(({ startTime }) => startTime));
  const slowest = traces.reduce((longest, { duration }) => Math.max(longest, duration), 0);

  const isNearEnd = hasMore && to + READ_ON_BEFORE >= traces.length;
  useEffect(() => {
    if (isNearEnd) onNearEnd();
  }, [isNearEnd, traces.length, onNearEnd]);
  const isRead = useIsRead(body);
  useEffect(() => onReading(isRead), [isRead, onReading]);

  return (
    <table
      role="table"
      class="trace-table"
      aria-label="Traces"
      // -1: nobody knows yet (WAI-ARIA, `aria-rowcount`).
      aria-rowcount={hasMore ? -1 : traces.length + 1}
    >
      <thead role="rowgroup">
        <tr role="row" aria-rowindex={1}>
          {COLUMNS.map((column) => (
            <HeadCell key={column.name} column={column} order={search.sort} onSort={onSort} />
          ))}
        </tr>
      </thead>
      <tbody ref={body} role="rowgroup" style={{ height: `${traces.length * rowHeight}px` }}>
        {traces.slice(from, to).map((summary, index) => (
          <TraceRow
            key={summary.id}
            summary={summary}
            place={from + index}
            height={rowHeight}
            slowest={slowest}
            now={now}
            span={span}
            search={search}
            onCondition={onCondition}
          />
        ))}
      </tbody>
    </table>
  );
}

interface HeadCellProps {
  readonly column: Column;
  readonly order: SortOrder;
  readonly onSort: (sort: SortOrder) => void;
}

/** The name of a column. One that can be sorted by turns its order around where it is sorted by already. */
function HeadCell({ column: { name, sort }, order, onSort }: HeadCellProps) {
  if (sort === undefined) {
    return (
      <th role="columnheader" scope="col">
        {name}
      </th>
    );
  }
  const direction =
    order === sort.descending ? 'descending' : order === sort.ascending ? 'ascending' : 'none';
  const [first, next] =
    direction === 'descending' ? [sort.first[1], sort.ascending] : [sort.first[0], sort.descending];
  return (
    <th role="columnheader" scope="col" aria-sort={direction}>
      <button type="button" title={`Show ${first} first`} onClick={() => onSort(next)}>
        {name}
        <span class="sort-mark" aria-hidden="true">
          {MARKS[direction]}
        </span>
      </button>
    </th>
  );
}

const MARKS = { descending: '▾', ascending: '▴', none: '↕' } as const;
