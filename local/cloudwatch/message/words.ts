/** Numbers and times for people, the same in every form of a message. Pure. */

/** Three digits that matter: `7.2`, `0.337`, `1,804`. */
export function numberInWords(value: number): string {
  const rounded = Math.abs(value) >= 1000 ? Math.round(value) : Number(value.toPrecision(3));
  return rounded.toLocaleString('en-US', { maximumFractionDigits: 6 });
}

const UNITS = [
  [86_400, 'day'],
  [3600, 'hour'],
  [60, 'minute'],
  [1, 'second'],
] as const;

/** A time in the largest unit of which there are two, or which it just is: `hour`, `24 hours`, `10 minutes`. @param seconds not negative */
export function spanInWords(seconds: number): string {
  const exact = UNITS.find(([size]) => seconds === size);
  if (exact !== undefined) return exact[1];
  const [size, unit] = UNITS.find(([each]) => seconds >= 2 * each) ?? [1, 'second'];
  const rounded = Math.round(seconds / size);
  return `${rounded} ${unit}${rounded === 1 ? '' : 's'}`;
}

/** The same with an article where it needs one: `an hour`, `a minute`, `4 minutes`. */
export function howLong(seconds: number): string {
  const span = spanInWords(seconds);
  if (/^\d/.test(span)) return span;
  return `${span === 'hour' ? 'an' : 'a'} ${span}`;
}

/** `2026-11-30 11:38 UTC`. @param at epoch milliseconds */
export function momentInWords(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** Units that are hard to read in large numbers, and what they are counted in then: from how many on, and how many make one. */
const LARGER_UNITS: Readonly<
  Record<string, ReadonlyArray<readonly [from: number, size: number, unit: string]>>
> = {
  ms: [
    [7_200_000, 3_600_000, 'hours'],
    [60_000, 60_000, 'minutes'],
  ],
  s: [
    [172_800, 86_400, 'days'],
    [7200, 3600, 'hours'],
    [600, 60, 'minutes'],
  ],
  bytes: [[1_000_000, 1_000_000, 'MB']],
};

/** The unit in which numbers about as large as `reference` are easy to read, and how many of `unit` make one. */
export function readableUnit(
  unit: string | undefined,
  reference: number,
): { readonly unit: string | undefined; readonly size: number } {
  const known = unit !== undefined && Object.hasOwn(LARGER_UNITS, unit) ? LARGER_UNITS[unit] : undefined;
  const [, size, larger] = known?.find(([from]) => Math.abs(reference) >= from) ?? [0, 1, unit];
  return { unit: larger, size };
}

/** `1 throttle`, `3 throttles`; a unit that is no plural stays. */
export function withUnit(value: number, unit: string | undefined): string {
  const number = numberInWords(value);
  if (unit === undefined || unit === '') return number;
  return `${number} ${value === 1 && /^[a-z ]+[^s]s$/.test(unit) ? unit.slice(0, -1) : unit}`;
}
