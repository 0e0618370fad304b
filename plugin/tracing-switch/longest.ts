import { LONGEST_MINUTES } from './limits.ts';

/**
 * The longest time of tracing, from minutes as an environment variable holds them.
 *
 * @returns milliseconds
 * @throws Error that says what was expected, so that a wrong deployment fails at its first start.
 */
export function parseLongest(text: string | undefined): number {
  const { default: usual, least, most } = LONGEST_MINUTES;
  const minutes = text === undefined || text === '' ? usual : Number(text);
  if (Number.isInteger(minutes) && minutes >= least && minutes <= most) return minutes * 60_000;
  throw new Error(
    `The longest time of tracing is expected to be ${least} to ${most} whole minutes, but is ${JSON.stringify(text)}.`,
  );
}
