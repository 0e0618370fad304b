import type { JSX } from 'preact';
import type { EntityStatus } from '../../xray/trace.ts';

const stroke = {
  fill: 'none',
  stroke: 'var(--on-status)',
  'stroke-width': 1.75,
  'stroke-linecap': 'round',
} as const;

/** Each status has a shape of its own, so that colour is never the only sign. */
const shapes: Readonly<Record<EntityStatus, JSX.Element>> = {
  ok: (
    <>
      <circle cx="8" cy="8" r="7" fill="currentColor" />
      <path d="m5 8.2 2.1 2.1L11 6" {...stroke} />
    </>
  ),
  error: (
    <>
      <path d="M8 1.2 15.4 14.4H.6z" fill="currentColor" stroke="currentColor" stroke-linejoin="round" />
      <path d="M8 6v4M8 12.4v.1" {...stroke} />
    </>
  ),
  throttle: (
    <>
      <rect x="1.5" y="1.5" width="13" height="13" rx="2.5" fill="currentColor" />
      <path d="M6 5.2v5.6M10 5.2v5.6" {...stroke} />
    </>
  ),
  fault: (
    <>
      <path d="M5 .8h6L15.2 5v6L11 15.2H5L.8 11V5z" fill="currentColor" />
      <path d="m5.5 5.5 5 5m0-5-5 5" {...stroke} />
    </>
  ),
  in_progress: (
    <circle
      cx="8"
      cy="8"
      r="6"
      fill="none"
      stroke="currentColor"
      stroke-width="2.5"
      stroke-dasharray="3.2 1.5"
    />
  ),
};

export interface StatusIconProps {
  readonly status: EntityStatus;
}

/** Decoration beside a word that says the same; hidden from screen readers. */
export function StatusIcon({ status }: StatusIconProps) {
  return (
    <svg class={`icon status-icon status-${status}`} viewBox="0 0 16 16" aria-hidden="true">
      {shapes[status]}
    </svg>
  );
}
