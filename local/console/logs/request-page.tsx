import { useEffect, useMemo, useState } from 'preact/hooks';
import { filterForCorrelation } from '../../xray/filter/write-filter.ts';
import type { TraceSummary } from '../../xray/trace.ts';
import type { ConsoleApi } from '../api/console-api.ts';
import { createRefresher } from '../api/refresher.ts';
import { CopyButton } from '../components/copy-button.tsx';
import { Notice } from '../components/notice.tsx';
import { PageTitle } from '../components/page-title.tsx';
import { StatusBadge } from '../components/status-badge.tsx';
import { EntryText } from '../entry/entry-text.tsx';
import { entryOf } from '../entry/entry.ts';
import { formatDuration } from '../../xray/format-duration.ts';
import { messageOf, plural } from '../format/text.ts';
import { formatExact, formatOffset } from '../format/time.ts';
import { Link } from '../routing/link.tsx';
import { hrefOf, hrefWith } from '../routing/route.ts';
import { LogRow } from './log-row.tsx';
import { storyOf } from './request-story.ts';
import { useLogLines } from './use-log-lines.ts';

const REFRESH_GAP_MS = 500;

export interface RequestPageProps {
  readonly api: ConsoleApi;
  readonly correlationId: string;
}

/** One business request: all traces and log lines with its correlation id, in the order of time. */
export function RequestPage({ api, correlationId }: RequestPageProps) {
  const filter = useMemo(() => ({ correlation: correlationId, limit: '1000' }), [correlationId]);
  const { state, readOlder } = useLogLines(api, filter, undefined);
  const traces = useTraces(api, correlationId);
  const story = useMemo(() => storyOf(traces.found, state.lines), [traces.found, state.lines]);
  const first = story[0]?.at ?? 0;
  const failure = traces.failure ?? state.failure;
  return (
    <div class="page logs-page">
      <Link class="back" href={hrefOf({ page: 'logs' })}>
        ← All logs
      </Link>
      <header class="page-header">
        <PageTitle documentTitle={`Request ${correlationId} – Lambda Lantern`}>
          Request <code class="request-id">{correlationId}</code>
        </PageTitle>
        <CopyButton text={correlationId} what="correlation id" />
      </header>
      {story.length > 0 && (
        <p class="count">
          {plural(traces.found.length, 'trace')}, {plural(state.lines.length, 'log line')}, since{' '}
          {formatExact(first / 1000)}.{' '}
          {traces.found.length > 0 && (
            <Link
              href={hrefWith({ page: 'map' }, undefined, { filter: filterForCorrelation(correlationId) })}
            >
              Their service map
            </Link>
          )}
        </p>
      )}
      {failure !== undefined && <Notice tone="warning">The request could not be read. {failure}</Notice>}
      {state.cursor !== undefined && (
        <button type="button" class="button log-older" onClick={readOlder}>
          Older lines
        </button>
      )}
      {story.length > 0 && (
        <ol class="log-lines" aria-label="What happened, in the order of time">
          {story.map((item) =>
            item.kind === 'line' ? (
              <LogRow key={`line ${item.line.id}`} line={item.line} offset={formatOffset(item.at - first)} />
            ) : (
              <li key={`trace ${item.trace.id}`} class="log-trace">
                <span class="number">{formatOffset(item.at - first)}</span>
                <StatusBadge status={item.trace.status} />
                <span class="log-trace-name">
                  <Link class="entry" href={hrefOf({ page: 'trace', traceId: item.trace.id })}>
                    <EntryText entry={entryOf(item.trace)} />
                  </Link>{' '}
                  <span class="count">{formatDuration(item.trace.duration)}</span>
                </span>
              </li>
            ),
          )}
        </ol>
      )}
      {story.length === 0 && state.loaded && traces.loaded && failure === undefined && (
        <section class="empty" aria-labelledby="empty-heading">
          <h2 id="empty-heading">Nothing of this request</h2>
          <p>
            No trace and no log line that is kept has this correlation id. What comes appears here; what is
            older may have been dropped to make room.
          </p>
        </section>
      )}
    </div>
  );
}

interface FoundTraces {
  readonly loaded: boolean;
  readonly found: readonly TraceSummary[];
  readonly failure?: string;
}

function useTraces(api: ConsoleApi, correlationId: string): FoundTraces {
  const [traces, setTraces] = useState<FoundTraces>({ loaded: false, found: [] });
  useEffect(() => {
    let stopped = false;
    const read = async () => {
      const next = await api.traces({ filter: filterForCorrelation(correlationId) }).then(
        (listing): FoundTraces => ({ loaded: true, found: listing.traces }),
        (error: unknown) => messageOf(error),
      );
      if (stopped) return;
      setTraces((before) => (typeof next === 'string' ? { ...before, loaded: true, failure: next } : next));
    };
    const refresher = createRefresher(read, REFRESH_GAP_MS);
    const unsubscribe = api.subscribe(({ type }) => {
      if (type === 'connected' || type === 'summary' || type === 'cleared') refresher.demand();
    });
    refresher.demand();
    return () => {
      stopped = true;
      refresher.stop();
      unsubscribe();
    };
  }, [api, correlationId]);
  return traces;
}
