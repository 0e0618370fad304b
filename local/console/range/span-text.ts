import { formatDuration } from '../format/duration.ts';
import { formatRange } from '../format/time.ts';
import type { TimeSpan } from '../routing/time-span.ts';

/** A time in words: `the last 15 min`, `13:45:00 – 13:46:00`; `now` in epoch milliseconds. */
export function spanText(span: TimeSpan, now: number): string {
  return span.kind === 'last' ? `the last ${formatDuration(span.ms / 1000)}` : formatRange(span, now);
}
