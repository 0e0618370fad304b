const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long ago, in words. Both in epoch seconds; a clock that is a little behind is still "just now". */
export function formatAgo(then: number, now: number): string {
  const seconds = now - then;
  if (seconds < 5) return 'just now';
  if (seconds < MINUTE) return `${Math.floor(seconds)} s ago`;
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)} min ago`;
  if (seconds < DAY) return `${Math.floor(seconds / HOUR)} h ago`;
  return `${Math.floor(seconds / DAY)} d ago`;
}

/** `2026-03-04 13:45:12.345` in the reader's own time zone. */
export function formatExact(epochSeconds: number): string {
  const date = toDate(epochSeconds);
  if (date === undefined) return 'an unknown time';
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  return `${day} ${time}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

/** ISO 8601 for machines; undefined when no date is that far away. */
export function toIso(epochSeconds: number): string | undefined {
  return toDate(epochSeconds)?.toISOString();
}

function toDate(epochSeconds: number): Date | undefined {
  const date = new Date(epochSeconds * 1000);
  return Number.isNaN(date.getTime()) ? undefined : date;
}
