import { parseObject } from '../../json.ts';

/**
 * What the plugin asks of CloudWatch Logs for an alarm on error lines, and Lantern local of its own: one form, so that what is deployed
 * can be evaluated here.
 */

/** Powertools' Logger writes CRITICAL, Lambda's JSON format FATAL; both ERROR. */
const ERROR_LEVELS = ['ERROR', 'FATAL', 'CRITICAL'] as const;

/** In the query language of Logs Insights. Without an aggregation, as the lines of the message are what it finds. */
export const ERROR_LINES_QUERY = `fields @timestamp, @message, @log | filter level in [${ERROR_LEVELS.map(
  (level) => `"${level}"`,
).join(', ')}]`;

/** How many there are, for "PutLogAlarm". */
export const ERROR_LINES_AGGREGATION = 'count(*)';

/** `rate(5 minutes)`: how often a log alarm asks. */
export function scheduleOf(minutes: number): string {
  return `rate(${minutes} ${minutes === 1 ? 'minute' : 'minutes'})`;
}

const UNIT_MINUTES: Readonly<Record<string, number>> = { minute: 1, hour: 60, day: 24 * 60 };

/** Minutes of a `rate()`; undefined for anything else. */
export function minutesOf(schedule: string): number | undefined {
  const [, count, unit = ''] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(schedule) ?? [];
  const minutes = Number(count) * (UNIT_MINUTES[unit] ?? Number.NaN);
  return minutes > 0 ? minutes : undefined;
}

/** Whether the query finds a line. Logs Insights reads the first JSON in a line of a function, whatever stands before it. */
export function isErrorLine(text: string): boolean {
  const begin = text.indexOf('{');
  const level = begin === -1 ? undefined : parseObject(text.slice(begin))?.level;
  return ERROR_LEVELS.some((one) => one === level);
}
