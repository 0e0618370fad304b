import { describe, expect, it } from 'vitest';
import { evaluateAlarm } from '../../../local/cloudwatch/evaluate-alarm.ts';
import type { EvaluateAlarmInput } from '../../../local/cloudwatch/evaluate-alarm.ts';
import { fc, runs } from '../../helpers/fast-check.ts';
import { STATES, TREATMENTS } from './alarm-vectors.ts';

const BREACHING = 2;
const datapoint = fc.constantFrom(null, 0, BREACHING);

const input = fc
  .record({
    datapoints: fc.array(datapoint, { maxLength: 14 }),
    evaluationPeriods: fc.integer({ min: 1, max: 8 }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    treatMissingData: fc.constantFrom(...TREATMENTS),
    previousState: fc.constantFrom(...STATES),
  })
  .map(({ share, ...rest }): Required<EvaluateAlarmInput> => ({
    ...rest,
    datapointsToAlarm: Math.max(1, Math.ceil(share * rest.evaluationPeriods)),
    threshold: 1,
    comparisonOperator: 'GreaterThanThreshold',
  }));

/**
 * The oracle: the rules of the user guide, written without a look at the implementation, walking over slots instead of
 * counting datapoints. Slots count from the newest, which is 1.
 */
function oracle(alarm: Required<EvaluateAlarmInput>): string {
  const { evaluationPeriods, datapointsToAlarm, treatMissingData, previousState } = alarm;
  const range = evaluationPeriods + Math.max(2, Math.floor(evaluationPeriods / 3));
  const newestFirst = [...alarm.datapoints].reverse();
  const taken: { breaching: boolean; slot: number }[] = [];
  for (let slot = 1; slot <= range && taken.length < evaluationPeriods; slot += 1) {
    const value = newestFirst[slot - 1];
    if (typeof value === 'number') taken.push({ breaching: value > alarm.threshold, slot });
  }
  const filling = { breaching: true, notBreaching: false, missing: undefined, ignore: undefined };
  const compared: (boolean | undefined)[] = taken.map(({ breaching }) => breaching);
  while (compared.length < evaluationPeriods) compared.push(filling[treatMissingData]);

  if (compared.filter((breaching) => breaching === true).length >= datapointsToAlarm) return 'ALARM';
  if (compared.includes(false)) return 'OK';
  if (!compared.includes(undefined)) return 'OK';
  if (treatMissingData === 'ignore') return previousState;
  const slots = taken.map(({ slot }) => slot).filter((slot) => slot <= evaluationPeriods);
  return slots.length > 0 && Math.max(...slots) >= datapointsToAlarm ? 'ALARM' : 'INSUFFICIENT_DATA';
}

describe('evaluateAlarm', () => {
  it('agrees with the oracle', () => {
    fc.assert(
      fc.property(input, (alarm) => {
        expect(evaluateAlarm(alarm)).toBe(oracle(alarm));
      }),
      runs(1000),
    );
  });

  it('agrees with the oracle for every window of up to five periods', () => {
    const windows = (length: number): (number | null)[][] =>
      length === 0
        ? [[]]
        : windows(length - 1).flatMap((rest) => [null, 0, BREACHING].map((value) => [value, ...rest]));
    for (const datapoints of windows(5)) {
      for (const treatMissingData of TREATMENTS) {
        for (const [evaluationPeriods, datapointsToAlarm] of [
          [1, 1],
          [2, 1],
          [3, 2],
          [3, 3],
        ] as const) {
          const alarm: Required<EvaluateAlarmInput> = {
            datapoints,
            evaluationPeriods,
            datapointsToAlarm,
            treatMissingData,
            previousState: 'ALARM',
            threshold: 1,
            comparisonOperator: 'GreaterThanThreshold',
          };
          expect(evaluateAlarm(alarm), JSON.stringify(alarm)).toBe(oracle(alarm));
        }
      }
    }
  });

  it('never goes from ALARM to OK because more datapoints breach', () => {
    fc.assert(
      fc.property(input, fc.nat(), (alarm, where) => {
        fc.pre(alarm.datapoints.length > 0);
        const datapoints = alarm.datapoints.with(where % alarm.datapoints.length, BREACHING);
        if (evaluateAlarm(alarm) === 'ALARM') expect(evaluateAlarm({ ...alarm, datapoints })).toBe('ALARM');
      }),
      runs(1000),
    );
  });

  it('does not care how missing data is treated while enough datapoints are there', () => {
    fc.assert(
      fc.property(input, (alarm) => {
        const { evaluationPeriods } = alarm;
        const datapoints = Array.from({ length: evaluationPeriods }, (_, i) => alarm.datapoints[i] ?? 0);
        const states = TREATMENTS.map((treatMissingData) =>
          evaluateAlarm({ ...alarm, datapoints, treatMissingData }),
        );
        expect(new Set(states).size).toBe(1);
      }),
    );
  });

  it('gives one of the two verdicts when missing data has a value of its own', () => {
    fc.assert(
      fc.property(input, fc.constantFrom('breaching', 'notBreaching'), (alarm, treatMissingData) => {
        expect(evaluateAlarm({ ...alarm, treatMissingData })).not.toBe('INSUFFICIENT_DATA');
      }),
    );
  });

  it('fires with `breaching` whenever it fires with another treatment', () => {
    fc.assert(
      fc.property(input, (alarm) => {
        fc.pre(alarm.treatMissingData !== 'ignore');
        if (evaluateAlarm(alarm) === 'ALARM') {
          expect(evaluateAlarm({ ...alarm, treatMissingData: 'breaching' })).toBe('ALARM');
        }
      }),
    );
  });

  it('does not depend on what lies before the evaluation range', () => {
    fc.assert(
      fc.property(input, fc.array(datapoint), (alarm, older) => {
        const range = alarm.evaluationPeriods + Math.max(2, Math.floor(alarm.evaluationPeriods / 3));
        const datapoints = Array.from({ length: range }, (_, i) => alarm.datapoints[i] ?? null);
        expect(evaluateAlarm({ ...alarm, datapoints: [...older, ...datapoints] })).toBe(
          evaluateAlarm({ ...alarm, datapoints }),
        );
      }),
    );
  });
});
