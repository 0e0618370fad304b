import { useCallback, useMemo, useState } from 'preact/hooks';
import type { ServiceInfo, SortOrder } from '../../console-contract.ts';
import { filterForWorst } from '../../xray/filter/write-filter.ts';
import type { Durations } from '../../xray/durations.ts';
import type { ConsoleApi } from '../api/console-api.ts';
import { Notice } from '../components/notice.tsx';
import { PageTitle } from '../components/page-title.tsx';
import { useNow } from '../components/use-now.ts';
import { messageOf, plural } from '../format/text.ts';
import { RangeControl } from '../range/range-control.tsx';
import { Link } from '../routing/link.tsx';
import type { Address } from '../routing/navigation.ts';
import { showTraces } from '../routing/navigation.ts';
import { hrefOf } from '../routing/route.ts';
import { ConditionsBar, Examples } from '../search/conditions-bar.tsx';
import type { DurationBounds } from '../search/conditions.ts';
import { filterProblem, splitDuration, withCondition, withDuration } from '../search/conditions.ts';
import { SearchBox } from '../search/search-box.tsx';
import { DifferencesPanel } from './differences-panel.tsx';
import { EmptyState } from './empty-state.tsx';
import { FreshButton } from './fresh-button.tsx';
import { countOf } from './histogram-scale.ts';
import { Histogram } from './histogram.tsx';
import { ListToolbar } from './list-toolbar.tsx';
import { LossesNotice } from './losses-notice.tsx';
import { NoTracesThen } from './no-traces-then.tsx';
import { ImportTraces } from '../trace/import-traces.tsx';
import { tracesOfSpan, waitingCount } from './trace-list-state.ts';
import { ServiceChoice } from './service-choice.tsx';
import { TraceTable } from './trace-table.tsx';
import { useDistribution } from './use-distribution.ts';
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

/** What is said of the traces that match and are not listed yet. */
function restText(
  hasMore: boolean,
  durations: Durations | undefined,
  bounds: DurationBounds | undefined,
): string {
  if (!hasMore) return '';
  // Bounds may lie within a bar, and then it does not say how many traces are within them.
  if (durations?.isComplete !== true || bounds !== undefined) return ' and more';
  return ` of ${durations.bins.reduce((sum, bin) => sum + countOf(bin), 0)}`;
}

function searchFor(filter: string): void {
  showTraces({ filter });
}

function sortBy(sort: SortOrder): void {
  showTraces({ sort });
}

export function TraceListPage({ api, list, service, address }: TraceListPageProps) {
  const { state, hold, resume } = list;
  const { span, alarmName, search } = address;
  const { filter, sort } = search;
  const now = useNow(CLOCK_EVERY_MS, span?.kind === 'last');
  const [clearFailure, setClearFailure] = useState<string>();
  const held = state.held?.by;
  const traces = useMemo(() => tracesOfSpan(state, span, now * 1000), [state, span, now]);
  const waiting = useMemo(() => waitingCount(state), [state]);
  const isReadable = useMemo(() => filterProblem(filter) === undefined, [filter]);
  const { bounds } = useMemo(() => splitDuration(filter), [filter]);
  const { durations, differences, failure } = useDistribution(
    api,
    address,
    held === 'pause' || !state.loaded,
  );
  const countText = plural(traces.length, 'trace') + restText(state.more !== undefined, durations, bounds);
  const announcement = useQuietAnnouncement(`${countText} listed`);
  const isSearching = filter !== '' || span !== undefined;
  // Counting takes longer than listing: the list stands where it will stay.
  const counted = durations !== undefined && durations.bins.length > 0 ? durations : undefined;
  const isCounting = counted === undefined && failure === undefined && traces.length > 0;

  const addCondition = useCallback(
    (condition: string) => searchFor(withCondition(filter, condition)),
    [filter],
  );
  const brush = useCallback(
    (chosen: DurationBounds | undefined) => searchFor(withDuration(filter, chosen ?? {})),
    [filter],
  );
  const read = useCallback(
    (isReading: boolean) => {
      if (isReading) hold();
      else if (held === 'reader') resume();
    },
    [hold, resume, held],
  );

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
        <PageTitle documentTitle={`${filter === '' ? '' : `${filter} – `}Traces – Lambda Lantern`}>
          Traces
        </PageTitle>
        {traces.length > 0 && <span class="count">{countText}</span>}
        <ServiceChoice service={service} onChoose={addCondition} />
        <ImportTraces api={api} />
        <ListToolbar
          held={held}
          waiting={waiting}
          empty={traces.length === 0}
          sort={sort}
          onSort={sortBy}
          onPause={list.pause}
          onResume={resume}
          onClear={clear}
        />
      </header>
      <SearchBox api={api} filter={filter} onSearch={searchFor} />
      <div class="search-bar">
        <RangeControl span={span} otherwise="All" />
        <ConditionsBar filter={filter} onSearch={searchFor} />
        {filter === '' && traces.length > 0 && (
          <Examples api={api} seen={state.loaded} onSearch={searchFor} />
        )}
      </div>
      <LossesNotice losses={state.losses} />
      {clearFailure !== undefined && (
        <Notice tone="warning">The traces were not cleared. {clearFailure}</Notice>
      )}
      {(state.failure ?? failure) !== undefined && (
        <Notice tone="warning">
          The list could not be read. {state.failure ?? failure}{' '}
          <button type="button" class="button small" onClick={list.reload}>
            Try again
          </button>
        </Notice>
      )}
      {(isCounting || counted !== undefined) && (
        <div class={filter === '' ? 'distribution' : 'distribution searched'}>
          {counted === undefined ? (
            <>
              <div class="histogram" />
              <div class="differences" />
            </>
          ) : (
            <>
              <Histogram
                durations={counted}
                bounds={bounds}
                onBrush={brush}
                onStatus={(status) => addCondition(filterForWorst(status))}
              />
              <DifferencesPanel differences={differences} onCondition={addCondition} />
            </>
          )}
        </div>
      )}
      {held === 'reader' && waiting > 0 && (
        <FreshButton text={plural(waiting, 'new trace')} onShow={resume} />
      )}
      {!isReadable && (
        <section class="empty" aria-labelledby="empty-heading">
          <h2 id="empty-heading">This search cannot be read</h2>
          <p>Mend it in the field above, where it is underlined, or begin with an example.</p>
          <Examples api={api} seen={filter} onSearch={searchFor} />
        </section>
      )}
      {traces.length > 0 ? (
        <TraceTable
          traces={traces}
          span={span}
          search={search}
          hasMore={state.more !== undefined}
          onSort={sortBy}
          onCondition={addCondition}
          onNearEnd={list.readOn}
          onReading={read}
        />
      ) : (
        isReadable &&
        state.loaded &&
        (isSearching ? <NoTracesThen span={span} search={search} /> : <EmptyState service={service} />)
      )}
      <p class="visually-hidden" role="status">
        {announcement}
      </p>
    </div>
  );
}
