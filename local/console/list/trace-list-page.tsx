import { useState } from 'preact/hooks';
import type { ServiceInfo } from '../../xray/trace.ts';
import type { ConsoleApi } from '../api/console-api.ts';
import { Notice } from '../components/notice.tsx';
import { PageTitle } from '../components/page-title.tsx';
import { messageOf } from '../format/message.ts';
import { plural } from '../format/plural.ts';
import { EmptyState } from './empty-state.tsx';
import { ListToolbar } from './list-toolbar.tsx';
import { LossesNotice } from './losses-notice.tsx';
import { MAX_LISTED, shownTraces, waitingCount } from './trace-list-state.ts';
import { TraceTable } from './trace-table.tsx';
import { useQuietAnnouncement } from './use-quiet-announcement.ts';
import type { TraceList } from './use-trace-list.ts';

export interface TraceListPageProps {
  readonly api: ConsoleApi;
  readonly list: TraceList;
  readonly service: ServiceInfo | undefined;
}

export function TraceListPage({ api, list, service }: TraceListPageProps) {
  const { state } = list;
  const [clearFailure, setClearFailure] = useState<string>();
  const traces = shownTraces(state);
  const announcement = useQuietAnnouncement(`${plural(traces.length, 'trace')} listed`);

  const clear = () => {
    setClearFailure(undefined);
    api.clear().catch((error: unknown) => setClearFailure(messageOf(error)));
  };

  return (
    <div class="page">
      <header class="page-header">
        <PageTitle documentTitle="Traces – Lambda Lantern">Traces</PageTitle>
        {traces.length > 0 && (
          <span class="count">
            {traces.length === MAX_LISTED ? `The newest ${MAX_LISTED}` : plural(traces.length, 'trace')}
          </span>
        )}
        <ListToolbar
          paused={state.frozen !== undefined}
          waiting={waitingCount(state)}
          empty={traces.length === 0}
          onPause={list.pause}
          onResume={list.resume}
          onClear={clear}
        />
      </header>
      <LossesNotice losses={state.losses} />
      {clearFailure !== undefined && (
        <Notice tone="warning">The traces were not cleared. {clearFailure}</Notice>
      )}
      {state.failure !== undefined && (
        <Notice tone="warning">
          The list could not be read. {state.failure}{' '}
          <button type="button" class="button small" onClick={list.reload}>
            Try again
          </button>
        </Notice>
      )}
      {traces.length > 0 ? <TraceTable traces={traces} /> : state.loaded && <EmptyState service={service} />}
      <p class="visually-hidden" role="status">
        {announcement}
      </p>
    </div>
  );
}
