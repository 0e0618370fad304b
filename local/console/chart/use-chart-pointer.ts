import { useState } from 'preact/hooks';
import { nearestMoment, type Moment } from './moments.ts';
import type { Plot } from './plot.ts';

/** Pixels: what moves less than this was a click. */
const DRAG_DISTANCE = 5;

/** Pixels from the left of the chart: where a drag began and where it is. */
export interface Dragged {
  readonly from: number;
  readonly to: number;
}

export interface ChartPointerOptions {
  readonly plot: Plot | undefined;
  readonly moments: readonly Moment[];
  readonly periodMs: number;
  readonly cursor: number | undefined;
  readonly onMove: (index: number | undefined) => void;
  readonly onOpen: (index: number) => void;
  /** Both in epoch milliseconds. */
  readonly onDrag: (from: number, to: number) => void;
}

/**
 * Pointing chooses the nearest point, a click opens it, a drag chooses a time. A finger cannot point without touching:
 * its first tap chooses, the second on the same point opens.
 */
export function useChartPointer(options: ChartPointerOptions) {
  const { plot, moments, periodMs, cursor, onMove, onOpen, onDrag } = options;
  const [dragged, setDragged] = useState<Dragged>();
  const [pressed, setPressed] = useState<{ readonly x: number; readonly cursor: number | undefined }>();
  if (plot === undefined) return { dragged, handlers: {} };

  const place = (event: PointerEvent) => {
    const element = event.currentTarget as HTMLElement;
    const x = event.clientX - element.getBoundingClientRect().left;
    return Math.min(plot.right, Math.max(plot.left, x));
  };
  const nearest = (x: number) => nearestMoment(moments, plot.timeAt(x) - periodMs / 2);

  const handlers = {
    onPointerMove: (event: PointerEvent) => {
      const x = place(event);
      onMove(nearest(x));
      if (pressed !== undefined && Math.abs(x - pressed.x) >= DRAG_DISTANCE) {
        setDragged({ from: pressed.x, to: x });
      } else setDragged(undefined);
    },
    onPointerDown: (event: PointerEvent) => {
      if (event.button !== 0) return;
      const x = place(event);
      // A mouse has chosen its point already, by coming here.
      setPressed({ x, cursor: event.pointerType === 'touch' ? cursor : nearest(x) });
      onMove(nearest(x));
      (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
    },
    onPointerUp: (event: PointerEvent) => {
      if (pressed === undefined) return;
      const x = place(event);
      setPressed(undefined);
      setDragged(undefined);
      if (Math.abs(x - pressed.x) >= DRAG_DISTANCE) {
        const [from, to] = [plot.timeAt(Math.min(pressed.x, x)), plot.timeAt(Math.max(pressed.x, x))];
        onDrag(Math.floor(from), Math.ceil(to));
      } else if (nearest(x) === pressed.cursor) onOpen(nearest(x));
    },
    onPointerCancel: () => {
      setPressed(undefined);
      setDragged(undefined);
    },
    onPointerLeave: (event: PointerEvent) => {
      if (event.pointerType !== 'touch' && pressed === undefined) onMove(undefined);
    },
  };
  return { dragged, handlers };
}
