import { useRef, useState } from 'preact/hooks';
import type { Moment } from './moments.ts';
import { nearestMoment } from './moments.ts';
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
  // No state: press and release may come before the next drawing.
  const pressed = useRef<{ readonly x: number; readonly cursor: number | undefined } | undefined>(undefined);
  if (plot === undefined) return { dragged, handlers: {} };

  const place = (event: MouseEvent) => {
    const element = event.currentTarget as HTMLElement;
    const x = event.clientX - element.getBoundingClientRect().left;
    return Math.min(plot.right, Math.max(plot.left, x));
  };
  const nearest = (x: number) => nearestMoment(moments, plot.timeAt(x) - periodMs / 2);

  const handlers = {
    onPointerMove: (event: PointerEvent) => {
      const x = place(event);
      onMove(nearest(x));
      const from = pressed.current?.x ?? x;
      setDragged(Math.abs(x - from) >= DRAG_DISTANCE ? { from, to: x } : undefined);
    },
    onPointerDown: (event: PointerEvent) => {
      if (event.button !== 0) return;
      const x = place(event);
      // A mouse has chosen its point already, by coming here.
      pressed.current = { x, cursor: event.pointerType === 'touch' ? cursor : nearest(x) };
      onMove(nearest(x));
      (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
    },
    onPointerUp: (event: PointerEvent) => {
      setDragged(undefined);
      const [from, to] = [pressed.current?.x, place(event)];
      if (from === undefined || Math.abs(to - from) < DRAG_DISTANCE) return;
      pressed.current = undefined;
      onDrag(Math.floor(plot.timeAt(Math.min(from, to))), Math.ceil(plot.timeAt(Math.max(from, to))));
    },
    // Not when the finger leaves: the click that follows would go to what then lies there.
    onClick: (event: MouseEvent) => {
      const index = nearest(place(event));
      if (pressed.current?.cursor === index) onOpen(index);
      pressed.current = undefined;
    },
    onPointerCancel: () => {
      pressed.current = undefined;
      setDragged(undefined);
    },
    onPointerLeave: (event: PointerEvent) => {
      if (event.pointerType !== 'touch' && pressed.current === undefined) onMove(undefined);
    },
  };
  return { dragged, handlers };
}
