import { describe, expect, it } from 'vitest';
import {
  addSample,
  emptySampleSet,
  mergeSampleSets,
} from '../../../../local/cloudwatch/metrics/sample-set.ts';
import { percentileOf, statisticOf } from '../../../../local/cloudwatch/metrics/statistic.ts';
import { fc } from '../../../helpers/fast-check.ts';

function samples(values: readonly number[]) {
  const set = emptySampleSet();
  for (const value of values) addSample(set, value, 1);
  return set;
}

function statistic(name: string, values: readonly number[]): number {
  const compute = statisticOf(name);
  if (compute === undefined) throw new Error(`${name} is not known`);
  return compute(samples(values));
}

describe('a statistic', () => {
  const values = [5, 1, 4, 2, 3];

  it.each([
    ['Sum', 15],
    ['Average', 3],
    ['Minimum', 1],
    ['Maximum', 5],
    ['SampleCount', 5],
    ['p0', 1],
    ['p50', 3],
    ['p75', 4],
    ['p90', 4.6],
    ['p100', 5],
    ['tm80', 2.5],
    ['tc80', 4],
    ['ts80', 10],
    ['TM(20%:80%)', 3],
    ['TM(:80%)', 2.5],
    ['IQM', 3],
    ['PR(:3)', 60],
    ['PR(:2.5)', 40],
    ['PR(2:4)', 40],
    ['PR(4:)', 20],
    ['PR(:0)', 0],
    ['PR(-1:99)', 100],
    ['TC(:3)', 3],
    ['TC(1:4)', 3],
    ['TC(9:)', 0],
    ['TS(1:4)', 9],
    ['TM(1:4)', 3],
    ['TM(9:)', Number.NaN],
  ])('%s of 1 to 5 is %s', (name, expected) => {
    if (Number.isNaN(expected)) expect(statistic(name, values)).toBeNaN();
    else expect(statistic(name, values)).toBeCloseTo(expected, 10);
  });

  it('counts values that came more than once', () => {
    const set = emptySampleSet();
    addSample(set, 10, 99);
    addSample(set, 1000, 1);
    expect(statisticOf('p98')?.(set)).toBe(10);
    expect(statisticOf('p100')?.(set)).toBe(1000);
    expect(statisticOf('Average')?.(set)).toBe(19.9);
  });

  it.each(['p101', 'p', 'PR(:)', 'PR(300)', 'PR(5:5)', 'PR(9:1)', 'PR(:50%)', 'wm98', 'Median', 'sum'])(
    '%s is not known',
    (name) => {
      expect(statisticOf(name)).toBeUndefined();
    },
  );

  it('as a rank counts what a bound lets through, and the rest beyond it', () => {
    const list = fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(list, fc.integer({ min: 0, max: 20 }), (numbers, bound) => {
        const within = numbers.filter((value) => value <= bound).length;
        expect(statistic(`PR(:${bound})`, numbers)).toBeCloseTo((100 * within) / numbers.length, 9);
        expect(statistic(`TC(:${bound})`, numbers)).toBe(within);
        expect(statistic(`TC(${bound}:)`, numbers)).toBe(numbers.length - within);
      }),
    );
  });

  it('is known to be a percentile', () => {
    expect(['p99', 'p99.9', 'Sum', 'tm99'].map(percentileOf)).toEqual([99, 99.9, undefined, undefined]);
  });

  it('is the same for parts put together as for the whole', () => {
    const list = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(
        list,
        list,
        fc.constantFrom('Sum', 'Average', 'Minimum', 'Maximum', 'p90', 'tm90'),
        (a, b, name) => {
          const merged = statisticOf(name)?.(mergeSampleSets([samples(a), samples(b)]));
          expect(merged).toBeCloseTo(statistic(name, [...a, ...b]), 8);
        },
      ),
    );
  });

  it('as a percentile lies between values, and rises with its percentage', () => {
    const list = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(list, (numbers) => {
        const all = [0, 10, 50, 90, 99, 100].map((percent) => statistic(`p${percent}`, numbers));
        expect(all).toEqual([...all].sort((a, b) => a - b));
        expect(all[0]).toBe(Math.min(...numbers));
        expect(all.at(-1)).toBe(Math.max(...numbers));
      }),
    );
  });
});

describe('a set of samples', () => {
  it('says how many samples percentiles do not know of', () => {
    const set = emptySampleSet();
    let unranked = 0;
    for (let value = 0; value < 1200; value += 1) unranked += addSample(set, value, 1);
    expect(unranked).toBe(200);
    expect(set).toMatchObject({ count: 1200, maximum: 1199 });
    expect(addSample(set, 5, 3)).toBe(0);
  });
});
