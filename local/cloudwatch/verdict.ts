/**
 * How CloudWatch judges the datapoints of a metric alarm ("Evaluating an alarm" and "Configuring how CloudWatch alarms
 * treat missing data", CloudWatch user guide). Pure.
 */
import type { AlarmState, StaticComparisonOperator, TreatMissingData } from './alarm-terms.ts';
import { isBreaching } from './alarm-terms.ts';

export interface EvaluationSettings {
  readonly threshold: number;
  readonly comparisonOperator: StaticComparisonOperator;
  /** N: periods that are compared. */
  readonly evaluationPeriods: number;
  /** M: how many of them must breach. */
  readonly datapointsToAlarm: number;
  readonly treatMissingData: TreatMissingData;
}

export interface Verdict {
  readonly state: AlarmState;
  /** Positions, in what was passed, of the datapoints that were compared: oldest first. */
  readonly considered: readonly number[];
  /** How many of them breach. */
  readonly breaching: number;
  /** How many missing datapoints the treatment had to stand in for. */
  readonly filled: number;
  /** Whether the state is ALARM by the rule of the oldest breaching datapoint, with fewer than M of them. */
  readonly premature: boolean;
}

/**
 * How many periods CloudWatch looks back. It fetches more datapoints than are compared, so that late or missing ones do
 * not decide. AWS publishes no formula, only that it is 5 for 3 evaluation periods; this one gives that, and is what
 * LocalStack assumes too.
 */
export function evaluationRange(evaluationPeriods: number): number {
  return evaluationPeriods + Math.max(Math.floor(evaluationPeriods / 3), 2);
}

/**
 * @param datapoints oldest first, `null` where missing; of more than the evaluation range, the newest count.
 * @param previousState what `ignore` keeps.
 */
export function judge(
  datapoints: ReadonlyArray<number | null>,
  settings: EvaluationSettings,
  previousState: AlarmState,
): Verdict {
  const { evaluationPeriods: n, datapointsToAlarm: m, treatMissingData } = settings;
  const breaches = (position: number): boolean => {
    const value = datapoints[position];
    return typeof value === 'number' && isBreaching(value, settings.comparisonOperator, settings.threshold);
  };
  const first = Math.max(0, datapoints.length - evaluationRange(n));
  const present = [...datapoints.keys()].filter(
    (position) => position >= first && datapoints[position] !== null,
  );
  const considered = present.slice(-n);
  const breaching = considered.filter(breaches).length;
  const filled = n - considered.length;
  const verdict = (state: AlarmState, premature = false): Verdict => ({
    state,
    considered,
    breaching,
    filled,
    premature,
  });

  if (breaching >= m) return verdict('ALARM');
  if (filled === 0 || treatMissingData === 'notBreaching') return verdict('OK');
  if (treatMissingData === 'breaching') return verdict(breaching + filled >= m ? 'ALARM' : 'OK');
  if (breaching < considered.length) return verdict('OK');
  // From here on nothing speaks for OK: there are no datapoints, or only breaching ones, but fewer than M.
  if (treatMissingData === 'ignore') return verdict(previousState);
  const oldest = considered.find((position) => datapoints.length - position <= n);
  const oldEnough = oldest !== undefined && datapoints.length - oldest >= m;
  return oldEnough ? verdict('ALARM', true) : verdict('INSUFFICIENT_DATA');
}
