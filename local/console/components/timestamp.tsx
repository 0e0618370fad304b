import { formatAgo, formatExact, formatUntil, toIso } from '../format/time.ts';

export interface TimestampProps {
  /** Epoch seconds. */
  readonly time: number;
  readonly now: number;
}

/** How long ago, or until then, with the exact time on hover. */
export function Timestamp({ time, now }: TimestampProps) {
  return (
    <time dateTime={toIso(time)} title={formatExact(time)}>
      {time > now + 1 ? formatUntil(time, now) : formatAgo(time, now)}
    </time>
  );
}
