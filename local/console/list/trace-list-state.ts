import type { TraceListing } from '../../console-contract.ts';
import { isInRange } from '../../console-contract.ts';
import type { Losses, TraceSummary } from '../../xray/trace.ts';
import type { TimeSpan } from '../routing/time-span.ts';
import { rangeOf } from '../routing/time-span.ts';

/** As many as the server lists by default; older ones leave the page, not the server. */
export const MAX_LISTED = 200;

/** What is known of the list of traces. `pause` freezes what is shown; what arrives meanwhile waits in `traces`. */
export interface TraceListState {
  readonly connection: 'connecting' | 'connected' | 'lost';
  /** The list has been received at least once. */
  readonly loaded: boolean;
  /** Why the list could not be read, until it can. */
  readonly failure: string | undefined;
  readonly traces: ReadonlyMap<string, TraceSummary>;
  /** Ids heard of since the connection stands; a list asked for earlier may lack them. */
  readonly heard: ReadonlySet<string>;
  /** What is shown while paused. */
  readonly frozen: readonly TraceSummary[] | undefined;
  readonly losses: Losses;
}

export type TraceListAction =
  /** `moved`: another time is listed. */
  | { readonly type: 'connected' | 'lost' | 'cleared' | 'paused' | 'resumed' | 'moved' }
  | { readonly type: 'listed'; readonly listing: TraceListing }
  | { readonly type: 'failed'; readonly message: string }
  | { readonly type: 'arrived'; readonly summaries: readonly TraceSummary[] }
  | { readonly type: 'losses'; readonly losses: Losses };

export const initialTraceList: TraceListState = {
  connection: 'connecting',
  loaded: false,
  failure: undefined,
  traces: new Map(),
  heard: new Set(),
  frozen: undefined,
  losses: { invalid: 0, invalidReasons: {}, evictedTraces: 0, refusedDocuments: 0, droppedDatagrams: 0 },
};

export function traceListReducer(state: TraceListState, action: TraceListAction): TraceListState {
  switch (action.type) {
    case 'connected':
      return { ...state, connection: 'connected', heard: new Set() };
    case 'lost':
      return { ...state, connection: 'lost' };
    case 'listed':
      return withListing(state, action.listing);
    case 'failed':
      return { ...state, failure: action.message };
    case 'arrived':
      return {
        ...state,
        traces: newestOf(merge(state.traces, action.summaries)),
        heard: new Set([...state.heard, ...action.summaries.map(({ id }) => id)]),
      };
    case 'losses':
      return { ...state, losses: action.losses };
    case 'cleared':
      return {
        ...state,
        traces: new Map(),
        heard: new Set(),
        frozen: state.frozen && [],
        losses: initialTraceList.losses,
      };
    case 'moved':
      return { ...state, loaded: false, traces: new Map(), heard: new Set(), frozen: undefined };
    case 'paused':
      return { ...state, frozen: newestFirst(state.traces) };
    case 'resumed':
      return { ...state, frozen: undefined };
  }
}

/** What to show, newest first. */
export function shownTraces(state: TraceListState): readonly TraceSummary[] {
  return state.frozen ?? newestFirst(state.traces);
}

/** How many traces are new or have changed since the list was paused. */
export function waitingCount(state: TraceListState): number {
  if (state.frozen === undefined) return 0;
  const shown = new Map(state.frozen.map(({ id, revision }) => [id, revision]));
  return [...state.traces.values()].filter(({ id, revision }) => shown.get(id) !== revision).length;
}

function withListing(state: TraceListState, { traces, losses }: TraceListing): TraceListState {
  const heard = [...state.traces.values()].filter(({ id }) => state.heard.has(id));
  const listed = new Map(traces.map((summary) => [summary.id, summary]));
  return { ...state, loaded: true, failure: undefined, traces: newestOf(merge(listed, heard)), losses };
}

function merge(traces: ReadonlyMap<string, TraceSummary>, summaries: readonly TraceSummary[]) {
  const merged = new Map(traces);
  for (const summary of summaries) {
    const known = merged.get(summary.id);
    if (known === undefined || known.revision < summary.revision) merged.set(summary.id, summary);
  }
  return merged;
}

function newestOf(traces: ReadonlyMap<string, TraceSummary>): ReadonlyMap<string, TraceSummary> {
  if (traces.size <= MAX_LISTED) return traces;
  return new Map(
    newestFirst(traces)
      .slice(0, MAX_LISTED)
      .map((summary) => [summary.id, summary]),
  );
}

function newestFirst(traces: ReadonlyMap<string, TraceSummary>): readonly TraceSummary[] {
  return [...traces.values()].sort(
    (one, other) => other.startTime - one.startTime || (one.id < other.id ? -1 : 1),
  );
}

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
