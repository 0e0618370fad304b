import { useState } from 'preact/hooks';
import type { ServiceInfo } from '../../console-contract.ts';
import type { ConsoleApi } from '../api/console-api.ts';
import { Notice } from '../components/notice.tsx';
import { PageTitle } from '../components/page-title.tsx';
import { useNow } from '../components/use-now.ts';
import { messageOf, plural } from '../format/text.ts';
import { RangeControl } from '../range/range-control.tsx';
import { Link } from '../routing/link.tsx';
import type { Address } from '../routing/navigation.ts';
import { hrefOf } from '../routing/route.ts';
import { EmptyState } from './empty-state.tsx';
import { ListToolbar } from './list-toolbar.tsx';
import { LossesNotice } from './losses-notice.tsx';
import { MAX_LISTED, waitingCount, tracesOfSpan } from './trace-list-state.ts';
import { NoTracesThen } from './no-traces-then.tsx';
import { TraceTable } from './trace-table.tsx';
import { useQuietAnnouncement } from './use-quiet-announcement.ts';
import type { TraceList } from './use-trace-list.ts';

/** Traces leave a list of the last minutes this late at most. */
const CLOCK_EVERY_MS = 1000;

export interface TraceListPageProps {
  readonly api: ConsoleApi;
  readonly list: TraceList;
  readonly service: ServiceInfo | undefined;
  readonly address: Address;
}

export function TraceListPage({ api, list, service, address }: TraceListPageProps) {
  const { state } = list;
  const { span, alarmName } = address;
  const now = useNow(CLOCK_EVERY_MS, span?.kind === 'last');
  const [clearFailure, setClearFailure] = useState<string>();
  const traces = tracesOfSpan(state, span, now * 1000);
  const announcement = useQuietAnnouncement(`${plural(traces.length, 'trace')} listed`);

  const clear = () => {
    setClearFailure(undefined);
    api.clear().catch((error: unknown) => setClearFailure(messageOf(error)));
  };

  return (
    <div class="page">
      {alarmName !== undefined && (
        <Link class="back" href={hrefOf({ page: 'alarm', name: alarmName })}>
          ← {alarmName}
        </Link>
      )}
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
      <RangeControl span={span} otherwise="All" />
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
      {traces.length > 0 ? (
        <TraceTable traces={traces} span={span} />
      ) : (
        state.loaded && (span === undefined ? <EmptyState service={service} /> : <NoTracesThen span={span} />)
      )}
      <p class="visually-hidden" role="status">
        {announcement}
      </p>
    </div>
  );
}
