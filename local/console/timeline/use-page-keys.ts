import { useEffect, useRef } from 'preact/hooks';

/** What a key does anywhere on the page, by its `KeyboardEvent.key`. */
export type PageKeys = Readonly<Record<string, () => void>>;

/**
 * Keys that work wherever the focus is, but not while something is typed or a dialog is open, and not together with Ctrl, Alt
 * or Meta.
 */
export function usePageKeys(keys: PageKeys): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target))
        return;
      if (document.querySelector('dialog[open]') !== null) return;
      const act = new Map(Object.entries(latest.current)).get(event.key);
      if (act === undefined) return;
      event.preventDefault();
      act();
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, []);
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable]') !== null
  );
}
