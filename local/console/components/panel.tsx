import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

export interface PanelProps {
  readonly title: string;
  /** Beside the title. */
  readonly controls?: ComponentChildren;
  readonly children: ComponentChildren;
}

/** A part of a page with a frame and a title. */
export function Panel({ title, controls, children }: PanelProps) {
  const heading = useId();
  return (
    <section class="panel" aria-labelledby={heading}>
      <div class="section-header">
        <h2 id={heading}>{title}</h2>
        {controls}
      </div>
      <div class="panel-body">{children}</div>
    </section>
  );
}
