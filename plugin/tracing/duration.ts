/** Reads durations as people write them in settings and on the command line. */
import { LONGEST_MINUTES } from '../tracing-switch/limits.ts';

/** What a duration is expected to be, for messages. */
export const A_DURATION = `minutes or hours, such as 15m or 1h, from ${LONGEST_MINUTES.least}m to ${LONGEST_MINUTES.most / 60}h`;

/** `15m` or `1h`, in minutes; undefined for anything else, and for what is too long. */
export function parseMinutes(text: unknown): number | undefined {
  const [, digits, unit] = /^(\d+)([mh])$/.exec(typeof text === 'string' ? text : '') ?? [];
  const minutes = Number(digits) * (unit === 'h' ? 60 : 1);
  return minutes >= LONGEST_MINUTES.least && minutes <= LONGEST_MINUTES.most ? minutes : undefined;
}
