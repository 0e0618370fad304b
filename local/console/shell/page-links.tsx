import { plural } from '../format/text.ts';
import { Link } from '../routing/link.tsx';
import type { PageName } from '../../console-contract.ts';
import { PAGES } from '../../console-contract.ts';
import type { Route } from '../routing/route.ts';
import type { TimeSpan } from '../routing/time-span.ts';
import { spanQuery } from '../routing/time-span.ts';

export interface PageLinksProps {
  readonly route: Route;
  /** Goes along from page to page. */
  readonly span: TimeSpan | undefined;
  /** How many alarms are in ALARM state. */
  readonly alarming: number;
}

export function PageLinks({ route, span, alarming }: PageLinksProps) {
  const above = aboveOf(route.page);
  return (
    <nav class="pages" aria-label="Pages">
      {Object.entries(PAGES).map(
        ([page, definition]) =>
          'link' in definition && (
            <Link
              key={page}
              href={definition.path + spanQuery(span)}
              {...(page === route.page && { 'aria-current': 'page' })}
              {...(page === above && { 'aria-current': 'true' })}
            >
              {definition.link}
              {page === 'alarms' && alarming > 0 && (
                <span class="alarm-count" title={`${plural(alarming, 'alarm')} in alarm`}>
                  {alarming}
                  <span class="visually-hidden"> in alarm</span>
                </span>
              )}
            </Link>
          ),
      )}
    </nav>
  );
}

function aboveOf(page: Route['page']): PageName | undefined {
  if (page === 'unknown') return undefined;
  const definition = PAGES[page];
  return 'above' in definition ? definition.above : undefined;
}
