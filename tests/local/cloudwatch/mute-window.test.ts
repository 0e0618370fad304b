import { describe, expect, it } from 'vitest';
import type { MuteSchedule } from '../../../local/cloudwatch/mute-window.ts';
import { MuteWindow } from '../../../local/cloudwatch/mute-window.ts';

function isOpen(schedule: Partial<MuteSchedule>, ...dates: string[]): boolean[] {
  const window = new MuteWindow({ expression: 'cron(0 2 * * SUN)', duration: 'PT2H', ...schedule });
  return dates.map((date) => window.isOpen(Date.parse(date)));
}

describe('the window of a mute rule', () => {
  it('is open from its begin until before its end', () => {
    expect(
      // A Sunday.
      isOpen(
        {},
        '2026-11-29T01:59:59.999Z',
        '2026-11-29T02:00:00Z',
        '2026-11-29T03:59:59Z',
        '2026-11-29T04:00:00Z',
        '2026-12-06T02:30:00Z',
      ),
    ).toEqual([false, true, true, false, true]);
  });

  it.each([
    ['cron(30 1 * * *)', '2026-11-30T02:00:00Z', true],
    ['cron(*/15 * * * *)', '2026-11-30T02:00:00Z', true],
    ['cron(0 8-10/2 * * *)', '2026-11-30T10:30:00Z', true],
    ['cron(0 9 * * *)', '2026-11-30T11:30:00Z', false],
    ['cron(0 2 ? NOV-DEC MON-FRI)', '2026-11-30T02:00:00Z', true],
    ['cron(0 2 * 1,12 ?)', '2026-11-30T02:00:00Z', false],
    ['cron(0 2 * * 7)', '2026-11-29T02:00:00Z', true],
    ['cron(0 2 15 * MON)', '2026-11-30T02:00:00Z', true],
    ['cron(0 2 15 * TUE)', '2026-11-30T02:00:00Z', false],
    ['at(2026-11-30T01:30)', '2026-11-30T02:00:00Z', true],
    ['at(2026-11-30T01:30)', '2026-12-01T02:00:00Z', false],
  ])('of %s is at %s open: %s', (expression, at, expected) => {
    expect(isOpen({ expression }, at)).toEqual([expected]);
  });

  it('follows the clock of its zone', () => {
    const schedule = { expression: 'cron(0 2 * * *)', timezone: 'Europe/Berlin', duration: 'PT30M' };
    expect(isOpen(schedule, '2026-07-01T00:10:00Z', '2026-11-30T00:10:00Z', '2026-11-30T01:10:00Z')).toEqual([
      true,
      false,
      true,
    ]);
  });

  it('does not open before the rule begins, nor when it has ended', () => {
    const dates = { from: Date.parse('2026-11-29T12:00:00Z'), until: Date.parse('2026-12-13T00:00:00Z') };
    expect(isOpen(dates, '2026-11-29T02:10:00Z', '2026-12-06T02:10:00Z', '2026-12-13T02:10:00Z')).toEqual([
      false,
      true,
      false,
    ]);
  });

  it('may be days long', () => {
    expect(isOpen({ duration: 'P1DT1H' }, '2026-11-30T02:59:00Z', '2026-11-30T03:00:00Z')).toEqual([
      true,
      false,
    ]);
  });

  it.each(['cron(0 2 * *)', 'cron(60 2 * * *)', 'cron(0 5-2 * * *)', 'cron(0 2 * * MON#1)', 'rate(1 day)'])(
    'is not made of %s',
    (expression) => {
      expect(() => isOpen({ expression })).toThrow(/^expected /);
    },
  );
});
