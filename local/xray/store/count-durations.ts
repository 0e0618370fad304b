import type { DurationBin, Durations } from '../durations.ts';
import { DURATION_EDGES } from '../durations.ts';
import type { EntityStatus } from '../trace.ts';
import type { Candidates } from './find-traces.ts';
import { findTraces, selectionCondition } from './find-traces.ts';
import type { TraceSelection } from './search.ts';
import { idCondition } from './search.ts';
import { SEVERITIES } from './trace-row.ts';

/** Of traces that no index tells to match: as many as are looked at for one answer. */
const MAX_COUNTED_ONE_BY_ONE = 2000;

/** Counts the traces that a filter matches, by how long they took and by their status. */
export function countDurations(selection: TraceSelection, candidates: Candidates): Durations {
  const condition = selectionCondition(selection, candidates.select);
  const found =
    condition === undefined
      ? findTraces({ ...selection, limit: MAX_COUNTED_ONE_BY_ONE }, candidates)
      : undefined;
  const counted = condition ?? idCondition(found?.ids);
  const rows = candidates.select({
    text:
      `SELECT ${binOf(0, DURATION_EDGES.length)} AS bin, severity, count(*) AS count FROM traces ` +
      `WHERE ${counted.text} GROUP BY bin, severity ORDER BY bin`,
    values: counted.values,
  });
  const bins = new Map<number, Partial<Record<EntityStatus, number>>>();
  for (const { bin, severity, count } of rows) {
    const counts = bins.get(Number(bin)) ?? {};
    counts[SEVERITIES[Number(severity)] ?? 'ok'] = Number(count);
    bins.set(Number(bin), counts);
  }
  return {
    bins: Array.from(bins, ([index, counts]): DurationBin => ({ index, counts })),
    isComplete: found?.cursor === undefined,
  };
}

/** Halves the edges, so that each trace is compared with few of them. */
function binOf(from: number, to: number): string {
  if (from === to) return String(from);
  const middle = Math.floor((from + to) / 2);
  return `CASE WHEN duration < ${DURATION_EDGES[middle]} THEN ${binOf(from, middle)} ELSE ${binOf(middle + 1, to)} END`;
}
