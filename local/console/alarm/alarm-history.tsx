import type { AlarmTransition } from '../../cloudwatch/view.ts';
import { AlarmStateBadge } from '../components/alarm-state-badge.tsx';
import { Timestamp } from '../components/timestamp.tsx';
import { formatClock } from '../format/time.ts';

export interface AlarmHistoryProps {
  readonly history: readonly AlarmTransition[];
  /** Epoch seconds. */
  readonly now: number;
}

/** How the state changed, newest first, and what was done about it. */
export function AlarmHistory({ history, now }: AlarmHistoryProps) {
  if (history.length === 0) return <p class="hint">The state has not changed since the alarm exists.</p>;
  return (
    <ol class="history">
      {history.map(({ at, from, to, reason, actions }, index) => (
        <li key={`${at} ${history.length - index}`}>
          <p class="history-when">
            <span class="number">{formatClock(at)}</span>
            <span class="count">
              <Timestamp time={at / 1000} now={now} />
            </span>
          </p>
          <div class="history-what">
            <p class="history-states">
              <AlarmStateBadge state={from} />
              <span aria-hidden="true">→</span>
              <span class="visually-hidden">became</span>
              <AlarmStateBadge state={to} />
            </p>
            <p class="reason">{reason}</p>
            {actions.length > 0 && (
              <ul class="actions">
                {actions.map((action, order) => (
                  <li key={order}>{action}</li>
                ))}
              </ul>
            )}
          </div>
        </li>
      ))}
    </ol>
  );
}
