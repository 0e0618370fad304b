import type { Timeline, TimelineRow } from '../../xray/timeline.ts';

/** Where a row's bar lies on the axis, both as a share of it (0 to 1). */
export interface Bar {
  readonly left: number;
  readonly width: number;
}

/** A row in progress reaches to the end of the axis, which is now. */
export function barOf(row: TimelineRow, { start, end }: Pick<Timeline, 'start' | 'end'>): Bar {
  const length = end - start;
  if (!(length > 0)) return { left: 0, width: 1 };
  const left = share((row.start - start) / length);
  return { left, width: share(((row.end ?? end) - start) / length) - left };
}

/** Seconds from a row's start to its end, or to `now` while in progress; never negative. */
export function durationOf(row: TimelineRow, now: number): number {
  return Math.max(0, (row.end ?? now) - row.start);
}

function share(value: number): number {
  return Number.isNaN(value) ? 0 : Math.min(1, Math.max(0, value));
}
