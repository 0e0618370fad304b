import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseScheduleExpression } from '../../../local/scheduler/schedule-expression.ts';
import type { Entry } from '../../../local/scheduler/timetable.ts';
import { Timetable } from '../../../local/scheduler/timetable.ts';

const MINUTE = 60_000;
const START = Date.UTC(2026, 10, 30, 12, 0, 30);

let timetable: Timetable;
beforeEach(() => {
  vi.useFakeTimers({ now: START });
  timetable = new Timetable();
});
afterEach(() => {
  timetable.stop();
  vi.useRealTimers();
});

/** When an entry was due, as minutes after noon, while the clock went on for so long. */
function dueWithin(minutes: number, expression: string, entry: Partial<Entry> = {}): number[] {
  const due: number[] = [];
  const timing = parseScheduleExpression(expression);
  timetable.set('a', { timing, since: START, runsAtOnce: true, ...entry }, (time) => {
    due.push((time - (START - 30_000)) / MINUTE);
  });
  vi.advanceTimersByTime(minutes * MINUTE);
  return due;
}

describe('a timetable', () => {
  it.each<[string, string, Partial<Entry>, number[]]>([
    ['a rate at once and then by its interval', 'rate(2 minutes)', {}, [0.5, 2.5, 4.5]],
    ['a rate one interval later, of a rule', 'rate(2 minutes)', { runsAtOnce: false }, [2.5, 4.5]],
    ['a rate from its start', 'rate(2 minutes)', { start: START + 1.5 * MINUTE }, [2, 4]],
    ['a rate by a start that has passed', 'rate(3 minutes)', { start: START - MINUTE }, [2.5, 5.5]],
    ['a rate until its end', 'rate(2 minutes)', { end: START + 3 * MINUTE }, [0.5, 2.5]],
    ['by the calendar', 'cron(0/2 * * * ? *)', {}, [2, 4]],
    [
      'by the calendar from a start on, the start included',
      'cron(* * * * ? *)',
      { start: START + 2.5 * MINUTE },
      [3, 4, 5],
    ],
    ['a moment once', 'at(2026-11-30T12:03:00)', {}, [3]],
    ['a moment that has passed now', 'at(2026-11-30T11:00:00)', {}, [-60]],
    ['nothing after its end', 'at(2026-11-30T12:03:00)', { end: START + MINUTE }, []],
  ])('runs %s', (_what, expression, entry, expected) => {
    expect(dueWithin(5, expression, entry)).toEqual(expected);
  });

  it('says which run is the last one', () => {
    const last: boolean[] = [];
    const timing = parseScheduleExpression('rate(1 minute)');
    timetable.set('a', { timing, since: START, end: START + MINUTE, runsAtOnce: true }, (_time, isLast) =>
      last.push(isLast),
    );
    vi.advanceTimersByTime(10 * MINUTE);
    expect(last).toEqual([false, true]);
  });

  it('runs what was deleted or replaced no more', () => {
    const timing = parseScheduleExpression('rate(1 minute)');
    const run = vi.fn();
    const other = vi.fn();
    timetable.set('a', { timing, since: START, runsAtOnce: false }, run);
    timetable.set('a', { timing, since: START, runsAtOnce: false }, other);
    timetable.set('b', { timing, since: START, runsAtOnce: false }, run);
    timetable.delete('b');
    vi.advanceTimersByTime(MINUTE);
    expect([run.mock.calls.length, other.mock.calls.length]).toEqual([0, 1]);
  });

  it.each(['rate(1 minute)', 'cron(* * * * ? *)'])(
    'runs once for all that a sleeping laptop missed: %s',
    (expression) => {
      const due: number[] = [];
      const timing = parseScheduleExpression(expression);
      timetable.set('a', { timing, since: START, runsAtOnce: false }, (time) => due.push(time));
      // The clock goes on for an hour, and no timer with it.
      vi.setSystemTime(START + 60 * MINUTE);
      vi.advanceTimersByTime(MINUTE + 10);
      expect(due.length).toBeGreaterThanOrEqual(2);
      expect(due.length).toBeLessThanOrEqual(3);
      expect(due.at(-1)).toBeGreaterThan(START + 59 * MINUTE);
    },
  );

  it.each<[string, string, number, number, number]>([
    // Its rhythm goes on, whatever the clock says.
    ['rate(1 minute)', 'by an hour', 60, 10, 10],
    ['rate(1 minute)', 'by a few seconds', 0.05, 10, 10],
    // What runs each minute does so, and no minute twice at once.
    ['cron(* * * * ? *)', 'by an hour', 60, 10, 10],
    ['cron(* * * * ? *)', 'by a few seconds', 0.05, 10, 10],
    // 12:02 has been, and comes again; the run of that hour does not.
    ['cron(2 * * * ? *)', 'by ten minutes', 10, 20, 0],
    ['cron(2 * * * ? *)', 'by ten minutes', 10, 75, 1],
    ['cron(2 12 * * ? *)', 'by an hour', 60, 180, 0],
    ['cron(2 12 * * ? *)', 'by an hour', 60, 26 * 60, 1],
  ])(
    '%s runs neither twice nor late when the clock is set back %s',
    (expression, _, back, minutes, times) => {
      const ran: number[] = [];
      const timing = parseScheduleExpression(expression);
      timetable.set('a', { timing, since: START, runsAtOnce: false }, () => ran.push(performance.now()));
      vi.advanceTimersByTime(3 * MINUTE);
      expect(ran.length).toBeGreaterThan(0);
      const before = ran.length;
      vi.setSystemTime(Date.now() - back * MINUTE);
      vi.advanceTimersByTime(minutes * MINUTE);

      expect(Math.abs(ran.length - before - times)).toBeLessThanOrEqual(times > 1 ? 1 : 0);
      const pauses = ran.slice(1).map((moment, index) => moment - (ran[index] ?? 0));
      for (const pause of pauses) expect(pause).toBeGreaterThan(0.9 * MINUTE);
    },
  );

  it.each([
    ['rate(10 minutes)', 10],
    ['rate(2 hours)', 120],
    ['cron(0/10 * * * ? *)', 10],
    ['cron(5 11 * * ? *)', 6],
  ])('%s that has not run yet is not late when the clock is set back by an hour', (expression, minutes) => {
    const ran: number[] = [];
    const begun = performance.now();
    const timing = parseScheduleExpression(expression);
    timetable.set('a', { timing, since: START, runsAtOnce: false }, () =>
      ran.push(performance.now() - begun),
    );
    vi.advanceTimersByTime(MINUTE);
    vi.setSystemTime(Date.now() - 60 * MINUTE);
    vi.advanceTimersByTime(minutes * MINUTE);
    expect(ran).toHaveLength(1);
  });

  it('waits longer than a timer of Node can', () => {
    expect(dueWithin(60 * 24 * 40, 'at(2027-01-05T12:00:00)')).toHaveLength(1);
  });

  it('knows when an entry runs next, and when it ran last, also after it has ended', () => {
    const timing = parseScheduleExpression('rate(2 minutes)');
    const entry = { timing, since: START, end: START + 3 * MINUTE, runsAtOnce: false };
    timetable.set('a', entry, () => timetable.runs('a'));
    expect(timetable.timesOf('a')).toEqual({ next: START + 2 * MINUTE });
    vi.advanceTimersByTime(2.5 * MINUTE);
    expect(timetable.timesOf('a')).toEqual({ last: START + 2 * MINUTE });
    timetable.runs('a');
    timetable.delete('a');
    expect(timetable.timesOf('a')).toEqual({ last: START + 2.5 * MINUTE });
    expect(timetable.timesOf('b')).toEqual({});
  });
});
