import { describe, expect, it } from 'vitest';
import type { TraceListAction, TraceListState } from '../../../local/console/list/trace-list-state.ts';
import {
  initialTraceList,
  MAX_LISTED,
  shownTraces,
  traceListReducer,
  waitingCount,
  tracesOfSpan,
} from '../../../local/console/list/trace-list-state.ts';
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
    const moved = after(listed, { type: 'paused' }, { type: 'moved' });
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

  it('holds no more than the newest traces', () => {
    const summaries = Array.from({ length: MAX_LISTED + 5 }, (_, index) =>
      summary(`t${index}`, { startTime: index }),
    );
    const ids = shownIds(after({ type: 'arrived', summaries }));
    expect(ids).toHaveLength(MAX_LISTED);
    expect(ids[0]).toBe(`t${MAX_LISTED + 4}`);
    expect(ids).not.toContain('t4');
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
