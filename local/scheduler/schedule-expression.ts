import { AwsApiError } from '../http/aws-error.ts';

/** When a schedule runs: once, or again and again from when it was made. Epoch milliseconds. */
export type Timing =
  { readonly kind: 'at'; readonly time: number } | { readonly kind: 'rate'; readonly interval: number };

const AT = /^at\((\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})\)$/;
const RATE = /^rate\((\d+) (minute|hour|day)s?\)$/;

const MILLISECONDS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/**
 * Reads `at(yyyy-mm-ddThh:mm:ss)` and `rate(5 minutes)`.
 *
 * @throws AwsApiError for anything else: what EventBridge Scheduler takes and this does not is named.
 */
export function parseScheduleExpression(expression: string, timezone = 'UTC'): Timing {
  if (timezone !== 'UTC')
    throw invalid(
      `Lantern's scheduler knows the time zone UTC only, not ScheduleExpressionTimezone ${timezone}.`,
    );
  const [, time] = AT.exec(expression) ?? [];
  const epoch = Date.parse(`${time ?? ''}Z`);
  // Date.parse() takes the 31st of February for a day of March.
  if (time !== undefined && !Number.isNaN(epoch) && new Date(epoch).toISOString().startsWith(time))
    return { kind: 'at', time: epoch };
  const [, count, unit = ''] = RATE.exec(expression) ?? [];
  const interval = Number(count) * (MILLISECONDS[unit] ?? 0);
  if (interval > 0) return { kind: 'rate', interval };
  if (expression.startsWith('cron('))
    throw invalid(`Lantern's scheduler runs at() and rate(), but not ${expression}.`);
  throw invalid(
    `Invalid Schedule Expression ${expression}. Expected at(yyyy-mm-ddThh:mm:ss) or rate(value minutes|hours|days).`,
  );
}

/** What EventBridge Scheduler answers to a request that it does not take. */
export function invalid(message: string): AwsApiError {
  return new AwsApiError(400, 'ValidationException', message);
}
