import { useMemo, useState } from 'preact/hooks';
import { changeOf, compareTimelines, differsInKind } from '../../xray/compare.ts';
import type { ComparedRow } from '../../xray/compare.ts';
import { formatDuration } from '../../xray/format-duration.ts';
import type { Timeline } from '../../xray/timeline.ts';
import { buildTimeline } from '../../xray/timeline.ts';
import type { TracePage } from '../../xray/trace.ts';
import type { ConsoleApi } from '../api/console-api.ts';
import { MessagePage } from '../components/message-page.tsx';
import { PageTitle } from '../components/page-title.tsx';
import { StatusBadge } from '../components/status-badge.tsx';
import { EntryText } from '../entry/entry-text.tsx';
import { formatExact } from '../format/time.ts';
import { plural } from '../format/text.ts';
import { Link } from '../routing/link.tsx';
import { hrefOf } from '../routing/route.ts';
import type { LoadedTrace } from '../trace/use-trace.ts';
import { useTrace } from '../trace/use-trace.ts';
import { factsOf } from '../trace/trace-facts.ts';
import { CompareWith } from './compare-with.tsx';
import { CompareTable } from './compare-table.tsx';

export interface ComparePageProps {
  readonly api: ConsoleApi;
  readonly traceIds: readonly [before: string, after: string];
}

/** Two traces side by side, each read again as it grows. */
export function ComparePage({ api, traceIds: [before, after] }: ComparePageProps) {
  const loaded = [useTrace(api, before), useTrace(api, after)] as const;
  const [one, other] = loaded;
  if (one.status === 'loaded' && other.status === 'loaded') {
    return <Comparison key={`${before}..${after}`} api={api} before={one.page} after={other.page} />;
  }
  if (loaded.some(({ status }) => status === 'loading')) return null;
  return (
    <MessagePage title="These traces cannot be compared">
      {[before, after].map((id, index) => (
        <p key={id}>
          <code>{id}</code> {stateText(loaded[index])}
        </p>
      ))}
      {[before, after]
        .filter((_, index) => loaded[index]?.status === 'loaded')
        .map((id) => (
          <CompareWith key={id} api={api} traceId={id} />
        ))}
    </MessagePage>
  );
}

function stateText(loaded: LoadedTrace | undefined): string {
  if (loaded?.status === 'failed') return `could not be read: ${loaded.message}`;
  return loaded?.status === 'loaded'
    ? 'is there.'
    : 'is not held. It may not have arrived yet, or have been cleared; a function whose tracing is off has none.';
}

interface ComparisonProps {
  readonly api: ConsoleApi;
  readonly before: TracePage;
  readonly after: TracePage;
}

function Comparison({ api, before, after }: ComparisonProps) {
  const timelines = useMemo(() => [timelineOf(before), timelineOf(after)] as const, [before, after]);
  const rows = useMemo(() => compareTimelines(...timelines), [timelines]);
  const [onlyDifferent, setOnlyDifferent] = useState(false);
  return (
    <div class="page compare-page">
      <Link class="back" href={hrefOf({ page: 'list' })}>
        ← All traces
      </Link>
      <PageTitle documentTitle="Two traces – Lambda Lantern">Two traces side by side</PageTitle>
      <div class="compared">
        <Side api={api} name="A" page={before} timeline={timelines[0]} />
        <Side api={api} name="B" page={after} timeline={timelines[1]} />
      </div>
      <p class="compare-summary" role="status">
        {summaryOf(rows)}
      </p>
      <label class="check">
        <input
          type="checkbox"
          checked={onlyDifferent}
          onChange={({ currentTarget }) => setOnlyDifferent(currentTarget.checked)}
        />{' '}
        Only what happened in one of them, or ended in another way
      </label>
      <CompareTable rows={onlyDifferent ? rows.filter(differsInKind) : rows} timelines={timelines} />
    </div>
  );
}

interface SideProps {
  readonly api: ConsoleApi;
  readonly name: string;
  readonly page: TracePage;
  readonly timeline: Timeline;
}

function Side({ api, name, page, timeline }: SideProps) {
  const facts = factsOf({ trace: page.trace, linked: [] }, timeline);
  return (
    <section class="side" aria-label={`Trace ${name}`}>
      <strong class="side-name">{name}</strong>
      <Link href={hrefOf({ page: 'trace', traceId: page.trace.id })}>
        <EntryText entry={facts.entry} />
      </Link>
      <StatusBadge status={facts.status} />
      <span class="number">{formatDuration(facts.duration)}</span>
      <span class="count">{formatExact(facts.startTime)}</span>
      <CompareWith api={api} traceId={page.trace.id} side={name} />
    </section>
  );
}

/** Each of them alone: what is linked to it is another comparison. */
function timelineOf({ trace }: TracePage): Timeline {
  return buildTimeline([trace], Date.now() / 1000);
}

function summaryOf(rows: readonly ComparedRow[]): string {
  const both = rows.filter(({ before, after }) => before !== undefined && after !== undefined);
  const onlyBefore = rows.filter(({ after }) => after === undefined).length;
  const onlyAfter = rows.filter(({ before }) => before === undefined).length;
  const changed = both.filter(differsInKind).length;
  const change = both[0] && changeOf(both[0]);
  const parts = [
    change === undefined ? undefined : changeText(change),
    `${plural(both.length, 'row')} in both`,
    onlyBefore > 0 ? `${onlyBefore} only in A` : undefined,
    onlyAfter > 0 ? `${onlyAfter} only in B` : undefined,
    changed > 0 ? `${changed} with another status` : undefined,
  ];
  return `${parts.filter((part) => part !== undefined).join('; ')}.`;
}

function changeText(seconds: number): string {
  if (seconds === 0) return 'B took as long as A';
  return `B was ${formatDuration(Math.abs(seconds))} ${seconds > 0 ? 'slower' : 'faster'}`;
}
