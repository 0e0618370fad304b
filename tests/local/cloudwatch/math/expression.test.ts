import { describe, expect, it } from 'vitest';
import { evaluateExpression, pointsOf } from '../../../../local/cloudwatch/math/evaluate-expression.ts';
import { parseExpression } from '../../../../local/cloudwatch/math/parse-expression.ts';
import type { Series } from '../../../../local/cloudwatch/math/series.ts';
import { fc, runs } from '../../../helpers/fast-check.ts';

const none = undefined;

/** A Sunday. */
const START = Date.UTC(2026, 1, 1, 23, 59);

function evaluate(expression: string, metrics: Readonly<Record<string, Series>> = {}): Series {
  const length = Math.max(1, ...Object.values(metrics).map((points) => points.length));
  const value = evaluateExpression(parseExpression(expression), {
    length,
    period: 60,
    beginOf: (index) => START + index * 60_000,
    metricIds: Object.keys(metrics),
    valueOf: (id) => (id in metrics ? { kind: 'series', id, points: metrics[id] ?? [] } : undefined),
    quotaOf: (id) => (id === 'concurrency' ? 1000 : undefined),
  });
  return pointsOf('The expression', value, length);
}

describe('metric math', () => {
  it.each([
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['2 - 3 - 4', -5],
    ['-2 ^ 2', -4],
    ['2 ^ 3 ^ 2', 512],
    ['12 / 3 / 2', 2],
    ['1.5e3', 1500],
    ['3 > 2', 1],
    ['3 <= 2', 0],
    ['3 == 3 && 2 != 2', 0],
    ['1 > 2 OR 2 > 1', 1],
    ['NOT (1 > 2)', 1],
    ['!(2 > 1)', 0],
    ['5 / 0', none],
    ['IF(2 > 1, 10, 20)', 10],
    ['IF(0, 10, 20)', 20],
    ['PERIOD(m) * 2', 120],
    ['ABS(-3) + CEIL(1.2) + FLOOR(1.8)', 6],
  ])('%s is %s', (expression, expected) => {
    if (expression.includes('.5') && expected === none)
      expect(() => evaluate(expression)).toThrow('not understood');
    else expect(evaluate(expression, { m: [1] })).toEqual([expected]);
  });

  it('works on each datapoint, and has none where both are missing or there is none to divide by', () => {
    const metrics = { errors: [1, 0, none, 3, none], invocations: [10, 0, 5, none, none] };
    expect(evaluate('100 * errors / invocations', metrics)).toEqual([10, none, 0, none, none]);
    expect(evaluate('errors > 0', metrics)).toEqual([1, 0, none, 1, none]);
  });

  // The tables of "Using metric math with CloudWatch metrics" in the user guide, with its values.
  it.each<[string, Readonly<Record<string, Series>>, Series]>([
    ['one < two', { one: [30, 20, 0, 0], two: [20, none, 20, none] }, [0, 0, 1, 0]],
    ['one >= 30', { one: [30, 20, 0, 0] }, [1, 0, 0, 0]],
    ['one > 15 AND two > 15', { one: [30, 20, 0, 0], two: [20, none, 20, none] }, [1, 0, 0, 0]],
    [
      'IF(one, two, three)',
      { one: [1, 1, 0, 0, none], two: [30, none, 0, 0, 30], three: [0, 0, 20, none, 20] },
      [30, 0, 20, none, none],
    ],
    ['IF(one, 5, three)', { one: [1, 1, 0, 0, none], three: [0, 0, 20, none, 20] }, [5, 5, 20, none, none]],
    ['IF(one, two, 5)', { one: [1, 1, 0, 0, none], two: [30, none, 0, 0, 30] }, [30, 0, 5, 5, none]],
  ])('gives what AWS publishes of missing data: %s', (expression, metrics, expected) => {
    expect(evaluate(expression, metrics)).toEqual(expected);
  });

  it('counts a series without a datapoint as 0 beside one that has a datapoint, whatever the values', () => {
    const points = fc.array(fc.option(fc.integer({ min: -50, max: 50 }), { nil: none }), {
      minLength: 4,
      maxLength: 4,
    });
    fc.assert(
      fc.property(points, points, fc.constantFrom('+', '-', '*', '/', '<', '>=', '=='), (a, b, sign) => {
        const either = a.map((point, index) => point ?? b[index]);
        const whole = evaluate(`FILL(a, 0) ${sign} FILL(b, 0)`, { a, b });
        expect(evaluate(`a ${sign} b`, { a, b })).toEqual(
          whole.map((point, index) => (either[index] === none ? none : point)),
        );
      }),
      runs(200),
    );
  });

  it('guards a rate by a minimum, as the alarms of the plugin do', () => {
    const metrics = { failed: [1, 5, none], requests: [10, 50, none] };
    expect(evaluate('IF(requests >= 20, 100 * failed / requests, 0)', metrics)).toEqual([0, 10, none]);
    expect(evaluate('IF(requests >= 20, 100 * failed / requests)', metrics)).toEqual([none, 10, none]);
    expect(evaluate('IF(FILL(requests, 0) >= 20, 1, 0)', metrics)).toEqual([0, 1, 0]);
  });

  it('fills what is missing', () => {
    const metrics = { m: [none, 2, none, none, 5, none], other: [9, 9, 9, none, 9, 9] };
    expect(evaluate('FILL(m, 0)', metrics)).toEqual([0, 2, 0, 0, 5, 0]);
    expect(evaluate('FILL(m, REPEAT)', metrics)).toEqual([none, 2, 2, 2, 5, 5]);
    expect(evaluate('FILL(m, LINEAR)', metrics)).toEqual([2, 2, 3, 4, 5, 5]);
    expect(evaluate('FILL(m, other)', metrics)).toEqual([9, 2, 9, none, 5, 9]);
    expect(evaluate('SUM(FILL(METRICS(), 1))', metrics)).toEqual([10, 11, 10, 2, 14, 10]);
  });

  it('aggregates one series to a number, and several to a series', () => {
    const metrics = { a1: [1, none, 3], a2: [10, 20, none], b: [100, none, none] };
    expect(evaluate('SUM(a1)', metrics)).toEqual([4, 4, 4]);
    expect(evaluate('AVG([a1, a2])', metrics)).toEqual([5.5, 10, 1.5]);
    expect(evaluate('MAX(METRICS())', metrics)).toEqual([100, 20, 3]);
    expect(evaluate('MIN(METRICS("a"))', metrics)).toEqual([1, 20, 3]);
    expect(evaluate('SUM(METRICS("a") * 2)', metrics)).toEqual([22, 40, 6]);
    expect(evaluate('a1 - MIN(a1)', metrics)).toEqual([0, none, 2]);
    expect(evaluate('DATAPOINT_COUNT(a1) + STDDEV(b)', metrics)).toEqual([2, 2, 2]);
  });

  it('looks at the datapoint before, however long ago that was', () => {
    const metrics = { m: [60, 180, none, 240, 300] };
    expect(evaluate('DIFF(m)', metrics)).toEqual([none, 120, none, 60, 60]);
    expect(evaluate('DIFF_TIME(m)', metrics)).toEqual([none, 60, none, 120, 60]);
    expect(evaluate('RATE(m)', metrics)).toEqual([none, 2, none, 0.5, 1]);
    expect(evaluate('RUNNING_SUM(m)', metrics)).toEqual([60, 240, none, 480, 780]);
  });

  it.each([
    ['MINUTE(m)', [59, 0]],
    ['HOUR(m)', [23, 0]],
    ['DAY(m)', [7, 1]],
    ['DATE(m)', [1, 2]],
    ['MONTH(m)', [2, 2]],
    ['YEAR(m)', [2026, 2026]],
    ['EPOCH(m)', [START / 1000, START / 1000 + 60]],
    ['IF(DAY(m) < 6, m)', [none, 4]],
  ])(
    'knows the time of each period in UTC, whether it has a datapoint or not: %s',
    (expression, expected) => {
      expect(evaluate(expression, { m: [none, 4] })).toEqual(expected);
    },
  );

  it('takes one or some of several series, as they are or by what they hold', () => {
    const metrics = { a: [1, 9], b: [5, 6], c: [none, none], d: [3, 3] };
    expect(evaluate('FIRST(METRICS())', metrics)).toEqual([1, 9]);
    expect(evaluate('LAST([a, b])', metrics)).toEqual([5, 6]);
    expect(evaluate('FIRST(SORT(METRICS(), MAX, DESC))', metrics)).toEqual([1, 9]);
    expect(evaluate('FIRST(SORT(METRICS(), SUM, DESC))', metrics)).toEqual([5, 6]);
    expect(evaluate('FIRST(SORT(METRICS(), MIN, ASC))', metrics)).toEqual([1, 9]);
    expect(evaluate('SUM(SORT(METRICS(), SUM, DESC, 2))', metrics)).toEqual([6, 15]);
    expect(evaluate('LAST(SORT(METRICS(), AVG, ASC))', metrics)).toEqual([none, none]);
    expect(evaluate('SUM(SLICE(METRICS(), 0, 2))', metrics)).toEqual([6, 15]);
    expect(evaluate('SUM(SLICE(METRICS(), 3))', metrics)).toEqual([3, 3]);
    expect(evaluate('a * METRIC_COUNT(METRICS())', metrics)).toEqual([4, 36]);
    expect(evaluate('a * METRIC_COUNT(REMOVE_EMPTY(METRICS()))', metrics)).toEqual([3, 27]);
  });

  it('knows the quota of concurrency, and no other', () => {
    const metrics = { concurrency: [100, 900], other: [1, 1] };
    expect(evaluate('concurrency / SERVICE_QUOTA(concurrency) * 100', metrics)).toEqual([10, 90]);
    expect(() => evaluate('SERVICE_QUOTA(other)', metrics)).toThrow(
      'There is no quota here for the metric other',
    );
    expect(() => evaluate('SERVICE_QUOTA(5)', metrics)).toThrow('SERVICE_QUOTA() takes the id of a metric.');
  });

  it.each([
    ['1 +', '"1 +": expected a number, an id, a function or "(" at character 4, got the end.'],
    ['(1', 'expected ")" at character 3, got the end.'],
    ['1 2', 'expected an operator or the end at character 2, got "2".'],
    ['a § b', '"§" is not understood.'],
    ['SUM(1, ]', 'got "]".'],
    ['missing + 1', 'There is no metric or expression with the id missing.'],
    ['ANOMALY_DETECTION_BAND(m, 2)', "is not evaluated locally: CloudWatch's own model makes anomaly bands."],
    ['SEARCH("x", "Sum")', 'stands where a number or a series is expected'],
    ['WOBBLE(m)', 'WOBBLE() is not evaluated locally.'],
    ['max(m)', 'max() is not evaluated locally: functions are written in capitals.'],
    ['HOUR(5)', 'HOUR() takes a series.'],
    ['FIRST(m)', 'FIRST() takes several series.'],
    ['SLICE([m, n])', 'SLICE() takes several series and one or two numbers.'],
    ['SORT([m, n], MEDIAN, ASC)', 'SORT() takes several series, one of AVG, MIN, MAX and SUM'],
    ['SORT([m, n], MAX, UP)', 'SORT() takes several series'],
    ['SORT(m, MAX, ASC)', 'SORT() takes several series'],
    ['METRICS()', 'gives several series where one is expected.'],
    ['SUM(3)', 'SUM() takes a series or a list of them.'],
    ['IF(m)', 'IF() takes a condition'],
    ['FILL(m)', 'FILL() takes a series, and a number'],
    ['[1, 2]', 'A list holds series, not numbers.'],
    [`${'('.repeat(500)}1${')'.repeat(500)}`, 'nested more than 200 levels deep'],
  ])('refuses %s', (expression, message) => {
    expect(() => evaluate(expression, { m: [1, 2], n: [3] })).toThrow(message);
  });

  it('never fails in another way, whatever is written', () => {
    const piece = fc.constantFrom(
      'm',
      'SUM',
      'SORT',
      'ASC',
      'HOUR',
      '(',
      ')',
      ',',
      '+',
      '-',
      '/',
      '>',
      'AND',
      '1',
      '0',
      'IF',
      'FILL',
      '"a"',
      '[',
      ']',
      ' ',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 25 }), (pieces) => {
        try {
          evaluate(pieces.join(' '), { m: [1, none, 2] });
        } catch (error) {
          expect((error as Error).name).toBe('MathError');
        }
      }),
      runs(500),
    );
  });
});
