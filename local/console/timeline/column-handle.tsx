import { useRef } from 'preact/hooks';
import { allowedShare, LARGEST_SHARE, shareAfterKey, SMALLEST_SHARE } from './name-column.ts';

export interface ColumnHandleProps {
  /** Of the timeline's width. */
  readonly share: number;
  /** Undefined: as it was at first. */
  readonly onShare: (share: number | undefined) => void;
}

/** Where a drag began. */
interface Grip {
  readonly x: number;
  readonly share: number;
  /** Of the timeline, in pixels. */
  readonly width: number;
}

/** The edge of the column of names: it is dragged, or moved with the arrow keys; a double click puts it back. */
export function ColumnHandle({ share, onShare }: ColumnHandleProps) {
  const dragging = useRef<Grip | undefined>(undefined);
  const begin = (event: PointerEvent & { readonly currentTarget: HTMLElement }) => {
    if (event.button !== 0) return;
    const width = event.currentTarget.closest('.grid')?.clientWidth ?? 0;
    if (width === 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    dragging.current = { x: event.clientX, share, width };
  };
  const drag = (event: PointerEvent) => {
    const { current } = dragging;
    if (current === undefined) return;
    onShare(allowedShare(current.share + (event.clientX - current.x) / current.width));
  };
  const end = () => {
    dragging.current = undefined;
  };
  return (
    <span
      class="column-handle"
      role="separator"
      aria-orientation="vertical"
      aria-label="Width of the names"
      aria-valuemin={SMALLEST_SHARE * 100}
      aria-valuemax={LARGEST_SHARE * 100}
      aria-valuenow={Math.round(share * 100)}
      aria-valuetext={`${Math.round(share * 100)} % of the timeline`}
      title="Drag to widen; double-click to reset"
      tabIndex={0}
      onPointerDown={begin}
      onPointerMove={drag}
      onPointerUp={end}
      onPointerCancel={end}
      onDblClick={() => onShare(undefined)}
      onKeyDown={(event) => {
        const next = shareAfterKey(event, share);
        if (next === undefined) return;
        event.preventDefault();
        event.stopPropagation();
        onShare(next === 'default' ? undefined : next);
      }}
    />
  );
}
