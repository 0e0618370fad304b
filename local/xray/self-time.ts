import type { Timeline } from './timeline.ts';

/**
 * How much of each row's time nothing below it accounts for, in seconds, by the key of the row: its own work, and what nobody
 * measured. Children that run at once are counted once, and only while their parent runs. What has not ended lasts until the
 * end of the timeline.
 */
export function selfTimes({ rows, end: now }: Timeline): ReadonlyMap<string, number> {
  const children = Map.groupBy(rows, ({ parentKey }) => parentKey);
  return new Map(
    rows.map(({ key, start, end = now }) => {
      let covered = 0;
      let until = start;
      // Rows with one parent stand by their start.
      for (const child of children.get(key) ?? []) {
        const from = Math.max(child.start, until);
        const to = Math.min(child.end ?? now, end);
        if (to <= from) continue;
        covered += to - from;
        until = to;
      }
      return [key, Math.max(0, end - start - covered)];
    }),
  );
}
