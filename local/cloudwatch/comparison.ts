/** How a datapoint is held against a threshold, with the words CloudWatch uses for it in a reason. */
const comparisons = {
  GreaterThanThreshold: { words: 'greater than', holds: (value: number, limit: number) => value > limit },
  GreaterThanOrEqualToThreshold: {
    words: 'greater than or equal to',
    holds: (value: number, limit: number) => value >= limit,
  },
  LessThanThreshold: { words: 'less than', holds: (value: number, limit: number) => value < limit },
  LessThanOrEqualToThreshold: {
    words: 'less than or equal to',
    holds: (value: number, limit: number) => value <= limit,
  },
} as const;

/** The operators that compare with one number; those of anomaly bands are not among them. */
export type StaticComparisonOperator = keyof typeof comparisons;

export const STATIC_COMPARISON_OPERATORS = Object.keys(comparisons) as readonly StaticComparisonOperator[];

export const isBreaching = (value: number, operator: StaticComparisonOperator, threshold: number): boolean =>
  comparisons[operator].holds(value, threshold);

export const comparisonWords = (operator: StaticComparisonOperator): string => comparisons[operator].words;
