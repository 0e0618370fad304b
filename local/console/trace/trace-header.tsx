import type { ComponentChildren } from 'preact';
import type { TimelineRow } from '../../xray/timeline.ts';
import { CopyButton } from '../components/copy-button.tsx';
import { PageTitle } from '../components/page-title.tsx';
import { StatusBadge } from '../components/status-badge.tsx';
import { statusLabels } from '../components/status.ts';
import { Timestamp } from '../components/timestamp.tsx';
import { EntryText } from '../entry/entry-text.tsx';
import { entryText } from '../entry/entry.ts';
import { formatDuration } from '../../xray/format-duration.ts';
import { formatExact } from '../format/time.ts';
import { Link } from '../routing/link.tsx';
import { useAddress } from '../routing/navigation.ts';
import { hrefOf, hrefWith } from '../routing/route.ts';
import type { TimeSpan } from '../routing/time-span.ts';
import { spanText } from '../routing/time-span.ts';
import type { TraceFacts } from './trace-facts.ts';

export interface TraceHeaderProps {
  readonly traceId: string;
  readonly facts: TraceFacts;
  readonly failure: TimelineRow | undefined;
  /** The time of the list that led here. */
  readonly span: TimeSpan | undefined;
  readonly now: number;
  readonly onShow: (key: string) => void;
  readonly actions: ComponentChildren;
}

export function TraceHeader({ traceId, facts, failure, span, now, onShow, actions }: TraceHeaderProps) {
  const { correlationId } = facts;
  const { search } = useAddress();
  return (
    <header class="trace-header">
      <Link class="back" href={hrefOf({ page: 'list' }, span, undefined, search)}>
        ← {span === undefined ? 'All traces' : `Traces of ${spanText(span, now * 1000)}`}
        {search.filter !== '' && (
          <>
            {' '}
            that match <code>{search.filter}</code>
          </>
        )}
      </Link>
      <div class="trace-title">
        <PageTitle documentTitle={`${entryText(facts.entry)} – ${traceId} – Lambda Lantern`}>
          <span class="entry" title={entryText(facts.entry)}>
            <EntryText entry={facts.entry} />
          </span>
        </PageTitle>
        <StatusBadge status={facts.status} />
        {failure !== undefined && (
          <button type="button" class="button" onClick={() => onShow(failure.key)}>
            Go to {statusLabels[failure.status].toLowerCase()}: <span class="clipped">{failure.name}</span>
            {failure.traceId !== traceId && <span class="count"> in a linked trace</span>}
          </button>
        )}
        {actions}
      </div>
      <dl class="facts">
        <div>
          <dt>Duration</dt>
          <dd>
            {formatDuration(facts.duration)}
            {facts.inProgress && ' so far'}
          </dd>
        </div>
        <div>
          <dt>Started</dt>
          <dd>
            {formatExact(facts.startTime)} (<Timestamp time={facts.startTime} now={now} />)
          </dd>
        </div>
        <div>
          <dt>Services</dt>
          <dd>{facts.services.length > 0 ? facts.services.join(', ') : 'None yet'}</dd>
        </div>
        <div>
          <dt>Trace id</dt>
          <dd>
            <code>{traceId}</code> <CopyButton text={traceId} what="trace id" />{' '}
            <Link class="button small" href={hrefWith({ page: 'logs' }, undefined, { trace: traceId })}>
              Log lines
            </Link>
          </dd>
        </div>
        {correlationId !== undefined && (
          <div>
            <dt>Correlation id</dt>
            <dd>
              <Link href={hrefOf({ page: 'request', correlationId })} title="All of this request">
                <code>{correlationId}</code>
              </Link>{' '}
              <CopyButton text={correlationId} what="correlation id" />
            </dd>
          </div>
        )}
      </dl>
    </header>
  );
}
