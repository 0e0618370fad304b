import type { SortOrder, TraceListing } from '../../console-contract.ts';
import { isInRange } from '../../console-contract.ts';
import { WORST_FIRST } from '../../xray/status.ts';
import type { Losses, TraceSummary } from '../../xray/trace.ts';
import type { TimeSpan } from '../routing/time-span.ts';
import { rangeOf } from '../routing/time-span.ts';

/** Traces that arrive are kept up to this many beyond those that were listed; then the list is read anew. */
export const MAX_ARRIVED = 1000;

/**
 * What is known of the list of traces. `held` freezes what is shown; what arrives meanwhile waits in `traces`.
 */
export interface TraceListState {
  readonly connection: 'connecting' | 'connected' | 'lost';
  /** The list has been received at least once. */
  readonly loaded: boolean;
  /** Why the list could not be read, until it can. */
  readonly failure: string | undefined;
  readonly sort: SortOrder;
  readonly traces: ReadonlyMap<string, TraceSummary>;
  /** Ids heard of since the list was asked for; that list may lack them. */
  readonly heard: ReadonlySet<string>;
  /** The list goes on behind this trace, and is asked for with this cursor. */
  readonly more: { readonly after: TraceSummary; readonly cursor: string } | undefined;
  /** Traces that arrived and were not kept: there were too many. */
  readonly missed: number;
  /** What is shown while the list stands still: because it was paused, or because somebody reads in it. */
  readonly held: { readonly by: 'pause' | 'reader'; readonly traces: readonly TraceSummary[] } | undefined;
  readonly losses: Losses;
}

export type TraceListAction =
  /** `asked`: the list is about to be read from its beginning. */
  | { readonly type: 'asked' | 'connected' | 'lost' | 'cleared' | 'paused' | 'reading' | 'resumed' }
  /** `moved`: other traces are listed; `sorted`: those of before in another order, and what was read of them stays meanwhile. */
  | { readonly type: 'moved' | 'sorted'; readonly sort: SortOrder }
  | { readonly type: 'listed' | 'continued'; readonly listing: TraceListing }
  | { readonly type: 'failed'; readonly message: string }
  /** `gone`: those that do not match any more. */
  | {
      readonly type: 'arrived';
      readonly summaries: readonly TraceSummary[];
      readonly gone?: readonly string[];
    }
  | { readonly type: 'losses'; readonly losses: Losses };

export const initialTraceList: TraceListState = {
  connection: 'connecting',
  loaded: false,
  failure: undefined,
  sort: 'start',
  traces: new Map(),
  heard: new Set(),
  more: undefined,
  missed: 0,
  held: undefined,
  losses: { invalid: 0, invalidReasons: {}, evictedTraces: 0, refusedDocuments: 0, droppedDatagrams: 0 },
};

export function traceListReducer(state: TraceListState, action: TraceListAction): TraceListState {
  switch (action.type) {
    case 'connected':
      return { ...state, connection: 'connected', heard: new Set() };
    case 'asked':
      return { ...state, heard: new Set() };
    case 'lost':
      return { ...state, connection: 'lost' };
    case 'listed':
      return withListing(state, action.listing);
    case 'continued':
      return withMore(state, action.listing);
    case 'failed':
      return { ...state, failure: action.message };
    case 'arrived':
      return withArrived(state, action.summaries, action.gone ?? []);
    case 'losses':
      return { ...state, losses: action.losses };
    case 'cleared':
      return {
        ...state,
        ...nothing,
        held: state.held && { ...state.held, traces: [] },
        losses: { ...initialTraceList.losses, ...fileFailureIn(state.losses) },
      };
    case 'moved':
      return { ...state, ...nothing, sort: action.sort, loaded: false, failure: undefined, held: undefined };
    case 'sorted':
      return { ...state, sort: action.sort, more: undefined, failure: undefined, held: undefined };
    case 'paused':
      return { ...state, held: { by: 'pause', traces: shownTraces(state) } };
    case 'reading':
      return state.held === undefined
        ? { ...state, held: { by: 'reader', traces: shownTraces(state) } }
        : state;
    case 'resumed':
      return { ...state, held: undefined };
  }
}

const nothing = { traces: new Map(), heard: new Set<string>(), more: undefined, missed: 0 };

/** What to show, in its order. */
export function shownTraces(state: TraceListState): readonly TraceSummary[] {
  return state.held?.traces ?? known(state);
}

/** How many traces wait while the list stands still: new ones, and those that have changed where they do not show it. */
export function waitingCount(state: TraceListState): number {
  const { held, missed } = state;
  if (held === undefined) return 0;
  const shown = new Map(held.traces.map(({ id, revision }) => [id, revision]));
  const waiting = known(state).filter(({ id, revision }) =>
    held.by === 'pause' ? shown.get(id) !== revision : !shown.has(id),
  );
  return waiting.length + missed;
}

/** The traces of the part of the list that was read; what arrived and belongs behind it comes with the rest. */
function known({ traces, sort, more }: TraceListState): readonly TraceSummary[] {
  const order = ORDERS[sort];
  const sorted = [...traces.values()].sort(order);
  return more === undefined ? sorted : sorted.filter((trace) => order(trace, more.after) <= 0);
}

function withListing(state: TraceListState, listing: TraceListing): TraceListState {
  const { traces, losses } = listing;
  const heard = [...state.traces.values()].filter(({ id }) => state.heard.has(id));
  const listed = new Map(traces.map((summary) => [summary.id, summary]));
  return {
    ...state,
    loaded: true,
    failure: undefined,
    traces: merge(listed, heard),
    more: moreOf(listing),
    missed: 0,
    losses,
  };
}

function withMore(state: TraceListState, listing: TraceListing): TraceListState {
  const next = { ...state, traces: merge(state.traces, listing.traces), more: moreOf(listing, state) };
  if (state.held === undefined) return next;
  const shown = new Set(state.held.traces.map(({ id }) => id));
  const added = listing.traces.filter(({ id }) => !shown.has(id));
  return { ...next, held: { ...state.held, traces: [...state.held.traces, ...added] } };
}

/** An answer may have a cursor and no trace: then the list goes on behind the trace that it went on behind before. */
function moreOf({ traces, cursor }: TraceListing, before?: TraceListState): TraceListState['more'] {
  const after = traces.at(-1) ?? before?.more?.after;
  return cursor === undefined || after === undefined ? undefined : { after, cursor };
}

function withArrived(
  state: TraceListState,
  summaries: readonly TraceSummary[],
  gone: readonly string[],
): TraceListState {
  const room = MAX_ARRIVED - state.heard.size;
  const fresh = summaries.filter(({ id }) => !state.traces.has(id));
  const refused = new Set(fresh.slice(Math.max(0, room)).map(({ id }) => id));
  const kept = summaries.filter(({ id }) => !refused.has(id));
  const traces = new Map(merge(state.traces, kept));
  for (const id of gone) traces.delete(id);
  const { held } = state;
  return {
    ...state,
    traces,
    heard: new Set([...state.heard, ...kept.map(({ id }) => id)]),
    missed: state.missed + refused.size,
    // What somebody reads stays where it is, and says what is new of it.
    held:
      held?.by === 'reader'
        ? { ...held, traces: held.traces.map((trace) => traces.get(trace.id) ?? trace) }
        : held,
  };
}

function merge(traces: ReadonlyMap<string, TraceSummary>, summaries: readonly TraceSummary[]) {
  const merged = new Map(traces);
  for (const summary of summaries) {
    const before = merged.get(summary.id);
    if (before === undefined || before.revision < summary.revision) merged.set(summary.id, summary);
  }
  return merged;
}

type Order = (one: TraceSummary, other: TraceSummary) => number;

function byId(one: TraceSummary, other: TraceSummary): number {
  return one.id === other.id ? 0 : one.id < other.id ? -1 : 1;
}

const byStart: Order = (one, other) => other.startTime - one.startTime || byId(one, other);
const byDuration: Order = (one, other) => other.duration - one.duration || byId(one, other);
const byStatus: Order = (one, other) =>
  WORST_FIRST.indexOf(one.status) - WORST_FIRST.indexOf(other.status) || byStart(one, other);

/** As the server sorts. */
const ORDERS: Readonly<Record<SortOrder, Order>> = {
  start: byStart,
  duration: byDuration,
  status: byStatus,
  'start-asc': (one, other) => byStart(other, one),
  'duration-asc': (one, other) => byDuration(other, one),
  'status-asc': (one, other) => byStatus(other, one),
};

/** What the page lists: as time goes on, traces leave the last so many minutes. A list that is held stands still. */
export function tracesOfSpan(
  state: TraceListState,
  span: TimeSpan | undefined,
  nowMs: number,
): readonly TraceSummary[] {
  const traces = shownTraces(state);
  const range = span?.kind === 'last' && state.held === undefined ? rangeOf(span, nowMs) : undefined;
  // What arrived since `nowMs` was read is newer, not outside.
  return range === undefined
    ? traces
    : traces.filter((trace) => isInRange(trace, { from: range.from, to: Infinity }));
}

/** What clearing does not mend. */
function fileFailureIn({ fileFailure }: Losses): Pick<Losses, 'fileFailure'> {
  return fileFailure === undefined ? {} : { fileFailure };
}
