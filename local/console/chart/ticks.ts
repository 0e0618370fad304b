import { formatClock, formatExact } from '../format/time.ts';

/** Steps between marks on a time axis that people count in, in milliseconds. */
const TIME_STEPS = [
  ...[100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * 1000),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * 60_000),
  ...[1, 2, 3, 6, 12].map((hours) => hours * 3_600_000),
];

const DAY_MS = 86_400_000;

/** A mark on a time axis, in epoch milliseconds. */
export interface TimeTick {
  readonly at: number;
  readonly label: string;
}

/** Round values (1, 2 or 5 of a power of ten apart) that cover everything from `low` to `high`, about `most` of them. */
export function valueTicks(low: number, high: number, most: number, smallestStep = 0): readonly number[] {
  const step = Math.max(roundStep((high - low) / Math.max(1, most)), smallestStep);
  const first = Math.floor(low / step + 1e-9);
  const last = Math.max(first + 1, Math.ceil(high / step - 1e-9));
  // Multiples are rounded to the step's digits: 3 * 0.1 is not 0.3.
  const digits = Math.max(0, Math.min(20, 1 - Math.floor(Math.log10(step))));
  return Array.from({ length: last - first + 1 }, (_, index) =>
    Number(((first + index) * step).toFixed(digits)),
  );
}

/** Round times of the reader's own clock, at most `most` of them. */
export function timeTicks(from: number, to: number, most: number): readonly TimeTick[] {
  const smallest = (to - from) / Math.max(1, most);
  const step = TIME_STEPS.find((each) => each >= smallest) ?? Math.ceil(smallest / DAY_MS) * DAY_MS;
  const offset = new Date(from).getTimezoneOffset() * 60_000;
  const ticks: TimeTick[] = [];
  for (let at = Math.ceil((from - offset) / step) * step + offset; at <= to; at += step) {
    ticks.push({ at, label: tickLabel(at, step) });
  }
  return ticks;
}

function roundStep(smallest: number): number {
  if (!(smallest > 0)) return 1;
  const magnitude = 10 ** Math.floor(Math.log10(smallest));
  const factor = [1, 2, 5].find((candidate) => candidate * magnitude >= smallest * (1 - 1e-9)) ?? 10;
  return factor * magnitude;
}

function tickLabel(at: number, step: number): string {
  if (step >= DAY_MS) return formatExact(at / 1000).slice(5, 10);
  const clock = formatClock(at);
  return step >= 60_000 ? clock.slice(0, 5) : clock;
}
