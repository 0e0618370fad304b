/** How many series differ from each other by sight; further ones begin again. */
const STYLES = 6;

/** The class that gives a series its colour, and its dashes, so that colour is never the only sign. */
export function seriesClass(index: number): string {
  return `series-${(index % STYLES) + 1}`;
}
