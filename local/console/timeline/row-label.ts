import type { TimelineRow } from '../../xray/timeline.ts';
import { statusLabels } from '../components/status.ts';
import { formatDuration } from '../format/duration.ts';
import { durationOf } from './bar.ts';

/** A row in words: name, type, status, duration. What the bar shows to those who see it. */
export function rowLabel(row: TimelineRow, now: number): string {
  return [
    row.name,
    row.type,
    statusLabels[row.status],
    row.end === undefined
      ? `${formatDuration(durationOf(row, now))} so far`
      : formatDuration(durationOf(row, now)),
    row.orphan ? 'parent missing' : undefined,
  ]
    .filter((part) => part !== undefined)
    .join(', ');
}
