import { useCallback, useState } from 'preact/hooks';
import type { MetricsPage as Page } from '../../cloudwatch/view.ts';
import type { ConsoleApi } from '../api/console-api.ts';
import { useLive } from '../api/use-live.ts';
import { MessagePage } from '../components/message-page.tsx';
import { PageTitle } from '../components/page-title.tsx';
import { TextFilter } from '../components/text-filter.tsx';
import { RangeControl } from '../range/range-control.tsx';
import type { TimeSpan } from '../routing/time-span.ts';
import { isOpen, rangeOf } from '../routing/time-span.ts';
import { groupsWith } from './groups-with.ts';
import { MetricGroupSection } from './metric-group-section.tsx';

export interface MetricsPageProps {
  readonly api: ConsoleApi;
  readonly span: TimeSpan | undefined;
}

/** Charts of everything that is measured, one group for each function, queue and API. */
export function MetricsPage({ api, span }: MetricsPageProps) {
  const load = useCallback(() => api.metrics(rangeOf(span, Date.now())), [api, span]);
  const live = useLive<Page>(api, {
    load,
    concerns: () => false,
    growing: () => isOpen(span, Date.now()),
  });
  const [text, setText] = useState('');
  if (live.status === 'failed') {
    return (
      <MessagePage title="The metrics could not be read">
        <p>{live.message}</p>
      </MessagePage>
    );
  }
  if (live.status !== 'loaded') return null;
  const { groups, losses = [] } = live.value;
  const shown = groupsWith(groups, text);
  return (
    <div class="page">
      <header class="page-header">
        <PageTitle documentTitle="Metrics – Lambda Lantern">Metrics</PageTitle>
        {groups.length > 0 && (
          <TextFilter placeholder="Function, queue, metric …" value={text} onChange={setText} />
        )}
        <RangeControl span={span} otherwise="Newest" />
      </header>
      {losses.length > 0 && <p class="notice warning">Not everything is shown: {losses.join(' ')}</p>}
      {shown.map((group) => (
        <MetricGroupSection key={`${group.kind} ${group.name}`} group={group} />
      ))}
      {shown.length === 0 && (
        <section class="empty" aria-labelledby="empty-heading">
          <h2 id="empty-heading">{groups.length === 0 ? 'No metrics' : 'No metric like this'}</h2>
          <p>
            {groups.length === 0
              ? 'Nothing is measured yet: call your service, and its metrics appear here.'
              : 'There are metrics, but none with these words.'}
          </p>
        </section>
      )}
    </div>
  );
}
