/** A few letters: what a slip of the fingers changes. */
const MAX_TYPO_DISTANCE = 3;

/**
 * Refuses options that nobody reads: a misspelt option would be ignored, and be missed much later.
 *
 * @throws TypeError that names the option, and the nearest one that exists.
 */
export function refuseUnknownOptions(caller: string, options: object, known: readonly string[]): void {
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    const [nearest] = known
      .map((candidate) => ({
        candidate,
        distance: editDistance(name.toLowerCase(), candidate.toLowerCase()),
      }))
      .filter(({ distance }) => distance <= MAX_TYPO_DISTANCE)
      .sort((a, b) => a.distance - b.distance);
    const hint = nearest ? `did you mean '${nearest.candidate}'?` : `it knows ${known.join(', ')}.`;
    throw new TypeError(`${caller} does not know the option '${name}'; ${hint}`);
  }
}

/** Levenshtein's distance: how many letters to insert, drop or replace. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
