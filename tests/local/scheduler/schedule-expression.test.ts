import { describe, expect, it } from 'vitest';
import { parseRuleSchedule, parseScheduleExpression } from '../../../local/scheduler/schedule-expression.ts';
import { fc } from '../../helpers/fast-check.ts';

/** The next runs of a cron expression, as times in UTC without seconds. */
function runs(expression: string, from: string, { timezone = 'UTC', count = 3 } = {}): string[] {
  const timing = parseScheduleExpression(expression, timezone);
  if (timing.kind !== 'cron') throw new Error(`${expression} is no cron expression`);
  const found: string[] = [];
  for (let moment: number | undefined = Date.parse(from); found.length < count;) {
    moment = timing.nextAfter(moment);
    if (moment === undefined) break;
    found.push(new Date(moment).toISOString().slice(0, 16));
  }
  return found;
}

describe('a schedule expression', () => {
  it('is one moment, or a rate', () => {
    expect(parseScheduleExpression('at(2026-11-24T16:00:30)')).toEqual({
      kind: 'at',
      time: Date.UTC(2026, 10, 24, 16, 0, 30),
    });
    expect(parseScheduleExpression('rate(1 minute)', 'UTC')).toEqual({ kind: 'rate', interval: 60_000 });
    expect(parseScheduleExpression('rate(2 days)')).toEqual({ kind: 'rate', interval: 172_800_000 });
  });

  // The 30th of November 2026 is a Monday.
  it.each([
    ['cron(0 12 * * ? *)', ['2026-11-30T12:00', '2026-12-01T12:00', '2026-12-02T12:00']],
    ['cron(5/20 * * * ? *)', ['2026-11-30T00:05', '2026-11-30T00:25', '2026-11-30T00:45']],
    ['cron(0/30 8-9 ? * MON-FRI *)', ['2026-11-30T08:00', '2026-11-30T08:30', '2026-11-30T09:00']],
    ['cron(0 8 ? * 2-6 *)', ['2026-11-30T08:00', '2026-12-01T08:00', '2026-12-02T08:00']],
    ['cron(0 8 ? * SUN,4 *)', ['2026-12-02T08:00', '2026-12-06T08:00', '2026-12-09T08:00']],
    ['cron(0 8 ? * 1 *)', ['2026-12-06T08:00', '2026-12-13T08:00', '2026-12-20T08:00']],
    ['cron(0 8 ? * L *)', ['2026-12-05T08:00', '2026-12-12T08:00', '2026-12-19T08:00']],
    ['cron(0 8 L * ? *)', ['2026-11-30T08:00', '2026-12-31T08:00', '2027-01-31T08:00']],
    ['cron(0 8 ? * 6L *)', ['2026-12-25T08:00', '2027-01-29T08:00', '2027-02-26T08:00']],
    ['cron(0 8 ? * FRI#2 *)', ['2026-12-11T08:00', '2027-01-08T08:00', '2027-02-12T08:00']],
    // The weekday that is nearest: the 16th of January and the 15th of May 2027 are Saturdays, the 15th of August a Sunday.
    ['cron(0 8 16W 1 ? *)', ['2027-01-15T08:00', '2028-01-17T08:00', '2029-01-16T08:00']],
    ['cron(0 8 15W AUG ? 2027)', ['2027-08-16T08:00']],
    ['cron(0 0 1 jan,jul ? 2027-2028)', ['2027-01-01T00:00', '2027-07-01T00:00', '2028-01-01T00:00']],
    ['cron(0 0 29 2 ? 2027)', []],
    ['cron(0 0 1 1 ? 2020)', []],
  ])('%s runs by the calendar', (expression, expected) => {
    expect(runs(expression, '2026-11-30T00:00:00Z')).toEqual(expected);
  });

  it('is of its time zone: what the clocks leave out does not come, what they show twice comes once', () => {
    const berlin = (expression: string, from: string, count = 3) =>
      runs(expression, from, { timezone: 'Europe/Berlin', count });
    expect(berlin('cron(30 2 * * ? *)', '2026-03-28T00:00:00Z')).toEqual([
      '2026-03-28T01:30',
      '2026-03-30T00:30',
      '2026-03-31T00:30',
    ]);
    expect(berlin('cron(30 2 * * ? *)', '2026-10-24T12:00:00Z')).toEqual([
      '2026-10-25T00:30',
      '2026-10-26T01:30',
      '2026-10-27T01:30',
    ]);
    expect(berlin('cron(0/30 * * * ? *)', '2026-10-25T00:00:00Z')).toEqual([
      '2026-10-25T00:30',
      '2026-10-25T02:00',
      '2026-10-25T02:30',
    ]);
    expect(parseScheduleExpression('at(2026-07-01T12:00:00)', 'America/New_York')).toEqual({
      kind: 'at',
      time: Date.UTC(2026, 6, 1, 16),
    });
    expect(parseScheduleExpression('at(2026-10-25T02:30:00)', 'Europe/Berlin')).toEqual({
      kind: 'at',
      time: Date.UTC(2026, 9, 25, 0, 30),
    });
  });

  it.each([
    ['at(2026-02-31T16:00:00)', 'Expected at(yyyy-mm-ddThh:mm:ss)'],
    ['at(tomorrow)', 'Expected at(yyyy-mm-ddThh:mm:ss)'],
    ['rate(0 minutes)', 'Expected at(yyyy-mm-ddThh:mm:ss)'],
    ['rate(5 seconds)', 'Expected at(yyyy-mm-ddThh:mm:ss)'],
    ['every day', 'Expected at(yyyy-mm-ddThh:mm:ss)'],
    ['cron(0 12 * * ?)', 'Expected 6 fields: minutes, hours, day of month'],
    ['cron(0 12 * * * *)', 'Expected ? either for the day of month or for the day of week'],
    ['cron(0 12 ? * ? *)', 'Expected ? either for the day of month or for the day of week'],
    ['cron(60 12 * * ? *)', 'Expected minutes from 0 to 59, not 60'],
    ['cron(0 24 * * ? *)', 'Expected hours from 0 to 23, not 24'],
    ['cron(0 12 0 * ? *)', 'Expected day of month from 1 to 31, not 0'],
    ['cron(0 12 * 13 ? *)', 'Expected month from 1 to 12, not 13'],
    ['cron(0 12 ? * 0 *)', 'Expected day of week from 1 to 7, not 0'],
    ['cron(0 12 * * ? 2200)', 'Expected year from 1970 to 2199, not 2200'],
    ['cron(0 12 ? * NEVER *)', 'Expected cron fields as EventBridge has them'],
    ['cron(0/0 12 * * ? *)', 'Expected cron fields as EventBridge has them'],
    ['cron(0 L * * ? *)', 'Expected the field "hours" in another form'],
  ])('%s is refused, with what is expected', (expression, message) => {
    expect(() => parseScheduleExpression(expression)).toThrow(message);
  });

  it('in a time zone that there is not is refused', () => {
    expect(() => parseScheduleExpression('rate(1 day)', 'Europe/Atlantis')).toThrow('got Europe/Atlantis');
  });

  const list = (min: number, max: number) =>
    fc.oneof(
      fc.constant('*'),
      fc
        .uniqueArray(fc.integer({ min, max }), { minLength: 1, maxLength: 4 })
        .map((values) => values.join(',')),
      fc
        .tuple(fc.integer({ min, max }), fc.integer({ min, max }))
        .map((bounds) => bounds.toSorted((a, b) => a - b).join('-')),
      fc
        .tuple(fc.integer({ min, max }), fc.integer({ min: 1, max: Math.min(max, 20) }))
        .map((step) => step.join('/')),
    );

  /** What a field of numbers allows, by the words of the user guide. */
  const allows = (field: string, value: number): boolean =>
    field === '?' ||
    field.split(',').some((part) => {
      const [, first, last] = /^(\d+)-(\d+)$/.exec(part) ?? [];
      const [, from, step] = /^(\d+)\/(\d+)$/.exec(part) ?? [];
      if (first !== undefined) return value >= Number(first) && value <= Number(last);
      if (from !== undefined) return value >= Number(from) && (value - Number(from)) % Number(step) === 0;
      return part === '*' || value === Number(part);
    });

  it('runs in exactly the minutes that all of its fields allow', () => {
    const days = fc.oneof(
      list(1, 31).map((day) => [day, '?'] as const),
      list(1, 7).map((day) => ['?', day] as const),
    );
    fc.assert(
      fc.property(
        list(0, 59),
        list(0, 23),
        days,
        list(1, 12),
        fc.integer({ min: 0, max: 1500 }),
        (minutes, hours, [day, weekday], months, offset) => {
          const expression = `cron(${minutes} ${hours} ${day} ${months} ${weekday} *)`;
          const from = Date.UTC(2026, 10, 29) + offset * 86_400_000;
          const [found] = runs(expression, new Date(from).toISOString(), { count: 1 });
          // Two days, minute by minute, are enough to see one that was passed over.
          const end = found === undefined ? Infinity : Date.parse(`${found}:00Z`);
          for (let minute = from + 60_000; minute <= Math.min(end, from + 2 * 86_400_000); minute += 60_000) {
            const date = new Date(minute);
            const isAllowed =
              allows(minutes, date.getUTCMinutes()) &&
              allows(hours, date.getUTCHours()) &&
              allows(day, date.getUTCDate()) &&
              allows(months, date.getUTCMonth() + 1) &&
              allows(weekday, date.getUTCDay() + 1);
            if (isAllowed !== (minute === end))
              expect.fail(`${expression}: ${date.toISOString()}, not ${found ?? 'never'}`);
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('the schedule of a rule', () => {
  it.each(['rate(1 minute)', 'rate(5 minutes)', 'rate(1 day)', 'cron(0 12 * * ? *)'])(
    '%s is read',
    (expression) => {
      expect(parseRuleSchedule(expression)).toEqual(
        expect.objectContaining({ kind: expect.stringMatching(/rate|cron/) as string }),
      );
    },
  );

  it.each(['rate(1 minutes)', 'rate(2 minute)', 'at(2026-11-24T16:00:30)', 'rate(0 days)', 'daily'])(
    '%s is refused, as EventBridge refuses it',
    (expression) => {
      expect(() => parseRuleSchedule(expression)).toThrow(/Invalid Schedule ?Expression/);
    },
  );
});
