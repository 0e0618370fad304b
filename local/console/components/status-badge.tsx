import type { EntityStatus } from '../../xray/trace.ts';
import { StatusIcon } from './status-icon.tsx';
import { statusLabels, statusMeanings } from './status.ts';

export interface StatusBadgeProps {
  readonly status: EntityStatus;
}

export function StatusBadge({ status }: StatusBadgeProps) {
  return (
    <span class={`status-badge status-${status}`} title={statusMeanings[status]}>
      <StatusIcon status={status} />
      {statusLabels[status]}
    </span>
  );
}
