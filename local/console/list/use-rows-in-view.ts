import type { RefObject } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Range } from '../timeline/rendered-range.ts';
import { renderedRange } from '../timeline/rendered-range.ts';

/** Rows drawn above and below what can be seen: as far as a turn of the wheel goes. */
const ROWS_AROUND = 15;

/** Rows of a list that scrolls with the page, all of the same height in pixels: which of `count` to draw. */
export function useRowsInView(rows: RefObject<HTMLElement | null>, count: number, rowHeight: number): Range {
  const [top, setTop] = useState(0);
  useEffect(() => {
    const read = () => {
      const scrolled = -(rows.current?.getBoundingClientRect().top ?? 0);
      setTop(Math.floor(scrolled / rowHeight) * rowHeight);
    };
    read();
    addEventListener('scroll', read, { passive: true });
    addEventListener('resize', read);
    return () => {
      removeEventListener('scroll', read);
      removeEventListener('resize', read);
    };
  }, [rows, rowHeight]);
  return renderedRange(Math.max(0, top), innerHeight, rowHeight, count, ROWS_AROUND);
}
