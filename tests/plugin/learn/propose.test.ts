import { describe, expect, it } from 'vitest';
import type { EvaluationSettings } from 'lambda-lantern-local/template';
import { distributionOf, round, shareOfDayTime } from '../../../plugin/learn/distribution.ts';
import { ENOUGH_PERIODS, proposeCeiling, proposeFloor, timesFired } from '../../../plugin/learn/propose.ts';
import { fc, runs } from '../../helpers/fast-check.ts';

const settings: EvaluationSettings = {
  threshold: 4800,
  comparisonOperator: 'GreaterThanThreshold',
  evaluationPeriods: 5,
  datapointsToAlarm: 3,
  treatMissingData: 'notBreaching',
};

const floorSettings: EvaluationSettings = {
  threshold: 0,
  comparisonOperator: 'LessThanThreshold',
  evaluationPeriods: 1,
  datapointsToAlarm: 1,
  treatMissingData: 'breaching',
};

const value = fc.oneof(fc.constant(null), fc.double({ min: 0, max: 5000, noNaN: true }));
const observations = fc.array(value, { minLength: ENOUGH_PERIODS, maxLength: 600 });

/** `count` minutes between two values, back and forth. */
function between(low: number, high: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => low + ((high - low) * (index % 10)) / 9);
}

describe('a ceiling that was learned', () => {
  it('lies beyond what is usual, and far below a limit that is never neared', () => {
    const { proposed, present } = proposeCeiling({
      observations: between(80, 240, 2000),
      settings,
      limit: 6000,
      days: 14,
    });
    expect(present).toEqual({ threshold: 4800, fired: 0 });
    expect(proposed).toMatchObject({ threshold: 320, fired: 0 });
  });

  it('is above noise that would have gone off each day, and below an incident', () => {
    const noise = Array.from({ length: 14 }, () => [...between(80, 120, 1400), 900, 900, 900, 900]).flat();
    const { proposed } = proposeCeiling({
      observations: [...noise, 5500, 5500, 5500, 5500, 5500, ...between(80, 120, 100)],
      settings,
      limit: 6000,
      days: 14,
    });
    expect(proposed?.threshold).toBeGreaterThanOrEqual(900);
    expect(proposed?.threshold).toBeLessThan(5500);
    expect(proposed?.fired).toBe(1);
  });

  it('says so where even the highest would go off often', () => {
    const bad = Array.from({ length: 30 }, () => [
      ...between(80, 120, 20),
      5900,
      5900,
      5900,
      5900,
      5900,
    ]).flat();
    const { proposed } = proposeCeiling({ observations: bad, settings, limit: 6000, days: 7 });
    expect(proposed).toMatchObject({ threshold: 5700, why: expect.stringContaining('not noise') as string });
    expect(proposed?.fired).toBeGreaterThan(1);
  });

  it.each([
    ['nothing', [], /no data/],
    ['gaps alone', Array.from({ length: 5000 }, () => null), /no data/],
    ['too little', between(80, 120, ENOUGH_PERIODS - 1), /299 periods with data, too few/],
  ])('is not proposed from %s', (_what, few, message) => {
    const learned = proposeCeiling({ observations: few, settings, limit: 6000, days: 14 });
    expect(learned.proposed).toBeUndefined();
    expect(learned.insufficient).toMatch(message);
  });

  it('never exceeds the limit, goes off no oftener than said, and is a number that can be read', () => {
    fc.assert(
      fc.property(observations, fc.integer({ min: 100, max: 5000 }), (seen, limit) => {
        const { proposed } = proposeCeiling({ observations: seen, settings, limit, days: 7 });
        if (proposed === undefined) return;
        expect(proposed.threshold).toBeLessThanOrEqual(limit);
        expect(timesFired(seen, { ...settings, threshold: proposed.threshold })).toBe(proposed.fired);
        expect(String(proposed.threshold).replace(/[.0]/g, '').length).toBeLessThanOrEqual(2);
      }),
      runs(60),
    );
  });
});

describe('a floor for traffic', () => {
  it('is half of the quietest hour', () => {
    expect(proposeFloor(between(90, 400, 200), floorSettings).proposed).toEqual({
      threshold: 45,
      fired: 0,
      why: 'half of the quietest hour',
    });
  });

  it('is not proposed where hours are silent, or hardly any was seen', () => {
    expect(proposeFloor([...between(90, 400, 100), null, 0], floorSettings).insufficient).toMatch(
      /2 of 102 hours had next to no traffic/,
    );
    expect(proposeFloor(between(90, 400, 20), floorSettings).insufficient).toMatch(
      /20 hours with traffic, too few/,
    );
  });
});

describe('what a metric looks like', () => {
  it('counts every observation in one bar, whatever came', () => {
    fc.assert(
      fc.property(fc.array(value, { maxLength: 200 }), (seen) => {
        const distribution = distributionOf(seen);
        const count = seen.filter((each) => each !== null).length;
        if (distribution === undefined) expect(count).toBe(0);
        else {
          expect(distribution.bars.reduce((sum, bar) => sum + bar.count, 0)).toBe(count);
          const { minimum, p50, p95, p99, maximum } = distribution;
          expect([minimum, p50, p95, p99, maximum]).toEqual(
            [minimum, p50, p95, p99, maximum].toSorted((a, b) => a - b),
          );
        }
      }),
      runs(100),
    );
  });

  it.each([
    [1234, 'up', 1300],
    [1234, 'down', 1200],
    [1300, 'up', 1300],
    [0.0123, 'up', 0.013],
    [0.7, 'up', 0.7],
    [95, 'down', 95],
    [101, 'up', 110],
    [0, 'up', 0],
  ] as const)('rounds %d %s to %d', (from, direction, to) => {
    expect(round(from, direction)).toBe(to);
  });

  it('knows a day from noise', () => {
    const days = Array.from({ length: 14 * 24 }, (_, hour) => 100 + 90 * Math.sin((hour / 24) * 2 * Math.PI));
    expect(shareOfDayTime(days)).toBeCloseTo(1);
    const weekdays = Array.from({ length: 14 * 24 }, (_, hour) => (Math.floor(hour / 24) % 7 < 5 ? 100 : 10));
    expect(shareOfDayTime(weekdays)).toBeCloseTo(0);
    expect(shareOfDayTime(days.slice(0, 100))).toBeUndefined();
  });
});
