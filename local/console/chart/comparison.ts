/** How CloudWatch's comparison operators are written (CloudWatch API reference, `PutMetricAlarm`). */
const SIGNS = new Map([
  ['GreaterThanThreshold', '>'],
  ['GreaterThanOrEqualToThreshold', '≥'],
  ['LessThanThreshold', '<'],
  ['LessThanOrEqualToThreshold', '≤'],
]);

/** `>` for `GreaterThanThreshold`; operators without a sign come back as they are. */
export function comparisonSign(operator: string): string {
  return SIGNS.get(operator) ?? operator;
}
