import { formatAgo, formatExact, toIso } from '../format/time.ts';

export interface TimestampProps {
  /** Epoch seconds. */
  readonly time: number;
  readonly now: number;
}

/** How long ago, with the exact time on hover. */
export function Timestamp({ time, now }: TimestampProps) {
  return (
    <time dateTime={toIso(time)} title={formatExact(time)}>
      {formatAgo(time, now)}
    </time>
  );
}
