import type { Panel, Widget } from './body.ts';
import { DASHBOARD_LIMITS } from './limits.ts';

/** What belongs together, below a line of its own. */
export interface Section {
  readonly panels: readonly Panel[];
}

/** Puts each section below the one before; within a section from left to right, in rows. */
export function layOut(sections: readonly Section[]): readonly Widget[] {
  const widgets: Widget[] = [];
  let top = 0;
  for (const { panels } of sections) {
    let left = 0;
    let rowHeight = 0;
    for (const { type, width, height, properties } of panels) {
      if (left + width > DASHBOARD_LIMITS.columns) {
        top += rowHeight;
        left = 0;
        rowHeight = 0;
      }
      widgets.push({ type, x: left, y: top, width, height, properties });
      left += width;
      rowHeight = Math.max(rowHeight, height);
    }
    top += rowHeight;
  }
  return widgets;
}
