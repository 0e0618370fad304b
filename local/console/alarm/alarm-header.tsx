import type { AlarmSummary, MetricChart } from '../../cloudwatch/view.ts';
import { AlarmStateBadge } from '../components/alarm-state-badge.tsx';
import { Badge } from '../components/badge.tsx';
import { PageTitle } from '../components/page-title.tsx';
import { Timestamp } from '../components/timestamp.tsx';
import { formatExact } from '../format/time.ts';
import { Link } from '../routing/link.tsx';
import { hrefOf } from '../routing/route.ts';
import type { TimeSpan } from '../routing/time-span.ts';
import { latestBreach } from '../chart/moments.ts';

export interface AlarmHeaderProps {
  readonly alarm: AlarmSummary;
  readonly chart: MetricChart | undefined;
  readonly span: TimeSpan | undefined;
  /** Epoch seconds. */
  readonly now: number;
}

export function AlarmHeader({ alarm, chart, span, now }: AlarmHeaderProps) {
  const breach = chart === undefined ? undefined : latestBreach(chart);
  const { resource } = alarm;
  return (
    <header class="trace-header">
      <Link class="back" href={hrefOf({ page: 'alarms' }, span)}>
        ← All alarms
      </Link>
      <div class="trace-title">
        <PageTitle documentTitle={`${alarm.name} – Lambda Lantern`}>
          <span class="entry">{alarm.name}</span>
        </PageTitle>
        <span role="status">
          <AlarmStateBadge state={alarm.state} />
        </span>
        {alarm.kind === 'composite' && <Badge title="Made of other alarms by a rule">Composite</Badge>}
        {!alarm.actionsEnabled && <Badge title="Nobody is told when it changes">Actions off</Badge>}
        {breach !== undefined && (
          <Link class="button" href={hrefOf({ page: 'list' }, { kind: 'between', ...breach }, alarm.name)}>
            Traces of the latest breach
          </Link>
        )}
      </div>
      <p class="reason">{alarm.reason}</p>
      <dl class="facts">
        <div>
          <dt>Since</dt>
          <dd>
            {formatExact(alarm.since / 1000)} (<Timestamp time={alarm.since / 1000} now={now} />)
          </dd>
        </div>
        {alarm.kind !== 'composite' && (
          <div>
            <dt>Condition</dt>
            <dd>{alarm.condition}</dd>
          </div>
        )}
        {resource !== undefined && (
          <div>
            <dt>Watches</dt>
            <dd>
              {resource.kind} {resource.name}
            </dd>
          </div>
        )}
      </dl>
    </header>
  );
}
