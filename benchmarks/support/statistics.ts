/** The middle of the numbers; the mean of the two middle ones when their count is even. NaN without any. */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((one, other) => one - other);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? Number.NaN;
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? Number.NaN) + upper) / 2 : upper;
}

/** A duration with the unit that suits it. */
export function duration(nanoseconds: number): string {
  if (nanoseconds < 1e3) return `${nanoseconds.toFixed(0)} ns`;
  if (nanoseconds < 1e6) return `${(nanoseconds / 1e3).toFixed(1)} µs`;
  return `${(nanoseconds / 1e6).toFixed(2)} ms`;
}

/**
 * How many times the base: `1.25 ×`. The median of the ratios of each round, because what slows the machine down for a
 * while slows down a whole round.
 */
export function ratio(rounds: readonly number[], baseRounds: readonly number[]): string {
  const ratios = rounds.map((value, round) => value / (baseRounds[round] ?? Number.NaN));
  return `${median(ratios).toFixed(2)} ×`;
}
