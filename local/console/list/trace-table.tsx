import { useEffect, useRef, useState } from 'preact/hooks';
import type { SortOrder } from '../../console-contract.ts';
import type { TraceSummary } from '../../xray/trace.ts';
import { useMedia } from '../components/use-media.ts';
import { useNow } from '../components/use-now.ts';
import type { ListSearch } from '../routing/list-search.ts';
import type { TimeSpan } from '../routing/time-span.ts';
import { TraceRow } from './trace-row.tsx';
import { useRowsInView } from './use-rows-in-view.ts';

const COLUMNS: ReadonlyArray<{ readonly name: string; readonly sort?: SortOrder; readonly first?: string }> =
  [
    { name: 'Status', sort: 'status', first: 'the worst' },
    { name: 'Request' },
    { name: 'Duration', sort: 'duration', first: 'the longest' },
    { name: 'Services' },
    { name: 'Started', sort: 'start', first: 'the newest' },
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
  const { from, to, isScrolled } = useRowsInView(body, traces.length, rowHeight);
  const clock = useNow(CLOCK_EVERY_MS);
  const now = Math.max(clock, ...traces.slice(0, 1).map(({ startTime }) => startTime));
  const slowest = traces.reduce((longest, { duration }) => Math.max(longest, duration), 0);

  const isNearEnd = hasMore && to + READ_ON_BEFORE >= traces.length;
  useEffect(() => {
    if (isNearEnd) onNearEnd();
  }, [isNearEnd, traces.length, onNearEnd]);
  const [isFocused, setFocused] = useState(false);
  const isReading = isScrolled || isFocused;
  useEffect(() => onReading(isReading), [isReading, onReading]);

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
          {COLUMNS.map(({ name, sort, first }) =>
            sort === undefined ? (
              <th key={name} role="columnheader" scope="col">
                {name}
              </th>
            ) : (
              <th
                key={name}
                role="columnheader"
                scope="col"
                aria-sort={search.sort === sort ? 'descending' : 'none'}
              >
                <button type="button" title={`Show ${first ?? ''} first`} onClick={() => onSort(sort)}>
                  {name}
                  <span class="sort-mark" aria-hidden="true">
                    {search.sort === sort ? '▾' : '↕'}
                  </span>
                </button>
              </th>
            ),
          )}
        </tr>
      </thead>
      <tbody
        ref={body}
        role="rowgroup"
        // Who comes by keyboard; a click is no stay.
        onFocusIn={({ target }) => setFocused(target instanceof Element && target.matches(':focus-visible'))}
        onFocusOut={() => setFocused(false)}
        style={{
          paddingTop: `${from * rowHeight}px`,
          paddingBottom: `${(traces.length - to) * rowHeight}px`,
        }}
      >
        {traces.slice(from, to).map((summary, index) => (
          <TraceRow
            key={summary.id}
            summary={summary}
            index={from + index + 2}
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
