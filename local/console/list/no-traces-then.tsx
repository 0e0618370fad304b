import { Link } from '../routing/link.tsx';
import { hrefOf } from '../routing/route.ts';
import type { TimeSpan } from '../routing/time-span.ts';
import { spanText } from '../routing/time-span.ts';

export interface NoTracesThenProps {
  readonly span: TimeSpan;
}

/** There may be traces, but none of this time. */
export function NoTracesThen({ span }: NoTracesThenProps) {
  return (
    <section class="empty" aria-labelledby="empty-heading">
      <h2 id="empty-heading">No traces of this time</h2>
      <p>
        Nothing was traced in {spanText(span, Date.now())}. Tracing may have been off then, or the traces were
        dropped to make room for newer ones.
      </p>
      <p>
        <Link href={hrefOf({ page: 'list' })}>Show all traces</Link>
      </p>
    </section>
  );
}
