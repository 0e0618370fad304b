import type { TraceSummary } from '../../xray/trace.ts';
import { isInRange } from '../../console-contract.ts';
import { rangeOf, type TimeSpan } from '../routing/time-span.ts';
import { shownTraces, type TraceListState } from './trace-list-state.ts';

/** What the page lists: as time goes on, traces leave the last so many minutes. A paused list stands still. */
export function tracesOfSpan(
  state: TraceListState,
  span: TimeSpan | undefined,
  nowMs: number,
): readonly TraceSummary[] {
  const traces = shownTraces(state);
  const range = span?.kind === 'last' && state.frozen === undefined ? rangeOf(span, nowMs) : undefined;
  // What arrived since `nowMs` was read is newer, not outside.
  return range === undefined
    ? traces
    : traces.filter((trace) => isInRange(trace, { from: range.from, to: Infinity }));
}
