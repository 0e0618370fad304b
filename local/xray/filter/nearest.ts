/** Of `names` the one that `word` was probably meant to be: it begins so, or one of three characters is wrong. */
export function nearestOf(word: string, names: readonly string[]): string | undefined {
  // What is much longer than every name needs no table of its distances.
  const text = word.toLowerCase().slice(0, 60);
  const begun = names.find((name) => text.length > 2 && name.startsWith(text));
  if (begun !== undefined) return begun;
  const ranked = names
    .map((name) => ({ name, distance: distanceOf(text, name) }))
    .sort((one, other) => one.distance - other.distance);
  const [nearest] = ranked;
  return nearest !== undefined && nearest.distance <= Math.ceil(text.length / 3) ? nearest.name : undefined;
}

/** Levenshtein's: characters to insert, leave out or replace. */
function distanceOf(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let left = 1; left <= one.length; left += 1) {
    const next = [left];
    for (let right = 1; right <= other.length; right += 1) {
      const replaced = (row[right - 1] ?? 0) + Number(one[left - 1] !== other[right - 1]);
      next.push(Math.min((row[right] ?? 0) + 1, (next[right - 1] ?? 0) + 1, replaced));
    }
    row = next;
  }
  return row[other.length] ?? 0;
}
