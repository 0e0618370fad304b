import { useMemo, useRef, useState } from 'preact/hooks';
import { WORST_FIRST } from '../../xray/status.ts';
import type { Stretch } from '../../xray/timeline-analysis.ts';
import type { Timeline, TimelineRow } from '../../xray/timeline.ts';
import type { EntityStatus } from '../../xray/trace.ts';
import { formatDuration } from '../../xray/format-duration.ts';
import { barOf } from './bar.ts';
import { stretchBetween, zoomAfterKey } from './zoom.ts';

export interface MinimapProps {
  readonly timeline: Timeline;
  readonly shown: Stretch;
  /** Undefined: all of it. */
  readonly onZoom: (zoom: Stretch | undefined) => void;
}

/** What is bad is drawn over what is fine. */
const DRAWN_LAST = WORST_FIRST.toReversed();

/** The whole trace, small: a range that is dragged over it, or chosen with the keys, is what the timeline shows. */
export function Minimap({ timeline, shown, onZoom }: MinimapProps) {
  const element = useRef<HTMLDivElement>(null);
  const [drag, setDrag] = useState<{ readonly from: number; readonly to: number } | undefined>(undefined);
  const shapes = useMemo(() => shapesOf(timeline), [timeline]);
  const length = timeline.end - timeline.start;
  const share = (time: number) => (length > 0 ? (time - timeline.start) / length : 0);
  const [left, right] =
    drag === undefined
      ? [share(shown.start), length > 0 ? share(shown.end) : 1]
      : [Math.min(drag.from, drag.to), Math.max(drag.from, drag.to)];
  const shareAt = ({ clientX }: PointerEvent) => {
    const box = element.current?.getBoundingClientRect();
    return box === undefined || box.width === 0
      ? 0
      : Math.min(1, Math.max(0, (clientX - box.left) / box.width));
  };
  const end = (event: PointerEvent) => {
    if (drag === undefined) return;
    setDrag(undefined);
    const chosen = stretchBetween(drag.from, shareAt(event), timeline);
    if (chosen !== undefined) onZoom(chosen);
  };
  const text = `${formatDuration(shown.start - timeline.start)} to ${formatDuration(shown.end - timeline.start)} of ${formatDuration(length)}`;
  return (
    <div
      ref={element}
      class="minimap"
      role="slider"
      aria-label="Time shown"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(((left + right) / 2) * 100)}
      aria-valuetext={text}
      title="Drag to zoom; double-click for all of it"
      tabIndex={0}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        setDrag({ from: shareAt(event), to: shareAt(event) });
      }}
      onPointerMove={(event) => drag !== undefined && setDrag({ ...drag, to: shareAt(event) })}
      onPointerUp={end}
      onPointerCancel={() => setDrag(undefined)}
      onDblClick={() => onZoom(undefined)}
      onKeyDown={(event) => {
        if (event.ctrlKey || event.metaKey || event.altKey) return;
        const zoomed = right - left < 1;
        const next = event.key === 'Escape' && !zoomed ? undefined : zoomAfterKey(event.key, shown, timeline);
        if (next === undefined) return;
        event.preventDefault();
        event.stopPropagation();
        onZoom(next === 'whole' ? undefined : next);
      }}
    >
      <svg viewBox="0 0 1000 100" preserveAspectRatio="none" aria-hidden="true">
        {shapes.map(({ status, path }) => (
          <path key={status} class={`status-${status}`} d={path} />
        ))}
      </svg>
      <span class="minimap-shade" style={{ left: 0, width: `${left * 100}%` }} />
      <span class="minimap-shade" style={{ left: `${right * 100}%`, right: 0 }} />
      <span class="minimap-window" style={{ left: `${left * 100}%`, width: `${(right - left) * 100}%` }} />
    </div>
  );
}

interface Shape {
  readonly status: EntityStatus;
  readonly path: string;
}

/** One path for each status, however many rows there are. */
function shapesOf(timeline: Timeline): readonly Shape[] {
  const { rows } = timeline;
  const height = 100 / Math.max(rows.length, 6);
  const paths = new Map<EntityStatus, string[]>();
  for (const [index, row] of rows.entries()) {
    const shapes = paths.get(row.status) ?? [];
    paths.set(row.status, shapes);
    shapes.push(pathOf(row, timeline, index * height, height * 0.7));
  }
  return DRAWN_LAST.flatMap((status) => {
    const shapes = paths.get(status);
    return shapes === undefined ? [] : [{ status, path: shapes.join('') }];
  });
}

function pathOf(row: TimelineRow, timeline: Timeline, top: number, height: number): string {
  const { left, width } = barOf(row, timeline);
  const size = Math.max(2, width * 1000);
  return `M${Math.min(left * 1000, 998).toFixed(1)} ${top.toFixed(2)}h${size.toFixed(1)}v${height.toFixed(2)}h-${size.toFixed(1)}z`;
}
