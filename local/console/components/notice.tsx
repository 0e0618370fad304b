import type { ComponentChildren } from 'preact';

export interface NoticeProps {
  readonly tone: 'info' | 'warning';
  readonly children: ComponentChildren;
}

/** A line that says something about the page itself; announced when it appears. */
export function Notice({ tone, children }: NoticeProps) {
  return (
    <div class={`notice ${tone}`} role="status">
      {children}
    </div>
  );
}
