import { useLayoutEffect, useRef, useState } from 'preact/hooks';

export interface ClearButtonProps {
  readonly disabled: boolean;
  readonly onClear: () => void;
}

/** Asks once more, in place, before everything is gone. */
export function ClearButton({ disabled, onClear }: ClearButtonProps) {
  const [asking, setAsking] = useState(false);
  const [returned, setReturned] = useState(false);
  const clear = useRef<HTMLButtonElement>(null);
  const keep = useRef<HTMLButtonElement>(null);

  useLayoutEffect(() => {
    if (asking) keep.current?.focus();
    else if (returned) clear.current?.focus();
  }, [asking, returned]);

  const answer = (confirmed: boolean) => {
    setAsking(false);
    setReturned(true);
    if (confirmed) onClear();
  };

  if (!asking) {
    return (
      <button ref={clear} type="button" class="button" disabled={disabled} onClick={() => setAsking(true)}>
        Clear
      </button>
    );
  }
  return (
    <div
      class="confirm"
      role="group"
      aria-label="Confirm clearing"
      onKeyDown={(event) => {
        if (event.key === 'Escape') answer(false);
      }}
    >
      <span>Delete all traces and their log lines?</span>
      <button type="button" class="button danger" onClick={() => answer(true)}>
        Delete all
      </button>
      <button ref={keep} type="button" class="button" onClick={() => answer(false)}>
        Keep
      </button>
    </div>
  );
}
