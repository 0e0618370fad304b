import type { ComponentChildren } from 'preact';

export interface BadgeProps {
  readonly title: string;
  readonly kind?: 'cold' | 'partial';
  readonly children: ComponentChildren;
}

/** A short mark beside a name; `title` explains it. */
export function Badge({ title, kind, children }: BadgeProps) {
  return (
    <span class={kind === undefined ? 'badge' : `badge ${kind}`} title={title}>
      {children}
    </span>
  );
}
