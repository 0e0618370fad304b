import { formatDuration } from '../../xray/format-duration.ts';

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

/** How long until then, in words. Both in epoch seconds. */
export function formatUntil(then: number, now: number): string {
  const seconds = then - now;
  if (seconds < 1) return 'now';
  if (seconds < MINUTE) return `in ${Math.floor(seconds)} s`;
  if (seconds < HOUR) return `in ${Math.floor(seconds / MINUTE)} min`;
  if (seconds < DAY) return `in ${Math.floor(seconds / HOUR)} h`;
  return `in ${Math.floor(seconds / DAY)} d`;
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

/** `13:45:12` in the reader's own time zone, with milliseconds when there are any. Epoch milliseconds. */
export function formatClock(epochMs: number): string {
  const exact = formatExact(epochMs / 1000);
  return epochMs % 1000 === 0 ? exact.slice(11, 19) : exact.slice(11);
}

/** `13:45:12 – 13:46:12`, with the day where it is not that of `now`. All in epoch milliseconds. */
export function formatRange(
  { from, to }: { readonly from: number; readonly to: number },
  now: number,
): string {
  const days = [from, to, now].map((time) => formatExact(time / 1000).slice(0, 10));
  const dated = new Set(days).size > 1;
  const [start, end] = [from, to].map((time, index) =>
    dated && (index === 0 || days[0] !== days[1])
      ? `${days[index] ?? ''} ${formatClock(time)}`
      : formatClock(time),
  );
  return `${start ?? ''} – ${end ?? ''}`;
}

/** How long after something else, as `+1.25 s`. Milliseconds. */
export function formatOffset(ms: number): string {
  return `+${formatDuration(ms / 1000)}`;
}
