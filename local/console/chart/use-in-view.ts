import type { RefObject } from 'preact';
import { useEffect, useState } from 'preact/hooks';

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
