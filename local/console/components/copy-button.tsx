import { useEffect, useState } from 'preact/hooks';

const CONFIRMED_FOR_MS = 2000;

export interface CopyButtonProps {
  readonly text: string;
  /** What is copied, for the button's name: `trace id` makes "Copy trace id". */
  readonly what: string;
}

export function CopyButton({ text, what }: CopyButtonProps) {
  const [outcome, setOutcome] = useState<'' | 'Copied' | 'Not copied'>('');

  useEffect(() => {
    if (outcome === '') return;
    const timer = setTimeout(() => setOutcome(''), CONFIRMED_FOR_MS);
    return () => clearTimeout(timer);
  }, [outcome]);

  const copy = () => {
    navigator.clipboard.writeText(text).then(
      () => setOutcome('Copied'),
      () => setOutcome('Not copied'),
    );
  };

  return (
    <>
      <button type="button" class="button small" aria-label={`Copy ${what}`} onClick={copy}>
        <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
          <rect
            x="5.5"
            y="5.5"
            width="8.5"
            height="8.5"
            rx="1.5"
            fill="none"
            stroke="currentColor"
            stroke-width="1.4"
          />
          <path
            d="M10.5 3.5V3A1.5 1.5 0 0 0 9 1.5H3.5A1.5 1.5 0 0 0 2 3v5.5A1.5 1.5 0 0 0 3.5 10H4"
            fill="none"
            stroke="currentColor"
            stroke-width="1.4"
          />
        </svg>
        {outcome === '' ? 'Copy' : outcome}
      </button>
      <span class="visually-hidden" role="status">
        {outcome}
      </span>
    </>
  );
}
