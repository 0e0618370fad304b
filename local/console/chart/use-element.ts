import type { RefObject } from 'preact';
import { useLayoutEffect, useState, useEffect } from 'preact/hooks';

/** The width of an element in pixels, kept up to date; 0 before it is known. */
export function useWidth(element: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const { current } = element;
    if (current === null) return;
    const read = () => setWidth(current.clientWidth);
    const observer = new ResizeObserver(read);
    observer.observe(current);
    read();
    return () => observer.disconnect();
  }, [element]);
  return width;
}

/** Pixels outside of the window in which an element counts as seen, so that scrolling finds it ready. */
const MARGIN = 400;

/** Whether an element is in the window, or nearly. */
export function useInView(element: RefObject<HTMLElement | null>): boolean {
  const [inView, setInView] = useState(false);
  useEffect(() => {
    const { current } = element;
    if (current === null) return;
    const observer = new IntersectionObserver(
      (entries) => setInView(entries.at(-1)?.isIntersecting === true),
      { rootMargin: `${MARGIN}px` },
    );
    observer.observe(current);
    return () => observer.disconnect();
  }, [element]);
  return inView;
}
