import { Link } from '../routing/link.tsx';
import type { ListSearch } from '../routing/list-search.ts';
import { hrefOf, hrefOfTraces } from '../routing/route.ts';
import type { TimeSpan } from '../routing/time-span.ts';
import { spanText } from '../routing/time-span.ts';

export interface NoTracesThenProps {
  readonly span: TimeSpan | undefined;
  readonly search: ListSearch;
}

/** There may be traces, but none of this time, or none that the filter matches. */
export function NoTracesThen({ span, search }: NoTracesThenProps) {
  const time = span === undefined ? undefined : spanText(span, Date.now());
  if (search.filter !== '') {
    return (
      <section class="empty" aria-labelledby="empty-heading">
        <h2 id="empty-heading">No trace matches</h2>
        <p>
          Nothing{time !== undefined && ` in ${time}`} matches <code>{search.filter}</code>. A trace that
          comes to match appears here by itself.
        </p>
        <p class="links">
          <Link href={hrefOfTraces('', span)}>Show all traces</Link>
          {span !== undefined && (
            <Link href={hrefOf({ page: 'list' }, undefined, undefined, search)}>Search in all times</Link>
          )}
        </p>
      </section>
    );
  }
  return (
    <section class="empty" aria-labelledby="empty-heading">
      <h2 id="empty-heading">No traces of this time</h2>
      <p>
        Nothing was traced in {time}. Tracing may have been off then, or the traces were dropped to make room
        for newer ones.
      </p>
      <p>
        <Link href={hrefOf({ page: 'list' })}>Show all traces</Link>
      </p>
    </section>
  );
}
