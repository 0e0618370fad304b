import { describe, expect, it } from 'vitest';
import { evaluateAlarm } from '../../../local/cloudwatch/evaluate-alarm.ts';
import type { EvaluateAlarmInput } from '../../../local/cloudwatch/evaluate-alarm.ts';
import { minimumSamples } from '../../../local/cloudwatch/alarms/evaluate-metric-alarm.ts';
import { evaluationRange, judge } from '../../../local/cloudwatch/verdict.ts';
import { readDatapoints, STATES, TREATMENTS, vectors } from './alarm-vectors.ts';
import type { AlarmVectors } from './alarm-vectors.ts';

const above = { threshold: 1, comparisonOperator: 'GreaterThanThreshold' } as const;

function everyWay<Row>(rows: readonly Row[]) {
  return rows.flatMap((row) =>
    TREATMENTS.flatMap((treatMissingData) =>
      STATES.map((previousState) => ({ ...row, treatMissingData, previousState })),
    ),
  );
}

function expectRow(
  row: ReturnType<typeof everyWay<AlarmVectors['derived'][number] | AlarmVectors['tables'][number]>>[number],
) {
  const { expected, treatMissingData, previousState, evaluationPeriods, datapointsToAlarm } = row;
  const datapoints = readDatapoints(row.datapoints);
  const state = expected[treatMissingData] === 'RETAIN' ? previousState : expected[treatMissingData];
  const setup = { ...above, evaluationPeriods, datapointsToAlarm, treatMissingData, previousState };
  expect(evaluateAlarm({ ...setup, datapoints })).toBe(state);
}

describe('the published tables', () => {
  it.each(everyWay(vectors.tables))('$id: $datapoints, $treatMissingData, before: $previousState', expectRow);

  it.each(vectors.tables)('$id: $filled datapoints are filled in', (row) => {
    const rule = { ...above, ...row, treatMissingData: 'missing' } as const;
    expect(judge(readDatapoints(row.datapoints), rule, 'OK').filled).toBe(row.filled);
  });

  it('look back over 5 periods for 3 that are compared', () => {
    expect(evaluationRange(3)).toBe(5);
  });
});

describe('the rows that follow from the rules', () => {
  it.each(everyWay(vectors.derived))(
    '$why: $datapoints, $treatMissingData, before: $previousState',
    expectRow,
  );
});

describe('the examples in the text', () => {
  const cases = vectors.prose.flatMap((row) => STATES.map((previousState) => ({ ...row, previousState })));

  it.each(cases)('$datapoints fires: $alarm, before: $previousState', (row) => {
    const { datapoints, evaluationPeriods, datapointsToAlarm, previousState, alarm } = row;
    const state = evaluateAlarm({
      ...above,
      datapoints: readDatapoints(datapoints),
      evaluationPeriods,
      datapointsToAlarm,
      previousState,
    });
    expect(state === 'ALARM').toBe(alarm);
  });

  it('go through the nine periods of the figure', () => {
    const { datapoints, evaluationPeriods, states } = vectors.figure;
    const all = readDatapoints(datapoints);
    const seen = all.map((_, index) =>
      evaluateAlarm({
        ...above,
        datapoints: all.slice(0, index + 1),
        evaluationPeriods,
        treatMissingData: 'notBreaching',
      }),
    );
    expect(seen).toEqual(states);
  });

  it.each(vectors.lowSamples)('call p$percentile significant from $samples samples', (row) => {
    expect(minimumSamples(row.percentile)).toBe(row.samples);
  });

  it('ask for more samples the farther out the percentile', () => {
    expect([minimumSamples(99.9), minimumSamples(5), minimumSamples(99.99)]).toEqual([10_000, 200, 100_000]);
  });
});

describe('evaluateAlarm', () => {
  const plain = { datapoints: [2, 2], ...above, evaluationPeriods: 2 } as const;

  it('compares as the operator says, the threshold itself included', () => {
    const at = (comparisonOperator: EvaluateAlarmInput['comparisonOperator']) =>
      [0, 1, 2].map((value) =>
        evaluateAlarm({ datapoints: [value], threshold: 1, comparisonOperator, evaluationPeriods: 1 }),
      );
    expect(at('GreaterThanThreshold')).toEqual(['OK', 'OK', 'ALARM']);
    expect(at('GreaterThanOrEqualToThreshold')).toEqual(['OK', 'ALARM', 'ALARM']);
    expect(at('LessThanThreshold')).toEqual(['ALARM', 'OK', 'OK']);
    expect(at('LessThanOrEqualToThreshold')).toEqual(['ALARM', 'ALARM', 'OK']);
  });

  it('asks all periods to breach, and knows no state before, where nothing is said', () => {
    expect(evaluateAlarm(plain)).toBe('ALARM');
    expect(evaluateAlarm({ ...plain, datapoints: [0, 2] })).toBe('OK');
    expect(evaluateAlarm({ ...plain, datapoints: [] })).toBe('INSUFFICIENT_DATA');
    expect(evaluateAlarm({ ...plain, datapoints: [], treatMissingData: 'ignore' })).toBe('INSUFFICIENT_DATA');
  });

  it('does not look back farther than the evaluation range', () => {
    const old = [2, 2, 2, 2, null, null, null, null];
    expect(evaluateAlarm({ ...plain, datapoints: old })).toBe('INSUFFICIENT_DATA');
    expect(evaluateAlarm({ ...plain, datapoints: old.slice(0, 6) })).toBe('ALARM');
  });

  it('keeps its state with `ignore` while nothing but too few breaching datapoints is there', () => {
    const few = { ...above, datapoints: readDatapoints('- - - - X'), evaluationPeriods: 3 };
    for (const previousState of STATES) {
      expect(evaluateAlarm({ ...few, treatMissingData: 'ignore', previousState })).toBe(previousState);
    }
    expect(evaluateAlarm({ ...few, previousState: 'OK' })).toBe('INSUFFICIENT_DATA');
  });

  it.each([
    [{ datapoints: 'X' }, 'datapoints: expected a list of numbers and nulls, oldest first, got "X".'],
    [{ datapoints: [1, Number.NaN] }, 'datapoints[1]: expected a finite number, or null'],
    [{ datapoints: [1, '2'] }, 'datapoints[1]: expected a finite number, or null'],
    [{ datapoints: [undefined] }, 'datapoints[0]: expected a finite number, or null'],
    [{ datapoints: [1, , 2] }, 'datapoints[1]: expected a finite number, or null'],
    [{ threshold: undefined }, 'threshold: expected a finite number, got undefined.'],
    [{ threshold: Number.POSITIVE_INFINITY }, 'threshold: expected a finite number, got Infinity.'],
    [{ comparisonOperator: '>' }, 'comparisonOperator: expected one of GreaterThanThreshold, '],
    [{ comparisonOperator: 'GreaterThanUpperThreshold' }, 'got "GreaterThanUpperThreshold".'],
    [{ evaluationPeriods: 0 }, 'evaluationPeriods: expected a whole number from 1, got 0.'],
    [{ evaluationPeriods: 1.5 }, 'evaluationPeriods: expected a whole number from 1, got 1.5.'],
    [
      { datapointsToAlarm: 3 },
      'datapointsToAlarm: expected a whole number from 1 to evaluationPeriods, 2, got 3.',
    ],
    [
      { datapointsToAlarm: 0 },
      'datapointsToAlarm: expected a whole number from 1 to evaluationPeriods, 2, got 0.',
    ],
    [
      { treatMissingData: 'notbreaching' },
      'treatMissingData: expected one of missing, ignore, breaching, notBr',
    ],
    [
      { previousState: 'FIRING' },
      'previousState: expected one of OK, ALARM, INSUFFICIENT_DATA, got "FIRING".',
    ],
  ])('refuses %j and names the field', (wrong, message) => {
    const evaluate = () => evaluateAlarm({ ...plain, ...wrong } as unknown as EvaluateAlarmInput);
    expect(evaluate).toThrow(TypeError);
    expect(evaluate).toThrow(message);
  });

  it('refuses what is no object at all', () => {
    expect(() => evaluateAlarm(null as never)).toThrow('The input: expected an object, got null.');
  });
});
