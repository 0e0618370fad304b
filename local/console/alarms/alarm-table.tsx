import type { AlarmSummary } from '../../cloudwatch/view.ts';
import { AlarmStateBadge } from '../components/alarm-state-badge.tsx';
import { Badge } from '../components/badge.tsx';
import { Timestamp } from '../components/timestamp.tsx';
import { TableHead } from '../components/table-head.tsx';
import { useNow } from '../components/use-now.ts';
import { Link } from '../routing/link.tsx';
import { hrefOf } from '../routing/route.ts';
import type { TimeSpan } from '../routing/time-span.ts';

const COLUMNS = ['State', 'Alarm', 'Watches', 'Condition and reason', 'Since'];

/** Relative times need no more than this. */
const CLOCK_EVERY_MS = 5000;

export interface AlarmTableProps {
  readonly label: string;
  readonly alarms: readonly AlarmSummary[];
  readonly span: TimeSpan | undefined;
}

/** The roles repeat what a table says by itself, because the narrow layout is no table. */
export function AlarmTable({ label, alarms, span }: AlarmTableProps) {
  const clock = useNow(CLOCK_EVERY_MS);
  const now = alarms.reduce((latest, { since }) => Math.max(latest, since / 1000), clock);
  return (
    <table role="table" class="trace-table alarm-table" aria-label={label}>
      <TableHead columns={COLUMNS} />
      <tbody role="rowgroup">
        {alarms.map((alarm) => (
          <tr key={alarm.name} role="row" class={`trace-row alarm-row state-${alarm.state}`}>
            <td role="cell" class="cell-status">
              <AlarmStateBadge state={alarm.state} />
            </td>
            <td role="cell" class="cell-entry">
              <Link
                class="entry row-link"
                href={hrefOf({ page: 'alarm', name: alarm.name }, span)}
                title={alarm.name}
              >
                <bdi class="target" dir="ltr">
                  {alarm.name}
                </bdi>
              </Link>
              {alarm.kind === 'composite' && <Badge title="Made of other alarms by a rule">Composite</Badge>}
              {!alarm.actionsEnabled && <Badge title="Nobody is told when it changes">Actions off</Badge>}
            </td>
            <td role="cell" class="cell-watches">
              {alarm.resource !== undefined && (
                <>
                  <span class="count">{alarm.resource.kind}</span> {alarm.resource.name}
                </>
              )}
            </td>
            <td role="cell" class="cell-reason">
              <span class="condition">{alarm.condition}</span>
              <span class="reason" title={alarm.reason}>
                {alarm.reason}
              </span>
            </td>
            <td role="cell" class="cell-started">
              <Timestamp time={alarm.since / 1000} now={now} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
