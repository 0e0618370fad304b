import { useCallback, useMemo } from 'preact/hooks';
import type { ServiceInfo } from '../../console-contract.ts';
import type { ConsoleApi } from '../api/console-api.ts';
import { CopyButton } from '../components/copy-button.tsx';
import { Notice } from '../components/notice.tsx';
import { PageTitle } from '../components/page-title.tsx';
import { plural } from '../format/text.ts';
import { FreshButton } from '../list/fresh-button.tsx';
import { useQuietAnnouncement } from '../list/use-quiet-announcement.ts';
import { RangeControl } from '../range/range-control.tsx';
import { Link } from '../routing/link.tsx';
import type { Address } from '../routing/navigation.ts';
import { hrefOf } from '../routing/route.ts';
import { LogFilters } from './log-filters.tsx';
import { LogList } from './log-list.tsx';
import type { LogFilter } from './use-log-lines.ts';
import { useLogLines } from './use-log-lines.ts';

const FILTERS = ['level', 'function', 'text', 'correlation', 'request', 'trace', 'platform'] as const;

export interface LogsPageProps {
  readonly api: ConsoleApi;
  readonly service: ServiceInfo | undefined;
  readonly address: Address;
}

/** The log lines of every function, the newest first, and those that come. */
export function LogsPage({ api, service, address }: LogsPageProps) {
  const { span, parameters } = address;
  const wanted = JSON.stringify(FILTERS.map((name) => parameters.get(name) ?? ''));
  const filter = useMemo(
    (): LogFilter => Object.fromEntries(FILTERS.map((name) => [name, parameters.get(name) ?? ''])),
    [wanted],
  );
  const { state, pause, hold, resume, readOlder, reload } = useLogLines(api, filter, span);
  const { lines, cursor, held, waiting, failure, evicted, loaded } = state;
  const paused = held === 'pause';
  const announcement = useQuietAnnouncement(`${plural(lines.length, 'line')} listed`);
  const isFiltered = span !== undefined || FILTERS.some((name) => filter[name] !== '');
  const traceId = parameters.get('trace') ?? '';
  const correlationId = parameters.get('correlation') ?? '';
  const read = useCallback(
    (isReading: boolean) => {
      if (isReading) hold();
      else if (held === 'reader') resume();
    },
    [hold, resume, held],
  );

  return (
    <div class="page logs-page">
      <header class="page-header">
        <PageTitle documentTitle="Logs – Lambda Lantern">Logs</PageTitle>
        {lines.length > 0 && (
          <span class="count">
            {plural(lines.length, 'line')}
            {cursor !== undefined && ', and older ones'}
          </span>
        )}
        <div class="toolbar" role="group" aria-label="Log lines">
          {paused && (
            <span class="waiting">
              {waiting === 0 ? 'Paused' : `Paused, ${plural(waiting, 'new line')} waiting`}
            </span>
          )}
          <button
            type="button"
            class={paused ? 'button primary' : 'button'}
            onClick={paused ? resume : pause}
          >
            {paused ? 'Resume' : 'Pause'}
          </button>
        </div>
      </header>
      <RangeControl span={span} otherwise="All" />
      <LogFilters parameters={parameters} functions={service?.functions ?? []} />
      {traceId !== '' && (
        <p>
          <Link href={hrefOf({ page: 'trace', traceId }, span)}>← The trace of these lines</Link>
        </p>
      )}
      {correlationId !== '' && (
        <p>
          <Link href={hrefOf({ page: 'request', correlationId })}>All of this request, with its traces</Link>
        </p>
      )}
      {evicted > 0 && (
        <Notice tone="info">
          {plural(evicted, 'line was', 'lines were')} dropped, the oldest first, to make room for newer ones.
        </Notice>
      )}
      {failure !== undefined && (
        <Notice tone="warning">
          The lines could not be read. {failure}{' '}
          <button type="button" class="button small" onClick={reload}>
            Try again
          </button>
        </Notice>
      )}
      {held === 'reader' && waiting > 0 && <FreshButton text={plural(waiting, 'new line')} onShow={resume} />}
      {lines.length > 0 && <LogList lines={lines} onReading={read} />}
      {lines.length > 0 && cursor !== undefined && (
        <button type="button" class="button log-older" onClick={readOlder}>
          Older lines
        </button>
      )}
      {loaded && failure === undefined && lines.length === 0 && (
        <NoLines isFiltered={isFiltered} service={service} />
      )}
      <p class="visually-hidden" role="status">
        {announcement}
      </p>
    </div>
  );
}

interface NoLinesProps {
  readonly isFiltered: boolean;
  readonly service: ServiceInfo | undefined;
}

function NoLines({ isFiltered, service }: NoLinesProps) {
  const [command] = service?.tryThis ?? [];
  if (isFiltered) {
    return (
      <section class="empty" aria-labelledby="empty-heading">
        <h2 id="empty-heading">No such lines</h2>
        <p>No line that is kept is of this time and of these filters. New ones appear here when they come.</p>
        <p>
          <Link href={hrefOf({ page: 'logs' })}>Show all lines</Link>
        </p>
      </section>
    );
  }
  return (
    <section class="empty" aria-labelledby="empty-heading">
      <img src="/lantern.svg" alt="" width="72" height="72" />
      <h2 id="empty-heading">No log lines yet</h2>
      <p>Call your service: what its functions write, and what Lambda writes about them, appears here.</p>
      {command !== undefined && (
        <ul class="commands">
          <li>
            <code>{command}</code>
            <CopyButton text={command} what="command" />
          </li>
        </ul>
      )}
    </section>
  );
}
