import type { RefObject } from 'preact';
import { useEffect, useState } from 'preact/hooks';

/**
 * Whether somebody reads in a list that grows at its top, rather than watching what comes: it is scrolled past its top,
 * somebody came into it by keyboard, or something in it is open. What is read must not move.
 */
export function useIsRead(list: RefObject<HTMLElement | null>): boolean {
  const [isRead, setIsRead] = useState(false);
  useEffect(() => {
    const { current } = list;
    if (current === null) return;
    const look = () => {
      const { activeElement } = document;
      const isScrolled = current.getBoundingClientRect().top < 0;
      // A click is no stay.
      const isEntered = current.contains(activeElement) && activeElement?.matches(':focus-visible') === true;
      setIsRead(isScrolled || isEntered || current.querySelector('details[open]') !== null);
    };
    const listening = new AbortController();
    const { signal } = listening;
    look();
    addEventListener('scroll', look, { passive: true, signal });
    addEventListener('resize', look, { signal });
    for (const event of ['focusin', 'focusout', 'toggle']) {
      current.addEventListener(event, look, { capture: true, signal });
    }
    return () => listening.abort();
  }, [list]);
  return isRead;
}
