const DEFAULT_DAYS = 14;

/** Days that CloudWatch keeps datapoints of a minute ("Metrics retention", CloudWatch user guide). */
const DAYS_OF_MINUTES = 15;

/** @throws Error that says what `--days` takes, and what came. */
export function daysFrom(text: string | undefined): number {
  const days = text === undefined ? DEFAULT_DAYS : text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isInteger(days) && days >= 1 && days <= DAYS_OF_MINUTES) return days;
  throw new Error(
    `--days: expected a whole number from 1 to ${DAYS_OF_MINUTES}, as CloudWatch keeps minutes no longer, got ${JSON.stringify(text)}`,
  );
}
