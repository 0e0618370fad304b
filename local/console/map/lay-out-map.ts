import type { EdgeLabel, GraphLabel, NodeLabel } from '@dagrejs/dagre';
import { Graph, layout } from '@dagrejs/dagre';
import type { ServiceMap } from './service-map.ts';

/** Of a node's card, in pixels. */
export const CARD = { width: 204, height: 76 } as const;

/** The room that the numbers of an edge have. */
const EDGE_LABEL = { width: 78, height: 34 } as const;
const NO_LABEL = { width: 20, height: 10 } as const;

/** With more connections than these their numbers are shown where the reader looks, and not everywhere. */
const MOST_LABELS = 90;

/** Whether the numbers of every connection have room. */
export function hasRoomForNumbers({ edges }: ServiceMap): boolean {
  return edges.length <= MOST_LABELS;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Where everything stands, in pixels. Nodes by their middle. */
export interface MapLayout {
  readonly width: number;
  readonly height: number;
  readonly nodes: ReadonlyMap<string, Point>;
  readonly edges: ReadonlyMap<string, { readonly points: readonly Point[]; readonly label: Point }>;
}

/** Callers stand left of what they call, or above it. */
export type Direction = 'right' | 'down';

/**
 * Lays a map out. What is there decides, and no number of it: a map that is live stands still until a service or a call comes
 * that was not there before.
 */
export function layOutMap(map: ServiceMap, direction: Direction): MapLayout {
  const { nodes, edges } = map;
  const label = hasRoomForNumbers(map) ? EDGE_LABEL : NO_LABEL;
  const graph = new Graph<GraphLabel, NodeLabel, EdgeLabel>({ directed: true, multigraph: true });
  graph.setGraph({
    rankdir: direction === 'right' ? 'LR' : 'TB',
    nodesep: 26,
    edgesep: 18,
    ranksep: 30,
    marginx: 24,
    marginy: 28,
  });
  for (const { key } of nodes) graph.setNode(key, { ...CARD });
  for (const { key, from, to } of edges) {
    graph.setEdge(from, to, { ...label, labelpos: 'c' }, key);
  }
  layout(graph);
  const { width = 0, height = 0 } = graph.graph();
  return {
    width,
    height,
    nodes: new Map(nodes.map(({ key }) => [key, pointOf(graph.node(key))])),
    edges: new Map(
      edges.map(({ key, from, to }) => {
        const placed = graph.edge(from, to, key);
        return [key, { points: (placed.points ?? []).map(pointOf), label: pointOf(placed) }];
      }),
    ),
  };
}

/** What stands where, as a text: two layouts with the same text look the same. */
export function structureOf({ nodes, edges }: ServiceMap): string {
  return JSON.stringify([nodes.map(({ key }) => key), edges.map(({ key }) => key)]);
}

function pointOf({ x = 0, y = 0 }: { readonly x?: number; readonly y?: number }): Point {
  return { x, y };
}

/** A smooth line through the points: a path of SVG. */
export function curveThrough(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (first === undefined) return '';
  const last = rest.at(-1) ?? first;
  const bends = rest.slice(0, -1);
  const parts = bends.map((bend, index) => {
    const next = bends[index + 1];
    // Each bend pulls the line towards itself; it passes half-way between two bends.
    const end = next === undefined ? last : { x: (bend.x + next.x) / 2, y: (bend.y + next.y) / 2 };
    return `Q${at(bend)} ${at(end)}`;
  });
  return `M${at(first)}${parts.length === 0 ? `L${at(last)}` : parts.join('')}`;
}

function at({ x, y }: Point): string {
  return `${Number(x.toFixed(1))},${Number(y.toFixed(1))}`;
}
