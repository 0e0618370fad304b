/** When a schedule runs: the expressions of EventBridge Scheduler and of EventBridge's rules. */
import { Cron } from 'croner';

/** Epoch milliseconds. */
type Moment = number;

/** When a schedule runs: once, again and again from when it began, or by the calendar. */
export type Timing =
  | { readonly kind: 'at'; readonly time: Moment }
  | { readonly kind: 'rate'; readonly interval: number }
  | { readonly kind: 'cron'; readonly nextAfter: (moment: Moment) => Moment | undefined };

/** An expression that AWS would refuse. */
export class ScheduleExpressionError extends Error {
  override readonly name = 'ScheduleExpressionError';
}

const AT = /^at\((\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})\)$/;
const RATE = /^rate\((\d+) (minute|hour|day)(s?)\)$/;
const CRON = /^cron\(([^()]*)\)$/;

const DAY = 86_400_000;
const MILLISECONDS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: DAY };

/**
 * Reads what EventBridge Scheduler takes: `at(yyyy-mm-ddThh:mm:ss)`, `rate(5 minutes)` and `cron(0 12 * * ? *)`.
 *
 * @param timezone of `at` and `cron`, a name of IANA's. A time of `cron` that the clocks leave out in spring does not come, and one
 *   that they show twice in autumn comes once ("Daylight savings time on EventBridge Scheduler").
 * @throws ScheduleExpressionError
 */
export function parseScheduleExpression(expression: string, timezone = 'UTC'): Timing {
  checkTimezone(timezone);
  const [, time] = AT.exec(expression) ?? [];
  const wallClock = Date.parse(`${time ?? ''}Z`);
  // Date.parse() takes the 31st of February for a day of March.
  if (time !== undefined && !Number.isNaN(wallClock) && new Date(wallClock).toISOString().startsWith(time))
    return { kind: 'at', time: momentOf(wallClock, timezone) };
  const interval = rateOf(expression);
  if (interval !== undefined) return { kind: 'rate', interval };
  const [, fields] = CRON.exec(expression) ?? [];
  if (fields !== undefined) return { kind: 'cron', nextAfter: readCron(expression, fields, timezone) };
  throw new ScheduleExpressionError(
    `Invalid Schedule Expression ${expression}. Expected at(yyyy-mm-ddThh:mm:ss), rate(value minutes|hours|days) or cron(fields).`,
  );
}

/**
 * Reads what a rule of EventBridge takes: `rate` and `cron`, in UTC. Unlike Scheduler it insists on the singular for 1.
 *
 * @throws ScheduleExpressionError
 */
export function parseRuleSchedule(expression: string): Exclude<Timing, { readonly kind: 'at' }> {
  const [, count, , plural] = RATE.exec(expression) ?? [];
  const timing = expression.startsWith('at(') ? undefined : parseScheduleExpression(expression);
  if (
    timing === undefined ||
    timing.kind === 'at' ||
    (count !== undefined && (Number(count) === 1) !== (plural === ''))
  )
    throw new ScheduleExpressionError(
      `Invalid ScheduleExpression ${expression}. Expected rate(1 minute|hour|day), rate(value minutes|hours|days) or cron(fields).`,
    );
  return timing;
}

function rateOf(expression: string): number | undefined {
  const [, count, unit = ''] = RATE.exec(expression) ?? [];
  const interval = Number(count) * (MILLISECONDS[unit] ?? 0);
  return interval > 0 ? interval : undefined;
}

/** The fields of `cron()`, in their order, with what they may hold ("Cron-based schedules" of the user guide). */
const FIELDS = [
  { name: 'minutes', first: 0, last: 59, pattern: /^[\d,*/-]+$/ },
  { name: 'hours', first: 0, last: 23, pattern: /^[\d,*/-]+$/ },
  { name: 'day of month', first: 1, last: 31, pattern: /^[\d,*/?LW-]+$/ },
  { name: 'month', first: 1, last: 12, pattern: /^[\dA-Z,*/-]+$/i },
  { name: 'day of week', first: 1, last: 7, pattern: /^[\dA-Z,*/?#-]+$/i },
  { name: 'year', first: 1970, last: 2199, pattern: /^[\d,*/-]+$/ },
] as const;

function readCron(
  expression: string,
  text: string,
  timezone: string,
): (moment: Moment) => Moment | undefined {
  const fields = text.trim().split(/\s+/);
  const refuse = (expected: string, cause?: unknown): never => {
    throw new ScheduleExpressionError(`Invalid Schedule Expression ${expression}. Expected ${expected}.`, {
      cause,
    });
  };
  if (fields.length !== FIELDS.length)
    refuse(`${FIELDS.length} fields: ${FIELDS.map(({ name }) => name).join(', ')}`);
  const [, , dayOfMonth, , dayOfWeek] = fields;
  if ((dayOfMonth === '?') === (dayOfWeek === '?'))
    refuse('? either for the day of month or for the day of week');
  const read = FIELDS.map(({ name, first, last, pattern }, index) => {
    const field = fields[index] ?? '';
    if (!pattern.test(field)) refuse(`the field "${name}" in another form than ${field}`);
    for (const [number] of field.replaceAll(/[/#]\d+/g, '').matchAll(/\d+/g)) {
      if (Number(number) < first || Number(number) > last)
        refuse(`${name} from ${first} to ${last}, not ${number}`);
    }
    return fieldForCroner(field, { last, isDayOfWeek: name === 'day of week' });
  });
  try {
    // Weekdays from 1 for Sunday; without a second, at the first one of a minute.
    const cron = new Cron(`0 ${read.join(' ')}`, {
      mode: '7-part',
      alternativeWeekdays: true,
      timezone,
      paused: true,
    });
    return (moment) => nextRun(cron, moment, timezone);
  } catch (cause) {
    return refuse(`cron fields as EventBridge has them: ${(cause as Error).message}`, cause);
  }
}

/** `5/15` is every 15th from 5 on, `L` as a day of the week is Saturday, and `?` asks for nothing. */
function fieldForCroner(
  field: string,
  { last, isDayOfWeek }: { last: number; isDayOfWeek: boolean },
): string {
  const steps = field.replaceAll(/(^|,)(\w+)\/(\d+)/g, `$1$2-${last}/$3`).replace('?', '*');
  return isDayOfWeek ? steps.replace(/^L$/i, '7') : steps;
}

/** Croner moves a time that the clocks leave out to the next one that exists, and some it gives twice: AWS does neither. */
function nextRun(cron: Cron, moment: Moment, timezone: string): Moment | undefined {
  for (let run = cron.nextRun(new Date(moment)); run !== null; run = cron.nextRun(run)) {
    if (cron.match(run) && !isShownAgain(run.getTime(), timezone)) return run.getTime();
  }
  return undefined;
}

/** The longest that clocks are ever set back by, in milliseconds. */
const MAX_SHIFT = 3 * 3_600_000;

/** Whether clocks have shown the time of this moment before, because they were set back in between. */
function isShownAgain(moment: Moment, timezone: string): boolean {
  const before = offsetAt(moment - MAX_SHIFT, timezone);
  const setBack = before - offsetAt(moment, timezone);
  return setBack > 0 && offsetAt(moment - setBack, timezone) === before;
}

/** The first moment at which clocks show this time; of one that they leave out, what they show in its place. */
function momentOf(wallClock: number, timezone: string): Moment {
  const offsets = [wallClock - DAY, wallClock + DAY].map((near) => offsetAt(near, timezone));
  const moments = offsets.map((offset) => wallClock - offset);
  return (
    moments.find((moment) => moment + offsetAt(moment, timezone) === wallClock) ?? moments[0] ?? wallClock
  );
}

/** Milliseconds that clocks are ahead of UTC. */
function offsetAt(moment: Moment, timeZone: string): number {
  const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset', year: 'numeric' });
  const name = format.formatToParts(moment).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const [, sign = '+', hours = 0, minutes = 0, seconds = 0] =
    /^GMT(?:([+-])(\d+)(?::(\d+))?(?::(\d+))?)?$/.exec(name) ?? [];
  const size = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
  return sign === '-' ? -size : size;
}

function checkTimezone(timezone: string): void {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: timezone });
  } catch (cause) {
    const message = `Expected ScheduleExpressionTimezone to be a time zone such as Europe/Berlin, got ${timezone}.`;
    throw new ScheduleExpressionError(message, { cause });
  }
}
