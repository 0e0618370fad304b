import type { TimelineRow } from '../../xray/timeline.ts';
import { Link } from '../routing/link.tsx';
import { hrefOf } from '../routing/route.ts';
import { channelOf } from './rows.ts';

export interface LinkedHeadingProps {
  /** The first row of the trace that begins here. */
  readonly row: TimelineRow;
  readonly rows: readonly TimelineRow[];
  readonly isPageTrace: boolean;
}

/** Stands above the rows of each trace where several share the axis. */
export function LinkedHeading({ row, rows, isPageTrace }: LinkedHeadingProps) {
  const id = <code>{row.traceId}</code>;
  return (
    <div class="cell-heading" role="gridcell" aria-colspan={3}>
      {isPageTrace ? (
        <>This trace {id}</>
      ) : (
        <>
          Linked trace{' '}
          <Link
            href={hrefOf({ page: 'trace', traceId: row.traceId })}
            title="Open this trace on a page of its own"
          >
            {id}
          </Link>
        </>
      )}
      {row.link !== undefined && ` through ${channelOf(row, rows)}`}
    </div>
  );
}
