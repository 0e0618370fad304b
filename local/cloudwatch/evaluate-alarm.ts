import type { AlarmState, StaticComparisonOperator, TreatMissingData } from './alarm-terms.ts';
import { ALARM_STATES, STATIC_COMPARISON_OPERATORS, TREATMENTS_OF_MISSING_DATA } from './alarm-terms.ts';
import { judge } from './verdict.ts';

export interface EvaluateAlarmInput {
  /** One for each period, oldest first; `null` where the metric has no data. */
  readonly datapoints: ReadonlyArray<number | null>;
  readonly threshold: number;
  /** The anomaly-band operators are not among them: a band is made by CloudWatch's own model. */
  readonly comparisonOperator: StaticComparisonOperator;
  /** How many of the newest periods are compared: N of "M out of N". */
  readonly evaluationPeriods: number;
  /**
   * How many of them must breach: M of "M out of N".
   *
   * @default evaluationPeriods
   */
  readonly datapointsToAlarm?: number;
  /** @default 'missing' */
  readonly treatMissingData?: TreatMissingData;
  /**
   * The state before this evaluation, which `ignore` keeps.
   *
   * @default 'INSUFFICIENT_DATA', as an alarm begins
   */
  readonly previousState?: AlarmState;
}

/**
 * The state that a CloudWatch metric alarm has with these datapoints: would it have fired?
 *
 * The datapoints are what CloudWatch looks at, which is more than `evaluationPeriods` of them (5 for 3): of a longer list
 * the newest count, and what a shorter one lacks is missing.
 *
 * @example
 * evaluateAlarm({
 *   datapoints: [120, 5100, 5300, 5200],
 *   threshold: 4800,
 *   comparisonOperator: 'GreaterThanThreshold',
 *   evaluationPeriods: 3,
 * }); // 'ALARM'
 * @throws TypeError that begins with the name of the field, for a value that CloudWatch would not take.
 */
export function evaluateAlarm(input: EvaluateAlarmInput): AlarmState {
  checkInput(input);
  const {
    datapoints,
    evaluationPeriods,
    datapointsToAlarm = evaluationPeriods,
    treatMissingData = 'missing',
    previousState = 'INSUFFICIENT_DATA',
    ...comparison
  } = input;
  const settings = { ...comparison, evaluationPeriods, datapointsToAlarm, treatMissingData };
  return judge(datapoints, settings, previousState).state;
}

/** Tests are often JavaScript, or read what they pass from a file: nothing is taken on trust. */
function checkInput(input: EvaluateAlarmInput): void {
  if (typeof input !== 'object' || (input as unknown) === null) refuse('The input', 'an object', input);
  const { datapoints, threshold, evaluationPeriods, datapointsToAlarm = evaluationPeriods } = input;
  if (!Array.isArray(datapoints))
    refuse('datapoints', 'a list of numbers and nulls, oldest first', datapoints);
  // Array.from fills the holes of a sparse list, which would otherwise pass unseen.
  for (const [index, value] of Array.from(datapoints as unknown[]).entries()) {
    if (value !== null && !Number.isFinite(value)) {
      refuse(`datapoints[${index}]`, 'a finite number, or null where the period has no data', value);
    }
  }
  if (!Number.isFinite(threshold)) refuse('threshold', 'a finite number', threshold);
  checkChoice('comparisonOperator', STATIC_COMPARISON_OPERATORS, input.comparisonOperator);
  if (!isCount(evaluationPeriods)) refuse('evaluationPeriods', 'a whole number from 1', evaluationPeriods);
  if (!isCount(datapointsToAlarm) || datapointsToAlarm > evaluationPeriods) {
    refuse(
      'datapointsToAlarm',
      `a whole number from 1 to evaluationPeriods, ${evaluationPeriods}`,
      datapointsToAlarm,
    );
  }
  checkChoice('treatMissingData', TREATMENTS_OF_MISSING_DATA, input.treatMissingData ?? 'missing');
  checkChoice('previousState', ALARM_STATES, input.previousState ?? 'OK');
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1;
}

function checkChoice(field: string, choices: readonly string[], value: unknown): void {
  if (!choices.includes(value as string)) refuse(field, `one of ${choices.join(', ')}`, value);
}

function refuse(field: string, expected: string, value: unknown): never {
  throw new TypeError(`${field}: expected ${expected}, got ${shown(value)}.`);
}

/** `JSON.stringify` would say null for NaN, and throw for a BigInt. */
function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
