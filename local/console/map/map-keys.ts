import type { Direction, MapLayout, Point } from './lay-out-map.ts';
import type { ServiceMap } from './service-map.ts';

/**
 * The node or edge that a key leads to, from the one that has the focus; undefined where it leads nowhere. Along the direction
 * of the calls, arrows go from a node over an edge to the next node, and back; across it, to what stands beside.
 */
export function keyTarget(
  map: ServiceMap,
  layout: MapLayout,
  direction: Direction,
  focused: string,
  pressed: string,
): string | undefined {
  const [forth, back, before, after] =
    direction === 'right'
      ? ['ArrowRight', 'ArrowLeft', 'ArrowUp', 'ArrowDown']
      : ['ArrowDown', 'ArrowUp', 'ArrowLeft', 'ArrowRight'];
  const across = (point: Point): number => (direction === 'right' ? point.y : point.x);
  const place = placeOf(layout, focused);
  if (place === undefined) return undefined;
  /** The nearest across, and of those the first. */
  const nearest = (keys: readonly string[]): string | undefined =>
    keys
      .map((key) => ({ key, far: Math.abs(across(placeOf(layout, key) ?? place) - across(place)) }))
      .sort((one, other) => one.far - other.far)[0]?.key;
  const edge = map.edges.find(({ key }) => key === focused);
  switch (pressed) {
    case forth:
      return edge ? edge.to : nearest(keysOf(map.edges.filter(({ from }) => from === focused)));
    case back:
      return edge ? edge.from : nearest(keysOf(map.edges.filter(({ to }) => to === focused)));
    case 'Home':
      return map.nodes[0] && inOrder(layout, map, direction)[0];
    case 'End':
      return inOrder(layout, map, direction).at(-1);
    case before:
    case after: {
      const along = (point: Point): number => (direction === 'right' ? point.x : point.y);
      const siblings = edge
        ? keysOf(map.edges.filter(({ from, to }) => from === edge.from || to === edge.to))
        : keysOf(map.nodes).filter(
            (key) => Math.abs(along(placeOf(layout, key) ?? place) - along(place)) < 2,
          );
      const sorted = siblings.sort((one, other) => {
        const [a, b] = [across(placeOf(layout, one) ?? place), across(placeOf(layout, other) ?? place)];
        return a - b || (one < other ? -1 : 1);
      });
      return sorted[sorted.indexOf(focused) + (pressed === after ? 1 : -1)];
    }
    default:
      return undefined;
  }
}

/** The nodes in the order in which they are read: along the calls, then across. */
export function inOrder(layout: MapLayout, map: ServiceMap, direction: Direction): readonly string[] {
  const place = (key: string): readonly [number, number] => {
    const { x, y } = placeOf(layout, key) ?? { x: 0, y: 0 };
    return direction === 'right' ? [x, y] : [y, x];
  };
  return keysOf(map.nodes).sort((one, other) => {
    const [a, b] = [place(one), place(other)];
    return a[0] - b[0] || a[1] - b[1];
  });
}

/** Of a node its middle, of an edge that of its numbers. */
export function placeOf(layout: MapLayout, key: string): Point | undefined {
  return layout.nodes.get(key) ?? layout.edges.get(key)?.label;
}

function keysOf(items: ReadonlyArray<{ readonly key: string }>): string[] {
  return items.map(({ key }) => key);
}
