import { filterForService, filterForWorst } from '../../xray/filter/write-filter.ts';
import type { TraceSummary } from '../../xray/trace.ts';
import { Badge } from '../components/badge.tsx';
import { StatusBadge } from '../components/status-badge.tsx';
import { Timestamp } from '../components/timestamp.tsx';
import { EntryText } from '../entry/entry-text.tsx';
import { entryOf } from '../entry/entry.ts';
import { formatDuration } from '../../xray/format-duration.ts';
import { plural } from '../format/text.ts';
import { Link } from '../routing/link.tsx';
import type { ListSearch } from '../routing/list-search.ts';
import { hrefOf } from '../routing/route.ts';
import type { TimeSpan } from '../routing/time-span.ts';

export interface TraceRowProps {
  readonly summary: TraceSummary;
  /** Seconds; the bar is drawn relative to it. */
  readonly slowest: number;
  readonly now: number;
  /** What the list shows, to come back to. */
  readonly span: TimeSpan | undefined;
  readonly search: ListSearch;
  /** Its place in the list, from 0. */
  readonly place: number;
  /** Pixels. */
  readonly height: number;
  readonly onCondition: (condition: string) => void;
}

/** Services named in a row; the others are in its title. */
const MAX_SERVICES = 4;

/** A row of the list. The roles repeat what a table says by itself, because the narrow layout is no table. */
export function TraceRow({ summary, slowest, now, span, search, place, height, onCondition }: TraceRowProps) {
  const { duration, services, linkedTraceIds, status } = summary;
  const share = slowest > 0 ? Math.max(0, duration / slowest) : 0;
  return (
    <tr
      role="row"
      class="trace-row placed"
      // After the head, and from 1.
      aria-rowindex={place + 2}
      style={{ height: `${height}px`, transform: `translateY(${place * height}px)` }}
    >
      <td role="cell" class="cell-status">
        <button
          type="button"
          class="condition"
          title={`Search for ${filterForWorst(status)}`}
          onClick={() => onCondition(filterForWorst(status))}
        >
          <StatusBadge status={status} />
        </button>
      </td>
      <td role="cell" class="cell-entry">
        <Link
          class="entry row-link"
          href={hrefOf({ page: 'trace', traceId: summary.id }, span, undefined, search)}
          title={`Trace ${summary.id}`}
        >
          <EntryText entry={entryOf(summary)} />
        </Link>
        <span class="entry-badges">
          {summary.coldStart && (
            <Badge kind="cold" title="A new execution environment was started">
              Cold start
            </Badge>
          )}
          {summary.isPartial && (
            <Badge kind="partial" title="Something is in progress, or a parent has not arrived">
              Partial
            </Badge>
          )}
          {linkedTraceIds.length > 0 && (
            <Badge title={linkedTraceIds.join('\n')}>{plural(linkedTraceIds.length, 'linked trace')}</Badge>
          )}
        </span>
      </td>
      <td role="cell" class="cell-duration">
        <span class="number">{formatDuration(duration)}</span>
        <span class="meter" aria-hidden="true">
          <span style={{ width: `${share * 100}%` }} />
        </span>
      </td>
      <td role="cell" class="cell-services" title={services.join('\n')}>
        {services.slice(0, MAX_SERVICES).map((name) => (
          <button
            key={name}
            type="button"
            class="condition"
            title={`Search for ${filterForService({ name })}`}
            onClick={() => onCondition(filterForService({ name }))}
          >
            {name}
          </button>
        ))}
        {services.length > MAX_SERVICES && <span>+{services.length - MAX_SERVICES}</span>}
      </td>
      <td role="cell" class="cell-started">
        <Timestamp time={summary.startTime} now={now} />
      </td>
    </tr>
  );
}
