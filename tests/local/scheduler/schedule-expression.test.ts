import { describe, expect, it } from 'vitest';
import { parseScheduleExpression } from '../../../local/scheduler/schedule-expression.ts';

describe('a schedule expression', () => {
  it('is one moment, in UTC, or a rate', () => {
    expect(parseScheduleExpression('at(2026-11-24T16:00:30)')).toEqual({
      kind: 'at',
      time: Date.UTC(2026, 10, 24, 16, 0, 30),
    });
    expect(parseScheduleExpression('rate(1 minute)', 'UTC')).toEqual({ kind: 'rate', interval: 60_000 });
    expect(parseScheduleExpression('rate(2 days)')).toEqual({ kind: 'rate', interval: 172_800_000 });
  });

  it.each([
    ['at(2026-02-31T16:00:00)', 'Expected at(yyyy-mm-ddThh:mm:ss)'],
    ['at(tomorrow)', 'Expected at(yyyy-mm-ddThh:mm:ss)'],
    ['rate(0 minutes)', 'Expected at(yyyy-mm-ddThh:mm:ss)'],
    ['cron(0 12 * * ? *)', 'runs at() and rate(), but not cron'],
  ])('%s is refused, with what is expected', (expression, message) => {
    expect(() => parseScheduleExpression(expression)).toThrow(message);
  });

  it('in another time zone than UTC is refused, not run at the wrong time', () => {
    expect(() => parseScheduleExpression('at(2026-11-24T16:00:30)', 'Europe/Paris')).toThrow('Europe/Paris');
  });
});
