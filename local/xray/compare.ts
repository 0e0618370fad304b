import type { Timeline, TimelineRow } from './timeline.ts';

/** One thing that two traces did, or only one of them. */
export interface ComparedRow {
  /** Unique among the rows of a comparison. */
  readonly key: string;
  readonly depth: number;
  readonly before?: TimelineRow;
  readonly after?: TimelineRow;
}

/**
 * Puts two traces side by side: rows of one name and type under the same parent belong together, the first to the first and
 * so on. Where one trace begins further inside than the other, as a replay does that has no API in front, it is put beside the
 * first row of the other that it equals. Parents come before their children.
 */
export function compareTimelines(before: Timeline, after: Timeline): readonly ComparedRow[] {
  const [old, young] = [treeOf(before), treeOf(after)];
  const later = placesInside(young, old);
  // In one direction alone: two that each lie inside of the other have no beginning.
  const inside = later.size > 0 ? later : placesInside(old, young);
  const placed = new Set(inside.values());
  const [oldRoots, youngRoots] = [old, young].map(({ roots }) => roots.filter((root) => !placed.has(root)));
  const rows: ComparedRow[] = [];
  const pairsOf = (left: readonly Node[], right: readonly Node[], depth: number): Pair[] =>
    pairs(left, right, { depth, isTaken: (node) => inside.has(node) }).reverse();
  const pending = pairsOf(oldRoots ?? [], youngRoots ?? [], 0);
  for (let pair = pending.pop(); pair !== undefined; pair = pending.pop()) {
    const { depth } = pair;
    const left = pair.left ?? (pair.right && inside.get(pair.right));
    const right = pair.right ?? (pair.left && inside.get(pair.left));
    rows.push({
      key: `${left?.row.key ?? ''} ${right?.row.key ?? ''}`,
      depth,
      ...(left && { before: left.row }),
      ...(right && { after: right.row }),
    });
    pending.push(...pairsOf(left?.children ?? [], right?.children ?? [], depth + 1));
  }
  return rows;
}

/** Whether the two differ in what happened, not only in how long it took: one is missing, or ended in another way. */
export function differsInKind({ before, after }: ComparedRow): boolean {
  return before?.status !== after?.status;
}

/** Seconds that the second took longer; undefined while one is missing or in progress. */
export function changeOf({ before, after }: ComparedRow): number | undefined {
  if (before?.end === undefined || after?.end === undefined) return undefined;
  return after.end - after.start - (before.end - before.start);
}

interface Node {
  readonly row: TimelineRow;
  readonly children: Node[];
}

interface Tree {
  readonly roots: readonly Node[];
  /** Parents first. */
  readonly nodes: readonly Node[];
}

function treeOf({ rows }: Timeline): Tree {
  const nodes = new Map<string, Node>();
  const roots: Node[] = [];
  for (const row of rows) {
    const node: Node = { row, children: [] };
    const parent = row.parentKey === undefined ? undefined : nodes.get(row.parentKey);
    (parent?.children ?? roots).push(node);
    nodes.set(row.key, node);
  }
  return { roots, nodes: [...nodes.values()] };
}

/** For roots that the other trace has only further inside: the first node there that each equals, with the root. */
function placesInside({ roots }: Tree, other: Tree): Map<Node, Node> {
  const rootNames = new Set(other.roots.map(nameOf));
  const inner = other.nodes.filter((node) => !other.roots.includes(node));
  const places = new Map<Node, Node>();
  for (const root of roots) {
    const name = nameOf(root);
    const place = rootNames.has(name)
      ? undefined
      : inner.find((node) => nameOf(node) === name && !places.has(node));
    if (place !== undefined) places.set(place, root);
  }
  return places;
}

interface Pair {
  readonly left: Node | undefined;
  readonly right: Node | undefined;
  readonly depth: number;
}

interface Siblings {
  readonly depth: number;
  /** Whether a node has its like elsewhere. */
  readonly isTaken: (node: Node) => boolean;
}

/** Siblings side by side, in the order of the left ones; what only the right has stands where it happened. */
function pairs(left: readonly Node[], right: readonly Node[], { depth, isTaken }: Siblings): Pair[] {
  const waiting = new Map<string, Node[]>();
  for (const node of left) {
    if (isTaken(node)) continue;
    const name = nameOf(node);
    waiting.set(name, [...(waiting.get(name) ?? []), node]);
  }
  const partners = new Map<Node, Node>();
  const alone = new Map<Node | undefined, Node[]>();
  let last: Node | undefined;
  for (const node of right) {
    const partner = isTaken(node) ? undefined : waiting.get(nameOf(node))?.shift();
    if (partner === undefined) alone.set(last, [...(alone.get(last) ?? []), node]);
    else {
      partners.set(partner, node);
      last = partner;
    }
  }
  const after = (node: Node | undefined): Pair[] =>
    (alone.get(node) ?? []).map((right) => ({ left: undefined, right, depth }));
  return [
    ...after(undefined),
    ...left.flatMap((node) => [{ left: node, right: partners.get(node), depth }, ...after(node)]),
  ];
}

function nameOf({ row: { name, type, kind } }: Node): string {
  return JSON.stringify([name, type ?? '', kind]);
}
