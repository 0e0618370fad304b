import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Direction, MapLayout, Point } from './lay-out-map.ts';
import { placeOf } from './map-keys.ts';
import type { Viewport, Size } from './viewport.ts';
import { carriedOver, fitted, panned, revealed, whole, zoomed } from './viewport.ts';

/** A press that moves less is a click. */
const CLICK_PIXELS = 4;

/** What one notch of a wheel zooms by, and a press of a key or a button. */
const WHEEL_FACTOR = 1.0015;
const STEP_FACTOR = 1.25;

export interface ViewportControl {
  readonly view: Viewport;
  readonly zoomIn: () => void;
  readonly zoomOut: () => void;
  readonly showAll: () => void;
  readonly reveal: (place: Point) => void;
  readonly pan: (by: Point) => void;
  /** Whether the press that just ended moved the map, so that it is no click. */
  readonly wasDragged: () => boolean;
}

/**
 * What is seen of the map in an element: moved by dragging with the mouse or a finger, zoomed by the wheel or two fingers.
 * It fits by itself until the reader moves it; from then on it stays, and what the reader looks at stays in its place.
 */
export function useViewport(
  element: RefObject<SVGSVGElement | null>,
  layout: MapLayout,
  direction: Direction,
  anchor: string | undefined,
): ViewportControl {
  const [view, setView] = useState<Viewport>({ x: 0, y: 0, scale: 1 });
  const isTouched = useRef(false);
  const dragged = useRef(0);
  const known = useRef(layout);
  const latest = useRef({ layout, direction, anchor });
  latest.current = { layout, direction, anchor };

  const change = (next: (view: Viewport, window: Size) => Viewport) => {
    isTouched.current = true;
    setView((before) => next(before, sizeOf(element)));
  };

  useLayoutEffect(() => {
    const before = known.current;
    known.current = layout;
    setView((current) =>
      isTouched.current
        ? carriedOver(current, before, layout, latest.current.anchor)
        : fitted(layout, sizeOf(element), latest.current.direction),
    );
  }, [element, layout]);

  useLayoutEffect(() => {
    const { current: svg } = element;
    if (svg === null) return;
    const observer = new ResizeObserver(() => {
      const { layout: current, direction: way, anchor: looked } = latest.current;
      if (!isTouched.current) setView(fitted(current, sizeOf(element), way));
      // What the reader looks at stays in sight when details open beside it.
      const place = looked === undefined ? undefined : placeOf(current, looked);
      if (place !== undefined) setView((before) => revealed(before, place, sizeOf(element)));
    });
    observer.observe(svg);
    return () => observer.disconnect();
  }, [element]);

  useEffect(() => {
    const { current: svg } = element;
    if (svg === null) return;
    /** Fingers and buttons that are down, and where. */
    const pressed = new Map<number, Point>();
    const place = ({ clientX, clientY }: MouseEvent): Point => {
      const { left, top } = svg.getBoundingClientRect();
      return { x: clientX - left, y: clientY - top };
    };
    const down = (event: PointerEvent) => {
      if (event.button !== 0) return;
      if (pressed.size === 0) dragged.current = 0;
      pressed.set(event.pointerId, place(event));
    };
    const move = (event: PointerEvent) => {
      const before = pressed.get(event.pointerId);
      if (before === undefined) return;
      const now = place(event);
      const other = [...pressed].find(([id]) => id !== event.pointerId)?.[1];
      pressed.set(event.pointerId, now);
      dragged.current += distance(before, now);
      // From here on it is a drag, and goes on outside of the element; a click needs no more than that it began here.
      if (dragged.current > CLICK_PIXELS) svg.setPointerCapture(event.pointerId);
      const by = { x: now.x - before.x, y: now.y - before.y };
      change((current, window) => {
        const size = latest.current.layout;
        if (other === undefined) return panned(current, by, size, window);
        const grown = distance(now, other) / Math.max(1, distance(before, other));
        const middle = { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 };
        return zoomed(panned(current, { x: by.x / 2, y: by.y / 2 }, size, window), middle, grown);
      });
    };
    const up = ({ pointerId }: PointerEvent) => pressed.delete(pointerId);
    const turn = (event: WheelEvent) => {
      event.preventDefault();
      const pixels = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * 16 : event.deltaY;
      change((current) => zoomed(current, place(event), WHEEL_FACTOR ** -pixels));
    };
    svg.addEventListener('pointerdown', down);
    svg.addEventListener('pointermove', move);
    svg.addEventListener('pointerup', up);
    svg.addEventListener('pointercancel', up);
    svg.addEventListener('wheel', turn, { passive: false });
    return () => {
      svg.removeEventListener('pointerdown', down);
      svg.removeEventListener('pointermove', move);
      svg.removeEventListener('pointerup', up);
      svg.removeEventListener('pointercancel', up);
      svg.removeEventListener('wheel', turn);
    };
  }, [element]);

  const zoom = (factor: number) =>
    change((current, { width, height }) => zoomed(current, { x: width / 2, y: height / 2 }, factor));
  return {
    view,
    zoomIn: () => zoom(STEP_FACTOR),
    zoomOut: () => zoom(1 / STEP_FACTOR),
    showAll: () => {
      change((_, window) => whole(latest.current.layout, window));
      isTouched.current = false;
    },
    reveal: (to) => setView((current) => revealed(current, to, sizeOf(element))),
    pan: (by) => change((current, window) => panned(current, by, latest.current.layout, window)),
    wasDragged: () => dragged.current > CLICK_PIXELS,
  };
}

function sizeOf({ current }: RefObject<SVGSVGElement | null>): Size {
  return { width: current?.clientWidth ?? 1, height: current?.clientHeight ?? 1 };
}

function distance(one: Point, other: Point): number {
  return Math.hypot(one.x - other.x, one.y - other.y);
}
