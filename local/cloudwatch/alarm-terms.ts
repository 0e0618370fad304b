/** CloudWatch's words for alarms: their states, and the parameters of "PutMetricAlarm" (API reference). Pure. */

export const ALARM_STATES = ['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const;
export type AlarmState = (typeof ALARM_STATES)[number];

export const TREATMENTS_OF_MISSING_DATA = ['missing', 'ignore', 'breaching', 'notBreaching'] as const;
export type TreatMissingData = (typeof TREATMENTS_OF_MISSING_DATA)[number];

/** What `Statistic` takes; `ExtendedStatistic` takes percentiles and the like. */
export const PLAIN_STATISTICS = ['SampleCount', 'Average', 'Sum', 'Minimum', 'Maximum'] as const;

interface Comparison {
  readonly sign: string;
  /** CloudWatch's, in the reason of a state. */
  readonly words: string;
  readonly holds: (value: number, limit: number) => boolean;
}

/** The operators that compare with one number. */
export type StaticComparisonOperator =
  | 'GreaterThanThreshold'
  | 'GreaterThanOrEqualToThreshold'
  | 'LessThanThreshold'
  | 'LessThanOrEqualToThreshold';

/** Those that compare with an anomaly band, which CloudWatch's own model makes. */
type BandComparisonOperator =
  'GreaterThanUpperThreshold' | 'LessThanLowerThreshold' | 'LessThanLowerOrGreaterThanUpperThreshold';

export type ComparisonOperator = StaticComparisonOperator | BandComparisonOperator;

const COMPARISONS: Readonly<Record<StaticComparisonOperator, Comparison>> = {
  GreaterThanThreshold: { sign: '>', words: 'greater than', holds: (value, limit) => value > limit },
  GreaterThanOrEqualToThreshold: {
    sign: '>=',
    words: 'greater than or equal to',
    holds: (value, limit) => value >= limit,
  },
  LessThanThreshold: { sign: '<', words: 'less than', holds: (value, limit) => value < limit },
  LessThanOrEqualToThreshold: {
    sign: '<=',
    words: 'less than or equal to',
    holds: (value, limit) => value <= limit,
  },
};

const BANDS: Readonly<Record<BandComparisonOperator, string>> = {
  GreaterThanUpperThreshold: 'above the band',
  LessThanLowerThreshold: 'below the band',
  LessThanLowerOrGreaterThanUpperThreshold: 'outside the band',
};

export const STATIC_COMPARISON_OPERATORS = Object.keys(COMPARISONS) as readonly StaticComparisonOperator[];
export const COMPARISON_OPERATORS: readonly ComparisonOperator[] = [
  ...STATIC_COMPARISON_OPERATORS,
  ...(Object.keys(BANDS) as readonly BandComparisonOperator[]),
];

export function isStaticComparison(operator: string): operator is StaticComparisonOperator {
  return Object.hasOwn(COMPARISONS, operator);
}

export function isBreaching(value: number, operator: StaticComparisonOperator, threshold: number): boolean {
  return COMPARISONS[operator].holds(value, threshold);
}

/** `greater than`, or `above the band`. */
export function comparisonWords(operator: ComparisonOperator): string {
  return isStaticComparison(operator) ? COMPARISONS[operator].words : BANDS[operator];
}

/** `>`, or `above the band`. */
export function comparisonSign(operator: ComparisonOperator): string {
  return isStaticComparison(operator) ? COMPARISONS[operator].sign : BANDS[operator];
}
