/** One of the things that are compared. `measure` does some work and returns what it costs, in a unit of its own. */
export interface Contender {
  readonly name: string;
  readonly measure: () => number | Promise<number>;
}

/**
 * Measures the contenders in turn, round after round, each round beginning with another one: whatever slows the machine
 * down for a while, or speeds up whoever comes second, meets all of them alike.
 *
 * @param warmUps rounds that do not count.
 * @returns the measurements of each contender, one per round, in the contenders' order.
 */
export async function interleave(
  contenders: readonly Contender[],
  { rounds, warmUps }: { readonly rounds: number; readonly warmUps: number },
): Promise<number[][]> {
  const results = contenders.map((): number[] => []);
  for (let round = -warmUps; round < rounds; round += 1) {
    const first = (round + warmUps) % contenders.length;
    for (let turn = 0; turn < contenders.length; turn += 1) {
      const index = (first + turn) % contenders.length;
      const result = await contenders[index]?.measure();
      if (round >= 0 && result !== undefined) results[index]?.push(result);
    }
  }
  return results;
}
