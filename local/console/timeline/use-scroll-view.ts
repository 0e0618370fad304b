import type { RefObject } from 'preact';
import { useLayoutEffect, useState } from 'preact/hooks';

/** How far an element is scrolled and how large it is, in pixels. */
export interface ScrollView {
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Scrolling is reported in steps of `step` pixels, so that not every pixel draws the element anew. */
export function useScrollView(element: RefObject<HTMLElement | null>, step: number): ScrollView {
  const [view, setView] = useState<ScrollView>({ top: 0, width: 0, height: 0 });
  // Before anything is painted: columns that learn their width later would be seen to move.
  useLayoutEffect(() => {
    const { current } = element;
    if (current === null) return;
    const read = () => {
      const { scrollTop, clientWidth: width, clientHeight: height } = current;
      const top = Math.floor(scrollTop / step) * step;
      setView((before) =>
        before.top === top && before.width === width && before.height === height
          ? before
          : { top, width, height },
      );
    };
    read();
    const observer = new ResizeObserver(read);
    observer.observe(current);
    current.addEventListener('scroll', read, { passive: true });
    return () => {
      observer.disconnect();
      current.removeEventListener('scroll', read);
    };
  }, [element, step]);
  return view;
}
