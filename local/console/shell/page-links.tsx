import { plural } from '../format/plural.ts';
import { Link } from '../routing/link.tsx';
import { alarmsPath, listPath, metricsPath, type Route } from '../routing/route.ts';
import type { TimeSpan } from '../routing/time-span.ts';

export interface PageLinksProps {
  readonly route: Route;
  /** Goes along from page to page. */
  readonly span: TimeSpan | undefined;
  /** Alarms in ALARM. */
  readonly alarming: number;
}

export function PageLinks({ route, span, alarming }: PageLinksProps) {
  const current = (page: Route['page'], below?: Route['page']) =>
    route.page === page
      ? ({ 'aria-current': 'page' } as const)
      : route.page === below && ({ 'aria-current': 'true' } as const);
  return (
    <nav class="pages" aria-label="Pages">
      <Link href={listPath(span)} {...current('list', 'trace')}>
        Traces
      </Link>
      <Link href={alarmsPath(span)} {...current('alarms', 'alarm')}>
        Alarms
        {alarming > 0 && (
          <span class="alarm-count" title={`${plural(alarming, 'alarm')} in alarm`}>
            {alarming}
            <span class="visually-hidden"> in alarm</span>
          </span>
        )}
      </Link>
      <Link href={metricsPath(span)} {...current('metrics')}>
        Metrics
      </Link>
    </nav>
  );
}
