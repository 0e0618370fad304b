import { useCallback, useMemo, useState } from 'preact/hooks';
import type { TracePage, Trace } from '../../xray/trace.ts';
import type { ConsoleApi } from '../api/console-api.ts';
import { useNow } from '../components/use-now.ts';
import { DetailsPanel } from '../details/details-panel.tsx';
import type { TimeSpan } from '../routing/time-span.ts';
import { TraceMap } from '../map/trace-map.tsx';
import { TimelineGrid } from '../timeline/timeline-grid.tsx';
import { insightsOf } from '../timeline/insights.ts';
import { ancestorsOf } from '../timeline/rows.ts';
import { factsOf, failuresIn, firstFailure } from './trace-facts.ts';
import { TraceActions } from './trace-actions.tsx';
import { TraceHeader } from './trace-header.tsx';
import { useHistories } from './use-histories.ts';
import { useSelection } from './use-selection.ts';
import type { Timeline } from '../../xray/timeline.ts';
import { buildTimeline } from '../../xray/timeline.ts';

const CLOCK_EVERY_MS = 1000;

export interface TraceViewProps {
  readonly api: ConsoleApi;
  readonly page: TracePage;
  /** The time of the list that led here. */
  readonly span: TimeSpan | undefined;
}

/** A loaded trace: its head, the timeline, and the details of the selected row. */
export function TraceView({ api, page, span }: TraceViewProps) {
  const traces = useMemo(() => [page.trace, ...page.linked], [page]);
  const now = useNow(CLOCK_EVERY_MS);
  const timeline = useTimeline(traces, now);
  const { rows } = timeline;

  const [collapsed, setCollapsed] = useState<ReadonlySet<string>>(new Set());
  const [selectedKey, select] = useSelection();
  const selected = useMemo(() => rows.find(({ key }) => key === selectedKey), [rows, selectedKey]);
  const failure = useMemo(() => firstFailure(rows), [rows]);
  const failures = useMemo(() => failuresIn(rows).map(({ key }) => key), [rows]);
  const histories = useHistories(
    api,
    traces.map(({ id }) => id),
    rows.every(({ end }) => end !== undefined),
  );
  const insights = useMemo(() => insightsOf(timeline, histories), [timeline, histories]);
  const facts = useMemo(() => factsOf(page, timeline), [page, timeline]);

  const show = useCallback(
    (key: string) => {
      const above = new Set(ancestorsOf(rows, key));
      setCollapsed((before) => new Set([...before].filter((each) => !above.has(each))));
      select(key);
    },
    [rows, select],
  );
  const close = useCallback(() => select(undefined), [select]);

  return (
    <div class="page trace-page">
      <TraceHeader
        traceId={page.trace.id}
        facts={facts}
        failure={failure}
        span={span}
        now={now}
        onShow={show}
        actions={<TraceActions api={api} page={page} />}
      />
      <TraceMap api={api} traceIds={traces.map(({ id }) => id)} />
      <div class={selected === undefined ? 'trace-body' : 'trace-body with-details'}>
        <TimelineGrid
          timeline={timeline}
          insights={insights}
          failures={failures}
          pageTraceId={page.trace.id}
          collapsed={collapsed}
          selectedKey={selected?.key}
          onCollapse={setCollapsed}
          onSelect={select}
          onShow={show}
        />
        {selected !== undefined && (
          <DetailsPanel
            key={selected.key}
            api={api}
            row={selected}
            timeline={timeline}
            insights={insights}
            traces={traces}
            onShow={show}
            onClose={close}
          />
        )}
      </div>
    </div>
  );
}

/** The traces on one axis; while something is in progress it is laid out anew as `now` moves, otherwise once. */
function useTimeline(traces: readonly Trace[], now: number): Timeline {
  const first = useMemo(() => buildTimeline(traces, now), [traces]);
  const growing = first.rows.some(({ end }) => end === undefined);
  return useMemo(() => (growing ? buildTimeline(traces, now) : first), [first, growing ? now : 0]);
}
