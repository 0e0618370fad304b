import type { Direction, MapLayout, Point } from './lay-out-map.ts';
import { CARD } from './lay-out-map.ts';

/** Which part of the map is seen: a place of the map is seen at `place * scale + (x, y)`, in pixels. */
export interface Viewport {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

const MIN_SCALE = 0.2;
const MAX_SCALE = 2.5;

/** Around what is shown on purpose, in pixels. */
const MARGIN = 16;

/** Names can still be read; a map that would have to be smaller begins at its left and its top. */
const READABLE_SCALE = 0.7;

/** All of it if it can be read then, never larger than life, in the middle. */
export function fitted(map: MapLayout, window: Size, direction: Direction): Viewport {
  const whole = Math.min(window.width / map.width, window.height / map.height, 1);
  const scale = Math.max(whole, READABLE_SCALE);
  return {
    scale,
    x: beginning(map, scale, window.width, direction === 'down' ? 'across' : 'along', 'x'),
    y: beginning(map, scale, window.height, direction === 'right' ? 'across' : 'along', 'y'),
  };
}

/**
 * Where a map begins on one axis. What has no room begins with those that nobody calls: at their end of the map, and
 * across it so that none of them is cut, if they have room.
 */
function beginning(
  map: MapLayout,
  scale: number,
  window: number,
  axis: 'along' | 'across',
  of: 'x' | 'y',
): number {
  const size = (of === 'x' ? map.width : map.height) * scale;
  if (size <= window) return (window - size) / 2;
  if (axis === 'along') return 0;
  const other = of === 'x' ? 'y' : 'x';
  const places = [...map.nodes.values()];
  const front = Math.min(...places.map((place) => place[other]));
  const half = (of === 'x' ? CARD.width : CARD.height) / 2;
  const first = places.filter((place) => place[other] === front).map((place) => place[of]);
  const [start, end] = [Math.min(...first) - half, Math.max(...first) + half];
  const length = (end - start) * scale;
  const wanted = Math.max(MARGIN, (window - length) / 2) - start * scale;
  return clamp(wanted, window - size, 0);
}

/** All of it, however small. */
export function whole({ width, height }: Size, window: Size): Viewport {
  const scale = clamp(Math.min(window.width / width, window.height / height), MIN_SCALE, 1);
  return { scale, x: (window.width - width * scale) / 2, y: (window.height - height * scale) / 2 };
}

/** What is under the point of the window stays there. */
export function zoomed(view: Viewport, at: Point, factor: number): Viewport {
  const scale = clamp(view.scale * factor, MIN_SCALE, MAX_SCALE);
  const grown = scale / view.scale;
  return { scale, x: at.x - (at.x - view.x) * grown, y: at.y - (at.y - view.y) * grown };
}

/** The map moves, but never out of the window altogether. */
export function panned(view: Viewport, { x, y }: Point, map: Size, window: Size): Viewport {
  const kept = 60;
  return {
    ...view,
    x: clamp(view.x + x, kept - map.width * view.scale, window.width - kept),
    y: clamp(view.y + y, kept - map.height * view.scale, window.height - kept),
  };
}

/** Moves as little as shows the card at a place of the map. */
export function revealed(view: Viewport, place: Point, window: Size): Viewport {
  const shift = (middle: number, half: number, offset: number, size: number): number => {
    const [start, end] = [(middle - half) * view.scale + offset, (middle + half) * view.scale + offset];
    if (start < MARGIN) return MARGIN - start;
    return end > size - MARGIN ? Math.max(size - MARGIN - end, MARGIN - start) : 0;
  };
  return {
    ...view,
    x: view.x + shift(place.x, CARD.width / 2, view.x, window.width),
    y: view.y + shift(place.y, CARD.height / 2, view.y, window.height),
  };
}

/** The view of a new layout in which what the reader looks at stays where it was: the anchor, or the first that is in both. */
export function carriedOver(view: Viewport, before: MapLayout, after: MapLayout, anchor?: string): Viewport {
  const common = anchor !== undefined && after.nodes.has(anchor) ? [anchor] : [...before.nodes.keys()];
  for (const key of common) {
    const [old, place] = [before.nodes.get(key), after.nodes.get(key)];
    if (old === undefined || place === undefined) continue;
    return {
      ...view,
      x: view.x + (old.x - place.x) * view.scale,
      y: view.y + (old.y - place.y) * view.scale,
    };
  }
  return view;
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
