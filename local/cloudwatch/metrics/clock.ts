/** CloudWatch counts in minutes of 60 s. A laptop may let them pass faster: see ADR 24. */
export interface MetricClock {
  /** Real milliseconds that a minute lasts. */
  readonly minuteMs: number;
}

/** Seconds of the shortest period that CloudWatch keeps apart for alarms: 10, 20, 30, or a multiple of 60. */
export const MIN_PERIOD = 10;

/** Real milliseconds that a period of so many seconds lasts. */
export function periodMs(seconds: number, { minuteMs }: MetricClock): number {
  return (seconds / 60) * minuteMs;
}

/** Milliseconds by which an end that was computed may miss the begin of the next bucket: the grain of such numbers. */
const TOLERANCE = 0.001;

/** The begin of the bucket that holds `at`, where buckets of `length` follow each other from the epoch on. */
export function beginOf(at: number, length: number): number {
  return Math.floor((at + TOLERANCE) / length) * length;
}
