import type { Stretch } from '../../xray/timeline-analysis.ts';
import type { TimelineRow } from '../../xray/timeline.ts';

/** Where a row's bar lies on the axis, both as a share of it (0 to 1). */
export interface Bar {
  readonly left: number;
  readonly width: number;
}

/** A row in progress reaches to the end of the axis. */
export function barOf(row: TimelineRow, axis: Stretch): Bar {
  if (!(axis.end > axis.start)) return { left: 0, width: 1 };
  const left = shareOf(row.start, axis);
  return { left, width: shareOf(row.end ?? axis.end, axis) - left };
}

/** Where a moment lies on the axis, from 0 to 1; what lies beside it is at its nearer end. */
export function shareOf(time: number, { start, end }: Stretch): number {
  const value = (time - start) / (end - start);
  return Number.isNaN(value) ? 0 : Math.min(1, Math.max(0, value));
}

/** Whether anything of it lies on the axis; what is in progress has no end. */
export function isShown(
  { start, end = Infinity }: Partial<Stretch> & Pick<Stretch, 'start'>,
  axis: Stretch,
): boolean {
  return !(end < axis.start || start > axis.end);
}

/** Seconds from a row's start to its end, or to `now` while in progress; never negative. */
export function durationOf(row: TimelineRow, now: number): number {
  return Math.max(0, (row.end ?? now) - row.start);
}
