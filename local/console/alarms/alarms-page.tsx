import { useState } from 'preact/hooks';
import { Notice } from '../components/notice.tsx';
import { PageTitle } from '../components/page-title.tsx';
import { plural } from '../format/text.ts';
import { useQuietAnnouncement } from '../list/use-quiet-announcement.ts';
import type { TimeSpan } from '../routing/time-span.ts';
import { AlarmFilterBar } from './alarm-filter-bar.tsx';
import type { AlarmFilter } from './alarm-list-state.ts';
import { countOf, shownAlarms } from './alarm-list-state.ts';
import { AlarmTable } from './alarm-table.tsx';
import type { AlarmList } from './use-alarm-list.ts';

export interface AlarmsPageProps {
  readonly list: AlarmList;
  readonly span: TimeSpan | undefined;
}

/** Every alarm of the service with its state, as it changes. */
export function AlarmsPage({ list, span }: AlarmsPageProps) {
  const { state } = list;
  const [filter, setFilter] = useState<AlarmFilter>({ state: undefined, text: '' });
  const shown = shownAlarms(state, filter);
  const announcement = useQuietAnnouncement(
    `${countOf(state, 'ALARM')} of ${plural(state.alarms.size, 'alarm')} in alarm`,
  );
  return (
    <div class="page">
      <header class="page-header">
        <PageTitle documentTitle="Alarms – Lambda Lantern">Alarms</PageTitle>
        {state.alarms.size > 0 && <span class="count">{plural(state.alarms.size, 'alarm')}</span>}
      </header>
      {state.failure !== undefined && (
        <Notice tone="warning">
          The alarms could not be read. {state.failure}{' '}
          <button type="button" class="button small" onClick={list.reload}>
            Try again
          </button>
        </Notice>
      )}
      {state.alarms.size > 0 && <AlarmFilterBar state={state} filter={filter} onFilter={setFilter} />}
      {shown.length > 0 && <AlarmTable label="Alarms" alarms={shown} span={span} />}
      {state.loaded && shown.length === 0 && (state.alarms.size === 0 ? <NoAlarms /> : <NothingFound />)}
      <p class="visually-hidden" role="status">
        {announcement}
      </p>
    </div>
  );
}

function NoAlarms() {
  return (
    <section class="empty" aria-labelledby="empty-heading">
      <h2 id="empty-heading">No alarms</h2>
      <p>
        The service’s CloudFormation template has no <code>AWS::CloudWatch::Alarm</code> and no{' '}
        <code>AWS::CloudWatch::CompositeAlarm</code>. The plugin <code>serverless-lambda-lantern</code> adds
        alarms for every function, queue, table and API, unless <code>custom.lantern</code> switches them off.
      </p>
    </section>
  );
}

function NothingFound() {
  return (
    <section class="empty" aria-labelledby="empty-heading">
      <h2 id="empty-heading">No alarm like this</h2>
      <p>There are alarms, but none in this state and with these words.</p>
    </section>
  );
}
