import { describe, expect, it } from 'vitest';
import type { TraceListing } from '../../../local/console-contract.ts';
import type { TraceListAction, TraceListState } from '../../../local/console/list/trace-list-state.ts';
import {
  initialTraceList,
  MAX_ARRIVED,
  shownTraces,
  traceListReducer,
  waitingCount,
  tracesOfSpan,
} from '../../../local/console/list/trace-list-state.ts';
import type { TraceSummary } from '../../../local/xray/trace.ts';
import { noLosses, summary } from '../../fixtures/console/entities.ts';

function after(...actions: readonly TraceListAction[]): TraceListState {
  return actions.reduce(traceListReducer, initialTraceList);
}

function shownIds(state: TraceListState) {
  return shownTraces(state).map(({ id }) => id);
}

const old = summary('old', { startTime: 1 });
const recent = summary('recent', { startTime: 2 });
const listed: TraceListAction = { type: 'listed', listing: { traces: [old], losses: noLosses } };

describe('the state of the trace list', () => {
  it('shows the newest trace first, in whatever order they arrive', () => {
    expect(shownIds(after(listed, { type: 'arrived', summaries: [recent] }))).toEqual(['recent', 'old']);
  });

  it('keeps the newest revision of a trace when an older one arrives late', () => {
    const state = after(
      { type: 'arrived', summaries: [{ ...old, revision: 3, status: 'fault' }] },
      { type: 'arrived', summaries: [{ ...old, revision: 2 }] },
    );
    expect(shownTraces(state)).toMatchObject([{ revision: 3, status: 'fault' }]);
  });

  it('keeps what it heard while the list was under way', () => {
    const state = after({ type: 'connected' }, { type: 'arrived', summaries: [recent] }, listed);
    expect(shownIds(state)).toEqual(['recent', 'old']);
  });

  it('forgets after a reconnection what the server no longer lists', () => {
    const state = after(
      { type: 'arrived', summaries: [recent] },
      { type: 'lost' },
      { type: 'connected' },
      listed,
    );
    expect(shownIds(state)).toEqual(['old']);
  });

  it('stands still while paused, counts what is new or changed, and shows it when resumed', () => {
    const paused = after(
      listed,
      { type: 'paused' },
      { type: 'arrived', summaries: [recent, { ...old, revision: 2 }] },
    );
    expect(shownTraces(paused)).toEqual([old]);
    expect(waitingCount(paused)).toBe(2);

    const resumed = traceListReducer(paused, { type: 'resumed' });
    expect(shownTraces(resumed)).toEqual([recent, { ...old, revision: 2 }]);
    expect(waitingCount(resumed)).toBe(0);
  });

  it('is empty after clearing, also while paused', () => {
    expect(shownTraces(after(listed, { type: 'cleared' }))).toEqual([]);
    expect(shownTraces(after(listed, { type: 'paused' }, { type: 'cleared' }))).toEqual([]);
  });

  it('begins anew with another time, also while paused', () => {
    const moved = after(listed, { type: 'paused' }, { type: 'moved', sort: 'start' });
    expect(moved.loaded).toBe(false);
    expect(shownTraces(moved)).toEqual([]);
  });

  it('lets traces go as the last minutes go on, unless it is paused', () => {
    const span = { kind: 'last', ms: 1000 } as const;
    const both: TraceListAction = { type: 'arrived', summaries: [old, recent] };
    const ids = (state: TraceListState, nowMs: number) =>
      tracesOfSpan(state, span, nowMs).map(({ id }) => id);
    expect(ids(after(both), 2000)).toEqual(['recent', 'old']);
    expect(ids(after(both), 3000)).toEqual(['recent']);
    expect(ids(after(both, { type: 'paused' }), 9000)).toEqual(['recent', 'old']);
  });

  it('keeps what arrives up to a limit, counts the rest, and begins anew with the next list', () => {
    const summaries = Array.from({ length: MAX_ARRIVED + 5 }, (_, index) =>
      summary(`t${index}`, { startTime: index }),
    );
    const flooded = after(listed, { type: 'paused' }, { type: 'arrived', summaries });
    expect(flooded.traces.size).toBe(MAX_ARRIVED + 1);
    expect(flooded.missed).toBe(5);
    expect(waitingCount(flooded)).toBe(MAX_ARRIVED + 5);

    const read = [{ type: 'resumed' }, { type: 'asked' }, listed] as const;
    expect(shownIds(read.reduce(traceListReducer, flooded))).toEqual(['old']);
  });

  it.each([
    ['start', ['c', 'b', 'a']],
    ['duration', ['a', 'c', 'b']],
    ['status', ['b', 'c', 'a']],
    ['start-asc', ['a', 'b', 'c']],
    ['duration-asc', ['b', 'c', 'a']],
    ['status-asc', ['a', 'c', 'b']],
  ] as const)('by %s has the order of the server', (sort, ids) => {
    const traces = [
      summary('a', { startTime: 1, duration: 9, status: 'ok' }),
      summary('b', { startTime: 2, duration: 1, status: 'fault' }),
      summary('c', { startTime: 3, duration: 5, status: 'error' }),
    ];
    const state = after({ type: 'moved', sort }, { type: 'listed', listing: { traces, losses: noLosses } });
    expect(shownIds(state)).toEqual(ids);
  });

  it('keeps what it has while it is read in another order, so that whoever sorts keeps the place', () => {
    const state = after(
      { type: 'listed', listing: { traces: [recent, old], losses: noLosses, cursor: 'c' } },
      { type: 'sorted', sort: 'start-asc' },
    );
    expect(shownIds(state)).toEqual(['old', 'recent']);
    expect(state).toMatchObject({ loaded: true, more: undefined });
    const listing = { traces: [old], losses: noLosses };
    expect(
      shownIds(traceListReducer(traceListReducer(state, { type: 'asked' }), { type: 'listed', listing })),
    ).toEqual(['old']);
  });

  it('goes on behind what it has read, and shows nothing of what lies behind that before', () => {
    const page = (traces: TraceSummary[], cursor?: string): TraceListing => ({
      traces,
      losses: noLosses,
      ...(cursor !== undefined && { cursor }),
    });
    const first = after({ type: 'listed', listing: page([recent], 'c1') });
    const older = summary('older', { startTime: 0 });
    const heard = traceListReducer(first, { type: 'arrived', summaries: [older] });
    expect(shownIds(heard)).toEqual(['recent']);
    expect(heard.more?.cursor).toBe('c1');

    const held = traceListReducer(heard, { type: 'reading' });
    const whole = traceListReducer(held, { type: 'continued', listing: page([old]) });
    expect(shownIds(whole)).toEqual(['recent', 'old']);
    expect(whole.more).toBeUndefined();
    expect(shownIds(traceListReducer(whole, { type: 'resumed' }))).toEqual(['recent', 'old', 'older']);
    // An answer may have a cursor and no trace.
    const empty = traceListReducer(first, { type: 'continued', listing: page([], 'c2') });
    expect(empty.more).toEqual({ after: recent, cursor: 'c2' });
  });

  it('stands still while somebody reads, but for what changes in its traces', () => {
    const reading = after(
      listed,
      { type: 'reading' },
      { type: 'arrived', summaries: [recent, { ...old, revision: 2, status: 'fault' }] },
    );
    expect(shownTraces(reading)).toMatchObject([{ id: 'old', status: 'fault' }]);
    expect(waitingCount(reading)).toBe(1);
    expect(traceListReducer(reading, { type: 'paused' }).held?.by).toBe('pause');
  });

  it('loses traces that do not match any more', () => {
    expect(shownIds(after(listed, { type: 'arrived', summaries: [], gone: ['old'] }))).toEqual([]);
  });

  it('keeps a failure until the list can be read', () => {
    const failed = after({ type: 'failed', message: 'no answer' });
    expect(failed.failure).toBe('no answer');
    expect(traceListReducer(failed, listed).failure).toBeUndefined();
  });

  it('takes over losses from the list and from events', () => {
    expect(after(listed, { type: 'losses', losses: { ...noLosses, invalid: 4 } }).losses.invalid).toBe(4);
  });
});
