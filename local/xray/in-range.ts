import type { TimeRange } from '../cloudwatch/view.ts';
import type { TraceSummary } from './trace.ts';

/** Whether any moment of the trace, as far as it is known, lies in the range. */
export function isInRange({ startTime, duration }: TraceSummary, { from, to }: TimeRange): boolean {
  return startTime * 1000 < to && (startTime + duration) * 1000 >= from;
}
