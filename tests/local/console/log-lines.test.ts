import { describe, expect, it } from 'vitest';
import type { LogLine, LogListing } from '../../../local/logs/log-line.ts';
import type { LogLinesAction, LogLinesState } from '../../../local/console/logs/log-lines.ts';
import { initialLogLines, logLinesReducer, MAX_LINES } from '../../../local/console/logs/log-lines.ts';
import { storyOf } from '../../../local/console/logs/request-story.ts';
import { summary } from '../../fixtures/console/entities.ts';

function line(id: number, time = id): LogLine {
  return {
    id,
    time,
    functionKey: 'fn',
    kind: 'function',
    correlationIds: [],
    message: `${id}`,
    text: `${id}`,
  };
}

function listing(ids: readonly number[], more: Partial<LogListing> = {}): LogListing {
  return { lines: ids.map((id) => line(id)), newest: Math.max(0, ...ids), evicted: 0, ...more };
}

function after(...actions: readonly LogLinesAction[]): LogLinesState {
  return actions.reduce(logLinesReducer, initialLogLines);
}

function ids({ lines }: LogLinesState): number[] {
  return lines.map(({ id }) => id);
}

describe('the log lines of the page', () => {
  it('grow at their top, each line once', () => {
    const state = after(
      { type: 'listed', listing: listing([3, 2], { cursor: 2 }) },
      { type: 'arrived', listing: listing([5, 4, 3]) },
    );
    expect([ids(state), state.cursor, state.newest]).toEqual([[5, 4, 3, 2], 2, 5]);
  });

  it('begin anew where more came than one answer holds, so that nothing is missing in between', () => {
    const state = after(
      { type: 'listed', listing: listing([3, 2]) },
      { type: 'arrived', listing: listing([90, 89], { cursor: 89 }) },
    );
    expect([ids(state), state.cursor]).toEqual([[90, 89], 89]);
  });

  it('are so many at most while they grow, and what went is read again as what is older', () => {
    const many = Array.from({ length: MAX_LINES }, (_, index) => MAX_LINES - index);
    const state = after(
      { type: 'listed', listing: listing(many) },
      { type: 'arrived', listing: listing([MAX_LINES + 2, MAX_LINES + 1]) },
    );
    expect([state.lines.length, state.cursor]).toEqual([MAX_LINES, 3]);
    const older = logLinesReducer(state, { type: 'older', listing: listing([3, 2, 1]) });
    expect([ids(older).slice(-3), older.cursor]).toEqual([[3, 2, 1], undefined]);
  });

  it('stay paused when somebody has read in them, and not when nobody paused them', () => {
    const held = (...actions: readonly LogLinesAction[]) => after(...actions).held;
    expect(held({ type: 'reading' })).toBe('reader');
    expect(held({ type: 'paused' }, { type: 'reading' })).toBe('pause');
    expect(held({ type: 'reading' }, { type: 'paused' })).toBe('pause');
    expect(held({ type: 'reading' }, { type: 'resumed' })).toBeUndefined();
    // Other lines are listed: nobody has read in those.
    expect(held({ type: 'reading' }, { type: 'asked' })).toBeUndefined();
    expect(held({ type: 'paused' }, { type: 'asked' })).toBe('pause');
  });

  it('wait while the reader holds them, and are counted', () => {
    const state = after(
      { type: 'listed', listing: listing([1]) },
      { type: 'paused' },
      { type: 'waiting', listing: listing([3, 2]) },
    );
    expect([ids(state), state.waiting, state.newest]).toEqual([[1], 2, 1]);
    const resumed = logLinesReducer(logLinesReducer(state, { type: 'resumed' }), {
      type: 'arrived',
      listing: listing([3, 2]),
    });
    expect([ids(resumed), resumed.waiting]).toEqual([[3, 2, 1], 0]);
  });

  it('stay when a reading fails, and go when something else is asked for', () => {
    const state = after({ type: 'listed', listing: listing([1]) }, { type: 'failed', message: 'no answer' });
    expect([ids(state), state.failure]).toEqual([[1], 'no answer']);
    expect(logLinesReducer(state, { type: 'asked' })).toEqual(initialLogLines);
  });
});

describe('the story of a request', () => {
  it('has traces and lines as they happened, a trace before the lines of its first moment', () => {
    const story = storyOf(
      [summary('late', { startTime: 0.009 }), summary('early', { startTime: 0.004 })],
      [line(3, 9), line(2, 9), line(1, 4)],
    );
    expect(story.map((item) => (item.kind === 'trace' ? item.trace.id : item.line.id))).toEqual([
      'early',
      1,
      'late',
      2,
      3,
    ]);
  });
});
