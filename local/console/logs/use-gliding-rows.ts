import type { RefObject } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

/** As many as can be seen at once, and more: where the others are laid out nobody sees. */
const MAX_GLIDING = 100;

/**
 * Rows of any height that make room for what comes above them are moved, and not laid out elsewhere: each keeps the place
 * that it had at first, and is drawn `--moved` below it. So they can glide, and a browser that looks for shifts finds none.
 *
 * @param list has the rows as its children, and is what their places are measured in.
 */
export function useGlidingRows(list: RefObject<HTMLElement | null>, rows: readonly unknown[]): void {
  const known = useRef(new WeakMap<Element, { readonly place: number; moved: number }>());
  useLayoutEffect(() => {
    const shown = [...(list.current?.children ?? [])].slice(0, MAX_GLIDING) as HTMLElement[];
    // All are measured before one is changed, so that they are laid out once.
    const places = shown.map((row) => row.offsetTop + (known.current.get(row)?.moved ?? 0));
    for (const [index, row] of shown.entries()) {
      const place = places[index] ?? 0;
      const before = known.current.get(row);
      if (before === undefined) known.current.set(row, { place, moved: 0 });
      else if (before.moved !== place - before.place) {
        before.moved = place - before.place;
        row.style.setProperty('--moved', `${before.moved}px`);
      }
    }
  }, [list, rows]);
}
