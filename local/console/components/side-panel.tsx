import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

export interface SidePanelProps {
  /** What the details are of. */
  readonly heading: string;
  /** Besides the class of every panel. */
  readonly class?: string;
  /** Stands beside the heading. */
  readonly badge?: ComponentChildren;
  /** The same function from one drawing to the next. */
  readonly onClose: () => void;
  /** Sections. */
  readonly children: ComponentChildren;
}

/** Details of what is chosen in a view: beside it where there is room, below it elsewhere. Escape closes it. */
export function SidePanel({ heading, class: own, badge, onClose, children }: SidePanelProps) {
  const head = useRef<HTMLDivElement>(null);

  useEffect(() => {
    // On a narrow page the panel opens below the view: its head shows that it is there.
    head.current?.scrollIntoView({ block: 'nearest' });
  }, [heading]);

  useEffect(() => {
    const closeOnEscape = (event: KeyboardEvent) => {
      if (event.key === 'Escape') onClose();
    };
    addEventListener('keydown', closeOnEscape);
    return () => removeEventListener('keydown', closeOnEscape);
  }, [onClose]);

  return (
    <section class={own === undefined ? 'details' : `details ${own}`} aria-label={`Details of ${heading}`}>
      <div ref={head} class="section-header">
        <h2 class="clipped" title={heading}>
          {heading}
        </h2>
        {badge}
        <button
          type="button"
          class="button small"
          aria-label="Close details"
          title="Close (Esc)"
          onClick={onClose}
        >
          Close
        </button>
      </div>
      <div class="details-body" tabIndex={0} role="group" aria-label="Details">
        {children}
      </div>
    </section>
  );
}
