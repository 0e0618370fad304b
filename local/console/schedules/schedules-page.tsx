import type { ScheduleEntry } from '../../console-contract.ts';
import type { ConsoleApi } from '../api/console-api.ts';
import { Badge } from '../components/badge.tsx';
import { Notice } from '../components/notice.tsx';
import { PageTitle } from '../components/page-title.tsx';
import { TableHead } from '../components/table-head.tsx';
import { Timestamp } from '../components/timestamp.tsx';
import { useNow } from '../components/use-now.ts';
import { plural } from '../format/text.ts';
import { useSchedules } from './use-schedules.ts';

const COLUMNS = ['Schedule', 'Runs by', 'Next', 'Last', 'By hand'];

export interface SchedulesPageProps {
  readonly api: ConsoleApi;
}

/** What runs by the clock, when it runs, and a button that runs it now. */
export function SchedulesPage({ api }: SchedulesPageProps) {
  const { entries, problem, started, run } = useSchedules(api);
  const now = useNow(1000);
  return (
    <div class="page">
      <header class="page-header">
        <PageTitle documentTitle="Schedules – Lambda Lantern">Schedules</PageTitle>
        {entries !== undefined && entries.length > 0 && (
          <span class="count">{plural(entries.length, 'schedule')}</span>
        )}
      </header>
      {problem !== undefined && <Notice tone="warning">{problem}</Notice>}
      {entries !== undefined && entries.length > 0 && (
        <table role="table" class="trace-table schedule-table" aria-label="Schedules">
          <TableHead columns={COLUMNS} />
          <tbody role="rowgroup">
            {entries.map((entry) => (
              <ScheduleRow key={entry.id} entry={entry} now={now} run={run} />
            ))}
          </tbody>
        </table>
      )}
      {entries?.length === 0 && (
        <section class="empty" aria-labelledby="empty-heading">
          <h2 id="empty-heading">No schedules</h2>
          <p>
            The service has no rule of EventBridge with a schedule, and no schedule of EventBridge Scheduler.
          </p>
        </section>
      )}
      <p class="visually-hidden" role="status">
        {started !== undefined && `The event of ${started} is on its way.`}
      </p>
    </div>
  );
}

interface ScheduleRowProps {
  readonly entry: ScheduleEntry;
  readonly now: number;
  readonly run: (id: string) => void;
}

/** The roles repeat what a table says by itself, because the narrow layout is no table. */
function ScheduleRow({
  entry: { id, expression, enabled, targets, next, last },
  now,
  run,
}: ScheduleRowProps) {
  return (
    <tr role="row">
      <td role="cell" class="cell-schedule">
        <span class="target">{id}</span>
        {!enabled && <Badge title="It does not run by itself">Disabled</Badge>}
        <span class="schedule-targets">{targets.join(', ')}</span>
      </td>
      <td role="cell">
        <code>{expression}</code>
      </td>
      <td role="cell">
        {next === undefined ? <span class="count">never</span> : <Timestamp time={next / 1000} now={now} />}
      </td>
      <td role="cell">
        {last === undefined ? (
          <span class="count">not yet</span>
        ) : (
          <Timestamp time={last / 1000} now={Math.max(now, last / 1000)} />
        )}
      </td>
      <td role="cell">
        <button type="button" class="button small" aria-label={`Run now: ${id}`} onClick={() => run(id)}>
          Run now
        </button>
      </td>
    </tr>
  );
}
