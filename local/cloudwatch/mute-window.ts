/** When a mute rule of CloudWatch is open. Times are real ones: planned work does not pass faster on a fast clock. */

export interface MuteSchedule {
  /** `cron(0 2 * * SUN)`, with five fields, or `at(2027-01-31T22:00)`. */
  readonly expression: string;
  /** ISO 8601: `PT2H`, `P1DT30M`. */
  readonly duration: string;
  /** @default 'UTC' */
  readonly timezone?: string;
  /** Epoch milliseconds before which no window opens. */
  readonly from?: number;
  /** Epoch milliseconds from which on no window opens. */
  readonly until?: number;
}

const MINUTE_MS = 60_000;

/** The windows of one schedule, asked for moments that follow each other. */
export class MuteWindow {
  readonly #opensAt: (minute: number) => boolean;
  readonly #durationMs: number;
  #lookedUntil: number | undefined;
  #openUntil = Number.NEGATIVE_INFINITY;

  /** @throws Error for a schedule that is not of this form. */
  constructor({ expression, duration, timezone = 'UTC', from, until }: MuteSchedule) {
    const partsAt = localTime(timezone);
    const opens = readExpression(expression);
    this.#durationMs = readDuration(duration);
    this.#opensAt = (minute) =>
      minute >= (from ?? Number.NEGATIVE_INFINITY) &&
      minute < (until ?? Number.POSITIVE_INFINITY) &&
      opens(partsAt(minute));
  }

  /** @param at epoch milliseconds, never before that of an earlier question */
  isOpen(at: number): boolean {
    const newest = Math.floor(at / MINUTE_MS) * MINUTE_MS;
    const oldest = newest - this.#durationMs;
    const first = Math.max(oldest, this.#lookedUntil ?? oldest) + MINUTE_MS;
    for (let minute = first; minute <= newest; minute += MINUTE_MS) {
      if (this.#opensAt(minute)) this.#openUntil = minute + this.#durationMs;
    }
    this.#lookedUntil = newest;
    return at < this.#openUntil;
  }
}

/** Whether a mute rule can begin by it. */
export function isMuteSchedule(expression: string): boolean {
  try {
    readExpression(expression);
    return true;
  } catch {
    return false;
  }
}

/** Milliseconds. */
function readDuration(text: string): number {
  const [found, days = 0, hours = 0, minutes = 0] =
    /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?$/.exec(text) ?? [];
  const length = ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * MINUTE_MS;
  if (found === undefined || length === 0) throw new Error(`expected a duration such as PT2H, got "${text}"`);
  return length;
}

/** In this order: minute, hour, day of month, month, day of week from Sunday, year. */
type LocalTime = readonly [number, number, number, number, number, number];

const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];

function localTime(timeZone: string): (at: number) => LocalTime {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    weekday: 'short',
    hour: 'numeric',
    minute: 'numeric',
  });
  return (at) => {
    const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]));
    const number = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.get(type));
    const weekday = WEEKDAYS.indexOf((parts.get('weekday') ?? '').toUpperCase());
    return [number('minute'), number('hour'), number('day'), number('month'), weekday, number('year')];
  };
}

function readExpression(expression: string): (time: LocalTime) => boolean {
  const [, once] = /^at\((\d{4}-\d{2}-\d{2}T\d{2}:\d{2})(?::00)?\)$/.exec(expression) ?? [];
  if (once !== undefined) {
    // Dates that are none, such as February 30, would become others.
    const at = new Date(`${once}Z`);
    if (Number.isNaN(at.getTime()) || !at.toISOString().startsWith(once))
      throw new Error(`expected a date and time of the calendar, got "${expression}"`);
    return (time) => shownTime(time) === once;
  }
  const [, fields] = /^cron\((\S+(?: \S+){4})\)$/.exec(expression) ?? [];
  if (fields === undefined)
    throw new Error(`expected cron() with five fields or at() with a date and time, got "${expression}"`);
  const [minute = '', hour = '', day = '', month = '', weekday = ''] = fields.split(' ');
  const minutes = readField(minute, 0, 59);
  const hours = readField(hour, 0, 23);
  const days = readField(day, 1, 31);
  const months = readField(month, 1, 12, MONTHS);
  const weekdays = readField(weekday, 0, 7, WEEKDAYS);
  // As cron has it: where both days are given, one of them is enough.
  const either = !isAny(day) && !isAny(weekday);
  return ([atMinute, atHour, atDay, atMonth, atWeekday]) => {
    const isDay = days.has(atDay);
    const isWeekday = weekdays.has(atWeekday) || (atWeekday === 0 && weekdays.has(7));
    return (
      minutes.has(atMinute) &&
      hours.has(atHour) &&
      months.has(atMonth) &&
      (either ? isDay || isWeekday : isDay && isWeekday)
    );
  };
}

function shownTime([minute, hour, day, month, , year]: LocalTime): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${year}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}`;
}

function isAny(field: string): boolean {
  return field === '*' || field === '?';
}

/** The values that a field of cron stands for: a list of values, ranges and steps, where days and months may have names. */
function readField(
  field: string,
  least: number,
  most: number,
  names: readonly string[] = [],
): ReadonlySet<number> {
  const valueOf = (text: string): number => {
    const named = names.indexOf(text.toUpperCase());
    return named === -1 ? Number(text) : named + (least === 1 ? 1 : 0);
  };
  const values = field.split(',').flatMap((part) => {
    const [, range = '', from, to, step] = /^(\*|\?|(\w+)(?:-(\w+))?)(?:\/(\d+))?$/.exec(part) ?? [];
    const first = from === undefined ? least : valueOf(from);
    const open = isAny(range) || (step !== undefined && to === undefined);
    const last = open ? most : valueOf(to ?? from ?? '');
    const every = Number(step ?? 1);
    if (range === '' || every < 1 || !(first >= least && first <= last && last <= most))
      throw new Error(`expected a field of cron from ${least} to ${most}, got "${field}"`);
    return Array.from(
      { length: Math.floor((last - first) / every) + 1 },
      (_, index) => first + index * every,
    );
  });
  return new Set(values);
}
