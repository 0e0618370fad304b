import { useMemo } from 'preact/hooks';
import { buildTimeline, type Timeline } from '../../xray/timeline.ts';
import type { Trace } from '../../xray/trace.ts';

/** The traces on one axis; while something is in progress it is laid out anew as `now` moves, otherwise once. */
export function useTimeline(traces: readonly Trace[], now: number): Timeline {
  const first = useMemo(() => buildTimeline(traces, now), [traces]);
  const growing = first.rows.some(({ end }) => end === undefined);
  return useMemo(() => (growing ? buildTimeline(traces, now) : first), [first, growing ? now : 0]);
}
