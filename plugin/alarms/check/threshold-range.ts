import type { PlannedAlarm } from '../alarm-plan.ts';

/** The values that something can have; `above` leaves the lowest one out. */
export interface Range {
  readonly least: number;
  readonly above: boolean;
  readonly most: number;
}

type Compared = Pick<PlannedAlarm, 'comparisonOperator'> & { readonly threshold: number };

export function crosses(value: number, { comparisonOperator, threshold }: Compared): boolean {
  switch (comparisonOperator) {
    case 'GreaterThanThreshold':
      return value > threshold;
    case 'GreaterThanOrEqualToThreshold':
      return value >= threshold;
    case 'LessThanThreshold':
      return value < threshold;
    case 'LessThanOrEqualToThreshold':
      return value <= threshold;
    default:
      // Of a band, not a threshold.
      return true;
  }
}

/** Whether any value of the range is an alarm; whether every one is. */
export function reach({ least, above, most }: Range, compared: Compared): 'never' | 'always' | 'sometimes' {
  // Just above the lowest value, where that itself cannot be.
  const low = above ? least + Number.EPSILON : least;
  const ends = [crosses(low, compared), crosses(most, compared)];
  if (ends.every((crossed) => crossed)) return 'always';
  return ends.some((crossed) => crossed) ? 'sometimes' : 'never';
}
