/** Pixels that the first levels are set in, each against the one above it. */
const STEP = 16;

/** Of the column, so much at most is indentation: the rest is for the name. */
const MOST_INDENT = 0.34;

/**
 * Pixels that a row is set in. The first levels stand a full step apart, deeper ones closer and closer together, so that a
 * child always stands to the right of its parent and names never run out of room.
 *
 * @param columnWidth pixels
 */
export function indentOf(depth: number, columnWidth: number): number {
  const most = Math.max(0, columnWidth) * MOST_INDENT;
  return most === 0 ? 0 : most * (1 - Math.exp((-STEP * depth) / most));
}
